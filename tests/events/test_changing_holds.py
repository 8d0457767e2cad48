"""Until when an unpaid place is held whose ticket was changed."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from events import actions
from events.actions import Attendee
from events.models import Registration, Ticket
from kosna.core import clock
from kosna.core.templatetags.ui import kdatetime
from kosna.payments import actions as payments
from kosna.payments.models import Order
from kosna.payments.providers import bank
from tests import factories
from tests.events.test_changing import (  # noqa: F401
    broken,
    change,
    hall,
    mails,
    place_of,
    stand_at,
)
from tests.events.test_waiting import buy, fresh, more_seats, wait

HOLD = timedelta(minutes=40)
TWO = [Attendee("me", "me@example.test", is_buyer=True), Attendee("박서준", "a@example.test")]


@pytest.fixture
def let_in(cast, hall) -> Order:  # noqa: F811
    """Two places on application, to be paid within ten days."""
    asked = factories.make_ticket(hall.event, needs_approval=True, hours_to_pay=240)
    request = actions.request_places(ticket=fresh(asked), attendees=TWO, by=cast.account)
    return actions.approve_request(request, by=cast.officer)


def places_of(order: Order) -> list[Registration]:
    return list(Registration.objects.with_event().filter(line__order=order).order_by("pk"))


def now() -> datetime:
    return clock.now()


def test_a_public_ticket_is_not_held_as_long_as_who_was_let_in_may_pay(hall, let_in):  # noqa: F811
    assert let_in.expires_at == now() + timedelta(days=10)
    order = let_in
    for place in places_of(let_in):
        order = change(place, hall.general)
        assert order.expires_at == now() + HOLD
    assert {place.ticket for place in places_of(order)} == {hall.general}
    assert broken() == {}


def test_nor_as_long_as_an_offer_to_who_waited(cast, hall, stand_at):  # noqa: F811
    Ticket.objects.filter(pk=hall.patron.pk).update(capacity=1)
    buy(hall.patron, factories.make_user("구매자"))
    wait(hall.patron, cast.account)
    more_seats(hall.patron)
    assert actions.serve_lists() == 1
    offered = Order.objects.get(user=cast.account)
    assert offered.expires_at == now() + timedelta(hours=hall.event.offer_hours)
    stand_at("2027-05-01 13:00")
    order = change(place_of(offered), hall.general)
    assert order.expires_at == now() + HOLD
    assert payments.extension_of(order) is None


def test_what_ends_sooner_is_not_prolonged(cast, hall, stand_at):  # noqa: F811
    old = actions.register(ticket=hall.general, attendees=TWO, by=cast.account)
    stand_at("2027-05-01 12:30")
    assert change(places_of(old)[0], hall.patron).expires_at == now() + timedelta(minutes=10)


def test_who_chose_a_transfer_keeps_its_days_and_no_more(cast, hall, let_in, stand_at):  # noqa: F811
    old = actions.register(ticket=hall.general, attendees=TWO[1:], by=cast.regular)
    old = payments.choose_bank_transfer(old, by=cast.regular)
    ends = old.expires_at
    assert ends == bank.end_of_transfer(now())
    chosen = payments.choose_bank_transfer(let_in, by=cast.account)
    assert chosen.expires_at == now() + timedelta(days=10)
    stand_at("2027-05-02 12:00")
    assert change(place_of(old), hall.patron).expires_at == ends
    order = change(places_of(chosen)[0], hall.general)
    assert (order.expires_at < chosen.expires_at, order.expires_at) == (
        True,
        bank.end_of_transfer(now()),
    )


def test_a_change_that_staff_prepare_is_held_as_long_as_an_offer(cast, hall, let_in, mails):  # noqa: F811
    order = change(places_of(let_in)[0], hall.general, by=cast.officer, reason="전화로 요청")
    assert order.expires_at == now() + timedelta(hours=hall.event.offer_hours)
    assert mails("ticket_change_asked") == {cast.account.mailbox}


def test_the_page_says_until_when_before_it_is_confirmed(cast, hall, let_in, login):  # noqa: F811
    place = places_of(let_in)[0]
    url = reverse("tickets:ticket-change", args=[place.secret])
    page = login("account").get(url, {"ticket": hall.general.pk})
    assert page.context["held_until"] == now() + HOLD
    assert f"{kdatetime(now() + HOLD)}까지 확보" in page.content.decode()
    url = reverse("events_staff:place-change", args=[hall.event.slug, place.pk])
    page = login("head_office").get(url, {"ticket": hall.general.pk})
    offer = now() + timedelta(hours=hall.event.offer_hours)
    assert page.context["held_until"] == offer
    assert f"{kdatetime(offer)}까지 확보" in page.content.decode()
