"""Proofs at the desk: the queue of the tax office, its spreadsheets, and one of them."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.accounts.requests import client_ip
from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.downloads import as_download
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_GET, require_POST
from kosna.core.sheets import XLSX_TYPE
from kosna.payments import actions, proof_rules
from kosna.payments.coverage import allowed, issued, pieces_for, to_correct
from kosna.payments.forms import ReasonForm
from kosna.payments.models import Order, Payment, Proof
from kosna.payments.proof_forms import (
    CorrectForm,
    ExportForm,
    IssueForm,
    ProofFilter,
    ResultsForm,
    TakeBackForm,
)
from kosna.payments.proof_views import cash_receipt_page, invoice_page, papers_page
from kosna.payments.staff_views.rows import order_of
from kosna.payments.tax_sheets import told

VIEW, ISSUE, REQUEST = "payments.view_order", "payments.issue_proof", "payments.request_proof"


def _due_on(payment: Payment) -> date:
    return proof_rules.due_day(Proof.Kind.CASH_RECEIPT, payment, proof_rules.day_of(payment))


UNASKED_EXPORT = ListExport(
    "payments.export_unasked",
    gettext_lazy("Payments without any proof"),
    [
        (gettext_lazy("Deadline"), _due_on),
        (gettext_lazy("Date received"), lambda row: row.received_at),
        (gettext_lazy("Order no."), lambda row: row.order.code),
        (gettext_lazy("Buyer"), lambda row: row.order.buyer_name),
        (gettext_lazy("Branch"), lambda row: row.order.branch.name),
        (gettext_lazy("Amount"), lambda row: row.amount),
    ],
    people=["order__user"],
)


def _filtered(request: HttpRequest, verb: str) -> tuple[ProofFilter, Any]:
    form = ProofFilter(request.GET, scope=request.scope)
    return form, form.narrow(Proof.objects.permitted(request.user, verb))


@staff_view(VIEW)
def proofs(request: HttpRequest) -> HttpResponse:
    form, rows = _filtered(request, VIEW)
    page = page_of(request, rows.waiting_first().with_grounds(), count=rows.count())
    page.object_list = [(row, allowed(row), to_correct(row)) for row in page.object_list]
    may_issue = request.user.has_perm(ISSUE)
    return TemplateResponse(
        request,
        "staff/payments/proofs.html",
        {
            "form": form,
            "page": page,
            "may_issue": may_issue,
            "export_form": ExportForm(),
            "query": request.GET.urlencode(),
            "unasked": proof_rules.unasked(_orders(request, ISSUE)).count() if may_issue else 0,
        },
    )


def _orders(request: HttpRequest, verb: str) -> Any:
    return Order.objects.permitted(request.user, verb)


@require_POST
@staff_view(ISSUE)
def proofs_export(request: HttpRequest) -> HttpResponse:
    """What the list shows, as the tax office takes it in."""
    form = ExportForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose what to export."))
    _filter, rows = _filtered(request, ISSUE)
    name, content = actions.export_proofs(
        rows,
        Proof.Kind(form.cleaned_data["kind"]),
        again=form.cleaned_data["again"],
        ip=client_ip(request),
        by=request.user,
    )
    return HttpResponse(
        content,
        content_type=XLSX_TYPE if name.endswith(".xlsx") else "application/zip",
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
            "Cache-Control": "private, no-store",
        },
    )


@staff_view(ISSUE)
def proofs_results(request: HttpRequest) -> HttpResponse:
    """The tax office's list of what it issued, read back."""
    outcome = None
    form = ResultsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            rows = told(file, file.size)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            mine = Proof.objects.permitted(request.user, ISSUE)
            outcome = actions.apply_approvals(rows, mine, by=request.user)
    return TemplateResponse(
        request,
        "staff/payments/proof_results.html",
        {"form": form, "outcome": outcome},
        status=422 if form.errors else 200,
    )


@staff_view(ISSUE)
def proofs_unasked(request: HttpRequest) -> HttpResponse:
    """자진발급: payments in cash for which nobody asked for anything, by their deadline."""
    rows = _unasked(request)
    if request.method == "POST":
        return _issue_unasked(request, rows)
    page = page_of(request, rows)
    page.object_list = [(row, _due_on(row)) for row in page.object_list]
    return TemplateResponse(request, "staff/payments/proofs_unasked.html", {"page": page})


def _unasked(request: HttpRequest) -> Any:
    rows = proof_rules.unasked(_orders(request, ISSUE))
    return rows.select_related("order__branch").order_by("received_at", "pk")


@require_POST
@staff_view(ISSUE)
def proofs_unasked_export(request: HttpRequest) -> HttpResponseBase:
    return UNASKED_EXPORT.answer(request, _unasked(request))


