"""What is typed at an event: filters, and the names of those who come."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.actions import Attendee
from events.forms.addons import extras_field
from events.forms.asked import Asked, of_scope
from events.models import AddOn, Direction, Event, FormQuestion, Question
from events.offers import Offer
from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core.form_keys import form_key_field
from kosna.core.korean import LineField


class EventFilter(forms.Form):
    """``/events/?kind=&branch=&past=1``"""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *Event.Kind.choices], required=False
    )
    branch = forms.ModelChoiceField(
        Branch.objects.shown(),
        label=_("Branch"),
        to_field_name="code",
        empty_label=_("All branches"),
        required=False,
    )
    past = forms.BooleanField(label=_("Past events"), required=False)


class RegistrationForm(forms.Form):
    """One ticket kind, oneself, and up to ``people - 1`` colleagues: three plain fields a row, so
    the page needs no script and the form stays light. Prices never travel with it."""

    ticket = forms.TypedChoiceField(label=_("Ticket"), coerce=int, widget=forms.RadioSelect)
    voucher = forms.CharField(
        label=_("Voucher code"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )
    myself = forms.BooleanField(label=_("I will attend myself"), required=False)
    affiliation = LineField(
        label=_("Affiliation"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    form_key = form_key_field()
    later = forms.IntegerField(
        label=_("Places to be named later"),
        min_value=0,
        max_value=200,
        required=False,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        help_text=_("Their tickets are made out once you say who comes, before the event."),
    )

    def __init__(
        self,
        *args: Any,
        offers: Sequence[Offer],
        people: int,
        user: User,
        questions: Sequence[FormQuestion] = (),
        addons: Sequence[AddOn] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.rows = range(1, people)
        for row in range(people) if addons else ():
            label = _("Add-ons of colleague %(n)s") % {"n": row} if row else _("My add-ons")
            self.fields[f"extras_{row}"] = extras_field(addons, label)
        self.fields["ticket"].choices = [(o.ticket.pk, o.ticket.name) for o in offers]
        for row in self.rows:
            self.fields[f"name_{row}"] = LineField(
                label=_("Name of colleague %(n)s") % {"n": row}, max_length=80, required=False
            )
            self.fields[f"email_{row}"] = forms.EmailField(
                label=_("E-mail of colleague %(n)s") % {"n": row}, required=False
            )
            self.fields[f"affiliation_{row}"] = LineField(
                label=_("Affiliation of colleague %(n)s") % {"n": row},
                max_length=120,
                required=False,
            )

        of_each = of_scope(questions, FormQuestion.Scope.ATTENDEE)
        self.order_asked = Asked(self, of_scope(questions, FormQuestion.Scope.ORDER), "order")
        self.i_am_asked = Asked(self, of_each, "me")
        self.asked = {row: Asked(self, of_each, str(row)) for row in self.rows}

    @property
    def colleagues(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"{name}_{row}"] for name in ("name", "email", "affiliation")]
            + ([self[f"extras_{row}"]] if f"extras_{row}" in self.fields else [])
            + self.asked[row].fields
            for row in self.rows
        ]

    @property
    def mine(self) -> forms.BoundField | None:
        """The add-ons of the buyer."""
        return self["extras_0"] if "extras_0" in self.fields else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for row in self.rows:
            if (data.get(f"email_{row}") or data.get(f"extras_{row}")) and not data.get(
                f"name_{row}"
            ):
                self.add_error(f"name_{row}", _("Please enter the name that goes on the ticket."))
            is_told = f"email_{row}" in self.errors  # what is wrong with the one that was typed
            if data.get(f"name_{row}") and not (data.get(f"email_{row}") or is_told):
                self.add_error(f"email_{row}", _("The ticket is sent to this address."))
            if data.get(f"name_{row}"):
                self.asked[row].clean()
        if data.get("myself"):
            self.i_am_asked.clean()
        self.order_asked.clean()
        if not self.errors and not self.attendees:
            raise forms.ValidationError(_("Say who will attend: yourself, colleagues, or both."))
        return data

    @property
    def attendees(self) -> list[Attendee]:
        data = self.cleaned_data
        colleagues = [
            Attendee(
                name=data[f"name_{row}"],
                email=data[f"email_{row}"],
                affiliation=data[f"affiliation_{row}"] or data["affiliation"],
                answers=self.asked[row].answers,
                extras=tuple(data.get(f"extras_{row}", ())),
            )
            for row in self.rows
            if data[f"name_{row}"]
        ]
        colleagues += [Attendee(name="", affiliation=data["affiliation"])] * (data["later"] or 0)
        me = replace(self.me, extras=tuple(data.get("extras_0", ())))
        return [me, *colleagues] if data["myself"] else colleagues

    @property
    def me(self) -> Attendee:
        return Attendee(
            name=self.user.name,
            email=self.user.email,
            affiliation=self.cleaned_data["affiliation"],
            is_buyer=True,
            answers=self.i_am_asked.answers,
        )


class CancelForm(forms.Form):
    """``quoted``: the won that the page said would come back."""

    quoted = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    confirm = forms.BooleanField(label=_("I give this place up. It cannot be taken back."))


class CancelPlacesForm(CancelForm):
    confirm = forms.BooleanField(label=_("I give these places up. They cannot be taken back."))


class CheckInForm(forms.Form):
    code = forms.CharField(
        label=_("Ticket code"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )
    direction = forms.ChoiceField(choices=Direction.choices, required=False)
    # Asked whether somebody comes in before the first day, the desk has said yes.
    is_early = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_direction(self) -> str:
        return self.cleaned_data["direction"] or Direction.IN


class SurveyForm(forms.Form):
    """The questions of an event, a field each; nothing of who answers."""

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[self._name(question)] = self._field(question)

    @staticmethod
    def _name(question: Question) -> str:
        return f"question_{question.pk}"

    @staticmethod
    def _field(question: Question) -> forms.Field:
        if question.kind == Question.Kind.TEXT:
            return forms.CharField(
                label=question.text,
                required=question.is_required,
                max_length=1000,
                widget=forms.Textarea({"rows": 3}),
            )
        is_scale = question.kind == Question.Kind.SCALE
        return forms.TypedChoiceField(
            label=question.text,
            required=question.is_required,
            choices=question.options,
            coerce=int,
            empty_value=None,
            widget=forms.RadioSelect,
            help_text=_("1: not at all, 5: very much") if is_scale else "",
        )

    @property
    def ticks(self) -> dict[int, int]:
        return {
            question.pk: self.cleaned_data[self._name(question)]
            for question in self.questions
            if question.kind != Question.Kind.TEXT
            and self.cleaned_data[self._name(question)] is not None
        }

    @property
    def words(self) -> dict[int, str]:
        return {
            question.pk: self.cleaned_data[self._name(question)]
            for question in self.questions
            if question.kind == Question.Kind.TEXT
        }
