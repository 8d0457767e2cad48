"""Reports of abuse at the desk: those of a branch's own members' posts wait for that branch."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch, Scope
from kosna.core import clock
from kosna.core.deeds import carried_out
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members.community import actions
from members.community.forms import AbuseFilter, ReasonForm
from members.community.models import AbuseReport

VIEW, MODERATE = "community.view_post", "community.moderate"
EXPORT = ListExport(
    "community.export_reports",
    gettext_lazy("Reports of abuse"),
    [
        (gettext_lazy("Post or comment"), str),
        (gettext_lazy("Branch"), lambda row: row.post.branch.name),
        (gettext_lazy("What is wrong"), lambda row: row.get_kind_display()),
        (pgettext_lazy("of abuse", "Reported on"), lambda row: clock.kst_date(row.reported_at)),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
    people=["reported_by", "post__author", "comment__author"],
)


@staff_view(VIEW)
def reports(request: HttpRequest) -> TemplateResponse:
    """What waits first, then the newest."""
    form, rows = _listed(request)
    return TemplateResponse(
        request,
        "staff/community/reports.html",
        {"form": form, "page": page_of(request, rows)},
    )


def _listed(request: HttpRequest) -> tuple[AbuseFilter, Any]:
    form = AbuseFilter(request.GET, branches=Branch.objects.permitted(request.user, VIEW))
    rows = form.narrow(AbuseReport.objects.permitted(request.user, VIEW))
    return form, rows.for_pages().waiting_first()


@require_POST
@staff_view(VIEW)
def reports_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    return EXPORT.answer(request, rows, branch=form.cleaned_data.get("branch"))


def _report(request: HttpRequest, pk: int, verb: str) -> AbuseReport:
    rows = AbuseReport.objects.permitted(request.user, verb).for_pages()
    return get_object_or_404(rows, pk=pk)


@staff_view(VIEW)
def report(request: HttpRequest, pk: int) -> TemplateResponse:
    return _page(request, _report(request, pk, VIEW))


def _page(request: HttpRequest, row: AbuseReport, **bound: forms.BaseForm) -> TemplateResponse:
    audit.viewed(
        request,
        row,
        subjects=[row.reported_by_id, row.target.author_id],
        branch=row.post.branch,
    )
    is_open = row.status == AbuseReport.Status.OPEN
    return TemplateResponse(
        request,
        "staff/community/report.html",
        {
            "report": row,
            "others": AbuseReport.objects.same_target(row).exclude(pk=row.pk).count(),
            "may_decide": is_open and row.post.branch in Scope.of(request.user, MODERATE),
            "uphold_form": bound.get("uphold") or ReasonForm(prefix="uphold"),
            "dismiss_form": bound.get("dismiss") or ReasonForm(prefix="dismiss"),
        },
        status=422 if bound else 200,
    )


@require_POST
@staff_view(MODERATE)
def report_uphold(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("It is taken down, and its author is told why.")
    return _decided(request, pk, "uphold", actions.uphold_report, done)


@require_POST
@staff_view(MODERATE)
def report_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, "dismiss", actions.dismiss_report, _("It stays where it is."))


def _decided(
    request: HttpRequest, pk: int, name: str, decide: Callable[..., None], done: str
) -> HttpResponse:
    row = _report(request, pk, MODERATE)
    form = ReasonForm(request.POST, prefix=name)

    def deed(reason: str) -> None:
        decide(row, reason=reason, by=request.user)

    if carried_out(request, form, deed, done):
        return redirect("community_staff:reports")
    return _page(request, _report(request, pk, VIEW), **{name: form})
