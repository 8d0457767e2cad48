"""The directory as members read it. Whoever may not is told why, whatever the address: nothing is
learnt of who is in it. For whoever may, an entry that is not shown is one that is not there."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe
from members.access import Decision
from members.directory import actions
from members.directory.access import may_read
from members.directory.forms import AbuseForm, AskForm, DirectoryFilter
from members.directory.models import Profile, ProfileQuerySet
from members.directory.seeing import shown_to


def _closed(request: HttpRequest, decision: Decision) -> TemplateResponse:
    return TemplateResponse(request, "directory/closed.html", {"decision": decision}, status=403)


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    decision = may_read(request.user)
    if not decision.allowed:
        return _closed(request, decision)
    form = DirectoryFilter(request.GET)
    rows = form.narrow(Profile.objects.listed(clock.today()))
    page = page_of(request, rows.with_member())
    return TemplateResponse(
        request,
        "directory/profile_list.html",
        {"form": form, "page": page, "shown": shown_to(request.user, page.object_list)},
    )


def _profile(pk: int) -> Profile:
    rows = Profile.objects.listed(clock.today()).with_member()
    return get_object_or_404(rows, pk=pk)


def _askers(request: HttpRequest) -> ProfileQuerySet:
    return Profile.objects.kept_by(request.user).listed(clock.today()).with_member().order_by("pk")


@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    decision = may_read(request.user)
    if not decision.allowed:
        return _closed(request, decision)
    return _page(request, _profile(pk))


def _page(request: HttpRequest, profile: Profile, **forms: Any) -> HttpResponse:
    askers = _askers(request)
    ask_form = forms.get("ask_form") or AskForm(None, askers=askers)
    abuse_form = forms.get("abuse_form") or AbuseForm()
    is_own = any(asker.pk == profile.pk for asker in askers)
    reasons = [actions.why_not_ask(asker, profile) for asker in askers if asker.pk != profile.pk]
    # Who keeps two entries asks as the one that can.
    can_ask = any(not why for why in reasons)
    [shown] = shown_to(request.user, [profile])
    return TemplateResponse(
        request,
        "directory/profile.html",
        {
            "profile": profile,
            "shown": shown,
            "is_own": is_own,
            "has_entry": bool(askers),
            "can_ask": can_ask and not is_own,
            "why_not": [] if can_ask or is_own or not reasons else reasons[0],
            "ask_form": ask_form,
            "abuse_form": abuse_form,
        },
        status=422 if any(form.errors for form in forms.values()) else 200,
    )


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    decision = may_read(request.user)
    if not decision.allowed:
        return _closed(request, decision)
    profile = _profile(pk)
    form = AskForm(request.POST, askers=_askers(request))
    if form.is_valid():
        if form.as_whom is None:
            raise Refused(*actions.why_not_ask(None, profile))
        try:
            introduction = actions.ask(
                asker=form.as_whom,
                asked=profile,
                message=form.cleaned_data["message"],
                by=request.user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Your request is on its way. The answer comes by mail."))
            return redirect(introduction.get_absolute_url())
    return _page(request, profile, ask_form=form)


@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    decision = may_read(request.user)
    if not decision.allowed:
        return _closed(request, decision)
    profile = _profile(pk)
    form = AbuseForm(request.POST)
    if form.is_valid():
        try:
            actions.report_abuse(profile, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Thank you. We look at it and write to you."))
            return redirect(profile.get_absolute_url())
    return _page(request, profile, abuse_form=form)
