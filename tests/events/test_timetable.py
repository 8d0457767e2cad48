"""The timetable as it is read, printed and put into a calendar."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from events import timetable
from events.actions import publish_programme
from events.models import Event, Speaker
from kosna.core import clock
from tests import factories


@pytest.fixture
def event(cast):
    """Two days; on the first two tracks in two rooms beside each other, and a break."""
    start = clock.start_of(clock.today() + timedelta(days=30)) + timedelta(hours=10)
    event = factories.make_event(
        "forum", branch=cast.busan, starts_at=start, ends_at=start + timedelta(hours=32),
        venue_ko="벡스코",
    )  # fmt: skip
    rooms = [event.rooms.create(name_ko=name, sort=n) for n, name in enumerate(("큰방", "작은방"))]
    tracks = [event.tracks.create(name_ko=name, sort=n) for n, name in enumerate(("기술", "정책"))]
    speaker = Speaker.objects.create(event=event, name_ko="여하준")
    make = factories.make_draft
    make(event, hours=1, title_ko="작은 이야기", room=rooms[1], track=tracks[1])
    make(event, hours=1, title_ko="큰 이야기", room=rooms[0], track=tracks[0], speakers=[speaker])
    make(event, hours=2, title_ko="점심", is_break=True)
    make(event, hours=25, title_ko="둘째 날", room=rooms[0], track=tracks[0], abstract_ko="요약")
    publish_programme(event, by=cast.officer)
    event.refresh_from_db()
    return event


def titles(client, url: str, **asked) -> list[str]:
    page = client.get(url, asked).content.decode()
    found = re.findall(r'<h3><a href="[^"]*">([^<]*)</a></h3>|<p>(점심)</p>', page)
    return [one or other for one, other in found]


def test_day_and_track_stand_in_the_address(login, event):
    client, url = login("visitor"), reverse("events:timetable", args=["forum"])
    policy = event.tracks.get(name_ko="정책").pk
    first, second = timetable.days_of(event)
    assert titles(client, url) == ["큰 이야기", "작은 이야기", "점심"]
    assert titles(client, url, day=second) == ["둘째 날"]
    assert titles(client, url, day="all") == ["큰 이야기", "작은 이야기", "점심", "둘째 날"]
    assert titles(client, url, track=policy) == ["작은 이야기", "점심"]
    assert titles(client, url, day="all", track=policy) == ["작은 이야기", "점심"]
    for nonsense in ({"day": "2020-01-01"}, {"day": "<x>"}, {"track": "999"}, {"track": "x"}):
        assert titles(client, url, **nonsense) == titles(client, url)
    chosen = timetable.choose(event, {"day": str(first), "track": str(policy)}, clock.today())
    links = [query for _day, query, _is in timetable.day_links(event, chosen)]
    assert links == [f"day={day}&track={policy}" for day in (first, second, "all")]


def test_today_is_shown_while_the_event_is_on(event):
    first, second = timetable.days_of(event)
    assert timetable.choose(event, {}, second).day == second
    assert timetable.choose(event, {}, first - timedelta(days=9)).day == first


def test_rooms_are_columns_and_a_break_is_as_wide_as_the_day(event):
    first, second = timetable.laid_out(event.sessions.all())
    cells = [
        [(cell.session.title_ko, cell.column) for cell in block.cells] for block in first.blocks
    ]
    assert (first.columns, second.columns) == (2, 0)
    assert cells == [[("큰 이야기", 1), ("작은 이야기", 2)], [("점심", 0)]]


def test_a_page_that_is_kept_gives_way_to_the_next_version(cast, login, event):
    client, url = login("visitor"), reverse("events:timetable", args=["forum"])
    assert titles(client, url) == titles(client, url)
    event.drafts.filter(title_ko="큰 이야기").update(title_ko="더 큰 이야기")
    assert titles(client, url)[0] == "큰 이야기"
    publish_programme(event, note_ko="제목을 고쳤습니다.", by=cast.officer)
    assert titles(client, url)[0] == "더 큰 이야기"
    page = client.get(reverse("events:programme-changes", args=["forum"])).content.decode()
    assert "제목을 고쳤습니다." in page
    assert "<del>큰 이야기</del> → <ins>더 큰 이야기</ins>" in page


def test_calendar_files_hold_the_programme_and_one_session(login, event):
    client = login("visitor")
    whole = Calendar.from_ical(
        client.get(reverse("events:timetable-ics", args=["forum"])).content
    ).walk("VEVENT")
    assert [str(entry["summary"]) for entry in whole] == ["작은 이야기", "큰 이야기", "둘째 날"]
    session = event.sessions.get(title_ko="큰 이야기")
    url = reverse("events:session-ics", args=["forum", session.pk])
    (one,) = Calendar.from_ical(client.get(url).content).walk("VEVENT")
    assert (str(one["location"]), one["dtstart"].dt) == ("큰방, 벡스코", session.starts_at)
    assert "여하준" in one["description"]
    assert one["uid"] == whole[1]["uid"]
    other = factories.make_event("other")
    assert client.get(reverse("events:session-ics", args=["other", session.pk])).status_code == 404
    assert client.get(reverse("events:session", args=["other", session.pk])).status_code == 404
    assert other.sessions.count() == 0


def data_of(page: str) -> dict:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(block)


def test_search_engines_read_sessions_as_parts_of_the_event(login, event):
    client = login("visitor")
    page = client.get(reverse("events:timetable", args=["forum"]), {"day": "all"})
    whole = data_of(page.content.decode())
    assert whole["@type"] == "Event"
    assert [part["name"] for part in whole["subEvent"]] == ["작은 이야기", "큰 이야기", "둘째 날"]
    assert whole["subEvent"][1]["performer"] == [{"@type": "Person", "name": "여하준"}]
    assert whole["subEvent"][2]["description"] == "요약"
    part = client.get(event.sessions.get(title_ko="둘째 날").get_absolute_url())
    assert data_of(part.content.decode())["superEvent"]["name"] == event.title


def test_an_event_without_a_programme_says_so(login, cast):
    factories.make_event("bare")
    page = login("visitor").get(reverse("events:timetable", args=["bare"])).content.decode()
    assert 'class="empty"' in page


def test_a_session_of_an_event_online_is_no_nameless_place(login, event):
    client = login("visitor")
    url = reverse("events:session", args=["forum", event.sessions.first().pk])
    Event.objects.update(mode="online", venue_ko="", venue_en="", address_ko="", version=2)
    event.sessions.update(room=None)
    online = data_of(client.get(url).content.decode())
    assert online["location"]["@type"] == "VirtualLocation"
    assert online["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"
    Event.objects.update(mode="mixed", venue_ko="벡스코", version=3)
    mixed = data_of(client.get(url).content.decode())
    assert [row["@type"] for row in mixed["location"]] == ["Place", "VirtualLocation"]
