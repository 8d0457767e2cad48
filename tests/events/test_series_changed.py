"""A class that stands is changed, dropped and carried along by its event."""

import json
import re
from datetime import date, time

import pytest
from django.urls import reverse

from events import actions
from events.models import ClassSeries, DraftSession, Event, Room, Session, new_version
from events.series import Rule
from kosna.core.errors import Refused
from kosna.mail.models import Message
from tests import factories
from tests.events.classes import (
    THURSDAY,
    TUESDAY,
    TYPED,
    WEDNESDAY,
    at,
    drafts,
    make,
    make_class,
    rule,
)


@pytest.fixture(autouse=True)
def stand_at(settings, tmp_path):
    """26 November 2026, a Thursday."""
    settings.KOSNA_CLOCK = str(tmp_path / "clock")
    (tmp_path / "clock").write_text("2026-11-26T09:00:00+09:00")
    return (tmp_path / "clock").write_text


@pytest.fixture
def course(cast):
    return make_class(cast.busan)


def test_who_comes_on_tuesdays_is_told_that_it_is_wednesdays_now(cast, course):
    series = make(course, cast.officer)
    actions.publish_programme(course, by=cast.officer)
    Event.objects.update(status=Event.Status.PUBLISHED)
    factories.make_place(factories.make_ticket(course), cast.regular, email="me@example.test")
    series.refresh_from_db()
    by = rule(days=(WEDNESDAY, THURSDAY))
    actions.change_series(series, by, since=date(2026, 12, 8), by=cast.officer)
    actions.publish_programme(course, note_ko="화요일 반이 수요일로", by=cast.officer)
    mail = Message.objects.get(template="programme_changed")
    assert (mail.to, mail.context["note"]) == ("me@example.test", "화요일 반이 수요일로")
    assert {row["label"] for row in mail.context["changes"]} == {"추가", "취소"}


# --- sent twice, dropped, closed ---


def test_the_form_sent_twice_makes_one_series(cast, course, login):
    url = reverse("events_staff:series", args=["class"])
    client = login("officer")
    assert client.post(url, TYPED | {"confirm": "1"}).status_code == 302
    again = client.post(url, TYPED | {"confirm": "1"})
    assert (again.status_code, len(again.context["form"].non_field_errors())) == (422, 1)
    assert (ClassSeries.objects.count(), len(drafts())) == (1, 8)
    assert client.post(url, TYPED | {"title_ko": "다른 반", "confirm": "1"}).status_code == 302


def test_a_class_is_dropped_but_for_what_was_held(cast, course, login, stand_at):
    series = make(course, cast.officer, last=date(2026, 12, 10))
    actions.publish_programme(course, by=cast.officer)
    Event.objects.update(status=Event.Status.PUBLISHED)
    signed_up = Session.objects.get(title_ko="교실 3회")
    Session.objects.filter(pk=signed_up.pk).update(capacity=5, taken=2)
    DraftSession.objects.filter(session=signed_up).update(capacity=5)
    stand_at("2026-12-03T20:00:00+09:00")  # while the second is held
    client = login("officer")
    page = client.get(reverse("events_staff:series-change", args=["class", series.pk]))
    assert (page.context["coming"], [row.title for row in page.context["signed_up"]]) == (
        2, ["교실 3회"],
    )  # fmt: skip
    url = reverse("events_staff:series-drop", args=["class", series.pk])
    assert client.post(url).status_code == 302
    assert [title for title, _day in drafts()] == ["교실 1회", "교실 2회"]
    assert Session.objects.count() == 4  # until it is published
    series.refresh_from_db()
    assert series.last_on == date(2026, 12, 3)
    assert client.get(reverse("events_staff:series", args=["class"])).status_code == 200


def test_a_class_of_which_nothing_was_held_goes_whole_and_may_be_made_again(cast, course):
    assert actions.drop_series(make(course, cast.officer), by=cast.officer) == 10
    assert (drafts(), ClassSeries.objects.count()) == ([], 0)
    make(course, cast.officer)
    assert len(drafts()) == 10


