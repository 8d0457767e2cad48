"""Tables as charts, with words for those who do not see them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kosna.core.templatetags.ui import kdate
from research.charts import (
    MOST_TRACES,
    Figure,
    Trace,
    bar_chart,
    line_chart,
    region_map,
    stacked_chart,
)
from research.models import Series
from research.statistics import periods, regions
from research.statistics.selection import Selection, charts_of
from research.statistics.tables import Line, Point, Table, amount

CHARTS = {"line": line_chart, "bar": bar_chart, "stacked": stacked_chart}


def sample_label() -> str:
    return _("Sample data for demonstration, not a real statistic")


def titled(series: Series) -> str:
    """The name, with the label of sample data where it is that."""
    return _("%(name)s (sample data)") % {"name": series.name} if series.is_sample else series.name


def notes_of(series: Series, selection: Selection) -> list[str]:
    """What stands below a picture: it may travel alone."""
    notes = [_("Source: %(source)s") % {"source": series.source}]
    if series.is_sample:
        notes.insert(0, sample_label())
    if selection.as_of:
        notes.append(_("As known on %(day)s") % {"day": kdate(selection.as_of)})
    return notes


def charts_for(table: Table, selection: Selection) -> list[str]:
    """Those that these figures can be drawn as: what is below zero stands on nothing."""
    parts = [line for line in table.lines if line.code]
    values = [point.value for line in parts for point in line.points.values()]
    is_below = any(value is not None and value < 0 for value in values)
    charts = charts_of(table.series, selection.by)
    return [name for name in charts if name != "stacked" or not is_below]


def drawable(table: Table, selection: Selection) -> Selection:
    """Side by side what cannot be stacked."""
    can_be = selection.chart in charts_for(table, selection)
    return selection if can_be else replace(selection, chart="bar")


def draw(table: Table, selection: Selection, key: str = "chart") -> list[SafeString]:
    """The chart that a selection names: for a desk, and where it differs, for a phone."""
    if not table.periods:
        return []
    if selection.chart == "map":
        return [_map(table, selection, key)]
    lines = drawn_lines(table, selection)
    figure = figure_of(table, lines, selection)
    chart = CHARTS[selection.chart]
    return [chart(figure, key), chart(figure, f"{key}-narrow", is_narrow=True)]


def drawn_lines(table: Table, selection: Selection) -> list[Line]:
    """At most eight: more cannot be told apart. On one another, the parts without their sum, and
    what is beyond as one part, so that they still add up."""
    if selection.chart != "stacked":
        return table.lines[:MOST_TRACES]
    parts = [line for line in table.lines if line.code]
    rest = others(table, selection)
    return [*parts[: MOST_TRACES - 1], _together(rest)] if rest else parts


def others(table: Table, selection: Selection) -> list[Line]:
    """The parts of a stack that are drawn as one."""
    parts = [line for line in table.lines if line.code]
    is_full = selection.chart == "stacked" and len(parts) > MOST_TRACES
    return parts[MOST_TRACES - 1 :] if is_full else []


def _together(lines: Sequence[Line]) -> Line:
    """Of those that have a value then; ``_of_others`` names those that have none."""
    told: dict[date, list[Point]] = {}
    for line in lines:
        for start, point in line.points.items():
            if point.value is not None:
                told.setdefault(start, []).append(point)
    points = {
        start: Point(
            start,
            sum((point.value for point in found if point.value is not None), Decimal(0)),
            "p" if any(point.mark == "p" for point in found) else "",
        )
        for start, found in sorted(told.items())
    }
    return Line(_("Others"), "", points)


def _of_others(table: Table, rest: Sequence[Line]) -> list[str]:
    """What is in the last part of a stack, and what is missing there."""
    if not rest:
        return []
    missing = [
        line.name
        for line in rest
        if any(
            (point := line.points.get(start)) is None or point.value is None
            for start in table.periods
        )
    ]
    notes = [_("Others: %(names)s") % {"names": ", ".join(line.name for line in rest)}]
    if missing:
        notes.append(
            _("Not in others where it has no value: %(names)s") % {"names": ", ".join(missing)}
        )
    return notes


def figure_of(table: Table, lines: Sequence[Line], selection: Selection) -> Figure:
    series = table.series
    return Figure(
        title=titled(series),
        summary=summary(table, lines),
        unit=series.unit,
        labels=[periods.short(start, series.frequency) for start in table.periods],
        traces=[trace_of(line, table) for line in lines],
        places=series.places,
        starts=table.periods,
        notes=[*notes_of(series, selection), *_of_others(table, others(table, selection))],
    )


def trace_of(line: Line, table: Table) -> Trace:
    points = [line.points.get(start) for start in table.periods]
    return Trace(
        line.name,
        [point.value if point else None for point in points],
        frozenset(index for index, point in enumerate(points) if point and point.mark == "p"),
    )


def summary(table: Table, lines: Sequence[Line]) -> str:
    """In words: from when to when, and where each line begins and ends."""
    series = table.series
    span = _("%(unit)s, from %(first)s to %(last)s.") % {
        "unit": series.unit,
        "first": table.labels[0],
        "last": table.labels[-1],
    }
    told = []
    for line in lines:
        values = [point for point in line.points.values() if point.value is not None]
        if values:
            told.append(
                _("%(name)s: from %(first)s to %(last)s.")
                % {
                    "name": line.name,
                    "first": amount(values[0].value, series.places),  # type: ignore[arg-type]
                    "last": amount(values[-1].value, series.places),  # type: ignore[arg-type]
                }
            )
    return " ".join([span, *told, _("The table beside it holds all values.")])


def map_period(table: Table, selection: Selection) -> object:
    """Of which period the map is: the one asked for, else the newest."""
    return selection.at if selection.at in table.periods else table.periods[-1]


def _map(table: Table, selection: Selection, key: str) -> SafeString:
    series, start = table.series, map_period(table, selection)
    label = periods.label(start, series.frequency)  # type: ignore[arg-type]
    points = {line.code: line.points.get(start) for line in table.lines}  # type: ignore[call-overload]
    names = {code: str(province.name) for code, province in regions.provinces().items()}
    values = {
        code: point.value if (point := points.get(code)) else None
        for code in selection.picked or names
    }
    told = sorted(
        ((value, names[code]) for code, value in values.items() if value is not None), reverse=True
    )
    words = _("%(unit)s, %(period)s, by region.") % {"unit": series.unit, "period": label}
    if told:
        words += " " + _("Most: %(most)s %(high)s. Least: %(least)s %(low)s.") % {
            "most": told[0][1],
            "high": amount(told[0][0], series.places),
            "least": told[-1][1],
            "low": amount(told[-1][0], series.places),
        }
    figure = Figure(
        title=f"{titled(series)}, {label}",
        summary=words,
        unit=series.unit,
        labels=[],
        traces=[],
        places=series.places,
        notes=[label, *notes_of(series, selection)],
    )
    return region_map(figure, key, names, values)


def joined(pictures: Sequence[SafeString]) -> SafeString:
    return mark_safe("".join(pictures))
