"""Seats taken and given back: one conditional UPDATE each."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from events.models import Registration, Ticket, WaitingPlace
from kosna.core.prepared import PreparedUpdate


def take_seats(ticket: Ticket, count: int) -> bool:
    """Takes seats if there are so many and nobody waits for one: the one guard against overselling,
    and against jumping the queue, on both databases. The database's own CHECK stands behind it."""
    return bool(_taken(ticket=ticket.pk, count=count))


def take_back(ticket: Ticket, count: int) -> bool:
    """For whoever had paid for them in time: they come before those who wait."""
    return bool(_taken_back(ticket=ticket.pk, count=count))


def take_from_list(ticket: Ticket, count: int) -> bool:
    """For those who waited for them, and wait no more."""
    return bool(_taken_from_list(ticket=ticket.pk, count=count))


def _free(ticket: int, count: int) -> QuerySet[Ticket]:
    return Ticket.objects.filter(
        pk=ticket, is_on_sale=True, is_shown=True, taken__lte=F("capacity") - count
    )


def _if_free(ticket: int, count: int) -> tuple[QuerySet[Ticket], dict[str, Any]]:
    return _free(ticket, count).filter(awaited=0), {"taken": F("taken") + count}


def _if_there(ticket: int, count: int) -> tuple[QuerySet[Ticket], dict[str, Any]]:
    return _free(ticket, count), {"taken": F("taken") + count}


def _if_awaited(ticket: int, count: int) -> tuple[QuerySet[Ticket], dict[str, Any]]:
    rows = _free(ticket, count).filter(awaited__gte=count)
    return rows, {"taken": F("taken") + count, "awaited": F("awaited") - count}


_taken = PreparedUpdate(_if_free, ticket=int, count=int)
_taken_back = PreparedUpdate(_if_there, ticket=int, count=int)
_taken_from_list = PreparedUpdate(_if_awaited, ticket=int, count=int)


def give_back(registrations: Iterable[Registration], status: str, at: datetime) -> int:
    """Ends registrations and returns their seats. Only a row that still holds its seat returns it,
    so no second cancellation, expiry or refund can return it twice. Returns how many did."""
    returned = 0
    for registration in registrations:
        held = Registration.objects.filter(pk=registration.pk, released_at=None)
        if held.update(status=status, released_at=at):
            Ticket.objects.filter(pk=registration.ticket_id).update(taken=F("taken") - 1)
            returned += 1
    return returned


def recount(ticket: Ticket) -> int:
    """How many seats its registrations hold: what ``ticket.taken`` must say."""
    return ticket.registrations.holding_seats().count()


def recount_waiting(ticket: Ticket) -> int:
    """How many places are waited for: what ``ticket.awaited`` must say."""
    return WaitingPlace.objects.waiting().filter(entry__ticket=ticket).count()