def test_a_published_event_whose_only_class_is_dropped_keeps_its_dates_and_says_so(
    cast, course, login
):
    """Calling it off gives everything back: nobody does that by dropping a class."""
    office, public = login("officer"), course.get_absolute_url()
    desk = reverse("events_staff:programme", args=["class"])
    told, said = "남은 수업이 없습니다", "편성된 수업이 없습니다"
    series = make(course, cast.officer)
    actions.publish_programme(course, by=cast.officer)
    actions.publish(event=course, by=cast.officer)
    assert told not in office.get(desk).content.decode()
    assert said not in office.get(public).content.decode()
    held = Event.objects.values_list("status", "starts_at", "ends_at").get()
    drop = reverse("events_staff:series-drop", args=["class", series.pk])
    assert told in office.post(drop, follow=True).content.decode()
    assert said not in office.get(public).content.decode()  # readers see the last version
    office.post(reverse("events_staff:programme-publish", args=["class"]))
    assert Event.objects.values_list("status", "starts_at", "ends_at").get() == held
    assert said in office.get(public).content.decode()
    assert told in office.get(desk).content.decode()
    make(course, cast.officer)
    actions.publish_programme(course, by=cast.officer)
    assert said not in office.get(public).content.decode()


def test_what_is_over_or_cancelled_holds_no_more_classes(cast, course, login, stand_at):
    series = make(course, cast.officer, last=date(2026, 12, 10))
    before = drafts()
    url, since = reverse("events_staff:series", args=["class"]), date(2026, 12, 22)
    for status, today in (("cancelled", "2026-11-26"), ("published", "2026-12-20")):
        stand_at(f"{today}T09:00:00+09:00")
        Event.objects.update(status=status)
        for deed in (
            lambda: make(course, cast.officer, first=since),
            lambda: actions.change_series(series, rule(since), since=since, by=cast.officer),
            lambda: actions.drop_series(series, by=cast.officer),
        ):
            with pytest.raises(Refused):
                deed()
        assert login("officer").post(url, TYPED | {"first": "2026-12-21"}).status_code == 422
    assert drafts() == before


def test_what_would_be_refused_is_not_offered(cast, course, login):
    client, url = login("officer"), reverse("events_staff:series", args=["class"])
    every = {"weekdays": [str(n) for n in range(7)], "last": "2028-11-30"}
    Event.objects.update(status=Event.Status.PUBLISHED)
    for wrong in (every, {"first": "2026-11-27"}, {"first": "2026-12-25", "last": "2026-12-25"}):
        page = client.post(url, TYPED | wrong)
        assert (page.status_code, "confirm" in page.content.decode()) == (422, False)
    page = client.post(url, TYPED)
    assert (page.status_code, 'name="confirm"' in page.content.decode()) == (200, True)


def test_each_session_has_the_room_and_the_places_of_its_class(cast, course, login):
    room = Room.objects.create(event=course, name_ko="교육장", capacity=20)
    client, url = login("officer"), reverse("events_staff:series", args=["class"])
    typed = TYPED | {"room": room.pk, "capacity": 21}
    assert list(client.post(url, typed).context["form"].errors) == ["capacity"]
    assert client.post(url, typed | {"capacity": 20, "confirm": "1"}).status_code == 302
    series = ClassSeries.objects.get()
    since = date(2026, 12, 8)
    actions.change_series(series, rule(since, days=range(4)), since=since, by=cast.officer)
    assert set(DraftSession.objects.values_list("room", "capacity")) == {(room.pk, 20)}


# --- what people have made of it stays ---


def move(title, **fields):
    DraftSession.objects.filter(title_ko=title).update(**fields)


