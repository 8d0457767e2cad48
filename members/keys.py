"""What opens a thing to one person besides membership: somebody came to an event, bought a report,
was let in.

A room says once, in ``AppConfig.ready()``, who holds keys of its kind; a thing names the keys that
open it (``AccessRule.keys``). So research knows no event, and events knows no report.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

Lock = tuple[str, int]  # a kind of keys, and the row that they belong to


@dataclass(frozen=True)
class Key:
    """``code`` is what is counted, ``reason`` what its holder is told. It opens from ``since`` on
    and until before ``until``; None: always, and for good."""

    opens: int
    code: str
    reason: str | Promise
    since: datetime | None = None
    until: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Kind:
    held: Callable[[int], list[Key]]  # by the key of a user; one statement
    names: Callable[[Collection[int]], dict[int, str]]  # in the reader's language
    shown: Callable[[Collection[int]], dict[int, str]]
    wanted: str | Promise  # what somebody without one is told


_kinds: dict[str, Kind] = {}


def _no_names(rows: Collection[int]) -> dict[int, str]:
    return {}


def register(
    kind: str,
    *,
    held: Callable[[int], list[Key]],
    names: Callable[[Collection[int]], dict[int, str]] = _no_names,
    shown: Callable[[Collection[int]], dict[int, str]] = _no_names,
    wanted: str | Promise = "",
) -> None:
    """``names`` is asked where staff choose to whom else a thing is open; of no row it names the
    latest that may be chosen. ``shown`` is asked where a thing says so to its readers: it names
    only rows that everybody may see. ``wanted`` is told who holds no key to what only keys open."""
    if kind in _kinds:
        raise ValueError(f"{kind} is registered twice")
    _kinds[kind] = Kind(held, names, shown, wanted)


def keys_of(user: Any, kind: str, at: datetime) -> Mapping[int, Key]:
    """The keys of a kind that this person holds at an instant, by the row that they open; asked
    once a user object. A visitor holds none."""
    if not getattr(user, "is_authenticated", False) or user.pk is None or kind not in _kinds:
        return {}
    cache: dict[str, list[Key]] = user.__dict__.setdefault("_keys", {})
    if kind not in cache:
        cache[kind] = _kinds[kind].held(user.pk)
    return {key.opens: key for key in cache[kind] if key.holds_at(at)}


def key_to(user: Any, locks: Collection[Lock], at: datetime) -> Key | None:
    """The first key that this person holds to any of these locks."""
    for kind, row in sorted(locks):
        if key := keys_of(user, kind, at).get(row):
            return key
    return None


def told_without(locks: Collection[Lock]) -> list[str]:
    """What is said to who holds no key to these locks, once for each kind."""
    known = [_kinds[kind].wanted for kind in sorted({kind for kind, _row in locks} & set(_kinds))]
    return [str(sentence) for sentence in known if sentence]


def names_of(kind: str, rows: Collection[int]) -> dict[int, str]:
    return _kinds[kind].names(rows) if kind in _kinds else {}


def names_shown(kind: str, rows: Collection[int]) -> dict[int, str]:
    """As ``names_of``, of those rows that everybody may see now."""
    return _kinds[kind].shown(rows) if rows and kind in _kinds else {}
