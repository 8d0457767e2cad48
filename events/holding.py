"""How long seats may be held unpaid when their buyer asks for more time."""

from datetime import datetime

from events.models import Registration
from kosna.payments.models import Order


def hold_ends(order: Order) -> datetime | None:
    """The last instant to which a hold may be prolonged: the end of registration. None for what was
    offered to somebody who waited, and while others wait for the same seats: theirs is the turn."""
    rows = Registration.objects.filter(line__order=order).select_related("event")
    rows = rows.filter(waited=None, ticket__awaited=0).exclude(ticket__quotas__awaited__gt=0)
    place = rows.order_by("pk").first()
    return place.event.registration_closes_at if place else None
