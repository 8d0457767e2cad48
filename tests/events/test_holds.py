"""A hold with an end that its buyer sees, and prolongs twice at most."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events import actions
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdatetime, ktime
from kosna.payments import actions as payments
from kosna.payments.actions import holds
from kosna.payments.models import Attempt, Order
from tests import factories
from tests.events.test_registering import FRIEND, ME
from tests.events.test_rushes import at_once


@pytest.fixture
def ticket(cast):
    return factories.make_ticket(factories.make_event("conference"))


@pytest.fixture
def order(cast, ticket) -> Order:
    return actions.register(ticket=ticket, attendees=[ME], by=cast.account)


def test_its_end_is_seen_and_moves_twice(login, order):
    client = login("account")
    ends = order.expires_at
    for step in (1, 2):
        page = client.get(order.get_absolute_url()).content.decode()
        assert kdatetime(order.expires_at) in page
        assert ktime(ends + step * timedelta(minutes=20)) in page
        assert client.post(reverse("payments:extend", args=[order.code])).status_code == 303
        order.refresh_from_db()
        assert order.expires_at == ends + step * timedelta(minutes=20)
        assert order.release_at > order.expires_at
    page = client.get(order.get_absolute_url()).content.decode()
    assert reverse("payments:extend", args=[order.code]) not in page
    with pytest.raises(Refused):
        payments.extend_hold(order, by=order.user)


def test_not_after_its_end_nor_for_a_transfer_nor_past_registration(cast, order, ticket):
    ticket.event.registration_ends_at = order.expires_at + timedelta(minutes=5)
    ticket.event.save()
    assert payments.extension_of(order) == order.expires_at + timedelta(minutes=5)
    Order.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    with pytest.raises(Refused):
        payments.extend_hold(order, by=order.user)
    Order.objects.update(expires_at=order.expires_at)
    payments.choose_bank_transfer(order, by=order.user)
    with pytest.raises(Refused):
        payments.extend_hold(order, by=order.user)


def test_while_others_wait_for_the_seat_its_hold_stays_as_it_is(cast, order, ticket):
    type(ticket).objects.update(capacity=1)
    ticket.refresh_from_db()
    actions.join(ticket=ticket, attendees=[ME], by=cast.regular)
    with pytest.raises(Refused):
        payments.extend_hold(order, by=order.user)
    payments.cancel_order(order, by=order.user, reason="")
    actions.serve_lists()
    offered = Order.objects.latest("pk")
    assert offered.user == cast.regular
    assert payments.extension_of(offered) is None  # an offer has hours of its own


def test_the_page_of_the_provider_keeps_its_own_end(order):
    page = Attempt.objects.create(
        order=order, provider="stripe", method="card", amount=order.total, status="open",
        expires_at=order.expires_at,
    )  # fmt: skip
    payments.extend_hold(order, by=order.user)
    before, order_before = page.expires_at, order.expires_at
    page.refresh_from_db()
    order.refresh_from_db()
    assert page.expires_at == before < order.expires_at != order_before
    assert order.release_at > page.expires_at
    page.move_to(Attempt.Status.PROCESSING)
    with pytest.raises(Refused):
        payments.extend_hold(order, by=order.user)


def test_dues_are_held_by_their_own_rule(cast):
    order = factories.make_place(
        factories.make_ticket(factories.make_event("x")), cast.account
    ).line.order
    Order.objects.filter(pk=order.pk).update(payable="members.dues", status="pending")
    assert payments.extension_of(Order.objects.get(pk=order.pk)) is None


def _held() -> Order:
    buyer = factories.make_user()
    ticket = factories.make_ticket(factories.make_event("rush"))
    return actions.register(ticket=ticket, attendees=[FRIEND], by=buyer)


@pytest.mark.django_db(transaction=True)
def test_four_presses_at_once_prolong_it_twice():
    order = _held()
    answers = at_once(*[lambda: payments.extend_hold(order, by=order.user)] * 4)
    assert sum(isinstance(answer, Order) for answer in answers) == 2
    end = order.expires_at
    order.refresh_from_db()
    assert order.expires_at == end + timedelta(minutes=40)


@pytest.mark.django_db(transaction=True)
def test_twin_deciding_on_what_was_read_before_prolongs_for_nothing(monkeypatch):
    order = _held()
    copies = [Order.objects.get(pk=order.pk) for _n in range(4)]
    monkeypatch.setattr(holds, "locked", lambda stale: stale)
    answers = [payments.extend_hold(copy, by=order.user) for copy in copies]
    end = order.expires_at
    order.refresh_from_db()
    assert len(answers) == 4
    assert order.expires_at == end + timedelta(minutes=20)
