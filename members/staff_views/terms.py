"""The terms of membership, as data: tiers, rates, rights and the dues calendar. Every change is
shown with what it was before and whom it touches, and saved on confirmation."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.errors import Refused
from members import actions, dues, shares
from members.forms import CalendarForm, RateForm, RightsForm, TierForm
from members.models import DuesCalendar, DuesRate, Member, Right, ShareRule, Tier

VIEW_TERMS, CHANGE_TERMS = "members.view_terms", "members.change_terms"


@staff_view(VIEW_TERMS)
def tiers(request: HttpRequest) -> TemplateResponse:
    year = clock.today().year
    rows = list(Tier.objects.prefetch_related("rates", "rights"))
    for tier in rows:
        tier.rate = dues.known_rate(tier, year)
        tier.granted = {row.right: row for row in tier.rights.all()}
    return TemplateResponse(
        request,
        "staff/terms/tier_list.html",
        {
            "tiers": rows,
            "year": year,
            "rights": [
                (label, [(tier, tier.granted.get(right)) for tier in rows])
                for right, label in Right.choices
            ],
            "calendars": DuesCalendar.objects.all(),
            "may_change": request.user.has_perm(CHANGE_TERMS),
        },
    )


@staff_view(CHANGE_TERMS)
def tier_new(request: HttpRequest) -> HttpResponse:
    form = TierForm(request.POST or None)
    return edit_and_confirm(
        request,
        form,
        title=_("New tier"),
        touches=_("Nobody yet. Enter its dues next, then open it."),
        save=lambda: actions.save_tier(form.instance, fields=list(form.fields), by=request.user),
    )


@staff_view(VIEW_TERMS)
def tier(request: HttpRequest, code: str) -> TemplateResponse:
    row = get_object_or_404(Tier.objects.prefetch_related("rates"), code=code)
    form = TierForm(instance=row)
    return TemplateResponse(
        request,
        "staff/terms/tier_detail.html",
        {
            "tier": row,
            "members": _members(row),
            "facts": [
                (field.label, _words(form, name, getattr(row, name)))
                for name, field in form.fields.items()
            ],
            "rates": [
                (rate, bool(actions.charged_years(row, rate.from_year))) for rate in row.rates.all()
            ],
            "shares": shares.with_ends(list(ShareRule.objects.of_tier(row))),
            "may_change": request.user.has_perm(CHANGE_TERMS),
        },
    )


def _members(tier: Tier) -> int:
    return Member.objects.active().filter(tier=tier).count()


@staff_view(CHANGE_TERMS)
def tier_edit(request: HttpRequest, code: str) -> HttpResponse:
    row = get_object_or_404(Tier, code=code)
    form = TierForm(request.POST or None, instance=row)
    return edit_and_confirm(
        request,
        form,
        title=row.name,
        touches=_applies_to(_members(row), clock.today().year),
        save=lambda: actions.save_tier(row, fields=list(form.fields), by=request.user),
    )


@staff_view(CHANGE_TERMS)
def rate_new(request: HttpRequest, code: str) -> HttpResponse:
    row = get_object_or_404(Tier, code=code)
    return _rate(request, DuesRate(tier=row, from_year=clock.today().year + 1))


@staff_view(CHANGE_TERMS)
def rate_edit(request: HttpRequest, code: str, year: int) -> HttpResponse:
    rows = DuesRate.objects.select_related("tier")
    return _rate(request, get_object_or_404(rows, tier__code=code, from_year=year))


def _rate(request: HttpRequest, rate: DuesRate) -> HttpResponse:
    form = RateForm(request.POST or None, instance=rate, tier=rate.tier)
    form.is_valid()
    return edit_and_confirm(
        request,
        form,
        title=_("Dues of %(tier)s") % {"tier": rate.tier.name},
        touches=_applies_to(_members(rate.tier), rate.from_year),
        save=lambda: actions.save_rate(rate, by=request.user),
    )


@staff_view(CHANGE_TERMS)
def rights(request: HttpRequest) -> HttpResponse:
    """Which right holds in which standing."""
    form = RightsForm(request.POST or None, tiers=Tier.objects.all())
    if form.is_bound and form.is_valid() and not actions.rights_changes(form.grid()):
        messages.info(request, _("Nothing is changed."))
        return redirect("members_staff:tiers")
    return edit_and_confirm(
        request,
        form,
        title=_("Rights by standing"),
        touches=_applies_to(Member.objects.active().count(), clock.today().year),
        save=lambda: actions.save_rights(form.grid(), by=request.user),
        template="staff/terms/rights.html",
    )


@staff_view(CHANGE_TERMS)
def calendar_new(request: HttpRequest) -> HttpResponse:
    latest = DuesCalendar.objects.first() or DuesCalendar()
    latest.pk, latest.from_year = None, clock.today().year + 1
    return _calendar(request, latest)


@staff_view(CHANGE_TERMS)
def calendar_edit(request: HttpRequest, year: int) -> HttpResponse:
    return _calendar(request, get_object_or_404(DuesCalendar, from_year=year))


def _calendar(request: HttpRequest, row: DuesCalendar) -> HttpResponse:
    form = CalendarForm(request.POST or None, instance=row)
    form.is_valid()
    on_calendar = Member.objects.active().filter(tier__dues_basis=Tier.Basis.CALENDAR)
    return edit_and_confirm(
        request,
        form,
        title=_("Dues calendar"),
        touches=_applies_to(on_calendar.count(), row.from_year),
        save=lambda: actions.save_calendar(row, fields=list(form.fields), by=request.user),
    )


def _applies_to(members: int, year: int) -> str:
    return ngettext(
        "Applies to %(n)s member from %(year)s.", "Applies to %(n)s members from %(year)s.", members
    ) % {"n": f"{members:,}", "year": year}


def edit_and_confirm(
    request: HttpRequest,
    form: BaseForm,
    *,
    title: str,
    touches: str,
    save: Callable[[], object],
    template: str = "staff/terms/edit.html",
    back: str = "members_staff:tiers",
) -> HttpResponse:
    """The form; then what would change and whom it touches; on confirmation it is saved."""
    if request.method == "POST" and form.is_valid():
        if not form.has_changed():
            messages.info(request, _("Nothing is changed."))
            return redirect(back)
        if "confirmed" not in request.POST:
            return TemplateResponse(
                request,
                "staff/terms/confirm.html",
                {
                    "title": title,
                    "touches": touches,
                    "changes": _changes(form),
                    "typed": _typed(request),
                },
            )
        if "back" not in request.POST:
            try:
                save()
            except Refused as refusal:
                refusal.to_form(form)
            else:
                messages.success(request, _("The change is saved and on record."))
                return redirect(back)
    return TemplateResponse(
        request, template, {"form": form, "title": title}, status=422 if form.errors else 200
    )


def _changes(form: BaseForm) -> list[tuple[str, str, str]]:
    """(what, before, after) of each field that was changed, in words."""
    return [
        (
            str(form[name].label),
            _words(form, name, form.get_initial_for_field(form.fields[name], name)),
            _words(form, name, form.cleaned_data[name]),
        )
        for name in form.changed_data
    ]


def _words(form: BaseForm, name: str, value: Any) -> str:
    choices = dict(getattr(form.fields[name], "choices", ()))
    if isinstance(value, list):
        return ", ".join(str(choices.get(each, each)) for each in value) or "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value in (None, ""):
        return "–"
    return str(
        choices.get(value, f"{value:,}" if isinstance(value, int) and value > 9999 else value)
    )


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """All that was typed, to be sent once more with the confirmation."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
