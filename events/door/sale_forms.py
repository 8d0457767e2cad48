"""What is typed to sell a ticket at the door."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.actions import WalkIn
from events.forms.addons import extras_at_door
from events.forms.asked import Asked, of_scope
from events.models import Event, FormQuestion, Ticket
from events.offers import Offer
from kosna.accounts.models import User
from kosna.core.korean import LineField, PhoneField
from kosna.core.templatetags.ui import won


class FindMemberForm(forms.Form):
    member = forms.CharField(
        label=_("Member number or e-mail address"),
        required=False,
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Only for a member's price. Then no name is typed."),
    )


class SaleForm(forms.Form):
    """Of a member nothing is asked but the ticket, and what the event asks of everybody. ``offers``
    as ``actions.door_offers``: one that is closed by now is refused there, with its reason, unless
    this very form has sold it before."""

    ticket = forms.TypedChoiceField(label=_("Ticket"), coerce=int, widget=forms.RadioSelect)
    name = LineField(
        label=_("Name"), max_length=80, widget=forms.TextInput({"autocomplete": "off"})
    )
    affiliation = LineField(
        label=_("Affiliation"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text=_("The ticket and the receipt are sent there."),
    )
    phone = PhoneField(
        label=_("Mobile phone"), required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    language = forms.ChoiceField(
        label=_("Language of the ticket"), choices=[("ko", "한국어"), ("en", "English")]
    )
    agrees = forms.BooleanField(
        label=_("The person is 14 or older and agrees to the use of these data (privacy policy).")
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    GUEST: tuple[str, ...] = ("name", "affiliation", "email", "phone", "language", "agrees")

    def __init__(
        self,
        *args: Any,
        event: Event,
        offers: Sequence[Offer],
        member: User | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        if member:
            for name in self.GUEST:
                del self.fields[name]
        tickets: Any = self.fields["ticket"]
        tickets.choices = [(offer.ticket.pk, offer.ticket.name) for offer in offers]
        tickets.widget.choices = [
            (offer.ticket.pk, f"{offer.ticket.name} · {won(offer.price)}")
            for offer in offers
            if offer.is_open
        ]
        self._ask(event, [offer.ticket for offer in offers if offer.is_open])

    def _ask(self, event: Event, sold: Sequence[Ticket]) -> None:
        """Add-ons, and the questions of the event, before who it is agrees."""
        extras = extras_at_door(event, sold, gettext("Add-ons"))
        # An empty list is not shown; whoever ticked what has gone by now is told so.
        if extras and (extras.widget.choices or self.data.get("extras")):
            self.fields["extras"] = extras
        questions = list(event.form_questions.all())
        self.person_asked = Asked(self, of_scope(questions, FormQuestion.Scope.ATTENDEE), "me")
        self.order_asked = Asked(self, of_scope(questions, FormQuestion.Scope.ORDER), "order")
        self.order_fields(["ticket", *(name for name in self.fields if name != "agrees")])

    @property
    def asked(self) -> list[forms.BoundField]:
        """What this event sells and asks besides."""
        extras = [self["extras"]] if "extras" in self.fields else []
        return [*extras, *self.person_asked.fields, *self.order_asked.fields]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.person_asked.clean()
        self.order_asked.clean()
        return cleaned

    @property
    def who(self) -> WalkIn:
        typed = {name: self.cleaned_data[name] for name in self.GUEST if name in self.fields}
        typed.pop("agrees", None)
        return WalkIn(
            **typed,
            member=self.member,
            extras=tuple(self.cleaned_data.get("extras", ())),
            answers=self.person_asked.answers,
            answers_of_order=self.order_asked.answers,
        )


class PaidForm(forms.Form):
    """How the money was taken. The card's slip has its approval number; a transfer its sender."""

    WAYS = (
        ("cash", _("Cash")),
        ("card", _("Card terminal")),
        ("transfer", _("Transfer seen")),
    )
    way = forms.ChoiceField(label=_("How it was paid"), choices=WAYS, widget=forms.RadioSelect)
    slip = forms.CharField(
        label=_("Approval number of the slip, or name of the depositor"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Not for cash."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("way") in ("card", "transfer") and not cleaned.get("slip"):
            told = {
                "card": _("Type the approval number that stands on the slip."),
                "transfer": _("Type the name of the depositor as the bank shows it."),
            }
            self.add_error("slip", told[cleaned["way"]])
        if cleaned.get("way") == "cash":
            cleaned["slip"] = ""
        return cleaned
