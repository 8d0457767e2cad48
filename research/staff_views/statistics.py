"""The editors' desk: the statistics and their values."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe
from members.forms import PersonForm
from research import actions
from research.explaining import explain_series
from research.forms.desk import ReturnForm
from research.forms.series_desk import (
    DeskSeriesSearchForm,
    SeriesForm,
    SeriesUploadForm,
    ValueForm,
)
from research.models import Observation, Series
from research.statistics import periods
from research.statistics.reading import cell_name
from research.statistics.tables import Point, shown

VIEW, CHANGE = "research.view_series", "research.change_series"
EXPLAIN = "research.view_reader"
IMPORTS_SHOWN = 5
WHO_SEES = {
    Series.Audience.EVERYONE: gettext_lazy("Everyone"),
    Series.Audience.DETAIL: gettext_lazy("Detail for members"),
    Series.Audience.MEMBERS: gettext_lazy("Members"),
}
EXPORT = ListExport(
    "research.export_series",
    gettext_lazy("Statistics"),
    [
        (gettext_lazy("Statistic"), lambda series: series.name),
        (gettext_lazy("Sample data"), lambda series: _("Yes") if series.is_sample else ""),
        (gettext_lazy("Field"), lambda series: series.get_topic_display()),
        (gettext_lazy("Frequency"), lambda series: series.get_frequency_display()),
        (gettext_lazy("Values"), lambda series: series.told),
        (gettext_lazy("Who sees the values"), lambda series: WHO_SEES[series.audience]),
        (gettext_lazy("Last changed"), lambda series: clock.kst_date(series.changed_at)),
        (gettext_lazy("Status"), lambda series: series.get_status_display()),
    ],
)


@staff_view(VIEW)
@require_safe
def series_list(request: HttpRequest) -> TemplateResponse:
    form, found = _listed(request)
    page = page_of(request, found)
    rows = list(page.object_list)
    told = dict(
        Observation.objects.filter(series__in=rows, replaced_by=None)
        .order_by()
        .values_list("series")
        .annotate(Count("pk"))
    )
    return TemplateResponse(
        request,
        "staff/research/statistics/series_list.html",
        {
            "form": form,
            "page": page,
            "rows": [(series, told.get(series.pk, 0)) for series in rows],
            "may_change": request.user.has_perm(CHANGE),
        },
    )


def _listed(request: HttpRequest) -> tuple[DeskSeriesSearchForm, Any]:
    form = DeskSeriesSearchForm(request.GET)
    wanted = form.wanted()
    found = Series.objects.permitted(request.user, VIEW).narrowed(wanted)
    return form, found.search(wanted.get("q", "")).in_order()


@require_POST
@staff_view(VIEW)
def series_list_export(request: HttpRequest) -> HttpResponseBase:
    _form, found = _listed(request)
    standing = Observation.objects.filter(series=OuterRef("pk"), replaced_by=None).order_by()
    counted = standing.values("series").annotate(n=Count("pk")).values("n")
    return EXPORT.answer(request, found.annotate(told=Coalesce(Subquery(counted), 0)))


def _series(request: HttpRequest, pk: int, verb: str = CHANGE) -> Series:
    found = Series.objects.permitted(request.user, verb)
    return get_object_or_404(found.prefetch_related("tiers"), pk=pk)


@staff_view(VIEW)
@require_safe
def series(request: HttpRequest, pk: int) -> TemplateResponse:
    return series_page(request, _series(request, pk, VIEW))


def series_page(
    request: HttpRequest, series: Series, *, status: int = 200, **forms: Any
) -> TemplateResponse:
    """Facts, values with their history, and what an editor may do."""
    history = request.GET.get("history") == "1"
    rows = Observation.objects.filter(series=series).select_related("replaces", "by")
    if history:
        rows = rows.exclude(replaces=None).order_by("-known_at", "-pk")
    else:
        rows = rows.filter(replaced_by=None).order_by("-period", "region", "first", "second", "pk")
    page = page_of(request, rows)
    return TemplateResponse(
        request,
        "staff/research/statistics/series_detail.html",
        {
            "series": series,
            "page": page,
            "history": history,
            "values": [_told(series, row) for row in page.object_list],
            "imports": series.imports.select_related("by").order_by("-pk")[:IMPORTS_SHOWN],
            "may_change": request.user.has_perm(CHANGE),
            "may_explain": request.user.has_perm(EXPLAIN),
            "value_form": ValueForm(series=series),
            "upload_form": SeriesUploadForm(),
            "withdraw_form": ReturnForm(),
            **forms,
        },
        status=status,
    )


def _told(series: Series, row: Observation) -> dict[str, Any]:
    old = row.replaces
    return {
        "row": row,
        "label": periods.label(row.period, series.frequency),
        "name": cell_name(series, row.region, (row.first, row.second)),
        "value": shown(Point(row.period, row.value, row.mark), series.places),
        "old": shown(Point(old.period, old.value, old.mark), series.places) if old else "",
    }


@staff_view(EXPLAIN)
@require_safe
def series_access(request: HttpRequest, pk: int) -> TemplateResponse:
    """With ``?who=`` why that person sees the values, or not. Looking leaves a trace."""
    series = _series(request, pk, EXPLAIN)
    form = PersonForm(request.GET if "who" in request.GET else None)
    person = form.cleaned_data["who"] if form.is_valid() else None
    if person:
        audit.viewed(request, series, subjects={person.pk})
    return TemplateResponse(
        request,
        "staff/research/statistics/series_access.html",
        {
            "series": series,
            "form": form,
            "person": person,
            "ways": explain_series(series, person, clock.now()) if person else [],
        },
    )


@staff_view(CHANGE)
def series_new(request: HttpRequest) -> HttpResponse:
    if not request.scope.everywhere:
        raise PermissionDenied
    return _edit(request, Series())


@staff_view(CHANGE)
def series_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, _series(request, pk))


def _edit(request: HttpRequest, series: Series) -> HttpResponse:
    is_new = series.pk is None
    form = SeriesForm(request.POST or None, instance=series)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_series(
                form.save(), tiers=form.cleaned_data["tiers"], by=request.user
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The statistic was saved."))
            return _to_series(saved)
    return TemplateResponse(
        request,
        "staff/research/statistics/series_form.html",
        {"form": form, "series": None if is_new else series},
        status=422 if form.is_bound else 200,
    )


@staff_view(CHANGE)
@require_POST
def series_publish(request: HttpRequest, pk: int) -> HttpResponse:
    series = _series(request, pk)
    actions.publish_series(series, by=request.user)
    messages.success(request, _("The statistic is published."))
    return _to_series(series)


@staff_view(CHANGE)
@require_POST
def series_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    series = _series(request, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return series_page(request, series, withdraw_form=form, status=422)
    actions.withdraw_series(series, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The statistic was withdrawn. Its page and files are closed."))
    return _to_series(series)


@staff_view(CHANGE)
@require_POST
def value_tell(request: HttpRequest, pk: int) -> HttpResponse:
    series = _series(request, pk)
    form = ValueForm(request.POST, series=series)
    if form.is_valid():
        try:
            actions.tell_values(
                series, [form.told()], reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The value was written."))
            return _to_series(series)
    return series_page(request, series, value_form=form, status=422)


def _to_series(series: Series) -> HttpResponseRedirect:
    return redirect("research_staff:series", pk=series.pk)
