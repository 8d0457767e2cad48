"""The directory at the desk: each branch looks after the entries of its own members. What is for
nobody stays so, and every look leaves a trace."""

from collections.abc import Callable
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
from kosna.core.methods import require_POST, require_safe
from members.directory import actions
from members.directory.actions.telling import keepers_of
from members.directory.forms import DecisionForm, ReasonForm, ReportFilter, StaffProfileFilter
from members.directory.models import AbuseReport, Profile
from members.directory.seeing import INTRODUCED, Shown

VIEW, MODERATE = "directory.view_profile", "directory.moderate_profile"
ENTRIES = ListExport(
    "directory.export_profiles",
    gettext_lazy("Member directory"),
    [
        (gettext_lazy("Name"), lambda profile: profile.name),
        (gettext_lazy("Kind"), lambda profile: profile.kind.label),
        (gettext_lazy("Branch"), lambda profile: profile.member.branch.name),
        (gettext_lazy("State"), lambda profile: profile.state.label),
        (gettext_lazy("Last changed"), lambda profile: profile.written_at),
    ],
    people=("member__user", "member__seat_rows__user"),
)
REPORTS = ListExport(
    "directory.export_reports",
    gettext_lazy("Reports of abuse"),
    [
        (gettext_lazy("Member"), lambda report: report.about.name),
        (gettext_lazy("Branch"), lambda report: report.about.member.branch.name),
        (gettext_lazy("What is wrong"), lambda report: report.reason),
        (gettext_lazy("Reported by"), lambda report: report.reported_by.name),
        (gettext_lazy("Reported on"), lambda report: report.reported_at),
        (gettext_lazy("Status"), lambda report: report.get_status_display()),
    ],
    people=("about__member__user", "reported_by"),
)


def _branches(request: HttpRequest) -> Any:
    return Branch.objects.permitted(request.user, VIEW)


def _listed(request: HttpRequest) -> tuple[StaffProfileFilter, Any]:
    form = StaffProfileFilter(request.GET, branches=_branches(request))
    rows = form.narrow(Profile.objects.permitted(request.user, VIEW))
    return form, rows.with_member().with_state(clock.today())


@require_safe
@staff_view(VIEW)
def entries(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    page = page_of(request, rows)
    return TemplateResponse(request, "staff/directory/entries.html", {"form": form, "page": page})


@require_POST
@staff_view(VIEW)
def entries_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    return ENTRIES.answer(request, rows, branch=form.value("branch"))


def _reported(request: HttpRequest) -> tuple[ReportFilter, Any]:
    form = ReportFilter(request.GET, branches=_branches(request))
    rows = form.narrow(AbuseReport.objects.permitted(request.user, VIEW))
    named = ("about__member__user", "about__member__organisation")
    return form, rows.with_sides().select_related(*named)


@require_safe
@staff_view(VIEW)
def reports(request: HttpRequest) -> HttpResponse:
    form, rows = _reported(request)
    page = page_of(request, rows.waiting_first())
    return TemplateResponse(request, "staff/directory/reports.html", {"form": form, "page": page})


@require_POST
@staff_view(VIEW)
def reports_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _reported(request)
    return REPORTS.answer(request, rows.order_by("-pk"), branch=form.value("branch"))


def _profile(request: HttpRequest, pk: int, verb: str) -> Profile:
    rows = Profile.objects.permitted(request.user, verb).with_member()
    return get_object_or_404(rows, pk=pk)


@require_safe
@staff_view(VIEW)
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _profile(request, pk, VIEW))


def _page(request: HttpRequest, profile: Profile, **forms: Any) -> HttpResponse:
    decisions = forms.pop("decisions", {})
    reports = [
        (report, decisions.get(report.pk) or DecisionForm(auto_id=f"report-{report.pk}-%s"))
        for report in profile.abuse_reports.with_sides().order_by("-pk")
    ]
    people = {*keepers_of(profile), *(report.reported_by for report, _form in reports)}
    audit.viewed(request, profile, subjects=people, branch=profile.member.branch_id)
    forms = {"hide_form": ReasonForm(), "keep_form": ReasonForm()} | forms
    bound = [*forms.values(), *decisions.values()]
    return TemplateResponse(
        request,
        "staff/directory/entry.html",
        forms
        | {
            "profile": profile,
            # What is not opened, or not any more, is nobody's to read.
            "shown": Shown(profile, INTRODUCED if profile.is_open else frozenset()),
            "reports": reports,
            "may_moderate": request.user.has_perm(MODERATE, profile.member.branch),
        },
        status=422 if any(form.errors for form in bound) else 200,
    )


@require_POST
@staff_view(MODERATE)
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    form, told = ReasonForm(request.POST), _("The entry is hidden, and its member is told why.")
    return _decided(request, pk, form, "hide_form", actions.hide_entry, told)


@require_POST
@staff_view(MODERATE)
def keep_hidden(request: HttpRequest, pk: int) -> HttpResponse:
    form, told = ReasonForm(request.POST), _("The entry stays hidden, and its member is told why.")
    return _decided(request, pk, form, "keep_form", actions.keep_hidden, told)


def _decided(
    request: HttpRequest, pk: int, form: Any, name: str, act: Callable[..., None], told: str
) -> HttpResponse:
    profile = _profile(request, pk, MODERATE)
    if form.is_valid():
        try:
            act(profile, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, told)
            return redirect("directory_staff:entry", pk)
    return _page(request, _profile(request, pk, MODERATE), **{name: form})


@require_POST
@staff_view(MODERATE)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    actions.show_entry(_profile(request, pk, MODERATE), by=request.user)
    messages.success(request, _("The entry is no longer hidden."))
    return redirect("directory_staff:entry", pk)


def _report(request: HttpRequest, pk: int) -> AbuseReport:
    rows = AbuseReport.objects.permitted(request.user, MODERATE).with_sides()
    return get_object_or_404(rows, pk=pk)


@require_POST
@staff_view(MODERATE)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    actions.settle_report(report, by=request.user)
    messages.success(request, _("The report is closed, and whoever sent it is told."))
    return redirect("directory_staff:entry", report.about_id)


@require_POST
@staff_view(MODERATE)
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    form = DecisionForm(request.POST, auto_id=f"report-{report.pk}-%s")
    if form.is_valid():
        try:
            actions.dismiss_report(report, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The report is closed, and whoever sent it is told."))
            return redirect("directory_staff:entry", report.about_id)
    profile = _profile(request, report.about_id, MODERATE)
    return _page(request, profile, decisions={report.pk: form})
