"""One clock for all business time, so that an operator or a test can stand on any instant.

Instants are UTC; calendar days are reasoned about in Asia/Seoul.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

KST = ZoneInfo("Asia/Seoul")
_stood_at: ContextVar[datetime | None] = ContextVar("stood_at", default=None)


def now() -> datetime:
    """The present instant, in UTC; ``KOSNA_CLOCK`` may hold another one outside production."""
    stood_at = _stood_at.get()
    if stood_at is not None:
        return stood_at
    if settings.KOSNA_CLOCK:
        text = Path(settings.KOSNA_CLOCK).read_text(encoding="utf-8").strip()
        if text:
            return datetime.fromisoformat(text).astimezone(UTC)
    return datetime.now(UTC)


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Lets an operator's command run as if it were that instant; production refuses."""
    if settings.PRODUCTION:
        raise PermissionError("the clock cannot be moved in production")
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=KST)
    token = _stood_at.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _stood_at.reset(token)


def kst_date(instant: datetime) -> date:
    """The Korean calendar day on which an instant falls."""
    return instant.astimezone(KST).date()


def today() -> date:
    return kst_date(now())


def start_of(day: date) -> datetime:
    """Midnight in Seoul at which a day begins."""
    return datetime.combine(day, time.min, tzinfo=KST)


def end_of(day: date) -> datetime:
    """23:59:59 in Seoul: the deadline that people mean when they name a day."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=KST)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def month_of(instant: datetime) -> date:
    """The first day of the Korean calendar month in which an instant falls."""
    return kst_date(instant).replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after that of a day."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def last_of_month(month: date) -> date:
    return next_month(month) - timedelta(days=1)
