"""What money does to changes of tickets (``kosna.payments.payables``); the order's row is locked,
then the place, as the door locks it, then the counters."""

from django.utils.translation import gettext as _

from events.actions.cancelling import quote
from events.actions.changes_ended import end_change
from events.actions.seats import change_counts, lock_counters, take_back, take_instead
from events.actions.session_places import leave_other_days
from events.actions.telling import tell_change_undone, tell_changed
from events.models import Event, Registration, Ticket, TicketChange
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.models import Order, Refund
from kosna.payments.payables import Quote

Status = Registration.Status


def _of(order: Order) -> tuple[TicketChange, Registration]:
    rows = TicketChange.objects.select_related("was", "becomes", "line")
    change = rows.get(line__order=order)
    Registration.objects.select_for_update().get(pk=change.registration_id)
    places = Registration.objects.with_event().select_related("line__order__user")
    return change, places.get(pk=change.registration_id)


def on_change_paid(order: Order) -> None:
    """The place is one of the new kind, and its old seat is free. Raises Refused where it was used,
    given up or changed otherwise meanwhile, or the new seat went back and is another's."""
    change, place = _of(order)
    if change.done_at:
        return
    _refuse_stale(change, place)
    lock_counters(change.was_id, change.becomes_id)
    change_counts({change.was_id: {"taken": -1}})
    if change.ended_at and not _take_after_all(change, order):
        raise Refused(_("The payment arrived after the deadline, and the seats are gone."))
    TicketChange.objects.filter(pk=change.pk).update(done_at=clock.now(), ended_at=None)
    Registration.objects.filter(pk=place.pk).update(ticket=change.becomes)
    place.ticket = change.becomes
    lost = leave_other_days(place)
    audit.record(
        "events.change_ticket",
        place,
        branch=place.event.branch_id,
        subjects=sorted({row for row in (place.user_id, order.user_id) if row}),
        was=str(change.was),
        becomes=str(change.becomes),
        order=order.code,
    )
    tell_changed(place, change.was, paid=order.total, lost=lost)


def _take_after_all(change: TicketChange, order: Order) -> bool:
    """The seat that is no longer held, for the old one that has just come back."""
    now = Ticket.objects.in_bulk([change.was_id, change.becomes_id])
    becomes = now[change.becomes_id]
    if order.paid_at and order.paid_at <= order.expires_at:
        return take_back(becomes, 1)
    return take_instead(becomes, of=now[change.was_id])


def _refuse_stale(change: TicketChange, place: Registration) -> None:
    if place.event.status == Event.Status.CANCELLED:
        raise Refused(_("The event was cancelled before the payment arrived."))
    if place.status != Status.CONFIRMED or place.ticket_id != change.was_id:
        raise Refused(_("The place was given up, or changed otherwise, before this was paid."))
    if place.has_come:
        raise Refused(_("The ticket was used at the door before its change was paid."))
    if place.changes.waiting().exclude(pk=change.pk).exists():
        raise Refused(_("Another change of this place waits for its payment."))


def on_change_expired(order: Order) -> None:
    """The place stays what it is."""
    for change in TicketChange.objects.filter(line__order=order):
        end_change(change)


def on_change_refunded(refund: Refund) -> None:
    """Money alone: the place ended with its own line, or stays (docs/decisions/0036)."""


def on_change_unpaid(order: Order) -> None:
    """The money was another's: the place is of its old kind again, where that has a seat, and sits
    in no session of another day. Raises Refused where it was used, changed again or has none."""
    change, place = _of(order)
    if not change.done_at or place.status != Status.CONFIRMED:
        return
    if place.has_come or place.changes.filter(pk__gt=change.pk, ended_at=None).exists():
        raise Refused(
            _("A ticket of this order was used or changed again. Collect the money instead.")
        )
    lock_counters(change.was_id, change.becomes_id)
    is_held = order.status == Order.Status.PENDING and _take_was(change)
    if not is_held:
        # One seat for the other: where both draw on one full hall there is no second to hold, and
        # who pays after all changes places again.
        change_counts({change.becomes_id: {"taken": -1}})
        if not _take_was(change):
            raise Refused(
                _("The ticket that this place had is sold out. Collect the money instead.")
            )
    TicketChange.objects.filter(pk=change.pk).update(
        done_at=None, ended_at=None if is_held else clock.now()
    )
    Registration.objects.filter(pk=place.pk).update(ticket=change.was)
    place.ticket = change.was
    tell_change_undone(place, change, leave_other_days(place))


def _take_was(change: TicketChange) -> bool:
    return take_back(Ticket.objects.get(pk=change.was_id), 1)


def quote_of_change(order: Order) -> list[Quote]:
    """What the difference brings back, which is given up with its place alone."""
    change = TicketChange.objects.select_related("registration__line__order").get(line__order=order)
    whole = quote(change.registration.line.order)
    return [each for each in whole if each.line.pk == change.line_id]
