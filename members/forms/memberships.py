"""What is typed to change or end a membership."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from members.forms.decisions import BasisForm, DateField


class MemberReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        help_text=_("The member reads this, and the register keeps it."),
    )


class DropForm(forms.Form):
    note = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        help_text=_("Kept on record; who was to be expelled reads it."),
    )


class ConfirmForm(forms.Form):
    """A member who leaves says so twice."""

    confirmed = forms.BooleanField(label=_("I have read this and want to end the membership."))
    reason = forms.CharField(label=_("Why, if you like to tell us"), max_length=300, required=False)


class BasisAndReasonForm(BasisForm, MemberReasonForm):
    field_order = ("reason", "meeting", "decided_on", "number")


class SuspendForm(BasisAndReasonForm):
    starts_on = DateField(label=_("From"))
    ends_on = DateField(
        label=_("Until"),
        required=False,
        help_text=_("The last day. Empty: until the rights are restored."),
    )
    field_order = ("starts_on", "ends_on", "reason", "meeting", "decided_on", "number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = clock.today()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The last day lies before the first."))
        return data


class DeceasedForm(MemberReasonForm):
    on = DateField(label=_("Date of death or dissolution"))

    field_order = ("on", "reason")

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > clock.today():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


class ChosenForm(forms.Form):
    """Several rows of a list, ticked; those that the reader may not touch are no choice."""

    chosen = forms.ModelMultipleChoiceField(label=_("Members"), queryset=None)

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].queryset = rows
        self.fields["chosen"].error_messages["required"] = _("Tick at least one row.")


class ProposeForm(ChosenForm, MemberReasonForm):
    pass


class DecideForm(ChosenForm, BasisForm):
    pass
