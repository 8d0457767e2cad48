"""Changes of tickets that came to nothing: their seats return; and how places are locked with their
orders, as whoever ends or changes one decides on all of them."""

from collections.abc import Collection, Iterable

from events.actions.extras import lock_extras
from events.actions.seats import change_counts
from events.models import Extra, Registration, TicketChange
from kosna.accounts.models import User
from kosna.core import clock
from kosna.payments import actions as payments
from kosna.payments.models import Order


def lock_places(order: Order, lines: Collection[int]) -> Order:
    """An order, behind it those on which the places of these lines were changed, and then the
    places and their add-ons, as the door locks them: whoever is being admitted has come by then,
    and what is being given out was given. Nobody asks for another change meanwhile: that begins
    with the lock of the first."""
    mine = Order.objects.select_for_update().get(pk=order.pk)
    changes = TicketChange.objects.filter(registration__line__in=lines)
    beside = Order.objects.filter(pk__in=changes.values("line__order")).order_by("pk")
    list(beside.select_for_update())
    places = Registration.objects.filter(line__order=order, line__in=lines).order_by("pk")
    list(places.select_for_update())
    lock_extras(Extra.objects.standing().filter(registration__line__in=lines))
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
