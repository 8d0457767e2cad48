"""Seats taken and given back: one conditional UPDATE of the ticket, then one of each quota that it
draws on, by ascending key. As every counter is changed in this order, no two of them wait for each
other (docs/decisions/0005, 0029)."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from events.actions.extras import release
from events.actions.session_places import leave_sessions, sign_ups_of
from events.actions.unearned import void_unearned
from events.actions.uses import return_uses
from events.models import Extra, Quota, Registration, Ticket, TicketChange, WaitingPlace
from kosna.core.prepared import PreparedUpdate

Draws = Ticket.quotas.through
HELD, EXPIRED = Registration.Status.HELD, Registration.Status.EXPIRED
CONFIRMED = Registration.Status.CONFIRMED


def take_seats(ticket: Ticket, count: int) -> bool:
    """Takes seats if there are so many and nobody waits for one: the one guard against overselling,
    and against jumping the queue, on both databases. The database's own CHECK stands behind it."""
    return _take(_taken, _drawn, ticket, count)


def take_back(ticket: Ticket, count: int) -> bool:
    """For whoever had paid for them in time: they come before those who wait, and whether it is
    still sold is no question of theirs."""
    return _take(_taken_back, _drawn_back, ticket, count)


def take_from_list(ticket: Ticket, count: int) -> bool:
    """For those who waited for them, and wait no more."""
    return _take(_taken_from_list, _drawn_from_list, ticket, count)


def take_kept(ticket: Ticket, count: int) -> bool:
    """For the holders of a voucher that keeps them; its uses were counted before."""
    return _take(_taken_kept, _drawn_kept, ticket, count)


def take_kept_back(ticket: Ticket, count: int) -> bool:
    """The same for whoever had paid for them in time."""
    return _take(_taken_kept_back, _drawn_kept, ticket, count)


def keep_seats(ticket: Ticket, count: int) -> bool:
    """For the holders of a voucher, from what the public could take."""
    return _take(_kept, _drawn_to_keep, ticket, count)


def take_instead(ticket: Ticket, of: Ticket) -> bool:
    """A seat for one of another ticket that has just come back, both locked. Where both draw on the
    same seats it is the very one: whoever waits for those has no turn that could be jumped."""

    def drawn(*, quota: int, count: int) -> bool:
        return bool((_drawn_back if quota in of.quota_keys else _drawn)(quota=quota, count=count))

    return _take(_taken, drawn, ticket, 1)


class _TooFewError(Exception):
    pass


def _take(own: PreparedUpdate, shared: Callable[..., Any], ticket: Ticket, count: int) -> bool:
    """All or nothing. A ticket whose quotas have changed since it was read takes nothing."""
    seen = {"ticket": ticket.pk, "count": count, "draws_on": ticket.draws_on}
    if not ticket.draws_on:
        return bool(own(**seen))
    try:
        with transaction.atomic():
            if not own(**seen):
                raise _TooFewError
            if not all(shared(quota=key, count=count) for key in ticket.quota_keys):
                raise _TooFewError
    except _TooFewError:
        return False
    return True


def _there(ticket: int, count: int, draws_on: str) -> QuerySet[Ticket]:
    return Ticket.objects.filter(
        pk=ticket,
        draws_on=draws_on,
        taken__lte=F("capacity") - F("blocked") - count,
    )


def _free(ticket: int, count: int, draws_on: str) -> QuerySet[Ticket]:
    return _there(ticket, count, draws_on).filter(is_on_sale=True, is_shown=True)


def _if_free(ticket: int, count: int, draws_on: str) -> tuple[QuerySet[Ticket], dict[str, Any]]:
    return _free(ticket, count, draws_on).filter(awaited=0), {"taken": F("taken") + count}


def _if_there(ticket: int, count: int, draws_on: str) -> tuple[QuerySet[Ticket], dict[str, Any]]:
    return _there(ticket, count, draws_on), {"taken": F("taken") + count}


def _if_awaited(ticket: int, count: int, draws_on: str) -> tuple[QuerySet[Ticket], dict[str, Any]]:
    rows = _free(ticket, count, draws_on).filter(awaited__gte=count)
    return rows, {"taken": F("taken") + count, "awaited": F("awaited") - count}


def _if_kept(ticket: int, count: int, draws_on: str) -> tuple[QuerySet[Ticket], dict[str, Any]]:
    rows, counts = _if_kept_there(ticket, count, draws_on)
    return rows.filter(is_on_sale=True, is_shown=True), counts


def _if_kept_there(
    ticket: int, count: int, draws_on: str
) -> tuple[QuerySet[Ticket], dict[str, Any]]:
    rows = Ticket.objects.filter(pk=ticket, draws_on=draws_on, blocked__gte=count)
    return rows, {"taken": F("taken") + count, "blocked": F("blocked") - count}


def _if_free_to_keep(
    ticket: int, count: int, draws_on: str
) -> tuple[QuerySet[Ticket], dict[str, Any]]:
    beyond = F("capacity") - F("blocked") - count
    rows = Ticket.objects.filter(pk=ticket, draws_on=draws_on, awaited=0, taken__lte=beyond)
    return rows, {"blocked": F("blocked") + count}


_taken = PreparedUpdate(_if_free, ticket=int, count=int, draws_on=str)
_taken_back = PreparedUpdate(_if_there, ticket=int, count=int, draws_on=str)
_taken_from_list = PreparedUpdate(_if_awaited, ticket=int, count=int, draws_on=str)
_taken_kept = PreparedUpdate(_if_kept, ticket=int, count=int, draws_on=str)
_taken_kept_back = PreparedUpdate(_if_kept_there, ticket=int, count=int, draws_on=str)
_kept = PreparedUpdate(_if_free_to_keep, ticket=int, count=int, draws_on=str)


