"""Changes of tier at the desk: the queue, one of them, and the two answers."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.deeds import carried_out
from kosna.core.downloads import as_download
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members import actions, standing, tier_quotes
from members.forms import BasisForm, TierChangeFilter, TierRejectForm
from members.models import TierChange

VIEW, DECIDE = "members.view_application", "members.approve_application"
RELATED = (
    "member",
    "member__tier",
    "member__branch",
    "member__organisation",
    "from_tier",
    "to_tier",
)
EXPORT = ListExport(
    "members.export_tier_changes",
    gettext_lazy("Changes of tier"),
    [
        (gettext_lazy("Member"), lambda row: row.member.name),
        (gettext_lazy("Member number"), lambda row: row.member.number),
        (gettext_lazy("Now"), lambda row: row.from_tier.name),
        (gettext_lazy("New tier"), lambda row: row.to_tier.name),
        (gettext_lazy("Branch"), lambda row: row.member.branch.name),
        (gettext_lazy("Received"), lambda row: clock.kst_date(row.requested_at)),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["member__user", "member__seat_rows__user"],
)


@staff_view(VIEW)
def tier_changes(request: HttpRequest) -> TemplateResponse:
    """What waits for a decision first, then the newest."""
    form, rows = _listed(request)
    page = page_of(request, rows.waiting_first())
    return TemplateResponse(
        request, "staff/members/tier_change_list.html", {"form": form, "page": page}
    )


def _listed(request: HttpRequest) -> tuple[TierChangeFilter, Any]:
    form = TierChangeFilter(request.GET, branches=Branch.objects.permitted(request.user, VIEW))
    rows = form.apply(TierChange.objects.permitted(request.user, VIEW), "member__branch")
    return form, rows.select_related(*RELATED)


@require_POST
@staff_view(VIEW)
def tier_changes_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    return EXPORT.answer(request, rows.order_by("-pk"), branch=form.value("branch"))


def _change(request: HttpRequest, pk: int, verb: str) -> TierChange:
    rows = TierChange.objects.permitted(request.user, verb)
    rows = rows.select_related(*RELATED, "order", "requested_by", "decided_by")
    return get_object_or_404(rows, pk=pk)


@staff_view(VIEW)
def tier_change(request: HttpRequest, pk: int) -> TemplateResponse:
    return _page(request, _change(request, pk, VIEW))


def _page(request: HttpRequest, row: TierChange, **bound: forms.Form) -> TemplateResponse:
    """Undecided: with the quote of today, as it would be approved; then with the one that was."""
    people = actions.people_of(row.member)
    audit.viewed(request, row.member, subjects=people)
    waits = row.status == TierChange.Status.REQUESTED
    shown: dict[str, Any] = {"steps": tier_quotes.thawed(row.quote)}
    if waits:
        try:
            quote = tier_quotes.quote(row.member, row.to_tier, clock.today())
            shown = {"quote": quote, "steps": quote.steps}
        except Refused as refusal:
            shown = {"why_not": str(refusal)}
    is_own = request.user.pk in {row.requested_by_id, *(user.pk for user in people)}
    may_decide = waits and not is_own and request.user.has_perm(DECIDE, row.member.branch)
    return TemplateResponse(
        request,
        "staff/members/tier_change_detail.html",
        shown
        | {
            "change": row,
            "standing": standing.standing_of(row.member, clock.today()),
            "sizes": tier_quotes.sizes_in_words(row.member, row.to_tier)
            if row.status in TierChange.OPEN
            else "",
            "may_decide": may_decide,
            "approve_form": bound.get("approve") or BasisForm(prefix="approve"),
            "reject_form": bound.get("reject") or TierRejectForm(prefix="reject"),
        },
        status=422 if bound else 200,
    )


@staff_view(VIEW)
def tier_change_file(request: HttpRequest, pk: int) -> FileResponse:
    row = _change(request, pk, VIEW)
    if not row.proof:
        raise Http404
    people = actions.people_of(row.member)
    audit.viewed(request, row.member, subjects=people, file=row.proof_name)
    return as_download(row.proof, name=row.proof_name, content_type=row.proof_type)


def _answer(
    request: HttpRequest,
    pk: int,
    name: str,
    form_class: type[forms.Form],
    action: Callable[..., Any],
    done: str,
) -> HttpResponse:
    row = _change(request, pk, DECIDE)
    form = form_class(request.POST, prefix=name)
    if carried_out(request, form, partial(action, row, by=request.user), done):
        return redirect(row)
    return _page(request, row, **{name: form})


@require_POST
@staff_view(DECIDE)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("The application has been approved.")
    return _answer(request, pk, "approve", BasisForm, actions.approve_tier_change, done)


@require_POST
@staff_view(DECIDE)
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("The application has been rejected.")
    return _answer(request, pk, "reject", TierRejectForm, actions.reject_tier_change, done)