def test_a_longer_class_leaves_what_people_have_made_of_it(cast, course):
    series = make(course, cast.officer, last=date(2026, 12, 22), days=(TUESDAY,))
    actions.publish_programme(course, by=cast.officer)
    move("교실 3회", starts_at=at(16, 18), ends_at=at(16, 20), capacity=7)  # Tuesday, now Wednesday
    move("교실 2회", title_ko="특강: 손님 강사")
    actions.drop_session(DraftSession.objects.get(title_ko="교실 4회"), by=cast.officer)
    moved = Session.objects.get(title_ko="교실 3회")
    since = date(2026, 12, 2)
    new = rule(since, date(2027, 1, 5), (TUESDAY,))
    for publishes in (True, False):
        actions.change_series(series, new, since=since, by=cast.officer)
        assert drafts() == [
            ("교실 1회", "2026-12-01"),
            ("특강: 손님 강사", "2026-12-08"),
            ("교실 3회", "2026-12-16"),
            ("교실 5회", "2026-12-29"),
            ("교실 6회", "2027-01-05"),
        ]
        if publishes:  # what was dropped is gone, and still not forgotten
            actions.publish_programme(course, by=cast.officer)
    moved.refresh_from_db()
    assert (moved.starts_at, moved.capacity) == (at(16, 18), 7)


def test_hours_change_where_they_are_those_of_the_rule(cast, course):
    series = make(course, cast.officer, last=date(2026, 12, 15), days=(TUESDAY,))
    move("교실 2회", starts_at=at(9), ends_at=at(9, 21))  # another day, at the same hours
    move("교실 3회", starts_at=at(15, 10), ends_at=at(15, 12))
    since = date(2026, 12, 2)
    later = Rule(frozenset({TUESDAY}), since, date(2026, 12, 15), time(20), time(22))
    actions.change_series(series, later, since=since, by=cast.officer)
    starts = [row.starts_at for row in DraftSession.objects.order_by("starts_at")]
    assert starts == [at(1), at(9, 20), at(15, 10)]


def test_two_on_one_day_are_two(cast, course):
    series = make(course, cast.officer, last=date(2026, 12, 10))
    move("교실 3회", starts_at=at(10, 10), ends_at=at(10, 12))
    since = date(2026, 12, 2)
    new = rule(since, date(2026, 12, 15))
    actions.change_series(series, new, since=since, by=cast.officer)
    assert drafts() == [
        ("교실 1회", "2026-12-01"),
        ("교실 2회", "2026-12-03"),
        ("교실 3회", "2026-12-10"),
        ("교실 4회", "2026-12-10"),
        ("교실 5회", "2026-12-15"),
    ]
    # Each is of its own date: without Tuesdays that of the eighth goes.
    without = rule(since, date(2026, 12, 15), (THURSDAY,))
    actions.change_series(series, without, since=since, by=cast.officer)
    assert [day for _title, day in drafts()] == ["2026-12-01", "2026-12-03", "2026-12-10"]
    assert DraftSession.objects.filter(starts_at=at(10)).exists()


def test_what_a_rule_dropped_comes_back_with_who_signed_up(cast, course):
    series = make(course, cast.officer, last=date(2026, 12, 10))
    actions.publish_programme(course, by=cast.officer)
    before = list(Session.objects.values_list("pk", "title_ko"))
    since = date(2026, 12, 2)
    for days in ((TUESDAY,), (TUESDAY, THURSDAY)):
        new = rule(since, date(2026, 12, 10), days)
        actions.change_series(series, new, since=since, by=cast.officer)
    with pytest.raises(Refused):  # nothing differs from what is published
        actions.publish_programme(course, by=cast.officer)
    assert list(Session.objects.values_list("pk", "title_ko")) == before


# --- the event lasts as long ---


def span(event):
    event.refresh_from_db()
    return event.starts_at, event.ends_at


