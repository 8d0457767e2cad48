"""Expulsions and forfeitures: the list, one of them, and those that are proposed and decided by
the dozen."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members import actions, standing
from members.forms import DecideForm, DropForm, ProposeForm, RemovalFilter
from members.models import Member, Removal
from members.staff_views.exits import DECIDE, PROPOSE

RELATED = ("member", "member__tier", "member__branch", "proposed_by")
EXPORT = ListExport(
    "members.export_removals",
    gettext_lazy("Expulsion and forfeiture"),
    [
        (gettext_lazy("Member"), lambda row: row.member.name),
        (gettext_lazy("Member number"), lambda row: row.member.number),
        (gettext_lazy("Kind"), lambda row: row.get_kind_display()),
        (gettext_lazy("Branch"), lambda row: row.member.branch.name),
        (gettext_lazy("Proposed"), lambda row: clock.kst_date(row.proposed_at)),
        (gettext_lazy("By"), lambda row: row.proposed_by.name),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["member__user", "member__seat_rows__user"],
)
IN_ARREARS = ListExport(
    "members.export_forfeitures",
    gettext_lazy("Long in arrears"),
    [
        (gettext_lazy("Member"), lambda member: member.name),
        (gettext_lazy("Member number"), lambda member: member.number),
        (gettext_lazy("Tier"), lambda member: member.tier.name),
        (gettext_lazy("Branch"), lambda member: member.branch.name),
        (gettext_lazy("Joined on"), lambda member: member.joined_on),
        (gettext_lazy("Paid until"), lambda member: member.paid_until),
    ],
    people=["user", "seat_rows__user"],
)
UNDECIDED = ListExport(
    "members.export_undecided_forfeitures",
    gettext_lazy("Decide the forfeitures"),
    [
        (gettext_lazy("Member"), lambda row: row.member.name),
        (gettext_lazy("Member number"), lambda row: row.member.number),
        (gettext_lazy("Branch"), lambda row: row.member.branch.name),
        (gettext_lazy("Reason"), lambda row: row.reason),
        (gettext_lazy("Proposed"), lambda row: clock.kst_date(row.proposed_at)),
        (gettext_lazy("By"), lambda row: row.proposed_by.name),
    ],
    people=["member__user", "member__seat_rows__user"],
)


@staff_view(PROPOSE)
def removals(request: HttpRequest) -> TemplateResponse:
    """What waits for a decision first, then the newest."""
    form, rows = _listed(request)
    page = page_of(request, rows.waiting_first())
    return TemplateResponse(
        request, "staff/members/removal_list.html", {"form": form, "page": page}
    )


def _listed(request: HttpRequest) -> tuple[RemovalFilter, Any]:
    form = RemovalFilter(request.GET, branches=Branch.objects.permitted(request.user, PROPOSE))
    rows = form.apply(Removal.objects.permitted(request.user, PROPOSE))
    return form, rows.select_related(*RELATED)


@require_POST
@staff_view(PROPOSE)
def removals_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    return EXPORT.answer(request, rows.order_by("-pk"), branch=form.value("branch"))


@staff_view(PROPOSE)
def removal(request: HttpRequest, pk: int) -> TemplateResponse:
    return _removal_page(request, _removal(request, pk, PROPOSE))


def _removal(request: HttpRequest, pk: int, verb: str) -> Removal:
    rows = Removal.objects.permitted(request.user, verb)
    return get_object_or_404(rows.select_related(*RELATED, "decided_by"), pk=pk)


def _removal_page(
    request: HttpRequest, row: Removal, form: DropForm | None = None
) -> TemplateResponse:
    audit.viewed(request, row.member, subjects=actions.people_of(row.member))
    is_open = row.status == Removal.Status.PROPOSED
    may_decide = is_open and request.user.has_perm(DECIDE, row.member.branch)
    return TemplateResponse(
        request,
        "staff/members/removal_detail.html",
        {
            "removal": row,
            "standing": standing.standing_of(row.member, clock.today()),
            "is_mine": is_open and row.proposed_by_id == request.user.pk,
            "may_confirm": may_decide
            and row.kind == Removal.Kind.EXPULSION
            and row.proposed_by_id != request.user.pk,
            "may_drop": may_decide,
            "form": form or DropForm(),
        },
        status=422 if form else 200,
    )


@require_POST
@staff_view(DECIDE)
def removal_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's word ends the membership."""
    row = _removal(request, pk, DECIDE)
    member = actions.confirm_expulsion(row, by=request.user)
    messages.success(request, _("The expulsion is carried out."))
    return redirect("members_staff:member", member.pk)


