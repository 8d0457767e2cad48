"""What is typed at a call for proposals: the call itself, a proposal, an opinion, a decision."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.forms.desk import LocalDateTimeInput
from events.models import Call, Event, Proposal
from events.models.proposals import HIGHEST, LOWEST
from kosna.accounts.models import User
from kosna.core.form_keys import form_key_field


class CallForm(forms.ModelForm):
    reviewers = forms.CharField(
        label=_("Reviewers"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The e-mail addresses with which they sign in, one a line."),
    )

    class Meta:
        model = Call
        fields = ("opens_at", "closes_at", "text_ko", "text_en")
        widgets = {
            "opens_at": LocalDateTimeInput(),
            "closes_at": LocalDateTimeInput(),
            "text_ko": forms.Textarea({"rows": 6}),
            "text_en": forms.Textarea({"rows": 6}),
        }

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.event = event
        if self.instance.pk:
            people = self.instance.reviewers.order_by("email")
            self.initial["reviewers"] = "\n".join(person.email for person in people)

    def clean_reviewers(self) -> list[User]:
        typed = self.cleaned_data["reviewers"].replace(",", "\n").split()
        wanted = {address.lower() for address in typed}
        people = User.objects.filter(email__in=wanted, is_active=True)
        unknown = wanted - {person.email.lower() for person in people}
        if unknown:
            raise forms.ValidationError(
                gettext("Nobody signs in with: %(addresses)s.")
                % {"addresses": ", ".join(sorted(unknown))}
            )
        return list(people)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens_at, closes_at = data.get("opens_at"), data.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("A call closes after it opens."))
        return data

    def save(self, commit: bool = True) -> Call:
        call = super().save(commit)
        call.reviewers.set(self.cleaned_data["reviewers"])
        return call


class ProposalForm(forms.ModelForm):
    form_key = form_key_field()

    class Meta:
        model = Proposal
        fields = (
            "title_ko",
            "title_en",
            "abstract_ko",
            "abstract_en",
            "track",
            "minutes",
            "role",
        )
        widgets = {
            "abstract_ko": forms.Textarea({"rows": 6}),
            "abstract_en": forms.Textarea({"rows": 6}),
        }
        help_texts = {
            "abstract_ko": _("Reviewers read this and do not see your name: please leave it out."),
            "role": _("Shown beside your name if the proposal is accepted."),
        }

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tracks = event.tracks.all()
        self.fields["track"].queryset = tracks
        self.fields["track"].empty_label = _("No preference")
        if not tracks:
            del self.fields["track"]
        if self.instance.pk:  # changing it twice is changing it once
            del self.fields["form_key"]


class ReviewForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("Score"),
        coerce=int,
        choices=[(number, str(number)) for number in range(LOWEST, HIGHEST + 1)],
        widget=forms.RadioSelect,
        help_text=_("1: rather not, 5: by all means"),
    )
    comment = forms.CharField(
        label=_("Comment"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("For those who decide; the proposer does not see it."),
    )


class DecisionForm(forms.Form):
    answer = forms.CharField(
        label=_("A word to the proposer"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Stands in the mail that tells the decision."),
    )


class ProposalFilter(forms.Form):
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[("", _("Any status")), *Proposal.Status.choices],
        required=False,
    )
