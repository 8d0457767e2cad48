"""Refunds: approved, sent, wired or rejected."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.audit import actions as audit
from kosna.branches.access import staff_view
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.payments import actions
from kosna.payments.forms import (
    ReasonForm,
    StatusFilter,
    WiredForm,
)
from kosna.payments.models import Refund
from kosna.payments.staff_views.rows import refund_of


@staff_view("payments.approve_refund", "payments.view_order")
def refunds(request: HttpRequest) -> HttpResponse:
    form = StatusFilter(request.GET, model=Refund)
    rows = form.narrow(Refund.objects.permitted(request.user, "payments.view_order"))
    rows = rows.select_related("order__branch", "payment", "line").waiting_first()
    return TemplateResponse(
        request, "staff/payments/refunds.html", {"form": form, "page": page_of(request, rows)}
    )


@staff_view("payments.view_order")
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    refund = refund_of(request, "payments.view_order", pk)
    audit.viewed(request, refund.order, subjects=[refund.order.user_id])
    return _refund_page(request, refund)


def _refund_page(request: HttpRequest, refund: Refund, **forms: Any) -> HttpResponse:
    return TemplateResponse(
        request,
        "staff/payments/refund.html",
        {
            "refund": refund,
            "order": refund.order,
            "takes_back": refund.takes_back(),
            "may_approve": request.user.has_perm("payments.approve_refund", refund.order.branch),
            "reject_form": ReasonForm(),
            "wired_form": WiredForm(),
            **forms,
        },
    )


@require_POST
@staff_view("payments.approve_refund")
def refund_approve(request: HttpRequest, pk: int) -> HttpResponse:
    refund = refund_of(request, "payments.approve_refund", pk)
    actions.approve_refund(refund, by=request.user)
    messages.success(request, _("The refund is approved. Send it when you are ready."))
    return redirect("payments_staff:refund", pk)


@require_POST
@staff_view("payments.approve_refund")
def refund_reject(request: HttpRequest, pk: int) -> HttpResponse:
    refund = refund_of(request, "payments.approve_refund", pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _refund_page(request, refund, reject_form=form)
    actions.reject_refund(refund, by=request.user, **form.cleaned_data)
    messages.success(request, _("The refund was rejected."))
    return redirect("payments_staff:refund", pk)


@require_POST
@staff_view("payments.approve_refund")
def refund_send(request: HttpRequest, pk: int) -> HttpResponse:
    refund = actions.send_refund(refund_of(request, "payments.approve_refund", pk), by=request.user)
    if refund.status == Refund.Status.DONE:
        messages.success(request, _("The money was returned."))
    elif refund.status == Refund.Status.FAILED:
        messages.error(request, _("The refund failed: nothing was returned."))
    else:
        messages.info(request, _("The refund is on its way."))
    return redirect("payments_staff:refund", pk)


@require_POST
@staff_view("payments.approve_refund")
def refund_wired(request: HttpRequest, pk: int) -> HttpResponse:
    refund = refund_of(request, "payments.approve_refund", pk)
    form = WiredForm(request.POST)
    if form.is_valid():
        try:
            actions.complete_bank_refund(refund, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The money was returned."))
            return redirect("payments_staff:refund", pk)
    return _refund_page(request, refund, wired_form=form)
