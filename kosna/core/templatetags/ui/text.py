"""Dates, amounts and numbers as people read them."""

from datetime import date, datetime, timedelta

from django.utils import dateformat
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kosna.core import clock, korean
from kosna.core.templatetags.ui.library import register

WEEKDAYS = "월화수목금토일"


@register.filter
def won(amount: int | None) -> str:
    """Whole won as 33,000원, in English ₩33,000; nothing for None."""
    if amount is None:
        return ""
    if get_language() == "ko":
        return f"{amount:,}원"
    return f"-₩{-amount:,}" if amount < 0 else f"₩{amount:,}"


def _local(value: date) -> date:
    """An instant as Korea reads it; a plain date as it is."""
    return value.astimezone(clock.KST) if isinstance(value, datetime) else value


@register.filter
def kdate(value: date | None) -> str:
    """2026. 11. 23.(월), in English Mon, 23 Nov 2026. Instants are read in Korean time."""
    if not value:
        return ""
    day = _local(value)
    if get_language() == "ko":
        return f"{day.year}. {day.month}. {day.day}.({WEEKDAYS[day.weekday()]})"
    return dateformat.format(day, "D, j M Y")


@register.filter
def kdatetime(value: datetime | None) -> str:
    """2026. 11. 23.(월) 14:00, in Korean time."""
    return f"{kdate(value)} {_local(value):%H:%M}" if value else ""


@register.filter
def kmonth(value: date) -> str:
    """2026. 11., in English Nov 2026: what stands beside a large day."""
    day = _local(value)
    return f"{day.year}. {day.month}." if get_language() == "ko" else dateformat.format(day, "M Y")


@register.filter
def kspan(start: datetime, end: datetime) -> str:
    """2026. 11. 23.(월) 14:00 ~ 17:30; another day is named."""
    same_day = clock.kst_date(start) == clock.kst_date(end)
    return f"{kdatetime(start)} ~ {ktime(end) if same_day else kdatetime(end)}"


@register.filter
def ktime(value: datetime | None) -> str:
    """14:00, in Korean time."""
    return f"{_local(value):%H:%M}" if value else ""


@register.filter
def isodate(value: date | None) -> str:
    """2026-11-23 for tables."""
    return f"{_local(value):%Y-%m-%d}" if value else ""


@register.filter
def until(value: date | None) -> str:
    """How long is left: 3일 남음. A date lasts to the end of its day in Korea."""
    if not value:
        return ""
    if not isinstance(value, datetime):
        last = min(value, date.max - timedelta(days=1))
        value = clock.start_of(last + timedelta(days=1))
    minutes = int((value - clock.now()).total_seconds() // 60)
    if minutes < 0:
        return _("Deadline passed")
    if minutes < 60:
        return _("%(n)s min left") % {"n": max(minutes, 1)}
    if minutes < 48 * 60:
        return _("%(n)s h left") % {"n": minutes // 60}
    return _("%(n)s days left") % {"n": minutes // (24 * 60)}


@register.filter
def masked(value: str) -> str:
    """김*늘 for a name, ho***@example.test for an e-mail address."""
    if not value:
        return ""
    return korean.mask_email(value) if "@" in value else korean.mask_name(value)


@register.filter
def phone(value: str) -> str:
    """+821012345678 as 010-1234-5678."""
    return korean.display_phone(value) if value else ""


@register.filter
def brn(value: str) -> str:
    """1234567891 as 123-45-67891."""
    return korean.display_business_number(value) if value else ""
