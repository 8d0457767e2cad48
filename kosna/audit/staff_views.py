"""The record, for those who may read it."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from kosna.audit.forms import EntryFilter
from kosna.audit.models import Entry
from kosna.branches.access import staff_view

PER_PAGE = 20


@staff_view("audit.view_entry")
def entries(request: HttpRequest) -> HttpResponse:
    form = EntryFilter(request.GET)
    rows = form.narrow(
        Entry.objects.permitted(request.user, "audit.view_entry").select_related("branch", "seal")
    )
    page = Paginator(rows.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "staff/audit/entries.html", {"form": form, "page": page})


@staff_view("audit.view_entry")
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    permitted = Entry.objects.permitted(request.user, "audit.view_entry")
    row = get_object_or_404(permitted.select_related("branch", "seal"), pk=pk)
    return TemplateResponse(
        request,
        "staff/audit/entry.html",
        {
            "entry": row,
            "holds": hasattr(row, "seal") and row.seal.hash == row.digest(row.seal.previous),
        },
    )
