"""Tickets of one day of several: everything that is shown of them names the day."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events import actions
from events.actions import Attendee
from events.models import Event, Registration, Ticket
from events.offers import changes_at
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdate
from kosna.mail import post as post_office
from kosna.mail.models import Message
from kosna.verify import sessions_match_sign_ups
from tests import factories
from tests.events.test_registering import ME, pay
from tests.events.test_security import typed
from tests.events.test_waiting import fresh
from tests.flows.person import text_of


@pytest.fixture
def event(cast) -> Event:
    """Two days from ten in the morning, registered for until the end."""
    start = clock.start_of(clock.today() + timedelta(days=30)) + timedelta(hours=10)
    ends = start + timedelta(hours=32)
    return factories.make_event(
        "fair", branch=cast.busan, starts_at=start, ends_at=ends, registration_ends_at=ends
    )


@pytest.fixture
def second(event) -> Ticket:
    return factories.make_ticket(event, day=event.first_day + timedelta(days=1))


def test_pages_papers_and_mails_name_the_day(cast, event, second, login):
    day = kdate(second.day)
    for address in ("/events/fair/", "/events/fair/register/"):
        assert day in login("account").get(address).content.decode()
    pay(actions.register(ticket=second, attendees=[ME], by=cast.account))
    place = second.registrations.get()
    assert day in login("account").get(place.get_absolute_url()).content.decode()
    paper = login("visitor").get(reverse("tickets:ticket-pdf", args=[place.secret])).content
    assert day.replace(" ", "") in text_of(paper).replace(" ", "")
    mail = Message.objects.get(template="registration_confirmed")
    assert day in post_office.render(mail)[1]


def test_a_ticket_is_not_sold_once_its_day_is_over(cast, event, second):
    first = factories.make_ticket(event, day=event.first_day, prices={None: 0})
    next_day = clock.start_of(event.first_day + timedelta(days=1))
    assert changes_at(event, next_day - timedelta(minutes=1)) == next_day
    with clock.standing_at(next_day + timedelta(hours=9)):
        with pytest.raises(Refused, match="날"):
            actions.register(ticket=first, attendees=[ME], by=cast.account)
        attendee = Attendee("account", "a@example.test", is_buyer=True)
        assert actions.register(ticket=second, attendees=[attendee], by=cast.account)


def test_a_ticket_of_the_second_day_stays_one_where_the_event_is_moved(cast, event, second):
    moved = Event.objects.select_related("branch").get(pk=event.pk)
    moved.starts_at += timedelta(days=7)
    moved.ends_at += timedelta(days=7)
    actions.change_event(moved, fields=["starts_at", "ends_at"], by=cast.officer)
    assert Ticket.objects.get().day == second.day + timedelta(days=7)


def test_a_ticket_that_somebody_has_keeps_its_day_or_is_good_for_all(cast, event, second, login):
    client, url = login("officer"), reverse("events_staff:tickets", args=["fair"])

    def told(day: str) -> list[dict]:
        answer = client.post(url, typed(fresh(second), day=day, max_per_order=5))
        formsets = answer.context["formsets"] if answer.status_code != 302 else []
        return [errors for _name, rows in formsets for errors in rows.errors if errors]

    first = str(event.first_day)
    place = factories.make_place(second)
    assert [list(errors) for errors in told(first)] == [["day"]]
    assert fresh(second).day == second.day
    assert told(str(second.day)) == []
    assert told("") == []
    assert [list(errors) for errors in told(first)] == [["day"]]
    actions.give_back([place], "cancelled", clock.now())
    assert told(first) == []
    assert fresh(second).day == event.first_day


def test_whoever_changes_to_another_day_leaves_the_sessions_of_the_first(cast, event, second):
    whole = factories.make_ticket(event, prices={None: 55_000})
    dearer = factories.make_ticket(event, day=second.day, prices={None: 77_000})
    sessions = [factories.make_session(event, hours=hours, capacity=5) for hours in (1, 25)]
    for becomes in (second, dearer):
        user = factories.make_user()
        attendee = Attendee(user.name, user.email, is_buyer=True)
        pay(actions.register(ticket=fresh(whole), attendees=[attendee], by=user))
        place = Registration.objects.with_event().get(user=user)
        for session in sessions:
            actions.sign_up(session, place, by=user)
        quoted = (becomes.prices.get().amount, 0)
        if order := actions.change_ticket(place, becomes, quoted=quoted, by=user):
            pay(order)
        assert [row.session for row in place.sign_ups.all()] == sessions[1:]
        mail = Message.objects.get(template="ticket_changed", to=user.email)
        assert mail.context["lost"] == ["강의"]
        assert "“강의” 세션의 자리가 없어졌습니다" in post_office.render(mail)[1]
    assert sessions_match_sign_ups() == []


@pytest.fixture
def signed_up(cast, event) -> Registration:
    """For a workshop on each day, by a ticket of both."""
    whole = factories.make_ticket(event, prices={None: 55_000})
    pay(actions.register(ticket=fresh(whole), attendees=[ME], by=cast.account))
    place = Registration.objects.with_event().get()
    for title, hours in (("둘째 날 실습", 25), ("첫날 실습", 1), ("첫날 강의", 3)):
        session = factories.make_session(event, hours=hours, capacity=5, title_ko=title)
        actions.sign_up(session, place, by=cast.account)
    return place


def test_the_page_warns_of_sessions_that_end_before_it_is_confirmed(signed_up, second, login):
    same = factories.make_ticket(second.event, prices={None: 55_000})
    pages = [
        (login("account"), reverse("tickets:ticket-change", args=[signed_up.secret])),
        (login("head_office"), reverse("events_staff:place-change", args=["fair", signed_up.pk])),
    ]
    for client, url in pages:
        page = client.get(url, {"ticket": second.pk})
        assert [row.title for row in page.context["lost"]] == ["첫날 실습", "첫날 강의"]
        told = page.content.decode().partition("다른 날의 세션")[2].partition("</ul>")[0]
        assert ["첫날 실습" in told, "첫날 강의" in told, "둘째 날 실습" in told] == [
            True,
            True,
            False,
        ]
        assert "다른 날의 세션" not in client.get(url, {"ticket": same.pk}).content.decode()
        assert client.get(url).context["lost"] == []


def test_whose_change_staff_prepare_reads_what_ends_by_it(cast, signed_up, second):
    dearer = factories.make_ticket(second.event, day=second.day, prices={None: 77_000})
    actions.change_ticket(signed_up, dearer, quoted=(77_000, 0), by=cast.officer, reason="x")
    mail = Message.objects.get(template="ticket_change_asked")
    assert mail.context["lost"] == ["첫날 실습", "첫날 강의"]
    assert "“첫날 실습”, “첫날 강의”" in post_office.render(mail)[1]
    assert signed_up.sign_ups.count() == 3  # until it is paid
