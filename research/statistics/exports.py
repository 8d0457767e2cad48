"""Figures as files. Each says what it is: name, unit, source, method, sample label, and what of it
this reader was not given, in the same words as the page."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kosna.core import clock, sheets
from kosna.core.exports import BOM, neutral
from research.models import Breakdown, Observation, Series
from research.statistics import periods, regions
from research.statistics.comparing import Comparison
from research.statistics.drawing import sample_label, titled
from research.statistics.reading import Reading
from research.statistics.selection import DIMENSIONS, Selection

PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True)
class Told:
    """A file's content: its name, lines of words above, headings and rows."""

    name: str
    above: Sequence[str]
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    facts: dict[str, Any]  # the same for programs


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
        facts=_facts(reading, selection),
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
        (f"{_('Value')} ({series.unit})", lambda row: row.value),
        (_("Mark"), lambda row: row.mark),
        (_("Known since"), lambda row: clock.kst_date(row.known_at)),
    ]


def _category(name: str, dimension: Breakdown, row: Observation) -> str:
    code = getattr(row, name)
    return dimension.label(code) if code else _("Total")


def kosis_of(region: str) -> str:
    """The office's code; ours where it has given none; 00 for the whole country."""
    if not region:
        return "00"
    province = regions.provinces().get(region)
    return (province and province.kosis) or region


def wanted_rows(reading: Reading, selection: Selection, at: Any) -> Any:
    """The rows of a selection, in one statement."""
    rows = reading.observations(at)
    if selection.start:
        rows = rows.filter(period__gte=selection.start)
    if selection.end:
        rows = rows.filter(period__lte=selection.end)
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
        _("Marks: p provisional, r revised, … not available"),
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


def as_json(reading: Reading, selection: Selection, rows: Iterable[Observation]) -> JsonResponse:
    """Values as text, digit by digit: a JSON number is a float to most programs."""
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
        }
        for row in rows
    ]
    return _json({**_facts(reading, selection), "observations": told})


def comparison_file(found: Comparison) -> Told:
    names = [
        f"{titled(series)} ({found.unit if found.is_index else series.unit})"
        for series, _line in found.lines
    ]
    reasons = [f"{reading.series.name}: {reading.why_not}" for reading in found.shut]
    return Told(
        name="comparison",
        above=[_("Comparison"), *found.notes, _("Unit: %(unit)s") % {"unit": found.unit}, *reasons],
        headings=[_("Period"), *names],
        rows=(
            [
                periods.code(start, found.frequency),
                *(
                    line.points[start].value if start in line.points else None
                    for _series, line in found.lines
                ),
            ]
            for start in found.starts
        ),
        facts={"unit": found.unit, "is_index": found.is_index, "notes": list(found.notes)},
    )


def comparison_json(found: Comparison) -> JsonResponse:
    return _json(
        {
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
    )


def _json(facts: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(
        facts, status=status, headers=PRIVATE, json_dumps_params={"ensure_ascii": False}
    )


def as_csv(told: Told) -> HttpResponse:
    """UTF-8 with the mark by which Excel knows it."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerows([neutral(line)] for line in told.above)
    writer.writerow([neutral(heading) for heading in told.headings])
    writer.writerows([neutral(cell) for cell in row] for row in told.rows)
    return HttpResponse(
        BOM + stream.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, f"{told.name}.csv"),
            **PRIVATE,
        },
    )


def as_xlsx(told: Told) -> FileResponse:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    sheets.write_xlsx(file, told.headings, told.rows, above=told.above)
    file.seek(0)
    response = FileResponse(
        file,
        as_attachment=True,
        filename=f"{told.name}.xlsx",
        content_type=sheets.XLSX_TYPE,
        headers=PRIVATE,
    )
    return response


def as_svg(picture: SafeString, name: str) -> HttpResponse:
    """A picture that travels alone, with its colours in it; nothing else may be loaded or run."""
    style = f"<style>{_style()}</style>"
    head, mark, rest = picture.partition("</desc>")
    return HttpResponse(
        f"{head}{mark}{style}{rest}",
        content_type="image/svg+xml; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(False, f"{name}.svg"),
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            **PRIVATE,
        },
    )


@cache
def _style() -> str:
    return (Path(settings.BASE_DIR) / "static/css/charts.css").read_text(encoding="utf-8")


def refused(reason: str, kind: str, code: str) -> HttpResponse:
    """The sentence of the page, as the answer for a file that this reader may not have."""
    if kind == "json":
        return _json({"error": reason, "code": code}, 403)
    return HttpResponse(
        reason, status=403, content_type="text/plain; charset=utf-8", headers=PRIVATE
    )


def link(series: Series, query: str) -> str:
    """The address of this very view, to be passed on."""
    return f"{settings.SITE_URL}{series.get_absolute_url()}{f'?{query}' if query else ''}"


def comparison_link(query: str) -> str:
    return f"{settings.SITE_URL}{reverse('research:comparison')}{f'?{query}' if query else ''}"


def period_label(series: Series, row: Observation) -> str:
    return periods.label(row.period, series.frequency)


def template_of(series: Series, today: date) -> Told:
    """An empty file for an import: its headings, and one line of the newest period as an example
    without a value."""
    headings = [_("Period")]
    example: list[Any] = [periods.code(periods.current(today, series.frequency), series.frequency)]
    if series.by_region:
        headings += [_("Region code"), _("Region")]
        example += ["00", regions.name_of("")]
    for dimension in series.dimensions:
        headings.append(dimension.name)
        example.append(_("Total"))
    return Told(
        name=f"{series.code}-template",
        above=[series.name, _("Unit: %(unit)s") % {"unit": series.unit}],
        headings=[*headings, f"{_('Value')} ({series.unit})", _("Mark"), _("Reason")],
        rows=[[*example, "…", "p", ""]],
        facts={},
    )
