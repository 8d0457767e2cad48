"""schema.org's Event, for search engines. Blocks of data, which the CSP does not concern."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe

from events.models import Event, Session
from kosna.core import clock

SCHEMA = "https://schema.org"
ATTENDANCE: dict[str, str] = {
    Event.Mode.ONSITE: "OfflineEventAttendanceMode",
    Event.Mode.ONLINE: "OnlineEventAttendanceMode",
    Event.Mode.MIXED: "MixedEventAttendanceMode",
}


def event_data(event: Event) -> SafeString:
    return _block(_event(event))


def programme_data(event: Event, sessions: Iterable[Session]) -> SafeString:
    """The event with its sessions, breaks left out, as subEvent."""
    parts = [_session(event, session) for session in sessions if not session.is_break]
    return _block({**_event(event), "subEvent": parts})


def session_data(event: Event, session: Session) -> SafeString:
    """One session, with the event that it is part of."""
    return _block({**_session(event, session), "superEvent": _event(event)})


def _block(facts: dict[str, Any]) -> SafeString:
    block = json_script({"@context": SCHEMA, **facts})
    return mark_safe(block.replace("application/json", "application/ld+json", 1))


def _event(event: Event) -> dict[str, Any]:
    return {
        "@type": "Event",
        "name": event.title,
        "description": event.summary,
        "url": settings.SITE_URL + event.get_absolute_url(),
        "startDate": _instant(event.starts_at),
        "endDate": _instant(event.ends_at),
        "eventStatus": _status(event),
        "eventAttendanceMode": f"{SCHEMA}/{ATTENDANCE[event.mode]}",
        "location": _location(event),
        "organizer": {"@type": "Organization", "name": event.branch.name},
    }


def _location(event: Event, session: Session | None = None) -> Any:
    """Where it is held, or in which room one of its sessions is. The place online is our own page
    of the event: its link is for those who come, and for no search engine."""
    room = str(session.room or "") if session else ""
    name = ", ".join(filter(None, [room, event.venue]))
    place = {"@type": "Place", "name": name, "address": event.address}
    page = {"@type": "VirtualLocation", "url": settings.SITE_URL + event.get_absolute_url()}
    places = {Event.Mode.ONLINE: page, Event.Mode.MIXED: [place, page]}
    return places.get(Event.Mode(event.mode), place)


def _session(event: Event, session: Session) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "@type": "Event",
        "name": session.title,
        "url": settings.SITE_URL + session.get_absolute_url(),
        "startDate": _instant(session.starts_at),
        "endDate": _instant(session.ends_at),
        "eventStatus": _status(event),
        "eventAttendanceMode": f"{SCHEMA}/{ATTENDANCE[event.mode]}",
        "location": _location(event, session),
    }
    if session.abstract:
        facts["description"] = session.abstract
    if people := [{"@type": "Person", "name": row.name} for row in session.speakers.all()]:
        facts["performer"] = people
    return facts


def _instant(at: datetime) -> str:
    return at.astimezone(clock.KST).isoformat()


def _status(event: Event) -> str:
    is_cancelled = event.status == Event.Status.CANCELLED
    return f"{SCHEMA}/{'EventCancelled' if is_cancelled else 'EventScheduled'}"