# --- what several tickets share ---


def _room(quota: int, count: int) -> QuerySet[Quota]:
    return Quota.objects.filter(pk=quota, taken__lte=F("capacity") - F("blocked") - count)


def _if_room(quota: int, count: int) -> tuple[QuerySet[Quota], dict[str, Any]]:
    """Of the seats that another ticket's list waits for, the public takes none."""
    beyond = F("capacity") - F("blocked") - F("awaited") - count
    return Quota.objects.filter(pk=quota, taken__lte=beyond), {"taken": F("taken") + count}


def _if_any_room(quota: int, count: int) -> tuple[QuerySet[Quota], dict[str, Any]]:
    return _room(quota, count), {"taken": F("taken") + count}


def _if_room_awaited(quota: int, count: int) -> tuple[QuerySet[Quota], dict[str, Any]]:
    rows = _room(quota, count).filter(awaited__gte=count)
    return rows, {"taken": F("taken") + count, "awaited": F("awaited") - count}


def _if_room_kept(quota: int, count: int) -> tuple[QuerySet[Quota], dict[str, Any]]:
    rows = Quota.objects.filter(pk=quota, blocked__gte=count)
    return rows, {"taken": F("taken") + count, "blocked": F("blocked") - count}


def _if_room_to_keep(quota: int, count: int) -> tuple[QuerySet[Quota], dict[str, Any]]:
    rows, _taken = _if_room(quota, count)
    return rows, {"blocked": F("blocked") + count}


_drawn = PreparedUpdate(_if_room, quota=int, count=int)
_drawn_back = PreparedUpdate(_if_any_room, quota=int, count=int)
_drawn_from_list = PreparedUpdate(_if_room_awaited, quota=int, count=int)
_drawn_kept = PreparedUpdate(_if_room_kept, quota=int, count=int)
_drawn_to_keep = PreparedUpdate(_if_room_to_keep, quota=int, count=int)


def free_seats(ticket: Ticket) -> int:
    """How many could be taken by those who wait, as they stand now; ``ticket`` was just read."""
    rooms = [quota.seats_left for quota in Quota.objects.filter(pk__in=ticket.quota_keys)]
    return max(min([ticket.own_seats_left, *rooms]), 0)


def change_counts(changes: dict[int, dict[str, int]]) -> None:
    """By ticket, what is added to ``taken``, ``blocked`` or ``awaited``; the quotas that each of
    them draws on follow. Never more than is free: the database refuses it."""
    for ticket in sorted(changes):
        Ticket.objects.filter(pk=ticket).update(**_added(changes[ticket]))
    _follow(changes)


def _added(change: dict[str, int]) -> dict[str, Any]:
    return {name: F(name) + n for name, n in change.items()}


def _follow(changes: dict[int, dict[str, int]]) -> None:
    """The tickets' rows are locked, so that what they draw on does not change any more."""
    if not changes:
        return
    sums: dict[int, Counter[str]] = {}
    for quota, ticket in Draws.objects.filter(ticket__in=changes).values_list("quota", "ticket"):
        sums.setdefault(quota, Counter()).update(changes[ticket])
    for quota in sorted(sums):
        Quota.objects.filter(pk=quota).update(**_added(sums[quota]))


def wait_for(ticket: Ticket, count: int) -> bool:
    """So many places more are waited for, while the counter is open."""
    change = {"awaited": count}
    counter = Ticket.objects.filter(pk=ticket.pk, is_on_sale=True, is_shown=True)
    if not counter.update(**_added(change)):
        return False
    _follow({ticket.pk: change})
    return True


def wait_no_more(ticket: int, count: int) -> None:
    change_counts({ticket: {"awaited": -count}})


def give_back(registrations: Iterable[Registration], status: str, at: datetime) -> int:
    """Ends registrations and returns their seats, add-ons and places in sessions, and the uses of
    vouchers where they were never paid for; their certificates are void. Only a row that still
    holds its seat returns it, so no second cancellation, expiry or refund can return it twice.
    Returns how many did."""
    ended = [
        registration
        for registration in registrations
        if Registration.objects.filter(pk=registration.pk, released_at=None).update(
            status=status, released_at=at
        )
    ]
    unpaid = [row for row in ended if row.status == HELD or status == EXPIRED]
    kept = return_uses(unpaid, at) if unpaid else Counter()
    # Read once they have ended: until then one of them may have become another ticket's.
    now = Registration.objects.filter(pk__in=[row.pk for row in ended])
    counts = Counter(now.values_list("ticket", flat=True))
    change_counts({ticket: {"taken": -n, "blocked": kept[ticket]} for ticket, n in counts.items()})
    release(Extra.objects.standing().of(ended), at)
    leave_sessions(sign_ups_of(ended))
    void_unearned([row for row in ended if row.status == CONFIRMED], reason="참가 종료")
    return len(ended)


def lock_counters(*tickets: int) -> None:
    """For whoever gives back of one ticket and takes of another: all of them and their quotas in
    the order of every sale, so that two who change the opposite way do not wait for each other."""
    list(Ticket.objects.filter(pk__in=tickets).order_by("pk").select_for_update())
    quotas = Draws.objects.filter(ticket__in=tickets).values("quota")
    list(Quota.objects.filter(pk__in=quotas).order_by("pk").select_for_update())


def recount(ticket: Ticket) -> int:
    """How many seats its registrations hold, and those that wait to become its: what
    ``ticket.taken`` must say."""
    changes = TicketChange.objects.waiting().filter(becomes=ticket)
    return ticket.registrations.holding_seats().count() + changes.count()


def recount_waiting(ticket: Ticket) -> int:
    """How many places are waited for: what ``ticket.awaited`` must say."""
    return WaitingPlace.objects.waiting().filter(entry__ticket=ticket).count()
