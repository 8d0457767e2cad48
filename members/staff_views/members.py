"""Members: the list, its export, and one of them."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.lists import keys_of
from kosna.core.methods import require_POST
from kosna.documents.models import Document
from members import actions, exports, standing
from members.forms import MemberFilter
from members.models import Member, Seat
from members.staff_views.exits import deeds_for
from members.staff_views.register import CHANGE, history_of
from members.staff_views.register import VIEW as VIEW_REGISTER

VIEW_MEMBER = "members.view_member"


@staff_view(VIEW_MEMBER)
def members(request: HttpRequest) -> TemplateResponse:
    """Standing is worked out for the rows of the page alone, in one statement."""
    form = _member_filter(request, VIEW_MEMBER)
    rows = form.apply(Member.objects.permitted(request.user, VIEW_MEMBER)).order_by("-pk")
    page = keys_of(request, rows.values_list("pk", flat=True), searched=form.value("q"))
    shown = Member.objects.filter(pk__in=page.object_list)
    page.object_list = [
        (row, standing.LABELS[row.standing], standing.TONES[row.standing])
        for row in standing.with_standing(shown, clock.today())
        .select_related("tier", "branch")
        .order_by("-pk")
    ]
    return TemplateResponse(
        request,
        "staff/members/member_list.html",
        {
            "form": form,
            "page": page,
            "may_export": request.user.has_perm("members.export_member"),
        },
    )


def _member_filter(request: HttpRequest, verb: str) -> MemberFilter:
    return MemberFilter(request.GET, branches=Branch.objects.permitted(request.user, verb))


@require_POST
@staff_view("members.export_member")
def members_export(request: HttpRequest) -> HttpResponseBase:
    """The list as it is filtered, as Excel or CSV; never without a reason, which stays on
    record."""
    form = _member_filter(request, "members.export_member")
    rows = form.apply(Member.objects.permitted(request.user, "members.export_member"))
    found = standing.with_standing(Member.objects.filter(pk__in=rows.values("pk")), clock.today())
    export = ListExport(
        "members.export_member", _("Members"), exports.columns(), people=("user", "seat_rows__user")
    )
    return export.answer(
        request, exports.with_facts(found).order_by("pk"), branch=form.value("branch")
    )


@staff_view(VIEW_MEMBER)
def member(request: HttpRequest, pk: int) -> TemplateResponse:
    rows = Member.objects.permitted(request.user, VIEW_MEMBER)
    row = get_object_or_404(
        rows.select_related("tier", "branch", "user", "organisation", "claim").prefetch_related(
            "periods",
            "periods__tier",
            "suspensions",
            Prefetch("seat_rows", Seat.objects.select_related("user").order_by("pk")),
        ),
        pk=pk,
    )
    seats = list(row.seat_rows.all())
    people = [row.user_id] if row.user_id else [seat.user_id for seat in seats]
    audit.viewed(request, row, subjects=people)
    sees_money = request.user.has_perm("payments.view_order", row.branch)
    orders = actions.orders_of(row.pk)
    applications = list(row.applications.order_by("pk"))
    today = clock.today()
    return TemplateResponse(
        request,
        "staff/members/member_detail.html",
        {
            "member": row,
            "standing": standing.standing_of(row, today),
            "sees_dues": request.user.has_perm("members.view_dues", row.branch),
            "periods": row.periods.all(),
            "may_import": request.user.has_perm("members.import_member", row.branch),
            "seats": [(seat, seat.is_current) for seat in seats],
            "applications": applications,
            "register_history": history_of(row)
            if request.user.has_perm(VIEW_REGISTER, row.branch)
            else None,
            "may_change_details": row.status == Member.Status.ACTIVE
            and request.user.has_perm(CHANGE, row.branch),
            "orders": orders.order_by("-pk") if sees_money else None,
            "documents": Document.objects.of_membership(row.pk).order_by("-pk"),
            "may_see_papers": request.user.has_perm("documents.view_document", row.branch),
            "may_issue": request.user.has_perm("documents.issue_document", row.branch),
            "removal": row.removals.proposed().select_related("proposed_by").first(),
            "history": actions.branch_history(row),
            "cases": [
                *row.transfers.open().select_related("from_branch", "to_branch"),
                *row.tier_changes.open().select_related("from_tier", "to_tier"),
            ],
            "deeds": [
                (deed, reverse(f"members_staff:member-{deed.name}", args=[row.pk]))
                for deed in deeds_for(request.user, row)
            ],
        },
    )
