"""Changes of tickets that came to nothing: their seats return; and the order in which the orders of
a place are locked, as whoever ends it decides on all of them."""

from collections.abc import Collection, Iterable

from events.actions.seats import change_counts
from events.models import Registration, TicketChange
from kosna.accounts.models import User
from kosna.core import clock
from kosna.payments import actions as payments
from kosna.payments.models import Order


def lock_orders(order: Order, lines: Collection[int]) -> Order:
    """An order and, behind it, those on which the places of these lines were changed. Nobody asks
    for another change meanwhile: that begins with the lock of the first."""
    mine = Order.objects.select_for_update().get(pk=order.pk)
    changes = TicketChange.objects.filter(registration__line__in=lines)
    beside = Order.objects.filter(pk__in=changes.values("line__order")).order_by("pk")
    list(beside.select_for_update())
    return mine


def end_changes(places: Iterable[Registration], *, by: User) -> None:
    """Gives up the orders of changes that wait for their payment. Raises Refused where one was paid
    in this moment."""
    waiting = TicketChange.objects.waiting().filter(registration__in=places)
    for change in waiting.select_related("line__order"):
        if change.line:
            payments.cancel_order(change.line.order, by=by, reason="")


def end_change(change: TicketChange) -> bool:
    """Its seat returns, once."""
    waiting = TicketChange.objects.waiting().filter(pk=change.pk)
    if not waiting.update(ended_at=clock.now()):
        return False
    change_counts({change.becomes_id: {"taken": -1}})
    return True
