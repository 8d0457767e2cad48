"""What I owe and what I paid. An order is shown to its owner; to others it does not exist."""

import logging

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from kosna.accounts.guests import buyers, enter, guests_too, known_by
from kosna.accounts.models import Guest
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_GET, require_POST
from kosna.core.templatetags.ui import kdatetime
from kosna.documents.models import Document
from kosna.documents.views import pdf_response
from kosna.payments import actions, payables
from kosna.payments.actions.card import Quarantined
from kosna.payments.actions.papers import offered
from kosna.payments.actions.settlement import receipt_of
from kosna.payments.forms import RefundAccountForm
from kosna.payments.models import CASH_METHODS, Attempt, Order, OrderLine, Payment, Refund
from kosna.payments.providers import bank, configured, hosted, returned
from kosna.payments.providers.base import BadNotice, ProviderDown, ProviderRefused, Returned

logger = logging.getLogger(__name__)


@login_not_required
@require_GET
def guest(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a guest's mails: whoever opens it holds the order. Nothing is shown here, so that
    no page carries the link on; but for one question where the order would count for the address,
    as scanners of mails open links too."""
    known, order = _by_link(token)
    if actions.counts_once_proven(known, order):
        facts = {"order": order, "token": token}
        asking = TemplateResponse(request, "payments/guest_claims.html", facts)
        # Under no-referrer, browsers send forms from nowhere.
        asking.headers["X-Robots-Tag"] = "noindex, nofollow"
        asking.headers["Referrer-Policy"] = "same-origin"
        asking.headers["Cache-Control"] = "private, no-store"
        return asking
    return _enter_by_link(request, known, order)


@login_not_required
@require_POST
def guest_mine(request: HttpRequest, token: str) -> HttpResponse:
    """Says that the order is theirs: from now on it counts for their address."""
    return _enter_by_link(request, *_by_link(token))


def _by_link(token: str) -> tuple[Guest, Order]:
    known = known_by(token)
    order = Order.objects.visible_to(known.user).order_by("-pk").first() if known else None
    if known is None or order is None:
        raise Http404
    return known, order


def _enter_by_link(request: HttpRequest, known: Guest, order: Order) -> HttpResponse:
    if why := actions.prove(known):
        messages.warning(request, why)
    enter(request, known)
    answer = see_other(order.get_absolute_url())
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def see_other(url: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(url, status=303)


def _mine(request: HttpRequest, code: str) -> Order:
    orders = Order.objects.bought_by(buyers(request)).select_related("user", "branch")
    return get_object_or_404(orders, code=code)


def _with_lines(request: HttpRequest, code: str) -> tuple[Order, list[OrderLine]]:
    """An order and what was ordered: one statement, unless there is nothing of the kind."""
    mine = Order.objects.bought_by(buyers(request)).filter(code=code)
    found = OrderLine.objects.select_related("order__user", "order__branch")
    lines = list(found.filter(order__in=mine))
    return (lines[0].order if lines else _mine(request, code)), lines


@guests_too
@require_GET
def order(request: HttpRequest, code: str) -> HttpResponse:
    """The order as our books have it; on the way back from the payment page, its provider is
    asked."""
    order, lines = _with_lines(request, code)
    if request.GET and (back := returned(request.GET)):
        return _come_back(request, order, back)
    payments, refunds, attempt, receipt = _what_happened(order)
    by_cash = any(payment.method in CASH_METHODS for payment in payments)
    held = sum(p.amount for p in payments) - sum(
        r.amount for r in refunds if r.status in Refund.CLAIMS
    )
    balance = order.total - held
    is_open = order.status == Order.Status.PENDING and order.expires_at > clock.now()
    is_processing = bool(attempt and attempt.status == Attempt.Status.PROCESSING)
    gateway = hosted()
    return TemplateResponse(
        request,
        "payments/order.html",
        {
            "order": order,
            "lines": payables.with_holders(order, lines),
            "payments": payments,
            "refunds": refunds,
            "give_up_page": _page_for_giving_up(order, lines, refunds),
            "wants_account": bool(refunds)
            and any(account is None for _refund, account in actions.open_to_account(order)),
            "balance": balance,
            "attempt": attempt,
            "is_processing": is_processing,
            "may_pay": is_open and not is_processing,
            "extends_to": actions.extension_of(order) if is_open and not is_processing else None,
            "extensions_left": actions.extensions_left(order),
            "names_page": payables.get(order.payable).names_page,
            "opens": payables.get(order.payable).opens(order),
            "methods": gateway.methods(balance) if gateway else [],
            "by_bank": bank.is_configured(),
            "account": settings.BANK_ACCOUNT,
            "receipt": receipt,
            "choices": actions.choices_for(order) if by_cash else [],
            "by_slip": order.status == Order.Status.PAID and bool(order.total) and not by_cash,
            "papers": [(kind, Document.Kind(kind).label) for kind in offered(order)],
        },
    )


def _page_for_giving_up(order: Order, lines: list[OrderLine], refunds: list[Refund]) -> str:
    """Where what was bought is given up; empty when there is nothing left to give up."""
    giving_up = payables.get(order.payable).giving_up
    asked = {refund.line_id for refund in refunds if refund.status in Refund.CLAIMS}
    is_left = any(line.pk not in asked for line in lines)
    return giving_up.page if giving_up and is_left and order.status == Order.Status.PAID else ""


def _what_happened(
    order: Order,
) -> tuple[list[Payment], list[Refund], Attempt | None, Document | None]:
    """Payments, refunds, the latest attempt to pay and the receipt. Nothing of 0 won is paid on a
    provider's page, given back or receipted."""
    payments = list(order.payments.standing().order_by("pk"))
    if not order.total:
        return payments, [], None, None
    refunds = list(order.refunds.order_by("pk"))
    return payments, refunds, order.attempts.order_by("-pk").first(), receipt_of(order)


def _come_back(request: HttpRequest, order: Order, back: Returned) -> HttpResponse:
    """The success page: the redirect proves nothing, so the provider is asked, by the same
    function as the webhook. A session of another order is as good as none."""
    if not back.session or back.is_abandoned:
        messages.info(request, _("Nothing was charged. You may try again or pay another way."))
        return see_other(order.get_absolute_url())
    known = Attempt.objects.filter(session=back.session).first()
    unnamed = order.attempts.filter(status=Attempt.Status.CREATED).first()
    if (known and known.order_id != order.pk) or not (known or unnamed):
        raise Http404
    provider = (known or unnamed).provider
    try:
        attempt = actions.fulfil(back.session, order=order, of=provider, amount=back.amount)
        if attempt and attempt.status == Attempt.Status.EXPIRED:
            messages.info(request, _("This payment page had been closed. Nothing was charged."))
    except ProviderDown as problem:
        logger.warning("order %s: %s", order.code, problem)
        messages.info(request, _("We are still asking the payment provider. Look again shortly."))
    except (ProviderRefused, Quarantined) as problem:
        logger.error("order %s: %s", order.code, problem)
        messages.error(request, _("This payment must be checked. The secretariat was told."))
    return see_other(order.get_absolute_url())


@guests_too
@require_POST
def pay(request: HttpRequest, code: str) -> HttpResponse:
    """The buyer says how; what and how much stands in the order."""
    order = _mine(request, code)
    buyer = order.user
    try:
        method = request.POST.get("method")
        if method == Order.Method.BANK:
            actions.choose_bank_transfer(order, by=buyer)
            return see_other(order.get_absolute_url())
        if method == Order.Method.FREE:
            actions.accept_free(order, by=buyer)
            return see_other(order.get_absolute_url())
        is_virtual = method == Order.Method.VIRTUAL
        start = actions.start_virtual_account if is_virtual else actions.start_card_payment
        attempt = start(order, by=buyer, language=get_language())
    except (ProviderDown, ProviderRefused) as problem:
        logger.warning("order %s: %s", order.code, problem)
        raise Refused(
            _("The payment page cannot be reached. Nothing was charged; please try again shortly.")
        ) from problem
    return see_other(attempt.url or order.get_absolute_url())


@guests_too
@require_POST
def extend(request: HttpRequest, code: str) -> HttpResponse:
    order = _mine(request, code)
    order = actions.extend_hold(order, by=order.user)
    text = _("Held for you until %(when)s.") % {"when": kdatetime(order.expires_at)}
    messages.success(request, text)
    return see_other(order.get_absolute_url())


@guests_too
@require_POST
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    order = _mine(request, code)
    try:
        actions.close_sessions(order)
    except ProviderDown as problem:
        raise Refused(
            _("We are still asking the payment provider. Look again shortly.")
        ) from problem
    actions.cancel_order(order, by=order.user, reason="")
    messages.success(request, _("The order was cancelled."))
    return see_other(order.get_absolute_url())


@guests_too
def refund_account(request: HttpRequest, code: str) -> HttpResponse:
    """Where the buyer says into which account their refunds go."""
    order = _mine(request, code)
    waiting = actions.open_to_account(order)
    form = RefundAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_account(order, by=order.user, **form.cleaned_data)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Thank you. The refund goes into this account."))
            return see_other(order.get_absolute_url())
    return TemplateResponse(
        request,
        "payments/refund_account.html",
        {"order": order, "waiting": waiting, "form": form},
        status=422 if form.errors else 200,
    )


@guests_too
@require_GET
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    paper = receipt_of(_mine(request, code))
    if paper is None:
        raise Http404
    return pdf_response(paper)


@csrf_exempt
@login_not_required
@require_POST
def webhook(request: HttpRequest, provider: str, secret: str = "") -> HttpResponse:
    """Deliveries whose sender is proven; everything else is refused before anything is stored.
    503 asks the provider to deliver again."""
    asked = next((each for each in configured() if each.name == provider), None)
    if asked is None:
        raise Http404
    try:
        notice = asked.notice(request.body, request.headers, secret)
    except BadNotice:
        return HttpResponse(status=400)
    try:
        row = actions.receive(notice)
    except (ProviderDown, OperationalError) as problem:
        logger.warning("event %s: %s", notice.event, problem)
        return HttpResponse(status=503, headers={"Retry-After": "30"})
    return HttpResponse(row.outcome, content_type="text/plain")
