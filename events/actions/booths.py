"""A company takes a booth, itself or through staff; staff draw the plan, move and withhold booths.

Whoever changes who may have a booth holds the row of the event, as publishing and calling off do.
That a booth has one holder is the database's to keep (docs/decisions/0033).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.booth_telling import tell_held, tell_moved
from events.booth_offers import BoothOffer, buyer_as, offer_for, why_closed
from events.models import Booth, BoothBooking, BoothType, Event, Exhibitor
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order, OrderLine
from members.access import memberships_of
from members.models import Member

BOOTH_PAYABLE = "events.booth"
Status = BoothBooking.Status
# What one person may hold unpaid at an exhibition.
MOST_UNPAID = 2


@dataclass(frozen=True)
class Company:
    """Who exhibits: a member's company, or another one by its name; ``contact`` orders and pays."""

    contact: User
    member: Member | None = None
    name: str = ""


def lock_event(event: Event) -> Event:
    """As it stands now; nobody publishes it, calls it off or books one of its booths meanwhile."""
    return Event.objects.select_for_update(no_key=True).get(pk=event.pk)


# --- booking ---


def book_booth(booth: Booth, *, company: Company, by: User) -> Order:
    """Holds a booth for a company until its order is paid or lapses; free ones settle at once.

    Raises Refused: not open to this company, another's, or too many unpaid. ``by`` is its contact.
    """
    at = clock.now()
    offer = _offer(booth, company, at)
    if not offer.is_open:
        raise Refused(offer.reason)
    if not booth.is_offered:
        raise Refused(_("This booth is not offered. Please choose another one."))
    with transaction.atomic():
        refuse_unless_published(booth.event)
        _refuse_hoarding(booth.event, company.contact)
        booking = _hold(booth, company, offer, at, by)
        _record("events.book_booth", booking, by)
        payments.settle_free(booking.line.order, by=by)
    return booking.line.order


@transaction.atomic
def assign_booth(booth: Booth, *, company: Company, expires_at: datetime, by: User) -> Order:
    """Holds a booth for a company by staff, offered or not and before it opens to others; its
    contact is told to pay until an instant."""
    at = clock.now()
    offer = _offer(booth, company, at)
    if offer.price is None:
        raise Refused(_("This kind of booth has no price for this company."))
    if not at < expires_at <= booth.event.starts_at:
        raise Refused(
            _("The deadline lies between now and the beginning of the event."), field="until"
        )
    refuse_unless_published(booth.event)
    booking = _hold(booth, company, offer, at, by, expires_at)
    _record("events.assign_booth", booking, by)
    order = booking.line.order
    if order.total:
        tell_held(booking)
    payments.settle_free(order, by=by)
    return order


def _offer(booth: Booth, company: Company, at: datetime) -> BoothOffer:
    return offer_for(booth.booth_type, buyer_as(company.contact, company.member, at), at)


def refuse_unless_published(event: Event) -> None:
    """The event's row stays locked until the transaction is over."""
    if reason := why_closed(lock_event(event), clock.now()):
        raise Refused(reason)


def _refuse_hoarding(event: Event, contact: User) -> None:
    unpaid = BoothBooking.objects.filter(event=event, status=Status.HELD)
    if unpaid.filter(line__order__user=contact).count() >= MOST_UNPAID:
        raise Refused(
            _(
                "You hold %(max)s unpaid booths of this exhibition. Please pay or cancel one of "
                "these orders first: My page shows them under Orders."
            )
            % {"max": MOST_UNPAID}
        )


def _hold(
    booth: Booth,
    company: Company,
    offer: BoothOffer,
    at: datetime,
    by: User,
    expires_at: datetime | None = None,
) -> BoothBooking:
    exhibitor = _exhibitor(booth.event, company)
    order = _place_order(booth, exhibitor, company, offer, at, by, expires_at)
    try:
        with transaction.atomic():
            return BoothBooking.objects.create(
                event=booth.event,
                booth=booth,
                exhibitor=exhibitor,
                line=order.placed_lines[0],
                created_at=at,
            )
    except IntegrityError:
        raise Refused(_taken(booth)) from None


def _taken(booth: Booth) -> str:
    return _("Booth %(number)s has just been taken. Please choose another one.") % {
        "number": booth.number
    }


def _exhibitor(event: Event, company: Company) -> Exhibitor:
    if company.member is not None:
        row, _created = Exhibitor.objects.get_or_create(
            event=event,
            member=company.member,
            defaults={"contact": company.contact, "name_ko": company.member.name[:120]},
        )
        return row
    row, _created = Exhibitor.objects.get_or_create(
        event=event, member=None, contact=company.contact, name_ko=company.name.strip()
    )
    return row


