"""The dates of a recurring class: which days its rule names, and which of them fall out because
they are holidays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.core.holidays import is_holiday

# A year of two evenings a week, and some.
MOST_DATES = 120


class Rhythm(TextChoices):
    """Which of the days that bear the rule's names: of every so many weeks, or of a month."""

    WEEK = "week", _("Every week")
    TWO_WEEKS = "weeks-2", _("Every 2 weeks")
    THREE_WEEKS = "weeks-3", _("Every 3 weeks")
    FOUR_WEEKS = "weeks-4", _("Every 4 weeks")
    FIRST = "first", _("Monthly, the first")
    SECOND = "second", _("Monthly, the second")
    THIRD = "third", _("Monthly, the third")
    FOURTH = "fourth", _("Monthly, the fourth")
    LAST = "last", _("Monthly, the last")


WEEKS = {Rhythm.WEEK: 1, Rhythm.TWO_WEEKS: 2, Rhythm.THREE_WEEKS: 3, Rhythm.FOUR_WEEKS: 4}
NTH = {Rhythm.FIRST: 1, Rhythm.SECOND: 2, Rhythm.THIRD: 3, Rhythm.FOURTH: 4}


@dataclass(frozen=True)
class Rule:
    """On these weekdays (Monday is 0), from a day to another, both among them; hours of Korea.
    Weeks begin on Monday and are counted from that of ``first``, whether it holds a date or not."""

    weekdays: frozenset[int]
    first: date
    last: date
    starts: time
    ends: time
    rhythm: Rhythm = Rhythm.WEEK

    def names(self, day: date) -> bool:
        """Of a day between the first and the last."""
        return day.weekday() in self.weekdays and self._is_in_rhythm(day)

    def _is_in_rhythm(self, day: date) -> bool:
        if weeks := WEEKS.get(self.rhythm):
            return (_monday(day) - _monday(self.first)).days // 7 % weeks == 0
        if self.rhythm == Rhythm.LAST:
            return (day + timedelta(days=7)).month != day.month
        return (day.day - 1) // 7 + 1 == NTH[self.rhythm]


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
        Meeting(day, at_hour(day, rule.starts), at_hour(day, rule.ends), is_holiday(day))
        for day in days
        if rule.names(day)
    ]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def at_hour(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, clock.KST)
