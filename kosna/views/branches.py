"""Branches: the map, one page each, and the form with which the head office opens a new one."""

from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Event
from kosna.audit.list_exports import ListExport
from kosna.branch_actions import (
    against_closing,
    change_branch,
    close_branch,
    end_appointment,
    propose,
)
from kosna.branches.access import staff_view
from kosna.branches.forms import AppointmentForm, BranchFilter, BranchForm
from kosna.branches.models import Appointment, Branch, Proposal
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_POST
from kosna.payments.statement_figures import running_of
from members import closing, figures
from members.forms import BasisForm, MoveAllForm
from members.models import Member

PER_PAGE = 20
NOTICES_SHOWN = 10
EXPORT = ListExport(
    "branches.export_branches",
    gettext_lazy("Branches"),
    [
        (gettext_lazy("Branch"), lambda branch: branch.name),
        (gettext_lazy("Branch code"), lambda branch: branch.code),
        (gettext_lazy("Status"), lambda branch: branch.get_status_display()),
        (gettext_lazy("Opened on"), lambda branch: branch.opened_on),
        (gettext_lazy("Closed on"), lambda branch: branch.closed_on),
    ],
)


@login_not_required
def branches(request: HttpRequest) -> HttpResponse:
    rows = Branch.objects.shown().with_regions()
    return TemplateResponse(request, "branches/branches.html", {"branches": rows})


@login_not_required
def branch(request: HttpRequest, code: str) -> HttpResponse:
    """One branch with its numbers of this moment: counted from an index, in as many statements
    whatever its size."""
    branch = get_object_or_404(Branch.objects.shown(), code=code)
    today = clock.today()
    offices = branch.appointments.on(today).filter(is_public=True).select_related("user")
    terms = branch.terms.on(today).filter(is_public=True)
    return TemplateResponse(
        request,
        "branches/branch.html",
        {
            "branch": branch,
            "terms": sorted(terms, key=attrgetter("rank", "valid_from", "pk")),
            "officers": offices,
            "notices": branch.notices.on(today).newest()[:NOTICES_SHOWN],
            "events": Event.objects.published().filter(branch=branch).upcoming()[:5],
            "figures": figures.of_branch(branch, today),
            "fewest": figures.FEWEST,
            "regions": branch.regions.on(today),
        },
    )


@staff_view("branches.change_branch")
def staff_branches(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "staff/branches/branches.html", {"form": form, "page": page})


def _listed(request: HttpRequest) -> tuple[BranchFilter, Any]:
    form = BranchFilter(request.GET)
    return form, form.narrow(Branch.objects.permitted(request.user, "branches.change_branch"))


@require_POST
@staff_view("branches.change_branch")
def branches_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _listed(request)
    return EXPORT.answer(request, rows)


@staff_view("branches.change_branch")
def staff_branch(request: HttpRequest, code: str | None = None) -> HttpResponse:
    """Opening a branch is a form, not a release; and it is for the head office."""
    if code is None and not request.scope.everywhere:
        raise PermissionDenied
    permitted = Branch.objects.permitted(request.user, "branches.change_branch")
    branch = get_object_or_404(permitted, code=code) if code else None
    form = BranchForm(request.POST or None, instance=branch)
    today = clock.today()
    if request.method == "POST" and form.is_valid():
        try:
            change_branch(form, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Saved."))
            return redirect("branches_staff:branch", code=form.instance.code)
    return TemplateResponse(
        request,
        "staff/branches/branch.html",
        {
            "branch": branch,
            "form": form,
            "offices": branch.appointments.select_related("user").order_by("-valid_from")
            if branch
            else [],
            "proposals": _waiting(request, branch) if branch else [],
            "terms": branch.terms.current(today).order_by("valid_from", "pk") if branch else [],
            "past_terms": branch.terms.past(today).order_by("-valid_to", "pk") if branch else [],
            "running": running_of(branch) if branch else None,
            "may_see_statements": request.user.has_perm("payments.view_statement", branch),
        },
    )


@staff_view("branches.change_branch")
def staff_close(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that still stands against it, the way to move the members, and the closing."""
    if not request.scope.everywhere:
        raise PermissionDenied
    branch = get_object_or_404(Branch, code=code)
    reasons = against_closing(branch)
    move_form = MoveAllForm(branch=branch)
    close_form = BasisForm()
    if request.method == "POST" and request.POST.get("intent") == "move":
        move_form = MoveAllForm(request.POST, branch=branch)
        if move_form.is_valid():
            try:
                batch = closing.move_all(branch, **move_form.cleaned_data, by=request.user)
            except Refused as refusal:
                refusal.to_form(move_form)
            else:
                return redirect("batches:batch", uuid=batch.uuid)
    elif request.method == "POST":
        close_form = BasisForm(request.POST)
        if close_form.is_valid():
            try:
                close_branch(branch, basis=close_form.cleaned_data["basis"], by=request.user)
            except Refused as refusal:
                refusal.to_form(close_form)
            else:
                messages.success(request, _("The branch is closed."))
                return redirect("branches_staff:branches")
    members = Member.objects.filter(branch=branch, status__in=closing.RUNNING).count()
    return TemplateResponse(
        request,
        "staff/branches/close.html",
        {
            "branch": branch,
            "reasons": reasons,
            "members": members,
            "move_form": move_form,
            "close_form": close_form,
            "may_close": not reasons and branch.may_move_to(Branch.Status.CLOSED),
        },
        status=422 if move_form.errors or close_form.errors else 200,
    )


def _waiting(request: HttpRequest, branch: Branch) -> QuerySet[Proposal]:
    """The offices proposed at a branch that a second person has not decided about."""
    rows = Proposal.objects.permitted(request.user, "branches.appoint").waiting()
    return rows.filter(branch=branch).select_related("user", "proposed_by").order_by("pk")


@staff_view("branches.appoint")
def staff_appoint(request: HttpRequest, code: str) -> HttpResponse:
    permitted = Branch.objects.permitted(request.user, "branches.appoint")
    branch = get_object_or_404(permitted, code=code)
    form = AppointmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            propose(
                user=form.cleaned_data["email"],
                branch=branch,
                role=form.cleaned_data["role"],
                valid_from=form.cleaned_data["valid_from"],
                valid_to=form.cleaned_data["valid_to"],
                by=request.user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(
                request, _("Proposed. The office counts once another person has confirmed it.")
            )
            return redirect("branches_staff:branch", code=code)
    return TemplateResponse(
        request, "staff/branches/appoint.html", {"branch": branch, "form": form}
    )


@staff_view("branches.appoint")
def staff_end_appointment(request: HttpRequest, pk: int) -> HttpResponse:
    permitted = Branch.objects.permitted(request.user, "branches.appoint")
    office = get_object_or_404(Appointment, pk=pk, branch__in=permitted)
    if request.method == "POST":
        end_appointment(office, by=request.user)
        messages.success(request, _("The office ends today."))
        return redirect("branches_staff:branch", code=office.branch.code)
    return TemplateResponse(request, "staff/branches/end_appointment.html", {"office": office})
