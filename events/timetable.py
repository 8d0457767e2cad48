"""A published programme as readers look at it: by day, by track, by time, by room."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from events import brochures
from events.models import Event, ProgrammeVersion, Room, Session, Speaker, Track
from events.structured import programme_data
from kosna.core import clock

# As many columns as static/css/programme.css knows; a day in more rooms is a list at every width.
MOST_COLUMNS = 12
EVERY_DAY = "all"


@dataclass(frozen=True)
class Cell:
    """A session and its column; 0 is the whole width: a break, or in no room."""

    session: Any  # a Session, or as an earlier version had it
    column: int


@dataclass(frozen=True)
class Block:
    """What begins at the same time, in the order of the rooms."""

    starts_at: datetime
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Day:
    date: date
    rooms: tuple[Room, ...]
    blocks: tuple[Block, ...]

    @property
    def columns(self) -> int:
        """0 where a grid would say nothing, or be too wide."""
        return len(self.rooms) if 1 < len(self.rooms) <= MOST_COLUMNS else 0


@dataclass(frozen=True)
class Chosen:
    """What an address asks for. No day is every day, no track is every track."""

    day: date | None
    track: Track | None

    def query(self, **other: str) -> str:
        """The address of the same with something else: ``chosen.query(track="3")``."""
        asked = {
            "day": self.day.isoformat() if self.day else EVERY_DAY,
            "track": str(self.track.pk) if self.track else "",
        }
        return "&".join(f"{name}={value}" for name, value in {**asked, **other}.items() if value)


def days_of(event: Event) -> list[date]:
    """The KST days on which something is, in order."""
    return sorted({clock.kst_date(session.starts_at) for session in event.sessions.all()})


def choose(event: Event, asked: Mapping[str, str], today: date) -> Chosen:
    """As ``?day=2026-12-03&track=3`` says, or ``?day=all``; else today where the event is under
    way, or its first day. What makes no sense is not asked for."""
    days = days_of(event)
    named = {day.isoformat(): day for day in days}
    tracks = {str(track.pk): track for track in event.tracks.all()}
    first = next((day for day in days if day == today), days[0] if days else None)
    wanted = asked.get("day", "")
    day = None if wanted == EVERY_DAY else named.get(wanted, first)
    return Chosen(day if len(days) > 1 else None, tracks.get(asked.get("track", "")))


def day_links(event: Event, chosen: Chosen) -> list[tuple[date | None, str, bool]]:
    """Where there is a choice: each day, and all of them, with its address and whether it is
    chosen."""
    days = days_of(event)
    if len(days) < 2:
        return []
    links = [(day, chosen.query(day=day.isoformat()), day == chosen.day) for day in days]
    return [*links, (None, chosen.query(day=EVERY_DAY), chosen.day is None)]


def track_links(event: Event, chosen: Chosen) -> list[tuple[Track | None, str, bool]]:
    """The same of tracks that something is in."""
    used = {session.track_id for session in event.sessions.all()}
    tracks = [track for track in event.tracks.all() if track.pk in used]
    if not tracks:
        return []
    links = [(track, chosen.query(track=str(track.pk)), track == chosen.track) for track in tracks]
    return [(None, chosen.query(track=""), chosen.track is None), *links]


def sessions_of(event: Event, chosen: Chosen) -> list[Session]:
    """Breaks belong to every track."""
    return [
        session
        for session in event.sessions.all()
        if (chosen.day is None or clock.kst_date(session.starts_at) == chosen.day)
        and (chosen.track is None or session.is_break or session.track_id == chosen.track.pk)
    ]


def laid_out(sessions: Iterable[Any]) -> list[Day]:
    """Of sessions by time."""
    return [
        _day(day, list(rows))
        for day, rows in groupby(sessions, key=lambda row: clock.kst_date(row.starts_at))
    ]


def _day(day: date, sessions: list[Any]) -> Day:
    used = {row.room.pk: row.room for row in sessions if row.room and not row.is_break}
    rooms = sorted(used.values(), key=lambda room: (room.sort, room.pk))
    columns = {room.pk: number for number, room in enumerate(rooms, start=1)}

    def column(session: Any) -> int:
        return 0 if session.is_break or not session.room else columns[session.room.pk]

    blocks = [
        Block(
            starts_at,
            tuple(sorted((Cell(row, column(row)) for row in rows), key=lambda cell: cell.column)),
        )
        for starts_at, rows in groupby(sessions, key=lambda row: row.starts_at)
    ]
    return Day(day, tuple(rooms), tuple(blocks))


@lru_cache(maxsize=128)
def drawn(
    event_id: int, version: int, language: str, day: date | None, track: int | None
) -> dict[str, SafeString]:
    """A timetable, and its data for search engines, as every reader of a language sees them: drawn
    once."""
    event = brochures.brochure(event_id, version)
    chosen = Chosen(day, next((row for row in event.tracks.all() if row.pk == track), None))
    sessions = sessions_of(event, chosen)
    facts = {"event": event, "days": laid_out(sessions)}
    return {
        "days": render_to_string("events/timetable_days.html", facts),
        "data": programme_data(event, sessions),
    }


@lru_cache(maxsize=256)
def version_shown(event_id: int, version: int) -> ProgrammeVersion | None:
    """The programme's version, by the event's, which changes with it."""
    return ProgrammeVersion.objects.filter(event=event_id).first()


def speakers_of(event: Event) -> list[Speaker]:
    """Those who speak in a published session, by name."""
    shown = {speaker.pk for session in event.sessions.all() for speaker in session.speakers.all()}
    return sorted(
        (speaker for speaker in event.speakers.all() if speaker.pk in shown),
        key=lambda speaker: (speaker.name, speaker.pk),
    )
