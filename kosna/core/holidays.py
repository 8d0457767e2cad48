"""Working days: Monday to Friday without the public holidays of Korea (공휴일에 관한 법률).

Holidays of the solar calendar recur by rule; lunar ones, substitutes and elections are rows that
the secretariat keeps (``Holiday``).
"""

from datetime import date, timedelta

from django.core.cache import caches

from kosna.core.models import Holiday

EVERY_YEAR = {
    (1, 1),  # 신정
    (3, 1),  # 삼일절
    (5, 1),  # 노동절
    (5, 5),  # 어린이날
    (6, 6),  # 현충일
    (7, 17),  # 제헌절
    (8, 15),  # 광복절
    (10, 3),  # 개천절
    (10, 9),  # 한글날
    (12, 25),  # 성탄절
}
cache = caches["process"]
KEY = "holidays"
# Kept in the process, so that no request pays a statement for it; other processes hear of a new
# holiday within this time.
KEPT_SECONDS = 300


def listed() -> frozenset[date]:
    """The holidays that are rows."""
    rows = cache.get(KEY)
    if rows is None:
        rows = frozenset(Holiday.objects.values_list("day", flat=True))
        cache.set(KEY, rows, KEPT_SECONDS)
    return rows


def forget() -> None:
    """The list has changed."""
    cache.delete(KEY)


def is_holiday(day: date) -> bool:
    """A public holiday, of the solar calendar or listed; a Sunday is none by that."""
    return (day.month, day.day) in EVERY_YEAR or day in listed()


def is_working_day(day: date) -> bool:
    return _works(day, listed())


def working_days_after(day: date, count: int) -> date:
    """The ``count``-th working day after a day."""
    rows = listed()
    while count:
        day += timedelta(days=1)
        count -= _works(day, rows)
    return day


def working_day_from(day: date) -> date:
    """The day itself, or the next one that works: a term whose last day is a Saturday or a holiday
    ends on the day after (민법 §161)."""
    return day if is_working_day(day) else working_days_after(day, 1)


def _works(day: date, rows: frozenset[date]) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in EVERY_YEAR and day not in rows
