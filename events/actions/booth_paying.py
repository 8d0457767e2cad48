"""What money does to booths (``kosna.payments.payables``; the order's row is locked), and how they
are given up."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.any_booth import keep_promises
from events.actions.booth_holding import lock_event
from events.actions.booth_telling import tell_booked, tell_released
from events.models import BoothBooking, BoothBookingQuerySet, Event
from events.quotes import claimed_of, quote_of
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import won
from kosna.payments import actions as payments
from kosna.payments.models import Order, Refund
from kosna.payments.payables import Quote

Status = BoothBooking.Status


def _of(order: Order) -> BoothBookingQuerySet:
    return BoothBooking.objects.filter(line__order=order).with_event().order_by("pk")


def on_booth_paid(order: Order) -> None:
    """Confirms the booths of an order. One paid late gets its booth back if it is still free; one
    that was given up unpaid stays so (Refused)."""
    bookings = list(_of(order))
    if any(row.event.status == Event.Status.CANCELLED for row in bookings):
        raise Refused(_("The event was cancelled before the payment arrived."))
    if any(row.status == Status.CANCELLED and not row.confirmed_at for row in bookings):
        raise Refused(_("This was given up before it was paid."))
    late = any(row.status == Status.EXPIRED for row in bookings)
    if late:
        lock_event(bookings[0].event)
    try:
        with transaction.atomic():
            confirmed = BoothBooking.objects.filter(
                pk__in=[row.pk for row in bookings], status__in=[Status.HELD, Status.EXPIRED]
            ).update(status=Status.CONFIRMED, released_at=None, confirmed_at=clock.now())
    except IntegrityError:
        raise Refused(_("The payment arrived late, and the booth is another's.")) from None
    if late:
        keep_promises(bookings[0].event)
    if confirmed:
        for booking in bookings:
            tell_booked(booking)


def on_booth_expired(order: Order) -> None:
    """The hold has ended, or the buyer gave up: the booth is free."""
    ended = Status.CANCELLED if order.status == Order.Status.CANCELLED else Status.EXPIRED
    for booking in _of(order).filter(status=Status.HELD):
        release(booking, ended)


def on_booth_unpaid(order: Order) -> None:
    """The money was another's: the booth waits for its own again, or is free where the order had
    expired before."""
    confirmed = _of(order).filter(status=Status.CONFIRMED)
    if order.status == Order.Status.PENDING:
        keys = list(confirmed.values_list("pk", flat=True))
        BoothBooking.objects.filter(pk__in=keys).update(status=Status.HELD, confirmed_at=None)
        return
    for booking in confirmed:
        release(booking, Status.EXPIRED)


def on_booth_refunded(refund: Refund) -> None:
    """A refund that takes its booth back ends the booking, unless it has ended already."""
    if not refund.takes_back():
        return
    for booking in _of(refund.order).filter(line=refund.line_id, status=Status.CONFIRMED):
        if release(booking, Status.CANCELLED):
            tell_released(booking, refund.amount, refund.reason)


def release(booking: BoothBooking, status: str) -> bool:
    """Frees a booth, once: whoever comes second finds nothing to free."""
    held = BoothBooking.objects.current().filter(pk=booking.pk)
    return bool(held.update(status=status, released_at=clock.now()))


# --- given up ---


def booth_refusals(booking: BoothBooking) -> list[str]:
    """Why this booth cannot be given up now; empty when it can."""
    if booking.status != Status.CONFIRMED:
        return [_("Only a confirmed booth can be given up.")]
    if clock.now() >= booking.event.starts_at:
        return [_("The exhibition has begun; a booth can be given up until then.")]
    return []


def quote_booths(order: Order) -> list[Quote]:
    """What each booth of an order brings back now, by the ladder of the event."""
    claimed = claimed_of(order)
    return [
        quote_of(
            booking.line,
            booking.event,
            what=booking.number,
            is_confirmed=booking.status == Status.CONFIRMED,
            claimed=claimed.get(booking.line_id, 0),
            refusals=booth_refusals(booking),
        )
        for booking in _of(order).prefetch_related("event__sessions")
    ]


@transaction.atomic
def give_up_booth(order: Order, *, quoted: int, reason: str = "", by: User) -> int:
    """The exhibitor gives up the booth of an order; what the ladder gives back (won, returned here)
    is requested. Raises Refused when that is not what was shown (``quoted``)."""
    order = Order.objects.select_for_update().get(pk=order.pk)
    quotes = quote_booths(order)
    if reasons := {why for each in quotes for why in each.refusals}:
        raise Refused(*sorted(reasons))
    total = sum(each.back for each in quotes)
    if quoted != total:
        raise Refused(
            _(
                "What comes back has changed since you looked: it was %(old)s and is %(new)s now. "
                "Nothing was cancelled. Please look again and confirm."
            )
            % {"old": won(quoted), "new": won(total)}
        )
    back = {each.line.pk: each.back for each in quotes}
    for booking in _of(order):
        reason = reason or _("Cancelled by the exhibitor")
        end_booking(booking, order, back[booking.line_id], reason, by)
    return total


@transaction.atomic
def take_booth_back(booking: BoothBooking, *, is_ours: bool, reason: str, by: User) -> int:
    """Staff end a booking: a hold just ends; of what was paid all goes back where it is the
    association's decision (``is_ours``), else what the ladder gives. Returns the won requested."""
    order = Order.objects.select_for_update().get(pk=booking.line.order_id)
    booking = BoothBooking.objects.with_event().get(pk=booking.pk)
    if order.status == Order.Status.PENDING:
        payments.cancel_order(order, by=by, reason=reason)
        _record_end(booking, reason, 0, by)
        tell_released(booking, 0, reason)
        return 0
    quotes = {each.line.pk: each for each in quote_booths(order)}
    amount = booking.line.amount if is_ours else quotes[booking.line_id].back
    return end_booking(booking, order, amount, reason, by)


def end_booking(booking: BoothBooking, order: Order, amount: int, reason: str, by: User) -> int:
    """Frees the booth and requests so much back; the order's row is locked."""
    if not release(booking, Status.CANCELLED):
        raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
    amount = payments.request_line_refund(
        order, booking.line, amount=amount, reason=reason, by=by, ends_line=True
    )
    _record_end(booking, reason, amount, by)
    tell_released(booking, amount, reason)
    return amount


def _record_end(booking: BoothBooking, reason: str, refund: int, by: User) -> None:
    audit.record(
        "events.cancel_booth",
        booking.event,
        by=by,
        subjects=[booking.exhibitor.contact_id],
        reason=reason,
        booth=booking.number,
        exhibitor=booking.exhibitor.name_ko,
        refund=refund,
    )


@transaction.atomic
def end_booths_of(event: Event, order_id: int, reason: str, by: User) -> int:
    """An event that was called off gives back what was paid for its booths. Returns how many."""
    order = Order.objects.select_for_update().get(pk=order_id)
    bookings = list(_of(order).current().filter(event=event))
    if order.status == Order.Status.PENDING:
        payments.cancel_order(order, by=by, reason=reason)
        for booking in bookings:
            tell_released(booking, 0, reason)
    else:
        for booking in bookings:
            end_booking(booking, order, booking.line.amount, reason, by)
    return len(bookings)
