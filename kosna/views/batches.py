"""Long work: how far it is, what came of it. A batch is shown to who started it; to others it does
not exist, nor to who has left an office since in which they asked for it."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from kosna.branches.access import staff_view
from kosna.core import batches
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.core.models import Batch


@staff_view("desk.open")
def batch_list(request: HttpRequest) -> HttpResponse:
    rows = Batch.objects.filter(by=request.user).order_by("-created_at")
    return TemplateResponse(
        request, "staff/batches/batch_list.html", {"page": page_of(request, rows)}
    )


@staff_view("desk.open")
def batch(request: HttpRequest, uuid: str) -> HttpResponse:
    row = _of_the_desk(request, uuid)
    return TemplateResponse(
        request,
        "staff/batches/batch_detail.html",
        {
            "batch": row,
            "next_url": batches.next_url(row),
            "reload_seconds": None if row.is_over else 2,
        },
    )


@staff_view("desk.open")
def batch_file(request: HttpRequest, uuid: str) -> HttpResponseBase:
    return _file(_of_the_desk(request, uuid))


def my_batch(request: HttpRequest, uuid: str) -> HttpResponse:
    """Long work that a member asked for, on their own pages."""
    row = _of_a_member(request, uuid)
    return TemplateResponse(
        request,
        "me/work.html",
        {"batch": row, "reload_seconds": None if row.is_over else 2},
    )


def batch_file_of_mine(request: HttpRequest, uuid: str) -> HttpResponseBase:
    return _file(_of_a_member(request, uuid))


def _file(row: Batch) -> HttpResponseBase:
    if not row.file:
        raise Http404
    response = FileResponse(row.file.open("rb"), as_attachment=True, filename=row.file_name)
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


@require_POST
@staff_view("desk.open")
def cancel(request: HttpRequest, uuid: str) -> HttpResponse:
    batches.cancel(_of_the_desk(request, uuid))
    return redirect("batches:batch", uuid)


@require_POST
@staff_view("desk.open")
def run_again(request: HttpRequest, uuid: str) -> HttpResponse:
    batches.run_again(_of_the_desk(request, uuid))
    return redirect("batches:batch", uuid)


def _of_the_desk(request: HttpRequest, uuid: str) -> Batch:
    row = get_object_or_404(Batch, uuid=uuid, by=request.user)
    if not batches.may_have(row, request.user):
        raise Http404
    return row


def _of_a_member(request: HttpRequest, uuid: str) -> Batch:
    """Not what was made at the desk, where a second factor is asked for."""
    row = get_object_or_404(Batch, uuid=uuid, by=request.user)
    if not batches.is_members(row):
        raise Http404
    return row
