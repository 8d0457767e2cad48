"""What money does to places (``kosna.payments.payables``); the order's row is locked."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.extras import release, take_again
from events.actions.seats import (
    give_back,
    lock_counters,
    take_back,
    take_kept,
    take_kept_back,
    take_seats,
)
from events.actions.telling import (
    tell_cancelled,
    tell_confirmed,
    tell_lapsed,
    tell_rest_ended,
)
from events.actions.uses import take_uses_again
from events.actions.waiting_ended import end_own_waits, end_rest, locked_of, waits_of
from events.changes import parts_of
from events.models import (
    CheckIn,
    Event,
    Extra,
    Registration,
    TicketChange,
    WaitingPlace,
    WaitlistEntry,
)
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order, Refund, Task

Status = Registration.Status


def on_paid(order: Order) -> None:
    """Confirms the places of an order. One paid late gets its seat back if it is still free. Raises
    Refused where nothing is left that could be confirmed: an order that was given up, or that
    another one replaced, brings nobody a seat, whoever asks the rules again. Who has a seat of
    their own now waits for none any more."""
    places = list(_places(order))
    if not places:
        raise Refused(_("A newer order has taken the place of this one."))
    if any(place.event.status == Event.Status.CANCELLED for place in places):
        raise Refused(_("The event was cancelled before the payment arrived."))
    if any(place.status == Status.CANCELLED and not place.confirmed_at for place in places):
        raise Refused(_("This was given up before it was paid."))
    # One that is free is placed and paid in one breath: who waits is looked at by the worker.
    waits = [] if hasattr(order, "placed_lines") else waits_of(places)
    late = [place for place in places if place.status == Status.EXPIRED]
    if late:
        in_time = bool(order.paid_at and order.paid_at <= order.expires_at)
        _seat_again(late, waits, in_time=in_time)
    try:
        with transaction.atomic():
            confirmed = Registration.objects.filter(
                pk__in=[place.pk for place in places],
                status__in=[Status.HELD, Status.EXPIRED],
            ).update(status=Status.CONFIRMED, released_at=None, confirmed_at=clock.now())
    except IntegrityError:
        raise Refused(_("This person has registered again meanwhile.")) from None
    if confirmed:
        tell_confirmed(places, order)
        end_own_waits(waits, *{place.ticket_id for place in places})


def _seat_again(
    late: Sequence[Registration], waits: Sequence[WaitlistEntry], *, in_time: bool
) -> None:
    """Seats, add-ons and the uses of a voucher for places whose hold had ended; the counters of
    what they end are locked with theirs. Raises Refused when others have them."""
    keys = [place.pk for place in late]
    list(Registration.objects.filter(pk__in=keys).order_by("pk").select_for_update())
    is_kept = take_uses_again(late, in_time=in_time)
    if in_time:
        take = take_kept_back if is_kept else take_back
    else:
        take = take_kept if is_kept else take_seats
    # One of several may have become another ticket's before anything was paid.
    counts = Counter(place.ticket for place in late)
    lock_counters(*(ticket.pk for ticket in counts), *(entry.ticket_id for entry in waits))
    if not all(take(ticket, n) for ticket, n in counts.items()):
        if in_time:
            raise Refused(_("The payment was in time, but it was seen when the seats were gone."))
        raise Refused(_("The payment arrived after the deadline, and the seats are gone."))
    take_again(late, in_time=in_time)


def on_expired(order: Order) -> bool:
    """The hold has ended, or the buyer gave up: the seats return. Whether the buyer was told so
    here: whoever had waited for these seats hears that they go to the next."""
    ended = Status.CANCELLED if order.status == Order.Status.CANCELLED else Status.EXPIRED
    held = [place for place in _places(order) if place.status == Status.HELD]
    entry = locked_of(held)
    if entry is None:
        give_back(held, ended, clock.now())
        return False
    lock_counters(entry.ticket_id, *{place.ticket_id for place in held})
    give_back(held, ended, clock.now())
    return _end_offer(entry, order, has_lapsed=ended == Status.EXPIRED)


def _end_offer(entry: WaitlistEntry, order: Order, *, has_lapsed: bool) -> bool:
    """What becomes of the rest that waits; whether the buyer was told of their order."""
    left = WaitingPlace.objects.waiting().filter(entry=entry).count()
    fewest = end_rest(entry)
    if has_lapsed:
        tell_lapsed(entry, order, left, fewest)
    elif fewest:
        tell_rest_ended(entry, left, fewest)
    return has_lapsed


def on_unpaid(order: Order) -> None:
    """The money was another's: places wait for theirs again, or go back where the order had expired
    before. Raises Refused when somebody has come in with one of these tickets, or has paid to
    change one: that hangs on the place."""
    places = [place for place in _places(order) if place.status == Status.CONFIRMED]
    keys = [place.pk for place in places]
    changes = TicketChange.objects.done().filter(registration__in=keys)
    if changes.exclude(line=None).exists():
        raise Refused(
            _("A ticket of this order was changed, and the difference paid. Take that back first.")
        )
    if CheckIn.objects.filter(registration__in=keys).exists():
        raise Refused(
            _("A ticket of this order was used at the door. Collect the money instead of this.")
        )
    if order.status == Order.Status.PENDING:
        confirmed = Registration.objects.filter(pk__in=keys, status=Status.CONFIRMED)
        confirmed.update(status=Status.HELD, confirmed_at=None)
    else:
        give_back(places, Status.EXPIRED, clock.now())


def on_refunded(refund: Refund) -> None:
    """A refund that takes its place or add-on back ends it, unless its own cancellation already
    did, or the add-on was given out."""
    if not refund.takes_back():
        return
    release(Extra.objects.standing().filter(line=refund.line_id), clock.now())
    places = Registration.objects.filter(line=refund.line_id, status=Status.CONFIRMED)
    for place in places.with_event():
        if not refund.ends_line and _owes_it_nothing(place):
            continue
        if give_back([place], Status.CANCELLED, clock.now()):
            tell_cancelled(place, refund.amount, refund.reason)
            _ask_about_differences(place)


def _ask_about_differences(place: Registration) -> None:
    """A place ended by a refund of its own line alone: what was paid to change it is still here, on
    other orders, and a person decides about that."""
    for change in place.changes.done().exclude(line=None).select_related("line__order"):
        if change.line and payments.unclaimed(change.line):
            payments.raise_task(
                Task.Kind.REFUSED,
                change.line.order,
                None,
                _("The place that was changed by this order has ended: decide about what it paid."),
                mark=f"ended {place.pk}",
            )


def _owes_it_nothing(place: Registration) -> bool:
    """Whether a change to a cheaper ticket has given the whole price of its line back already: the
    place stands without it."""
    return bool(place.line.amount) and not parts_of(place)[0].amount


def _places(order: Order) -> Iterable[Registration]:
    if hasattr(order, "placed_lines"):  # in the transaction that places it
        return [line.registration for line in order.placed_lines if line.kind == "ticket"]
    return (
        Registration.objects.filter(line__order=order)
        .select_related("event__branch", "ticket")
        .order_by("ticket", "pk")
    )
