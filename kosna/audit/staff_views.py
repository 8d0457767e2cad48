"""The record, for those who may read it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from kosna.audit.forms import EntryFilter
from kosna.audit.list_exports import ListExport
from kosna.audit.models import Entry
from kosna.branches.access import staff_view
from kosna.core.methods import require_POST

PER_PAGE = 20
EXPORT = ListExport(
    "audit.export_entries",
    _("Access and change record"),
    [
        (_("When"), lambda row: row.at),
        (_("Who"), lambda row: row.actor or _("Portal")),
        (_("Verb"), lambda row: row.words),
        (_("Target"), lambda row: row.shown_target),
        (_("Branch"), lambda row: row.branch.name if row.branch else ""),
        (_("Seal"), lambda row: row.seal.position if hasattr(row, "seal") else _("Waiting")),
    ],
    people=["actor_id"],
)


@staff_view("audit.view_entry")
def entries(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "staff/audit/entries.html", {"form": form, "page": page})


def _listed(request: HttpRequest) -> tuple[EntryFilter, Any]:
    form = EntryFilter(request.GET)
    rows = Entry.objects.permitted(request.user, "audit.view_entry")
    return form, form.narrow(rows.select_related("branch", "seal")).order_by("-pk")


@require_POST
@staff_view("audit.view_entry")
def entries_export(request: HttpRequest) -> HttpResponseBase:
    """Without the entry about this file, which is written before its rows are read."""
    _form, rows = _listed(request)
    return EXPORT.answer(request, rows.written_by_now())


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
