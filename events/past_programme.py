"""A programme laid out as an earlier version had it: what is published now, with what later
versions changed undone. Nothing is kept but what each change replaced (docs/decisions/0031)."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from events.models import Event, ProgrammeVersion, Session
from events.programme import Words, in_both, in_mine


@dataclass(frozen=True)
class Named:
    """A room or a track, by the name that it had."""

    pk: int
    words: Words
    sort: int = 0
    colour: str = ""

    @property
    def name(self) -> str:
        return in_mine(self.words)


@dataclass(frozen=True)
class PastSlot:
    """A session as it was; it looks to a timetable like one that is."""

    starts_at: datetime
    ends_at: datetime
    titles: Words
    names: Words
    room: Named | None
    track: Named | None
    is_break: bool
    capacity: int | None

    @property
    def title(self) -> str:
        return in_mine(self.titles)

    @property
    def speaker_names(self) -> str:
        return in_mine(self.names)


def kept(session: Session) -> dict[str, Any]:
    """What a version keeps of a session that it changes or drops."""
    return {
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "titles": in_both(lambda: session.title),
        "names": in_both(lambda: session.speaker_names),
        "room": _named(session.room, "sort"),
        "track": _named(session.track, "sort", "colour"),
        "is_break": session.is_break,
        "capacity": session.capacity,
    }


def _named(row: Any, *facts: str) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "pk": row.pk,
        "words": in_both(partial(str, row)),
        **{f: getattr(row, f) for f in facts},
    }


def _slot(was: dict[str, Any]) -> PastSlot:
    instants = {name: datetime.fromisoformat(was[name]) for name in ("starts_at", "ends_at")}
    places = {name: Named(**was[name]) if was[name] else None for name in ("room", "track")}
    return PastSlot(**{**was, **instants, **places})


def first_kept(event: Event) -> int:
    """The number of the earliest version that can be laid out: those published before versions kept
    what they replaced cannot, nor can any that they replaced."""
    for later in event.programme_versions.order_by("-number"):
        if not all("was" in change and "session" in change for change in later.changes):
            return later.number
    return 1


def slots_of(event: Event, version: ProgrammeVersion) -> list[Any]:
    """What stood in a version, by time, of an event with its sessions at hand."""
    rows: dict[int, Any] = {session.pk: session for session in event.sessions.all()}
    for later in event.programme_versions.filter(number__gt=version.number).order_by("-number"):
        for change in later.changes:
            rows.pop(change["session"], None)
            if change["was"]:
                rows[change["session"]] = _slot(change["was"])
    return [row for _key, row in sorted(rows.items(), key=_by_time)]


def _by_time(pair: tuple[int, Any]) -> tuple[datetime, int]:
    key, row = pair
    return row.starts_at, key
