"""Official statistics for everyone: the field at a glance, the list, a series, several beside one
another, and each of them as a file. Who sees what, ``research.statistics.reading`` says."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.lists import page_of
from kosna.core.methods import require_safe
from kosna.core.pagecache import cached_page, is_signed_out
from members.viewing import reader_of, viewing_of, why_nothing_leaves
from research import counting
from research.forms.statistics import CompareForm, RangeForm, SelectionForm, SeriesSearchForm
from research.models import Observation, Series
from research.statistics import drawing, exports, glance, misread, responses, undrawn
from research.statistics.comparing import MOST, Comparison, Wanted, compare
from research.statistics.reading import Reading, cell_name, instant_of, read
from research.statistics.selection import Selection, selected
from research.statistics.tables import Point, shown, table, with_map_of

KINDS = ("csv", "xlsx", "json", "svg")


def _version() -> str:
    """Changes with every published series and every value of one. One statement."""
    facts = Series.objects.published().aggregate(
        n=Count("pk"), keys=Sum("pk"), versions=Sum("version")
    )
    return f"{facts['n']}:{facts['keys']}:{facts['versions']}"


@login_not_required
@require_safe
def series_list(request: HttpRequest) -> HttpResponse:
    return cached_page(request, name="statistics", version=_version, draw=lambda: _list(request))


def _list(request: HttpRequest) -> TemplateResponse:
    form = SeriesSearchForm(request.GET)
    wanted = form.wanted()
    found = Series.objects.published().narrowed(wanted).search(wanted.get("q", ""))
    page = page_of(request, found.with_access().in_order())
    shown_rows = glance.entries(page.object_list, reader_of(request))
    return TemplateResponse(
        request,
        "research/statistics/series_list.html",
        {
            "form": form,
            "page": page,
            "entries": shown_rows,
            "is_filtered": any(wanted.values()),
            "most": MOST,
        },
    )


@login_not_required
@require_safe
def industry(request: HttpRequest) -> HttpResponse:
    """The seven fields at a glance."""
    return cached_page(request, name="industry", version=_version, draw=lambda: _industry(request))


def _industry(request: HttpRequest) -> TemplateResponse:
    found = Series.objects.published().filter(is_key=True).with_access().in_order()
    entries = glance.entries(found, reader_of(request))
    return TemplateResponse(
        request,
        "research/statistics/industry.html",
        {
            "fields": glance.by_field(entries),
            "has_sample": any(entry.series.is_sample for entry in entries),
            "sample_label": drawing.sample_label(),
        },
    )


@login_not_required
@require_safe
def series(request: HttpRequest, code: str) -> HttpResponse:
    """The kept page for visitors costs one SELECT: is this still the version?"""
    facts = Series.objects.published().filter(code=code).values_list("pk", "version", "audience")
    current = facts.first()
    if current is None:
        raise Http404
    pk, version, audience = current
    if is_signed_out(request) and request.method == "GET":
        is_locked = audience == Series.Audience.MEMBERS
        counting.count_use([(pk, is_locked)], request.user)
    return cached_page(
        request, name=f"series:{pk}", version=str(version), draw=lambda: _page(request, pk)
    )


def _read(request: HttpRequest, **wanted: Any) -> tuple[Reading, Selection]:
    found = Series.objects.published().with_access()
    reading = read(get_object_or_404(found, **wanted), reader_of(request), clock.now())
    chosen = selected(reading.series, request.GET, sees_detail=reading.sees_detail)
    return reading, with_map_of(reading, chosen, instant_of(chosen.as_of))


def _page(request: HttpRequest, pk: int) -> TemplateResponse:
    reading, chosen = _read(request, pk=pk)
    if not is_signed_out(request):
        _count(request, [reading])
    series, at = reading.series, instant_of(chosen.as_of)
    shown_table = table(reading, chosen, at)
    chosen = drawing.drawable(shown_table, chosen)
    pictures = drawing.draw(shown_table, chosen)
    files_query = chosen.query(series)
    query = files_query if request.GET else ""
    return TemplateResponse(
        request,
        "research/statistics/series_detail.html",
        {
            "reading": reading,
            "series": series,
            "selection": chosen,
            "form": SelectionForm(
                series,
                chosen,
                charts=drawing.charts_for(shown_table, chosen),
                has_detail=reading.sees_detail,
            ),
            "range_form": RangeForm(series, _starts(reading, at), chosen),
            "table": shown_table,
            "chart": drawing.joined(pictures),
            "why_not_drawn": undrawn.told(reading, request.GET, chosen),
            "is_cut": len(drawing.drawn_lines(shown_table, chosen)) < len(shown_table.lines)
            and chosen.chart in ("line", "bar"),
            "revisions": _revisions(request, reading, at),
            "sample_label": drawing.sample_label(),
            "query": query,
            "files_query": files_query,
            "has_more": reading.has_detail and reading.sees_detail,
            "link": exports.link(series, query),
            "odd": misread.of_series(series, request.GET, chosen),
        },
    )


def _count(request: HttpRequest, readings: list[Reading], *, is_file: bool = False) -> None:
    """Looks of people, for the office's figures; not of staff who look as somebody else."""
    if request.method == "GET" and not viewing_of(request):
        asked = [(reading.series.pk, not reading.sees_total) for reading in readings]
        counting.count_use(asked, request.user, is_file=is_file)


