"""Bank files and accounts: brought, understood, checked, written; and what their lines say."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.payments import actions
from kosna.payments.bank_forms import (
    BankAccountChangeForm,
    BankAccountForm,
    BankColumnsForm,
    BankUploadForm,
)
from kosna.payments.models import BankAccount, BankFile
from kosna.payments.staff_views.choices import CONFIRM
from kosna.payments.staff_views.deposits import tell_matching
from kosna.payments.statements.reading import SKIPPED, WRONG

Status = BankFile.Status
ACCOUNTS = ListExport(
    "payments.export_bank_accounts",
    gettext_lazy("Our accounts"),
    [
        (gettext_lazy("What we call it"), lambda account: account.name),
        (gettext_lazy("Bank"), lambda account: account.bank),
        (gettext_lazy("Account number"), lambda account: account.number),
        (gettext_lazy("Whose account"), lambda account: account.branch.name),
        (
            gettext_lazy("Status"),
            lambda account: _("In use") if account.is_active else _("Not in use"),
        ),
    ],
)
EXPORT = ListExport(
    "payments.export_bank_files",
    gettext_lazy("Bank files"),
    [
        (gettext_lazy("File"), lambda row: row.file_name),
        (gettext_lazy("Account"), lambda row: row.account.name),
        (gettext_lazy("By"), lambda row: row.by.name),
        (gettext_lazy("Brought on"), lambda row: row.created_at),
        (gettext_lazy("New lines"), lambda row: row.counts.get("fresh", 0)),
        (gettext_lazy("Known already"), lambda row: row.counts.get("known", 0)),
        (gettext_lazy("To be matched"), lambda row: row.open),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
    ],
)


@staff_view(CONFIRM)
def bank_files(request: HttpRequest) -> HttpResponse:
    """A place for a new file, and those that were brought."""
    accounts = BankAccount.objects.permitted(request.user, CONFIRM).in_use()
    form = BankUploadForm(request.POST or None, request.FILES or None, accounts=accounts)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.start_bank_file(
                form.cleaned_data["file"],
                form.cleaned_data["shape"],
                account=form.cleaned_data["account"],
                by=request.user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return redirect(row)
    return TemplateResponse(
        request,
        "staff/payments/bank/files.html",
        {
            "form": form,
            "page": page_of(request, _brought(request)),
            "has_accounts": bool(len(accounts)),
            "here": "files",
        },
        status=422 if form.is_bound else 200,
    )


def _brought(request: HttpRequest) -> Any:
    rows = BankFile.objects.permitted(request.user, CONFIRM).with_open()
    return rows.select_related("account", "by").order_by("-pk")


@require_POST
@staff_view(CONFIRM)
def bank_files_export(request: HttpRequest) -> HttpResponseBase:
    return EXPORT.answer(request, _brought(request))


def _file(request: HttpRequest, uuid: str) -> BankFile:
    rows = BankFile.objects.permitted(request.user, CONFIRM)
    return get_object_or_404(rows.select_related("account__branch", "by"), uuid=uuid)


@staff_view(CONFIRM)
def bank_file(request: HttpRequest, uuid: str) -> HttpResponse:
    """What the rows would become; once it is written, its lines."""
    row = _file(request, uuid)
    if row.status == Status.MAPPING:
        return redirect("payments_staff:bank-file-columns", row.uuid)
    lines = row.lines.select_related("deposit").order_by("-at", "-pk")
    remarks = [
        (line, WRONG.get(code) or SKIPPED.get(code, code), told, code in WRONG)
        for line, code, told in row.remarks
    ]
    before = BankFile.objects.filter(sha256=row.sha256, account=row.account, status=Status.IMPORTED)
    return TemplateResponse(
        request,
        "staff/payments/bank/file.html",
        {
            "file": row,
            "remarks": remarks,
            "before": before.exclude(pk=row.pk).order_by("pk").first(),
            "page": page_of(request, lines) if row.status == Status.IMPORTED else None,
            "here": "files",
        },
    )


@staff_view(CONFIRM)
def bank_file_columns(request: HttpRequest, uuid: str) -> HttpResponse:
    """Which heading is what; saved, every row is checked."""
    row = _file(request, uuid)
    if row.status not in (Status.MAPPING, Status.CHECKED):
        return redirect(row)
    form = BankColumnsForm(request.POST if request.method == "POST" else None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            if form.has_moved():
                actions.move_headings(row, line=form.cleaned_data["heading_line"])
                return redirect("payments_staff:bank-file-columns", row.uuid)
            actions.check_bank_file(row, mapping=form.mapping)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return redirect(row)
    return TemplateResponse(
        request,
        "staff/payments/bank/columns.html",
        {"file": row, "form": form, "here": "files"},
        status=422 if form.is_bound else 200,
    )


@require_POST
@staff_view(CONFIRM)
def bank_file_import(request: HttpRequest, uuid: str) -> HttpResponse:
    row = _file(request, uuid)
    actions.import_bank_file(row, by=request.user)
    messages.success(
        request,
        _("%(new)s new lines were written, %(known)s were known already.")
        % {"new": row.counts["fresh"], "known": row.counts["known"]},
    )
    tell_matching(request, actions.start_matching(row.account.branch, by=request.user))
    return redirect("payments_staff:deposits")


@require_POST
@staff_view(CONFIRM)
def bank_file_abandon(request: HttpRequest, uuid: str) -> HttpResponse:
    actions.abandon_bank_file(_file(request, uuid), by=request.user)
    messages.success(request, _("The file has been given up. Nothing of it was written."))
    return redirect("payments_staff:bank-files")


# Accounts -----------------------------------------------------------------------------------------


@staff_view(CONFIRM)
def bank_accounts(request: HttpRequest) -> HttpResponse:
    form = BankAccountForm(
        request.POST or None, branches=Branch.objects.permitted(request.user, CONFIRM)
    )
    if request.method == "POST" and form.is_valid():
        actions.add_bank_account(by=request.user, **form.cleaned_data)
        messages.success(request, _("The account was added. Now bring its first file."))
        return redirect("payments_staff:bank-files")
    rows = _accounts(request)
    return TemplateResponse(
        request,
        "staff/payments/bank/accounts.html",
        {"form": form, "page": page_of(request, rows), "here": "accounts"},
        status=422 if form.is_bound else 200,
    )


def _accounts(request: HttpRequest) -> Any:
    return BankAccount.objects.permitted(request.user, CONFIRM).select_related("branch")


@require_POST
@staff_view(CONFIRM)
def bank_accounts_export(request: HttpRequest) -> HttpResponseBase:
    return ACCOUNTS.answer(request, _accounts(request))


@staff_view(CONFIRM)
def bank_account(request: HttpRequest, pk: int) -> HttpResponse:
    rows = BankAccount.objects.permitted(request.user, CONFIRM)
    account = get_object_or_404(rows.select_related("branch"), pk=pk)
    initial: dict[str, Any] = {"name": account.name, "is_active": account.is_active}
    form = BankAccountChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change_bank_account(account, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("payments_staff:bank-accounts")
    return TemplateResponse(
        request,
        "staff/payments/bank/account.html",
        {"account": account, "form": form, "here": "accounts"},
        status=422 if form.is_bound else 200,
    )
