"""Who applies to the projects of a branch, and what it answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members.programmes.actions import accept_application, decline_application
from members.programmes.entitled import is_paid
from members.programmes.forms import ReasonForm
from members.programmes.models import ProjectApplication
from members.programmes.staff_views.projects import WRITE, project_of

EXPORT = ListExport(
    "programmes.export_applications",
    gettext_lazy("Applications to a project"),
    [
        (gettext_lazy("Number"), lambda row: row.number),
        (gettext_lazy("Member"), lambda row: row.member.name),
        (gettext_lazy("Tier"), lambda row: row.member.tier.name),
        (gettext_lazy("Received"), lambda row: clock.kst_date(row.applied_at)),
        (gettext_lazy("Priority"), lambda row: _("Yes") if row.was_early else ""),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["applied_by"],
)


@staff_view(WRITE)
def applications(request: HttpRequest, pk: int) -> TemplateResponse:
    project = project_of(request, pk)
    rows = project.applications.for_lists().order_by("-was_early", "applied_at", "pk")
    return TemplateResponse(
        request,
        "staff/programmes/project_applications.html",
        {"project": project, "page": page_of(request, rows)},
    )


@require_POST
@staff_view(WRITE)
def applications_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    project = project_of(request, pk)
    rows = project.applications.for_lists().order_by("-was_early", "applied_at", "pk")
    return EXPORT.answer(request, rows, branch=project.branch, of=project)


def _application(request: HttpRequest, number: str) -> ProjectApplication:
    rows = ProjectApplication.objects.permitted(request.user, WRITE).for_lists()
    return get_object_or_404(rows.select_related("member__branch", "decided_by"), number=number)


@staff_view(WRITE)
def application(request: HttpRequest, number: str) -> TemplateResponse:
    row = _application(request, number)
    audit.viewed(request, row, subjects=[row.applied_by_id], branch=row.project.branch)
    return _page(request, row, ReasonForm(hint=_("The applicant reads this.")))


def _page(request: HttpRequest, row: ProjectApplication, form: ReasonForm) -> TemplateResponse:
    is_mine = row.applied_by_id == request.user.pk
    return TemplateResponse(
        request,
        "staff/programmes/project_application.html",
        {
            "row": row,
            "form": form,
            "may_decide": row.may_move_to(ProjectApplication.Status.ACCEPTED) and not is_mine,
            "is_paid": is_paid(row.member, clock.now()),
            "may_see_member": request.user.has_perm("members.view_member", row.member.branch),
        },
        status=422 if form.errors else 200,
    )


@require_POST
@staff_view(WRITE)
def accept(request: HttpRequest, number: str) -> HttpResponse:
    accept_application(_application(request, number), by=request.user)
    messages.success(request, _("Taken on. The applicant has a mail."))
    return redirect("programmes_staff:application", number)


@require_POST
@staff_view(WRITE)
def decline(request: HttpRequest, number: str) -> HttpResponse:
    row = _application(request, number)
    form = ReasonForm(request.POST, hint=_("The applicant reads this."))
    if form.is_valid():
        try:
            decline_application(row, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Declined. The applicant has the reason by mail."))
            return redirect("programmes_staff:application", row.number)
    return _page(request, _application(request, row.number), form)
