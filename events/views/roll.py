"""The roll of a session, for whoever calls it: the desk, and the instructor of a course."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import actions, certificates
from events.models import Attendance, Event, Session
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.lists import page_of


def call_roll(
    request: HttpRequest, event: Event, template: str, *, is_masked: bool = False
) -> HttpResponse:
    """Who sits in a session: names with a box each. ``?session=`` names one; else the latest that
    has begun. Whose names are seen is on record."""
    sessions = [row for row in event.sessions.all() if not row.is_break]
    session = _session(request, sessions)
    if request.method == "POST" and session:
        changed = actions.mark_attendance(
            session, shown=_ids(request, "shown"), present=_ids(request, "present"), by=request.user
        )
        messages.success(request, _("Saved: %(n)s marks changed.") % {"n": changed})
        return redirect(request.get_full_path())
    places = certificates.with_attendance(event.registrations.confirmed().named())
    page = page_of(request, places.order_by("name", "pk"))
    audit.viewed(request, event, subjects=[row.user_id for row in page if row.user_id])
    here = Attendance.objects.filter(session=session, registration__in=[row.pk for row in page])
    held = len(sessions)
    return TemplateResponse(
        request,
        template,
        {
            "event": event,
            "sessions": sessions,
            "session": session,
            "has_begun": session is not None and session.starts_at <= clock.now(),
            "page": page,
            "present": set(here.values_list("registration", flat=True)),
            "held": held,
            "needed": certificates.needed(event, held),
            "is_masked": is_masked,
        },
    )


def _session(request: HttpRequest, sessions: list[Session]) -> Session | None:
    wanted = request.GET.get("session", "")
    begun = [row for row in sessions if row.starts_at <= clock.now()]
    latest = (begun or sessions[:1] or [None])[-1]
    return next((row for row in sessions if str(row.pk) == wanted), latest)


def _ids(request: HttpRequest, name: str) -> set[int]:
    return {int(pk) for pk in request.POST.getlist(name)[:200] if pk.isdecimal() and len(pk) < 16}
