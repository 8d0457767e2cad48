"""A company takes a booth, itself or through staff; staff draw the plan, move and withhold booths.

Whoever changes who may have a booth holds the row of the event, as publishing and calling off do.
That a booth has one holder is the database's to keep (docs/decisions/0033).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.any_booth import keep_promises
from events.actions.booth_holding import (
    Company,
    hold,
    lock_event,
    refuse_hoarding,
    refuse_unless_published,
    taken,
)
from events.actions.booth_telling import tell_held, tell_moved
from events.booth_offers import BoothOffer, buyer_as, offer_for
from events.models import Booth, BoothBooking, BoothType, Event
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order

# --- booking ---


def book_booth(booth: Booth, *, company: Company, form_key: UUID | None = None, by: User) -> Order:
    """Holds a booth for a company until its order is paid or lapses; free ones settle at once. A
    form that is sent twice books once.

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
        if sent := payments.sent_before(by, form_key):
            return sent
        refuse_hoarding(booth.event, company.contact)
        booking = hold(booth, booth.booth_type, company, offer, at, by, form_key=form_key)
        keep_promises(booth.event)
        _record("events.book_booth", booking, by)
        payments.settle_free(booking.line.order, by=by)
    return booking.line.order


@transaction.atomic
def assign_booth(
    booth: Booth,
    *,
    company: Company,
    expires_at: datetime,
    form_key: UUID | None = None,
    by: User,
) -> Order:
    """Holds a booth for a company by staff, offered or not and before it opens to others; its
    contact is told to pay until an instant. A form that is sent twice gives it once."""
    at = clock.now()
    offer = _offer(booth, company, at)
    if offer.price is None:
        raise Refused(_("This kind of booth has no price for this company."))
    if not at < expires_at <= booth.event.starts_at:
        raise Refused(
            _("The deadline lies between now and the beginning of the event."), field="until"
        )
    refuse_unless_published(booth.event)
    if sent := payments.sent_before(company.contact, form_key):
        return sent
    booking = hold(booth, booth.booth_type, company, offer, at, by, expires_at, form_key)
    keep_promises(booth.event)
    _record("events.assign_booth", booking, by)
    order = booking.line.order
    if order.total:
        tell_held(booking)
    payments.settle_free(order, by=by)
    return order


def _offer(booth: Booth, company: Company, at: datetime) -> BoothOffer:
    return offer_for(booth.booth_type, buyer_as(company.contact, [company.member], at), at)


def _record(verb: str, booking: BoothBooking, by: User, **facts: Any) -> None:
    audit.record(
        verb,
        booking.event,
        by=by,
        subjects=[booking.exhibitor.contact_id],
        booth=booking.number,
        exhibitor=booking.exhibitor.name_ko,
        **facts,
    )


# --- by staff ---


@transaction.atomic
def move_booking(booking: BoothBooking, booth: Booth, *, by: User) -> None:
    """Gives an exhibitor another booth of the same kind, so that its price stays right."""
    lock_event(booking.event)
    if booth.event_id != booking.event_id or booth.booth_type_id != booking.kind.pk:
        raise Refused(
            _("Choose a booth of the same kind: another one has another price."), field="booth"
        )
    old = booking.booth
    if old is None:
        raise Refused(_("This booking has no number yet: assign it one."), field="booth")
    try:
        with transaction.atomic():
            moved = BoothBooking.objects.current().filter(pk=booking.pk).update(booth=booth)
    except IntegrityError:
        raise Refused(taken(booth), field="booth") from None
    if not moved:
        raise Refused(_("This booking has ended. Reload the page and look again."))
    keep_promises(booking.event)
    booking.booth = booth
    _record("events.move_booth", booking, by, before=old.number)
    tell_moved(booking, old)


@transaction.atomic
def withhold_booth(booth: Booth, *, by: User) -> None:
    """Takes a free booth from what companies can choose; staff can still give it."""
    lock_event(booth.event)
    Booth.objects.filter(pk=booth.pk).update(is_offered=False)
    keep_promises(booth.event)
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
    """The plan from now on: booths are added and moved about; those that it names no more are gone.
    One that was ever booked stays, and stays of its kind, of which its money was taken. Raises
    Refused, and nothing changes."""
    lock_event(event)
    first = event.booth_types.first()
    if first is None:
        raise Refused(_("Enter the kinds of booths first."), field="plan")
    known = {booth.number: booth for booth in event.booths.all()}
    for cell in cells:
        booth = known.pop(cell.number, None) or Booth(
            event=event, number=cell.number, booth_type=cell.kind or first
        )
        if cell.kind and cell.kind != booth.booth_type and booth.bookings.exists():
            raise Refused(
                _("Booth %(number)s was booked: its kind stays.") % {"number": booth.number},
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
    keep_promises(event)
    audit.record("events.draw_booths", event, by=by, booths=len(cells))
