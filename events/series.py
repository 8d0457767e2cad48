"""The dates of a class that meets every week: which days its rule names, and which of them fall out
because they are holidays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kosna.core import clock
from kosna.core.holidays import is_holiday

# A year of two evenings a week, and some.
MOST_DATES = 120


@dataclass(frozen=True)
class Rule:
    """On these weekdays (Monday is 0), from a day to another, both among them; hours of Korea."""

    weekdays: frozenset[int]
    first: date
    last: date
    starts: time
    ends: time


@dataclass(frozen=True)
class Meeting:
    """A day that the rule names; on a holiday nobody meets."""

    day: date
    starts_at: datetime
    ends_at: datetime
    is_left_out: bool


def meetings(rule: Rule, since: date | None = None) -> Sequence[Meeting]:
    """All days that the rule names, from a day on where one is given, holidays among them."""
    first = max(rule.first, since or rule.first)
    days = (first + timedelta(days=n) for n in range((rule.last - first).days + 1))
    return [
        Meeting(day, _at(day, rule.starts), _at(day, rule.ends), is_holiday(day))
        for day in days
        if day.weekday() in rule.weekdays
    ]


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, clock.KST)
