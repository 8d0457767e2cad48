"""How often pages of reports and statistics are looked at, without knowing by whom.

A page that costs one SELECT must not cost a write: looks are gathered in the process and written
together, with the next look after 15 seconds, and before this process shows figures. What another
process has gathered is seen after its next look; what a stopped one had not written is not counted.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.cache import caches
from django.db import transaction
from django.db.models import F

from kosna.branches.models import Branch, appointments_of
from kosna.core import clock
from members.access import memberships_of
from research.models import Reader, Report, Series, UseCount, ViewCount

EVERY, MOST = 15.0, 50  # seconds; looks
_gathering = threading.Lock()
_pages = caches["process"]
WAITING = "research:looks"


class Look(NamedTuple):
    """``thing``: which report or, with ``of_series``, which statistic. ``branch``: the reader's, 0
    for none; of a report it is not asked."""

    of_series: bool
    thing: int
    day: date
    reader: str
    branch: int
    is_file: bool
    is_locked: bool


def reader_of(user: Any, at: datetime) -> str:
    """The best tier of this person, or what there is instead. Whoever works here is no outsider."""
    if not getattr(user, "is_authenticated", False):
        return Reader.VISITOR
    if held := memberships_of(user, at):
        return held[0].tier.code
    return Reader.STAFF if appointments_of(user) else Reader.ACCOUNT


def count_look(report: int, user: Any, *, is_locked: bool) -> None:
    at = clock.now()
    _gather([Look(False, report, clock.kst_date(at), reader_of(user, at), 0, False, is_locked)])


def count_use(things: Iterable[tuple[int, bool]], user: Any, *, is_file: bool = False) -> None:
    """Of statistics that were asked for together: which, and whether it was locked."""
    at = clock.now()
    day, reader, held = clock.kst_date(at), reader_of(user, at), memberships_of(user, at)
    branch = (held[0].member.branch_id or 0) if held else 0
    _gather([Look(True, pk, day, reader, branch, is_file, is_locked) for pk, is_locked in things])


def _gather(new: list[Look]) -> None:
    with _gathering:
        since, looks = _gathered()
        looks.update(new)
        if looks.total() < MOST and time.monotonic() - since < EVERY:
            _pages.set(WAITING, (since, looks), None)
            return
        _pages.delete(WAITING)
    _write(looks)


def _gathered() -> tuple[float, Counter[Look]]:
    """Since when, and what; a new beginning where there is nothing."""
    nothing: Counter[Look] = Counter()
    return _pages.get(WAITING) or (time.monotonic(), nothing)


def write_looks() -> None:
    """Before somebody reads the figures. Each other process may still hold ``MOST`` - 1 looks."""
    with _gathering:
        _since, looks = _gathered()
        _pages.delete(WAITING)
    _write(looks)


@transaction.atomic
def _write(looks: Counter[Look]) -> None:
    reports = _there(Report, [look.thing for look in looks if not look.of_series])
    series = _there(Series, [look.thing for look in looks if look.of_series])
    branches = Branch.objects.filter(pk__in={look.branch for look in looks})
    codes = {0: "", **dict(branches.values_list("pk", "code"))}
    for look, count in sorted(looks.items()):
        locked = count if look.is_locked else 0
        if look.of_series and look.thing in series:
            row, _created = UseCount.objects.get_or_create(
                series_id=look.thing, day=look.day, reader=look.reader, branch=codes[look.branch]
            )
            way = "files" if look.is_file else "views"
            grown = {way: F(way) + count, "locked": F("locked") + locked}
            UseCount.objects.filter(pk=row.pk).update(**grown)
        elif not look.of_series and look.thing in reports:
            counted, _created = ViewCount.objects.get_or_create(
                report_id=look.thing, day=look.day, reader=look.reader
            )
            ViewCount.objects.filter(pk=counted.pk).update(
                views=F("views") + count, locked=F("locked") + locked
            )


def _there(model: Any, keys: list[int]) -> set[int]:
    """Which of them still exist."""
    return set(model.objects.filter(pk__in=set(keys)).values_list("pk", flat=True))
