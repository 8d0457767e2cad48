"""How many seats of a ticket guests from one place hold before they have shown who they are."""

from contextlib import nullcontext
from threading import Barrier
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection

from events import actions
from events.actions import Attendee, guests, limits
from events.models import Registration, Ticket
from kosna.accounts import guests as of_accounts
from kosna.accounts.actions import current_policy
from kosna.accounts.guests import confirm
from kosna.accounts.models import Guest, Policy
from kosna.core.errors import Refused
from kosna.payments.models import Order
from tests import factories
from tests.events.test_registering import pay
from tests.events.test_rushes import at_once
from tests.events.test_waiting import fresh

pytestmark = pytest.mark.django_db
HERE, THERE = "192.0.2.7", "192.0.2.8"


@pytest.fixture
def ticket() -> Ticket:
    return factories.make_ticket(
        factories.make_event("rush"), capacity=6, max_per_order=6, prices={None: 55_000}
    )


def orders(ticket: Ticket, count: int, ip: str | None = HERE) -> tuple[Guest, Order]:
    email = f"{uuid4()}@example.test"
    return actions.register_guest(
        ticket=fresh(ticket), attendees=[Attendee(f"동료 {n}") for n in range(count)],
        name="나그네", email=email, phone="", form_key=uuid4(), language="ko", ip=ip,
    )  # fmt: skip


def held(ticket: Ticket) -> int:
    assert fresh(ticket).taken == actions.recount(ticket)
    return Registration.objects.filter(ticket=ticket).holding_seats().count()


def test_one_machine_does_not_hold_every_seat(ticket):
    orders(ticket, 2)
    orders(ticket, 2)
    with pytest.raises(Refused, match="메일"):
        orders(ticket, 1)
    assert (held(ticket), Guest.objects.count()) == (4, 2)
    orders(ticket, 1, THERE)
    assert held(ticket) == 5


def test_a_fifth_of_a_large_ticket_and_one_order_of_any_size(ticket):
    orders(ticket, 6)
    Ticket.objects.update(capacity=40)
    orders(ticket, 2)
    with pytest.raises(Refused):
        orders(ticket, 1)
    assert held(ticket) == 8


@pytest.mark.parametrize("how", ["proven", "paid"])
def test_who_has_shown_who_they_are_counts_no_more(ticket, how):
    guest, order = orders(ticket, 4)
    confirm(guest) if how == "proven" else pay(order)
    orders(ticket, 2)
    assert held(ticket) == 6


def test_a_network_that_hands_out_ranges_is_one_place(ticket):
    orders(ticket, 4, "2001:db8::1")
    with pytest.raises(Refused):
        orders(ticket, 1, "2001:db8::ffff:2")
    orders(ticket, 1, "2001:db8:1::1")


def _rush(ticket: Ticket) -> int:
    at_once(*[lambda: orders(ticket, 2)] * 2)
    return held(ticket)


@pytest.mark.django_db(transaction=True)
def test_of_two_orders_from_one_place_at_once_one_is_too_many(ticket):
    orders(ticket, 2)
    assert _rush(ticket) == 4


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_of_the_place_both_hold(ticket, monkeypatch):
    current_policy(Policy.Kind.PRIVACY)
    orders(ticket, 2)
    looks, meeting = guests.refuse_hoarding_from, Barrier(2)

    def looks_and_meets(*args) -> None:
        looks(*args)
        meeting.wait(30)

    monkeypatch.setattr(guests, "refuse_hoarding_from", looks_and_meets)
    monkeypatch.setattr(limits, "lock_addresses", lambda addresses: None)
    if connection.vendor == "sqlite":  # the transaction itself keeps the two apart
        monkeypatch.setattr(of_accounts, "transaction", SimpleNamespace(atomic=nullcontext))
    assert _rush(ticket) == 6
