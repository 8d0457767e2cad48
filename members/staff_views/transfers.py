"""Transfers between branches at the desk: what each side has to answer."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch, Scope
from kosna.core import clock
from kosna.core.deeds import carried_out
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members import actions
from members.forms import AcceptForm, CaseReasonForm, TransferFilter, WaiverForm
from members.models import Transfer

VIEW, DECIDE = "members.view_member", "members.decide_transfer"
RELATED = ("member", "member__tier", "from_branch", "to_branch")
Status = Transfer.Status
EXPORT = ListExport(
    "members.export_transfers",
    gettext_lazy("Transfers"),
    [
        (gettext_lazy("Member"), lambda row: row.member.name),
        (gettext_lazy("Member number"), lambda row: row.member.number),
        (gettext_lazy("From branch"), lambda row: row.from_branch.name),
        (gettext_lazy("To branch"), lambda row: row.to_branch.name),
        (gettext_lazy("Asked on"), lambda row: clock.kst_date(row.requested_at)),
        (gettext_lazy("Moves on"), lambda row: row.moves_on),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["member__user", "member__seat_rows__user"],
)


@staff_view(VIEW)
def transfers(request: HttpRequest) -> TemplateResponse:
    """What waits for an answer first, then the newest."""
    form, rows = _listed(request)
    page = page_of(request, rows.waiting_first())
    return TemplateResponse(
        request, "staff/members/transfer_list.html", {"form": form, "page": page}
    )


def _listed(request: HttpRequest) -> tuple[TransferFilter, Any]:
    form = TransferFilter(request.GET, branches=Branch.objects.permitted(request.user, VIEW))
    rows = Transfer.objects.permitted(request.user, VIEW)
    return form, form.apply(rows, "from_branch", "to_branch").select_related(*RELATED)


@require_POST
@staff_view(VIEW)
def transfers_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    return EXPORT.answer(request, rows.order_by("-pk"), branch=form.value("branch"))


def _transfer(request: HttpRequest, pk: int, verb: str) -> Transfer:
    rows = Transfer.objects.permitted(request.user, verb)
    people = rows.select_related(*RELATED, "requested_by", "cleared_by", "decided_by")
    return get_object_or_404(people, pk=pk)


def _in_hands_of(transfer: Transfer) -> Branch | None:
    """The branch that has to answer now."""
    hands = {Status.REQUESTED: transfer.from_branch, Status.CLEARED: transfer.to_branch}
    return hands.get(Status(transfer.status))


@staff_view(VIEW)
def transfer(request: HttpRequest, pk: int) -> TemplateResponse:
    return _page(request, _transfer(request, pk, VIEW))


def _page(request: HttpRequest, row: Transfer, **bound: forms.Form) -> TemplateResponse:
    audit.viewed(request, row.member, subjects=actions.people_of(row.member))
    branch = _in_hands_of(row)
    may_decide = branch is not None and request.user.has_perm(DECIDE, branch)
    is_leaving = row.status == Status.REQUESTED
    owed = actions.open_dues(row.member) if is_leaving else None
    return TemplateResponse(
        request,
        "staff/members/transfer_detail.html",
        {
            "transfer": row,
            "owed": owed,
            "may_clear": may_decide and is_leaving and not owed,
            "may_waive": may_decide and bool(owed) and Scope.of(request.user, DECIDE).everywhere,
            "may_accept": may_decide and row.status == Status.CLEARED,
            "may_refuse": may_decide,
            "sees_member": request.user.has_perm(VIEW, row.member.branch_id),
            "clear_form": bound.get("clear"),
            "waiver_form": bound.get("waive") or WaiverForm(prefix="waive"),
            "accept_form": bound.get("accept") or AcceptForm(prefix="accept"),
            "refuse_form": bound.get("refuse") or CaseReasonForm(prefix="refuse"),
        },
        status=422 if bound else 200,
    )


def _answer(
    request: HttpRequest,
    pk: int,
    name: str,
    form_class: type[forms.Form],
    action: Callable[..., Any],
    done: str,
) -> HttpResponse:
    """One answer of the branch in whose hands the case is; to the other one it is no page."""
    row = _transfer(request, pk, DECIDE)
    branch = _in_hands_of(row)
    if branch is not None and not request.user.has_perm(DECIDE, branch):
        raise Http404
    form = form_class(request.POST, prefix=name)
    if carried_out(request, form, partial(action, row, by=request.user), done):
        return redirect("members_staff:transfers")
    return _page(request, row, **{name: form})


@require_POST
@staff_view(DECIDE)
def clear(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("Cleared. The new branch decides now.")
    return _answer(request, pk, "clear", forms.Form, actions.clear_transfer, done)


@require_POST
@staff_view(DECIDE)
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("Cleared. The new branch decides now.")
    return _answer(request, pk, "waive", WaiverForm, actions.clear_transfer, done)


@require_POST
@staff_view(DECIDE)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("Accepted. The member is told by mail.")
    return _answer(request, pk, "accept", AcceptForm, actions.accept_transfer, done)


@require_POST
@staff_view(DECIDE)
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("Refused. The member is told by mail.")
    return _answer(request, pk, "refuse", CaseReasonForm, actions.refuse_transfer, done)
