"""A recurring class: its days without the holidays, seen before they are made, changed later."""

import calendar
from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from events import actions
from events.models import Attendance, ClassSeries, DraftSession, Event, Session
from events.series import NTH, WEEKS, Rhythm, Rule, meetings
from kosna.core import clock, holidays
from kosna.core.errors import Refused
from kosna.core.models import Holiday
from tests.events.classes import (
    SATURDAY,
    THURSDAY,
    TUESDAY,
    TYPED,
    WEDNESDAY,
    drafts,
    make,
    make_class,
    rule,
)

NOW = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def standing(settings, tmp_path):
    """26 November 2026, a Thursday."""
    settings.KOSNA_CLOCK = str(tmp_path / "clock")
    (tmp_path / "clock").write_text("2026-11-26T09:00:00+09:00")


@pytest.fixture
def course(cast):
    return make_class(cast.busan)


def days_of(*args, since=None, **kwargs):
    return [row.day for row in meetings(rule(*args, **kwargs), since)]


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


# --- the rhythm ---


@pytest.mark.django_db
def test_every_other_week_counts_from_the_week_of_the_first_day():
    named = days_of(
        date(2026, 12, 3), date(2027, 1, 6), days=(TUESDAY, THURSDAY), rhythm=Rhythm.TWO_WEEKS
    )
    # The Tuesday of the first week is before the first day.
    assert named == [date(2026, 12, day) for day in (3, 15, 17, 29, 31)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rhythm", "weekday", "named"),
    [
        (Rhythm.SECOND, SATURDAY, [(2028, 1, 8), (2028, 2, 12), (2028, 3, 11), (2028, 4, 8)]),
        # 29 February 2028 is a Tuesday, and that month's fifth.
        (Rhythm.LAST, TUESDAY, [(2028, 1, 25), (2028, 2, 29), (2028, 3, 28), (2028, 4, 25)]),
        (Rhythm.FOURTH, TUESDAY, [(2028, 1, 25), (2028, 2, 22), (2028, 3, 28), (2028, 4, 25)]),
        (Rhythm.LAST, WEDNESDAY, [(2028, 1, 26), (2028, 2, 23), (2028, 3, 29), (2028, 4, 26)]),
        (Rhythm.FIRST, SATURDAY, [(2028, 1, 1), (2028, 2, 5), (2028, 3, 4), (2028, 4, 1)]),
    ],
)
def test_a_month_has_one_such_day(rhythm, weekday, named):
    found = days_of(date(2028, 1, 1), date(2028, 4, 30), days=(weekday,), rhythm=rhythm)
    assert found == [date(*day) for day in named]


@pytest.mark.django_db
def test_a_month_that_the_rule_enters_too_late_has_none():
    found = days_of(date(2026, 12, 13), date(2027, 1, 31), days=(SATURDAY,), rhythm=Rhythm.SECOND)
    assert found == [date(2027, 1, 9)]


DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
SPANS = st.integers(0, 600)


@pytest.mark.django_db
@given(first=DAYS, span=SPANS, weekday=st.integers(0, 6), rhythm=st.sampled_from([*NTH, "last"]))
def test_months_agree_with_the_calendar(first, span, weekday, rhythm):
    last = first + timedelta(days=span)
    named = []
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        year, number = month // 12, month % 12 + 1
        in_month = [week[weekday] for week in calendar.monthcalendar(year, number)]
        n = NTH.get(rhythm, 0)
        day = date(year, number, [day for day in in_month if day][n - 1])
        named += [day] if first <= day <= last else []
    assert days_of(first, last, days=(weekday,), rhythm=Rhythm(rhythm)) == named


@pytest.mark.django_db
@given(
    first=DAYS, span=SPANS, later=SPANS, weekdays=st.sets(st.integers(0, 6), min_size=1),
    rhythm=st.sampled_from(Rhythm),
)  # fmt: skip
def test_days_from_one_on_are_among_all_days(first, span, later, weekdays, rhythm):
    last, since = first + timedelta(days=span), first + timedelta(days=later)
    everything = days_of(first, last, weekdays, rhythm)
    assert days_of(first, last, weekdays, rhythm, since=since) == [
        day for day in everything if day >= since
    ]
    if rhythm in WEEKS and len(weekdays) == 1:
        steps = {b - a for a, b in pairwise(everything)}
        assert steps <= {timedelta(weeks=WEEKS[rhythm])}


def test_a_change_stays_in_step_with_the_first_week(cast, course):
    series = make(course, cast.officer, days=(TUESDAY,), rhythm=Rhythm.TWO_WEEKS)
    assert [day for _title, day in drafts()] == ["2026-12-01", "2026-12-15", "2026-12-29"]
    since = date(2026, 12, 8)  # in a week between
    new = rule(since, date(2027, 1, 20), (TUESDAY, WEDNESDAY), Rhythm.TWO_WEEKS)
    actions.change_series(series, new, since=since, by=cast.officer)
    assert drafts() == [
        ("교실 1회", "2026-12-01"),
        ("교실 2회", "2026-12-15"),
        ("교실 3회", "2026-12-16"),
        ("교실 4회", "2026-12-29"),
        ("교실 5회", "2026-12-30"),
        ("교실 6회", "2027-01-12"),
        ("교실 7회", "2027-01-13"),
    ]
    series.refresh_from_db()
    assert (series.first_on, series.rhythm) == (date(2026, 12, 1), Rhythm.TWO_WEEKS)


def test_a_weekly_class_becomes_a_monthly_one(cast, course):
    series = make(course, cast.officer, last=date(2026, 12, 10))
    since = date(2026, 12, 9)
    new = rule(since, date(2027, 3, 31), (THURSDAY,), Rhythm.LAST)
    actions.change_series(series, new, since=since, by=cast.officer)
    assert [day for _title, day in drafts()] == [
        "2026-12-01", "2026-12-03", "2026-12-08", "2026-12-31", "2027-01-28", "2027-02-25",
        "2027-03-25",
    ]  # fmt: skip


def test_a_series_that_begins_earlier_counts_from_there(cast, course):
    series = make(course, cast.officer, first=date(2026, 12, 15), rhythm=Rhythm.TWO_WEEKS)
    since = date(2026, 12, 8)
    actions.change_series(
        series, rule(days=(TUESDAY,), rhythm=Rhythm.TWO_WEEKS), since=since, by=cast.officer
    )
    assert [day for _title, day in drafts()] == ["2026-12-08", "2026-12-22"]


def test_the_database_knows_the_rhythms(cast, course):
    make(course, cast.officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClassSeries.objects.update(rhythm="fifth")


# --- what is made of it ---


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
    typed = TYPED
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
    page = client.post(change, typed | {"rhythm": "weeks-2", "first": "2026-12-08"})
    seen = [row.day.isoformat() for row in page.context["meetings"]]
    assert seen == ["2026-12-15", "2026-12-18", "2026-12-29"]  # weeks count from 1 December
    later = typed | {"first": "2026-12-20", "weekdays": ["1"], "confirm": "1"}
    assert client.post(change, later | {"first": "2026-11-26"}).status_code == 422
    assert client.post(change, later).status_code == 302
    assert [day for _title, day in drafts()][-2:] == ["2026-12-22", "2026-12-29"]
    assert "매주 · 화요일 ·" in client.get(url).content.decode()
