"""Somebody comes without a ticket and is sold one at the door.

In two steps, so that no money is taken for a seat that is gone: first the seat is held at its
price, then the money is in somebody's hand and they come in. What costs nothing needs the first
alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.answering import write_answers
from events.actions.door import admit, find_place
from events.actions.extras import chosen_addons, take_addons, write_extras
from events.actions.limits import refuse_beyond_limit
from events.actions.passing import Walk, walk_through
from events.actions.registering import (
    Attendee,
    hold_places,
    lock_buyer,
    refuse_wrong_count,
)
from events.actions.seats import take_seats
from events.models import DoorDevice, DoorSale, Event, Outcome, Registration, Ticket
from events.offers import EVERYONE, Offer, offer_of
from events.openings import read_openings
from kosna.accounts import guests
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order
from members.models import Member


@dataclass(frozen=True)
class WalkIn:
    """Who stands there, and what they want and answer. Of a ``member`` name and address are known.
    ``extras``: keys of add-ons; answers by question of the event's form."""

    name: str = ""
    email: str = ""
    phone: str = ""
    affiliation: str = ""
    language: str = "ko"
    member: User | None = None
    extras: tuple[int, ...] = ()
    answers: Mapping[int, str] = field(default_factory=dict)
    answers_of_order: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seller:
    """Who answers for the money, and on which device it is taken."""

    by: User
    device: DoorDevice | None = None


def refuse_other_days(event: Event, at: datetime) -> None:
    """Raises Refused unless its door is open: from the day on which it begins to its end."""
    if event.status != Event.Status.PUBLISHED:
        raise Refused(_("This event is not open."))
    if clock.kst_date(at) < clock.kst_date(event.starts_at) or at >= event.ends_at:
        raise Refused(_("Tickets are sold at the door on the days of the event, until it ends."))


def door_offers(event: Event, buyer: User | None = None) -> list[Offer]:
    """What somebody at the door is offered, at everybody's price or at a member's own."""
    at = clock.now()
    refuse_other_days(event, at)
    tickets = Ticket.objects.with_room().filter(event=event, is_hidden=False, needs_approval=False)
    rows = tickets.select_related("clock", "event__clock").prefetch_related("prices__tier")
    read_openings(ticket.goes_by for ticket in rows)
    return [
        offer_of(
            ticket,
            buyer or EVERYONE,
            at,
            ticket.capacity - ticket.seats_left,
            is_awaited=bool(ticket.awaited),
            at_door=True,
        )
        for ticket in rows
        if ticket.day in (None, clock.kst_date(at)) and ticket.min_per_order == 1
    ]


def find_buyer(event: Event, typed: str, *, by: User) -> User:
    """The account behind a member number or a proven e-mail address, to sell to at its own price.
    That it was looked up is on record, found or not. Raises Refused where there is none."""
    text = typed.strip()
    if "@" in text:
        rows = EmailAddress.objects.filter(email__iexact=text, verified=True)
        found = next((row.user for row in rows.select_related("user")), None)
    else:
        members = Member.objects.running().filter(number=text.upper()).select_related("user")
        member = members.first()
        if member and member.organisation_id:
            raise Refused(
                _("This is the number of a company. Type the e-mail address of the person."),
                field="member",
            )
        found = member.user if member else None
    if found is None or not found.is_active:
        audit.record("events.find_buyer", event, by=by, is_found=False)
        raise Refused(_("No member has this number or address."), field="member")
    audit.record_seen("events.find_buyer", event, by=by, subjects=[found.pk])
    return found


def hold_place(
    *, event: Event, ticket: int, who: WalkIn, key: UUID, seller: Seller, ip: str | None = None
) -> DoorSale:
    """Holds a seat for who stands there, at the price of this moment; what is free lets them in at
    once. ``key`` was drawn with the form: sent twice, it sells once. Raises Refused: not sold here,
    sold out, or they have a place already."""
    sale = _known(key, event, seller)
    if sale is None:
        try:
            sale = _new(event, ticket, who, key, seller, ip)
        except (IntegrityError, Refused):
            sale = _known(key, event, seller)  # the same form, this moment
            if sale is None:
                raise
    if not order_of(sale).total:
        let_in(sale)
    return sale


