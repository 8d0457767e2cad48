"""What is new, as rooms tell it for the weekly mail (``members.community.actions.weekly``). Each
says once, in ``AppConfig.ready()``, how it finds what is new between two instants; so the mail
knows no room."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from members.access import AsIf, Thing, entitlement


@dataclass(frozen=True)
class News:
    """``path`` is its page; ``is_for`` says whether it is new to such a reader."""

    title_ko: str
    title_en: str
    path: str
    is_for: Callable[[AsIf], bool]

    def title(self, language: str) -> str:
        return (language == "en" and self.title_en) or self.title_ko


@dataclass(frozen=True)
class Shelf:
    """What is new of one kind, and ``path``, where all of it stands."""

    heading: str | Promise
    path: str
    news: list[News]


Find = Callable[[datetime, datetime], Iterator[Shelf]]
_finds: list[Find] = []


def register(find: Find) -> None:
    """``find`` tells what is new after the first instant, up to the second."""
    _finds.append(find)


def told(since: datetime, until: datetime) -> list[Shelf]:
    """In the order of the rooms; empty shelves are left out."""
    return [shelf for find in _finds for shelf in find(since, until) if shelf.news]


def opened(
    thing: Thing, since: datetime, until: datetime, out_at: datetime
) -> Callable[[AsIf], bool]:
    """Whether a thing that came out at an instant has opened to a reader between two others."""

    def is_for(reader: AsIf) -> bool:
        if not entitlement(reader, thing, until).allowed:
            return False
        return out_at > since or not entitlement(reader, thing, since).allowed

    return is_for
