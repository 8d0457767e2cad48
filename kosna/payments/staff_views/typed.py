"""Deposits that a treasurer reads in the bank's list and types by hand."""

from typing import Any

from django.conf import settings
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
from kosna.core.methods import require_POST
from kosna.payments import actions
from kosna.payments.forms import DepositFilter, DepositForm, ReasonForm
from kosna.payments.models import NotedDeposit, Order, Payment
from kosna.payments.staff_views.choices import CONFIRM
from kosna.payments.staff_views.rows import order_of

EXPORT = ListExport(
    "payments.export_waiting_orders",
    gettext_lazy("Orders that wait"),
    [
        (gettext_lazy("Depositor name"), lambda row: row.depositor_name),
        (gettext_lazy("Order no."), lambda row: row.code),
        (gettext_lazy("Description"), lambda row: row.title),
        (gettext_lazy("Branch"), lambda row: row.branch.name),
        (gettext_lazy("Amount"), lambda row: row.total),
        (gettext_lazy("Amount paid"), lambda row: row.paid),
        (gettext_lazy("Deadline"), lambda row: row.expires_at),
    ],
    people=["user"],
)


@staff_view(CONFIRM)
def deposit_orders(request: HttpRequest) -> HttpResponse:
    """Orders that wait for a transfer."""
    form, rows = _listed(request)
    return TemplateResponse(
        request,
        "staff/payments/deposits.html",
        {"form": form, "page": page_of(request, rows), "here": "orders"},
    )


def _listed(request: HttpRequest) -> tuple[DepositFilter, Any]:
    form = DepositFilter(request.GET)
    rows = form.narrow(Order.objects.permitted(request.user, CONFIRM).awaiting_deposit())
    return form, rows.with_balance().select_related("branch").order_by("expires_at", "pk")


@require_POST
@staff_view(CONFIRM)
def deposit_orders_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _listed(request)
    return EXPORT.answer(request, rows)


@staff_view(CONFIRM)
def deposit(request: HttpRequest, code: str) -> HttpResponse:
    order = order_of(request, CONFIRM, code)
    paid = order.sum_paid()
    if request.method == "POST":
        form = DepositForm(request.POST)
        done = _confirm(request, order, form) if form.is_valid() else None
        if isinstance(done, NotedDeposit):
            return redirect(done)
        if done:
            return redirect("payments_staff:deposit-orders")
    else:
        form = DepositForm.for_order(order, paid)
    audit.viewed(request, order, subjects=[order.user_id])
    return TemplateResponse(
        request,
        "staff/payments/deposit.html",
        {
            "order": order,
            "form": form,
            "paid": paid,
            "balance": order.total - paid,
            "noted": order.noted.waiting().select_related("noted_by").order_by("pk"),
            "limit": settings.TWO_PERSON_DEPOSIT_WON,
        },
    )


def _confirm(
    request: HttpRequest, order: Order, form: DepositForm
) -> Payment | NotedDeposit | None:
    typed = form.cleaned_data | {"nonce": form.cleaned_data["nonce"].hex}
    try:
        done = actions.confirm_deposit(order, by=request.user, **typed)
    except Refused as refusal:
        refusal.to_form(form)
        return None
    if isinstance(done, NotedDeposit):
        messages.info(request, _("Noted. Another person has to confirm so much money."))
    else:
        tell_balance(request, order)
    return done


def tell_balance(request: HttpRequest, order: Order) -> None:
    """What a deposit made of its order, in one sentence."""
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


@require_POST
@staff_view(CONFIRM)
def deposit_retract(request: HttpRequest, pk: int) -> HttpResponse:
    """What was typed by hand was a mistake."""
    payments = Payment.objects.filter(order__in=Order.objects.permitted(request.user, CONFIRM))
    payment = get_object_or_404(payments.select_related("order"), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Say why it is taken back."))
    actions.retract_deposit(payment, by=request.user, **form.cleaned_data)
    messages.success(request, _("Taken back. The order stands as it stood before."))
    return redirect("payments_staff:order", payment.order.code)
