"""Consulting as everybody reads of it, and as those see it who ask for it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe
from members.models import Right, Tier
from members.programmes.actions import ask_consulting, rate_consulting, withdraw_consulting
from members.programmes.entitled import is_paid, members_asking, why_not
from members.programmes.forms import AnswerForm, AskForm
from members.programmes.models import (
    Consultant,
    ConsultingField,
    ConsultingRequest,
    ConsultingRound,
)


@login_not_required
@require_safe
def consulting(request: HttpRequest) -> TemplateResponse:
    """What it is, for whom, in which fields and rounds, and whether this reader may ask."""
    user, now, today = request.user, clock.now(), clock.today()
    may_ask = bool(members_asking(user, now))
    return TemplateResponse(
        request,
        "programmes/consulting.html",
        {
            "rounds": ConsultingRound.objects.announced(today).with_counts(),
            "fields": ConsultingField.labels,
            "pool": Consultant.objects.active().count(),
            "tiers": Tier.objects.filter(rights__right=Right.CONSULTING).order_by("rank"),
            "may_ask": may_ask,
            "why_not": "" if may_ask else why_not(user, now),
        },
    )


def requests(request: HttpRequest) -> TemplateResponse:
    """My requests, and those of the companies that I run."""
    rows = ConsultingRequest.objects.visible_to(request.user).for_lists().order_by("-pk")
    user, now = request.user, clock.now()
    may_ask = bool(members_asking(user, now))
    return TemplateResponse(
        request,
        "me/consulting/requests.html",
        {
            "page": page_of(request, rows),
            "may_ask": may_ask,
            "why_not": "" if may_ask else why_not(user, now),
            "advises": Consultant.objects.filter(user=user.pk).exists(),
        },
    )


def new(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    members = members_asking(request.user, now)
    if not members:
        messages.info(request, why_not(request.user, now))
        return redirect("consulting:requests")
    form = AskForm(request.POST or None, members=members, initial=_wished(request))
    if form.is_valid():
        try:
            asked = ask_consulting(**form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Your request has arrived. You have a mail from us."))
            return redirect(asked)
    return TemplateResponse(
        request,
        "me/consulting/new.html",
        {"form": form, "unpaid": [one for one in members if not is_paid(one, now)]},
        status=422 if form.errors else 200,
    )


def _wished(request: HttpRequest) -> dict[str, Any]:
    """A link on the page of consulting may name the round."""
    wanted = request.GET.get("round", "")
    return {"round": wanted} if wanted.isdecimal() else {}


def _mine(request: HttpRequest, number: str) -> ConsultingRequest:
    rows = ConsultingRequest.objects.visible_to(request.user).for_lists()
    return get_object_or_404(rows, number=number)


def request_page(request: HttpRequest, number: str) -> TemplateResponse:
    return _page(request, _mine(request, number))


def _page(
    request: HttpRequest, row: ConsultingRequest, form: AnswerForm | None = None
) -> TemplateResponse:
    is_reported = row.status == ConsultingRequest.Status.REPORTED
    return TemplateResponse(
        request,
        "me/consulting/request.html",
        {
            "row": row,
            "form": form or (AnswerForm() if is_reported else None),
            "steps": [
                pgettext("consulting", "Received"),
                _("Consultant"),
                _("Time"),
                pgettext("consulting", "Report"),
                _("Your answer"),
            ],
            "is_unpaid": row.status == ConsultingRequest.Status.RECEIVED
            and not is_paid(row.member, clock.now()),
        },
        status=422 if form else 200,
    )


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    withdraw_consulting(_mine(request, number), by=request.user)
    messages.success(request, _("Your request has been withdrawn."))
    return redirect("consulting:requests")


@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    row = _mine(request, number)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            rate_consulting(row, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Thank you. Your answer has been kept."))
            return redirect(row)
    return _page(request, _mine(request, number), form)
