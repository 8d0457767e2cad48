"""Events for calendars (RFC 5545). Instants go out in UTC: no time zone table is needed."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from icalendar import Calendar
from icalendar import Event as Entry

from events.models import Event
from kosna.core import clock


def calendar_response(events: Iterable[Event], filename: str) -> HttpResponse:
    calendar = Calendar()
    calendar.add("prodid", "-//KOSNA//portal//KO")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in events:
        calendar.add_component(_entry(event))
    return HttpResponse(
        calendar.to_ical(),
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(
                as_attachment=True, filename=filename
            ),
            "Cache-Control": "public, max-age=300",
        },
    )


def _entry(event: Event) -> Entry:
    entry = Entry()
    # The address is the identity: a calendar that has the event updates it.
    entry.add("uid", f"{event.slug}@kosna")
    entry.add("dtstamp", clock.now())
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", event.title)
    entry.add("description", event.summary)
    entry.add("location", ", ".join(filter(None, [event.venue, event.address])))
    entry.add("url", settings.SITE_URL + event.get_absolute_url())
    cancelled = event.status == Event.Status.CANCELLED
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return entry
