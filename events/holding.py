"""How long seats may be held unpaid when their buyer asks for more time."""

from datetime import datetime

from django.db.models import Q

from events.models import Registration, Ticket
from kosna.payments.models import Order


def hold_ends(order: Order) -> datetime | None:
    """The last instant to which a hold may be prolonged: the end of registration. None for what was
    offered to somebody who waited, and while others wait for any of its seats: it is their turn."""
    places = Registration.objects.filter(line__order=order)
    is_awaited = Q(ticket__awaited__gt=0) | Q(ticket__quotas__awaited__gt=0)
    if places.filter(is_awaited | Q(waited__isnull=False)).exists():
        return None
    place = places.select_related("event").order_by("pk").first()
    return place.event.registration_closes_at if place else None


def change_hold_ends(order: Order) -> datetime | None:
    """The same of the order of a change: a ticket can be changed until the event begins."""
    becomes = Ticket.objects.filter(changes_here__line__order=order).select_related("event")
    if becomes.filter(Q(awaited__gt=0) | Q(quotas__awaited__gt=0)).exists():
        return None
    ticket = becomes.first()
    return ticket.event.starts_at if ticket else None
