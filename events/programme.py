"""What a draft would change, and what in it cannot be: two things in a room, or a speaker in two
places, at once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from events.models import DraftSession, Event, Session, Speaker
from events.models.programme import Slot
from kosna.core.templatetags.ui import kspan, ktime

ADDED, MOVED, CHANGED, DROPPED = "added", "moved", "changed", "dropped"
KINDS: dict[str, Promise] = {
    ADDED: pgettext_lazy("of a session", "Added"),
    MOVED: pgettext_lazy("of a session", "Moved"),
    CHANGED: pgettext_lazy("of a session", "Changed"),
    DROPPED: pgettext_lazy("of a session", "Dropped"),
}
TONES = {ADDED: "good", MOVED: "accent", CHANGED: "info", DROPPED: "danger"}
PARTS: dict[str, Promise] = {
    "time": gettext_lazy("Time"),
    "room": gettext_lazy("Room"),
    "title": gettext_lazy("Title"),
    "speakers": gettext_lazy("Speakers"),
    "track": gettext_lazy("Track"),
    "abstract": gettext_lazy("Abstract"),
    "capacity": gettext_lazy("Places to sign up for"),
}
# Whoever comes or speaks is told of these; the rest can be read when they come.
TOLD = {"time", "room", "title", "speakers"}

Words = dict[str, str]  # a language to what is said in it


def in_both(say: Callable[[], Any]) -> Words:
    """Something in the words of every language, as a version keeps it."""
    words = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words[language] = str(say() or "")
    return words


def in_mine(words: Words) -> str:
    return words.get(get_language() or "ko") or words.get("ko", "")


@dataclass(frozen=True)
class Part:
    """One difference; empty words stand for nothing."""

    name: str
    before: Words
    after: Words

    @property
    def label(self) -> Promise:
        return PARTS[self.name]

    @property
    def is_told(self) -> bool:
        """How many may sign up is read on the page; that nobody does any more is told."""
        return self.name in TOLD or (self.name == "capacity" and not any(self.after.values()))

    @property
    def old(self) -> str:
        return in_mine(self.before)

    @property
    def new(self) -> str:
        return in_mine(self.after)


@dataclass(frozen=True)
class Change:
    """What a version says of one session. Made of plain words, since rooms and people may be
    renamed and sessions deleted later."""

    kind: str
    named: Words
    at: Words
    parts: list[Part] = field(default_factory=list)
    session: int | None = None  # the key that it has, or had
    people: list[int] = field(default_factory=list)  # speakers whom it concerns
    was: dict[str, Any] | None = None  # the slot before, as ``events.past_programme`` keeps it

    @property
    def label(self) -> Promise:
        return KINDS[self.kind]

    @property
    def tone(self) -> str:
        return TONES[self.kind]

    @property
    def title(self) -> str:
        return in_mine(self.named)

    @property
    def when(self) -> str:
        return in_mine(self.at)

    @property
    def is_told(self) -> bool:
        return self.kind in (ADDED, DROPPED) or any(part.is_told for part in self.parts)

    def as_dict(self) -> dict[str, Any]:
        parts = [{"name": p.name, "before": p.before, "after": p.after} for p in self.parts]
        return {
            "kind": self.kind,
            "named": self.named,
            "at": self.at,
            "parts": parts,
            "session": self.session,
            "people": self.people,
            "was": self.was,
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Change":
        return cls(**{**kept, "parts": [Part(**part) for part in kept["parts"]]})


@dataclass(frozen=True)
class Step:
    """A change together with the row that makes it."""

    draft: DraftSession
    change: Change
    before: frozenset[Speaker]
    after: frozenset[Speaker]
    was_session: int | None  # the key of what is published, which a dropped row loses

    @property
    def people(self) -> frozenset[Speaker]:
        return self.before | self.after


def _when(slot: Slot) -> str:
    return kspan(slot.starts_at, slot.ends_at)


def _names(slot: Any) -> str:
    return ", ".join(sorted(speaker.name for speaker in slot.speakers.all()))


def _speakers(slot: Any) -> frozenset[Speaker]:
    return frozenset(slot.speakers.all()) if slot else frozenset()


# What is compared, and how it is told.
COMPARED: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "time": (lambda slot: (slot.starts_at, slot.ends_at), _when),
    "room": (lambda slot: slot.room_id, lambda slot: slot.room),
    "title": (lambda slot: (slot.title_ko, slot.title_en, slot.is_break), lambda slot: slot.title),
    "speakers": (_speakers, _names),
    "track": (lambda slot: slot.track_id, lambda slot: slot.track),
    "abstract": (lambda slot: (slot.abstract_ko, slot.abstract_en), lambda slot: slot.abstract),
    "capacity": (lambda slot: slot.capacity, lambda slot: slot.capacity),
}


def _parts(old: Session, new: DraftSession) -> Iterator[Part]:
    for name, (value, words) in COMPARED.items():
        if value(old) != value(new):
            yield Part(name, in_both(partial(words, old)), in_both(partial(words, new)))


def _change(draft: DraftSession) -> Change | None:
    old = draft.session
    if old is None:
        return _told(ADDED, draft)
    if draft.is_dropped:
        return _told(DROPPED, old)
    parts = list(_parts(old, draft))
    if not parts:
        return None
    is_moved = any(part.name in ("time", "room") for part in parts)
    return _told(MOVED if is_moved else CHANGED, draft, parts)


def _told(kind: str, slot: Any, parts: list[Part] | None = None) -> Change:
    return Change(kind, in_both(lambda: slot.title), in_both(partial(_when, slot)), parts or [])


def ending_sign_ups(steps: Iterable[Step]) -> int:
    """How many have signed up for what is dropped, or takes no sign-ups any more."""
    drafts = [step.draft for step in steps]
    ending = [row for row in drafts if row.is_dropped or not row.takes_sign_ups]
    return sum(row.session.taken for row in ending if row.session)


def steps(drafts: Iterable[DraftSession]) -> list[Step]:
    """What publishing would change, of rows of ``DraftSession.objects.whole()``, by time."""
    found = ((draft, _change(draft)) for draft in drafts)
    return [
        Step(
            draft,
            change,
            _speakers(draft.session),
            frozenset() if draft.is_dropped else _speakers(draft),
            draft.session_id,
        )
        for draft, change in found
        if change
    ]


# --- what cannot be ---


@dataclass(frozen=True)
class Clash:
    """Two at once: of which ``field`` ("room" or "speakers"), and what is said there."""

    field: str
    reason: str


def clashes_of(draft: DraftSession, speakers: Iterable[Speaker]) -> list[Clash]:
    """Of a session as typed, with the rest of its event's draft."""
    others = (
        DraftSession.objects.filter(event=draft.event)
        .kept()
        .filter(starts_at__lt=draft.ends_at, ends_at__gt=draft.starts_at)
        .exclude(pk=draft.pk)
    )
    found = []
    if draft.room_id:
        found += [
            Clash("room", _room_taken(draft.room, other))
            for other in others.filter(room=draft.room_id)
        ]
    found += [
        Clash("speakers", _speaks_elsewhere(speaker, other))
        for speaker in speakers
        for other in others.filter(speakers=speaker)
    ]
    return found


