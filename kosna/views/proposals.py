"""Offices that wait for a second person: the list, and the page on which they are decided."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branch_actions import confirm_proposal, refuse_proposal
from kosna.branches.access import staff_view
from kosna.branches.forms import ProposalFilter, RefusalForm
from kosna.branches.models import Proposal
from kosna.core.methods import require_POST

PER_PAGE = 20
APPOINT = "branches.appoint"
EXPORT = ListExport(
    "branches.export_proposals",
    gettext_lazy("Proposed offices"),
    [
        (gettext_lazy("Name"), lambda row: row.user.name),
        (gettext_lazy("Role"), lambda row: row.get_role_display()),
        (gettext_lazy("Branch"), lambda row: row.branch.name),
        (gettext_lazy("From"), lambda row: row.valid_from),
        (gettext_lazy("Proposed by"), lambda row: row.proposed_by.name),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["user"],
)


def _proposal(request: HttpRequest, pk: int) -> Proposal:
    rows = Proposal.objects.permitted(request.user, APPOINT)
    people = rows.select_related("user", "branch", "proposed_by", "decided_by")
    return get_object_or_404(people, pk=pk)


@staff_view(APPOINT)
def proposals(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "staff/branches/proposals.html", {"form": form, "page": page})


def _listed(request: HttpRequest) -> tuple[ProposalFilter, Any]:
    form = ProposalFilter(request.GET)
    rows = form.narrow(Proposal.objects.permitted(request.user, APPOINT))
    return form, rows.select_related("user", "branch", "proposed_by").order_by("-pk")


@require_POST
@staff_view(APPOINT)
def proposals_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _listed(request)
    return EXPORT.answer(request, rows)


@staff_view(APPOINT)
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    row = _proposal(request, pk)
    audit.viewed(request, row, subjects=[row.user_id])
    return _page(request, row, RefusalForm())


def _page(request: HttpRequest, row: Proposal, form: RefusalForm) -> HttpResponse:
    waits = row.status == Proposal.Status.PROPOSED
    is_theirs = request.user.pk in (row.user_id, row.proposed_by_id)
    return TemplateResponse(
        request,
        "staff/branches/proposal.html",
        {
            "proposal": row,
            "form": form,
            "may_decide": waits and not is_theirs,
            "needs_another": waits and is_theirs,
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@staff_view(APPOINT)
def proposal_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    confirm_proposal(_proposal(request, pk), by=request.user)
    messages.success(request, _("Appointed. The person has been told by e-mail."))
    return redirect("branches_staff:proposals")


@require_POST
@staff_view(APPOINT)
def proposal_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _proposal(request, pk), RefusalForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    refuse_proposal(row, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The proposal was refused."))
    return redirect("branches_staff:proposals")
