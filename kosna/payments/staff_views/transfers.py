"""Bulk transfers of refunds: the association's account is no branch's."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.accounts.requests import client_ip
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_GET, require_POST
from kosna.core.sheets import XLSX_TYPE
from kosna.payments import actions
from kosna.payments.forms import WiredForm
from kosna.payments.models import Refund, RefundQuerySet, TransferFile
from kosna.payments.staff_views.rows import of_the_head_office

APPROVE = "payments.approve_refund"

EXPORT = ListExport(
    "payments.export_bulk_transfers",
    gettext_lazy("Bulk transfers"),
    [
        (gettext_lazy("File"), str),
        (gettext_lazy("Made"), lambda row: row.created_at),
        (gettext_lazy("By"), lambda row: row.created_by.name),
        (gettext_lazy("Refunds"), lambda row: row.number),
        (gettext_lazy("Amount"), lambda row: row.total),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
)


def _ready(request: HttpRequest) -> RefundQuerySet:
    return actions.ready_to_wire(Refund.objects.permitted(request.user, APPROVE))


def _file(request: HttpRequest, uuid: str) -> TransferFile:
    of_the_head_office(request)
    files = TransferFile.objects.select_related("created_by", "handed_in_by")
    return get_object_or_404(files, uuid=uuid)


@require_GET
@staff_view(APPROVE)
def transfer_files(request: HttpRequest) -> HttpResponse:
    of_the_head_office(request)
    ready = _ready(request).select_related("order__branch", "line")
    rows = list(ready.prefetch_related("accounts").order_by("approved_at", "pk"))
    return TemplateResponse(
        request,
        "staff/payments/transfer_files.html",
        {
            "ready": rows,
            "total": sum(refund.amount for refund in rows),
            "page": page_of(request, _files()),
        },
    )


def _files() -> Any:
    return TransferFile.objects.select_related("created_by").order_by("-pk")


@require_POST
@staff_view(APPROVE)
def transfer_files_export(request: HttpRequest) -> HttpResponseBase:
    """Which files were made, never the accounts that are in them."""
    of_the_head_office(request)
    return EXPORT.answer(request, _files())


@require_POST
@staff_view(APPROVE)
def transfer_file_make(request: HttpRequest) -> HttpResponse:
    of_the_head_office(request)
    chosen = [int(pk) for pk in request.POST.getlist("refund") if pk.isdecimal() and len(pk) < 16]
    file = actions.make_transfer_file(
        Refund.objects.permitted(request.user, APPROVE), chosen, by=request.user
    )
    return redirect(file.get_absolute_url())


@require_GET
@staff_view(APPROVE)
def transfer_file(request: HttpRequest, uuid: str) -> HttpResponse:
    return _page(request, _file(request, uuid), WiredForm())


def _page(request: HttpRequest, file: TransferFile, form: WiredForm) -> HttpResponse:
    refunds = list(
        Refund.objects.filter(transfer=file)
        .select_related("order", "line")
        .prefetch_related("accounts")
        .order_by("pk")
    )
    return TemplateResponse(
        request,
        "staff/payments/transfer_file.html",
        {
            "file": file,
            "refunds": refunds,
            "sent": sum(refund.status == Refund.Status.SENT for refund in refunds),
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@require_POST
@staff_view(APPROVE)
def transfer_file_download(request: HttpRequest, uuid: str) -> HttpResponse:
    """Whole account numbers leave the house: on record, and only until the file is handed in."""
    name, content = actions.download_transfer_file(
        _file(request, uuid), ip=client_ip(request), by=request.user
    )
    return HttpResponse(
        content,
        content_type=XLSX_TYPE,
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
            "Cache-Control": "private, no-store",
        },
    )


@require_POST
@staff_view(APPROVE)
def transfer_file_hand_in(request: HttpRequest, uuid: str) -> HttpResponse:
    file = _file(request, uuid)
    if request.POST.get("confirm") != str(file.total):
        raise Refused(_("Confirm that the bank has taken this file in."))
    number = actions.hand_in_transfer_file(file, by=request.user)
    messages.success(
        request, _("%(n)s refunds are on their way. Note the bank's reference when it is done.")
        % {"n": number},
    )  # fmt: skip
    return redirect(file.get_absolute_url())


@require_POST
@staff_view(APPROVE)
def transfer_file_drop(request: HttpRequest, uuid: str) -> HttpResponse:
    actions.drop_transfer_file(_file(request, uuid), by=request.user)
    messages.success(request, _("The file was dropped. Its refunds can go into another one."))
    return redirect("payments_staff:transfer-files")


@require_POST
@staff_view(APPROVE)
def transfer_file_done(request: HttpRequest, uuid: str) -> HttpResponse:
    file = _file(request, uuid)
    form = WiredForm(request.POST)
    if form.is_valid():
        try:
            number = actions.complete_transfer_file(file, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("%(n)s refunds are done.") % {"n": number})
            return redirect(file.get_absolute_url())
    return _page(request, file, form)