def _starts(reading: Reading, at: Any) -> list[Any]:
    rows = reading.observations(at).order_by("period")
    return list(rows.values_list("period", flat=True).distinct())


def _revisions(request: HttpRequest, reading: Reading, at: Any) -> Page:
    """A page of the changes of what this reader sees, as known then, the latest first."""
    series, rows = reading.series, Observation.objects.none()
    if reading.sees_total:
        rows = Observation.objects.filter(series=series, known_at__lte=at).other_figures()
    if not reading.sees_detail:
        rows = rows.totals()
    page = page_of(request, rows.select_related("replaces").order_by("-known_at", "pk"))
    page.object_list = [revision(series, row) for row in page.object_list]
    return page


def revision(series: Series, row: Observation) -> dict[str, Any]:
    """A change as a line of the history. Fetched with the value that it replaces."""
    old = row.replaces
    assert old is not None
    return {
        "row": row,
        "name": cell_name(series, row.region, (row.first, row.second)),
        "label": exports.period_label(series, row),
        "old": shown(Point(old.period, old.value, old.mark), series.places),
        "new": shown(Point(row.period, row.value, row.mark), series.places),
    }


@login_not_required
@require_safe
def series_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """CSV, XLSX, JSON or the picture: of what the address names, or of all that this reader may
    see where it names no lines."""
    reading, chosen = _read(request, code=code)
    if looking := why_nothing_leaves(request):
        return responses.refused(looking, kind, "viewing")
    if not reading.sees_total:
        _count(request, [reading], is_file=True)
        return responses.refused(reading.why_not, kind, reading.total.code)
    if odd := misread.of_file(reading.series, request.GET, chosen):
        return responses.refused(misread.sentence(odd), kind, "misread", status=400)
    at = instant_of(chosen.as_of)
    pictures, wanted = [], selected(reading.series, request.GET, sees_detail=True)
    if kind == "svg":
        shown_table = table(reading, chosen, at)
        wanted = drawing.drawable(shown_table, chosen)
        pictures = drawing.draw(shown_table, wanted)
    if why_not := undrawn.why_not(reading, request.GET, wanted):
        return responses.refused(why_not, kind, "undrawn", status=400)
    if kind == "svg" and not pictures:
        raise Http404
    _count(request, [reading], is_file=True)
    if kind == "svg":
        return responses.as_svg(pictures[0], reading.series.code)
    rows = exports.wanted_rows(reading, chosen, at, names_lines="by" in request.GET)
    if kind == "json":
        return responses.as_json(exports.series_facts(reading, chosen, rows))
    told = exports.series_file(reading, chosen, rows)
    return responses.as_csv(told) if kind == "csv" else responses.as_xlsx(told)


def _compared(request: HttpRequest) -> Comparison:
    wanted = Wanted.of(request.GET)
    found = Series.objects.published().filter(code__in=wanted.codes).with_access()
    return compare(found, reader_of(request), wanted)


@login_not_required
@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    found = _compared(request)
    _count(request, found.readings)
    names = {
        row.code: _("%(name)s (%(unit)s)") % {"name": row.name, "unit": row.unit}
        for row in Series.objects.published()
        .in_order()
        .only("code", "name_ko", "name_en", "unit_ko", "unit_en")
    }
    return TemplateResponse(
        request,
        "research/statistics/comparison.html",
        {
            "found": found,
            "form": CompareForm(list(names.items()), found.wanted),
            "chart": drawing.joined(found.pictures()),
            "query": found.query,
            "link": exports.comparison_link(found.query),
            "odd": misread.of_comparison(request.GET, found),
            "too_many": misread.too_many(request.GET),
        },
    )


@login_not_required
@require_safe
def comparison_file(request: HttpRequest, kind: str) -> HttpResponse:
    found = _compared(request)
    if looking := why_nothing_leaves(request):
        return responses.refused(looking, kind, "viewing")
    if not found.lines and found.shut:
        _count(request, found.readings, is_file=True)
        return responses.refused(found.shut[0].why_not, kind, found.shut[0].total.code)
    if too_many := misread.too_many(request.GET):
        return responses.refused(too_many, kind, "too_many", status=400)
    if odd := misread.of_comparison(request.GET, found):
        return responses.refused(misread.sentence(odd), kind, "misread", status=400)
    if not found.lines and found.left_out:
        return responses.refused(" ".join(found.left_out), kind, "no_index", status=400)
    if not found.lines:
        raise Http404
    _count(request, found.readings, is_file=True)
    if kind == "json":
        return responses.as_json(exports.comparison_facts(found))
    if kind == "svg":
        return responses.as_svg(found.pictures()[0], "comparison")
    told = exports.comparison_file(found)
    return responses.as_csv(told) if kind == "csv" else responses.as_xlsx(told)
