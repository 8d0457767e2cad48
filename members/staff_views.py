"""The desk's pages about applications and members: only rows of the branches in which this person
holds the verb; looking at somebody's data leaves a trace."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q
from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from kosna.accounts.requests import client_ip
from kosna.audit import actions as audit
from kosna.audit.models import Entry
from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core import clock, korean
from kosna.core.errors import Refused
from kosna.core.exports import csv_response
from kosna.documents.models import Document
from kosna.payments.models import Order
from members import actions, standing
from members.forms import (
    ApplicationFilter,
    ApproveForm,
    ExportForm,
    MemberFilter,
    ReasonForm,
    RejectForm,
)
from members.models import Application, Member, Organisation, Seat
from members.views import attachment

PER_PAGE = 20
VIEW_APPLICATION, VIEW_MEMBER = "members.view_application", "members.view_member"
REVIEW, APPROVE = "members.review_application", "members.approve_application"
HISTORY = {
    "members.submit_application": gettext_lazy("Application received"),
    "members.request_revision": gettext_lazy("Revision requested"),
    "members.approve_application": gettext_lazy("Approved"),
    "members.reject_application": gettext_lazy("Rejected"),
    "members.withdraw_application": gettext_lazy("Withdrawn by the applicant"),
    "members.reissue_order": gettext_lazy("New order issued"),
}


def page_of(request: HttpRequest, rows: Any) -> Page:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


# Applications -------------------------------------------------------------------------------------


@staff_view(VIEW_APPLICATION)
def applications(request: HttpRequest) -> TemplateResponse:
    form = ApplicationFilter(
        request.GET, branches=Branch.objects.permitted(request.user, VIEW_APPLICATION)
    )
    rows = Application.objects.received().permitted(request.user, VIEW_APPLICATION)
    rows = form.apply(rows).select_related("tier", "branch").order_by("submitted_at", "pk")
    return TemplateResponse(
        request,
        "staff/members/application_list.html",
        {"form": form, "page": page_of(request, rows)},
    )


@staff_view(VIEW_APPLICATION)
def application(request: HttpRequest, number: str) -> TemplateResponse:
    row = _application(request, number, VIEW_APPLICATION)
    audit.viewed(request, row, subjects=[row.applicant_id])
    return _application_page(request, row)


@staff_view(VIEW_APPLICATION)
def application_file(request: HttpRequest, number: str, pk: int) -> FileResponse:
    row = _application(request, number, VIEW_APPLICATION)
    file = get_object_or_404(row.files, pk=pk)
    audit.viewed(request, row, subjects=[row.applicant_id], file=file.name)
    return attachment(file)


@require_POST
@staff_view(APPROVE)
def approve(request: HttpRequest, number: str) -> HttpResponseBase:
    return _decide(request, number, APPROVE, "approve", _("The application has been approved."))


@require_POST
@staff_view(REVIEW)
def revise(request: HttpRequest, number: str) -> HttpResponseBase:
    return _decide(request, number, REVIEW, "revise", _("The applicant has been asked to revise."))


@require_POST
@staff_view(APPROVE)
def reject(request: HttpRequest, number: str) -> HttpResponseBase:
    return _decide(request, number, APPROVE, "reject", _("The application has been rejected."))


DECISIONS = {
    "approve": (ApproveForm, actions.approve_application),
    "revise": (ReasonForm, actions.request_revision),
    "reject": (RejectForm, actions.reject_application),
}


def _decide(
    request: HttpRequest, number: str, verb: str, decision: str, done: str
) -> HttpResponseBase:
    """One of the three answers; a form that was refused is shown again where it stood."""
    row = _application(request, number, verb)
    form_class, action = DECISIONS[decision]
    form = form_class(request.POST, prefix=decision)
    if form.is_valid():
        try:
            action(row, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, done)
            return redirect("members_staff:application", row.number)
    row = _application(request, number, verb)
    return _application_page(request, row, bound={decision: form}, status=422)


def _application(request: HttpRequest, number: str, verb: str) -> Application:
    rows = Application.objects.received().permitted(request.user, verb)
    related = ("applicant", "tier", "branch", "decided_by", "member", "order")
    return get_object_or_404(rows.select_related(*related), number=number)


def _application_page(
    request: HttpRequest,
    row: Application,
    *,
    bound: dict[str, Form] | None = None,
    status: int = 200,
) -> TemplateResponse:
    bound = bound or {}
    user = request.user
    is_own = row.applicant_id == user.pk
    entries = Entry.objects.filter(
        target_type=Application._meta.label_lower, target_id=str(row.pk), verb__in=HISTORY
    )
    similar = Application.objects.similar_to(row).select_related("branch")
    return TemplateResponse(
        request,
        "staff/members/application_detail.html",
        {
            "application": row,
            "files": row.files.order_by("-pk"),
            "similar": [(other, other.branch in request.scope) for other in similar[:5]],
            "known_organisation": row.business_number
            and Organisation.objects.filter(business_number=row.business_number).first(),
            "history": [(HISTORY[entry.verb], entry) for entry in entries.order_by("pk")],
            "is_own": is_own,
            "may_revise": not is_own
            and row.may_move_to(Application.Status.REVISION)
            and user.has_perm(REVIEW, row.branch),
            "may_approve": not is_own
            and row.may_move_to(Application.Status.APPROVED)
            and user.has_perm(APPROVE, row.branch),
            "may_reject": not is_own
            and row.may_move_to(Application.Status.REJECTED)
            and user.has_perm(APPROVE, row.branch),
            "approve_form": bound.get("approve") or ApproveForm(prefix="approve"),
            "revise_form": bound.get("revise") or ReasonForm(prefix="revise"),
            "reject_form": bound.get("reject") or RejectForm(prefix="reject"),
            "refused_form": next(iter(bound.values()), None),
            "may_see_member": row.member and user.has_perm(VIEW_MEMBER, row.member.branch),
            "may_see_order": row.order and user.has_perm("payments.view_order", row.branch),
        },
        status=status,
    )


# Members ------------------------------------------------------------------------------------------


@staff_view(VIEW_MEMBER)
def members(request: HttpRequest) -> TemplateResponse:
    """Standing is worked out for the rows of the page alone, in one statement."""
    form = _member_filter(request, VIEW_MEMBER)
    rows = form.apply(Member.objects.permitted(request.user, VIEW_MEMBER)).order_by("-pk")
    page = page_of(request, rows)
    shown = Member.objects.filter(pk__in=page.object_list.values("pk"))
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
            "export_form": ExportForm(),
            "export_url": _export_url(request),
        },
    )


def _member_filter(request: HttpRequest, verb: str) -> MemberFilter:
    return MemberFilter(request.GET, branches=Branch.objects.permitted(request.user, verb))


def _export_url(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return reverse("members_staff:members-export") + (f"?{query.urlencode()}" if query else "")


@require_POST
@staff_view("members.export_member")
def members_export(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, as it is filtered; never without a reason, which stays on record."""
    reason = ExportForm(request.POST)
    if not reason.is_valid():
        raise Refused(*reason.errors.get("reason", []))
    form = _member_filter(request, "members.export_member")
    rows = form.apply(Member.objects.permitted(request.user, "members.export_member"))
    today = clock.today()
    found = standing.with_standing(Member.objects.filter(pk__in=rows.values("pk")), today)
    found = found.select_related("tier", "branch", "user", "organisation").order_by("pk")
    people = list(rows.exclude(user=None).values_list("user", flat=True))
    people += Seat.objects.filter(member__in=rows.values("pk")).values_list("user", flat=True)
    audit.record(
        "members.export_member",
        request.user,
        by=request.user,
        branch=form.value("branch"),
        reason=reason.cleaned_data["reason"],
        subjects=people,
        ip=client_ip(request),
        rows=rows.count(),
        filters={key: value for key, value in request.GET.items() if value and key != "page"},
    )
    columns = [
        (_("Member number"), lambda m: m.number or ""),
        (_("Name"), lambda m: m.name),
        (_("Tier"), lambda m: m.tier.name),
        (_("Branch"), lambda m: m.branch.name),
        (_("Standing"), lambda m: str(standing.LABELS[m.standing])),
        (
            _("Paid until"),
            lambda m: "" if m.paid_until in (None, standing.FOR_LIFE) else m.paid_until,
        ),
        (_("Joined on"), lambda m: m.joined_on),
        (_("E-mail"), lambda m: m.user.email if m.user else m.organisation.tax_email),
        (
            _("Phone"),
            lambda m: korean.display_phone(m.user.phone if m.user else m.organisation.phone),
        ),
        (
            _("Business number"),
            lambda m: (
                korean.display_business_number(m.organisation.business_number)
                if m.organisation
                else ""
            ),
        ),
    ]
    return csv_response(f"{_('Members')}-{today:%Y%m%d}.csv", columns, found)


