"""Requests for consulting at the desk of their branch: read, given to a consultant, declined."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members.programmes import figures as numbers
from members.programmes.actions import (
    assign_consulting,
    close_consulting,
    decline_consulting,
    return_consulting,
)
from members.programmes.entitled import is_paid
from members.programmes.forms import AssignForm, ReasonForm, StaffConsultingFilter
from members.programmes.models import ConsultingRequest, ConsultingRound

VIEW, RUN = "programmes.view_consulting", "programmes.run_consulting"
Status = ConsultingRequest.Status
EXPORT = ListExport(
    "programmes.export_consulting",
    gettext_lazy("Consulting requests"),
    [
        (gettext_lazy("Number"), lambda row: row.number),
        (gettext_lazy("Member"), lambda row: row.member.name),
        (gettext_lazy("Branch"), lambda row: row.branch.name),
        (gettext_lazy("Field"), lambda row: row.get_field_display()),
        (gettext_lazy("Topic"), lambda row: row.topic),
        (gettext_lazy("Round"), lambda row: row.round.name if row.round else ""),
        (gettext_lazy("Received"), lambda row: clock.kst_date(row.asked_at)),
        (
            gettext_lazy("Consultant"),
            lambda row: row.consultant.user.name if row.consultant else "",
        ),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["asked_by"],
)


@staff_view(VIEW)
def requests(request: HttpRequest) -> TemplateResponse:
    form, rows = _listed(request)
    return TemplateResponse(
        request,
        "staff/programmes/consulting.html",
        {
            "form": form,
            "page": page_of(request, rows.waiting_first()),
            "may_run": request.user.has_perm(RUN),
        },
    )


def _listed(request: HttpRequest) -> tuple[StaffConsultingFilter, Any]:
    form = StaffConsultingFilter(
        request.GET,
        branches=Branch.objects.permitted(request.user, VIEW),
        rounds=ConsultingRound.objects.permitted(request.user, VIEW).newest(),
    )
    rows = ConsultingRequest.objects.permitted(request.user, VIEW).for_lists()
    return form, form.narrow(rows)


@require_POST
@staff_view(VIEW)
def requests_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    return EXPORT.answer(request, rows.order_by("-pk"), branch=form.cleaned_data.get("branch"))


@staff_view(VIEW)
def figures(request: HttpRequest) -> TemplateResponse:
    rows = ConsultingRequest.objects.permitted(request.user, VIEW)
    branches, fields = numbers.by_branch(rows), numbers.by_field(rows)
    return TemplateResponse(
        request,
        "staff/programmes/consulting_figures.html",
        {
            "tables": [(_("By branch"), branches), (_("By field"), fields)],
            "total": numbers.total(rows, branches, fields),
            "fewest": numbers.FEWEST,
        },
    )


def _request(request: HttpRequest, number: str, verb: str) -> ConsultingRequest:
    rows = ConsultingRequest.objects.permitted(request.user, verb).for_lists()
    related = ("member__organisation", "member__tier", "assigned_by", "ended_by")
    return get_object_or_404(rows.select_related(*related), number=number)


@staff_view(VIEW)
def request_page(request: HttpRequest, number: str) -> TemplateResponse:
    row = _request(request, number, VIEW)
    audit.viewed(request, row, subjects=[row.asked_by_id])
    return _page(request, row)


def _page(
    request: HttpRequest, row: ConsultingRequest, bound: dict[str, forms.Form] | None = None
) -> TemplateResponse:
    bound = bound or {}
    asked_by_me = row.asked_by_id == request.user.pk
    may_run = request.user.has_perm(RUN, row.branch) and not asked_by_me
    offered = {
        "assign": (Status.ASSIGNED, lambda: AssignForm(request=row)),
        "decline": (Status.DECLINED, lambda: reason_form("decline")),
        "return": (Status.RECEIVED, lambda: reason_form("return")),
        "close": (Status.CLOSED, lambda: reason_form("close")),
    }
    actable = {
        name: bound.get(name) or make()
        for name, (status, make) in offered.items()
        if may_run and row.may_move_to(status)
    }
    return TemplateResponse(
        request,
        "staff/programmes/consulting_request.html",
        {
            "row": row,
            "forms": actable,
            "take_back": actable.get("return"),
            "is_paid": is_paid(row.member, clock.now()),
            "may_see_member": request.user.has_perm("members.view_member", row.member.branch),
        },
        status=422 if bound else 200,
    )


HINTS = {
    "decline": gettext_lazy("The asker reads this."),
    "return": gettext_lazy("The consultant reads this."),
    "close": gettext_lazy("Stays on record."),
}


def reason_form(name: str, data: Any = None) -> ReasonForm:
    return ReasonForm(data, prefix=name, hint=HINTS[name])


@require_POST
@staff_view(RUN)
def assign(request: HttpRequest, number: str) -> HttpResponse:
    form = AssignForm(request.POST, request=_request(request, number, RUN))
    done = _("Assigned. Asker and consultant have a mail.")
    return _do(request, number, "assign", form, assign_consulting, done)


@require_POST
@staff_view(RUN)
def decline(request: HttpRequest, number: str) -> HttpResponse:
    form = reason_form("decline", request.POST)
    done = _("Declined. The asker has the reason by mail.")
    return _do(request, number, "decline", form, decline_consulting, done)


@require_POST
@staff_view(RUN)
def take_back(request: HttpRequest, number: str) -> HttpResponse:
    form = reason_form("return", request.POST)
    done = _("Taken back. Give it to another consultant.")
    return _do(request, number, "return", form, return_consulting, done)


@require_POST
@staff_view(RUN)
def close(request: HttpRequest, number: str) -> HttpResponse:
    form = reason_form("close", request.POST)
    return _do(request, number, "close", form, close_consulting, _("Closed."))


def _do(
    request: HttpRequest, number: str, name: str, form: Any, act: Callable[..., None], done: str
) -> HttpResponse:
    """One of the answers; a form that was refused is shown again where it stood."""
    row = _request(request, number, RUN)
    if form.is_valid():
        try:
            act(row, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, done)
            return redirect("programmes_staff:consulting-request", number)
    return _page(request, _request(request, number, RUN), {name: form})
