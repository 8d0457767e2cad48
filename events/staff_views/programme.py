"""The draft of a programme, for those who prepare it."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import actions, programme
from events.forms.programme import (
    DraftSessionForm,
    RoomFormSet,
    SpeakerForm,
    TrackFormSet,
    VersionForm,
)
from events.models import DraftSession, Event, Speaker
from events.reach import is_emptied, outside, reach_of
from events.staff_views.events import edit_rows, event_or_404
from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.deeds import carried_out
from kosna.core.lists import page_of
from kosna.core.methods import require_POST

SPEAKERS = ListExport(
    "events.export_speakers",
    gettext_lazy("Speakers"),
    [
        (gettext_lazy("Name"), lambda row: row.name),
        (gettext_lazy("Role"), lambda row: row.role),
        (gettext_lazy("E-mail"), lambda row: row.address),
        (
            gettext_lazy("Sessions"),
            lambda row: ", ".join(session.title for session in row.drafts.all()),
        ),
    ],
    people=["user"],
)


@staff_view("events.change_event")
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """What stands in the draft, and what publishing it would change."""
    event = event_or_404(request, slug, "events.change_event")
    return _draft_page(request, event, VersionForm())


@require_POST
@staff_view("events.change_event")
def programme_publish(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    form = VersionForm(request.POST)

    def publish(**note: str) -> None:
        actions.publish_programme(event, by=request.user, **note)

    if carried_out(request, form, publish, _("Published. Those concerned are told by mail.")):
        return redirect("events_staff:programme", slug)
    return _draft_page(request, event, form)


def _draft_page(request: HttpRequest, event: Event, form: VersionForm) -> HttpResponse:
    drafts = list(programme.draft_of(event))
    steps = programme.steps(drafts)
    reach = reach_of(event)
    changes = {step.draft.pk: step.change for step in steps}
    return TemplateResponse(
        request,
        "staff/events/programme.html",
        {
            "event": event,
            "rows": [(row, changes.get(row.pk)) for row in drafts],
            "unplaced": event.drafts.filter(starts_at=None).prefetch_related("speakers"),
            "steps": steps,
            "reach": reach if reach != (event.starts_at, event.ends_at) else None,
            "ending": programme.ending_sign_ups(steps),
            "outside": outside(event),
            "is_emptied": is_emptied(event, event.drafts.kept()),
            "version": event.programme_versions.first(),
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@staff_view("events.change_event")
def rooms(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    data = request.POST or None
    formsets = [
        (gettext_lazy("Rooms"), RoomFormSet(data, instance=event, prefix="rooms")),
        (gettext_lazy("Tracks"), TrackFormSet(data, instance=event, prefix="tracks")),
    ]
    return edit_rows(
        request,
        event,
        formsets,
        gettext_lazy("Rooms and tracks"),
        gettext_lazy("A name changed here changes at once, on every page that shows it."),
    )


# --- sessions of the draft ---


def _draft_or_404(event: Event, pk: int) -> DraftSession:
    return get_object_or_404(event.drafts.select_related("session"), pk=pk)


@staff_view("events.change_event")
def session_new(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    return _session_page(request, event, DraftSession(event=event, starts_at=event.starts_at))


@staff_view("events.change_event")
def session_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    return _session_page(request, event, _draft_or_404(event, pk))


def _session_page(request: HttpRequest, event: Event, row: DraftSession) -> HttpResponse:
    form = DraftSessionForm(request.POST or None, instance=row, event=event)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            audit.record("events.change_programme", event, by=request.user, session=row.title_ko)
        messages.success(request, _("Saved in the draft. Readers see it once it is published."))
        return redirect("events_staff:programme", event.slug)
    return TemplateResponse(
        request,
        "staff/events/session_form.html",
        {"event": event, "row": row, "form": form},
        status=422 if form.errors else 200,
    )


@require_POST
@staff_view("events.change_event")
def session_drop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    actions.drop_session(_draft_or_404(event, pk), by=request.user)
    messages.success(request, _("Dropped from the draft."))
    return redirect("events_staff:programme", slug)


@require_POST
@staff_view("events.change_event")
def session_restore(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    actions.restore_session(_draft_or_404(event, pk), by=request.user)
    messages.success(request, _("As published again."))
    return redirect("events_staff:programme", slug)


# --- speakers ---


@staff_view("events.change_event")
def speakers(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    page = page_of(request, _speakers(event))
    audit.viewed(request, event, subjects=[row.user_id for row in page if row.user_id])
    return TemplateResponse(request, "staff/events/speakers.html", {"event": event, "page": page})


def _speakers(event: Event) -> Any:
    rows = event.speakers.select_related("user").prefetch_related("drafts")
    return rows.order_by("name_ko", "pk")


@require_POST
@staff_view("events.change_event")
def speakers_export(request: HttpRequest, slug: str) -> HttpResponseBase:
    event = event_or_404(request, slug, "events.change_event")
    return SPEAKERS.answer(request, _speakers(event), of=event)


@staff_view("events.change_event")
def speaker_new(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    return _speaker_page(request, event, Speaker(event=event))


@staff_view("events.change_event")
def speaker_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    row = get_object_or_404(event.speakers.select_related("user"), pk=pk)
    if request.method == "GET":
        audit.viewed(request, event, subjects=[row.user_id] if row.user_id else [])
    return _speaker_page(request, event, row)


def _speaker_page(request: HttpRequest, event: Event, row: Speaker) -> HttpResponse:
    form = SpeakerForm(request.POST or None, request.FILES or None, instance=row)

    def save(**typed: Any) -> None:
        actions.save_speaker(
            row,
            photo=typed["upload"],
            without_photo=typed.get("without_photo", False),
            by=request.user,
        )

    if request.method == "POST" and carried_out(request, form, save, _("Saved.")):
        return redirect("events_staff:speakers", event.slug)
    return TemplateResponse(
        request,
        "staff/events/speaker_form.html",
        {"event": event, "row": row, "form": form},
        status=422 if form.errors else 200,
    )


@require_POST
@staff_view("events.change_event")
def speaker_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    actions.remove_speaker(get_object_or_404(event.speakers, pk=pk), by=request.user)
    messages.success(request, _("Removed."))
    return redirect("events_staff:speakers", slug)
