"""The desk's queue of requests for places: approved, or declined with a reason."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from events import actions, request_rank, waiting_rank
from events.forms.desk import ReasonForm
from events.models import Event, PlaceRequest
from events.staff_views.events import event_or_404
from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe


@staff_view("events.view_registration")
@require_safe
def requests(request: HttpRequest, slug: str) -> HttpResponse:
    """Those that wait for a decision come first: the longest waiting on top, or by the rule of the
    waiting list where the address asks for that."""
    event = event_or_404(request, slug, "events.view_registration")
    found = _found(event)
    at, order = clock.now(), _order(request)
    page = page_of(request, request_rank.ranked(found, at) if order else found)
    behind = request_rank.memberships(page, at)
    audit.viewed(request, event, subjects=[row.user_id for row in page])
    questions = list(event.form_questions.all())
    return TemplateResponse(
        request,
        "staff/events/requests.html",
        {
            "event": event,
            "tickets": list(event.tickets.all()),
            "page": page,
            "rows": [(row, row.told(questions), behind.get(row.user_id)) for row in page],
            "order": order,
            "rule": waiting_rank.order() if order else [],
            "may_change": request.user.has_perm("events.change_event", event.branch),
        },
    )


def _found(event: Event) -> Any:
    return event.place_requests.in_turn().select_related(
        "ticket", "user__guest", "order", "decided_by"
    )


@require_POST
@staff_view("events.view_registration")
def requests_export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """In the order of time, whatever the page is sorted by."""
    event = event_or_404(request, slug, "events.view_registration")
    found, questions = _found(event), list(event.form_questions.all())
    behind = request_rank.memberships(found.select_related(None), clock.now())

    def membership(row: PlaceRequest) -> Any:
        return behind.get(row.user_id)

    export = ListExport(
        "events.export_requests",
        _("Requests for places"),
        [
            (_("Name"), lambda row: row.user.name),
            (_("E-mail"), lambda row: row.user.mailbox if row.user.is_guest else ""),
            (_("Tier"), lambda row: its.tier.name if (its := membership(row)) else _("No member")),
            (_("Standing"), lambda row: its.standing if (its := membership(row)) else ""),
            (_("Member since"), lambda row: its.since if (its := membership(row)) else ""),
            (_("Participants"), lambda row: ", ".join(_named(place) for place in row.places)),
            (_("Answers"), lambda row: ", ".join(": ".join(each) for each in row.told(questions))),
            (_("Ticket"), lambda row: row.ticket.name),
            (_("Asked"), lambda row: row.asked_at),
            (_("Status"), lambda row: row.get_status_display()),
            (_("Decision"), lambda row: row.decided_at),
            (_("Decided by"), lambda row: row.decided_by.name if row.decided_by else ""),
            (_("Reason"), lambda row: row.reason),
            (_("Order"), lambda row: row.order.code if row.order else ""),
        ],
        people=["user"],
    )
    return export.answer(request, found, of=event)


def _named(place: dict[str, Any]) -> str:
    named = place["name"] or _("No name yet")
    return f"{named} ({affiliation})" if (affiliation := place.get("affiliation")) else named


def _order(request: HttpRequest) -> str:
    """``?sort=rank`` or nothing: kept from page to page, and after a decision."""
    return "?sort=rank" if request.GET.get("sort") == "rank" else ""


def _to_the_next(request: HttpRequest, slug: str) -> HttpResponse:
    return redirect(reverse("events_staff:requests", args=[slug]) + _order(request))


def _request_or_404(request: HttpRequest, slug: str, pk: int) -> PlaceRequest:
    found = PlaceRequest.objects.permitted(request.user, "events.change_event")
    return get_object_or_404(found.select_related("user"), event__slug=slug, pk=pk)


@require_POST
@staff_view("events.change_event")
def approve(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    actions.approve_request(_request_or_404(request, slug, pk), by=request.user)
    messages.success(request, _("Approved: the places are held, and the person was told."))
    return _to_the_next(request, slug)


@require_POST
@staff_view("events.change_event")
def decline(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    asked = _request_or_404(request, slug, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Please give the reason that the person will be told."))
    actions.decline_request(asked, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("Declined; the person was told."))
    return _to_the_next(request, slug)
