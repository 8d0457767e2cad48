"""Assessing the dues of a year: a preview, then the booking; and letting members off."""

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
from members import actions
from members.forms import AssessForm, EndExemptionForm, ExemptForm, ItemFilter
from members.models import Assessment, Exemption, Member

ASSESS = "members.assess_dues"
EXPORT = ListExport(
    "members.export_assessments",
    gettext_lazy("Assessments so far"),
    [
        (gettext_lazy("Year"), lambda row: row.year),
        (gettext_lazy("Branch"), lambda row: row.branch.name if row.branch else _("All")),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
        (gettext_lazy("New"), lambda row: row.added),
        (gettext_lazy("Changed"), lambda row: row.changed),
        (gettext_lazy("Reversed"), lambda row: row.reversed),
        (gettext_lazy("Change of the books"), lambda row: row.total),
        (gettext_lazy("By"), lambda row: (row.booked_by or row.started_by).name),
        (gettext_lazy("Date"), lambda row: clock.kst_date(row.booked_at or row.started_at)),
    ],
)
ITEMS = ListExport(
    "members.export_assessment",
    gettext_lazy("Dues of a year"),
    [
        (gettext_lazy("Member"), lambda item: item.member.name),
        (gettext_lazy("Member number"), lambda item: item.member.number),
        (gettext_lazy("Tier"), lambda item: item.member.tier.name),
        (gettext_lazy("Branch"), lambda item: item.member.branch.name),
        (gettext_lazy("Change"), lambda item: item.get_kind_display()),
        (gettext_lazy("Booked"), lambda item: item.before),
        (gettext_lazy("Should be"), lambda item: item.after),
        (gettext_lazy("Due on"), lambda item: item.due_on),
    ],
    people=["member__user", "member__seat_rows__user"],
)


@staff_view(ASSESS)
def assessments(request: HttpRequest) -> HttpResponse:
    """What was assessed so far, and the form that works out another preview."""
    branches = Branch.objects.permitted(request.user, ASSESS)
    form = AssessForm(request.POST or None, branches=branches)
    if request.method == "POST" and form.is_valid():
        _assessment, batch = actions.start_assessment(**form.cleaned_data, by=request.user)
        return redirect("batches:batch", batch.uuid)
    return TemplateResponse(
        request,
        "staff/dues/assessment_list.html",
        {"form": form, "page": page_of(request, _assessments())},
        status=422 if form.errors else 200,
    )


def _assessments() -> Any:
    return Assessment.objects.select_related("branch", "started_by", "booked_by")


@require_POST
@staff_view(ASSESS)
def assessments_export(request: HttpRequest) -> HttpResponseBase:
    return EXPORT.answer(request, _assessments())


@staff_view(ASSESS)
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview: how many would be new, changed and reversed, and each of them."""
    row = _assessment(pk)
    form, items = _items(request, row)
    return TemplateResponse(
        request,
        "staff/dues/assessment_detail.html",
        {"assessment": row, "form": form, "page": page_of(request, items)},
    )


def _items(request: HttpRequest, row: Assessment) -> tuple[ItemFilter, Any]:
    form = ItemFilter(request.GET, branches=Branch.objects.permitted(request.user, ASSESS))
    return form, form.apply(row.items.select_related("member__tier", "member__branch")).order_by(
        "pk"
    )


@require_POST
@staff_view(ASSESS)
def assessment_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = _assessment(pk)
    form, items = _items(request, row)
    return ITEMS.answer(request, items, branch=form.value("branch"), of=row)


def _assessment(pk: int) -> Assessment:
    return get_object_or_404(_assessments(), pk=pk)


@require_POST
@staff_view(ASSESS)
def assessment_book(request: HttpRequest, pk: int) -> HttpResponse:
    batch = actions.start_booking(_assessment(pk), by=request.user)
    return redirect("batches:batch", batch.uuid)


@staff_view(ASSESS)
def exempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Lets a member off the dues of some years."""
    members = Member.objects.permitted(request.user, ASSESS).select_related("tier", "branch")
    member = get_object_or_404(members, pk=pk)
    form = ExemptForm(request.POST or None, initial={"from_year": clock.today().year})
    if request.method == "POST" and form.is_valid():
        try:
            actions.exempt(member, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The member is let off these dues."))
            return redirect("members_staff:member-dues", member.pk)
    audit.viewed(request, member, subjects=actions.people_of(member))
    return TemplateResponse(
        request,
        "staff/dues/exempt.html",
        {"member": member, "form": form},
        status=422 if form.errors else 200,
    )


@staff_view(ASSESS)
def exemption_end(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Exemption.objects.permitted(request.user, ASSESS)
    exemption = get_object_or_404(rows.select_related("member__tier", "member__branch"), pk=pk)
    form = EndExemptionForm(request.POST or None, initial={"until_year": clock.today().year})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_exemption(exemption, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The exemption ends with this year."))
            return redirect("members_staff:member-dues", exemption.member_id)
    audit.viewed(request, exemption.member, subjects=actions.people_of(exemption.member))
    return TemplateResponse(
        request,
        "staff/dues/exemption_end.html",
        {"exemption": exemption, "member": exemption.member, "form": form},
        status=422 if form.errors else 200,
    )
