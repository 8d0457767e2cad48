"""What one has asked and been asked; for anybody else there is no such request."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe
from members.directory import actions
from members.directory.forms import AbuseForm, BoxFilter
from members.directory.models import Introduction, Profile


@require_safe
def introductions(request: HttpRequest) -> HttpResponse:
    form = BoxFilter(request.GET)
    page = page_of(request, form.narrow(request.user).with_sides())
    mine = set(Profile.objects.kept_by(request.user).values_list("pk", flat=True))
    rows = [(row, row.asked if row.asker_id in mine else row.asker) for row in page]
    return TemplateResponse(
        request,
        "directory/introduction_list.html",
        {"form": form, "page": page, "rows": rows, "mine": mine},
    )


@require_safe
def introduction(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Introduction.objects.visible_to(request.user).with_sides()
    return _page(request, get_object_or_404(rows, pk=pk), AbuseForm())


def _page(request: HttpRequest, row: Introduction, form: AbuseForm) -> HttpResponse:
    is_asked = Profile.objects.kept_by(request.user).filter(pk=row.asked_id).exists()
    other = row.asker if is_asked else row.asked
    listed = Profile.objects.visible_to(request.user)
    return TemplateResponse(
        request,
        "directory/introduction.html",
        {
            "row": row,
            "is_asked": is_asked,
            "other": other,
            "other_is_listed": listed.filter(pk=other.pk).exists(),
            "email": row.asker_email if is_asked else row.asked_email,
            "is_blocked": is_asked and row.asked.blocks.filter(blocked=row.asker).exists(),
            "is_overdue": row.expires_at <= clock.now(),
            "abuse_form": form,
        },
        status=422 if form.errors else 200,
    )


def _received(request: HttpRequest, pk: int) -> Introduction:
    rows = Introduction.objects.received_by(request.user).with_sides()
    return get_object_or_404(rows, pk=pk)


def _done(
    request: HttpRequest, row: Introduction, act: Callable[..., None], told: str
) -> HttpResponse:
    act(row, by=request.user)
    messages.success(request, told)
    return redirect(row.get_absolute_url())


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    told = _("You are introduced. Each of you has the other's e-mail address now.")
    return _done(request, _received(request, pk), actions.accept, told)


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    told = _("Declined. The other member is told kindly, and without a reason.")
    return _done(request, _received(request, pk), actions.decline, told)


@require_POST
def block(request: HttpRequest, pk: int) -> HttpResponse:
    told = _("You take no further requests of this member. They are not told.")
    return _done(request, _received(request, pk), actions.block, told)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Introduction.objects.sent_by(request.user).with_sides()
    told = _("Your request is taken back.")
    return _done(request, get_object_or_404(rows, pk=pk), actions.withdraw, told)


@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    row = _received(request, pk)
    form = AbuseForm(request.POST)
    if form.is_valid():
        try:
            actions.report_abuse(row.asker, **form.cleaned_data, introduction=row, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Thank you. We look at it and write to you."))
            return redirect(row.get_absolute_url())
    return _page(request, row, form)
