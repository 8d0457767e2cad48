"""Orders: what is owed, and everything that happened to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.payments import actions, payables
from kosna.payments.actions.settlement import receipt_of
from kosna.payments.forms import (
    OrderFilter,
    RefundForm,
)
from kosna.payments.models import Order, OrderLine
from kosna.payments.staff_views.rows import order_of

EXPORT = ListExport(
    "payments.export_orders",
    gettext_lazy("Orders"),
    [
        (gettext_lazy("Order no."), lambda row: row.code),
        (gettext_lazy("Ordered"), lambda row: row.created_at),
        (gettext_lazy("Buyer"), lambda row: row.buyer_name),
        (gettext_lazy("Description"), lambda row: row.title),
        (gettext_lazy("Branch"), lambda row: str(row.branch)),
        (gettext_lazy("Method"), lambda row: row.get_method_display()),
        (gettext_lazy("Amount"), lambda row: row.total),
        (gettext_lazy("Amount paid"), lambda row: row.paid),
        (gettext_lazy("Refunded"), lambda row: row.refunded),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["user"],
)


@staff_view("payments.view_order")
def orders(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    return TemplateResponse(
        request, "staff/payments/orders.html", {"form": form, "page": page_of(request, rows)}
    )


def _listed(request: HttpRequest) -> tuple[OrderFilter, Any]:
    form = OrderFilter(request.GET, scope=request.scope)
    rows = Order.objects.permitted(request.user, "payments.view_order")
    return form, form.narrow(rows).with_balance().select_related("branch").order_by("-pk")


@require_POST
@staff_view("payments.view_order")
def orders_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    return EXPORT.answer(request, rows, branch=form.cleaned_data.get("branch"))


@staff_view("payments.view_order")
def order(request: HttpRequest, code: str) -> HttpResponse:
    order = order_of(request, "payments.view_order", code)
    lines = _with_terms(order)
    others = {holder.user_id for _line, _terms, holder in lines if holder and holder.user_id}
    audit.viewed(request, order, subjects={order.user_id, *others})
    may = {
        verb: request.user.has_perm(f"payments.{verb}", order.branch)
        for verb in ("confirm_deposit", "request_refund", "resolve_task", "request_proof")
    }
    return TemplateResponse(
        request,
        "staff/payments/order.html",
        {
            "order": order,
            "lines": lines,
            "attempts": order.attempts.order_by("-pk"),
            "payments": order.payments.with_matches().order_by("pk"),
            "refunds": order.refunds.select_related("line").order_by("-pk"),
            "entries": order.entries.order_by("pk"),
            "tasks": order.tasks.order_by("-pk"),
            "noted": order.noted.waiting().select_related("noted_by").order_by("pk"),
            "receipt": receipt_of(order),
            "choices": actions.choices_for(order) if order.total else [],
            "may": may,
        },
    )


def _with_terms(order: Order) -> list[tuple[OrderLine, str, payables.Holder | None]]:
    """The lines, each with the tier and standing that its buyer had, and whose it is."""
    lines = list(order.lines.all())
    in_words = payables.get(order.payable).terms
    words = {pair: in_words(*pair) for pair in {(line.tier, line.standing) for line in lines}}
    with_holders = payables.with_holders(order, lines)
    return [(line, words[line.tier, line.standing], holder) for line, holder in with_holders]


@staff_view("payments.request_refund")
def refund_request(request: HttpRequest, code: str) -> HttpResponse:
    order = order_of(request, "payments.request_refund", code)
    giving_up = payables.get(order.payable).giving_up
    quotes = giving_up.quote(order) if giving_up else []
    form = RefundForm(request.POST or None, order=order, quotes=quotes)
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_refund(order=order, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The refund waits for approval."))
            return redirect("payments_staff:order", order.code)
    audit.viewed(request, order, subjects=[order.user_id])
    most = sum(actions.refundable(payment) for payment in order.payments.standing())
    return TemplateResponse(
        request,
        "staff/payments/refund_request.html",
        {"order": order, "form": form, "most": most, "quotes": quotes},
    )


@require_POST
@staff_view("payments.resolve_task")
def try_again(request: HttpRequest, code: str) -> HttpResponse:
    """The rules are asked once more about a paid order under review."""
    order = order_of(request, "payments.resolve_task", code)
    actions.try_again(order, by=request.user)
    messages.success(request, _("The order is confirmed."))
    return redirect("payments_staff:order", order.code)
