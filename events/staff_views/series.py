"""Recurring classes at the desk: the rule is typed, its days are seen, and then confirmed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import actions
from events.forms.series import ChangeForm, RuleForm, SeriesForm
from events.models import ClassSeries, Event
from events.series import meetings
from events.staff_views.events import event_or_404
from kosna.branches.access import staff_view
from kosna.core.errors import Refused


@staff_view("events.change_event")
def series_list(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    form = SeriesForm(request.POST or None)
    if _is_confirmed(request, form):
        typed = form.cleaned_data
        try:
            actions.make_series(
                event,
                form.rule,
                title_ko=typed["title_ko"],
                title_en=typed["title_en"],
                by=request.user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return _to_programme(request, slug)
    return _page(request, event, form, None)


@staff_view("events.change_event")
def series_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    series = get_object_or_404(event.series.select_related("event"), pk=pk)
    form = ChangeForm(request.POST or None, series=series)
    if _is_confirmed(request, form):
        try:
            actions.change_series(series, form.rule, since=form.since, by=request.user)
        except Refused as refusal:
            refusal.field = "first" if refusal.field == "since" else refusal.field
            refusal.to_form(form)
        else:
            return _to_programme(request, slug)
    return _page(request, event, form, series)


def _is_confirmed(request: HttpRequest, form: RuleForm) -> bool:
    return request.method == "POST" and form.is_valid() and "confirm" in request.POST


def _to_programme(request: HttpRequest, slug: str) -> HttpResponse:
    messages.success(
        request, _("The sessions stand in the draft of the programme. Publish it to show them.")
    )
    return redirect("events_staff:programme", slug)


def _page(
    request: HttpRequest, event: Event, form: RuleForm, series: ClassSeries | None
) -> HttpResponse:
    seen: list[Any] = []
    if form.is_bound and not form.errors:
        seen = list(meetings(form.rule, form.since))
    return TemplateResponse(
        request,
        "staff/events/series.html",
        {
            "event": event,
            "form": form,
            "series": series,
            "all_series": event.series.all(),
            "meetings": seen,
            "held": sum(not row.is_left_out for row in seen),
            "left_out": sum(row.is_left_out for row in seen),
        },
        status=422 if form.is_bound and form.errors else 200,
    )
