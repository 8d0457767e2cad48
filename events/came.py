"""Who came to an event holds its key (``members.keys``): other rooms open what they have to it."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from events.models import Event, EventQuerySet, Registration
from members.keys import Key

REASON = _("Open to you, because you came to the event.")
WANTED = _("For those who came to the event named here.")
OFFERED = 100  # how many events an editor chooses from


def held(user: int) -> list[Key]:
    """Of the events at which this person's own place was used; not of one given up since."""
    places = Registration.objects.confirmed().filter(user=user).exclude(check_in=None)
    events = places.order_by("event").values_list("event", flat=True).distinct()
    return [Key(event, "came", REASON) for event in events]


def names(rows: Collection[int]) -> dict[int, str]:
    """Titles of these events; of none, of the latest that were published."""
    events = Event.objects.order_by("-starts_at")
    if rows:
        chosen = events.filter(pk__in=rows)
    else:
        chosen = events.published()[:OFFERED]
    return _titles(chosen)


def shown(rows: Collection[int]) -> dict[int, str]:
    """Titles of those of these events that the public sees: one may be a draft again."""
    return _titles(Event.objects.published().filter(pk__in=rows).order_by("-starts_at"))


def _titles(events: EventQuerySet) -> dict[int, str]:
    return {event.pk: event.title for event in events.only("title_ko", "title_en")}
