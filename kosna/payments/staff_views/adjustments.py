"""Adjustments of what branches get: entered with reason and basis, much of it by two people."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.payments import actions
from kosna.payments.forms import ReasonForm
from kosna.payments.models import Adjustment, Statement
from kosna.payments.staff_views.statements import RUN, VIEW
from kosna.payments.statement_forms import AdjustmentFilter, AdjustmentForm

CONFIRM = "payments.confirm_adjustment"


def _stands_in(row: Adjustment) -> str:
    return f"{row.entry.statement.month:%Y-%m}" if hasattr(row, "entry") else ""


EXPORT = ListExport(
    "payments.export_adjustments",
    gettext_lazy("Adjustments"),
    [
        (gettext_lazy("Entered"), lambda row: row.proposed_at),
        (gettext_lazy("Entered by"), lambda row: row.proposed_by.name),
        (gettext_lazy("Branch"), lambda row: row.branch.name),
        (gettext_lazy("Amount"), lambda row: row.amount),
        (gettext_lazy("Reason"), lambda row: row.reason),
        (gettext_lazy("What it rests on"), lambda row: row.basis),
        (
            gettext_lazy("Corrects"),
            lambda row: f"{row.corrects.month:%Y-%m}" if row.corrects else "",
        ),
        (gettext_lazy("Stands in"), _stands_in),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
)


@staff_view(VIEW)
def adjustments(request: HttpRequest) -> TemplateResponse:
    form, rows = _listed(request)
    return TemplateResponse(
        request,
        "staff/settlements/adjustment_list.html",
        {
            "form": form,
            "page": page_of(request, rows),
            "may_enter": request.user.has_perm(RUN),
        },
    )


def _listed(request: HttpRequest) -> tuple[AdjustmentFilter, Any]:
    form = AdjustmentFilter(request.GET, branches=Branch.objects.permitted(request.user, VIEW))
    rows = form.narrow(Adjustment.objects.permitted(request.user, VIEW)).order_by("-pk")
    return form, rows.select_related("branch", "corrects", "proposed_by", "entry__statement")


@require_POST
@staff_view(VIEW)
def adjustments_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    return EXPORT.answer(request, rows, branch=form.cleaned_data.get("branch"))


@staff_view(RUN)
def adjustment_new(request: HttpRequest) -> HttpResponse:
    form = AdjustmentForm(
        request.POST or None,
        initial=_wanted(request),
        branches=Branch.objects.permitted(request.user, RUN),
        statements=Statement.objects.permitted(request.user, RUN),
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.enter_adjustment(**form.facts(), by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            if row.status == Adjustment.Status.BOOKED:
                messages.success(request, _("The adjustment is booked in the month that runs."))
            else:
                messages.info(request, _("So much money waits for another person."))
            return redirect("payments_staff:adjustment", row.pk)
    return TemplateResponse(
        request,
        "staff/settlements/adjustment_form.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


def _wanted(request: HttpRequest) -> dict[str, Any]:
    """The statement from whose page somebody came."""
    rows = Statement.objects.permitted(request.user, RUN).closed().select_related("branch")
    named = request.GET.get("corrects", "")
    row = rows.filter(pk=named).first() if named.isdecimal() and len(named) < 10 else None
    return {"branch": row.branch.code, "corrects": row.pk} if row else {}


def _adjustment(request: HttpRequest, pk: int, verb: str) -> Adjustment:
    rows = Adjustment.objects.permitted(request.user, verb).select_related(
        "branch", "corrects__branch", "proposed_by", "decided_by", "entry__statement"
    )
    return get_object_or_404(rows, pk=pk)


@staff_view(VIEW)
def adjustment(request: HttpRequest, pk: int) -> TemplateResponse:
    return _page(request, _adjustment(request, pk, VIEW))


def _page(
    request: HttpRequest, row: Adjustment, refuse_form: ReasonForm | None = None
) -> TemplateResponse:
    return TemplateResponse(
        request,
        "staff/settlements/adjustment_detail.html",
        {
            "adjustment": row,
            "entry": getattr(row, "entry", None),
            "may_decide": row.status == Adjustment.Status.PROPOSED
            and request.user.has_perm(CONFIRM, row.branch),
            "is_own": row.proposed_by_id == request.user.pk,
            "refuse_form": refuse_form or ReasonForm(prefix="refuse"),
        },
        status=422 if refuse_form else 200,
    )


@require_POST
@staff_view(CONFIRM)
def adjustment_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    actions.confirm_adjustment(_adjustment(request, pk, CONFIRM), by=request.user)
    messages.success(request, _("The adjustment is booked in the month that runs."))
    return redirect("payments_staff:adjustment", pk)


@require_POST
@staff_view(CONFIRM)
def adjustment_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    row = _adjustment(request, pk, CONFIRM)
    form = ReasonForm(request.POST, prefix="refuse")
    if not form.is_valid():
        return _page(request, row, form)
    actions.refuse_adjustment(row, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The adjustment is refused; nothing was booked."))
    return redirect("payments_staff:adjustment", pk)
