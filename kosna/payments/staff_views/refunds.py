"""Refunds: approved, sent, wired or rejected."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Scope
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.payments import actions
from kosna.payments.forms import (
    ReasonForm,
    RefundAccountForm,
    StatusFilter,
    WiredForm,
)
from kosna.payments.labels import method_label
from kosna.payments.models import Refund
from kosna.payments.providers.base import PayoutAccount
from kosna.payments.staff_views.rows import refund_of

VIEW, REQUEST, APPROVE = (
    "payments.view_order",
    "payments.request_refund",
    "payments.approve_refund",
)

EXPORT = ListExport(
    "payments.export_refunds",
    gettext_lazy("Refund queue"),
    [
        (gettext_lazy("Requested"), lambda row: row.requested_at),
        (gettext_lazy("Order no."), lambda row: row.order.code),
        (gettext_lazy("Buyer"), lambda row: row.order.buyer_name),
        (gettext_lazy("Description"), lambda row: (row.line or row.order).title),
        (gettext_lazy("Reason"), lambda row: row.reason),
        (gettext_lazy("Method"), lambda row: method_label(row.payment.method)),
        (gettext_lazy("Amount"), lambda row: row.amount),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["order__user"],
)


@staff_view(APPROVE, VIEW)
def refunds(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    return TemplateResponse(
        request,
        "staff/payments/refunds.html",
        {
            "form": form,
            "page": page_of(request, rows),
            "may_transfer": Scope.of(request.user, APPROVE).everywhere,
        },
    )


def _listed(request: HttpRequest) -> tuple[StatusFilter, Any]:
    form = StatusFilter(request.GET, model=Refund)
    rows = form.narrow(Refund.objects.permitted(request.user, VIEW))
    return form, rows.select_related("order__branch", "payment", "line").waiting_first()


@require_POST
@staff_view(APPROVE, VIEW)
def refunds_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _listed(request)
    return EXPORT.answer(request, rows)


@staff_view(VIEW)
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    return _refund_page(request, refund_of(request, VIEW, pk))


def _refund_page(
    request: HttpRequest, refund: Refund, *, shown: PayoutAccount | None = None, **forms: Any
) -> HttpResponse:
    order = refund.order
    if shown is None:  # else that is on record, with its reason
        audit.viewed(request, order, subjects=[order.user_id])
    return TemplateResponse(
        request,
        "staff/payments/refund.html",
        {
            "refund": refund,
            "order": order,
            "takes_back": refund.takes_back(),
            "may_transfer": refund.transfer and Scope.of(request.user, APPROVE).everywhere,
            "may_approve": request.user.has_perm(APPROVE, order.branch),
            "may_name": request.user.has_perm(REQUEST, order.branch)
            and any(each == refund for each, _account in actions.open_to_account(order)),
            "needs_account": actions.needs_account(refund.payment),
            "account": actions.account_of(refund),
            "accounts": refund.accounts.select_related("typed_by").order_by("-pk"),
            "shown": shown,
            "show_form": ReasonForm(prefix="show"),
            "account_form": RefundAccountForm(),
            "bounce_form": ReasonForm(prefix="bounce"),
            "reject_form": ReasonForm(),
            "wired_form": WiredForm(),
            **forms,
        },
        status=422 if any(form.errors for form in forms.values()) else 200,
    )


@require_POST
@staff_view(APPROVE)
def refund_approve(request: HttpRequest, pk: int) -> HttpResponse:
    refund = refund_of(request, APPROVE, pk)
    actions.approve_refund(refund, by=request.user)
    messages.success(request, _("The refund is approved. Send it when you are ready."))
    return redirect("payments_staff:refund", pk)


def _said(
    request: HttpRequest,
    refund: Refund,
    deed: Callable[..., object],
    told: str,
    *,
    tell: Callable[[HttpRequest, str], None] = messages.success,
    **named: Form,
) -> HttpResponse:
    """Does what the page's form, by its name there, says; or shows at the field why not."""
    [form] = named.values()
    if form.is_valid():
        try:
            deed(**form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            tell(request, told)
            return redirect("payments_staff:refund", refund.pk)
    return _refund_page(request, refund, **named)


@require_POST
@staff_view(APPROVE)
def refund_reject(request: HttpRequest, pk: int) -> HttpResponse:
    refund = refund_of(request, APPROVE, pk)
    told, deed = _("The refund was rejected."), partial(actions.reject_refund, refund)
    return _said(request, refund, deed, told, reject_form=ReasonForm(request.POST))


@require_POST
@staff_view(APPROVE)
def refund_send(request: HttpRequest, pk: int) -> HttpResponse:
    refund = actions.send_refund(refund_of(request, APPROVE, pk), by=request.user)
    if refund.status == Refund.Status.DONE:
        messages.success(request, _("The money was returned."))
    elif refund.status == Refund.Status.FAILED:
        messages.error(request, _("The refund failed: nothing was returned."))
    else:
        messages.info(request, _("The refund is on its way."))
    return redirect("payments_staff:refund", pk)


@require_POST
@staff_view(APPROVE)
def refund_wired(request: HttpRequest, pk: int) -> HttpResponse:
    refund = refund_of(request, APPROVE, pk)
    told, deed = _("The money was returned."), partial(actions.complete_bank_refund, refund)
    return _said(request, refund, deed, told, wired_form=WiredForm(request.POST))


@require_POST
@staff_view(APPROVE)
def refund_bounced(request: HttpRequest, pk: int) -> HttpResponse:
    refund = refund_of(request, APPROVE, pk)
    told = _("The refund failed. The buyer is asked for another account.")
    form = ReasonForm(request.POST, prefix="bounce")
    deed = partial(actions.bounce_bank_refund, refund)
    return _said(request, refund, deed, told, tell=messages.warning, bounce_form=form)


# The account into which it goes -------------------------------------------------------------------


@require_POST
@staff_view(REQUEST)
def refund_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Typed for a buyer who said it by telephone or on paper."""
    refund = refund_of(request, REQUEST, pk)
    told = _("The account is noted, and sealed.")
    deed = partial(actions.name_account, refund.order, refund=refund)
    return _said(request, refund, deed, told, account_form=RefundAccountForm(request.POST))


@require_POST
@staff_view(APPROVE)
def refund_account_show(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole number, to whoever says why; the buyer sees that it was looked at."""
    refund = refund_of(request, APPROVE, pk)
    form = ReasonForm(request.POST, prefix="show")
    if not form.is_valid():
        return _refund_page(request, refund, show_form=form)
    account = actions.payout_account(refund)
    order = refund.order
    audit.viewed(
        request,
        order,
        subjects=[order.user_id],
        reason=form.cleaned_data["reason"],
        refund=refund.pk,
        account=str(actions.account_of(refund)),
    )
    return _refund_page(request, refund, shown=account)
