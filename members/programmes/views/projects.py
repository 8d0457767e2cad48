"""Projects as everybody sees them, and how members apply to take part."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe
from members.access import Decision, entitlement
from members.models import Member
from members.programmes.actions import apply_to_project, withdraw_application
from members.programmes.entitled import members_applying
from members.programmes.forms import ApplyForm, ProjectFilter
from members.programmes.models import Project, ProjectApplication


@login_not_required
@require_safe
def projects(request: HttpRequest) -> TemplateResponse:
    form = ProjectFilter(request.GET)
    rows = form.narrow(Project.objects.public().for_lists(), clock.today())
    return TemplateResponse(
        request, "programmes/project_list.html", {"form": form, "page": page_of(request, rows)}
    )


def _project(slug: str) -> Project:
    return get_object_or_404(Project.objects.public().for_page(), slug=slug)


def _decision(user: Any, project: Project) -> Decision | None:
    """What the call says to this reader; None where there is none."""
    return entitlement(user, project, clock.now()) if project.is_calling else None


@login_not_required
@require_safe
def project(request: HttpRequest, slug: str) -> TemplateResponse:
    row, user = _project(slug), request.user
    decision = _decision(user, row)
    is_open = bool(decision and decision.allowed)
    accepted = row.applications.accepted().select_related("member__organisation").order_by("pk")
    return TemplateResponse(
        request,
        "programmes/project_detail.html",
        {
            "project": row,
            "decision": decision,
            "openings": row.call.openings.select_related("tier").order_by("opens_at", "tier__rank")
            if decision and row.call
            else [],
            "may_apply": is_open and bool(members_applying(user, clock.now())),
            "taking_part": [_named(application.member) for application in accepted],
            "figures": list(row.figures.all()),
        },
    )


def _named(member: Member) -> str:
    """A company by its English name where the reader reads English and it has one."""
    company = member.organisation
    return (get_language() == "en" and company and company.name_en) or member.name


def apply(request: HttpRequest, slug: str) -> HttpResponse:
    row = _project(slug)
    decision = _decision(request.user, row)
    members = members_applying(request.user, clock.now())
    if decision is None or not decision.allowed or not members:
        messages.info(request, _why_not(decision))
        return redirect(row)
    form = ApplyForm(request.POST or None, members=members)
    if form.is_valid():
        try:
            apply_to_project(row, **form.facts, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Your application has arrived. You have a mail from us."))
            return redirect("projects:applications")
    return TemplateResponse(
        request,
        "programmes/project_apply.html",
        {"form": form, "project": row},
        status=422 if form.errors else 200,
    )


def _why_not(decision: Decision | None) -> str:
    if decision is None:
        return _("This project takes no applications today.")
    if not decision.allowed:
        return decision.reason
    return _("Members apply while their dues are paid; for a company its representative or"
             " contact person does.")  # fmt: skip


def applications(request: HttpRequest) -> TemplateResponse:
    """Mine, and those of the companies that I run."""
    rows = ProjectApplication.objects.visible_to(request.user).for_lists().order_by("-pk")
    return TemplateResponse(request, "me/projects.html", {"page": page_of(request, rows)})


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    rows = ProjectApplication.objects.visible_to(request.user).for_lists()
    withdraw_application(get_object_or_404(rows, number=number), by=request.user)
    messages.success(request, _("Your application has been withdrawn."))
    return redirect("projects:applications")
