"""Requests to inspect the register: what waits, one of them with its looks, and the answers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponseBase
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
from kosna.core.methods import require_POST
from members import actions
from members.forms import DeclineForm, GrantForm, StrangerForm
from members.models import Inspection

VIEW, DECIDE = "members.view_inspection", "members.decide_inspection"
EXPORT = ListExport(
    "members.export_inspections",
    gettext_lazy("Inspection requests"),
    [
        (gettext_lazy("Number"), lambda row: row.number),
        (gettext_lazy("Requester"), lambda row: row.name),
        (gettext_lazy("Affiliation"), lambda row: row.affiliation),
        (gettext_lazy("Received"), lambda row: clock.kst_date(row.requested_at)),
        (
            gettext_lazy("Answer by"),
            lambda row: row.answer_by if row.status == Inspection.Status.RECEIVED else "",
        ),
        (gettext_lazy("Open until"), lambda row: row.expires_on),
        (
            gettext_lazy("Status"),
            lambda row: _("Expired") if row.has_expired else row.get_status_display(),
        ),
    ],
    people=["requester"],
)


@staff_view(VIEW)
def inspections(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(
        request,
        "staff/members/inspection_list.html",
        {"page": page_of(request, _listed(request)), "may_decide": request.user.has_perm(DECIDE)},
    )


def _listed(request: HttpRequest) -> Any:
    return Inspection.objects.permitted(request.user, VIEW).order_by("-requested_at", "-pk")


@require_POST
@staff_view(VIEW)
def inspections_export(request: HttpRequest) -> HttpResponseBase:
    return EXPORT.answer(request, _listed(request))


@staff_view(DECIDE)
def inspection_new(request: HttpRequest) -> HttpResponseBase:
    """A stranger's letter, as the desk enters it."""
    form = StrangerForm(request.POST or None)
    if form.is_valid():
        row = actions.request_inspection(**form.cleaned_data, by=request.user)
        messages.success(request, _("The request has been entered and is confirmed by mail."))
        return redirect("members_staff:inspection", row.number)
    return TemplateResponse(
        request,
        "staff/members/inspection_form.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


def _inspection(request: HttpRequest, number: str, verb: str) -> Inspection:
    rows = Inspection.objects.permitted(request.user, verb)
    related = ("requester", "entered_by", "decided_by")
    return get_object_or_404(rows.select_related(*related), number=number)


@staff_view(VIEW)
def inspection(request: HttpRequest, number: str) -> TemplateResponse:
    row = _inspection(request, number, VIEW)
    audit.viewed(request, row, subjects=[row.requester_id] if row.requester_id else [])
    return _page(request, row)


def _page(
    request: HttpRequest, row: Inspection, bound: dict[str, Form] | None = None
) -> TemplateResponse:
    bound = bound or {}
    may_decide = request.user.has_perm(DECIDE) and row.requester_id != request.user.pk
    return TemplateResponse(
        request,
        "staff/members/inspection_detail.html",
        {
            "inspection": row,
            "looks": page_of(request, row.looks.order_by("-at", "-pk")),
            "may_decide": may_decide and row.may_move_to(Inspection.Status.GRANTED),
            "may_end": may_decide and row.is_open,
            "grant_form": bound.get("grant") or GrantForm(prefix="grant"),
            "refuse_form": bound.get("refuse") or DeclineForm(prefix="refuse"),
            "end_form": bound.get("end") or DeclineForm(prefix="end"),
            "refused_form": next(iter(bound.values()), None),
        },
        status=422 if bound else 200,
    )


@require_POST
@staff_view(DECIDE)
def grant(request: HttpRequest, number: str) -> HttpResponseBase:
    form = GrantForm(request.POST, prefix="grant")
    done = _("Granted. The requester has the address by mail.")
    return _decide(request, number, "grant", form, actions.grant_inspection, done)


@require_POST
@staff_view(DECIDE)
def refuse(request: HttpRequest, number: str) -> HttpResponseBase:
    form = DeclineForm(request.POST, prefix="refuse")
    done = _("Refused. The requester has the reason by mail.")
    return _decide(request, number, "refuse", form, actions.refuse_inspection, done)


@require_POST
@staff_view(DECIDE)
def end(request: HttpRequest, number: str) -> HttpResponseBase:
    form = DeclineForm(request.POST, prefix="end")
    done = _("Ended. The address no longer opens.")
    return _decide(request, number, "end", form, actions.end_inspection, done)


def _decide(
    request: HttpRequest,
    number: str,
    decision: str,
    form: Any,
    action: Callable[..., None],
    done: str,
) -> HttpResponseBase:
    """One of the answers; a form that was refused is shown again where it stood."""
    row = _inspection(request, number, DECIDE)
    if form.is_valid():
        try:
            action(row, **getattr(form, "facts", form.cleaned_data), by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, done)
            return redirect("members_staff:inspection", row.number)
    return _page(request, _inspection(request, number, DECIDE), {decision: form})
