"""Recurring classes at the desk: the rule is typed, its days are seen, and then confirmed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import actions
from events.forms.series import ChangeForm, RuleForm, SeriesForm
from events.models import ClassSeries, Event
from events.series import meetings
from events.staff_views.events import event_or_404
from kosna.branches.access import staff_view
from kosna.core.errors import Refused
from kosna.core.methods import require_POST


@staff_view("events.change_event")
def series_list(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    form = SeriesForm(request.POST or None, event=event)

    def make() -> None:
        typed = form.cleaned_data
        texts = {name: typed[name] for name in ("title_ko", "title_en", "room", "capacity")}
        actions.make_series(event, form.rule, **texts, by=request.user)

    if _is_done(request, form, lambda: actions.held_days(event, form.rule), make):
        return _to_programme(request, slug)
    return _page(request, event, form, None)


@staff_view("events.change_event")
def series_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    series = get_object_or_404(event.series.select_related("event"), pk=pk)
    form = ChangeForm(request.POST or None, series=series)

    def change() -> None:
        actions.change_series(series, form.rule, since=form.since, by=request.user)

    if _is_done(request, form, lambda: actions.held_days(event, form.rule, form.since), change):
        return _to_programme(request, slug)
    return _page(request, event, form, series)


@require_POST
@staff_view("events.change_event")
def series_drop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    series = get_object_or_404(event.series.select_related("event"), pk=pk)
    dropped = actions.drop_series(series, by=request.user)
    done = ngettext(
        "%(n)s session was taken out of the draft. Publish it to tell those concerned.",
        "%(n)s sessions were taken out of the draft. Publish it to tell those concerned.",
        dropped,
    )
    messages.success(request, done % {"n": dropped})
    return redirect("events_staff:programme", slug)


def _is_done(
    request: HttpRequest, form: RuleForm, look: Callable[[], object], deed: Callable[[], None]
) -> bool:
    """Whether what was typed is done. Days that are only looked at are refused as they would be
    then."""
    if request.method != "POST" or not form.is_valid():
        return False
    is_confirmed = "confirm" in request.POST
    try:
        if is_confirmed:
            deed()
        else:
            look()
    except Refused as refusal:
        refusal.field = "first" if refusal.field == "since" else refusal.field
        refusal.to_form(form)
        return False
    return is_confirmed


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
    coming = list(series.coming()) if series else []
    return TemplateResponse(
        request,
        "staff/events/series.html",
        {
            "event": event,
            "form": form,
            "series": series,
            "coming": len(coming),
            "signed_up": [row for row in coming if row.session and row.session.taken],
            "all_series": event.series.all(),
            "meetings": seen,
            "held": sum(not row.is_left_out for row in seen),
            "left_out": sum(row.is_left_out for row in seen),
        },
        status=422 if form.is_bound and form.errors else 200,
    )