def _issue_unasked(request: HttpRequest, rows: Any) -> HttpResponse:
    chosen = [pk for pk in request.POST.getlist("payment") if pk.isdecimal()][:500]
    done = 0
    for payment in rows.filter(pk__in=chosen):
        try:
            actions.request_self_issued(payment, by=request.user)
        except Refused as refusal:
            messages.warning(request, f"{payment.order.code}: {refusal}")
        else:
            done += 1
    if done:
        messages.success(request, _("%(n)s cash receipts were put into the queue.") % {"n": done})
    return redirect("payments_staff:proofs")


# One of them --------------------------------------------------------------------------------------


def _proof(request: HttpRequest, verb: str, pk: int) -> Proof:
    return get_object_or_404(Proof.objects.permitted(request.user, verb).with_grounds(), pk=pk)


@require_GET
@staff_view(VIEW)
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    return _proof_page(request, _proof(request, VIEW, pk))


def _proof_page(
    request: HttpRequest, proof: Proof, *, status: int = 200, **refused: forms.Form
) -> HttpResponse:
    order = proof.payment.order
    audit.viewed(request, order, subjects=[order.user_id], proof=proof.pk)
    return TemplateResponse(
        request,
        "staff/payments/proof.html",
        {
            "proof": proof,
            "identity": proof.shown_identity,
            "filed": (proof.filed_supply or 0) + (proof.filed_vat or 0),
            "order": order,
            "pieces": pieces_for(proof),
            "allowed": allowed(proof),
            "issued": issued(proof),
            "to_correct": to_correct(proof),
            "issues": proof.issues.all(),
            "beside": proof.beside or proof.companions.order_by("pk").last(),
            "may_issue": request.user.has_perm(ISSUE, order.branch),
            "issue_form": IssueForm(proof=proof),
            "correct_form": CorrectForm(
                proof=proof,
                initial={"issued_on": clock.today(), "cause": actions.cause_of(proof)},
            ),
            "take_back_form": TakeBackForm(proof=proof),
            "cancel_form": ReasonForm(),
            **refused,
        },
        status=status,
    )


@require_POST
@staff_view(ISSUE)
def proof_issue(request: HttpRequest, pk: int) -> HttpResponse:
    return _deed(request, pk, "issue_form", IssueForm, actions.issue_proof)


@require_POST
@staff_view(ISSUE)
def proof_correct(request: HttpRequest, pk: int) -> HttpResponse:
    return _deed(request, pk, "correct_form", CorrectForm, actions.correct_proof)


@require_POST
@staff_view(ISSUE)
def proof_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _deed(request, pk, "take_back_form", TakeBackForm, actions.take_back_proof)


@require_POST
@staff_view(ISSUE)
def proof_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    proof = _proof(request, ISSUE, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _proof_page(request, proof, status=422, cancel_form=form)
    actions.cancel_proof(proof, by=request.user, **form.cleaned_data)
    messages.success(request, _("The request was cancelled, and the buyer is told."))
    return redirect("payments_staff:proof", pk)


def _deed(
    request: HttpRequest, pk: int, name: str, form_class: type[IssueForm], deed: Any
) -> HttpResponse:
    proof = _proof(request, ISSUE, pk)
    form = form_class(request.POST, proof=proof)
    if form.is_valid():
        try:
            deed(proof, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The approval number is on record."))
            return redirect("payments_staff:proof", pk)
    return _proof_page(request, proof, status=422, **{name: form})


@staff_view(VIEW)
def proof_certificate(request: HttpRequest, pk: int) -> FileResponse:
    """The buyer's business registration certificate, as a download."""
    proof = _proof(request, VIEW, pk)
    if not proof.certificate:
        raise Http404
    order = proof.payment.order
    audit.viewed(request, order, subjects=[order.user_id], file=proof.certificate_name)
    return as_download(
        proof.certificate, name=proof.certificate_name, content_type=proof.certificate_type
    )


# On behalf of a buyer -----------------------------------------------------------------------------


@staff_view(REQUEST)
def order_cash_receipt(request: HttpRequest, code: str, payment: int) -> HttpResponse:
    order = order_of(request, REQUEST, code)
    return cash_receipt_page(request, order, payment, "staff/payments/proof_request.html")


@staff_view(REQUEST)
def order_invoice(request: HttpRequest, code: str, payment: int) -> HttpResponse:
    order = order_of(request, REQUEST, code)
    return invoice_page(request, order, payment, "staff/payments/proof_request.html")


@staff_view(REQUEST)
def order_papers(request: HttpRequest, code: str) -> HttpResponse:
    order = order_of(request, REQUEST, code)
    return papers_page(
        request,
        order,
        "staff/payments/order_papers.html",
        lambda paper: redirect("members_staff:paper-pdf", paper.pk),
    )
