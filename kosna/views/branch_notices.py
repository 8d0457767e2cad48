"""Notices of branches at the desk: each branch writes its own."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit.list_exports import ListExport
from kosna.branch_notices import withdraw_notice, write_notice
from kosna.branches.access import staff_view
from kosna.branches.forms import BranchNoticeFilter, BranchNoticeForm
from kosna.branches.models import Branch, BranchNotice, BranchQuerySet
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST

WRITE = "branches.write_notice"
EXPORT = ListExport(
    "branches.export_notices",
    gettext_lazy("Branch notices"),
    [
        (gettext_lazy("Title"), lambda notice: notice.title),
        (gettext_lazy("Branch"), lambda notice: notice.branch.name),
        (gettext_lazy("From"), lambda notice: notice.valid_from),
        (gettext_lazy("Until"), lambda notice: notice.valid_to),
        (gettext_lazy("State"), lambda notice: notice.label),
    ],
)


@staff_view(WRITE)
def notices(request: HttpRequest) -> TemplateResponse:
    form, rows = _listed(request)
    page = page_of(request, rows)
    return TemplateResponse(request, "staff/branches/notices.html", {"form": form, "page": page})


def _listed(request: HttpRequest) -> tuple[BranchNoticeFilter, Any]:
    form = BranchNoticeFilter(request.GET, branches=_branches(request))
    rows = form.narrow(BranchNotice.objects.permitted(request.user, WRITE))
    return form, rows.select_related("branch").newest()


@require_POST
@staff_view(WRITE)
def notices_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    return EXPORT.answer(request, rows, branch=form.cleaned_data.get("branch"))


def _branches(request: HttpRequest) -> BranchQuerySet:
    return Branch.objects.shown().permitted(request.user, WRITE)


def _notice(request: HttpRequest, pk: int) -> BranchNotice:
    rows = BranchNotice.objects.permitted(request.user, WRITE).select_related("branch")
    return get_object_or_404(rows, pk=pk)


@staff_view(WRITE)
def notice_new(request: HttpRequest) -> HttpResponse:
    return _form_page(request, BranchNoticeForm(request.POST or None, branches=_branches(request)))


@staff_view(WRITE)
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    row = _notice(request, pk)
    form = BranchNoticeForm(request.POST or None, instance=row, branches=_branches(request))
    return _form_page(request, form, row)


def _form_page(
    request: HttpRequest, form: BranchNoticeForm, row: BranchNotice | None = None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = write_notice(form, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Saved."))
            return redirect("branches_staff:notice", saved.pk)
    return TemplateResponse(
        request,
        "staff/branches/notice.html",
        {"form": form, "notice": row},
        status=422 if form.errors else 200,
    )


@require_POST
@staff_view(WRITE)
def notice_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    withdraw_notice(_notice(request, pk), by=request.user)
    messages.success(request, _("The notice is no longer on the page."))
    return redirect("branches_staff:notices")
