"""What askers, consultants and the office type about a request."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.core import clock
from members.models import Member
from members.programmes.forms.partners import DATE
from members.programmes.models import (
    Consultant,
    ConsultingField,
    ConsultingRequest,
    ConsultingRequestQuerySet,
    ConsultingRound,
)

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class AskForm(forms.ModelForm):
    """For the memberships through which this person may ask, and the rounds that are open."""

    class Meta:
        model = ConsultingRequest
        fields = (
            *("member", "round", "field", "topic", "question"),
            *("first_on", "second_on", "hours", "is_in_g_valley"),
        )
        widgets = {
            "first_on": DATE,
            "second_on": DATE,
            "question": forms.Textarea({"rows": 7}),
        }
        labels = {"member": _("For which membership")}
        help_texts = {
            "round": _("Without a round you ask at any time of the year."),
            "topic": _("In one line."),
            "question": _("What is the situation, what have you tried, what do you want to know?"),
            "first_on": _("From tomorrow on. The consultant agrees on the exact time with you."),
            "is_in_g_valley": _("Your office is in the Seoul Digital Industrial Complex."),
        }

    def __init__(self, *args: Any, members: list[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Member.objects.filter(pk__in=[member.pk for member in members])
        member_field = self.fields["member"]
        member_field.queryset = rows.select_related("tier").order_by("pk")
        member_field.label_from_instance = lambda member: f"{member.name} · {member.tier.name}"
        member_field.initial, member_field.empty_label = members[0].pk, None
        if len(members) == 1:
            member_field.widget = forms.HiddenInput()
        self.fields["is_in_g_valley"].initial = any(
            member.organisation and member.organisation.is_in_g_valley for member in members
        )
        self.fields["round"].queryset = ConsultingRound.objects.open_on(clock.today())
        self.fields["round"].label_from_instance = lambda entry: entry.name
        self.fields["round"].empty_label = _("No round")
        if not self.fields["round"].queryset.exists():
            del self.fields["round"]

    def clean_first_on(self) -> date:
        return _to_come(self.cleaned_data["first_on"])

    def clean_second_on(self) -> date | None:
        day = self.cleaned_data["second_on"]
        return _to_come(day) if day else None


def _to_come(day: date) -> date:
    if day <= clock.today():
        raise forms.ValidationError(_("Choose tomorrow or a later day."))
    return day


class ReasonForm(forms.Form):
    """Why something is ended or taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint


class AssignForm(forms.Form):
    """Of the pool, without whoever is with the asker's own company."""

    consultant = forms.ModelChoiceField(
        label=_("Consultant"), queryset=None, empty_label=_("Please choose")
    )

    def __init__(self, *args: Any, request: ConsultingRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fit = Consultant.objects.active().apart_from(request.member)
        field = self.fields["consultant"]
        field.queryset = fit.exclude(user=request.asked_by_id).for_lists().order_by("user__name")
        field.label_from_instance = _told


def _told(consultant: Consultant) -> str:
    parts = (consultant.user.name, consultant.affiliation, ", ".join(consultant.field_labels))
    return " · ".join(filter(None, parts))


class MeetingForm(forms.Form):
    meets_at = forms.DateTimeField(label=_("Date and time"), widget=MOMENT)
    place = forms.CharField(
        label=_("Place or link"),
        max_length=200,
        help_text=_("An address, a room, or the link of an online meeting."),
    )


class ReportForm(forms.Form):
    report = forms.CharField(
        label=pgettext_lazy("consulting", "Report"),
        max_length=20_000,
        widget=forms.Textarea({"rows": 14}),
        help_text=_("Situation, advice, next steps. The asker and the office read it."),
    )


class AnswerForm(forms.Form):
    """How it was liked; asked once."""

    RATINGS = (
        (5, _("5 – very satisfied")),
        (4, _("4 – satisfied")),
        (3, _("3 – neither")),
        (2, _("2 – dissatisfied")),
        (1, _("1 – very dissatisfied")),
    )
    rating = forms.TypedChoiceField(
        label=_("How satisfied are you?"), choices=RATINGS, coerce=int, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("In your words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The office reads the words. Of the number it sees only means of five answers"
                    " or more; the consultant sees neither."),
    )  # fmt: skip


class StaffConsultingFilter(forms.Form):
    branch = forms.ModelChoiceField(
        label=_("Branch"), required=False, queryset=None, empty_label=_("All")
    )
    field = forms.ChoiceField(
        label=_("Field"), required=False, choices=[("", _("All")), *ConsultingField.choices]
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), *ConsultingRequest.Status.choices],
    )
    round = forms.ModelChoiceField(
        label=_("Round"), required=False, queryset=None, empty_label=_("All")
    )

    def __init__(self, data: Any, *, branches: Any, rounds: Any) -> None:
        super().__init__(data)
        self.fields["branch"].queryset = branches
        self.fields["round"].queryset = rounds
        self.is_valid()

    def narrow(self, requests: ConsultingRequestQuerySet) -> ConsultingRequestQuerySet:
        asked = self.cleaned_data
        return requests.filtered(
            branch=asked.get("branch"),
            field=asked.get("field", ""),
            status=asked.get("status", ""),
            within=asked.get("round"),
        )
