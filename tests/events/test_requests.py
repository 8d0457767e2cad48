"""Tickets given on application: asked for, decided, and only then held and paid."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from events import actions
from events.actions import Attendee, requesting
from events.models import AddOn, Event, PlaceRequest, Registration, Ticket
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post as post_office
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.models import Order
from tests import factories
from tests.events.test_registering import FRIEND, ME, pay
from tests.events.test_rushes import at_once

URL = "/events/conference/register/"


@pytest.fixture
def ticket(cast) -> Ticket:
    event = factories.make_event("conference", branch=cast.busan)
    return factories.make_ticket(
        event, capacity=2, needs_approval=True, hours_to_pay=48, prices={None: 55_000}
    )


def ask(ticket: Ticket, user, *attendees: Attendee) -> PlaceRequest:
    return actions.request_places(ticket=ticket, attendees=attendees or [ME], by=user)


def taken(ticket: Ticket) -> int:
    ticket.refresh_from_db()
    assert ticket.taken == actions.recount(ticket)
    return ticket.taken


def mails(template: str) -> list[str]:
    found = Message.objects.filter(template=template).order_by("pk")
    return [post_office.render(message)[1] for message in found]


def test_a_request_holds_nothing_and_its_approval_holds_until_a_deadline(cast, login, ticket):
    client = login("regular")
    answer = client.post(URL, {"ticket": ticket.pk, "myself": "on"})
    assert answer.url == reverse("events:requested", args=["conference"])
    assert client.get(answer.url).status_code == 200
    assert taken(ticket) == 0
    assert not Order.objects.exists()
    assert len(mails("request_received")) == 1

    asked = PlaceRequest.objects.get()
    approve = reverse("events_staff:request-approve", args=["conference", asked.pk])
    assert login("other_officer").post(approve).status_code == 404
    officer = login("officer")
    queue = reverse("events_staff:requests", args=["conference"])
    assert cast.regular.name in officer.get(queue).content.decode()
    officer.post(approve)
    order = Order.objects.get()
    assert taken(ticket) == 1
    assert order.user == cast.regular
    assert round((order.expires_at - order.created_at) / timedelta(hours=1)) == 48
    assert order.get_absolute_url() in mails("request_approved")[0]
    assert payments.extension_of(order) is None  # its deadline is a rule of its own
    pay(order)
    assert Registration.objects.get().is_ticket
    officer.post(approve)
    assert Order.objects.count() == 1


def test_what_is_not_paid_in_time_goes_to_others(cast, ticket, monkeypatch):
    order = actions.approve_request(ask(ticket, cast.regular), by=cast.officer)
    late = clock.now() + timedelta(hours=49)
    monkeypatch.setattr(clock, "now", lambda: late)
    payments.expire_order(order)
    assert taken(ticket) == 0


def test_no_way_around_the_decision(cast, ticket):
    with pytest.raises(Refused):
        actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    with pytest.raises(Refused):
        actions.join(ticket=ticket, attendees=[ME], by=cast.regular)
    Ticket.objects.update(needs_approval=False)
    ticket.refresh_from_db()
    with pytest.raises(Refused):
        ask(ticket, cast.regular)


def test_who_comes_is_said_for_each_place(cast, login, ticket):
    with pytest.raises(Refused, match="누가 오는지") as refused:
        ask(ticket, cast.regular, ME, Attendee(""))
    assert refused.value.field == "later"
    data = {"ticket": ticket.pk, "myself": "on", "rows": 2, "later": 1}
    answer = login("regular").post(URL, data)
    assert answer.status_code == 422
    assert "누가 오는지" in answer.content.decode()
    assert not PlaceRequest.objects.exists()


def test_who_was_decided_on_comes_and_nobody_else(cast, login, ticket):
    Ticket.objects.update(capacity=5)
    order = actions.approve_request(ask(ticket, cast.regular, ME, FRIEND), by=cast.officer)
    pay(order)
    mine, theirs = Registration.objects.with_event().order_by("pk")
    other = {"name": "account", "email": "account@example.test", "confirm": "on"}
    client = login("regular")
    for place in (mine, theirs):
        url = reverse("tickets:ticket-hand-over", args=[place.secret])
        answer = client.post(url, other)
        assert answer.status_code == 422
        assert "사무국에 문의" in answer.content.decode()
        for page in ("ticket", "ticket-details"):
            seen = client.get(reverse(f"tickets:{page}", args=[place.secret])).content.decode()
            assert "사무국에 문의" in seen and url not in seen
        stranger = Client().get(reverse("tickets:ticket", args=[place.secret]))
        assert "사무국에 문의" not in stranger.content.decode()
    names = client.get(reverse("tickets:order-places", args=[order.code])).content.decode()
    assert names.count("사무국에 문의") == 2
    assert {row.name for row in Registration.objects.all()} == {ME.name, FRIEND.name}
    details = reverse("tickets:ticket-details", args=[theirs.secret])
    fixed = {"email": "seo@example.test", "affiliation": "한빛"}
    assert client.post(details, fixed).status_code == 302
    theirs.refresh_from_db()
    assert (theirs.name, theirs.email) == (FRIEND.name, "seo@example.test")


def test_an_add_on_that_went_off_sale_meanwhile_is_held_with_the_approval(cast, ticket):
    dinner = factories.make_addon(ticket.event, name_ko="만찬", price=33_000, capacity=1)
    mine = replace(ME, extras=(dinner.pk,))
    first, second = ask(ticket, cast.regular, mine), ask(ticket, cast.account, mine)
    AddOn.objects.update(is_on_sale=False)
    with pytest.raises(Refused):
        ask(ticket, cast.associate, mine)
    assert actions.approve_request(first, by=cast.officer).total == 88_000
    dinner.refresh_from_db()
    assert (dinner.taken, dinner.left) == (1, 0)
    with pytest.raises(Refused, match="만찬"):
        actions.approve_request(second, by=cast.officer)
    dinner.tickets.add(factories.make_ticket(ticket.event))
    with pytest.raises(Refused):
        actions.approve_request(second, by=cast.officer)


def test_declined_with_a_reason_that_is_told(cast, login, ticket):
    asked = ask(ticket, cast.regular)
    officer = login("officer")
    decline = reverse("events_staff:request-decline", args=["conference", asked.pk])
    officer.post(decline, {"reason": ""})
    asked.refresh_from_db()
    assert asked.status == PlaceRequest.Status.ASKED
    officer.post(decline, {"reason": "지역 대상 행사입니다."})
    asked.refresh_from_db()
    assert asked.status == PlaceRequest.Status.DECLINED
    assert "지역 대상 행사입니다." in mails("request_declined")[0]
    page = login("regular").get(asked.get_absolute_url()).content.decode()
    assert "지역 대상 행사입니다." in page
    with pytest.raises(Refused):
        actions.approve_request(asked, by=cast.officer)
    ask(ticket, cast.regular)  # and may ask again


def test_one_undecided_request_a_person_and_none_beside_a_seat(cast, ticket):
    first = ask(ticket, cast.regular)
    with pytest.raises(Refused):
        ask(ticket, cast.regular)
    actions.withdraw_request(first, by=cast.regular)
    asked = ask(ticket, cast.regular)
    actions.approve_request(asked, by=cast.officer)
    with pytest.raises(Refused):
        ask(ticket, cast.regular)
    ask(ticket, cast.regular, FRIEND)


def test_the_price_is_that_of_the_day_on_which_it_was_asked(cast, ticket, monkeypatch):
    now = clock.now()
    ticket.prices.create(amount=40_000, until=now + timedelta(days=1))
    asked = ask(ticket, cast.account)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))
    assert actions.approve_request(asked, by=cast.officer).total == 40_000


def test_a_free_place_is_theirs_with_the_approval(cast):
    free = factories.make_ticket(
        factories.make_event("class"), prices={None: 0}, needs_approval=True
    )
    order = actions.approve_request(ask(free, cast.regular), by=cast.officer)
    assert order.status == Order.Status.PAID
    assert Registration.objects.get().is_ticket
    assert not mails("request_approved")


def test_never_more_than_there_are_nor_after_the_start(cast, ticket):
    asked = [ask(ticket, factories.make_user(), FRIEND) for _n in range(3)]
    for each in asked[:2]:
        actions.approve_request(each, by=cast.officer)
    with pytest.raises(Refused):
        actions.approve_request(asked[2], by=cast.officer)
    assert taken(ticket) == 2
    assert Order.objects.count() == 2
    Ticket.objects.update(capacity=9)
    Event.objects.update(starts_at=clock.now() - timedelta(minutes=1))
    with pytest.raises(Refused):
        actions.approve_request(asked[2], by=cast.officer)


def test_a_cancelled_event_declines_what_is_undecided(cast, ticket):
    ask(ticket, cast.regular)
    actions.cancel_event(event=ticket.event, reason="태풍", by=cast.officer)
    assert PlaceRequest.objects.get().status == PlaceRequest.Status.DECLINED
    assert "태풍" in mails("request_declined")[0]


@pytest.mark.django_db(transaction=True)
def test_two_officers_approve_the_last_seat_once():
    ticket, asked = _rush()
    officer = factories.make_user("담당자")
    at_once(*[lambda each=each: actions.approve_request(each, by=officer) for each in asked])
    assert taken(ticket) == 1
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.miscounts
def test_twin_approving_without_the_counter_oversells(monkeypatch):
    ticket, asked = _rush()
    officer = factories.make_user("담당자")
    monkeypatch.setattr(requesting, "take_seats", lambda _ticket, _count: True)
    at_once(*[lambda each=each: actions.approve_request(each, by=officer) for each in asked])
    assert actions.recount(ticket) > ticket.capacity


@pytest.mark.django_db(transaction=True)
def test_one_request_approved_and_withdrawn_at_once_ends_one_way():
    ticket, asked = _rush()
    officer = factories.make_user("담당자")
    at_once(
        lambda: actions.approve_request(asked[0], by=officer),
        lambda: actions.withdraw_request(asked[0], by=asked[0].user),
    )
    asked[0].refresh_from_db()
    assert (asked[0].status == PlaceRequest.Status.APPROVED) == (taken(ticket) == 1)


def _rush() -> tuple[Ticket, list[PlaceRequest]]:
    ticket = factories.make_ticket(factories.make_event("rush"), capacity=1, needs_approval=True)
    asked = [ask(ticket, factories.make_user(), FRIEND) for _n in range(4)]
    return ticket, asked
