"""Several series beside one another: of one unit on one axis, of several as an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.templatetags.ui import kdate
from research.charts import Figure, Trace, bar_chart, line_chart
from research.models import Series
from research.statistics import periods
from research.statistics.drawing import sample_label, titled
from research.statistics.periods import Frequency
from research.statistics.reading import Reading, instant_of, read_all, totals_of
from research.statistics.selection import forwards
from research.statistics.tables import Line, Point, amount, line_of, shown, tenths

MOST = 6
DRAWN = ("line", "bar")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Wanted:
    """What the address says: codes in their order, from when to when, and how to draw."""

    codes: tuple[str, ...]
    start: date | None
    end: date | None
    as_of: date | None
    chart: str
    wants_index: bool

    @classmethod
    def of(cls, asked: Any) -> "Wanted":
        """Of a QueryDict: ``s`` (repeated), ``from``, ``to`` (years), ``as_of``, ``chart``,
        ``index``."""
        codes = named(asked)[:MOST]
        chart = asked.get("chart", "")
        start, end = forwards(_year(asked.get("from"), 1), _year(asked.get("to"), 12))
        return cls(
            codes,
            start,
            end,
            periods.parse_known_day(asked.get("as_of")),
            chart if chart in DRAWN else "line",
            asked.get("index") == "1",
        )


def named(asked: Any) -> tuple[str, ...]:
    """Each code once, in their order; more than ``MOST`` may be named."""
    return tuple(dict.fromkeys(code for code in asked.getlist("s") if code))


def _year(text: str | None, month: int) -> date | None:
    try:
        return periods.parse(text or "", Frequency.YEAR).replace(month=month)
    except ValueError:
        return None


@dataclass
class Comparison:
    readings: list[Reading]
    lines: list[tuple[Series, Line]]  # of those that this reader sees
    starts: list[date]
    is_index: bool
    base: str  # the period that is 100, in words
    places: int
    unit: str
    wanted: Wanted
    left_out: list[str]  # sentences: which cannot be indexed, and why

    @property
    def shut(self) -> list[Reading]:
        return [reading for reading in self.readings if not reading.sees_total]

    @property
    def query(self) -> str:
        """As an address: what was understood of the one that was asked; what is usual is left
        out."""
        wanted = self.wanted
        facts: dict[str, Any] = {
            "s": [reading.series.code for reading in self.readings],
            "from": wanted.start and wanted.start.year,
            "to": wanted.end and wanted.end.year,
            "as_of": wanted.as_of and wanted.as_of.isoformat(),
            "chart": "" if wanted.chart == DRAWN[0] else wanted.chart,
            "index": "1" if wanted.wants_index else "",
        }
        return urlencode({key: value for key, value in facts.items() if value}, doseq=True)

    @property
    def headings(self) -> list[str]:
        return [titled(series) for series, _line in self.lines]

    @property
    def spans(self) -> list[tuple[date, str, list[Point | None]]]:
        """A row for each period of each frequency that occurs, the longer before those within it:
        its first day, its frequency, and the value of each line."""
        order = list(Frequency)
        found = {
            (start, order.index(Frequency(series.frequency)))
            for series, line in self.lines
            for start in line.points
        }
        return [
            (
                start,
                order[place],
                [_of(line, series, start, order[place]) for series, line in self.lines],
            )
            for start, place in sorted(found)
        ]

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        places = [self._places(series) for series, _line in self.lines]
        return [
            (periods.label(start, frequency), list(map(shown, points, places)))
            for start, frequency, points in self.spans
        ]

    def _places(self, series: Series) -> int:
        return self.places if self.is_index else series.places

    @property
    def is_mixed(self) -> bool:
        return len({series.frequency for series, _line in self.lines}) > 1

    @property
    def frequency(self) -> str:
        """The finest that occurs: by it the axis is named."""
        order = list(Frequency)
        found = [order.index(Frequency(series.frequency)) for series, _line in self.lines]
        return order[max(found, default=0)]

    @property
    def sample(self) -> str:
        return sample_label() if any(series.is_sample for series, _line in self.lines) else ""

    @property
    def notes(self) -> list[str]:
        sources = dict.fromkeys(series.source for series, _line in self.lines)
        notes = [self.sample] if self.sample else []
        notes.append(_("Source: %(source)s") % {"source": "; ".join(sources)})
        if self.wanted.as_of:
            notes.append(_("As known on %(day)s") % {"day": kdate(self.wanted.as_of)})
        return [*notes, *self.left_out]

    def pictures(self, key: str = "chart") -> list[SafeString]:
        if not self.starts:
            return []
        names = [titled(series) for series, _line in self.lines]
        figure = Figure(
            title=_("Comparison: %(names)s") % {"names": ", ".join(names)},
            summary=self._summary(),
            unit=self.unit,
            labels=[periods.short(start, self.frequency) for start in self.starts],
            traces=[self._trace(line, series) for series, line in self.lines],
            places=self.places,
            starts=self.starts,
            notes=[*self.notes, *self._placing()],
        )
        chart = bar_chart if self.wanted.chart == "bar" else line_chart
        return [chart(figure, key), chart(figure, f"{key}-narrow", is_narrow=True)]

    def _placing(self) -> list[str]:
        return [_("Each value stands at the beginning of its period.")] if self.is_mixed else []

    def _summary(self) -> str:
        told = [
            _("%(name)s: from %(first)s to %(last)s.")
            % {
                "name": series.name,
                "first": amount(values[0], self.places),
                "last": amount(values[-1], self.places),
            }
            for series, line in self.lines
            if (values := [p.value for p in line.points.values() if p.value is not None])
        ]
        return " ".join([f"{self.unit}.", *told, _("The table beside it holds all values.")])

    def _trace(self, line: Line, series: Series) -> Trace:
        points = [line.points.get(start) for start in self.starts]
        return Trace(
            series.name,
            [point.value if point else None for point in points],
            frozenset(index for index, point in enumerate(points) if point and point.mark == "p"),
            frozenset(index for index, point in enumerate(points) if point is None),
        )


def compare(found: Sequence[Series], user: Any, wanted: Wanted) -> Comparison:
    """Published series ``with_access``, in the order that the address names. A statement for the
    values of all."""
    at = instant_of(wanted.as_of)
    # Who may see is a question of now, whatever day the values are of.
    readings = _in_order(read_all(found, user, clock.now()), wanted.codes)
    values = totals_of(readings, at)
    lines = [
        (reading.series, _within(line_of(reading.series, values[reading.series.pk]), wanted))
        for reading in readings
        if reading.sees_total
    ]
    lines = [(series, line) for series, line in lines if line.points]
    units = {series.unit_ko for series, _line in lines}
    is_index = wanted.wants_index or len(units) > 1
    base, left_out = "", []
    if is_index:
        lines, base, left_out = _indexed(lines)
    places = 1 if is_index else max((series.places for series, _line in lines), default=0)
    unit = _("index, %(base)s = 100") % {"base": base} if is_index else ""
    if not is_index and lines:
        unit = lines[0][0].unit
    starts = sorted({start for _series, line in lines for start in line.points})
    return Comparison(readings, lines, starts, is_index, base, places, unit, wanted, left_out)


def _of(line: Line, series: Series, start: date, frequency: str) -> Point | None:
    return line.points.get(start) if series.frequency == frequency else None


def _in_order(readings: Sequence[Reading], codes: Sequence[str]) -> list[Reading]:
    by_code = {reading.series.code: reading for reading in readings}
    return [by_code[code] for code in codes if code in by_code]


def _within(line: Line, wanted: Wanted) -> Line:
    points = {
        start: point
        for start, point in line.points.items()
        if (not wanted.start or start >= wanted.start) and (not wanted.end or start <= wanted.end)
    }
    return Line(line.name, line.code, points)


def _indexed(
    lines: Sequence[tuple[Series, Line]],
) -> tuple[list[tuple[Series, Line]], str, list[str]]:
    """Each line with its value at the first period that all have as 100; where they share none, at
    its own first. A line without a positive value there cannot be indexed and is left out, as if
    it had not been asked for: the sentences say which, and why."""
    told = {
        series.pk: {p.period: p.value for p in line.points.values() if p.value is not None}
        for series, line in lines
    }
    roots = _roots_of(told)
    starts = {start for pk, start in roots.items() if _is_root(told[pk], start)}
    base = starts.pop() if len(starts) == 1 else None
    # What was left out of another base may have its 100 at this one.
    roots |= {pk: base for pk, values in told.items() if base in values}
    found, left_out = [], []
    for series, line in lines:
        start = roots[series.pk]
        if start and _is_root(told[series.pk], start):
            found.append((series, _by(line, told[series.pk][start])))
        else:
            left_out.append(_why_no_index(series, line, start))
    order = list(Frequency)
    finest = max((order.index(Frequency(s.frequency)) for s, _line in found), default=0)
    return found, periods.label(base, order[finest]) if base else _("first value"), left_out


def _roots_of(told: Mapping[int, Mapping[date, Decimal]]) -> dict[int, date | None]:
    """At which period each line would be 100: those that cannot be are asked once, and then the
    others among themselves."""
    shared = set.intersection(*map(set, told.values())) if told else set()
    base = min(shared, default=None)
    roots = {pk: base or min(values, default=None) for pk, values in told.items()}
    able = {pk: values for pk, values in told.items() if _is_root(values, roots[pk])}
    return roots if len(able) == len(told) else roots | _roots_of(able)


def _is_root(values: Mapping[date, Decimal], start: date | None) -> bool:
    return start is not None and values[start] > 0


def _why_no_index(series: Series, line: Line, start: date | None) -> str:
    if start is None:
        return _("%(name)s is not shown as an index: it has no value in these years.") % {
            "name": titled(series)
        }
    return _(
        "%(name)s is not shown as an index: in %(period)s its value is %(value)s, and only a"
        " value above 0 can be 100."
    ) % {
        "name": titled(series),
        "period": periods.label(start, series.frequency),
        "value": shown(line.points[start], series.places),
    }


def _by(line: Line, root: Decimal) -> Line:
    points: Mapping[date, Point] = {
        start: Point(
            start,
            None if point.value is None else tenths(point.value * HUNDRED / root),
            point.mark,
        )
        for start, point in line.points.items()
    }
    return Line(line.name, line.code, dict(points))
