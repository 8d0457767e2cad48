"""Rounds of consulting: each branch announces its own."""

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
from members.programmes.actions import write_round
from members.programmes.forms import RoundForm
from members.programmes.models import ConsultingRound
from members.programmes.staff_views.consulting import RUN, VIEW

EXPORT = ListExport(
    "programmes.export_rounds",
    gettext_lazy("Consulting rounds"),
    [
        (gettext_lazy("Round"), lambda row: row.name),
        (gettext_lazy("Branch"), lambda row: row.branch.name),
        (gettext_lazy("First day"), lambda row: row.opens_on),
        (gettext_lazy("Last day"), lambda row: row.closes_on),
        (gettext_lazy("Asked"), lambda row: row.asked),
        (gettext_lazy("Taken on"), lambda row: f"{row.taken} / {row.places}"),
        (gettext_lazy("State"), lambda row: row.label),
    ],
)


@staff_view(VIEW)
def rounds(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(
        request,
        "staff/programmes/rounds.html",
        {"page": page_of(request, _listed(request)), "may_run": request.user.has_perm(RUN)},
    )


def _listed(request: HttpRequest) -> Any:
    rows = ConsultingRound.objects.permitted(request.user, VIEW).with_counts()
    return rows.select_related("branch").newest()


@require_POST
@staff_view(VIEW)
def rounds_export(request: HttpRequest) -> HttpResponseBase:
    return EXPORT.answer(request, _listed(request))


def _branches(request: HttpRequest) -> Any:
    return Branch.objects.shown().permitted(request.user, RUN)


@staff_view(RUN)
def round_new(request: HttpRequest) -> HttpResponse:
    form = RoundForm(request.POST or None, branches=_branches(request))
    return _answer(request, None, form)


@staff_view(RUN)
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ConsultingRound.objects.permitted(request.user, RUN)
    row = get_object_or_404(rows.with_counts().select_related("branch"), pk=pk)
    form = RoundForm(request.POST or None, instance=row, branches=_branches(request))
    return _answer(request, row, form)


def _answer(request: HttpRequest, row: ConsultingRound | None, form: RoundForm) -> HttpResponse:
    heading = row.name if row else ""
    if form.is_valid():
        try:
            saved = write_round(form.save(commit=False), fields=form.changed_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Saved."))
            return redirect("programmes_staff:round", saved.pk)
    return TemplateResponse(
        request,
        "staff/programmes/round.html",
        {"form": form, "round": row, "heading": heading},
        status=422 if form.errors else 200,
    )
