"""After the event: certificates of one's own and of one's company's people, files, a survey."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import actions, certificates, materials, surveys
from events.forms.registering import SurveyForm
from events.models import Event, Material, Registration
from events.views.tickets import ticket_or_404, unlisted
from kosna.core import clock
from kosna.core.downloads import as_download
from kosna.core.errors import Refused
from kosna.core.methods import require_POST, require_safe
from members.models import Member
from members.viewing import reader_of, why_nothing_leaves

# --- certificates ---


@require_safe
def my_certificates(request: HttpRequest) -> HttpResponse:
    """One's own, and for who runs a company all its people's, by event."""
    mine = certificates.earned(Registration.objects.filter(user=request.user))
    companies = _companies(request)
    return TemplateResponse(
        request,
        "me/certificates.html",
        {
            "places": mine.select_related("event").order_by("-event__starts_at", "pk"),
            "companies": [(row, certificates.events_of(row)) for row in companies],
        },
    )


def _companies(request: HttpRequest) -> Any:
    running = Member.objects.filter(status__in=Member.RUNNING).exclude(organisation=None)
    return running.run_by(request.user).order_by("pk")


@require_POST
def company_certificates(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """All of a company's people at one event, as one PDF: long work with its own page."""
    member = get_object_or_404(_companies(request), pk=pk)
    event = get_object_or_404(Event.objects.published(), slug=slug)
    batch = actions.issue_certificates(
        member, event, language=get_language() or "ko", by=request.user
    )
    return redirect("me:work", batch.uuid)


# --- files ---


@login_not_required
@require_safe
def event_materials(request: HttpRequest, slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.published().select_related("branch"), slug=slug)
    rows, reader = list(materials.of_event(event)), reader_of(request)
    came = materials.has_come(reader, event) if rows else False
    return TemplateResponse(
        request,
        "events/materials.html",
        {
            "event": event,
            "shelved": materials.shelve(rows, reader, clock.now(), came=came),
        },
    )


@login_not_required
@require_safe
def material(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    event = get_object_or_404(Event.objects.published(), slug=slug)
    row = get_object_or_404(materials.of_event(event), pk=pk)
    if looking := why_nothing_leaves(request):
        return _refused(request, event, looking)
    came = materials.has_come(request.user, event)
    decision = materials.may_read(row, request.user, clock.now(), came=came)
    return _bytes(row) if decision.allowed else _refused(request, event, decision.reason)


@login_not_required
@require_safe
def ticket_material(request: HttpRequest, secret: str, pk: int) -> HttpResponseBase:
    """For who holds the ticket, with an account or without."""
    place = ticket_or_404(secret)
    row = get_object_or_404(materials.of_event(place.event), pk=pk)
    if looking := why_nothing_leaves(request):
        return unlisted(_refused(request, place.event, looking))
    came = materials.came_with(place)
    decision = materials.may_read(row, request.user, clock.now(), came=came)
    if decision.allowed:
        return _bytes(row)
    return unlisted(_refused(request, place.event, decision.reason))


def _refused(request: HttpRequest, event: Event, reason: str) -> HttpResponse:
    return TemplateResponse(
        request,
        "events/material_refused.html",
        {
            "event": event,
            "reason": reason,
            "own_address": reverse("events:materials", args=[event.slug]),
        },
        status=403,
    )


def _bytes(row: Material) -> HttpResponseBase:
    return as_download(row.file, name=row.file_name, content_type=row.content_type)


# --- the survey ---


@login_not_required
def survey(request: HttpRequest, secret: str) -> HttpResponse:
    """For who holds the ticket and came; once."""
    place = ticket_or_404(secret)
    questions = list(place.event.questions.all())
    if not questions:
        raise Http404
    reason = surveys.why_not(place, clock.now())
    is_sent = request.method == "POST" and not reason
    form = SurveyForm(request.POST if is_sent else None, questions=questions)
    if is_sent and form.is_valid():
        try:
            actions.answer_survey(place, ticks=form.ticks, words=form.words)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Thank you. Your answers count without your name."))
            return redirect(place.get_absolute_url())
    return unlisted(
        TemplateResponse(
            request,
            "tickets/survey.html",
            {
                "place": place,
                "event": place.event,
                "form": form,
                "reason": reason,
                "closes_at": surveys.closes_at(place.event),
            },
            status=422 if form.errors else 200,
        )
    )
