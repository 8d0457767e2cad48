"""Which tier clock an opening time is on: the event's, or that of a ticket which has its own."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from events.models import Event, Ticket
from kosna.core.errors import Refused
from members.models import Clock, Opening


def wind(event: Event, openings: Iterable[tuple[Opening, Ticket | None]]) -> None:
    """Puts each opening, before it is saved, on the clock of its ticket, or with none on that of
    the event; who has no clock gets one. Raises Refused where the ticket is no longer there."""
    tickets = {ticket.pk: ticket for ticket in event.tickets.select_related("clock")}
    for opening, ticket in openings:
        if ticket and ticket.pk not in tickets:
            raise Refused(_("The event has no such ticket, or it was named before."))
        opening.clock = _clock_of(tickets[ticket.pk] if ticket else event)


def _clock_of(owner: Event | Ticket) -> Clock:
    if owner.clock is None:
        name = owner.title_ko if isinstance(owner, Event) else owner.name_ko
        owner.clock = Clock.objects.create(name=name[:120])
        owner.save(update_fields=["clock"])
    return owner.clock


def unwind_empty(event: Event) -> None:
    """A ticket whose last own time was taken away goes by its event's clock again."""
    times = Opening.objects.filter(clock=OuterRef("clock"))
    event.tickets.filter(~Exists(times)).update(clock=None)


def openings_on_record(event: Event) -> list[dict[str, Any]]:
    """All opening times, of the event (no ticket) and of its tickets, by their keys."""
    ticket_of = dict(event.tickets.exclude(clock=None).values_list("clock", "pk"))
    rows = Opening.objects.filter(clock__in=[event.clock_id or 0, *ticket_of])
    return [
        {
            "ticket": ticket_of.get(row.clock_id),
            "tier": row.tier.code if row.tier else None,
            "opens_at": row.opens_at.isoformat(),
        }
        for row in rows.select_related("tier").order_by("clock", "opens_at", "pk")
    ]
