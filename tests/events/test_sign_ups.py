"""Places in single sessions: for whom, when, how many, and where they go."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from icalendar import Calendar

from events import sign_ups
from events.actions import (
    cancel_event,
    cancel_registration,
    leave_sign_up,
    publish_programme,
    sign_up,
)
from events.models import DraftSession, Session, SignUp
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from kosna.verify import sessions_match_sign_ups
from tests import factories
from tests.events.test_pages import statements


@pytest.fixture
def event(cast):
    starts_at = clock.start_of(clock.today() + timedelta(days=30)) + timedelta(hours=10)
    return factories.make_event("forum", branch=cast.busan, starts_at=starts_at)


@pytest.fixture
def sessions(cast, event):
    """A workshop of one place, one of two beside it, one later, and a talk for everyone."""
    make, room = factories.make_draft, event.rooms.create(name_ko="실습실")
    make(event, hours=1, title_ko="작은 실습", capacity=1, room=room)
    make(event, hours=1.5, title_ko="큰 실습", capacity=2)
    make(event, hours=3, title_ko="나중 실습", capacity=2)
    make(event, hours=3, title_ko="강연")
    publish_programme(event, by=cast.officer)
    return {session.title_ko: session for session in event.sessions.all()}


@pytest.fixture
def place(cast, event):
    return factories.make_place(factories.make_ticket(event), cast.regular)


def taken() -> dict[str, int]:
    assert sessions_match_sign_ups() == []
    return dict(Session.objects.exclude(taken=0).values_list("title_ko", "taken"))


def test_a_confirmed_place_takes_one_of_so_many(cast, event, sessions, place):
    small, big, later = (sessions[f"{name} 실습"] for name in ("작은", "큰", "나중"))
    sign_up(small, place, by=cast.regular)
    sign_up(small, place, by=cast.regular)
    assert taken() == {"작은 실습": 1}
    other = factories.make_place(event.tickets.get(), cast.account)
    with pytest.raises(Refused, match="마감"):
        sign_up(small, other, by=cast.account)
    with pytest.raises(Refused, match="작은"):
        sign_up(big, place, by=cast.regular)
    sign_up(later, place, by=cast.regular)
    with pytest.raises(Refused):
        sign_up(sessions["강연"], place, by=cast.regular)
    leave_sign_up(small, place, by=cast.regular)
    leave_sign_up(small, place, by=cast.regular)
    sign_up(small, other, by=cast.account)
    assert taken() == {"작은 실습": 1, "나중 실습": 1}


def test_not_without_a_place_and_not_once_it_has_begun(cast, event, sessions, place):
    session = sessions["큰 실습"]
    held = factories.make_place(event.tickets.get(), cast.account, status="held")
    elsewhere = factories.make_place(factories.make_ticket(factories.make_event()), cast.associate)
    for other in (held, elsewhere):
        with pytest.raises(Refused):
            sign_up(session, other, by=None)
    sign_up(session, place, by=None)
    with clock.standing_at(session.starts_at):
        with pytest.raises(Refused):
            leave_sign_up(session, place, by=None)
        with pytest.raises(Refused):
            sign_up(sessions["작은 실습"], place, by=None)
    assert taken() == {"큰 실습": 1}


def test_a_ticket_of_one_day_signs_up_on_that_day_alone(cast, event, sessions, place):
    """Its holder would be sent away at the door, and somebody else could have had the place."""
    later = sessions["나중 실습"]
    for days, state in ((0, "open"), (1, "day")):
        place.ticket.day = event.first_day + timedelta(days=days)
        place.ticket.save(update_fields=["day"])
        assert sign_ups.choice(later, place, clock.now()).state == state
        shown = {row.session: row.state for row in sign_ups.choices(place, clock.now())}
        assert shown[later] == state
    with pytest.raises(Refused, match="다른 날"):
        sign_up(later, place, by=cast.regular)
    assert taken() == {}


def test_who_gives_the_place_up_leaves_its_sessions(cast, event, sessions, place):
    for name in ("큰 실습", "나중 실습"):
        sign_up(sessions[name], place, by=None)
    cancel_registration(registration=place, by=cast.regular)
    assert taken() == {}
    other = factories.make_place(event.tickets.get(), cast.account)
    sign_up(sessions["큰 실습"], other, by=None)
    cancel_event(event=event, reason="태풍", by=cast.officer)
    assert taken() == {}
    assert not SignUp.objects.exists()


def test_the_database_keeps_the_counter_in_bounds(sessions):
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(title_ko="작은 실습").update(taken=2)


def test_those_who_signed_up_are_told_when_it_moves_or_goes(cast, event, sessions, place):
    sign_up(sessions["큰 실습"], place, by=None)
    sign_up(sessions["나중 실습"], place, by=None)
    Message.objects.all().delete()
    big = DraftSession.objects.get(title_ko="큰 실습")
    big.room = event.rooms.get()
    big.starts_at += timedelta(hours=4)
    big.ends_at += timedelta(hours=4)
    big.save()
    DraftSession.objects.filter(title_ko="나중 실습").update(is_dropped=True)
    publish_programme(event, by=cast.officer)
    mail = Message.objects.get(template="programme_changed")
    assert mail.to == cast.regular.email
    assert [change["title"] for change in mail.context["changes"]] == ["나중 실습", "큰 실습"]
    assert taken() == {"큰 실습": 1}  # it is the same session, at another time


def test_a_session_that_moves_to_another_day_is_left_by_tickets_of_the_first(
    cast, event, sessions, place
):
    big, later = sessions["큰 실습"], sessions["나중 실습"]
    on_the_day = factories.make_place(
        factories.make_ticket(event, day=event.first_day), cast.account, email="day@example.test"
    )
    for session in (big, later):
        sign_up(session, place, by=None)
        sign_up(session, on_the_day, by=None)
    Message.objects.all().delete()
    draft = DraftSession.objects.get(session=big)
    draft.starts_at += timedelta(days=1)
    draft.ends_at += timedelta(days=1)
    draft.capacity = 1  # for who is left
    draft.save()
    publish_programme(event, by=cast.officer)
    assert list(big.sign_ups.values_list("registration", flat=True)) == [place.pk]
    assert taken() == {"큰 실습": 1, "나중 실습": 2}
    # Whoever cannot come any more is told of the change all the same.
    mails = {mail.to: mail for mail in Message.objects.filter(template="programme_changed")}
    assert {to: mail.context["lost"] for to, mail in mails.items()} == {
        cast.regular.email: [],
        "day@example.test": [{"title": "큰 실습", "name": on_the_day.name, "why": "day"}],
    }
    lines = [post.render(mail)[1].count("참가하실 수 없게") for mail in mails.values()]
    assert sorted(lines) == [0, 1]


def test_whose_mail_is_of_several_places_reads_which_of_them_lost_theirs(cast, event, sessions):
    """Colleagues without an address: their buyer is written to."""
    kinds = (None, event.first_day, event.first_day)
    for name, day in zip("가나다", kinds, strict=True):
        ticket = factories.make_ticket(event, day=day)
        place = factories.make_place(ticket, buyer=cast.account, name=name)
        sign_up(sessions["큰 실습" if name != "다" else "작은 실습"], place, by=None)
    later = timedelta(days=1)
    moved = DraftSession.objects.filter(
        capacity__isnull=False, title_ko__in=["큰 실습", "작은 실습"]
    )
    moved.update(starts_at=F("starts_at") + later, ends_at=F("ends_at") + later)
    publish_programme(event, by=cast.officer)
    mail = Message.objects.get(template="programme_changed")
    assert (mail.to, mail.context["lost"]) == (
        cast.account.mailbox,
        [
            {"title": "작은 실습", "name": "다", "why": "day"},
            {"title": "큰 실습", "name": "나", "why": "day"},
        ],
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"capacity": None}, "신청 없이 누구나"),
        ({"is_break": True}, "이제 휴식"),
        ({"is_dropped": True}, ""),
    ],
)
def test_a_session_that_takes_no_sign_ups_any_more_holds_nobody(
    cast, login, event, sessions, place, change, told
):
    sign_up(sessions["큰 실습"], place, by=None)
    Message.objects.all().delete()
    DraftSession.objects.filter(title_ko="큰 실습").update(**change)
    page = login("officer").get(reverse("events_staff:programme", args=["forum"]))
    assert page.context["ending"] == 1 and "세션 신청 1건" in page.content.decode()
    publish_programme(event, by=cast.officer)
    assert taken() == {}
    mail = Message.objects.get(template="programme_changed")
    assert mail.to == cast.regular.email
    lost = [row["name"] for row in mail.context["lost"]]
    assert lost == ([place.name] if told else []) and told in post.render(mail)[1]
    sign_up(sessions["작은 실습"], place, by=None)  # at the same time
    assert taken() == {"작은 실습": 1}


def test_fewer_or_more_places_are_no_news(cast, event, sessions, place):
    sign_up(sessions["큰 실습"], place, by=None)
    Message.objects.all().delete()
    DraftSession.objects.filter(title_ko="큰 실습").update(capacity=1)
    publish_programme(event, by=cast.officer)
    assert taken() == {"큰 실습": 1}
    assert not Message.objects.exists()


def test_a_session_never_shrinks_below_those_who_sit_in_it(cast, login, event, sessions, place):
    sign_up(sessions["큰 실습"], place, by=None)
    sign_up(sessions["큰 실습"], factories.make_place(event.tickets.get(), cast.account), by=None)
    draft = DraftSession.objects.get(title_ko="큰 실습")
    start = f"{draft.starts_at.astimezone(clock.KST):%Y-%m-%dT%H:%M}"
    end = f"{draft.ends_at.astimezone(clock.KST):%Y-%m-%dT%H:%M}"
    typed = {"starts_at": start, "ends_at": end, "title_ko": "큰 실습", "capacity": 1}
    url = reverse("events_staff:session-edit", args=["forum", draft.pk])
    answer = login("officer").post(url, typed)
    assert set(answer.context["form"].errors) == {"capacity"}
    DraftSession.objects.filter(pk=draft.pk).update(capacity=1)
    with pytest.raises(Refused):
        publish_programme(event, by=cast.officer)
    DraftSession.objects.filter(pk=draft.pk).update(capacity=None)
    publish_programme(event, by=cast.officer)
    assert taken() == {}


def test_the_ticket_is_enough_to_sign_up(cast, login, event, sessions, place):
    """Without an account too: whoever holds the address holds the ticket."""
    client, url = login("visitor"), reverse("tickets:ticket-sessions", args=[place.secret])
    assert url in client.get(place.get_absolute_url()).content.decode()
    session = sessions["작은 실습"]
    assert client.post(url, {"session": session.pk}).status_code == 302
    assert client.post(url, {"session": session.pk}).status_code == 302
    answers = {
        choice.session.title_ko: (str(choice.state), choice.may_leave)
        for choice in client.get(url).context["choices"]
    }
    assert answers == {
        "작은 실습": ("mine", True), "큰 실습": ("elsewhere", False), "나중 실습": ("open", False),
    }  # fmt: skip
    assert client.post(url, {"session": sessions["큰 실습"].pk}).status_code == 303  # refused
    for nonsense in ("", "x", "9" * 30, sessions["강연"].pk):
        assert client.post(url, {"session": nonsense}).status_code == 404
    calendar = client.get(reverse("tickets:ticket-sessions-ics", args=[place.secret]))
    entries = Calendar.from_ical(calendar.content).walk("VEVENT")
    assert [str(entry["summary"]) for entry in entries] == ["작은 실습"]
    page = login("regular").get(session.get_absolute_url())
    assert page.context["choice"].state == sign_ups.State.MINE
    people = reverse("events_staff:session-people", args=["forum", session.pk])
    assert place.name in login("officer").get(people).content.decode()
    client.post(url, {"session": session.pk, "leave": "1"})
    assert taken() == {}


def test_lists_take_as_many_statements_for_three_as_for_one(cast, login, event, sessions, place):
    big = sessions["큰 실습"]
    for rows in (Session.objects.filter(pk=big.pk), DraftSession.objects.filter(session=big)):
        rows.update(capacity=9)
    staff, holder = login("officer"), login("visitor")
    urls = [
        (staff, reverse("events_staff:session-people", args=["forum", big.pk])),
        (holder, reverse("tickets:ticket-sessions", args=[place.secret])),
        (staff, reverse("events_staff:programme", args=["forum"])),
    ]
    sign_up(big, place, by=None)
    one = [statements(client, url) for client, url in urls]
    sign_up(sessions["나중 실습"], place, by=None)
    for _n in range(2):
        sign_up(big, factories.make_place(event.tickets.get(), factories.make_user()), by=None)
    factories.make_draft(event, hours=5, capacity=3)
    publish_programme(event, by=cast.officer)
    assert [statements(client, url) for client, url in urls] == one