def clashes(drafts: QuerySet[DraftSession]) -> list[str]:
    """Everything in a draft that cannot be; said when it is published."""
    rows: list[Any] = [row for row in drafts if not row.is_dropped]
    rows.sort(key=lambda row: row.starts_at)
    found = []
    for one, other in _at_once(rows):
        if one.room_id and one.room_id == other.room_id:
            found.append(f"{one.title}: {_room_taken(one.room, other)}")
        found += [
            f"{one.title}: {_speaks_elsewhere(speaker, other)}"
            for speaker in _speakers(one) & _speakers(other)
        ]
    return found


def _at_once(rows: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Pairs that overlap, of rows by time."""
    for number, one in enumerate(rows, start=1):
        for other in rows[number:]:
            if other.starts_at >= one.ends_at:
                break
            yield one, other


def _room_taken(room: Any, other: Slot) -> str:
    return _("%(room)s is taken from %(start)s to %(end)s by “%(title)s”.") % {
        "room": room,
        "start": ktime(other.starts_at),
        "end": ktime(other.ends_at),
        "title": other.title,
    }


def _speaks_elsewhere(speaker: Speaker, other: Slot) -> str:
    return _("%(name)s speaks in “%(title)s” from %(start)s to %(end)s.") % {
        "name": speaker.name,
        "start": ktime(other.starts_at),
        "end": ktime(other.ends_at),
        "title": other.title,
    }


def draft_of(event: Event) -> QuerySet[DraftSession]:
    """All that has a time."""
    return DraftSession.objects.filter(event=event).placed().whole()
