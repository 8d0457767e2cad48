"""The door of an event, as staff see it: scan or type, and the answer fills the screen."""

from functools import lru_cache
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from events import actions
from events.forms.registering import CheckInForm
from events.models import INSIDE, CheckIn, Direction, Event, Extra, Outcome, Registration
from events.staff_views.events import event_or_404
from kosna.audit import actions as audit
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.lists import searched

FOUND_AT_THE_DOOR, SHORTEST_NAME = 10, 2
MOST_OF_A_GROUP = 300


@staff_view("events.check_in")
def check_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Scan or type; the answer fills the screen. A reload asks again and is told "already"."""
    if request.method == "POST":
        return _let_in(request, slug) if "people" in request.POST else _scanned(request, slug)
    event = event_or_404(request, slug, "events.check_in")
    name = searched(request)
    found = []
    too_short = 0 < len(name) < SHORTEST_NAME
    if name and not too_short:
        people = event.registrations.confirmed().matching(name).with_event()
        found = list(people.order_by("name", "pk")[:FOUND_AT_THE_DOOR])
        audit.viewed(request, event, subjects=[row.user_id for row in found if row.user_id])
    return TemplateResponse(
        request,
        "staff/events/check_in.html",
        {
            **_of_event(event),
            "form": CheckInForm(),
            "door": _door(event, request.path, name, may_sell=_may_sell(request, event)),
            "name": name,
            "too_short": too_short,
            "found": found,
            "expected": event.registrations.confirmed().count(),
            "came": CheckIn.objects.filter(registration__event=event).count(),
        },
    )


@transaction.atomic
def _scanned(request: HttpRequest, slug: str) -> HttpResponse:
    """A queue is waiting: the ticket is looked up together with its event."""
    form = CheckInForm(request.POST)
    place = actions.find_place(slug, form.cleaned_data["code"]) if form.is_valid() else None
    event = (
        place.event
        if place and place.event.slug == slug and place.event.branch_id in request.scope
        else event_or_404(request, slug, "events.check_in")
    )
    if place is None and (group := _group_of(request, event, form)):
        return group
    scan = (
        actions.admit(
            place,
            event=event,
            by=request.user,
            direction=form.cleaned_data["direction"],
            is_early=form.cleaned_data["is_early"],
        )
        if form.is_valid()
        else None
    )
    may_sell = _may_sell(request, event)
    return TemplateResponse(
        request,
        "staff/events/check_in.html",
        {
            **_of_event(event),
            "scan": scan,
            "extras": _extras_of(place, scan),
            "form": form,
            "door": _kept_door(
                event, event.version, request.path, get_language(), may_sell=may_sell
            ),
        },
    )


def _extras_of(place: Registration | None, scan: actions.Scan | None) -> list[Extra]:
    """Of who came in; what somebody has at another event is nobody's business here."""
    is_in = scan is not None and scan.outcome in INSIDE
    return actions.extras_of(place) if place and is_in and place.has_extras else []


def _group_of(request: HttpRequest, event: Event, form: CheckInForm) -> HttpResponse | None:
    """Whose one code for all was scanned: the page asks who of them is here, or goes out."""
    code = form.cleaned_data.get("code", "")
    found = actions.find_group(event, code, by=request.user)
    if not found:
        return None
    return TemplateResponse(
        request,
        "staff/events/check_in.html",
        {
            **_of_event(event),
            "form": CheckInForm(),
            "door": _door(event, request.path, may_sell=_may_sell(request, event)),
            "found": found,
            "group_code": code,
            "is_out": form.cleaned_data.get("direction") == Direction.OUT,
            "is_nobody": "of_group" in request.POST,
        },
    )


@transaction.atomic
def _let_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Those of a group who were ticked, in or out, each as if scanned; in one order, as their rows
    are locked: two desks may let the same group in."""
    event = event_or_404(request, slug, "events.check_in")
    codes = sorted(set(request.POST.getlist("people")))[:MOST_OF_A_GROUP]
    is_early = "is_early" in request.POST
    is_out = request.POST.get("direction") == Direction.OUT
    direction = Direction.OUT if is_out else Direction.IN
    scans = [
        actions.check_in(
            event=event, typed=code, by=request.user, direction=direction, is_early=is_early
        )
        for code in codes
    ]
    return TemplateResponse(
        request,
        "staff/events/check_in.html",
        {
            **_of_event(event),
            "form": CheckInForm(),
            "door": _door(event, request.path, may_sell=_may_sell(request, event)),
            "group": [scan for scan in scans if scan.registration],
            "too_early": [scan for scan in scans if scan.outcome == Outcome.EARLY],
        },
    )


def _of_event(event: Event) -> dict[str, Any]:
    return {"event": event, "is_before": clock.today() < event.first_day}


def _may_sell(request: HttpRequest, event: Event) -> bool:
    return request.user.has_perm("payments.take_money", event.branch_id)


def _door(event: Event, path: str, name: str = "", *, may_sell: bool) -> dict[str, SafeString]:
    """What the page of the door says before and after every scan alike."""
    facts = {"event": event, "path": path, "name": name, "may_sell": may_sell}
    return {
        part: render_to_string(f"staff/events/door_{part}.html", facts)
        for part in ("crumbs", "head", "code", "search")
    }


@lru_cache(maxsize=256)
def _kept_door(
    event: Event, version: int, path: str, language: str, *, may_sell: bool
) -> dict[str, SafeString]:
    """As long as nobody is searched for: drawn once for a version of the event in a language."""
    return _door(event, path, may_sell=may_sell)
