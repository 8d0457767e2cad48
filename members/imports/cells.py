"""Cells as people type them, and what they mean: days, years, whether something was paid."""

import re
from datetime import date, timedelta

from members.imports.columns import full_year

FOR_LIFE = 9999  # the year of whoever has paid once for all
_PAID = {
    "o",
    "y",
    "yes",
    "v",
    "ok",
    "○",
    "●",
    "◯",
    "✓",
    "✔",
    "√",
    "완납",
    "납부",
    "납부완료",
    "완료",
    "납입",
    "면제",
    "paid",
    "true",
    "1",
}
_UNPAID = {
    "",
    "x",
    "n",
    "no",
    "-",
    "–",
    "×",
    "✗",
    "미납",
    "미납부",
    "체납",
    "없음",
    "해당없음",
    "unpaid",
    "false",
    "0",
}
_LIFE = {
    "평생",
    "종신",
    "평생회원",
    "종신회원",
    "평생회비",
    "종신회비",
    "완납(평생)",
    "life",
    "forlife",
    "lifetime",
}
_LEFT = (
    "탈퇴",
    "제명",
    "사망",
    "자격상실",
    "상실",
    "퇴회",
    "해산",
    "폐업",
    "착오",
    "withdrawn",
    "membershipforfeited",
    "enteredinerror",
    "expelled",
    "deceased",
    "forfeited",
)
_DATE = re.compile(r"(\d{4}|\d\d)[-./년]+(\d{1,2})(?:[-./월]+(\d{1,2})[일.]?)?(?:[T월.].*)?")
_EXCEL_EPOCH = date(1899, 12, 30)
# 주민등록번호, with its hyphen or as a number cell: never kept, whatever column it stands in.
# Between letters of Hangul, too, which a word boundary takes for more of the same word.
_RESIDENT = re.compile(
    r"(?<!\d)(\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))\s*[-–\uff0d]?\s*[1-8]\d{6}(?!\d)"
)


def without_resident_number(text: str) -> str:
    return _RESIDENT.sub(r"******-*******", text) if len(text) >= 13 else text


def parse_date(text: str) -> date:
    """2020-01-02, 2020. 1. 2., 2020년 1월 2일, 20200102, 20.1.2, 2020-01 (its first day), or a day
    as Excel counts it. Raises ValueError."""
    compact = "".join(text.split())
    if " " in text and ":" in text:
        compact = text.split()[0]  # an instant: its day
    if compact.isascii() and compact.isdigit():
        if len(compact) == 8:
            return date(int(compact[:4]), int(compact[4:6]), int(compact[6:]))
        if len(compact) == 5 and 10_000 <= int(compact) <= 60_000:
            return _EXCEL_EPOCH + timedelta(days=int(compact))
        raise ValueError(text)
    match = _DATE.fullmatch(compact)
    if not match:
        raise ValueError(text)
    return date(full_year(match[1]), int(match[2]), int(match[3] or 1))


def parse_years(text: str) -> list[int]:
    """ "2023,2024", "2021~2024", "23, 24년"; FOR_LIFE for 평생. Raises ValueError."""
    folded = text.casefold().replace(" ", "")
    if folded in _UNPAID:
        return []
    if folded in _LIFE:
        return [FOR_LIFE]
    years: set[int] = set()
    for part in re.split(r"[,;/·、|\n]+|\s+", re.sub(r"\s*([~–-])\s*", r"\1", text.strip())):
        if not part:
            continue
        match = re.fullmatch(
            r"((?:19|20)?\d\d)(?:년도?|회비)?(?:[~–-]((?:19|20)?\d\d)(?:년도?)?)?", part
        )
        if not match:
            raise ValueError(text)
        first, last = full_year(match[1]), full_year(match[2] or match[1])
        if not 0 <= last - first <= 80:
            raise ValueError(text)
        years.update(range(first, last + 1))
    return sorted(years)


def parse_begins(text: str) -> tuple[str, dict[int, date]]:
    """Takes "2024-06-10~", a year that was paid from a day on, out of a cell of years: what is left
    of it, and the days by their years. Raises ValueError."""
    begins: dict[int, date] = {}

    def keep(found: re.Match) -> str:
        day = date.fromisoformat(found[1])
        begins[day.year] = day
        return str(day.year)

    return re.sub(r"(\d{4}-\d\d-\d\d)~(?=[,\s]|$)", keep, text), begins


def parse_paid(text: str) -> bool:
    """Whether a cell of one year's column says that dues were paid: ○, 완납, 100,000, a date.
    Raises ValueError."""
    folded = text.casefold().replace(" ", "")
    if folded in _UNPAID:
        return False
    if folded in _PAID or folded in _LIFE:
        return True
    amount = re.fullmatch(r"[₩\\]?([\d,]+)(?:원|\.0)?", folded)
    if amount and amount[1].strip(","):
        return int(amount[1].replace(",", "")) > 0
    parse_date(text)
    return True


def has_left(text: str) -> bool:
    return text.casefold().replace(" ", "").startswith(_LEFT)


def restored_phone(text: str) -> str:
    """A number cell loses its first zero: 1012345678 was 010-1234-5678."""
    return f"0{text}" if re.fullmatch(r"1[016-9]\d{7,8}|10\d{8}|2\d{7,8}", text) else text