def _place_order(
    booth: Booth,
    exhibitor: Exhibitor,
    company: Company,
    offer: BoothOffer,
    at: datetime,
    by: User,
    expires_at: datetime | None,
) -> Order:
    event, kind = booth.event, booth.booth_type
    held = [row for row in memberships_of(company.contact, at) if row.member == company.member]
    return payments.place_order(
        payable=BOOTH_PAYABLE,
        user=company.contact,
        branch=event.branch,
        buyer_name=exhibitor.name_ko,
        title_ko=event.title_ko,
        title_en=event.title_en,
        lines=[
            payments.Line(
                kind="booth",
                title_ko=f"{event.title_ko} · 부스 {booth.number} ({kind.name_ko})"[:200],
                title_en=(
                    f"{event.title_en or event.title_ko} · Booth {booth.number} "
                    f"({kind.name_en or kind.name_ko})"
                )[:200],
                amount=offer.price or 0,
                list_price=offer.everyone_price,
                vat_class=OrderLine.VatClass(kind.vat_class),
                tier=held[0].tier.code if held else "",
                standing=held[0].standing if held else "",
                refund_policy=event.refund_terms,
            )
        ],
        expires_at=expires_at,
        by=by,
    )


def _record(verb: str, booking: BoothBooking, by: User, **facts: Any) -> None:
    audit.record(
        verb,
        booking.event,
        by=by,
        subjects=[booking.exhibitor.contact_id],
        booth=booking.booth.number,
        exhibitor=booking.exhibitor.name_ko,
        **facts,
    )


# --- by staff ---


@transaction.atomic
def move_booking(booking: BoothBooking, booth: Booth, *, by: User) -> None:
    """Gives an exhibitor another booth of the same kind, so that its price stays right."""
    lock_event(booking.event)
    if booth.event_id != booking.event_id or booth.booth_type_id != booking.booth.booth_type_id:
        raise Refused(
            _("Choose a booth of the same kind: another one has another price."), field="booth"
        )
    old = booking.booth
    try:
        with transaction.atomic():
            moved = BoothBooking.objects.current().filter(pk=booking.pk).update(booth=booth)
    except IntegrityError:
        raise Refused(_taken(booth), field="booth") from None
    if not moved:
        raise Refused(_("This booking has ended. Reload the page and look again."))
    booking.booth = booth
    _record("events.move_booth", booking, by, before=old.number)
    tell_moved(booking, old)


@transaction.atomic
def withhold_booth(booth: Booth, *, by: User) -> None:
    """Takes a free booth from what companies can choose; staff can still give it."""
    lock_event(booth.event)
    Booth.objects.filter(pk=booth.pk).update(is_offered=False)
    audit.record("events.withhold_booth", booth.event, by=by, booth=booth.number)


@transaction.atomic
def offer_booth(booth: Booth, *, by: User) -> None:
    Booth.objects.filter(pk=booth.pk).update(is_offered=True)
    audit.record("events.offer_booth", booth.event, by=by, booth=booth.number)


@dataclass(frozen=True)
class Cell:
    """A booth as the plan names it; without a kind it keeps its own, or gets the first."""

    number: str
    row: int
    column: int
    kind: BoothType | None = None


@transaction.atomic
def draw_plan(event: Event, cells: Sequence[Cell], *, by: User) -> None:
    """The plan from now on: booths are added and moved about; those that it names no more are gone,
    unless somebody has booked them. Raises Refused, and nothing changes."""
    lock_event(event)
    first = event.booth_types.first()
    if first is None:
        raise Refused(_("Enter the kinds of booths first."), field="plan")
    known = {booth.number: booth for booth in event.booths.all()}
    for cell in cells:
        booth = known.pop(cell.number, None) or Booth(
            event=event, number=cell.number, booth_type=cell.kind or first
        )
        if cell.kind and cell.kind != booth.booth_type and booth.bookings.current().exists():
            raise Refused(
                _("Booth %(number)s is booked: its kind stays.") % {"number": booth.number},
                field="plan",
            )
        booth.booth_type = cell.kind or booth.booth_type
        booth.row, booth.column = cell.row, cell.column
        booth.save()
    gone = Booth.objects.filter(pk__in=[booth.pk for booth in known.values()])
    if kept := sorted(gone.exclude(bookings=None).values_list("number", flat=True).distinct()):
        raise Refused(
            _("These booths were booked and stay on the plan; withhold them instead: %(numbers)s.")
            % {"numbers": ", ".join(kept)},
            field="plan",
        )
    gone.delete()
    audit.record("events.draw_booths", event, by=by, booths=len(cells))
