"""Figures as files. Each says what it is: name, unit, source, method, sample label, and what of it
this reader was not given, in the same words as the page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.core import clock
from research.models import Breakdown, Observation, Series
from research.statistics import periods, regions
from research.statistics.comparing import Comparison
from research.statistics.drawing import sample_label, titled
from research.statistics.reading import Reading
from research.statistics.selection import DIMENSIONS, Selection
from research.statistics.tables import Point, rows_shown, rows_within


@dataclass(frozen=True)
class Told:
    """A file's content: its name, lines of words above, headings and rows."""

    name: str
    above: Sequence[str]
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]


def series_file(reading: Reading, selection: Selection, rows: Iterable[Observation]) -> Told:
    """The values of a selection, a line each: period, region, breakdowns, value, mark, since when
    it is known."""
    series = reading.series
    columns = columns_of(series)
    return Told(
        name=series.code,
        above=facts_in_words(reading, selection),
        headings=[heading for heading, _cell in columns],
        rows=([cell(row) for _heading, cell in columns] for row in rows),
    )


def columns_of(series: Series) -> list[tuple[str, Callable[[Observation], Any]]]:
    """The headings are those that an import understands."""
    frequency, dimensions = series.frequency, series.dimensions
    columns: list[tuple[str, Callable[[Observation], Any]]] = [
        (_("Period"), lambda row: periods.code(row.period, frequency))
    ]
    if series.by_region:
        columns += [
            (_("Region code"), lambda row: kosis_of(row.region)),
            (_("Region"), lambda row: regions.name_of(row.region)),
        ]
    for name, dimension in zip(DIMENSIONS[1:], dimensions, strict=False):
        columns.append((dimension.name, partial(_category, name, dimension)))
    return [
        *columns,
        (f"{_('Value')} ({series.unit})", lambda row: _told(row.value)),
        (_("Mark"), lambda row: row.mark),
        (_("Known since"), lambda row: clock.kst_date(row.known_at)),
    ]


def _told(value: Decimal | None) -> Decimal | str:
    """As an import takes it back: an empty cell would say nothing."""
    return "…" if value is None else value


def _marks() -> str:
    return _("Marks: p provisional, r revised, … not available")


def _marked(point: Point | None) -> tuple[Any, str]:
    return (_told(point.value), point.mark) if point else (None, "")


def _category(name: str, dimension: Breakdown, row: Observation) -> str:
    code = getattr(row, name)
    return dimension.label(code) if code else _("Total")


def kosis_of(region: str) -> str:
    """The office's code; ours where it has given none; 00 for the whole country."""
    if not region:
        return "00"
    province = regions.provinces().get(region)
    return (province and province.kosis) or region


def wanted_rows(reading: Reading, selection: Selection, at: Any, *, names_lines: bool) -> Any:
    """What the page shows, where the address names its lines (``by``, be it empty); else every
    region and breakdown within what it narrows. In one statement."""
    if names_lines:
        return rows_shown(reading, selection, at)
    rows = rows_within(reading, selection, at)
    if selection.picked:
        rows = rows.filter(**{f"{selection.by}__in": selection.picked})
    fixed = {name: code for name, code in zip(DIMENSIONS, selection.fixed, strict=True) if code}
    return rows.filter(**fixed)


def facts_in_words(reading: Reading, selection: Selection) -> list[str]:
    series = reading.series
    told = [
        titled(series),
        sample_label() if series.is_sample else "",
        _("Unit: %(unit)s") % {"unit": series.unit},
        _("Source: %(source)s") % {"source": series.source},
        _("Method: %(method)s") % {"method": " ".join(series.method.split())}
        if series.method
        else "",
        _marks(),
        _("As known on %(day)s") % {"day": (selection.as_of or clock.today()).isoformat()},
        f"{settings.SITE_URL}{series.get_absolute_url()}",
        reading.why_not,
    ]
    return [line for line in told if line]


