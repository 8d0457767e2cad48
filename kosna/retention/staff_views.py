"""What has been kept long enough, who proposes and who approves that it goes, and what is left of
closed accounts. All of it is the head office's: no branch keeps anything of its own."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.accounts import own_data, retention
from kosna.accounts.requests import client_ip
from kosna.audit.list_exports import ListExport
from kosna.branches.access import whole_view
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.retention import actions
from kosna.retention.forms import (
    ClosedFilter,
    DestructionFilter,
    IdentityForm,
    ProposalForm,
    RefusalForm,
)
from kosna.retention.models import ClosedAccount, Destruction

VIEW, PROPOSE, APPROVE = (
    "retention.view_destruction",
    "retention.propose_destruction",
    "retention.approve_destruction",
)
OPEN_IDENTITY = "retention.open_identity"
EXPORT = ListExport(
    "retention.export_destructions",
    gettext_lazy("Destructions"),
    [
        (gettext_lazy("Number"), lambda row: row.pk),
        (gettext_lazy("Proposed"), lambda row: row.proposed_at),
        (gettext_lazy("Proposed by"), lambda row: row.proposed_by.name),
        (gettext_lazy("Who decided"), lambda row: row.decided_by.name if row.decided_by else ""),
        (gettext_lazy("Number of rows"), lambda row: row.number_of_rows),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["proposed_by", "decided_by"],
)
CLOSED_EXPORT = ListExport(
    "retention.export_closed",
    gettext_lazy("Closed accounts"),
    [
        (gettext_lazy("Account number"), lambda row: row.pk),
        (gettext_lazy("Account closed on"), lambda row: row.closed_at),
        (
            gettext_lazy("What is kept"),
            lambda row: _("Name and address kept") if row.is_kept else _("Nothing left"),
        ),
    ],
    people=["user"],
)

# --- destruction ---


@whole_view(VIEW)
def destructions(request: HttpRequest) -> HttpResponse:
    """The dry run as of now, and every destruction that was proposed so far."""
    return _list_page(request, ProposalForm())


def _list_page(request: HttpRequest, form: ProposalForm) -> HttpResponse:
    filters, rows = _listed(request)
    found = actions.dry_run(clock.now())
    return TemplateResponse(
        request,
        "staff/retention/destructions.html",
        {
            "found": found,
            "total": sum(kind.number for kind in found),
            "waits": Destruction.objects.open().exists(),
            "may_propose": request.user.has_perm(PROPOSE),
            "proposal": form,
            "form": filters,
            "page": page_of(request, rows),
        },
        status=422 if form.errors else 200,
    )


def _listed(request: HttpRequest) -> tuple[DestructionFilter, Any]:
    form = DestructionFilter(request.GET)
    rows = form.narrow(Destruction.objects.all())
    people = rows.select_related("proposed_by", "decided_by")
    return form, people.prefetch_related("items").order_by("-pk")


@require_POST
@whole_view(VIEW)
def destructions_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _listed(request)
    return EXPORT.answer(request, rows)


@require_POST
@whole_view(PROPOSE)
def destruction_propose(request: HttpRequest) -> HttpResponse:
    form = ProposalForm(request.POST)
    if not form.is_valid():
        return _list_page(request, form)
    row = actions.propose(note=form.cleaned_data["note"], by=request.user)
    messages.success(request, _("Proposed. Another person approves it."))
    return redirect(row)


def _destruction(pk: int) -> Destruction:
    rows = Destruction.objects.select_related("proposed_by", "decided_by")
    return get_object_or_404(rows, pk=pk)


@whole_view(VIEW)
def destruction(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _destruction(pk), RefusalForm())


def _page(request: HttpRequest, row: Destruction, form: RefusalForm) -> HttpResponse:
    is_own = row.proposed_by_id == request.user.pk
    waits, approves = row.status == Destruction.Status.PROPOSED, request.user.has_perm(APPROVE)
    items = list(row.items.all())
    return TemplateResponse(
        request,
        "staff/retention/destruction.html",
        {
            "destruction": row,
            "items": items,
            "total": sum(item.number for item in items),
            "destroyed": sum(item.destroyed for item in items),
            "form": form,
            "may_decide": waits and approves and not is_own,
            "may_withdraw": waits and is_own,
            "may_resume": approves and actions.rests(row),
        },
        status=422 if form.errors else 200,
    )


@require_POST
@whole_view(APPROVE)
def destruction_approve(request: HttpRequest, pk: int) -> HttpResponse:
    actions.approve(_destruction(pk), by=request.user)
    messages.success(request, _("Approved. The worker destroys what was listed."))
    return redirect("retention_staff:destruction", pk)


@require_POST
@whole_view(APPROVE)
def destruction_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _destruction(pk), RefusalForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    actions.refuse(row, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The proposal was refused."))
    return redirect("retention_staff:destruction", pk)


@require_POST
@whole_view(PROPOSE)
def destruction_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    actions.withdraw(_destruction(pk), by=request.user)
    messages.success(request, _("The proposal was withdrawn."))
    return redirect("retention_staff:destruction", pk)


@require_POST
@whole_view(APPROVE)
def destruction_resume(request: HttpRequest, pk: int) -> HttpResponse:
    actions.resume(_destruction(pk), by=request.user)
    messages.success(request, _("The worker goes on."))
    return redirect("retention_staff:destruction", pk)


@whole_view(VIEW)
def schedule(request: HttpRequest) -> HttpResponse:
    """보유 기간표: each kind that is held about a person, on which ground and for how long."""
    kinds = [(kind, retention.rule_of(kind.code)) for kind in own_data.kinds()]
    by_basis = [
        (basis, [(kind.title, rule.fate) for kind, rule in kinds if rule.basis == basis])
        for basis in retention.BASES.values()
    ]
    return TemplateResponse(
        request,
        "staff/retention/schedule.html",
        {"bases": by_basis, "dues": retention.dues()},
    )


# --- closed accounts ---


def _closed(request: HttpRequest) -> tuple[ClosedFilter, Any]:
    form = ClosedFilter(request.GET)
    return form, form.narrow(ClosedAccount.objects.all()).order_by("-closed_at", "-pk")


@whole_view(OPEN_IDENTITY)
def closed_accounts(request: HttpRequest) -> HttpResponse:
    """By number: names are sealed, and opened one at a time."""
    form, rows = _closed(request)
    return TemplateResponse(
        request,
        "staff/retention/closed_accounts.html",
        {"form": form, "page": page_of(request, rows)},
    )


@require_POST
@whole_view(OPEN_IDENTITY)
def closed_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _closed(request)
    return CLOSED_EXPORT.answer(request, rows)


@whole_view(OPEN_IDENTITY)
def closed_account(request: HttpRequest, pk: int) -> HttpResponse:
    """What is left of one; who it was, once a reason is given."""
    row = get_object_or_404(ClosedAccount.objects.select_related("user"), pk=pk)
    form, identity = IdentityForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            identity = actions.open_identity(
                row, reason=form.cleaned_data["reason"], ip=client_ip(request), by=request.user
            )
        except Refused as refusal:
            refusal.to_form(form)
    return TemplateResponse(
        request,
        "staff/retention/closed_account.html",
        {"closed": row, "form": form, "identity": identity},
        status=422 if form.errors else 200,
    )
