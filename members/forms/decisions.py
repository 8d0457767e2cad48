"""Reasons and bases, as a decision asks for them."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from members.forms.applications import nameable_fields
from members.models import Application


class DateField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=_("The applicant reads this."),
    )


class BasisForm(forms.Form):
    """의결 근거: which organ decided, when, and under which number. They are typed apart, so that
    each is there and makes sense, and kept in one text as papers and registers print it."""

    number_required = True

    meeting = forms.CharField(
        label=_("Decided by"),
        min_length=2,
        max_length=100,
        help_text=_("The meeting or organ, for example: 12th board meeting"),
    )
    decided_on = DateField(label=_("Decided on"))
    number = forms.CharField(
        label=_("Number of the decision"),
        max_length=60,
        help_text=_("As in the minutes, for example: 2026-3"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].required = self.number_required

    def clean_decided_on(self) -> date:
        day: date = self.cleaned_data["decided_on"]
        if day > clock.today():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if number and not any(character.isdigit() for character in number):
            raise forms.ValidationError(_("Enter the number, for example 2026-3."))
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        parts = [data.pop(name, "") for name in ("meeting", "decided_on", "number")]
        data["basis"] = basis_text(*parts)
        return data


def basis_text(meeting: str, decided_on: date | str, number: str = "") -> str:
    """제12차 이사회, 2026-11-20, 2026-3호"""
    return ", ".join(str(part) for part in (meeting, decided_on, number) if part)


class RejectForm(BasisForm, ReasonForm):
    number_required = False  # a rejection may rest on an article alone
    field_order = ("reason", "meeting", "decided_on", "number")

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ApproveForm(BasisForm):
    """With a line on the expulsion where the applicant had been expelled (``is_held``)."""

    readmission = forms.CharField(
        label=_("On the expulsion"),
        max_length=200,
        help_text=_("What the decision says about it, in its own words."),
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not getattr(application, "is_held", False):
            del self.fields["readmission"]


class RevisionForm(ReasonForm):
    named = forms.MultipleChoiceField(
        label=_("To be changed"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The applicant can change these and nothing else."),
    )
    field_order = ("named", "reason")

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["named"].choices = nameable_fields(application)
