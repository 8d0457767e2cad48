"""The link of an online event: on the ticket of a confirmed place and in its mail, nowhere else."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events import actions
from events.models import Event, OnlineRoom, Registration
from events.views import tickets as ticket_views
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post as post_office
from kosna.mail.models import Message
from kosna.routes import routes
from tests import factories
from tests.flows.person import text_of

ROOM = "meet.example.test/a-room"
LINK = f"https://{ROOM}"
Status = Registration.Status
# Pages of other rooms that tell of events, or show what was mailed.
ELSEWHERE = ("/", "/staff/", "/staff/mail/", "/branches/<slug:code>/")


@pytest.fixture
def event(cast):
    return factories.make_event("webinar", branch=cast.busan, venue_ko="회의실")


@pytest.fixture
def ticket(event):
    return factories.make_ticket(event, capacity=20)


@pytest.fixture
def open_room(cast, event):
    actions.set_online(
        event, mode=Event.Mode.MIXED, url=LINK, note_ko="10분 전에", note_en="", by=cast.officer
    )


def ended(ticket, user, status):
    place = factories.make_place(ticket, user)
    if status == Status.HELD:
        Registration.objects.filter(pk=place.pk).update(status=status)
    else:
        actions.give_back([place], status, clock.now())
    place.refresh_from_db()
    return place


def ticket_page(client, place):
    return client.get(reverse("tickets:ticket", args=[place.secret])).content.decode()


def test_who_comes_finds_the_link_on_the_ticket(cast, ticket, open_room, login):
    text = ticket_page(login("visitor"), factories.make_place(ticket, cast.regular))
    assert LINK in text
    assert "10분 전에" in text


@pytest.mark.parametrize("status", [Status.HELD, Status.CANCELLED, Status.EXPIRED])
def test_a_place_that_is_not_confirmed_shows_no_link(cast, ticket, open_room, login, status):
    assert ROOM not in ticket_page(login("regular"), ended(ticket, cast.regular, status))


def test_twin_without_the_rule_anybody_with_a_ticket_reads_it(
    cast, event, ticket, open_room, login, monkeypatch
):
    monkeypatch.setattr(ticket_views.online, "room_for", lambda place, at: event.online_room)
    assert ROOM in ticket_page(login("visitor"), ended(ticket, cast.regular, Status.HELD))


def test_a_link_ends_with_its_event(cast, event, ticket, open_room, login):
    place = factories.make_place(ticket, cast.regular)
    now = clock.now()
    Event.objects.update(starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    assert ROOM not in ticket_page(login("regular"), place)
    Event.objects.update(ends_at=now + timedelta(hours=1), status=Event.Status.CANCELLED)
    assert ROOM not in ticket_page(login("regular"), place)


@pytest.mark.parametrize("who", ["visitor", "regular", "account", "officer"])
def test_no_other_address_says_it(cast, event, ticket, open_room, login, who):
    """Every page, file and calendar that speaks of an event or of no row at all; ``regular`` comes,
    ``account`` has not paid."""
    mine = factories.make_place(ticket, cast.regular)
    ended(ticket, cast.account, Status.HELD)
    factories.make_session(event)
    material = factories.make_material(event, is_public=True, by=cast.officer)
    known = {"slug": "webinar", "secret": mine.secret, "pk": material.pk, "code": "busan"}
    client, asked = login(who), 0
    for route in routes():
        names = {part.split(">")[0].split(":")[-1] for part in route.pattern.split("<")[1:]}
        is_of_event = route.pattern.startswith(("/events/", "/tickets/", "/staff/events/"))
        is_of_none = route.pattern in ELSEWHERE or (
            not names and route.pattern.startswith(("/events/", "/me/", "/staff/events/"))
        )
        is_told = route.name in ("tickets:ticket", "events_staff:online")
        if "GET" not in route.methods or is_told:
            continue
        if not (is_of_none or (is_of_event and names <= known.keys())):
            continue
        wanted = {name: known[name] for name in names}
        answer = client.get(reverse(route.name, kwargs=wanted))
        content = b"".join(answer) if answer.streaming else answer.content
        if content.startswith(b"%PDF"):
            content = text_of(content).encode()
        assert ROOM.encode() not in content, route.name
        asked += 1
    assert asked > 40
    csv = client.post(reverse("events_staff:export", args=["webinar"]), {"reason": "명찰"})
    assert not csv.streaming or ROOM.encode() not in b"".join(csv.streaming_content)


def test_the_page_says_how_it_is_held(event, open_room, login):
    client = login("visitor")
    for address in ("/events/", "/events/webinar/"):
        assert str(Event.Mode.MIXED.label) in client.get(address).content.decode()
    page = client.get("/events/webinar/").content.decode()
    assert "MixedEventAttendanceMode" in page
    assert "VirtualLocation" in page


def test_the_link_is_mailed_a_day_before_once_to_those_who_come(
    cast, event, ticket, open_room, login
):
    factories.make_place(ticket, cast.regular, email="regular@example.test")
    ended(ticket, cast.account, Status.HELD)
    ended(ticket, cast.lapsed, Status.CANCELLED)
    assert actions.send_links() == 0  # thirty days to go
    Event.objects.update(starts_at=clock.now() + timedelta(hours=23))
    assert [actions.send_links(), actions.send_links()] == [1, 0]
    mail = Message.objects.get(template="online_link")
    assert mail.to == "regular@example.test"
    _subject, text, _html = post_office.render(mail)
    assert LINK in text
    factories.make_place(ticket, cast.associate)  # late, but in time
    assert actions.send_links() == 1
    others = Message.objects.exclude(template="online_link")
    assert [row for row in others if ROOM in post_office.render(row)[1]] == []


def test_another_link_and_another_holder_are_told_anew(cast, event, ticket, open_room):
    Event.objects.update(starts_at=clock.now() + timedelta(hours=2))
    event.refresh_from_db()
    place = factories.make_place(ticket, cast.regular)
    assert actions.send_links() == 1
    Registration.objects.filter(pk=place.pk).update(secret="handed-over")
    assert actions.send_links() == 1
    new = {"url": f"{LINK}-2", "note_ko": "", "note_en": "", "by": cast.officer}
    actions.set_online(event, mode=Event.Mode.ONLINE, **new)
    assert actions.send_links() == 1
    actions.set_online(event, mode=Event.Mode.ONLINE, **new | {"note_ko": "새 메모"})
    assert actions.send_links() == 0
    actions.set_online(event, mode=Event.Mode.ONSITE, **new | {"url": ""})
    assert not OnlineRoom.objects.exists()


def test_the_record_does_not_repeat_the_link(cast, event, open_room):
    entry = Entry.objects.get(verb="events.set_online")
    assert ROOM not in str(entry.__dict__)


def test_an_event_on_site_has_no_link(cast, event, login):
    url = reverse("events_staff:online", args=["webinar"])
    client = login("officer")
    for typed in ({"mode": "onsite", "url": LINK}, {"mode": "online", "url": "javascript:x"}):
        answer = client.post(url, typed)
        assert answer.status_code == 422
        assert "url" in answer.context["form"].errors
    with pytest.raises(Refused):
        actions.set_online(event, mode="onsite", url=LINK, note_ko="", note_en="", by=cast.officer)
    assert client.post(url, {"mode": "online", "url": LINK}).status_code == 302
    assert ROOM in client.get(url).content.decode()
