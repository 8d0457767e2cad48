"""Deposits of much money that one person typed and another confirms."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_GET, require_POST
from kosna.payments import actions
from kosna.payments.forms import NotedDepositFilter, ReasonForm, SeenForm
from kosna.payments.models import NotedDeposit
from kosna.payments.staff_views.choices import CONFIRM
from kosna.payments.staff_views.typed import tell_balance

EXPORT = ListExport(
    "payments.export_noted_deposits",
    gettext_lazy("Noted deposits"),
    [
        (gettext_lazy("Depositor name"), lambda row: row.depositor),
        (gettext_lazy("Order no."), lambda row: row.order.code),
        (gettext_lazy("Buyer"), lambda row: row.order.buyer_name),
        (gettext_lazy("Branch"), lambda row: row.order.branch.name),
        (gettext_lazy("Date received"), lambda row: row.received_on),
        (gettext_lazy("Amount"), lambda row: row.amount),
        (gettext_lazy("Noted by"), lambda row: row.noted_by.name),
        (gettext_lazy("Noted"), lambda row: row.noted_at),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["order__user"],
)


@require_GET
@staff_view(CONFIRM)
def noted_deposits(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    return TemplateResponse(
        request,
        "staff/payments/noted_deposits.html",
        {"form": form, "page": page_of(request, rows), "here": "noted"},
    )


def _listed(request: HttpRequest) -> tuple[NotedDepositFilter, Any]:
    form = NotedDepositFilter(request.GET)
    rows = form.narrow(NotedDeposit.objects.permitted(request.user, CONFIRM))
    rows = rows.select_related("order__branch", "noted_by", "decided_by")
    return form, rows.order_by("noted_at", "pk")


@require_POST
@staff_view(CONFIRM)
def noted_deposits_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _listed(request)
    return EXPORT.answer(request, rows)


def _noted(request: HttpRequest, pk: int) -> NotedDeposit:
    rows = NotedDeposit.objects.permitted(request.user, CONFIRM).select_related(
        "order__user", "order__branch", "noted_by", "decided_by", "payment"
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
@staff_view(CONFIRM)
def noted_deposit(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _noted(request, pk))


def _page(
    request: HttpRequest, noted: NotedDeposit, refuse_form: ReasonForm | None = None
) -> HttpResponse:
    order = noted.order
    audit.viewed(request, order, subjects=[order.user_id])
    paid = order.sum_paid()
    return TemplateResponse(
        request,
        "staff/payments/noted_deposit.html",
        {
            "noted": noted,
            "order": order,
            "paid": paid,
            "balance": order.total - paid,
            "waits": noted.status == NotedDeposit.Status.WAITING,
            "is_own": noted.noted_by_id == request.user.pk,
            "is_buyer": order.user_id == request.user.pk,
            "since": order.payments.filter(recorded_at__gte=noted.noted_at).order_by("pk"),
            "same": actions.came_meanwhile(noted),
            "refuse_form": refuse_form or ReasonForm(prefix="refuse"),
        },
        status=422 if refuse_form else 200,
    )


@require_POST
@staff_view(CONFIRM)
def noted_deposit_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    noted = _noted(request, pk)
    form = SeenForm(request.POST)
    if not form.is_valid():
        raise Refused(
            _("Another payment for this order has just been recorded. Please look again.")
        )
    actions.confirm_noted(noted, by=request.user, **form.cleaned_data)
    tell_balance(request, noted.order)
    return redirect(noted)


@require_POST
@staff_view(CONFIRM)
def noted_deposit_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    noted = _noted(request, pk)
    form = ReasonForm(request.POST, prefix="refuse")
    if not form.is_valid():
        return _page(request, noted, form)
    actions.refuse_noted(noted, by=request.user, **form.cleaned_data)
    messages.success(request, _("Refused; nothing was booked."))
    return redirect(noted)