def _new(
    event: Event, ticket: int, who: WalkIn, key: UUID, seller: Seller, ip: str | None
) -> DoorSale:
    offer = next(
        (each for each in door_offers(event, who.member) if each.ticket.pk == ticket), None
    )
    if offer is None:
        raise Refused(_("This ticket is not sold at the door."), field="ticket")
    if not offer.is_open:
        raise Refused(offer.reason or str(offer.label), field="ticket")
    with transaction.atomic():
        return _hold(offer, who, key, seller, ip)


def _known(key: UUID, event: Event, seller: Seller) -> DoorSale | None:
    sale = DoorSale.objects.with_order().filter(key=key).first()
    if sale and (sale.event_id, sale.by_id) != (event.pk, seller.by.pk):
        raise Refused(_("This form was drawn for another sale. Please begin again."))
    return sale


def _hold(offer: Offer, who: WalkIn, key: UUID, seller: Seller, ip: str | None) -> DoorSale:
    ticket, at = offer.ticket, clock.now()
    buyer = who.member or _guest(who, key, ip)
    lock_buyer(buyer)
    refuse_wrong_count(ticket, 1, buyer)
    if ticket.max_per_person is not None and not buyer.mailbox:
        raise Refused(
            _("This ticket is limited for each person: type their e-mail address."), field="email"
        )
    refuse_beyond_limit(ticket, 1, buyer)
    if Registration.objects.of_attendee(buyer).filter(event=ticket.event).exists():
        raise Refused(_("This person has a place already. Check them in, or look at their order."))
    attendee = Attendee(
        who.name or buyer.name,
        who.email or buyer.mailbox,
        who.affiliation,
        is_buyer=True,
        answers=who.answers,
    )
    addons = chosen_addons(ticket, [who.extras])
    order, [place] = hold_places(ticket, [attendee], [offer], buyer, at, addons=addons)
    extras = write_extras([place], addons, order.placed_lines[1:])
    write_answers(order, [place], [attendee], who.answers_of_order)
    sale = DoorSale.objects.create(
        key=key, event=ticket.event, registration=place, device=seller.device, by=seller.by, at=at
    )
    facts: dict[str, Any] = {"device": str(seller.device)} if seller.device else {}
    audit.record(
        "events.sell_at_door",
        ticket.event,
        by=seller.by,
        subjects=[buyer],
        order=order.code,
        **facts,
    )
    payments.settle_free(order, by=seller.by)
    # Last: from here on the next buyer waits, until all of this is committed or undone.
    if not take_seats(ticket, 1):
        raise Refused(
            _("Every seat is taken: take no money. Please look at the other tickets."),
            field="ticket",
        )
    take_addons(extras)
    return sale


def _guest(who: WalkIn, key: UUID, ip: str | None) -> User:
    guest = guests.open_guest(
        name=who.name,
        email=who.email,
        phone=who.phone,
        language=who.language,
        form_key=key,
        ip=ip,
        channel="door",
    )
    return guest.user


def occasion_of(event: Event) -> payments.Occasion:
    return payments.Occasion(event.slug, event.title_ko, event.title_en)


def take_payment(sale: DoorSale, *, way: str, slip: str) -> Outcome:
    """The money is in the seller's hand: it is booked, and then they come in. Twice is once. Raises
    Refused as ``payments.take_money``; UNPAID where the rules want to look at it first."""
    payments.take_money(
        order_of(sale),
        way=way,
        slip=slip.strip(),
        occasion=occasion_of(sale.event),
        by=sale.by,
    )
    return let_in(sale)


@transaction.atomic
def let_in(sale: DoorSale) -> Outcome:
    """Whoever has just bought comes in; once, however often this is asked."""
    event = sale.event
    place = find_place(event.slug, sale.registration.secret)
    if place is None:
        return Outcome.UNKNOWN
    if place.has_come:
        return Outcome.ADMITTED
    if sale.device:
        walk = Walk(sale.key, clock.now(), sale.by, device=sale.device)
        outcome = Outcome(walk_through(place, walk, event=event).outcome)
    else:
        outcome = admit(place, event=event, by=sale.by).outcome
    return Outcome.ADMITTED if outcome == Outcome.ALREADY else outcome  # by a second press


def give_up_sale(sale: DoorSale) -> None:
    """They thought better of it: the seat goes back. Raises Refused once it is paid."""
    reason = _("Given up at the door")
    payments.cancel_order(order_of(sale), by=sale.by, reason=reason)


def order_of(sale: DoorSale) -> Order:
    return sale.registration.line.order
