"""Years, halves, quarters and months. A period is stored as its first day."""

import re
import unicodedata
from datetime import date

from django.db import models
from django.utils import dateformat
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from kosna.core import clock


class Frequency(models.TextChoices):
    YEAR = "year", gettext_lazy("Yearly")
    HALF = "half", gettext_lazy("Half-yearly")
    QUARTER = "quarter", gettext_lazy("Quarterly")
    MONTH = "month", gettext_lazy("Monthly")


MONTHS = {Frequency.YEAR: 12, Frequency.HALF: 6, Frequency.QUARTER: 3, Frequency.MONTH: 1}
FIRST_YEAR, LAST_YEAR = 1900, 2199

_YEAR = r"(?P<year>\d{4})\s*년?"
_FORMS = {
    Frequency.YEAR: (rf"{_YEAR}(?:-01-01)?",),
    Frequency.HALF: (
        rf"{_YEAR}\s*[-.]?\s*[hH](?P<part>[12])",
        rf"{_YEAR}\s*(?P<word>상|하)반기",
        rf"{_YEAR}-(?P<month>01|07)-01",
    ),
    Frequency.QUARTER: (
        rf"{_YEAR}\s*[-.]?\s*[qQ](?P<part>[1-4])",
        rf"{_YEAR}\s*(?P<part>[1-4])\s*(?:/\s*4|분기)",
        rf"{_YEAR}[-.](?P<part>[1-4])/4",
        rf"{_YEAR}-(?P<month>01|04|07|10)-01",
    ),
    Frequency.MONTH: (
        rf"{_YEAR}\s*[-./]?\s*(?P<part>0?[1-9]|1[0-2])\s*월?\.?",
        rf"{_YEAR}\s*[mM](?P<part>0?[1-9]|1[0-2])",
        rf"{_YEAR}-(?P<month>\d\d)-01",
    ),
}


def parse(text: str, frequency: str) -> date:
    """The first day of a typed period ("2026", "2026-H1", "2026년 1분기", "202603").

    Raises ValueError with an example of what is understood."""
    typed = unicodedata.normalize("NFKC", text).strip()
    for form in _FORMS[Frequency(frequency)]:
        if found := re.fullmatch(form, typed, re.ASCII):
            parts = found.groupdict()
            year, month = int(parts["year"]), _month(parts, MONTHS[Frequency(frequency)])
            if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12:
                return date(year, month, 1)
    raise ValueError(
        _("“%(text)s” is not a period such as %(example)s.")
        % {"text": text[:20], "example": code(date(2026, 1, 1), frequency)}
    )


def _month(parts: dict[str, str | None], months: int) -> int:
    if month := parts.get("month"):
        return int(month)
    if word := parts.get("word"):
        return 1 if word == "상" else 7
    return (int(parts.get("part") or 1) - 1) * months + 1


def parse_day(text: str | None) -> date | None:
    """A day of an address; none where it makes no sense."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def parse_known_day(text: str | None) -> date | None:
    """The day of an address on which figures were known: none is known later than today."""
    day = parse_day(text)
    return min(day, clock.today()) if day else None


def code(start: date, frequency: str) -> str:
    """As addresses and files write it: 2026, 2026-H1, 2026-Q1, 2026-01."""
    if frequency == Frequency.YEAR:
        return str(start.year)
    if frequency == Frequency.MONTH:
        return f"{start:%Y-%m}"
    letter = "H" if frequency == Frequency.HALF else "Q"
    return f"{start.year}-{letter}{part_of(start, frequency)}"


def part_of(start: date, frequency: str) -> int:
    """The how-manieth period of its year."""
    return (start.month - 1) // MONTHS[Frequency(frequency)] + 1


def label(start: date, frequency: str) -> str:
    """As people read it: 2026년 1분기, in English Q1 2026."""
    if frequency == Frequency.YEAR:
        return pgettext("a year", "%(year)s") % {"year": start.year}
    if frequency == Frequency.MONTH:
        is_korean = get_language() == "ko"
        return f"{start.year}년 {start.month}월" if is_korean else dateformat.format(start, "M Y")
    part = part_of(start, frequency)
    if frequency == Frequency.QUARTER:
        return _("Q%(part)s %(year)s") % {"part": part, "year": start.year}
    name = _("H1 %(year)s") if part == 1 else _("H2 %(year)s")
    return name % {"year": start.year}


def short(start: date, frequency: str) -> str:
    """As an axis writes it: 2026, 2026.1/4, 2026.03, in English 2026-Q1 and 2026-03."""
    if get_language() != "ko" or frequency == Frequency.YEAR:
        return code(start, frequency)
    if frequency == Frequency.MONTH:
        return f"{start:%Y.%m}"
    parts = 12 // MONTHS[Frequency(frequency)]
    return f"{start.year}.{part_of(start, frequency)}/{parts}"


def current(today: date, frequency: str) -> date:
    """The period that a day lies in."""
    months = MONTHS[Frequency(frequency)]
    return date(today.year, (today.month - 1) // months * months + 1, 1)


def year_before(start: date) -> date:
    return start.replace(year=start.year - 1)
