"""The trace of every copy that left the house."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.methods import require_POST, require_safe
from research import actions, tracing
from research.forms.desk import CapsForm, DownloadSearchForm, TraceForm
from research.models import Download

PER_PAGE = 20
TRACE, CHANGE = "research.view_download", "research.change_report"
EXPORT = ListExport(
    "research.export_downloads",
    gettext_lazy("Copies taken"),
    [
        (gettext_lazy("Serial"), lambda copy: copy.serial),
        (gettext_lazy("Report"), lambda copy: copy.report.title),
        (gettext_lazy("Edition"), lambda copy: copy.edition),
        (gettext_lazy("Name"), lambda copy: copy.name),
        (gettext_lazy("Member number"), lambda copy: copy.member_number),
        (gettext_lazy("Taken at"), lambda copy: copy.at),
    ],
    people=["user"],
)


@staff_view(TRACE)
@require_safe
def downloads(request: HttpRequest) -> TemplateResponse:
    """Whose copy is this? The names are personal data, so looking leaves a trace of its own."""
    form, found = _listed(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    _leave_trace(request, shown)
    return TemplateResponse(
        request,
        "staff/research/download_list.html",
        {"form": form, "page": page, "downloads": shown},
    )


def _listed(request: HttpRequest) -> tuple[DownloadSearchForm, Any]:
    form = DownloadSearchForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    found = Download.objects.permitted(request.user, TRACE)
    if query := wanted.get("q"):
        found = found.search(query)
    if slug := wanted.get("report"):
        found = found.filter(report__slug=slug)
    if since := wanted.get("since"):
        found = found.filter(at__gte=clock.start_of(since))
    if until := wanted.get("until"):
        found = found.filter(at__lte=clock.end_of(until))
    return form, found.newest().select_related("report")


@require_POST
@staff_view(TRACE)
def downloads_export(request: HttpRequest) -> HttpResponseBase:
    _form, found = _listed(request)
    return EXPORT.answer(request, found)


def _leave_trace(request: HttpRequest, shown: list[Download], **facts: Any) -> None:
    if shown:
        audit.viewed(
            request,
            shown[0],
            subjects=[copy.user_id for copy in shown],
            copies=[copy.serial for copy in shown],
            **facts,
        )


@staff_view(TRACE)
def trace(request: HttpRequest) -> TemplateResponse:
    """A file or a page that turned up somewhere leads back to the copy it was. It is looked at and
    not kept."""
    is_sent = request.method == "POST"
    form = TraceForm(request.POST, request.FILES) if is_sent else TraceForm()
    found, is_asked = [], is_sent and form.is_valid()
    if is_asked:
        copies = Download.objects.permitted(request.user, TRACE)
        traced = tracing.downloads_of(form.cleaned_data["pdf"])
        found = list(copies.filter(pk__in=traced.values("pk")).newest().select_related("report"))
        _leave_trace(request, found)
        if not found and tracing.is_locked(form.cleaned_data["pdf"]):
            form.add_error("pdf", tracing.LOCKED)
    return TemplateResponse(
        request,
        "staff/research/trace.html",
        {"form": form, "is_asked": is_asked, "downloads": found},
        status=422 if form.errors else 200,
    )


@staff_view(CHANGE)
def caps(request: HttpRequest) -> HttpResponse:
    if not request.scope.everywhere:
        raise PermissionDenied
    form = CapsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.change_caps(form.caps(), by=request.user)
        messages.success(request, _("The caps were saved."))
        return redirect("research_staff:caps")
    return TemplateResponse(
        request,
        "staff/research/caps.html",
        {"form": form},
        status=422 if form.errors else 200,
    )
