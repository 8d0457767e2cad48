"""Values as lines over periods: what a chart draws, a table shows and a file holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from research.models import Observation, Series
from research.statistics import periods
from research.statistics.reading import Reading, cell_name
from research.statistics.selection import DIMENSIONS, Selection, members_of


@dataclass(frozen=True)
class Point:
    """A value of a line, None where it is not available."""

    period: date
    value: Decimal | None
    mark: str = ""


@dataclass
class Line:
    name: str
    code: str = ""
    points: dict[date, Point] = field(default_factory=dict)


@dataclass
class Table:
    """The periods in their order, and each line's point in them."""

    series: Series
    lines: list[Line]
    periods: list[date]

    @property
    def headings(self) -> list[str]:
        return [line.name for line in self.lines]

    @property
    def labels(self) -> list[str]:
        return [periods.label(start, self.series.frequency) for start in self.periods]

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """Label and cells as they are read, the newest last."""
        return [
            (
                periods.label(start, self.series.frequency),
                [shown(line.points.get(start), self.series.places) for line in self.lines],
            )
            for start in self.periods
        ]

    @property
    def has_marks(self) -> str:
        """Which marks occur, as one text: "", "p", "r" or "pr"."""
        return "".join(
            mark
            for mark in ("p", "r")
            if any(point.mark == mark for line in self.lines for point in line.points.values())
        )


def shown(point: Point | None, places: int) -> str:
    """A cell: 1,234.5, with ``p`` or ``r`` behind; “…” where there is none."""
    if point is None:
        return ""
    if point.value is None:
        return "…"
    return f"{amount(point.value, places)}{f' {point.mark}' if point.mark else ''}"


def amount(value: Decimal, places: int) -> str:
    return f"{value:,.{places}f}"


def table(reading: Reading, selection: Selection, at: datetime) -> Table:
    """What a reader asked for, in one statement for the values."""
    series, lines = reading.series, _lines(reading.series, selection)
    rows = rows_shown(reading, selection, at)
    return _table(
        series, lines, [(getattr(row, selection.by) if selection.by else "", row) for row in rows]
    )


def rows_shown(reading: Reading, selection: Selection, at: datetime) -> Any:
    """The values of the lines that a selection draws, and no others."""
    rows = rows_within(reading, selection, at)
    fixed: dict[str, Any] = {
        name: code
        for name, code in zip(DIMENSIONS, selection.fixed, strict=True)
        if name != selection.by
    }
    if selection.by:
        fixed[f"{selection.by}__in"] = list(_lines(reading.series, selection))
    return rows.filter(**fixed)


def with_map_of(reading: Reading, selection: Selection, at: datetime) -> Selection:
    """Without the period of a map where that has no value; a statement where one is asked for."""
    if selection.chart != "map" or not selection.at:
        return selection
    there = rows_shown(reading, selection, at).filter(period=selection.at).exists()
    return selection if there else replace(selection, at=None)


def rows_within(reading: Reading, selection: Selection, at: datetime) -> Any:
    """The values of a selection's span of time, of every line."""
    rows = reading.observations(at)
    if selection.start:
        rows = rows.filter(period__gte=selection.start)
    if selection.end:
        rows = rows.filter(period__lte=selection.end)
    return rows


def _lines(series: Series, selection: Selection) -> dict[str, Line]:
    if not selection.by:
        return {"": Line(cell_name(series, selection.fixed[0], selection.fixed[1:]))}
    members = members_of(series, selection.by)
    wanted = selection.picked or tuple(members)
    lines = {code: Line(members[code], code) for code in wanted}
    return lines if selection.picked else {"": Line(_("Total"), ""), **lines}


def _table(
    series: Series, lines: dict[str, Line], rows: Sequence[tuple[str, Observation]]
) -> Table:
    for code, row in rows:
        lines[code].points[row.period] = Point(row.period, row.value, row.mark)
    kept = [line for line in lines.values() if line.points]
    return Table(series, kept, sorted({start for line in kept for start in line.points}))


def line_of(series: Series, rows: Iterable[Observation]) -> Line:
    """The total as a line."""
    points = {row.period: Point(row.period, row.value, row.mark) for row in rows}
    return Line(series.name, series.code, points)


@dataclass(frozen=True)
class Change:
    """Against the same period of the year before: in per cent, or in points of a percentage."""

    value: Decimal
    is_points: bool

    @property
    def text(self) -> str:
        sign = "+" if self.value > 0 else "−" if self.value < 0 else "±"
        number = amount(abs(self.value), 1)
        return _("%(n)s %%p") % {"n": f"{sign}{number}"} if self.is_points else f"{sign}{number}%"


def change(line: Line, start: date, unit: str) -> Change | None:
    """None where one of the two is not available, or nothing can be compared."""
    now, then = line.points.get(start), line.points.get(periods.year_before(start))
    if not now or not then or now.value is None or then.value is None:
        return None
    if "%" in unit:
        return Change(tenths(now.value - then.value), True)
    if then.value <= 0:
        return None
    return Change(tenths((now.value - then.value) * 100 / then.value), False)


def tenths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"))


@dataclass(frozen=True)
class Latest:
    """The newest figure of a total with its change, for lists and the field at a glance."""

    line: Line
    period: date
    label: str
    value: str
    mark: str
    change: Change | None


def latest(series: Series, rows: Iterable[Any]) -> Latest | None:
    line = line_of(series, rows)
    told = [point for point in line.points.values() if point.value is not None]
    if not told:
        return None
    newest = max(told, key=lambda point: point.period)
    assert newest.value is not None
    return Latest(
        line,
        newest.period,
        periods.label(newest.period, series.frequency),
        amount(newest.value, series.places),
        newest.mark,
        change(line, newest.period, series.unit_ko),
    )
