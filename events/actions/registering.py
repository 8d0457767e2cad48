"""A buyer takes seats for themselves and for colleagues, on one order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from events.actions.answering import write_answers
from events.actions.extras import chosen_addons, line_of, take_addons, write_extras
from events.actions.limits import fewest_for, refuse_more_than_is_known
from events.actions.seats import take_kept, take_seats
from events.actions.uses import refuse_hidden, use_voucher, write_uses
from events.models import AddOn, Extra, Registration, Ticket, Voucher
from events.offers import Offer, State, companions_at, offer_of, with_voucher
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.prepared import Prepared, insert
from kosna.core.templatetags.ui import kdatetime
from kosna.payments import actions as payments
from kosna.payments.models import Order, OrderLine
from members.access import Held, memberships_of

PAYABLE = "events.registration"
DESK = "events.change_event"


@dataclass(frozen=True)
class Attendee:
    """``name`` is empty where it is said later."""

    name: str
    email: str = ""
    affiliation: str = ""
    is_buyer: bool = False
    answers: Mapping[int, str] = field(default_factory=dict)  # by question of the event's form
    extras: tuple[int, ...] = ()  # keys of the add-ons that they want


def register(
    *,
    ticket: Ticket,
    attendees: Sequence[Attendee],
    by: User,
    seats_left: int | None = None,
    answers: Mapping[int, str] | None = None,
    voucher: Voucher | None = None,
    form_key: UUID | None = None,
) -> Order:
    """Takes seats for oneself and for colleagues on one order; every price is reckoned here.

    Raises Refused: not open to this buyer, or to their companions, too many, sold out, or already
    registered. A free order is settled at once. ``seats_left`` as the caller has just read them:
    where they are too few, nobody waits for the lock to be told so. ``answers``: of the order as a
    whole, by question. A ``voucher`` changes what is paid, may show a hidden ticket and bring its
    own seats; it opens nothing before its time. ``form_key`` was drawn with the form: sent twice at
    once, it orders once; what it has ordered before, ``payments.sent_before`` knows.
    """
    at = clock.now()
    if ticket.needs_approval:
        raise Refused(_("This ticket is given on application: please ask for it."))
    refuse_wrong_count(ticket, len(attendees), by)
    refuse_hidden(ticket, voucher)
    offers = offers_for(ticket, attendees, by, at)
    refuse_unless_open(attendees, offers)
    offers = [with_voucher(offer, voucher) for offer in offers]
    addons = chosen_addons(ticket, [attendee.extras for attendee in attendees])
    keeps = voucher is not None and voucher.keeps_seats_of(ticket)
    if not keeps and seats_left is not None and seats_left < len(attendees):
        raise _sold_out()
    try:
        with transaction.atomic():
            # What is free waits for no payment.
            is_paid = any(offer.price for offer in offers) or any(a.price for a in chain(*addons))
            is_counted = not is_paid and are_counted(attendees, voucher, by)
            if is_paid or is_counted or ticket.max_per_person is not None:
                lock_buyer(by)
                refuse_more_than_is_known(ticket, len(attendees), by)
            if is_paid:
                refuse_hoarding(ticket, len(attendees), by)
            elif is_counted:
                refuse_more_free_places(ticket, len(attendees), by)
            if voucher:
                use_voucher(voucher, ticket, len(attendees), at)
            with audit.together():
                order, extras = _fill_seats(
                    ticket, attendees, offers, addons, by, at, answers or {}, voucher, form_key
                )
            # Last: from here on the next buyer waits, until all of this is committed or undone.
            if not (take_kept if keeps else take_seats)(ticket, len(attendees)):
                raise _sold_out()
            take_addons(extras)
    except IntegrityError:
        if sent := payments.sent_before(by, form_key):  # the same form, this moment
            return sent
        raise
    return order


def are_counted(attendees: Sequence[Attendee], voucher: Voucher | None, by: User) -> bool:
    """Whether places that cost nothing are counted with those that the buyer has. Oneself comes
    once anyhow, so most people need no lock; a voucher has a count of its own; a guest is new with
    every order."""
    is_alone = len(attendees) == 1 and attendees[0].is_buyer
    return not (is_alone or voucher or by.is_guest)


def refuse_wrong_count(ticket: Ticket, count: int, by: User) -> None:
    fewest, most = fewest_for(ticket, by), ticket.max_per_order
    if not fewest <= count <= most:
        raise Refused(
            _("One order holds %(min)s to %(max)s places.") % {"min": fewest, "max": most}
        )


def refuse_unless_open(attendees: Sequence[Attendee], offers: list[Offer]) -> None:
    """Says for whom it is not open, and what the buyer can do instead."""
    closed = [
        (attendee, offer)
        for attendee, offer in zip(attendees, offers, strict=True)
        if not offer.is_open
    ]
    own = {offer.reason or str(offer.label) for attendee, offer in closed if attendee.is_buyer}
    if own:
        raise Refused(*own)
    if not closed:
        return
    reasons = [_why_no_colleague(attendee.name, offer) for attendee, offer in closed]
    if any(attendee.is_buyer for attendee in attendees):
        reasons.append(_("Register yourself now, and your colleagues when it opens for them."))
    raise Refused(*reasons)


def _why_no_colleague(name: str, offer: Offer) -> str:
    if offer.state == State.LATER and offer.opens_at:
        facts = {"name": name, "when": kdatetime(offer.opens_at)}
        if name:
            return _("%(name)s can be registered from %(when)s.") % facts
        return _("A place without a name can be registered from %(when)s.") % facts
    if offer.state == State.MEMBERS and name:
        return _("%(name)s cannot be registered: this ticket is for members.") % {"name": name}
    if offer.state == State.MEMBERS:
        return _("A place without a name cannot be registered: this ticket is for members.")
    return offer.reason or str(offer.label)


def _sold_out() -> Refused:
    return Refused(_("Not enough seats are left. Please look at the other tickets."))


def _fill_seats(
    ticket: Ticket,
    attendees: Sequence[Attendee],
    offers: list[Offer],
    addons: list[list[AddOn]],
    by: User,
    at: datetime,
    answers: Mapping[int, str],
    voucher: Voucher | None,
    form_key: UUID | None,
) -> tuple[Order, list[Extra]]:
    """The order and its places, which are real once their seats are taken, with their add-ons."""
    order, places = hold_places(ticket, attendees, offers, by, at, addons=addons, form_key=form_key)
    extras = write_extras(places, addons, order.placed_lines[len(places) :])
    write_answers(order, places, attendees, answers)
    facts: dict[str, Any] = {"order": order.code, "places": len(attendees)}
    if voucher:
        write_uses(voucher, places, [offer.before or 0 for offer in offers])
        facts["voucher"] = voucher.code
    audit.record(
        "events.register",
        ticket.event,
        by=by,
        subjects=[by],
        **facts,
    )
    if order.total == 0 and not by.is_guest:  # a guest's address is proven first
        payments.settle_free(order, by=by)
    return order, extras


def hold_places(
    ticket: Ticket,
    attendees: Sequence[Attendee],
    offers: Sequence[Offer],
    by: User,
    at: datetime,
    expires_at: datetime | None = None,
    addons: Sequence[Sequence[AddOn]] = (),
    form_key: UUID | None = None,
) -> tuple[Order, list[Registration]]:
    """An unpaid order and its places, held until an instant (else as long as any sale); their
    seats are yet to be taken, by whoever calls this. The lines of the add-ons that they want stand
    behind those of the places."""
    held = [_held(who, offer, by, at) for who, offer in zip(attendees, offers, strict=True)]
    extras = [(addon, row) for row, mine in zip(held, addons, strict=False) for addon in mine]
    order = _place_order(ticket, offers, held, extras, by, expires_at, form_key)
    registrations = [
        Registration(
            event=ticket.event,
            ticket=ticket,
            line=line,
            name=attendee.name,
            email=attendee.email,
            affiliation=attendee.affiliation,
            user=by if attendee.is_buyer else None,
            member=row.member if row and row.is_companys else None,
            created_at=at,
        )
        for attendee, row, line in zip(attendees, held, order.placed_lines, strict=False)
    ]
    try:
        insert(registrations)
    except IntegrityError:
        raise Refused(
            _("You are already registered for this event. My page shows your ticket.")
        ) from None
    return order, registrations


_buyer: Prepared[tuple] = Prepared(
    lambda user: User.objects.filter(pk=user).select_for_update(no_key=True).values_list("pk"),
    user=int,
)
_unpaid: Prepared[tuple] = Prepared(
    lambda event, user: Registration.objects.filter(event=event).unpaid_of(user).values_list("pk"),
    event=int,
    user=int,
)


_free: Prepared[tuple] = Prepared(
    lambda event, user: Registration.objects.filter(event=event).free_of(user).values_list("pk"),
    event=int,
    user=int,
)


def lock_buyer(by: User) -> None:
    """One buyer registers once at a time, whatever the ticket; others never wait for them. On
    SQLite the transaction itself, begun IMMEDIATE, is the lock."""
    if connection.features.has_select_for_update:
        _buyer(user=by.pk)


def refuse_hoarding(ticket: Ticket, count: int, by: User) -> None:
    """The buyer's unpaid places in an event, with these, stay within one order's. Raises Refused;
    the buyer's row is locked."""
    held = unpaid_places(ticket, by)
    if held + count > ticket.max_per_order:
        raise Refused(
            _(
                "You hold %(held)s unpaid places in this event; one person holds at most %(max)s. "
                "Please pay or cancel that order first: My page shows it under Orders."
            )
            % {"held": held, "max": ticket.max_per_order}
        )