def _facts(reading: Reading, selection: Selection) -> dict[str, Any]:
    series = reading.series
    return {
        "code": series.code,
        "name": {"ko": series.name_ko, "en": series.name_en},
        "unit": {"ko": series.unit_ko, "en": series.unit_en},
        "frequency": series.frequency,
        "field": series.topic,
        "places": series.places,
        "source": {"ko": series.source_ko, "en": series.source_en},
        "method": {"ko": series.method_ko, "en": series.method_en},
        "is_sample": series.is_sample,
        "sample": sample_label() if series.is_sample else "",
        "as_of": (selection.as_of or clock.today()).isoformat(),
        "url": f"{settings.SITE_URL}{series.get_absolute_url()}",
        "breakdowns": series.breakdowns if reading.sees_detail else [],
        "shut": reading.why_not,
    }


def series_facts(
    reading: Reading, selection: Selection, rows: Iterable[Observation]
) -> dict[str, Any]:
    """For programs. Values are text, digit by digit: a JSON number is a float to most of them."""
    frequency = reading.series.frequency
    told = [
        {
            "period": periods.code(row.period, frequency),
            "region": row.region,
            "first": row.first,
            "second": row.second,
            "value": None if row.value is None else f"{row.value:f}",
            "mark": row.mark,
            "known_at": row.known_at.isoformat(),
            "reason": {"ko": row.reason_ko, "en": row.reason_en},
        }
        for row in rows
    ]
    return {**_facts(reading, selection), "observations": told}


def comparison_file(found: Comparison) -> Told:
    """A row for each period; of each series the value, and beside it the mark."""
    headings = [_("Period")]
    for series, _line in found.lines:
        unit = found.unit if found.is_index else series.unit
        headings += [f"{titled(series)} ({unit})", f"{_('Mark')}: {titled(series)}"]
    reasons = [f"{reading.series.name}: {reading.why_not}" for reading in found.shut]
    return Told(
        name="comparison",
        above=[
            _("Comparison"),
            *found.notes,
            _("Unit: %(unit)s") % {"unit": found.unit},
            _marks(),
            *reasons,
        ],
        headings=headings,
        rows=(
            [periods.code(start, frequency), *chain.from_iterable(map(_marked, points))]
            for start, frequency, points in found.spans
        ),
    )


def comparison_facts(found: Comparison) -> dict[str, Any]:
    return {
        "unit": found.unit,
        "is_index": found.is_index,
        "base": found.base,
        "notes": found.notes,
        "series": [
            {
                "code": series.code,
                "name": series.name,
                "is_sample": series.is_sample,
                "values": [
                    {
                        "period": periods.code(start, series.frequency),
                        "value": None if point.value is None else f"{point.value:f}",
                        "mark": point.mark,
                    }
                    for start, point in line.points.items()
                ],
            }
            for series, line in found.lines
        ],
        "shut": {reading.series.code: reading.why_not for reading in found.shut},
    }


def link(series: Series, query: str) -> str:
    """The address of this very view, to be passed on."""
    return f"{settings.SITE_URL}{series.get_absolute_url()}{f'?{query}' if query else ''}"


def comparison_link(query: str) -> str:
    return f"{settings.SITE_URL}{reverse('research:comparison')}{f'?{query}' if query else ''}"


def period_label(series: Series, row: Observation) -> str:
    return periods.label(row.period, series.frequency)


def template_of(series: Series, today: date) -> Told:
    """An empty file for an import: its headings, and above them in one cell, where no value can
    stand, what a line of the newest period looks like."""
    headings = [_("Period")]
    example = [periods.code(periods.current(today, series.frequency), series.frequency)]
    if series.by_region:
        headings += [_("Region code"), _("Region")]
        example += ["00", regions.name_of("")]
    for dimension in series.dimensions:
        headings.append(dimension.name)
        example.append(_("Total"))
    return Told(
        name=f"{series.code}-template",
        above=[
            series.name,
            _("Unit: %(unit)s") % {"unit": series.unit},
            _("A line looks like this, a cell for each part: %(parts)s")
            % {"parts": " | ".join([*example, "…", "p"])},
        ],
        headings=[
            *headings,
            f"{_('Value')} ({series.unit})",
            _("Mark"),
            _("Reason"),
            _("Reason in English"),
        ],
        rows=[],
    )
