"""The editors' desk: values from a file."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe
from kosna.core.models import Batch
from research import actions
from research.forms.series_desk import SeriesUploadForm
from research.models import Series, SeriesImport, SeriesImportRow
from research.staff_views.statistics import CHANGE, series_page
from research.statistics import exports, periods, responses
from research.statistics.reading import cell_name
from research.statistics.tables import Point, shown

Status, Verdict = SeriesImport.Status, SeriesImportRow.Verdict


def _series(request: HttpRequest, pk: int) -> Series:
    found = Series.objects.permitted(request.user, CHANGE)
    return get_object_or_404(found.prefetch_related("tiers"), pk=pk)


@staff_view(CHANGE)
@require_POST
def bring(request: HttpRequest, pk: int) -> HttpResponse:
    series = _series(request, pk)
    form = SeriesUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return series_page(request, series, upload_form=form, status=422)
    typed = form.cleaned_data
    imported = actions.start_series_import(
        typed["file"],
        typed["shape"],
        series=series,
        reason=typed["reason"],
        reason_en=typed["reason_en"],
        by=request.user,
    )
    return redirect(imported)


def _import(request: HttpRequest, uuid: str) -> SeriesImport:
    rows = SeriesImport.objects.permitted(request.user, CHANGE)
    return get_object_or_404(rows.select_related("series", "by", "batch"), uuid=uuid)


@staff_view(CHANGE)
@require_safe
def imported(request: HttpRequest, uuid: str) -> TemplateResponse:
    return _page(request, _import(request, uuid))


def _page(
    request: HttpRequest, row: SeriesImport, *, refusal: Refused | None = None
) -> TemplateResponse:
    at_work = bool(row.batch) and not row.batch.is_over
    has_failed = bool(row.batch) and row.batch.status == Batch.Status.FAILED
    lines = row.rows.select_related("old").order_by("line")
    if (verdict := request.GET.get("verdict")) in Verdict.values:
        lines = lines.filter(verdict=verdict)
    page = page_of(request, lines)
    return TemplateResponse(
        request,
        "staff/research/statistics/import_detail.html",
        {
            "imported": row,
            "series": row.series,
            "at_work": at_work,
            # Its check came to nothing: by the file, or by what happened to us.
            "is_useless": has_failed and row.status in (Status.CHECKING, Status.ABANDONED),
            "reload_seconds": 2 if at_work else None,
            "refusal": refusal,
            "page": page,
            "rows": [_told(row.series, line) for line in page.object_list],
            "verdict": verdict,
            "counts": [
                (code, label, row.counts.get(code, 0), SeriesImportRow.TONES[Verdict(code)])
                for code, label in Verdict.choices
            ],
            "may_apply": row.status == Status.CHECKED and not row.counts.get(Verdict.WRONG),
        },
        status=422 if refusal else 200,
    )


def _told(series: Series, row: SeriesImportRow) -> dict[str, object]:
    if row.verdict == Verdict.WRONG or row.period is None:
        return {"row": row, "name": row.typed, "label": "", "new": "", "old": ""}
    old = row.old
    return {
        "row": row,
        "label": periods.label(row.period, series.frequency),
        "name": cell_name(series, row.region, (row.first, row.second)),
        "new": shown(Point(row.period, row.value, row.mark), series.places),
        "old": shown(Point(old.period, old.value, old.mark), series.places) if old else "",
    }


@staff_view(CHANGE)
@require_POST
def apply(request: HttpRequest, uuid: str) -> HttpResponse:
    row = _import(request, uuid)
    try:
        actions.apply_series_import(row, by=request.user)
    except Refused as refusal:
        return _page(request, row, refusal=refusal)
    return redirect(row)


@staff_view(CHANGE)
@require_POST
def abandon(request: HttpRequest, uuid: str) -> HttpResponse:
    row = _import(request, uuid)
    actions.abandon_series_import(row, by=request.user)
    messages.success(request, _("The import has been given up. Nothing of it was written."))
    return redirect("research_staff:series", pk=row.series_id)


@staff_view(CHANGE)
@require_safe
def template_xlsx(request: HttpRequest, pk: int) -> FileResponse:
    """The headings that this series takes, below an example in words."""
    return responses.as_xlsx(exports.template_of(_series(request, pk), clock.today()))


@staff_view(CHANGE)
@require_safe
def template_csv(request: HttpRequest, pk: int) -> HttpResponse:
    return responses.as_csv(exports.template_of(_series(request, pk), clock.today()))
