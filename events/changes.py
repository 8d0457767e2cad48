"""What a place is worth after its ticket was changed, and what another change would cost or bring
back. Nothing is stored twice: both follow from the changes on record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from events.ladders import ladder_of
from events.models import (
    Extra,
    Quota,
    Registration,
    RegistrationQuerySet,
    Ticket,
    TicketChange,
    VoucherUse,
)
from events.offers import EVERYONE, Offer, companions_as, offer_of
from events.openings import read_openings
from events.quotes import claimed_beside
from kosna.core import clock
from kosna.core.korean import vat_split
from kosna.payments.models import OrderLine
from members.access import as_member

Status = Registration.Status


@dataclass
class Part:
    """Won that a line paid of what the place is now."""

    line: OrderLine
    amount: int


def parts_of(place: Registration, changes: Iterable[TicketChange] | None = None) -> list[Part]:
    """The place's own line first. A dearer ticket adds its line; a cheaper one takes from the
    latest. ``changes``: those that were done, in their order, where they are at hand."""
    parts = [Part(place.line, place.line.amount)]
    if changes is None:
        changes = place.changes.done().select_related("line__order")
    for change in changes:
        difference = change.new_price - change.old_price
        if difference > 0 and change.line:
            parts.append(Part(change.line, difference))
        for part, taken in _from_the_latest(parts, -difference):
            part.amount -= taken
    return parts


def _from_the_latest(parts: list[Part], amount: int) -> list[tuple[Part, int]]:
    taken = []
    for part in reversed(parts):
        if amount > 0 and (piece := min(part.amount, amount)):
            taken.append((part, piece))
            amount -= piece
    return taken


def worth(place: Registration) -> int:
    """Won that were paid for what the place is now, refunds of the treasurer's left aside."""
    return sum(part.amount for part in parts_of(place))


def with_price(rows: RegistrationQuerySet) -> RegistrationQuerySet:
    """Annotates ``price``: the ``worth`` of each place, for lists."""
    done = TicketChange.objects.done().filter(registration=OuterRef("pk")).order_by()
    sums = done.values("registration").annotate(sum=Sum(F("new_price") - F("old_price")))
    return rows.annotate(price=F("line__amount") + Coalesce(Subquery(sums.values("sum")), 0))


def bought_at(place: Registration) -> datetime:
    """When the place became of the kind that it is."""
    last = place.changes.done().last()
    return last.asked_at if last else place.line.order.created_at


@dataclass(frozen=True)
class ChangeQuote:
    """What a change to a ticket would do now. Won."""

    ticket: Ticket
    old_price: int
    new_price: int
    why: str  # which rung of the ladder the difference stands on
    pieces: tuple[tuple[OrderLine, int], ...] = ()  # what comes back, by line
    refusals: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        return self.new_price - self.old_price

    @property
    def to_pay(self) -> int:
        return max(self.difference, 0)

    @property
    def back(self) -> int:
        return sum(amount for _line, amount in self.pieces)

    @property
    def stays(self) -> int:
        """Of a difference that does not come back whole."""
        return max(-self.difference, 0) - self.back

    @property
    def is_taxable(self) -> bool:
        return self.ticket.vat_class == OrderLine.VatClass.TAXABLE

    @property
    def vat(self) -> int:
        """In what is paid or comes back."""
        return vat_split(self.to_pay or self.back)[1] if self.is_taxable else 0

    @property
    def supply(self) -> int:
        return (self.to_pay or self.back) - self.vat


@dataclass
class Known:
    """What every quote for one place reads alike, asked once."""

    reader: Any
    parts: list[Part]
    claimed: Mapping[int, int]
    extras: list[Extra]
    refusals: list[str]
    rooms: Mapping[int, int]  # by quota of the event, what it leaves to the public
    own: Sequence[int]  # on which of them the place draws


def known_of(place: Registration, at: datetime) -> Known:
    """``place`` with its event, line, order and buyer."""
    parts = parts_of(place)
    extras = place.extras.standing().select_related("addon").prefetch_related("addon__tickets")
    return Known(
        reader=_reader(place, at),
        parts=parts,
        claimed=claimed_beside(part.line for part in parts),
        extras=list(extras),
        refusals=refusals_of(place),
        rooms={
            row.pk: row.seats_left - row.awaited
            for row in Quota.objects.filter(event=place.event_id)
        },
        own=place.ticket.quota_keys,
    )


def quote_change(
    place: Registration, ticket: Ticket, at: datetime, known: Known | None = None
) -> ChangeQuote:
    """``place`` with its event, line, order and buyer; ``ticket`` of the same event with its
    counters as they are now. Every reason against it is in ``refusals``."""
    known = known or known_of(place, at)
    offer = offer_for(ticket, known.reader, at)
    old, new = sum(part.amount for part in known.parts), offer.price or 0
    if place.status == Status.HELD or new <= old:  # done at once, one seat for the other
        offer = _offer(ticket, known.reader, at, _left_to_swap(ticket, known))
    pieces: list[tuple[OrderLine, int]] = []
    if place.status == Status.CONFIRMED:
        for part, amount in _from_the_latest(known.parts, old - new):
            back = _by_ladder(part.line, place, amount, at)
            left = part.line.amount - known.claimed.get(part.line.pk, 0)
            pieces.append((part.line, min(back, left)))
    return ChangeQuote(
        ticket=ticket,
        old_price=old,
        new_price=new,
        why=_why(known.parts[-1].line, place, at),
        pieces=tuple((line, won) for line, won in pieces if won > 0),
        refusals=(*known.refusals, *_refusals(place, offer, known)),
    )


