"""Drafts as programs send them, judged by the forms of the desk: the same rules, the same words."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import ModelForm, model_to_dict
from django.utils.translation import gettext as _

from events.actions import DraftPrice, DraftTicket
from events.api.shapes import EVENT_COLUMNS, REFUND_DAYS, TICKET_COLUMNS
from events.forms.desk import EventForm, TicketForm
from events.models import Event, Ticket
from kosna.api.actions import Credential
from kosna.api.problems import Problem
from kosna.api.shapes import Wrong
from members.models import Tier

# What a new event is where nothing is said; the form of the desk asks.
UNSAID = {"full_refund_days": 7, "half_refund_days": 3, "gives_certificate": True}
UNSAID_OF_TICKET = {"max_per_order": 5, "vat_class": "exempt", "is_on_sale": True, "sort": 0}


def draft_of(
    sent: Mapping[str, Any], credential: Credential, event: Event | None = None
) -> tuple[Event, list[str], list[DraftTicket]]:
    """The event as it is to be, the columns that change, its tickets. Raises Problem with all that
    is wrong at once."""
    wrong: Wrong = []
    is_new = event is None
    event = event or Event(branch_id=credential.branch_id)
    form = EventForm(
        _typed(event, is_new, sent) | {"branch": credential.branch_id},
        instance=event,
        user=credential.by,
    )
    _judge(form, "", wrong)
    if wrong:
        raise Problem(422, errors=wrong)
    tickets = _tickets(event, sent.get("tickets", ()), wrong)
    if wrong:
        raise Problem(422, errors=wrong)
    changed = [name for name in EVENT_COLUMNS if name in sent]
    if sent.keys() & REFUND_DAYS.keys():
        changed.append("refund_policy")
    return event, changed, tickets


def _typed(event: Event, is_new: bool, sent: Mapping[str, Any]) -> dict[str, Any]:
    if is_new:
        return UNSAID | dict(sent)
    ladder = {percent: days for days, percent in event.refund_policy}
    days = {name: ladder.get(percent, 0) for name, percent in REFUND_DAYS.items()}
    return model_to_dict(event, EventForm.Meta.fields) | days | dict(sent)


def _judge(form: ModelForm, at: str, wrong: Wrong) -> None:
    for name, told in form.errors.items():
        pointer = at if name == "__all__" else f"{at}/{name}"
        wrong += [(pointer, str(text)) for text in told]


def _tickets(event: Event, sent: Sequence[Mapping[str, Any]], wrong: Wrong) -> list[DraftTicket]:
    there = {ticket.pk: ticket for ticket in event.tickets.all()} if event.pk else {}
    asked = {price["tier"] for one in sent for price in one.get("prices", ()) if price["tier"]}
    tiers = {tier.code: tier for tier in Tier.objects.filter(code__in=asked)} if asked else {}
    drafts = []
    for number, one in enumerate(sent):
        at = f"/tickets/{number}"
        ticket = there.pop(one["id"], None) if "id" in one else Ticket(event=event)
        if ticket is None:
            wrong.append((f"{at}/id", _("The event has no such ticket, or it was named before.")))
            continue
        before = UNSAID_OF_TICKET if ticket.pk is None else model_to_dict(ticket, TICKET_COLUMNS)
        _judge(TicketForm(before | dict(one), instance=ticket), at, wrong)
        prices = _prices(one["prices"], tiers, at, wrong) if "prices" in one else None
        drafts.append(DraftTicket(ticket, [name for name in TICKET_COLUMNS if name in one], prices))
    return drafts


def _prices(
    sent: Sequence[Mapping[str, Any]], tiers: Mapping[str, Tier], at: str, wrong: Wrong
) -> list[DraftPrice]:
    wrong += [
        (f"{at}/prices/{number}/tier", _("There is no such tier."))
        for number, price in enumerate(sent)
        if price["tier"] and price["tier"] not in tiers
    ]
    return [DraftPrice(price["amount"], tiers.get(price["tier"]), price["until"]) for price in sent]