def refuse_more_free_places(ticket: Ticket, count: int, by: User) -> None:
    """The buyer's places in an event that cost nothing, with these, stay within one order's over
    all orders; where the ticket says how many one person has, that counts instead. Those who run
    the event register groups as they come. Raises Refused; the buyer's row is locked."""
    if ticket.max_per_person is not None:
        return
    held = len(_free(event=ticket.event_id, user=by.pk))
    if held + count > ticket.max_per_order and not by.has_perm(DESK, ticket.event.branch):
        raise Refused(
            _(
                "You have %(held)s free places in this event; one person has at most %(max)s, over "
                "all orders. Please choose fewer, or give places up that you do not need: My page "
                "shows them."
            )
            % {"held": held, "max": ticket.max_per_order}
        )


def unpaid_places(ticket: Ticket, by: User) -> int:
    """How many places of its event this buyer holds on unpaid orders."""
    return len(_unpaid(event=ticket.event_id, user=by.pk))


def offers_for(
    ticket: Ticket, attendees: Sequence[Attendee], by: User, at: datetime
) -> list[Offer]:
    # Seats are left to take_seats, which alone can know.
    one_left = ticket.capacity - 1
    mine = theirs = offer_of(ticket, by, at, taken=one_left)
    if not all(attendee.is_buyer for attendee in attendees):
        theirs = offer_of(ticket, companions_at(ticket.event, by, at), at, taken=one_left)
    return [mine if attendee.is_buyer else theirs for attendee in attendees]


