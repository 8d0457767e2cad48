"""A class on Tuesday and Thursday evenings of December 2026, for the tests that lay it out."""

from datetime import date, time, timedelta

from events import actions
from events.models import ClassSeries, DraftSession, Event
from events.series import Rhythm, Rule
from kosna.core import clock
from tests import factories

TUESDAY, WEDNESDAY, THURSDAY, SATURDAY = 1, 2, 3, 5
TYPED = {
    "title_ko": "교실",
    "rhythm": "week",
    "weekdays": ["1", "4"],
    "first": "2026-12-01",
    "last": "2026-12-31",
    "starts": "19:00",
    "ends": "21:00",
}


def make_class(branch) -> Event:
    """A draft without sessions."""
    return factories.make_event(
        "class",
        kind=Event.Kind.CLASS,
        branch=branch,
        status=Event.Status.DRAFT,
        starts_at=at(1),
        ends_at=at(1, 21),
    )


def at(day, hour=19):
    return clock.start_of(date(2026, 12, day)) + timedelta(hours=hour)


def rule(
    first=date(2026, 12, 1),
    last=date(2026, 12, 31),
    days=(TUESDAY, THURSDAY),
    rhythm=Rhythm.WEEK,
) -> Rule:
    return Rule(frozenset(days), first, last, time(19), time(21), rhythm)


def make(event, by, **changes) -> ClassSeries:
    return actions.make_series(event, rule(**changes), title_ko="교실", title_en="Class", by=by)


def drafts() -> list[tuple[str, str]]:
    rows = DraftSession.objects.kept().order_by("starts_at")
    return [(row.title_ko, clock.kst_date(row.starts_at).isoformat()) for row in rows]
