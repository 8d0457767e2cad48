"""A weekly class: its days without the holidays, seen before they are made, changed from one on."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from events import actions
from events.models import Attendance, ClassSeries, DraftSession, Event, Session
from events.series import Rule, meetings
from kosna.core import clock, holidays
from kosna.core.errors import Refused
from kosna.core.models import Holiday
from tests import factories

TUESDAY, THURSDAY = 1, 3
NOW = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def standing(settings, tmp_path):
    """26 November 2026, a Thursday."""
    settings.KOSNA_CLOCK = str(tmp_path / "clock")
    (tmp_path / "clock").write_text("2026-11-26T09:00:00+09:00")


@pytest.fixture
def course(cast):
    starts_at = clock.start_of(date(2026, 12, 1)) + timedelta(hours=19)
    return factories.make_event(
        "class",
        kind=Event.Kind.CLASS,
        branch=cast.busan,
        status=Event.Status.DRAFT,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
    )


def rule(first=date(2026, 12, 1), last=date(2026, 12, 31), days=(TUESDAY, THURSDAY)):
    return Rule(frozenset(days), first, last, time(19), time(21))


def make(event, by, **changes):
    return actions.make_series(event, rule(**changes), title_ko="교실", title_en="Class", by=by)


def drafts():
    rows = DraftSession.objects.kept().order_by("starts_at")
    return [(row.title_ko, clock.kst_date(row.starts_at).isoformat()) for row in rows]


@pytest.mark.django_db
def test_holidays_are_left_out_those_of_the_sun_and_those_of_the_list():
    Holiday.objects.create(day=date(2027, 1, 5), name_ko="대체공휴일")
    holidays.forget()
    found = meetings(rule(date(2026, 12, 22), date(2027, 1, 7), days=(TUESDAY, 4)))
    left_out = [row.day for row in found if row.is_left_out]
    assert left_out == [date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 5)]
    assert [row.day for row in found if not row.is_left_out] == [
        date(2026, 12, 22),
        date(2026, 12, 29),
    ]
    assert found[0].starts_at.isoformat() == "2026-12-22T19:00:00+09:00"


def test_a_series_makes_its_sessions_and_the_event_reaches_as_far(cast, course):
    make(course, cast.officer, last=date(2026, 12, 10))
    assert drafts() == [
        ("교실 1회", "2026-12-01"),
        ("교실 2회", "2026-12-03"),
        ("교실 3회", "2026-12-08"),
        ("교실 4회", "2026-12-10"),
    ]
    course.refresh_from_db()
    assert clock.kst_date(course.ends_at) == date(2026, 12, 10)
    actions.publish_programme(course, by=cast.officer)
    assert Session.objects.count() == 4


def test_a_rule_of_holidays_alone_or_of_too_many_days_is_refused(cast, course):
    for wrong in (
        {"first": date(2026, 12, 25), "last": date(2026, 12, 25), "days": (4,)},
        {"last": date(2028, 11, 30), "days": range(7)},
    ):
        with pytest.raises(Refused):
            make(course, cast.officer, **wrong)
    assert not ClassSeries.objects.exists()


def test_a_change_holds_from_its_day_and_keeps_sessions_on_days_that_stay(cast, course):
    series = make(course, cast.officer, last=date(2026, 12, 17))
    actions.publish_programme(course, by=cast.officer)
    kept = Session.objects.get(title_ko="교실 3회").pk
    since = date(2026, 12, 8)
    new = Rule(frozenset({TUESDAY}), since, date(2026, 12, 29), time(18), time(20))
    actions.change_series(series, new, since=since, by=cast.officer)
    actions.publish_programme(course, by=cast.officer)
    told = [
        (row.title_ko, row.starts_at.astimezone(clock.KST).strftime("%m-%d %H"))
        for row in Session.objects.all()
    ]
    assert told == [
        ("교실 1회", "12-01 19"),
        ("교실 2회", "12-03 19"),
        ("교실 3회", "12-08 18"),
        ("교실 4회", "12-15 18"),
        ("교실 5회", "12-22 18"),
        ("교실 6회", "12-29 18"),
    ]
    assert Session.objects.get(title_ko="교실 3회").pk == kept
    assert not Attendance.objects.exists()


def test_what_has_begun_is_not_changed(cast, course):
    series = make(course, cast.officer)
    for day in (NOW, NOW - timedelta(days=1)):
        with pytest.raises(Refused):
            actions.change_series(series, rule(), since=day, by=cast.officer)


def test_a_published_event_does_not_begin_earlier_by_its_class(cast, course):
    Event.objects.update(status=Event.Status.PUBLISHED)
    with pytest.raises(Refused):
        make(course, cast.officer, first=date(2026, 11, 30), days=(0,))
    make(course, cast.officer)


def test_the_days_are_seen_before_they_are_made(cast, course, login):
    url = reverse("events_staff:series", args=["class"])
    typed = {
        "title_ko": "교실",
        "weekdays": ["1", "4"],
        "first": "2026-12-01",
        "last": "2026-12-31",
        "starts": "19:00",
        "ends": "21:00",
    }
    client = login("officer")
    page = client.post(url, typed)
    assert (page.status_code, page.context["held"], page.context["left_out"]) == (200, 8, 1)
    assert not DraftSession.objects.exists()
    wrong = client.post(url, typed | {"last": "2026-11-01", "ends": "18:00"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"last", "ends"}
    assert client.post(url, typed | {"confirm": "1"}).status_code == 302
    assert len(drafts()) == 8
    change = reverse("events_staff:series-change", args=["class", ClassSeries.objects.get().pk])
    later = typed | {"first": "2026-12-20", "weekdays": ["1"], "confirm": "1"}
    assert client.post(change, later | {"first": "2026-11-26"}).status_code == 422
    assert client.post(change, later).status_code == 302
    assert [day for _title, day in drafts()][-2:] == ["2026-12-22", "2026-12-29"]