def test_a_draft_lasts_from_its_first_session_to_its_last(cast, course):
    make(course, cast.officer, first=date(2026, 12, 2), last=date(2026, 12, 10))
    assert span(course) == (at(3), at(10, 21))
    series = ClassSeries.objects.get()
    since = date(2026, 12, 4)
    actions.change_series(series, rule(since, date(2026, 12, 8)), since=since, by=cast.officer)
    assert span(course) == (at(3), at(8, 21))


def test_a_published_event_follows_its_class_once_that_is_published(cast, course):
    Event.objects.update(status=Event.Status.PUBLISHED, ends_at=at(1, 21))
    factories.make_place(factories.make_ticket(course), cast.regular, email="me@example.test")
    told = Message.objects.filter(template="event_moved")
    series = make(course, cast.officer, last=date(2026, 12, 10))
    assert (span(course), told.count()) == ((at(1), at(1, 21)), 0)
    actions.publish_programme(course, by=cast.officer)
    assert (span(course), told.count()) == ((at(1), at(10, 21)), 1)
    since = date(2026, 12, 4)
    actions.change_series(series, rule(since, date(2026, 12, 8)), since=since, by=cast.officer)
    assert span(course) == (at(1), at(10, 21))
    actions.publish_programme(course, by=cast.officer)
    assert (span(course), told.count()) == ((at(1), at(8, 21)), 2)
    move("교실 1회", starts_at=at(1, 8), ends_at=at(1, 9))
    with pytest.raises(Refused, match="시작"):
        actions.publish_programme(course, by=cast.officer)
    assert span(course) == (at(1), at(8, 21))


def test_an_exhibition_is_not_as_short_as_its_class(cast, course):
    Event.objects.update(kind=Event.Kind.EXHIBITION, ends_at=at(30, 21))
    make(course, cast.officer, first=date(2026, 12, 3), last=date(2026, 12, 10))
    assert span(course) == (at(1), at(30, 21))


def test_the_desk_says_how_long_the_event_will_last(cast, course, login):
    Event.objects.update(status=Event.Status.PUBLISHED)
    make(course, cast.officer, last=date(2026, 12, 10))
    page = login("officer").get(reverse("events_staff:programme", args=["class"]))
    assert page.context["reach"] == (at(1), at(10, 21))
    actions.publish_programme(course, by=cast.officer)
    page = login("officer").get(reverse("events_staff:programme", args=["class"]))
    assert page.context["reach"] is None


# --- in the reader's calendar, and for search engines ---


def test_a_class_is_as_many_entries_of_a_calendar_as_it_has_sessions(cast, course, client):
    make(course, cast.officer, last=date(2026, 12, 10))
    actions.publish_programme(course, by=cast.officer)
    Event.objects.update(status=Event.Status.PUBLISHED)
    uids = {f"UID:class-{pk}@kosna" for pk in Session.objects.values_list("pk", flat=True)}
    text = client.get(reverse("events:event-ics", args=["class"])).content.decode()
    assert {line for line in text.splitlines() if line.startswith("UID:")} == uids
    assert [line for line in text.splitlines() if line.startswith("DTEND")] == [
        f"DTEND:202612{day}T120000Z" for day in ("01", "03", "08", "10")
    ]
    page = client.get(course.get_absolute_url()).content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    parts = json.loads(block[1])["subEvent"]
    assert [part["startDate"][:10] for part in parts] == [
        "2026-12-01", "2026-12-03", "2026-12-08", "2026-12-10",
    ]  # fmt: skip


def test_an_event_of_one_day_or_without_a_programme_is_one_entry(cast, course, client):
    Event.objects.update(status=Event.Status.PUBLISHED)
    url = reverse("events:event-ics", args=["class"])
    assert client.get(url).content.count(b"BEGIN:VEVENT") == 1
    for hour in (0, 1):
        factories.make_session(course, hours=hour)
    Event.objects.update(version=new_version())
    text = client.get(url).content.decode()
    assert (text.count("BEGIN:VEVENT"), "UID:class@kosna" in text) == (1, True)
