"""The trace of every copy that left the house."""

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.response import TemplateResponse

from kosna.audit import actions as audit
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.methods import require_safe
from research.forms.desk import (
    DownloadSearchForm,
)
from research.models import Download

PER_PAGE = 20
TRACE = "research.view_download"


@staff_view(TRACE)
@require_safe
def downloads(request: HttpRequest) -> TemplateResponse:
    """Whose copy is this? The names are personal data, so looking leaves a trace of its own."""
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
    page = Paginator(found.newest().select_related("report"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    shown = list(page.object_list)
    if shown:
        audit.viewed(
            request,
            shown[0],
            subjects=[copy.user_id for copy in shown],
            copies=[copy.serial for copy in shown],
        )
    return TemplateResponse(
        request,
        "staff/research/download_list.html",
        {"form": form, "page": page, "downloads": shown},
    )
