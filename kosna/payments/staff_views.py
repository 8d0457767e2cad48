"""The treasurer's desk: orders, deposits, refunds, and what the rules could not decide."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.audit import actions as audit
from kosna.branches.access import staff_view
from kosna.core.errors import Refused
from kosna.core.methods import require_POST
from kosna.payments import actions, payables
from kosna.payments.actions.settlement import receipt_of
from kosna.payments.forms import (
    DepositFilter,
    DepositForm,
    OrderFilter,
    ReasonForm,
    RefundForm,
    ResolveForm,
    StatusFilter,
    WiredForm,
)
from kosna.payments.models import Order, OrderLine, Refund, Task

PER_PAGE = 20


def _page(request: HttpRequest, rows: Any) -> Page:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def _order(request: HttpRequest, verb: str, code: str) -> Order:
    orders = Order.objects.permitted(request.user, verb).select_related("user", "branch")
    return get_object_or_404(orders, code=code)


def _refund(request: HttpRequest, verb: str, pk: int) -> Refund:
    refunds = Refund.objects.permitted(request.user, verb).select_related(
        "order__user", "order__branch", "payment", "line", "requested_by", "approved_by"
    )
    return get_object_or_404(refunds, pk=pk)


@staff_view("payments.view_order")
def orders(request: HttpRequest) -> HttpResponse:
    form = OrderFilter(request.GET, scope=request.scope)
    rows = Order.objects.permitted(request.user, "payments.view_order")
    rows = form.narrow(rows).with_balance().select_related("branch").order_by("-pk")
    return TemplateResponse(
        request, "staff/payments/orders.html", {"form": form, "page": _page(request, rows)}
    )


@staff_view("payments.view_order")
def order(request: HttpRequest, code: str) -> HttpResponse:
    order = _order(request, "payments.view_order", code)
    audit.viewed(request, order, subjects=[order.user_id])
    may = {
        verb: request.user.has_perm(f"payments.{verb}", order.branch)
        for verb in ("confirm_deposit", "request_refund", "resolve_task")
    }
    return TemplateResponse(
        request,
        "staff/payments/order.html",
        {
            "order": order,
            "lines": _with_terms(order),
            "attempts": order.attempts.order_by("-pk"),
            "payments": order.payments.select_related("recorded_by").order_by("pk"),
            "refunds": order.refunds.select_related("line").order_by("-pk"),
            "entries": order.entries.order_by("pk"),
            "tasks": order.tasks.order_by("-pk"),
            "receipt": receipt_of(order),
            "may": may,
        },
    )


def _with_terms(order: Order) -> list[tuple[OrderLine, str]]:
    """The lines, each with the tier and standing that its buyer had."""
    lines = list(order.lines.all())
    in_words = payables.get(order.payable).terms
    words = {pair: in_words(*pair) for pair in {(line.tier, line.standing) for line in lines}}
    return [(line, words[line.tier, line.standing]) for line in lines]


@staff_view("payments.request_refund")
def refund_request(request: HttpRequest, code: str) -> HttpResponse:
    order = _order(request, "payments.request_refund", code)
    form = RefundForm(request.POST or None, order=order)
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_refund(order=order, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The refund waits for approval."))
            return redirect("payments_staff:order", order.code)
    most = sum(actions.refundable(payment) for payment in order.payments.all())
    return TemplateResponse(
        request,
        "staff/payments/refund_request.html",
        {"order": order, "form": form, "most": most},
    )


@require_POST
@staff_view("payments.resolve_task")
def try_again(request: HttpRequest, code: str) -> HttpResponse:
    """The rules are asked once more about a paid order under review."""
    order = _order(request, "payments.resolve_task", code)
    actions.try_again(order, by=request.user)
    messages.success(request, _("The order is confirmed."))
    return redirect("payments_staff:order", order.code)


# Deposits -----------------------------------------------------------------------------------------


@staff_view("payments.confirm_deposit")
def deposits(request: HttpRequest) -> HttpResponse:
    form = DepositFilter(request.GET)
    rows = Order.objects.permitted(request.user, "payments.confirm_deposit").awaiting_deposit()
    rows = form.narrow(rows).with_balance().select_related("branch").order_by("expires_at", "pk")
    return TemplateResponse(
        request, "staff/payments/deposits.html", {"form": form, "page": _page(request, rows)}
    )


@staff_view("payments.confirm_deposit")
def deposit(request: HttpRequest, code: str) -> HttpResponse:
    order = _order(request, "payments.confirm_deposit", code)
    paid = order.sum_paid()
    if request.method == "POST":
        form = DepositForm(request.POST)
        if form.is_valid() and _confirm(request, order, form):
            return redirect("payments_staff:deposits")
    else:
        audit.viewed(request, order, subjects=[order.user_id])
        form = DepositForm.for_order(order, paid)
    return TemplateResponse(
        request,
        "staff/payments/deposit.html",
        {"order": order, "form": form, "paid": paid, "balance": order.total - paid},
    )


def _confirm(request: HttpRequest, order: Order, form: DepositForm) -> bool:
    typed = form.cleaned_data
    try:
        actions.confirm_deposit(order, by=request.user, **typed | {"nonce": typed["nonce"].hex})
    except Refused as refusal:
        refusal.to_form(form)
        return False
    order.refresh_from_db()
    balance = order.total - order.sum_paid()
    if balance > 0:
        messages.warning(
            request, _("Recorded. %(won)s won are still missing.") % {"won": f"{balance:,}"}
        )
    elif order.status == Order.Status.PAID and not balance:
        messages.success(request, _("The deposit was recorded and the order is paid."))
    else:
        messages.warning(request, _("Recorded. A money task says what must be decided."))
    return True


# Refunds ------------------------------------------------------------------------------------------


@staff_view("payments.approve_refund", "payments.view_order")
def refunds(request: HttpRequest) -> HttpResponse:
    form = StatusFilter(request.GET, model=Refund)
    rows = form.narrow(Refund.objects.permitted(request.user, "payments.view_order"))
    rows = rows.select_related("order__branch", "payment", "line").waiting_first()
    return TemplateResponse(
        request, "staff/payments/refunds.html", {"form": form, "page": _page(request, rows)}
    )


@staff_view("payments.view_order")
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    refund = _refund(request, "payments.view_order", pk)
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
    refund = _refund(request, "payments.approve_refund", pk)
    actions.approve_refund(refund, by=request.user)
    messages.success(request, _("The refund is approved. Send it when you are ready."))
    return redirect("payments_staff:refund", pk)


@require_POST
@staff_view("payments.approve_refund")
def refund_reject(request: HttpRequest, pk: int) -> HttpResponse:
    refund = _refund(request, "payments.approve_refund", pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _refund_page(request, refund, reject_form=form)
    actions.reject_refund(refund, by=request.user, **form.cleaned_data)
    messages.success(request, _("The refund was rejected."))
    return redirect("payments_staff:refund", pk)


@require_POST
@staff_view("payments.approve_refund")
def refund_send(request: HttpRequest, pk: int) -> HttpResponse:
    refund = actions.send_refund(_refund(request, "payments.approve_refund", pk), by=request.user)
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
    refund = _refund(request, "payments.approve_refund", pk)
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


# Tasks --------------------------------------------------------------------------------------------


@staff_view("payments.resolve_task", "payments.view_order")
def tasks(request: HttpRequest) -> HttpResponse:
    form = StatusFilter(request.GET, model=Task)
    rows = form.narrow(Task.objects.permitted(request.user, "payments.view_order"))
    rows = rows.select_related("order__branch", "done_by").order_by("-status", "-pk")
    return TemplateResponse(
        request, "staff/payments/tasks.html", {"form": form, "page": _page(request, rows)}
    )


@staff_view("payments.resolve_task", "payments.view_order")
def task(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Task.objects.permitted(request.user, "payments.view_order")
    rows = rows.select_related("order__user", "order__branch", "payment", "done_by")
    task = get_object_or_404(rows, pk=pk)
    may_resolve = request.user.has_perm("payments.resolve_task", task.order.branch)
    form = ResolveForm(request.POST or None)
    if request.method == "POST":
        get_object_or_404(Task.objects.permitted(request.user, "payments.resolve_task"), pk=pk)
        if form.is_valid():
            actions.resolve_task(task, by=request.user, **form.cleaned_data)
            messages.success(request, _("The task is done."))
            return redirect("payments_staff:tasks")
    return TemplateResponse(
        request,
        "staff/payments/task.html",
        {"task": task, "order": task.order, "form": form, "may_resolve": may_resolve},
    )
