"""MOUs at the desk: each branch keeps its own."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch, BranchQuerySet
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members.programmes.actions import correct_end, end_partner, write_partner
from members.programmes.forms import CorrectEndForm, EndForm, PartnerForm, StaffPartnerFilter
from members.programmes.models import Partner

WRITE = "programmes.write_partner"
EXPORT = ListExport(
    "programmes.export_partners",
    gettext_lazy("MOUs"),
    [
        (gettext_lazy("Partner"), lambda partner: partner.name),
        (gettext_lazy("Kind"), lambda partner: partner.get_kind_display()),
        (gettext_lazy("Branch"), lambda partner: partner.branch.name),
        (gettext_lazy("Signed on"), lambda partner: partner.signed_on),
        (gettext_lazy("Last day of the MOU"), lambda partner: partner.ended_on),
        (gettext_lazy("State"), lambda partner: partner.label),
    ],
)


@staff_view(WRITE)
def partners(request: HttpRequest) -> TemplateResponse:
    form, rows = _listed(request)
    page = page_of(request, rows)
    return TemplateResponse(request, "staff/programmes/partners.html", {"form": form, "page": page})


def _listed(request: HttpRequest) -> tuple[StaffPartnerFilter, Any]:
    form = StaffPartnerFilter(request.GET, branches=Branch.objects.permitted(request.user, WRITE))
    rows = form.narrow(Partner.objects.permitted(request.user, WRITE), clock.today())
    return form, rows.select_related("branch")


@require_POST
@staff_view(WRITE)
def partners_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    return EXPORT.answer(request, rows, branch=form.cleaned_data.get("branch"))


def _branches(request: HttpRequest) -> BranchQuerySet:
    return Branch.objects.shown().permitted(request.user, WRITE)


def _partner(request: HttpRequest, pk: int) -> Partner:
    rows = Partner.objects.permitted(request.user, WRITE).select_related("branch")
    return get_object_or_404(rows, pk=pk)


@staff_view(WRITE)
def partner_new(request: HttpRequest) -> HttpResponse:
    form = PartnerForm(request.POST or None, branches=_branches(request))
    if saved := _saved(request, form):
        return redirect("programmes_staff:partner", saved.pk)
    return TemplateResponse(
        request,
        "staff/programmes/partner.html",
        {"form": form, "partner": None},
        status=422 if form.errors else 200,
    )


@staff_view(WRITE)
def partner(request: HttpRequest, pk: int) -> HttpResponse:
    row = _partner(request, pk)
    form = _form(request, row, request.POST or None)
    if saved := _saved(request, form):
        return redirect("programmes_staff:partner", saved.pk)
    return _page(request, _partner(request, pk) if form.errors else row, form, _end_form(row))


def _form(request: HttpRequest, row: Partner, data: Any = None) -> PartnerForm:
    return PartnerForm(data, instance=row, branches=_branches(request))


def _end_form(row: Partner) -> forms.Form:
    if row.ended_on:
        return CorrectEndForm(initial={"on": row.ended_on})
    return EndForm(initial={"on": clock.today()})


def _saved(request: HttpRequest, form: PartnerForm) -> Partner | None:
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        saved = write_partner(form.save(commit=False), fields=form.changed_data, by=request.user)
    except Refused as refusal:
        refusal.to_form(form)
        return None
    messages.success(request, _("Saved."))
    return saved


def _page(
    request: HttpRequest, row: Partner, form: PartnerForm, end_form: forms.Form
) -> HttpResponse:
    return TemplateResponse(
        request,
        "staff/programmes/partner.html",
        {"form": form, "partner": row, "end_form": end_form},
        status=422 if form.errors or end_form.errors else 200,
    )


@require_POST
@staff_view(WRITE)
def partner_end(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("The last day of the MOU is entered.")
    return _ended(request, pk, EndForm(request.POST), end_partner, done)


@require_POST
@staff_view(WRITE)
def partner_correct_end(request: HttpRequest, pk: int) -> HttpResponse:
    done = _("The last day of the MOU is corrected.")
    return _ended(request, pk, CorrectEndForm(request.POST), correct_end, done)


def _ended(
    request: HttpRequest, pk: int, end_form: forms.Form, end: Callable[..., None], done: str
) -> HttpResponse:
    row = _partner(request, pk)
    if end_form.is_valid():
        try:
            end(row, **end_form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(end_form)
        else:
            messages.success(request, done)
            return redirect("programmes_staff:partner", pk)
    row = _partner(request, pk)  # as it stands now
    return _page(request, row, _form(request, row), end_form)
