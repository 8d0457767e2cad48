"""The programme for its readers: timetable, sessions, people, calendar files, what has changed."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import get_language

from events import brochures, past_programme, sign_ups, timetable
from events.calendar import programme_response
from events.models import Event, Session, Speaker
from events.programme import Change
from events.structured import session_data
from events.views.events import live_or_404
from kosna.core import clock
from kosna.core.lists import page_of
from kosna.core.methods import require_safe
from kosna.core.pagecache import cached_page, is_signed_out


def _brochure(slug: str) -> Event:
    state = live_or_404(slug)
    return brochures.brochure(state.event_id, state.version)


@login_not_required
@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """``?day=2026-12-03&track=3``; ``?day=all`` is the whole, as it is printed."""
    state = live_or_404(slug, None if is_signed_out(request) else request.user)
    event = brochures.brochure(state.event_id, state.version)
    today = clock.today()

    def draw() -> TemplateResponse:
        chosen = timetable.choose(event, request.GET, today)
        track = chosen.track.pk if chosen.track else None
        return TemplateResponse(
            request,
            "events/timetable.html",
            {
                "event": event,
                "chosen": chosen,
                "days": timetable.days_of(event),
                "day_links": timetable.day_links(event, chosen),
                "track_links": timetable.track_links(event, chosen),
                "drawn": timetable.drawn(
                    event.pk, event.version, get_language() or "ko", chosen.day, track
                ),
                "my_ticket": state.my_ticket,
                "version": timetable.version_shown(event.pk, event.version),
            },
        )

    version = f"{state.version}:{state.status}:{today}"
    return cached_page(request, name=f"programme:{slug}", version=version, draw=draw)


def _session_or_404(event: Event, pk: int) -> Session:
    rows = event.sessions.select_related("room", "track").prefetch_related("speakers")
    return get_object_or_404(rows, pk=pk)


@login_not_required
@require_safe
def session(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = _brochure(slug)
    row = _session_or_404(event, pk)
    place = sign_ups.place_of(request.user, event) if row.takes_sign_ups else None
    return TemplateResponse(
        request,
        "events/session.html",
        {
            "event": event,
            "session": row,
            "choice": sign_ups.choice(row, place, clock.now()) if place else None,
            "place": place,
            "speakers": _with_event(row.speakers.all(), event),
            "structured_data": session_data(event, row),
        },
    )


def _with_event(speakers: Any, event: Event) -> list[Speaker]:
    """Their photo's address names the event."""
    for speaker in speakers:
        speaker.event = event
    return list(speakers)


@login_not_required
@require_safe
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version that was published, the latest first, with what it changed."""
    event = _brochure(slug)
    page = page_of(request, event.programme_versions.all())
    versions = [(version, [Change.of(kept) for kept in version.changes]) for version in page]
    return TemplateResponse(
        request,
        "events/programme_changes.html",
        {
            "event": event,
            "page": page,
            "versions": versions,
            "first_kept": past_programme.first_kept(event),
        },
    )


@login_not_required
@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The whole timetable as a version had it; 404 where too little of it was kept."""
    event = _brochure(slug)
    if number < past_programme.first_kept(event):
        raise Http404
    row = get_object_or_404(event.programme_versions, number=number)
    return TemplateResponse(
        request,
        "events/programme_version.html",
        {
            "event": event,
            "version": row,
            "latest": event.programme_versions.first(),
            "days": timetable.laid_out(past_programme.slots_of(event, row)),
        },
    )


@login_not_required
@require_safe
def programme_ics(request: HttpRequest, slug: str) -> HttpResponse:
    event = _brochure(slug)
    return programme_response(event, event.sessions.all(), f"{slug}-programme.ics")


@login_not_required
@require_safe
def session_ics(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = _brochure(slug)
    return programme_response(event, [_session_or_404(event, pk)], f"{slug}-{pk}.ics")


@login_not_required
@require_safe
def speaker_photo(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Of whoever readers see; of the rest, for those who prepare the event."""
    photos = Speaker.objects.filter(event__slug=slug).exclude(photo="")
    shown = photos.filter(event__in=Event.objects.published()).shown()
    row = shown.filter(pk=pk).first()
    is_public = row is not None
    if row is None:
        row = get_object_or_404(_prepared_by(request.user, photos), pk=pk)
    response = FileResponse(row.photo.open("rb"), content_type="image/jpeg")
    response.headers["Cache-Control"] = (
        "public, max-age=86400" if is_public else "private, no-store"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


def _prepared_by(user: Any, photos: QuerySet[Speaker]) -> QuerySet[Speaker]:
    if not user.is_authenticated:
        return photos.none()
    return photos.filter(event__in=Event.objects.permitted(user, "events.change_event"))