@require_POST
@staff_view(DECIDE)
def removal_drop(request: HttpRequest, pk: int) -> HttpResponse:
    row = _removal(request, pk, DECIDE)
    form = DropForm(request.POST)
    if form.is_valid():
        try:
            actions.drop_removal(row, note=form.cleaned_data["note"], by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The proposal is dropped."))
            return redirect(row)
    return _removal_page(request, row, form)


@staff_view(PROPOSE)
def forfeitures(request: HttpRequest) -> HttpResponse:
    """Members so long in arrears that the board may decide, to be ticked and proposed."""
    today = clock.today()
    rows = _forfeitable(request, today)
    form = ProposeForm(request.POST if request.method == "POST" else None, rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            proposed = actions.propose_forfeitures(
                form.cleaned_data["chosen"], reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            said = _("Proposed to the board: %(n)s.") % {"n": len(proposed)}
            messages.success(request, said)
            return redirect("members_staff:forfeitures")
    return TemplateResponse(
        request,
        "staff/members/forfeiture_list.html",
        {
            "form": form,
            "page": page_of(request, _longest_first(rows, today)),
            "years": standing.calendar_for(today.year).forfeit_after_years,
            "may_decide": request.user.has_perm(DECIDE),
        },
        status=422 if form.errors else 200,
    )


def _forfeitable(request: HttpRequest, day: date) -> Any:
    rows = standing.forfeitable(Member.objects.permitted(request.user, PROPOSE), day)
    return rows.exclude(pk__in=Removal.objects.proposed().values("member"))


def _longest_first(rows: Any, day: date) -> Any:
    shown = standing.with_paid_until(rows.select_related("tier", "branch"), day)
    return shown.order_by("paid_to", "pk")


@require_POST
@staff_view(PROPOSE)
def forfeitures_export(request: HttpRequest) -> HttpResponseBase:
    today = clock.today()
    return IN_ARREARS.answer(request, _longest_first(_forfeitable(request, today), today))


@staff_view(DECIDE)
def forfeitures_decide(request: HttpRequest) -> HttpResponse:
    """The board's list with its decision: all that are ticked end on one basis."""
    rows = _undecided(request)
    form = DecideForm(request.POST if request.method == "POST" else None, rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            lost, kept = actions.decide_forfeitures(
                form.cleaned_data["chosen"].select_related("member"),
                basis=form.cleaned_data["basis"],
                by=request.user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(
                request,
                _("Forfeited: %(lost)s. Kept, as dues were paid meanwhile: %(kept)s.")
                % {"lost": len(lost), "kept": len(kept)},
            )
            return redirect("members_staff:forfeitures-decide")
    page = page_of(request, _oldest_first(rows))
    return TemplateResponse(
        request,
        "staff/members/forfeiture_decide.html",
        {"form": form, "page": page},
        status=422 if form.errors else 200,
    )


def _undecided(request: HttpRequest) -> Any:
    return Removal.objects.permitted(request.user, DECIDE).proposed().forfeitures()


def _oldest_first(rows: Any) -> Any:
    return rows.select_related(*RELATED).order_by("proposed_at", "pk")


@require_POST
@staff_view(DECIDE)
def forfeitures_decide_export(request: HttpRequest) -> HttpResponseBase:
    return UNDECIDED.answer(request, _oldest_first(_undecided(request)))
