"""A congress: five days, ten rooms, 500 sessions."""

import random
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.urls import reverse

from events import timetable
from events.actions import publish_programme
from events.models import DraftSession, Event, Speaker, Track
from kosna.core import clock
from kosna.core.pagecache import pages
from tests import factories
from tests.bench.browser import Browser
from tests.bench.data import make, text, world
from tests.bench.measures import Row, measure, page
from tests.bench.timing import in_turns

DAYS, ROOMS, HOURS, SPEAKERS = 5, 10, 10, 200


def congress() -> Event:
    start = clock.start_of(clock.today() + timedelta(days=40)) + timedelta(hours=9)
    event = factories.make_event(
        "congress", branch=world().hq, starts_at=start, ends_at=start + timedelta(days=DAYS - 0.5)
    )
    die = random.Random(3)
    rooms = [event.rooms.create(name_ko=f"{n}호", sort=n) for n in range(ROOMS)]
    tracks = [
        event.tracks.create(name_ko=f"트랙 {n}", colour=colour, sort=n)
        for n, colour in enumerate(Track.Colour.values)
    ]
    people = make(
        Speaker(event=event, name_ko=f"연사 {n}", role_ko="연구위원") for n in range(SPEAKERS)
    )
    places = [(day, hour, n) for day in range(DAYS) for hour in range(HOURS) for n in range(ROOMS)]
    drafts = make(
        DraftSession(
            event=event,
            starts_at=start + timedelta(days=day, hours=hour),
            ends_at=start + timedelta(days=day, hours=hour, minutes=50),
            title_ko=f"{day + 1}일차 {hour + 1}-{n + 1}: {text(die, 5)}",
            abstract_ko=text(die, 40),
            room=rooms[n],
            track=tracks[n % len(tracks)],
        )
        for day, hour, n in places
    )
    speaks = DraftSession.speakers.through
    make(
        speaks(draftsession=draft, speaker=people[number % SPEAKERS])
        for number, draft in enumerate(drafts)
    )
    publish_programme(event, by=None)
    return event


@measure
def timetable_page() -> Iterator[Row]:
    event = congress()
    path = reverse("events:timetable", args=[event.slug])
    yield from page("timetable, 500 sessions, one day of five", path, (0.5, 0.4))
    member = Browser(world().regular)
    framed = f"/bench/template/{world().event.slug}/"
    for what, ask in (
        ("timetable, 500 sessions on one page", lambda: member.get(f"{path}?day=all")),
        ("timetable, one day drawn for the first time", lambda: _drawn_anew(member, path)),
    ):
        sample, best = in_turns(ask, lambda: member.get(framed), seconds=1.5, warm=2)
        yield Row.of(what, sample, reference="template + query", ratio=best.median / sample.median)
    publishing, _best = in_turns(
        lambda: _published(event), lambda: member.get(framed), seconds=1.5, most=20, warm=1
    )
    yield Row.of("publishing one moved session of 500", publishing)


def _drawn_anew(reader: Browser, path: str) -> None:
    """As the first reader of a version waits for it."""
    timetable.drawn.cache_clear()
    pages.clear()
    reader.get(path)


@transaction.atomic
def _published(event: Event) -> None:
    draft = event.drafts.order_by("pk").first()
    draft.title_ko = f"{draft.title_ko[:100]} {clock.now():%f}"
    draft.save(update_fields=["title_ko"])
    publish_programme(event, by=None)
