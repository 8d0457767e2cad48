"""The editors' desk: the reports."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_POST, require_safe
from members import keys
from research import actions, figures
from research.checks import checks_of
from research.forms.desk import (
    DeskSearchForm,
    OpeningFormSet,
    PublishForm,
    ReportForm,
    ReturnForm,
    WithdrawForm,
)
from research.models import CAME, Download, Report

PER_PAGE = 20
VIEW, CHANGE, TRACE = "research.view_report", "research.change_report", "research.view_download"
APPROVE = "research.approve_report"
STEPS_SHOWN = 30
TIERS_NAMED = 2


def _readers(report: Report, *, most: int | None = None) -> str:
    """Whose the full text is; more tiers than ``most`` are counted, not named."""
    if report.is_public:
        return _("Everyone")
    tiers = [tier.name for tier in report.tiers.all()]
    if most is not None and len(tiers) > most:
        tiers = [_("%(n)s tiers") % {"n": len(tiers)}]
    events = len(report.occasions.all())
    came = ngettext("who came to %(n)s event", "who came to one of %(n)s events", events)
    named = [*tiers, *(branch.name for branch in report.branches.all())]
    return ", ".join([*named, came % {"n": events}] if events else named)


EXPORT = ListExport(
    "research.export_reports",
    gettext_lazy("Reports"),
    [
        (gettext_lazy("Title"), lambda report: report.title),
        (gettext_lazy("Topic"), lambda report: report.get_topic_display()),
        (gettext_lazy("Full text for"), _readers),
        (
            gettext_lazy("Published"),
            lambda report: report.published_at and clock.kst_date(report.published_at),
        ),
        (gettext_lazy("Pages"), lambda report: report.pages if report.file else ""),
        (gettext_lazy("Copies"), lambda report: report.copies),
        (gettext_lazy("Status"), lambda report: report.get_status_display()),
    ],
)


@staff_view(VIEW)
@require_safe
def reports(request: HttpRequest) -> TemplateResponse:
    form, found = _listed(request)
    page = Paginator(found.order_by("-pk").values_list("pk", flat=True), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = Report.objects.filter(pk__in=list(page.object_list)).order_by("-pk").for_lists()
    taken = dict(
        Download.objects.filter(report__in=list(page.object_list))
        .values_list("report")
        .annotate(Count("pk"))
    )
    return TemplateResponse(
        request,
        "staff/research/report_list.html",
        {
            "form": form,
            "page": page,
            "rows": [
                (report, _readers(report, most=TIERS_NAMED), taken.get(report.pk, 0))
                for report in rows
            ],
            "may_change": request.user.has_perm(CHANGE),
        },
    )


def _listed(request: HttpRequest) -> tuple[DeskSearchForm, Any]:
    form = DeskSearchForm(request.GET)
    form.is_valid()
    found = Report.objects.permitted(request.user, VIEW).search(form.cleaned_data.get("q", ""))
    return form, found.in_state(form.cleaned_data.get("status"), form.cleaned_data.get("topic"))


@require_POST
@staff_view(VIEW)
def reports_export(request: HttpRequest) -> HttpResponseBase:
    _form, found = _listed(request)
    rows = Report.objects.filter(pk__in=found.values("pk")).order_by("-pk").for_lists()
    copies = Download.objects.filter(report=OuterRef("pk")).order_by().values("report")
    counted = Coalesce(Subquery(copies.annotate(n=Count("pk")).values("n")), 0)
    return EXPORT.answer(request, rows.annotate(copies=counted))


@staff_view(VIEW)
@require_safe
def report(request: HttpRequest, pk: int) -> TemplateResponse:
    found = Report.objects.permitted(request.user, VIEW).select_related("clock")
    return _report_page(request, get_object_or_404(found, pk=pk))


def _report_page(request: HttpRequest, report: Report, **forms: Form) -> TemplateResponse:
    """``forms``: what was refused."""
    counted = figures.counted()
    events = list(report.occasions.values_list("event", flat=True))
    return TemplateResponse(
        request,
        "staff/research/report_detail.html",
        {
            "report": report,
            "tiers": report.tiers.all(),
            "branches": report.branches.all(),
            "occasions": list(keys.names_of(CAME, events).values()) if events else [],
            "openings": report.clock.openings.select_related("tier").order_by("opens_at")
            if report.clock
            else [],
            "numbers": figures.of_report(report),
            **counted,
            "checks": checks_of(report),
            "steps": report.steps.select_related("by")[:STEPS_SHOWN],
            "is_out": report.is_out(clock.now()),
            "wrote_it": request.user.pk in actions.writers_of(report),
            "may_approve": request.user.has_perm(APPROVE),
            "return_form": ReturnForm(),
            "may_change": request.user.has_perm(CHANGE),
            "may_explain": request.user.has_perm("research.view_reader"),
            "may_trace": request.user.has_perm(TRACE),
            "publish_form": _publish_form(report),
            "withdraw_form": WithdrawForm(),
            **forms,
        },
        status=422 if forms else 200,
    )


def _publish_form(report: Report) -> PublishForm:
    """What came out before keeps the day on which it did."""
    form = PublishForm(initial={"version": report.version})
    if report.has_come_out(clock.now()):
        del form.fields["at"]
    return form


@staff_view(CHANGE)
def report_new(request: HttpRequest) -> HttpResponse:
    if not request.scope.everywhere:
        raise PermissionDenied
    return _edit(request, Report())


@staff_view(CHANGE)
def report_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = Report.objects.permitted(request.user, CHANGE).select_related("clock")
    return _edit(request, get_object_or_404(found, pk=pk))


def _edit(request: HttpRequest, report: Report) -> HttpResponse:
    is_new = report.pk is None
    known = [
        {"tier": opening.tier_id, "opens_at": opening.opens_at}
        for opening in (report.clock.openings.order_by("opens_at") if report.clock else [])
    ]
    had_samples = not is_new and report.samples.exists()
    was_approved = report.status == Report.Status.PUBLISHED
    form = ReportForm(request.POST or None, request.FILES or None, instance=report)
    openings = OpeningFormSet(request.POST or None, initial=known, prefix="openings")
    if request.method == "POST" and form.is_valid() and openings.is_valid():
        try:
            saved = actions.save_report(
                form.save(),
                tiers=form.cleaned_data["tiers"],
                branches=form.cleaned_data["branches"],
                events=form.cleaned_data["events"],
                labels=form.labels(),
                openings=[
                    (line["tier"], line["opens_at"])
                    for line in openings.cleaned_data
                    if line.get("opens_at")
                ],
                upload=form.cleaned_data["pdf"],
                by=request.user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The report was saved."))
            if had_samples and not saved.samples.exists():
                messages.warning(
                    request, _("The sample pages showed the file before: draw them anew.")
                )
            if was_approved and saved.status == Report.Status.REVIEW:
                messages.warning(
                    request, _("It had been approved as it was: a second person approves it anew.")
                )
            return redirect("research_staff:report", pk=saved.pk)
    return TemplateResponse(
        request,
        "staff/research/report_form.html",
        {"form": form, "openings": openings, "report": None if is_new else report},
    )


@staff_view(CHANGE)
@require_POST
def report_submit(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_object_or_404(Report.objects.permitted(request.user, CHANGE), pk=pk)
    actions.submit_report(report, by=request.user)
    messages.success(request, _("The report waits for a second person."))
    return _to_report(report)


@staff_view(APPROVE)
@require_POST
def report_return(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_object_or_404(Report.objects.permitted(request.user, APPROVE), pk=pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _report_page(request, report, return_form=form)
    actions.return_report(report, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The report is a draft again."))
    return _to_report(report)


@staff_view(APPROVE)
@require_POST
def report_publish(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_object_or_404(Report.objects.permitted(request.user, APPROVE), pk=pk)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _report_page(request, report, publish_form=form)
    typed = form.cleaned_data
    actions.approve_report(report, at=typed["at"], seen=typed["version"], by=request.user)
    is_later = report.is_scheduled(clock.now())
    messages.success(
        request, _("The report is scheduled.") if is_later else _("The report is published.")
    )
    return _to_report(report)


@staff_view(CHANGE)
@require_POST
def report_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_object_or_404(Report.objects.permitted(request.user, CHANGE), pk=pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _report_page(request, report, withdraw_form=form)
    actions.withdraw_report(report, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The report was withdrawn. Its page and file are closed."))
    return _to_report(report)


def _to_report(report: Report) -> HttpResponseRedirect:
    return redirect("research_staff:report", pk=report.pk)
