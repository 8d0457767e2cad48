"""The tier clocks of events and of their tickets: read together, and told."""

from collections.abc import Iterable

from django.db.models import prefetch_related_objects

from events.models import Event, Ticket
from members.models import Clock, Opening


def clocks_of(event: Event) -> list[Clock]:
    """Its own, and those of its tickets."""
    tickets = event.tickets.all()
    return [row for row in (event.clock, *(ticket.clock for ticket in tickets)) if row]


def read_openings(clocks: Iterable[Clock | None], told: str = "openings") -> None:
    """The times of all of them in one statement, whoever goes by which; with their tiers in two
    (``told="openings__tier"``)."""
    prefetch_related_objects([row for row in clocks if row], told)


def told_openings(event: Event) -> list[tuple[Ticket | None, list[Opening]]]:
    """What a page says of an event: its own times (None), where a ticket goes by them, and those of
    each ticket that has its own. Of what is hidden it says nothing."""
    shown = [ticket for ticket in event.tickets.all() if not ticket.is_hidden]
    own = [(ticket, ticket.clock) for ticket in shown if ticket.clock]
    common = [(None, event.clock)] if event.clock and (not shown or len(own) < len(shown)) else []
    told = [(ticket, list(row.openings.all())) for ticket, row in (*common, *own)]
    return [(ticket, openings) for ticket, openings in told if openings]
