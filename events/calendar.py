"""Events for calendars (RFC 5545). Instants go out in UTC: no time zone table is needed."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from icalendar import Calendar
from icalendar import Event as Entry

from events.models import Event, Session
from events.reach import sessions_to_come_to
from kosna.core import clock


def calendar_response(events: Iterable[Event], filename: str) -> HttpResponse:
    return _response([_entry(event) for event in events], filename)


def event_response(event: Event, filename: str) -> HttpResponse:
    """What to come to: the sessions of a class that is held on several days, or else the event."""
    if sessions := sessions_to_come_to(event):
        return programme_response(event, sessions, filename)
    return calendar_response([event], filename)


def programme_response(event: Event, sessions: Iterable[Session], filename: str) -> HttpResponse:
    """Sessions of one event; a break is nothing to go to."""
    entries = [_session_entry(event, row) for row in sessions if not row.is_break]
    return _response(entries, filename)


def _response(entries: Iterable[Entry], filename: str) -> HttpResponse:
    calendar = Calendar()
    calendar.add("prodid", "-//KOSNA//portal//KO")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for entry in entries:
        calendar.add_component(entry)
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
    entry.add("status", _status(event))
    return entry


def _session_entry(event: Event, session: Session) -> Entry:
    entry = Entry()
    entry.add("uid", f"{event.slug}-{session.pk}@kosna")
    entry.add("dtstamp", clock.now())
    entry.add("dtstart", session.starts_at)
    entry.add("dtend", session.ends_at)
    entry.add("summary", session.title)
    speakers = ", ".join(speaker.name for speaker in session.speakers.all())
    entry.add("description", "\n\n".join(filter(None, [speakers, session.abstract])))
    places = [str(session.room or ""), event.venue, event.address]
    entry.add("location", ", ".join(filter(None, places)))
    entry.add("url", settings.SITE_URL + session.get_absolute_url())
    entry.add("status", _status(event))
    return entry


def _status(event: Event) -> str:
    return "CANCELLED" if event.status == Event.Status.CANCELLED else "CONFIRMED"