def _held(who: Attendee, offer: Offer, by: User, at: datetime) -> Held | None:
    """On which membership somebody comes. A company's people are its own also where its standing
    or its tier gives them no price; a personal member's companions are nobody's."""
    if who.is_buyer or offer.held:
        return offer.held
    return next((row for row in memberships_of(by, at) if row.is_companys), None)


def _of(held: Held | None) -> tuple[str, str]:
    """The tier and the standing, as a line freezes them."""
    return (held.tier.code, held.standing) if held else ("", "")


def _place_order(
    ticket: Ticket,
    offers: Sequence[Offer],
    held: Sequence[Held | None],
    addons: Sequence[tuple[AddOn, Held | None]],
    by: User,
    expires_at: datetime | None,
    form_key: UUID | None,
) -> Order:
    event = ticket.event
    return payments.place_order(
        payable=PAYABLE,
        user=by,
        branch=event.branch,
        buyer_name=by.name,
        title_ko=event.title_ko,
        title_en=event.title_en,
        lines=[
            payments.Line(
                kind="ticket",
                of_ko=event.title_ko,
                of_en=event.title_en or event.title_ko,
                title_ko=ticket.name_ko,
                title_en=ticket.name_en or ticket.name_ko,
                amount=offer.price or 0,
                list_price=offer.everyone_price,
                vat_class=OrderLine.VatClass(ticket.vat_class),
                tier=tier,
                standing=standing,
                refund_policy=event.refund_terms,
            )
            for offer, (tier, standing) in zip(offers, map(_of, held), strict=True)
        ]
        + [line_of(addon, event, *_of(row)) for addon, row in addons],
        expires_at=expires_at,
        form_key=form_key,
        by=by,
    )
