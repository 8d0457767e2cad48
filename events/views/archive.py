"""What the association has held: by year and kind, with a search, and the files of each event as
this reader may have them."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from events import materials
from events.forms.archive import ArchiveFilter
from events.models import Event, EventQuerySet, Material, Registration
from kosna.core import clock
from kosna.core.lists import page_of
from kosna.core.methods import require_safe
from members.viewing import reader_of


@login_not_required
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    past = Event.objects.published().past()
    years = [day.year for day in past.datetimes("starts_at", "year", "DESC", tzinfo=clock.KST)]
    form = ArchiveFilter(request.GET, years=years)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    page = page_of(request, _found(past, wanted).select_related("branch"))
    return TemplateResponse(
        request,
        "events/archive.html",
        {"form": form, "page": page, "shelves": _shelves(reader_of(request), page.object_list)},
    )


def _found(past: EventQuerySet, wanted: dict[str, Any]) -> EventQuerySet:
    branch = wanted.get("branch")
    found = past.filtered(kind=wanted.get("kind", ""), branch=branch.code if branch else "")
    return found.told(wanted.get("q", "")).held_in(wanted.get("year"))


def _shelves(user: Any, events: Iterable[Event]) -> list[tuple[Event, list[materials.Shelved]]]:
    """Each event with its files, and whether this reader may have them: ``events.materials`` says
    so here as on the event's own page. The same number of statements for many events as for one."""
    events, at = list(events), clock.now()
    rows = Material.objects.filter(event__in=events).select_related("event")
    files: dict[int, list[Material]] = {}
    for row in rows.prefetch_related("tiers"):
        files.setdefault(row.event_id, []).append(row)
    came: set[int] = set()
    if user.pk is not None and files:
        places = Registration.objects.confirmed().filter(user=user, event__in=list(files))
        came = set(places.exclude(check_in=None).values_list("event", flat=True))
    return [
        (event, materials.shelve(files.get(event.pk, ()), user, at, came=event.pk in came))
        for event in events
    ]
