"""What is typed about general meetings: by the secretary, by members, at the door."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from members.models import AgendaItem, Meeting, Voter, WrittenVote


class MeetingForm(forms.ModelForm):
    online_url = forms.URLField(
        label=_("Online address"), max_length=200, required=False, assume_scheme="https"
    )

    class Meta:
        model = Meeting
        fields: ClassVar = [
            "kind",
            "title_ko",
            "title_en",
            "starts_at",
            "place_ko",
            "place_en",
            "online_url",
            "record_on",
        ]
        widgets: ClassVar = {
            "starts_at": forms.DateTimeInput(
                format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}
            ),
            "record_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }
        help_texts: ClassVar = {
            "record_on": _(
                "Who is a member in good standing at the end of this day, Korean time, has a vote."
            ),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        starts_at, record_on = data.get("starts_at"), data.get("record_on")
        if starts_at and record_on and record_on >= clock.kst_date(starts_at):
            self.add_error("record_on", _("The record date lies before the meeting."))
        return data


class AgendaItemForm(forms.ModelForm):
    class Meta:
        model = AgendaItem
        fields: ClassVar = ["title_ko", "title_en", "rule", "text_ko", "text_en"]
        widgets: ClassVar = {
            "text_ko": forms.Textarea(attrs={"rows": 3}),
            "text_en": forms.Textarea(attrs={"rows": 3}),
        }


AgendaFormSet = forms.modelformset_factory(
    AgendaItem, form=AgendaItemForm, extra=2, can_delete=True, can_order=True
)


class CallForm(forms.Form):
    late_reason = forms.CharField(
        label=_("Reason for a shorter notice"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
        help_text=_("Only where the notice goes out later than the articles say."),
    )


class OpenForm(forms.Form):
    chair = forms.CharField(label=_("Chair"), max_length=80)


class MinutesForm(forms.Form):
    course = forms.CharField(
        label=_("Course of the meeting"),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=20_000,
        help_text=_("What was said and done, in short; the numbers are added by themselves."),
    )
    signatories = forms.CharField(
        label=_("Signatories"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("Chair and directors present, a name a line"),
    )


class CountForm(forms.ModelForm):
    votes_for = forms.IntegerField(label=_("For"), min_value=0, max_value=10_000_000)
    votes_against = forms.IntegerField(label=_("Against"), min_value=0, max_value=10_000_000)
    votes_abstain = forms.IntegerField(label=_("Abstentions"), min_value=0, max_value=10_000_000)

    class Meta:
        model = AgendaItem
        fields: ClassVar = ["votes_for", "votes_against", "votes_abstain"]


class ShortReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class NumberField(forms.CharField):
    """A member number, as the card and the register show it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Member number"))
        super().__init__(max_length=12, **kwargs)


class ExcludeForm(ShortReasonForm):
    number = NumberField()
    field_order = ("number", "reason")


class DelegateForm(forms.Form):
    """To whom a vote is handed. A delegate is named by number and name, so that nobody reads the
    roll here."""

    CHAIR, VOTER = "chair", "voter"
    to = forms.ChoiceField(
        label=_("Hand my vote to"),
        choices=[(CHAIR, _("The chair of the meeting")), (VOTER, _("Another voter"))],
        widget=forms.RadioSelect,
        initial=CHAIR,
    )
    delegate_number = NumberField(label=_("Member number of the delegate"), required=False)
    delegate_name = forms.CharField(label=_("Name of the delegate"), max_length=120, required=False)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["delegate"] = None
        if data.get("to") == self.VOTER:
            data["delegate"] = self._on_the_roll(
                data.get("delegate_number", ""), data.get("delegate_name", "")
            )
            if data["delegate"] is None:
                self.add_error(
                    "delegate_number",
                    _("Nobody on the roll has this number and this name. Please compare both."),
                )
        return data

    def _on_the_roll(self, number: str, name: str) -> Voter | None:
        row = self.meeting.voters.filter(number=number).first()
        names = {row.name, row.representative} if row else set()
        return row if name.strip() and name.strip() in names else None


class PaperProxyForm(DelegateForm):
    """A proxy on paper, entered by the desk."""

    number = NumberField(label=_("Member number of who hands on the vote"))
    field_order = ("number", "to", "delegate_number", "delegate_name")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["voter"] = self.meeting.voters.filter(number=data.get("number")).first()
        if data.get("number") and data["voter"] is None:
            self.add_error("number", _("Nobody on the roll has this number."))
        return data


class WrittenVoteForm(forms.Form):
    """One choice for each item that is voted on."""

    def __init__(
        self, *args: Any, items: Iterable[AgendaItem], cast: dict[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for item in items:
            self.fields[f"item{item.pk}"] = forms.ChoiceField(
                label=f"{item.position}. {item.title}",
                choices=WrittenVote.Choice.choices,
                widget=forms.RadioSelect,
                initial=cast.get(item.pk),
            )

    @property
    def choices(self) -> dict[int, str]:
        return {
            int(name.removeprefix("item")): choice for name, choice in self.cleaned_data.items()
        }


class DoorForm(forms.Form):
    """Who has come: a member number, a name, or what the QR code of a card says."""

    q = forms.CharField(label=_("Member number, name or card"), max_length=200, required=False)
