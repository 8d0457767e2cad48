"""Every row of a bank file: money that moved, or why it is no such row, or what is wrong."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kosna.core import clock, korean
from kosna.core.columns import normalised
from kosna.payments.statements.cells import DAY, MINUTE, SECOND, parse_instant, parse_won

Cell = Callable[[str], str]
Remark = tuple[int, str, str]  # the line, a code of SKIPPED or WRONG, what stood there

SKIPPED: dict[str, Promise] = {
    "above": _("stands above the headings"),
    "total": _("a total"),
    "note": _("a note without money"),
    "headings": _("the headings once more"),
    "nothing": _("no money moved"),
    "repeated": _("the same row once more, taken once"),
}
WRONG: dict[str, Promise] = {
    "date": _("The date cannot be read."),
    "future": _("This day has not come yet."),
    "amount": _("The amount cannot be read."),
    "balance": _("The balance cannot be read."),
    "both": _("Money in and money out in one row."),
    "direction": _("Whether the money came in or went out cannot be told."),
}
_TOTAL = re.compile(r"(?:합|총|소|누)?\s*계\b|총\s*(?:합|\d+\s*건)|total", re.IGNORECASE)
_IN, _OUT = ("입금", "입", "+", "받기"), ("출금", "출", "지급", "-", "보내기", "이체출금")
_LONGEST = {"payer": 100, "memo": 100, "office": 60}


class Wrong(ValueError):
    """A row that cannot be taken; its argument is a code of WRONG."""


@dataclass(frozen=True)
class Row:
    """One movement of money, in whole won."""

    line: int
    at: datetime
    grain: str  # how exactly the bank tells the time: DAY, MINUTE or SECOND
    incoming: int
    outgoing: int
    balance: int
    payer: str
    memo: str = ""
    office: str = ""


@dataclass
class Reading:
    rows: list[Row] = field(default_factory=list)
    remarks: list[tuple[int, str, str]] = field(
        default_factory=list
    )  # line, code, what stood there

    @property
    def wrong(self) -> list[tuple[int, str, str]]:
        return [remark for remark in self.remarks if remark[1] in WRONG]


def read(lines: Iterable[Sequence[str]], *, heading_line: int, mapping: Sequence[str]) -> Reading:
    """Reads all rows; lines and headings are counted from 1. Nobody's money is guessed at: a row
    that is neither money nor plainly something else is wrong."""
    reading = Reading()
    columns = {name: index for index, name in enumerate(mapping) if name}
    headings: list[str] = []
    for number, cells in enumerate(lines, start=1):
        if not any(cells):
            continue
        if number < heading_line:
            reading.remarks.append((number, "above", _told(cells)))
        elif number == heading_line:
            headings = _heads(cells)
        elif _heads(cells) == headings:
            reading.remarks.append((number, "headings", ""))
        else:
            _take(reading, number, cells, columns)
    reading.rows = _with_grain(reading.rows)
    return reading


def _heads(cells: Sequence[str]) -> list[str]:
    return [normalised(cell) for cell in cells if cell]


def _told(cells: Sequence[str]) -> str:
    return " ".join(cell for cell in cells if cell)[:100]


def _take(reading: Reading, number: int, cells: Sequence[str], columns: dict[str, int]) -> None:
    def cell(name: str) -> str:
        index = columns.get(name)
        return cells[index] if index is not None and index < len(cells) else ""

    try:
        row = _row(number, cell)
    except Wrong as wrong:
        code = _no_movement(cells, cell) or str(wrong)
        reading.remarks.append((number, code, _told(cells)))
        return
    if row.incoming == row.outgoing == 0:
        reading.remarks.append((number, "nothing", _told(cells)))
    else:
        reading.rows.append(row)


def _no_movement(cells: Sequence[str], cell: Cell) -> str:
    """What a row without a readable day is, where it is plainly no movement."""
    day = cell("at") or cell("day")
    if any(letter.isdecimal() for letter in day) and len(day) > 5:
        return ""
    if any(_TOTAL.match(text) for text in cells if text):
        return "total"
    has_money = any(cell(name) for name in ("incoming", "outgoing", "amount"))
    if not has_money:
        return "note"
    return "" if cell("payer") or cell("balance") else "total"


def _row(number: int, cell: Cell) -> Row:
    day = cell("at") or cell("day")
    try:
        at, grain = parse_instant(day, cell("time"))
    except ValueError:
        raise Wrong("date") from None
    if at > clock.now() + timedelta(days=1):
        raise Wrong("future")
    incoming, outgoing = _moved(cell)
    try:
        balance = parse_won(cell("balance"))
        if not cell("balance").strip("- "):
            raise ValueError
    except ValueError:
        raise Wrong("balance") from None
    texts = {name: _plain(cell(name))[:most] for name, most in _LONGEST.items()}
    return Row(number, at, grain, incoming, outgoing, balance, **texts)


def _moved(cell: Cell) -> tuple[int, int]:
    """Won in and won out. A deposit taken back is written by some banks as a negative one."""
    try:
        incoming, outgoing = parse_won(cell("incoming")), parse_won(cell("outgoing"))
        amount = parse_won(cell("amount"))
    except ValueError:
        raise Wrong("amount") from None
    if amount:
        incoming += _signed(amount, cell("direction"))
    if incoming and outgoing:
        raise Wrong("both")
    net = incoming - outgoing
    return (net, 0) if net > 0 else (0, -net)


def _signed(amount: int, direction: str) -> int:
    """By its own sign, or by the word beside it."""
    word = direction.strip()
    if amount < 0 or not word:
        return amount
    if word.startswith(_OUT) or word.endswith("출금"):
        return -amount
    if word.startswith(_IN) or word.endswith("입금"):
        return amount
    raise Wrong("direction")


def _plain(text: str) -> str:
    return korean.normalise_name(text)


def _with_grain(rows: list[Row]) -> list[Row]:
    """A file whose every second is :00 tells minutes; they are compared as such."""
    if any(row.grain == SECOND and row.at.second for row in rows):
        return rows
    return [replace(row, grain=MINUTE) if row.grain == SECOND else row for row in rows]


# Knowing a movement again -------------------------------------------------------------------------


def fingerprint(account: int, row: Row) -> str:
    """The same for the same movement, in whichever file it stands."""
    facts = (account, row.at.astimezone(clock.KST).isoformat(), *_substance(row))
    return hashlib.sha256("|".join(map(str, facts)).encode()).hexdigest()


Substance = tuple[int, int, int, str]


def _substance(row: Row) -> Substance:
    return substance(row.incoming, row.outgoing, row.balance, row.payer)


def substance(incoming: int, outgoing: int, balance: int, payer: str) -> Substance:
    return incoming, outgoing, balance, korean.fold(payer).replace(" ", "")


class Known:
    """The movements that are there already. Files that tell the time less exactly than others are
    compared by what both of them tell."""

    def __init__(self, lines: Iterable[tuple[str, datetime, str, Substance]]) -> None:
        self.fingerprints: set[str] = set()
        self.moments: dict[Substance, list[tuple[datetime, str]]] = {}
        for mark, at, grain, what in lines:
            self.fingerprints.add(mark)
            self.moments.setdefault(what, []).append((at, grain))

    def has(self, mark: str, row: Row) -> bool:
        return mark in self.fingerprints or any(
            grain != row.grain and _same_moment(row, at, grain)
            for at, grain in self.moments.get(_substance(row), ())
        )


_GRAINS = (SECOND, MINUTE, DAY)


def _same_moment(row: Row, at: datetime, grain: str) -> bool:
    coarser = max(row.grain, grain, key=_GRAINS.index)
    return _cut(row.at, coarser) == _cut(at, coarser)


def _cut(at: datetime, grain: str) -> datetime:
    at = at.astimezone(clock.KST)
    if grain == DAY:
        return at.replace(hour=0, minute=0, second=0, microsecond=0)
    return at.replace(second=0, microsecond=0) if grain == MINUTE else at


def part(
    account: int, rows: Sequence[Row], known: Known
) -> tuple[list[tuple[str, Row]], list[Row], list[Row]]:
    """(new, with their fingerprints; known already; there once more in this very file). What a file
    says twice, to the same balance, is one movement."""
    new: list[tuple[str, Row]] = []
    old: list[Row] = []
    repeated: list[Row] = []
    seen: set[str] = set()
    for row in rows:
        mark = fingerprint(account, row)
        if mark in seen:
            repeated.append(row)
        elif known.has(mark, row):
            old.append(row)
        else:
            new.append((mark, row))
        seen.add(mark)
    return new, old, repeated
