"""After the event, for its organiser: the roll of its sessions, files, numbers, the survey."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import actions, materials, numbers, surveys
from events.explaining import explain
from events.forms.desk import MaterialForm, QuestionFormSet
from events.forms.who_reads import WhoReadsForm
from events.models import Answered, Event
from events.staff_views.events import edit_rows, event_or_404
from events.views.roll import call_roll
from kosna.audit import actions as audit
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.deeds import carried_out
from kosna.core.methods import require_POST, require_safe

EXPLAIN = "events.view_registration"

# --- the roll ---


@staff_view("events.check_in")
def attendance(request: HttpRequest, slug: str) -> HttpResponse:
    """Whoever is at the door alone sees no more of a name than there."""
    event = event_or_404(request, slug, "events.check_in")
    is_masked = not request.user.has_perm("events.view_registration", event.branch)
    return call_roll(request, event, "staff/events/attendance.html", is_masked=is_masked)


# --- files ---


@staff_view("events.change_event")
def event_materials(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    form = MaterialForm(request.POST or None, request.FILES or None)

    def add(**typed: Any) -> None:
        actions.add_material(event, by=request.user, **typed)

    if request.method == "POST" and carried_out(request, form, add, _("The file is handed out.")):
        return redirect(request.path)
    return TemplateResponse(
        request,
        "staff/events/materials.html",
        {
            "event": event,
            "form": form,
            "rows": materials.of_event(event),
            "may_explain": request.user.has_perm(EXPLAIN, event.branch),
        },
        status=422 if form.errors else 200,
    )


@staff_view(EXPLAIN)
@require_safe
def material_access(request: HttpRequest, slug: str) -> HttpResponse:
    """With ``?who=`` why that person can read each file, or not. Looking leaves a trace."""
    event = event_or_404(request, slug, EXPLAIN)
    form = WhoReadsForm(request.GET if "who" in request.GET else None, event=event, by=request.user)
    person = form.cleaned_data["who"] if form.is_valid() else None
    if person:
        audit.viewed(request, event, subjects={person.pk})
    rows = materials.of_event(event)
    return TemplateResponse(
        request,
        "staff/events/material_access.html",
        {
            "event": event,
            "form": form,
            "person": person,
            "explained": explain(rows, event, person, clock.now()) if person else [],
            "may_change": request.user.has_perm("events.change_event", event.branch),
        },
    )


@require_POST
@staff_view("events.change_event")
def material_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    actions.remove_material(get_object_or_404(event.materials, pk=pk), by=request.user)
    messages.success(request, _("The file is taken back."))
    return redirect("events_staff:materials", slug)


# --- numbers ---


@staff_view("events.view_event")
@require_safe
def event_numbers(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.view_event")
    tables = numbers.tables(event)
    total, addons = numbers.total(tables), numbers.addon_lines(event)
    booths = numbers.booth_lines(event)
    money = numbers.money(total, addons, booths)
    return TemplateResponse(
        request,
        "staff/events/numbers.html",
        {
            "event": event,
            "tables": tables,
            "addons": addons,
            "booths": booths,
            "total": total,
            "money": money,
            "all_money": numbers.all_money(money),
            "rows": reverse("events_staff:event", args=[slug]),
        },
    )


# --- the survey ---


def _has_answers(event: Event) -> bool:
    return Answered.objects.filter(registration__event=event).exists()


@staff_view("events.change_event")
def survey(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions, as long as nobody has answered them."""
    event = event_or_404(request, slug, "events.change_event")
    if _has_answers(event):
        messages.info(request, _("People have answered: the questions stay as they are."))
        return redirect("events_staff:survey-results", slug)
    formset = QuestionFormSet(request.POST or None, instance=event, prefix="questions")
    return edit_rows(
        request,
        event,
        [(gettext_lazy("Questions"), formset)],
        gettext_lazy("Survey"),
        gettext_lazy(
            "For those who came, until 30 days after the event. Nobody sees who said what."
        ),
    )


@staff_view("events.view_event")
@require_safe
def survey_results(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.view_event")
    came = event.registrations.confirmed().exclude(check_in=None)
    has_answers = _has_answers(event)
    return TemplateResponse(
        request,
        "staff/events/survey_results.html",
        {
            "event": event,
            "results": surveys.results(event),
            "fewest": surveys.FEWEST,
            "asked": came.count(),
            "answered": came.exclude(answered=None).count(),
            "closes_at": surveys.closes_at(event),
            "may_edit": not has_answers
            and request.user.has_perm("events.change_event", event.branch),
        },
    )
