"""Projects at the desk: each branch keeps its own."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch, BranchQuerySet
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members.programmes.actions import (
    add_figure,
    call_for_participants,
    remove_figure,
    write_project,
)
from members.programmes.forms import CallForm, FigureForm, ProjectForm, StaffProjectFilter
from members.programmes.models import Project, ProjectFigure

WRITE = "programmes.write_project"
EXPORT = ListExport(
    "programmes.export_projects",
    gettext_lazy("Projects"),
    [
        (gettext_lazy("Project"), lambda row: row.title),
        (gettext_lazy("Field"), lambda row: row.get_area_display()),
        (gettext_lazy("Branch"), lambda row: row.branch.name),
        (gettext_lazy("First day"), lambda row: row.starts_on),
        (gettext_lazy("Last day"), lambda row: row.ends_on),
        (gettext_lazy("State"), lambda row: row.label),
    ],
)


@staff_view(WRITE)
def projects(request: HttpRequest) -> TemplateResponse:
    form, rows = _listed(request)
    return TemplateResponse(
        request, "staff/programmes/projects.html", {"form": form, "page": page_of(request, rows)}
    )


def _listed(request: HttpRequest) -> tuple[StaffProjectFilter, Any]:
    form = StaffProjectFilter(request.GET, branches=_branches(request))
    rows = Project.objects.permitted(request.user, WRITE).for_lists()
    return form, form.narrow(rows, clock.today())


@require_POST
@staff_view(WRITE)
def projects_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    return EXPORT.answer(request, rows, branch=form.cleaned_data.get("branch"))


def _branches(request: HttpRequest) -> BranchQuerySet:
    return Branch.objects.shown().permitted(request.user, WRITE)


def project_of(request: HttpRequest, pk: int) -> Project:
    return get_object_or_404(Project.objects.permitted(request.user, WRITE).for_page(), pk=pk)


@staff_view(WRITE)
def project_new(request: HttpRequest) -> HttpResponse:
    form = ProjectForm(request.POST or None, branches=_branches(request))
    if form.is_valid():
        fields = form.changed_data
        saved = write_project(form.save(commit=False), fields=fields, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("programmes_staff:project", saved.pk)
    return TemplateResponse(
        request,
        "staff/programmes/project.html",
        {"form": form, "project": None},
        status=422 if form.errors else 200,
    )


@staff_view(WRITE)
def project(request: HttpRequest, pk: int) -> HttpResponse:
    row = project_of(request, pk)
    form = ProjectForm(request.POST or None, instance=row, branches=_branches(request))
    if form.is_valid():
        write_project(form.save(commit=False), fields=form.changed_data, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("programmes_staff:project", pk)
    return _page(request, pk, form=form)


def _page(request: HttpRequest, pk: int, **bound: Any) -> TemplateResponse:
    row = project_of(request, pk)  # as it stands, whatever was typed
    forms = {
        "form": bound.get("form") or ProjectForm(instance=row, branches=_branches(request)),
        "call_form": bound.get("call_form") or CallForm(initial=_call_of(row)),
        "figure_form": bound.get("figure_form") or FigureForm(),
    }
    applications = row.applications
    return TemplateResponse(
        request,
        "staff/programmes/project.html",
        {
            "project": row,
            "figures": list(row.figures.all()),
            "waiting": applications.waiting().count(),
            "accepted": applications.accepted().count(),
            **forms,
        },
        status=422 if any(form.errors for form in forms.values()) else 200,
    )


def _call_of(project: Project) -> dict[str, Any]:
    times = project.call.times if project.call else {}
    early = [at for tier, at in times.items() if tier is not None]
    return {
        "first_at": min(early) if early else None,
        "opens_at": times.get(None),
        "ends_on": project.call_ends_on,
        "places": project.places,
    }


@require_POST
@staff_view(WRITE)
def call(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = project_of(request, pk), CallForm(request.POST)
    if form.is_valid():
        try:
            call_for_participants(row, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The call stands on the page of the project."))
            return redirect("programmes_staff:project", pk)
    return _page(request, pk, call_form=form)


@require_POST
@staff_view(WRITE)
def figure_add(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = project_of(request, pk), FigureForm(request.POST)
    if form.is_valid():
        try:
            add_figure(row, form.save(commit=False), by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The figure stands on the page of the project."))
            return redirect("programmes_staff:project", pk)
    return _page(request, pk, figure_form=form)


@require_POST
@staff_view(WRITE)
def figure_remove(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ProjectFigure.objects.select_related("project")
    reachable = Project.objects.permitted(request.user, WRITE)
    figure = get_object_or_404(rows.filter(project__in=reachable), pk=pk)
    remove_figure(figure, by=request.user)
    messages.success(request, _("Removed."))
    return redirect("programmes_staff:project", figure.project_id)
