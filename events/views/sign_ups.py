"""Single sessions, for whoever holds a ticket; and who signed up, for the organiser."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import actions, sign_ups
from events.calendar import programme_response
from events.models import Registration, Session
from events.staff_views.events import event_or_404
from events.views.tickets import ticket_or_404, unlisted
from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe

EXPORT = ListExport(
    "events.export_sign_ups",
    gettext_lazy("Signed up"),
    [
        (gettext_lazy("Name"), lambda row: row.registration.name),
        (gettext_lazy("Affiliation"), lambda row: row.registration.affiliation),
        (gettext_lazy("Signed up at"), lambda row: row.at),
    ],
    people=["registration__user"],
)


@login_not_required
def ticket_sessions(request: HttpRequest, secret: str) -> HttpResponse:
    """One button a session: sign up, or leave it."""
    place = ticket_or_404(secret)
    if request.method == "POST":
        return _changed(request, place)
    return unlisted(
        TemplateResponse(
            request,
            "tickets/sessions.html",
            {
                "place": place,
                "event": place.event,
                "is_confirmed": place.status == Registration.Status.CONFIRMED,
                "choices": sign_ups.choices(place, clock.now()),
            },
        )
    )


def _changed(request: HttpRequest, place: Registration) -> HttpResponse:
    by: Any = request.user if request.user.is_authenticated else None
    pk = request.POST.get("session", "")
    wanted = int(pk) if pk.isdecimal() and len(pk) < 16 else 0
    session = get_object_or_404(sign_ups.offered(place.event), pk=wanted)
    if "leave" in request.POST:
        actions.leave_sign_up(session, place, by=by)
        messages.success(request, _("You have left the session. Its place is free for others."))
    else:
        actions.sign_up(session, place, by=by)
        messages.success(request, _("Signed up: “%(title)s”.") % {"title": session.title})
    return redirect("tickets:ticket-sessions", place.secret)


@login_not_required
@require_safe
def ticket_sessions_ics(request: HttpRequest, secret: str) -> HttpResponse:
    """My own sessions, for a calendar that asks again and again."""
    place = ticket_or_404(secret)
    sessions = sign_ups.sessions_of(place)
    return unlisted(programme_response(place.event, sessions, f"{place.event.slug}-my.ics"))


@staff_view("events.view_registration")
@require_safe
def session_people(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Who signed up for a session, by name."""
    event = event_or_404(request, slug, "events.view_registration")
    session = get_object_or_404(event.sessions.select_related("room"), pk=pk)
    page = page_of(request, _signed_up(session))
    audit.viewed(
        request,
        event,
        subjects=[row.registration.user_id for row in page if row.registration.user_id],
        session=session.title_ko,
    )
    return TemplateResponse(
        request,
        "staff/events/session_people.html",
        {"event": event, "session": session, "page": page},
    )


def _signed_up(session: Session) -> Any:
    return session.sign_ups.select_related("registration").order_by("registration__name", "pk")


@require_POST
@staff_view("events.view_registration")
def session_people_export(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    event = event_or_404(request, slug, "events.view_registration")
    session = get_object_or_404(event.sessions, pk=pk)
    return replace(EXPORT, title=session.title).answer(request, _signed_up(session), of=event)