@staff_view(VIEW_MEMBER)
def member(request: HttpRequest, pk: int) -> TemplateResponse:
    rows = Member.objects.permitted(request.user, VIEW_MEMBER)
    row = get_object_or_404(
        rows.select_related("tier", "branch", "user", "organisation").prefetch_related(
            "periods",
            "periods__tier",
            Prefetch("seat_rows", Seat.objects.select_related("user").order_by("pk")),
        ),
        pk=pk,
    )
    seats = list(row.seat_rows.all())
    people = [row.user_id] if row.user_id else [seat.user_id for seat in seats]
    audit.viewed(request, row, subjects=people)
    sees_money = request.user.has_perm("payments.view_order", row.branch)
    orders = Order.objects.filter(Q(application__member=row) | Q(renewal__member=row))
    keys = Q()
    for period in row.periods.all():
        keys |= Q(key__startswith=f"card:{period.pk}:")
    applications = list(row.applications.order_by("pk"))
    for its in applications:
        keys |= Q(key=f"approval:{its.pk}")
    today = clock.today()
    return TemplateResponse(
        request,
        "staff/members/member_detail.html",
        {
            "member": row,
            "standing": standing.standing_of(row, today),
            "periods": row.periods.all(),
            "seats": [(seat, seat.valid_to is None or seat.valid_to >= today) for seat in seats],
            "applications": applications,
            "orders": orders.order_by("-pk") if sees_money else None,
            "documents": Document.objects.filter(keys).order_by("-pk") if keys else [],
        },
    )
