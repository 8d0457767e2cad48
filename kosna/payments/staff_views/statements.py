"""Branches' statements: the months of a year, one of them with all that was booked, and its way
from a draft to the payout. Branch officers see their own branch's."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.accounts.requests import client_ip
from kosna.audit import actions as audit
from kosna.branches.access import staff_view
from kosna.branches.models import Branch, Scope
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_GET, require_POST
from kosna.documents.views import pdf_response
from kosna.payments import actions, outgoing, payables, statement_figures, statement_papers
from kosna.payments.forms import ReasonForm
from kosna.payments.models import Statement
from kosna.payments.statement_forms import PayoutForm, StatementFilter

VIEW, RUN, APPROVE = (f"payments.{verb}_statement" for verb in ("view", "run", "approve"))


def _filter(request: HttpRequest) -> StatementFilter:
    return StatementFilter(request.GET, branches=Branch.objects.permitted(request.user, VIEW))


@staff_view(VIEW)
def statement_list(request: HttpRequest) -> TemplateResponse:
    """A year's months, the newest first. There are a dozen for each branch, so all are reckoned
    and some are shown."""
    form = _filter(request)
    rows = form.narrow(Statement.objects.permitted(request.user, VIEW))
    rows = list(rows.select_related("branch", "payout").order_by("-month", "branch__pk"))
    figures = statement_figures.figures_of(rows)
    page = page_of(request, rows)
    page.object_list = [(row, figures[row.pk]) for row in page.object_list]
    shown = figures.values()
    return TemplateResponse(
        request,
        "staff/settlements/statement_list.html",
        {
            "form": form,
            "page": page,
            "sums": {
                "earned": sum(each.earned for each in shown),
                "adjusted": sum(each.adjusted for each in shown),
                "paid_out": -sum(each.paid_out for each in shown),
            },
            "year": form.asked_year,
            "totals": statement_figures.totals_of(figures) if form.asked_year else [],
            "query": f"?{request.GET.urlencode()}" if request.GET else "",
        },
    )


def _statement(request: HttpRequest, pk: int, verb: str) -> Statement:
    rows = Statement.objects.permitted(request.user, verb)
    people = ("prepared_by", "approved_by", "locked_by")
    return get_object_or_404(rows.select_related("branch", "payout", *people), pk=pk)


@staff_view(VIEW)
def statement(request: HttpRequest, pk: int) -> TemplateResponse:
    return _page(request, _statement(request, pk, VIEW))


def _page(request: HttpRequest, row: Statement, **forms: Any) -> TemplateResponse:
    """One month. Names stand where the viewer may see orders of that branch; who looked at whose
    is on record."""
    names = row.branch in Scope.of(request.user, "payments.view_order")
    figures = statement_figures.figures_of([row])[row.pk]
    entries = row.entries.of_lines().select_related("line__order").order_by("-pk")
    page = page_of(request, entries, count=_lines_of(row, figures))
    subjects = {entry.line.order.user_id for entry in page}
    audit.viewed(request, row, subjects=subjects if names else [])
    tiers = payables.tier_names()
    others = row.entries.filter(line=None).select_related(
        "adjustment__corrects", "adjustment__proposed_by", "payout__statement"
    )
    may = {
        verb: request.user.has_perm(f"payments.{verb}_statement", row.branch)
        for verb in ("run", "approve")
    }
    due = statement_figures.due_of(row)
    payout = getattr(row, "payout", None)
    page.object_list = [
        (entry, tiers.get(entry.line.tier, entry.line.tier)) for entry in page.object_list
    ]
    return TemplateResponse(
        request,
        "staff/settlements/statement_detail.html",
        {
            "statement": row,
            "figures": figures,
            "totals": statement_figures.totals_of([row.pk]),
            "page": page,
            "names": names,
            "others": others.order_by("pk"),
            "paper": statement_papers.paper_of(row),
            "payout": payout,
            "bank": outgoing.lines_for(request.user, row) if may["run"] else None,
            "due": due,
            "may": may,
            "is_preparer": row.prepared_by_id == request.user.pk,
            "return_form": forms.get("return_form", ReasonForm(prefix="return")),
            "payout_form": forms.get(
                "payout_form", PayoutForm(prefix="payout", initial={"amount": due or None})
            ),
        },
        status=422 if forms else 200,
    )


def _lines_of(row: Statement, figures: statement_figures.Figures) -> int:
    """How many of its entries are of lines, which the list is paged over."""
    others = row.entries.filter(line=None).count()
    return figures.entry_count - others


@require_POST
@staff_view(RUN)
def statement_prepare(request: HttpRequest, pk: int) -> HttpResponse:
    actions.prepare_statement(_statement(request, pk, RUN), by=request.user)
    messages.success(request, _("The month is closed. Another person approves the statement."))
    return redirect("payments_staff:statement", pk)


@require_POST
@staff_view(APPROVE)
def statement_approve(request: HttpRequest, pk: int) -> HttpResponse:
    actions.approve_statement(_statement(request, pk, APPROVE), by=request.user)
    messages.success(request, _("The statement is approved. It can be locked now."))
    return redirect("payments_staff:statement", pk)


@require_POST
@staff_view(APPROVE, RUN)
def statement_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever may approve or run it sends it back, with the reason."""
    verb = APPROVE if Scope.of(request.user, APPROVE) else RUN
    row = _statement(request, pk, verb)
    form = ReasonForm(request.POST, prefix="return")
    if not form.is_valid():
        return _page(request, row, return_form=form)
    actions.return_statement(row, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The statement went back to be prepared anew."))
    return redirect("payments_staff:statement", pk)


@require_POST
@staff_view(RUN)
def statement_lock(request: HttpRequest, pk: int) -> HttpResponse:
    actions.lock_statement(_statement(request, pk, RUN), by=request.user)
    messages.success(request, _("The statement is locked and has its number."))
    return redirect("payments_staff:statement", pk)


@require_POST
@staff_view(RUN)
def statement_payout(request: HttpRequest, pk: int) -> HttpResponse:
    row = _statement(request, pk, RUN)
    form = PayoutForm(request.POST, prefix="payout")
    if form.is_valid():
        try:
            actions.match_payout(row, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The payout is recorded in the month that runs."))
            return redirect("payments_staff:statement", pk)
    return _page(request, row, payout_form=form)


@require_GET
@staff_view(VIEW)
def statement_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The numbered paper: drawn at once when it is short; a long one by the worker."""
    row = _statement(request, pk, VIEW)
    document = statement_papers.paper_of(row)
    if document is None:
        raise Refused(_("Only a locked statement has a paper."))
    audit.viewed(request, document, subjects=[])
    if document.file or (row.entry_count or 0) <= statement_papers.AT_ONCE:
        return pdf_response(document)
    batch = actions.start_paper(row, by=request.user)
    return redirect("batches:batch", batch.uuid)


@require_POST
@staff_view(VIEW)
def statement_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    row = _statement(request, pk, VIEW)
    return _sheet(request, Statement.objects.filter(pk=pk), f"{row.branch.code}-{row.month:%Y%m}")


@require_POST
@staff_view(VIEW)
def statement_sheets(request: HttpRequest) -> HttpResponse:
    """All entries of the list as it is filtered."""
    form = _filter(request)
    rows = form.narrow(Statement.objects.permitted(request.user, VIEW))
    return _sheet(request, rows, form.words())


def _sheet(request: HttpRequest, rows: Any, name: str) -> HttpResponse:
    batch = actions.start_sheet(
        rows,
        title=_("Branch statement") + f"-{name}",
        by=request.user,
        ip=client_ip(request),
    )
    return redirect("batches:batch", batch.uuid)
