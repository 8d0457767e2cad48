"""What a buyer asks for about an order of theirs: a proof for their tax office, or a paper."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.accounts import guests
from kosna.accounts.guests import guests_too
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_POST
from kosna.documents.models import Document
from kosna.documents.views import pdf_response
from kosna.payments import actions, buyers
from kosna.payments.actions.papers import offered
from kosna.payments.models import Order, Payment, Proof
from kosna.payments.proof_forms import CashReceiptForm, InvoiceForm, PaperForm

Form = CashReceiptForm | InvoiceForm


def mine(request: HttpRequest, code: str) -> Order:
    """The buyer's own order; anybody else's does not exist for them."""
    orders = Order.objects.bought_by(guests.buyers(request)).select_related("user", "branch")
    return get_object_or_404(orders, code=code)


@guests_too
def cash_receipt(request: HttpRequest, code: str, payment: int) -> HttpResponse:
    return cash_receipt_page(request, mine(request, code), payment, "payments/proof_request.html")


@guests_too
def invoice(request: HttpRequest, code: str, payment: int) -> HttpResponse:
    return invoice_page(request, mine(request, code), payment, "payments/proof_request.html")


def actor(request: HttpRequest, order: Order) -> User:
    """Who acts here: the guest whose order it is, else whoever is signed in, at the desk too."""
    return order.user if order.user_id in guests.guests_of(request) else request.user


def cash_receipt_page(
    request: HttpRequest, order: Order, payment: int, template: str
) -> HttpResponse:
    """The form of a cash receipt, for the buyer and for the desk."""
    paid = get_object_or_404(order.payments, pk=payment)
    form = CashReceiptForm(request.POST or None)

    def ask() -> None:
        data = form.cleaned_data
        actions.request_cash_receipt(
            paid,
            purpose=Proof.Purpose(data["purpose"]),
            identity=data["identity"],
            by=actor(request, order),
        )

    return _page(request, order, paid, form, ask, template, _("Cash receipt"))


def invoice_page(request: HttpRequest, order: Order, payment: int, template: str) -> HttpResponse:
    """The form of an invoice, filled in with what the buyer typed last."""
    paid = get_object_or_404(order.payments, pk=payment)
    if request.method == "POST":
        form = InvoiceForm(request.POST, request.FILES, payment=paid)
    else:
        known = {"email": order.user.mailbox} | buyers.business_of(order.user)
        known["written_on"] = clock.kst_date(paid.received_at)
        form = InvoiceForm(initial=known, payment=paid)

    def ask() -> None:
        actions.request_invoice(paid, by=actor(request, order), **form.facts())

    return _page(request, order, paid, form, ask, template, _("Tax invoice or invoice"))


def _page(
    request: HttpRequest,
    order: Order,
    paid: Payment,
    form: Form,
    ask: Callable[[], None],
    template: str,
    title: str,
) -> HttpResponse:
    choice = actions.choice_of(order, paid)
    fits = choice.cash_receipt.amount if isinstance(form, CashReceiptForm) else choice.invoices
    if request.method == "POST" and form.is_valid():
        try:
            ask()
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("We issue it at the tax office and write to the buyer."))
            return redirect(request.path.partition("payments/")[0])
    return TemplateResponse(
        request,
        template,
        {
            "order": order,
            "payment": paid,
            "choice": choice,
            "fits": fits,
            "form": form,
            "title": title,
            "sums": choice.invoices.values() if choice.invoices else [choice.cash_receipt],
        },
        status=422 if form.errors else 200,
    )


@guests_too
@require_POST
def withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    order = mine(request, code)
    proof = get_object_or_404(Proof.objects.filter(payment__order=order), pk=pk)
    actions.withdraw_proof(proof, by=order.user)
    messages.success(request, _("The request was withdrawn. You may ask in another way."))
    return redirect(order.get_absolute_url())


def _go_to_paper(paper: Document) -> HttpResponse:
    return redirect("documents:pdf", paper.code)


@guests_too
def papers(request: HttpRequest, code: str) -> HttpResponse:
    """Quotation, bill, statement and certificate: those that fit the order, and those issued."""
    order = mine(request, code)
    return papers_page(
        request,
        order,
        "payments/papers.html",
        pdf_response
        if order.user.is_guest
        else lambda paper: redirect("documents:pdf", paper.code),
    )


def papers_page(
    request: HttpRequest,
    order: Order,
    template: str,
    deliver: Callable[[Document], HttpResponse],
    **context: Any,
) -> HttpResponse:
    kinds = offered(order)
    form: forms.Form = PaperForm(request.POST or None, kinds=kinds)
    if request.method == "POST":
        if not kinds:
            raise Http404
        if form.is_valid():
            data = dict(form.cleaned_data)
            kind = data.pop("paper")
            try:
                return deliver(actions.issue_paper(order, kind, by=actor(request, order), **data))
            except Refused as refusal:
                refusal.to_form(form)
    issued = Document.objects.of_order(order.pk).order_by("-pk")
    return TemplateResponse(
        request,
        template,
        {"order": order, "kinds": kinds, "form": form, "issued": issued, **context},
        status=422 if form.errors else 200,
    )
