"""What the portal holds about one person, who is told it (개인정보 보호법 §35) and may take a copy
along (§35-2).

Each room says once, in ``AppConfig.ready()``, which of its rows are somebody's own and what of them
is told. So the page and the file know no room, and a room that holds something new tells it here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from kosna.accounts.models import User

Rows = Callable[[User], "QuerySet[Any, Any]"]


@dataclass(frozen=True)
class Kind:
    """``code`` names it in the file and never changes; ``facts`` are its columns there, each with
    the path of lookups that leads to it. A path costs no statement of its own: it is joined."""

    code: str
    title: str | Promise
    rows: Rows
    facts: Mapping[str, str]

    def count(self, user: User) -> int:
        return self.rows(user).count()

    def told(self, user: User) -> Iterator[tuple[Any, ...]]:
        """The facts of each row, the oldest first; one statement."""
        rows = self.rows(user).order_by("pk").values_list(*self.facts.values())
        return iter(rows.iterator(chunk_size=2000))


_kinds: dict[str, Kind] = {}


def register(code: str, title: str | Promise, rows: Rows, *same: str, **facts: str) -> None:
    """``same`` are facts that are called in the file as they are in the table, ``facts`` those with
    another name or of another table. ``rows`` finds what is this person's, and theirs alone."""
    if code in _kinds:
        raise ValueError(f"{code} is registered twice")
    _kinds[code] = Kind(code, title, rows, {**{name: name for name in same}, **facts})


def kinds() -> list[Kind]:
    """In the order in which the rooms told them."""
    return list(_kinds.values())
