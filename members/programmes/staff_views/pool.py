"""The pool of consultants: each branch keeps those whom it took in; all branches assign them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members.programmes.actions import (
    add_consultant,
    retire_consultant,
    return_consultant,
    write_consultant,
)
from members.programmes.forms import (
    ConsultantFilter,
    ConsultantForm,
    NewConsultantForm,
    ReasonForm,
    facts_of,
)
from members.programmes.models import Consultant
from members.programmes.staff_views.consulting import RUN, VIEW

EXPORT = ListExport(
    "programmes.export_consultants",
    gettext_lazy("Consultants"),
    [
        (gettext_lazy("Consultant"), lambda row: row.user.name),
        (gettext_lazy("Affiliation"), lambda row: row.affiliation),
        (gettext_lazy("Fields of expertise"), lambda row: ", ".join(row.field_labels)),
        (gettext_lazy("Branch"), lambda row: row.branch.name),
        (pgettext_lazy("consulting", "Since"), lambda row: clock.kst_date(row.added_at)),
        (
            gettext_lazy("State"),
            lambda row: _("Left the pool") if row.retired_at else _("In the pool"),
        ),
    ],
    people=["user"],
)


@staff_view(VIEW)
def consultants(request: HttpRequest) -> TemplateResponse:
    form, rows = _listed(request)
    return TemplateResponse(
        request,
        "staff/programmes/consultants.html",
        {
            "form": form,
            "page": page_of(request, rows),
            "may_run": request.user.has_perm(RUN),
        },
    )


def _listed(request: HttpRequest) -> tuple[ConsultantFilter, Any]:
    form = ConsultantFilter(request.GET)
    rows = form.narrow(Consultant.objects.permitted(request.user, VIEW).for_lists())
    return form, rows.order_by("user__name", "pk")


@require_POST
@staff_view(VIEW)
def consultants_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _listed(request)
    return EXPORT.answer(request, rows)


@staff_view(RUN)
def consultant_new(request: HttpRequest) -> HttpResponse:
    branches = Branch.objects.shown().permitted(request.user, RUN)
    form = NewConsultantForm(request.POST or None, branches=branches)
    if form.is_valid():
        try:
            added = add_consultant(**form.facts, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Taken into the pool."))
            return redirect("programmes_staff:consultant", added.pk)
    return TemplateResponse(
        request,
        "staff/programmes/consultant_new.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


def _consultant(request: HttpRequest, pk: int) -> Consultant:
    return get_object_or_404(Consultant.objects.permitted(request.user, RUN).for_lists(), pk=pk)


@staff_view(RUN)
def consultant(request: HttpRequest, pk: int) -> HttpResponse:
    row = _consultant(request, pk)
    form = ConsultantForm(request.POST or None, initial=facts_of(row))
    if form.is_valid():
        write_consultant(row, **form.facts, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("programmes_staff:consultant", pk)
    if request.method != "POST":
        audit.viewed(request, row, subjects=[row.user_id])
    return _page(request, row, form, ReasonForm())


def _given(request: HttpRequest, row: Consultant) -> Any:
    """Of this person's branches; others stay with theirs."""
    return row.requests.permitted(request.user, VIEW).for_lists().order_by("-pk")


def _page(
    request: HttpRequest, row: Consultant, form: ConsultantForm, retire_form: ReasonForm
) -> TemplateResponse:
    return TemplateResponse(
        request,
        "staff/programmes/consultant.html",
        {
            "consultant": row,
            "form": form,
            "retire_form": retire_form,
            "given": page_of(request, _given(request, row)),
        },
        status=422 if form.errors or retire_form.errors else 200,
    )


@require_POST
@staff_view(RUN)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _consultant(request, pk), ReasonForm(request.POST)
    if form.is_valid():
        try:
            retire_consultant(row, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("They have left the pool. Their reports stay."))
            return redirect("programmes_staff:consultant", pk)
    return _page(request, row, ConsultantForm(initial=facts_of(row)), form)


@require_POST
@staff_view(RUN)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    return_consultant(_consultant(request, pk), by=request.user)
    messages.success(request, _("Back in the pool."))
    return redirect("programmes_staff:consultant", pk)
