"""Whoever comes tomorrow is told once more when and where."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from events.actions.telling import tell_tomorrow
from events.models import Event, Registration
from kosna.core import clock


def remind_attendees() -> int:
    """The day before the event, or before the day of a ticket of one day: each place that is
    confirmed and named, once of that day. Safe to run twice. Returns how many come."""
    day = clock.today() + timedelta(days=1)
    begins = Q(event__starts_at__range=(clock.start_of(day), clock.end_of(day)))
    coming = Registration.objects.confirmed().filter(
        Q(ticket__day=day) | (Q(ticket__day=None) & begins),
        event__status=Event.Status.PUBLISHED,
    )
    named = coming.exclude(name="").select_related(
        "event__branch", "ticket", "line__order__user__guest"
    )
    places = list(named.order_by("pk"))
    for place in places:
        with transaction.atomic():
            tell_tomorrow(place, day)
    return len(places)