def bought_as(place: Registration, at: datetime) -> Any:
    """As whom it was bought: what a company took stays on the terms of its membership alone,
    whoever ordered it, and wherever they sit besides or by now. At a members' meeting everybody
    stands on the roll by themselves."""
    if member := company_of(place):
        return as_member(member, at)
    buyer = place.line.order.user
    return EVERYONE if buyer.is_guest else buyer


def company_of(place: Registration) -> int | None:
    """The key of the company's membership on whose terms alone a place is."""
    return None if place.event.meeting_id else place.member_id


def _reader(place: Registration, at: datetime) -> Any:
    """As whoever sits there is offered a ticket: as the company whose place it is, as themselves,
    or as their buyer's companion."""
    if place.user and not company_of(place):
        return place.user
    buyer = bought_as(place, at)
    return buyer if place.user_id else companions_as(buyer, at)


def offer_for(ticket: Ticket, reader: Any, at: datetime) -> Offer:
    return _offer(ticket, reader, at, ticket.seats_left)


def _offer(ticket: Ticket, reader: Any, at: datetime, left: int) -> Offer:
    taken = ticket.capacity - left
    return offer_of(ticket, reader, at, taken=taken, is_awaited=bool(ticket.awaited))


def _left_to_swap(ticket: Ticket, known: Known) -> int:
    """What is left of a ticket to a place whose own seat is one of those that both draw on."""
    rooms = [known.rooms[key] for key in ticket.quota_keys if key not in known.own]
    return max(min([ticket.own_seats_left, *rooms]), 0)


def _by_ladder(line: OrderLine, place: Registration, amount: int, at: datetime) -> int:
    if not line.refund_policy:
        return 0
    ladder = ladder_of(line.refund_policy)
    return ladder.back(amount, place.event.stand(at, ladder, place.ticket.day))


def _why(line: OrderLine, place: Registration, at: datetime) -> str:
    if not line.refund_policy:
        return _("Its price does not come back.")
    ladder = ladder_of(line.refund_policy)
    stand = place.event.stand(at, ladder, place.ticket.day)
    return f"{ladder.rung(stand).words} · {stand.words}"


def refusals_of(place: Registration) -> list[str]:
    """Why this place cannot become one of any other kind; empty when it can."""
    if place.status not in (Status.CONFIRMED, Status.HELD):
        return [_("This ticket is no longer valid.")]
    if place.has_come:
        return [_("This ticket was used at the door.")]
    if clock.now() >= place.event.starts_at:
        return [_("The event has begun; a ticket can be changed until then.")]
    reasons = []
    if place.changes.waiting().exists():
        reasons.append(_("A change waits for its payment: pay that order, or cancel it first."))
    if VoucherUse.objects.standing().of([place]).exists():
        reasons.append(
            _(
                "This place was bought with a voucher, which is good for that ticket alone. Give "
                "it up and register again instead."
            )
        )
    return reasons


def _refusals(place: Registration, offer: Offer, known: Known) -> list[str]:
    ticket = offer.ticket
    if ticket.pk == place.ticket_id or ticket.event_id != place.event_id:
        return [_("Choose another ticket of this event.")]
    reasons = [] if offer.is_open else [offer.reason or str(offer.label)]
    if ticket.is_hidden:
        reasons.append(_("This ticket is for holders of a voucher."))
    if ticket.needs_approval:
        reasons.append(_("This ticket is given on application."))
    if ticket.min_per_order > 1:
        reasons.append(_("This ticket is sold to groups only."))
    is_paid = place.status == Status.CONFIRMED and any(part.amount for part in known.parts)
    if is_paid and ticket.vat_class != place.ticket.vat_class:
        reasons.append(
            _(
                "The two tickets are taxed differently. Give the place up and register again, so "
                "that your receipt is right."
            )
        )
    unfit = [extra.addon.name for extra in known.extras if not extra.addon.fits(ticket)]
    if unfit:
        reasons.append(_("Not sold with this ticket: %(names)s.") % {"names": ", ".join(unfit)})
    return reasons


def choices_for(place: Registration, at: datetime) -> list[ChangeQuote]:
    """Every other ticket that the event shows, with what a change to it would cost."""
    tickets = (
        Ticket.objects.with_room()
        .filter(event=place.event_id, is_hidden=False)
        .exclude(pk=place.ticket_id)
        .select_related("clock", "event__clock")
        .prefetch_related("prices")
    )
    read_openings(ticket.goes_by for ticket in tickets)
    known = known_of(place, at)
    return [quote_change(place, ticket, at, known) for ticket in tickets]
