"""Who may read a report, and why: explained for one person, seen as a tier, opened for a reason."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.audit import actions as audit
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.methods import require_POST, require_safe
from members.forms import AsForm, PersonForm
from members.viewing import VERB as VIEW_AS
from research import actions, library
from research.explaining import explain
from research.forms.access import LetInForm, ReasonForm
from research.models import Permit, Report

VIEW, CHANGE = "research.view_report", "research.change_report"
EXPLAIN, READ = "research.view_reader", "research.read_report"
PER_PAGE = 20


def _report_or_404(request: HttpRequest, pk: int, verb: str) -> Report:
    return get_object_or_404(Report.objects.permitted(request.user, verb).with_access(), pk=pk)


@staff_view(EXPLAIN)
@require_safe
def access(request: HttpRequest, pk: int) -> TemplateResponse:
    """Who was let in or has bought; with ``?who=`` why that person can read the report, or not.
    Names are personal data, so looking leaves a trace."""
    return _access_page(request, _report_or_404(request, pk, EXPLAIN))


def _access_page(request: HttpRequest, report: Report, **forms: object) -> TemplateResponse:
    at = clock.now()
    form = PersonForm(request.GET if "who" in request.GET else None)
    person = form.cleaned_data["who"] if form.is_valid() else None
    page = Paginator(
        report.permits.current(at).select_related("user", "line__order").order_by("-pk"), PER_PAGE
    ).get_page(request.GET.get("page"))
    permits = list(page.object_list)
    if person or permits:
        seen = {permit.user_id for permit in permits} | ({person.pk} if person else set())
        audit.viewed(request, report, subjects=seen)
    return TemplateResponse(
        request,
        "staff/research/report_access.html",
        {
            "report": report,
            "form": form,
            "person": person,
            "explanation": explain(report, person, at) if person else None,
            "page": page,
            "permits": permits,
            "may_change": request.user.has_perm(CHANGE),
            "may_read": request.user.has_perm(READ) and report.is_out(at),
            "let_in_form": LetInForm(),
            "reason_form": ReasonForm(),
            **forms,
        },
        status=422 if forms else 200,
    )


@staff_view(READ)
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report_or_404(request, pk, READ)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _access_page(request, report, reason_form=form)
    actions.read_for_a_reason(report, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The report is open to you for 24 hours. The reason is on record."))
    return redirect(report)


@staff_view(CHANGE)
@require_POST
def let_in(request: HttpRequest, pk: int) -> HttpResponse:
    report = _report_or_404(request, pk, CHANGE)
    form = LetInForm(request.POST)
    if not form.is_valid():
        return _access_page(request, report, let_in_form=form)
    typed = form.cleaned_data
    actions.let_in(
        report, typed["who"], until=typed["until"], reason=typed["reason"], by=request.user
    )
    messages.success(request, _("The report is open to this person."))
    return redirect(_page_of(report))


@staff_view(CHANGE)
@require_POST
def permit_end(request: HttpRequest, pk: int) -> HttpResponse:
    reports = Report.objects.permitted(request.user, CHANGE)
    permit = get_object_or_404(Permit.objects.given().filter(report__in=reports), pk=pk)
    actions.end_permit(permit, by=request.user)
    messages.success(request, _("The report is closed to this person again."))
    return redirect(_page_of(permit.report))


def _page_of(report: Report) -> str:
    return f"/staff/reports/{report.pk}/access/"


@staff_view(VIEW)
@require_safe
def shelf_as(request: HttpRequest) -> TemplateResponse:
    """The library as a reader of a tier sees it, who does not exist."""
    form = AsForm(request.GET)
    reader, at = form.reader(), clock.now()
    reports = Report.objects.permitted(request.user, VIEW).published(at).for_lists().newest()
    page = Paginator(reports, PER_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(
        request,
        "staff/research/shelf_as.html",
        {
            "form": form,
            "page": page,
            "shelved": library.shelve(page.object_list, reader, at),
            "query": request.GET.urlencode(),
            "may_view_as": request.user.has_perm(VIEW_AS),
        },
    )


@staff_view(VIEW)
@require_safe
def report_as(request: HttpRequest, pk: int) -> TemplateResponse:
    """A report's box of access as that reader sees it."""
    report = _report_or_404(request, pk, VIEW)
    form = AsForm(request.GET)
    reader, at = form.reader(), clock.now()
    return TemplateResponse(
        request,
        "staff/research/report_as.html",
        {
            "report": report,
            "form": form,
            "reader": reader,
            "shelved": library.shelve([report], reader, at)[0],
            "ways": explain(report, reader, at).ways,
            "is_out": report.is_out(at),
            "may_view_as": request.user.has_perm(VIEW_AS) and report.is_out(at),
        },
    )
