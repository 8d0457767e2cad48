"""How often pages of reports are looked at, without knowing by whom.

A page that costs one SELECT must not cost a write: looks are gathered in the process and written
together. What a stopped process had not written yet, some seconds' worth, is not counted.
"""

import threading
import time
from collections import Counter
from datetime import date, datetime
from typing import Any

from django.core.cache import caches
from django.db import transaction
from django.db.models import F

from kosna.branches.models import appointments_of
from kosna.core import clock
from members.access import memberships_of
from research.models import Report, ViewCount

EVERY, MOST = 15.0, 50  # seconds; looks
_gathering = threading.Lock()
_pages = caches["process"]
WAITING = "research:looks"
Look = tuple[int, date, str, bool]  # report, day, reader, whether it was locked


def reader_of(user: Any, at: datetime) -> str:
    """The best tier of this person, or what there is instead. Whoever works here is no outsider."""
    if not getattr(user, "is_authenticated", False):
        return ViewCount.VISITOR
    if held := memberships_of(user, at):
        return held[0].tier.code
    return ViewCount.STAFF if appointments_of(user) else ViewCount.ACCOUNT


def count_look(report: int, user: Any, *, is_locked: bool) -> None:
    at = clock.now()
    look = (report, clock.kst_date(at), reader_of(user, at), is_locked)
    with _gathering:
        since, looks = _gathered()
        looks[look] += 1
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
    """Writes what this process has gathered, before somebody reads the figures."""
    with _gathering:
        _since, looks = _gathered()
        _pages.delete(WAITING)
    _write(looks)


@transaction.atomic
def _write(looks: Counter[Look]) -> None:
    there = set(
        Report.objects.filter(pk__in={look[0] for look in looks}).values_list("pk", flat=True)
    )
    for (report, day, reader, is_locked), count in sorted(looks.items(), key=str):
        if report not in there:
            continue
        row, _created = ViewCount.objects.get_or_create(report_id=report, day=day, reader=reader)
        ViewCount.objects.filter(pk=row.pk).update(
            views=F("views") + count, locked=F("locked") + (count if is_locked else 0)
        )
