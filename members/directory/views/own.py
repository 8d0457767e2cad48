"""One's own entry, or that of an organisation which one represents or runs."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.accounts.requests import client_ip
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_POST, require_safe
from members.directory import actions, consent
from members.directory.actions.entries import own_page
from members.directory.forms import OpenForm, PleaForm, ProfileForm
from members.directory.models import Block, Profile
from members.directory.seeing import INTRODUCED, READER, Shown
from members.models import Member
from members.views.own import membership_of


def _profile_of(member: Member) -> Profile:
    """The entry, or one that nobody has saved yet, with what the application has told."""
    rows = Profile.objects.with_member().prefetch_related("consents", "member__tier__rights")
    if profile := rows.filter(member=member).first():
        return profile
    profile = Profile(member=member)
    if application := member.applications.order_by("-pk").first():
        profile.affiliation = (member.organisation and member.name) or application.affiliation[:80]
        profile.position = "" if member.organisation else application.position[:60]
        profile.topics = application.topics
    return profile


def own(request: HttpRequest) -> HttpResponse:
    member, others = membership_of(request)
    if member is None:
        return TemplateResponse(request, "directory/own_none.html")
    profile = _profile_of(member)
    form = ProfileForm(request.POST or None, instance=profile)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_entry(form.save(commit=False), fields=form.changed_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Saved."))
            return redirect(own_page(profile))
    return _page(request, profile, others, form=form)


def _page(
    request: HttpRequest, profile: Profile, others: list[Member], **forms: Any
) -> HttpResponse:
    if any(form.errors for form in forms.values()) and profile.pk:
        kept = Profile.objects.with_member().get(pk=profile.pk)  # its heading is what is kept
    else:
        kept = profile
    context = {
        "form": ProfileForm(instance=profile),
        "open_form": OpenForm(initial={"version": consent.VERSION}),
        "plea_form": PleaForm(),
    } | forms
    return TemplateResponse(
        request,
        "directory/own.html",
        context
        | {
            "profile": kept,
            "others": others,
            "may_open": kept.holds_right(clock.today()),
            "consent_text": consent.text(),
            "consents": kept.consents.all() if kept.pk else [],
            "blocks": _blocks(kept),
        },
        status=422 if any(form.errors for form in forms.values()) else 200,
    )


def _blocks(profile: Profile) -> list[Block]:
    if not profile.pk:
        return []
    return list(
        profile.blocks.select_related(
            "blocked__member__user", "blocked__member__organisation"
        ).order_by("-at")
    )


def _mine(request: HttpRequest) -> tuple[Profile, list[Member]]:
    """The entry that ``?member=`` names, or the first; where there is none, a 404."""
    member, others = membership_of(request)
    profile = _profile_of(member) if member else None
    if profile is None or profile.pk is None:
        raise Http404
    return profile, others


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """As others see it, open or not."""
    profile, _others = _mine(request)
    is_introduced = request.GET.get("as") == "introduced"
    return TemplateResponse(
        request,
        "directory/preview.html",
        {"profile": profile, "shown": Shown(profile, INTRODUCED if is_introduced else READER)},
    )


@require_POST
def open_own(request: HttpRequest) -> HttpResponse:
    profile, others = _mine(request)
    form = OpenForm(request.POST)
    if form.is_valid():
        try:
            actions.open_entry(
                profile,
                version=form.cleaned_data["version"],
                by=request.user,
                ip=client_ip(request),
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Your entry is in the directory now."))
            return redirect(own_page(profile))
    return _page(request, profile, others, open_form=form)


@require_POST
def close_own(request: HttpRequest) -> HttpResponse:
    profile, _others = _mine(request)
    actions.close_entry(profile, by=request.user)
    messages.success(request, _("Your entry is closed. Nobody sees it any more."))
    return redirect(own_page(profile))


@require_POST
def plead(request: HttpRequest) -> HttpResponse:
    profile, others = _mine(request)
    form = PleaForm(request.POST)
    if form.is_valid():
        try:
            actions.plead(profile, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The secretariat looks at your entry and writes to you."))
            return redirect(own_page(profile))
    return _page(request, profile, others, plea_form=form)


@require_POST
def block_end(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Profile.objects.kept_by(request.user).values("pk")
    rows = Block.objects.select_related("owner__member").filter(owner__in=mine)
    row = get_object_or_404(rows, pk=pk)
    actions.unblock(row, by=request.user)
    messages.success(request, _("You take requests of this member again."))
    return redirect(own_page(row.owner))
