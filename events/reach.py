"""How long an event lasts that is made of a recurring class: from its first session to its last."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Max, Min

from events.models import DraftSession, Event, Session
from kosna.core import clock

# Between two sessions of these nothing is held; an exhibition lasts longer than the class given at
# it.
MADE_OF_SESSIONS = {Event.Kind.COURSE, Event.Kind.CLASS}


def is_closed(event: Event) -> bool:
    """Called off, or over for those who saw it: no class is laid out in it any more."""
    if event.status == Event.Status.PUBLISHED:
        return clock.now() >= event.ends_at
    return event.status == Event.Status.CANCELLED


def reach_of(event: Event) -> tuple[datetime, datetime]:
    """From when to when the event is held once its draft is published; what has begun, began."""
    held = event.starts_at, event.ends_at
    if is_closed(event) or not event.series.exists():
        return held
    sessions = event.drafts.kept().placed()
    span = sessions.aggregate(first=Min("starts_at"), last=Max("ends_at"))
    first, last = span["first"], span["last"]
    if first is None or last is None:
        return held
    if event.kind not in MADE_OF_SESSIONS:
        return min(first, event.starts_at), max(last, event.ends_at)
    if event.status == Event.Status.PUBLISHED and clock.now() >= event.starts_at:
        first = event.starts_at
    return (first, last) if first < last else held


def outside(event: Event) -> Sequence[DraftSession]:
    """Sessions of the draft that are held on none of the days (KST) of the event, by time."""
    first, last = (clock.kst_date(at) for at in reach_of(event))
    begin, end = clock.start_of(first), clock.start_of(last + timedelta(days=1))
    return list(event.drafts.kept().placed().exclude(starts_at__gte=begin, ends_at__lt=end))


def is_emptied(event: Event, sessions: Iterable[Session | DraftSession]) -> bool:
    """Whether a published course or class had a programme, and no session is left of it. Its dates
    stay, and so do its tickets: only staff can call it off, as everything goes back then."""
    return (
        event.status == Event.Status.PUBLISHED
        and event.kind in MADE_OF_SESSIONS
        and all(session.is_break for session in sessions)
        and event.programme_versions.exists()
    )


def sessions_to_come_to(event: Event) -> Sequence[Session]:
    """As published, breaks left out, where they make up the event; none where it is one day's."""
    if event.kind not in MADE_OF_SESSIONS or clock.kst_date(event.ends_at) == event.first_day:
        return []
    return [session for session in event.sessions.all() if not session.is_break]
