"""What consultants see: the requests that were given to them, and nothing else."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.audit import actions as audit
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members.programmes.actions import report_consulting, schedule_consulting
from members.programmes.forms import MeetingForm, ReportForm
from members.programmes.models import ConsultingRequest

Status = ConsultingRequest.Status


def assigned(request: HttpRequest) -> TemplateResponse:
    rows = ConsultingRequest.objects.assigned_to(request.user).for_lists()
    page = page_of(request, rows.order_by("-assigned_at", "-pk"))
    return TemplateResponse(request, "me/consulting/assigned.html", {"page": page})


def _given(request: HttpRequest, number: str) -> ConsultingRequest:
    rows = ConsultingRequest.objects.assigned_to(request.user).for_lists()
    return get_object_or_404(rows, number=number)


def assignment(request: HttpRequest, number: str) -> TemplateResponse:
    row = _given(request, number)
    audit.viewed(request, row, subjects=[row.asked_by_id])
    return _page(request, row)


def _page(
    request: HttpRequest, row: ConsultingRequest, bound: dict[str, forms.Form] | None = None
) -> TemplateResponse:
    bound = bound or {}
    agreed = {"meets_at": row.meets_at, "place": row.place}
    in_hand = row.status in ConsultingRequest.IN_HAND
    return TemplateResponse(
        request,
        "me/consulting/assignment.html",
        {
            "row": row,
            "meeting_form": (bound.get("meeting") or MeetingForm(initial=agreed))
            if in_hand
            else None,
            "report_form": (bound.get("report") or ReportForm())
            if row.status == Status.SCHEDULED
            else None,
        },
        status=422 if bound else 200,
    )


@require_POST
def schedule(request: HttpRequest, number: str) -> HttpResponse:
    done = _("The time is agreed. Both of you have a mail.")
    return _do(request, number, "meeting", MeetingForm(request.POST), schedule_consulting, done)


@require_POST
def report(request: HttpRequest, number: str) -> HttpResponse:
    done = _("The report is there. The asker has a mail.")
    return _do(request, number, "report", ReportForm(request.POST), report_consulting, done)


def _do(
    request: HttpRequest, number: str, name: str, form: Any, act: Callable[..., None], done: str
) -> HttpResponse:
    row = _given(request, number)
    if form.is_valid():
        try:
            act(row, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, done)
            return redirect("consulting:assignment", number)
    row = _given(request, number)
    if name == "report" and row.status != Status.SCHEDULED:
        messages.error(request, " ".join(form.non_field_errors()))
        return redirect("consulting:assignment", number)
    return _page(request, row, {name: form})
