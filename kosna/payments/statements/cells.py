"""Cells of bank files, and what they mean: instants in Korea, whole won."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from kosna.core import clock

DAY, MINUTE, SECOND = "day", "minute", "second"  # how exactly a bank tells the time
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_INSTANT = re.compile(r"[\d\s.:/\-T년월일시분초()요화수목금토오전후]*", re.IGNORECASE)
_AMOUNT = re.compile(r"([-+]?)[₩\\]?([\d,]+)(?:\.0+)?원?")


def parse_instant(text: str, time: str = "") -> tuple[datetime, str]:
    """An instant, and how exactly it was told: 2026.11.23 10:11:12, 20261123101112, 2026-11-23 with
    101112 in a cell of its own, 오후 2:05, or as Excel counts days. Raises ValueError."""
    text = unicodedata.normalize("NFKC", f"{text} {time}").strip()
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text))
    if not _INSTANT.fullmatch(text):
        raise ValueError(text)
    digits = re.findall(r"\d+", text)
    year, month, day, rest = _day_of(digits)
    hour, minute, second, grain = _time_of(rest)
    if "오후" in text and hour < 12:
        hour += 12
    if "오전" in text and hour == 12:
        hour = 0
    return datetime(year, month, day, hour, minute, second, tzinfo=clock.KST), grain


def _from_serial(days: float) -> tuple[datetime, str]:
    instant = _EXCEL_EPOCH + timedelta(seconds=round(days * 86_400))
    grain = SECOND if instant.second else MINUTE if days % 1 else DAY
    return instant.replace(tzinfo=clock.KST), grain


def _day_of(digits: list[str]) -> tuple[int, int, int, list[str]]:
    if digits and len(digits[0]) in (8, 12, 14):
        day, rest = digits[0][:8], digits[0][8:]
        return (
            int(day[:4]),
            int(day[4:6]),
            int(day[6:]),
            [rest, *digits[1:]] if rest else digits[1:],
        )
    if len(digits) < 3 or len(digits[0]) not in (2, 4):
        raise ValueError(digits)
    year = int(digits[0])
    return year if year > 99 else 2000 + year, int(digits[1]), int(digits[2]), digits[3:]


def _time_of(digits: list[str]) -> tuple[int, int, int, str]:
    if not digits:
        return 0, 0, 0, DAY
    if len(digits[0]) in (4, 6):  # 1011 or 101112
        digits = re.findall(r"\d\d", digits[0])
    elif len(digits[0]) in (3, 5):  # a number cell loses its first zero
        digits = re.findall(r"\d\d", f"0{digits[0]}")
    hour, minute, second = [*(int(part) for part in digits[:3]), 0, 0][:3]
    return hour, minute, second, SECOND if len(digits) > 2 else MINUTE


def parse_won(text: str) -> int:
    """Whole won: 33,000 · ₩33,000 · 33000.0 · -33,000 · (33,000); nothing is 0. Raises
    ValueError."""
    compact = "".join(unicodedata.normalize("NFKC", text).split())
    if compact in ("", "-"):
        return 0
    if compact.startswith("(") and compact.endswith(")"):
        compact = f"-{compact[1:-1]}"
    match = _AMOUNT.fullmatch(compact)
    if not match or not match[2].strip(","):
        raise ValueError(text)
    won = int(match[2].replace(",", ""))
    return -won if match[1] == "-" else won
