"""Shared quotas while many buy at once, on whichever database the suite runs on; each guard with
its negative twin."""

from collections.abc import Callable
from contextlib import nullcontext
from itertools import cycle, islice
from threading import Barrier
from types import SimpleNamespace

import pytest

from events import actions
from events.actions import limits, registering, seats
from events.models import Quota, Registration, Ticket
from kosna.core.errors import Refused
from kosna.payments.models import Order
from kosna.verify import verify
from tests import factories
from tests.events.test_rushes import at_once
from tests.events.test_waiting import fresh, me

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tickets() -> list[Ticket]:
    """Four tickets on two quotas of five and four: two draw on one, two on both."""
    event = factories.make_event("rush")
    rows = [factories.make_ticket(event, name_ko=f"{n}", capacity=9) for n in range(4)]
    factories.make_quota(event, rows[0], rows[2], rows[3], capacity=5)
    factories.make_quota(event, rows[1], rows[2], rows[3], capacity=4)
    return rows


def buys(ticket: Ticket) -> Callable[[], Order]:
    buyer, seen = factories.make_user("손님"), fresh(ticket)
    return lambda: actions.register(ticket=seen, attendees=[me(buyer)], by=buyer)


def test_four_tickets_on_two_quotas_sell_what_there_is(tickets):
    answers = at_once(*[buys(ticket) for ticket in islice(cycle(tickets), 24)])
    assert all(isinstance(answer, Order | Refused) for answer in answers)  # no deadlock
    taken = {quota.capacity: quota.taken for quota in Quota.objects.all()}
    sold = [actions.recount(ticket) for ticket in tickets]
    assert taken == {5: sold[0] + sold[2] + sold[3], 4: sold[1] + sold[2] + sold[3]}
    assert 5 in taken.values() or 4 in taken.values()
    assert verify()["quotas_match_their_tickets"] == []
    assert Registration.objects.count() == sum(sold)


@pytest.mark.miscounts
def test_twin_a_quota_that_is_read_and_then_written_is_oversold(tickets, monkeypatch):
    """The CHECK stands behind the condition; a count that is too low fools both."""
    seen = {quota.pk: quota.taken for quota in Quota.objects.all()}

    def reads_then_writes(*, quota: int, count: int) -> int:
        return Quota.objects.filter(pk=quota).update(taken=seen[quota] + count)

    monkeypatch.setattr(seats, "_drawn", reads_then_writes)
    at_once(*[buys(tickets[2]) for _n in range(6)])
    assert actions.recount(tickets[2]) == 6 > 4


def test_quotas_are_changed_while_their_tickets_sell(tickets):
    event = tickets[0].event
    names = [f"{n}" for n in range(2)]

    def change() -> None:
        keys = frozenset(ticket.pk for ticket in tickets)
        terms = [actions.QuotaTerms(None, name, "", 6, keys) for name in names]
        actions.change_quotas(event, terms, by=factories.make_user())

    at_once(*[buys(ticket) for ticket in tickets * 4], change, change)
    assert verify()["quotas_match_their_tickets"] == []
    # Where more were sold already, the new quotas were refused and the old ones are there still.
    sold = sum(actions.recount(ticket) for ticket in tickets)
    assert sold <= 6 or not event.quotas.filter(capacity=6).exists()


def test_one_buyer_at_once_gets_no_more_than_a_person_may_have(tickets):
    Ticket.objects.update(max_per_person=1)
    buyer, seen = factories.make_user(), fresh(tickets[0])
    friend = [actions.Attendee("동료")]
    at_once(*[lambda: actions.register(ticket=seen, attendees=friend, by=buyer)] * 5)
    assert Registration.objects.count() == 1


def test_twin_without_the_buyers_lock_one_person_gets_more(tickets, monkeypatch):
    Ticket.objects.update(max_per_person=1)
    buyer, seen = factories.make_user(), fresh(tickets[0])
    looks = registering.refuse_more_than_is_known
    meeting = Barrier(2)

    def looks_and_meets(*args) -> None:
        looks(*args)
        meeting.wait(30)

    monkeypatch.setattr(registering, "refuse_more_than_is_known", looks_and_meets)
    monkeypatch.setattr(registering, "lock_buyer", lambda by: None)
    monkeypatch.setattr(limits, "lock_addresses", lambda addresses: None)
    # On SQLite the transaction itself keeps the two apart.
    monkeypatch.setattr(registering, "transaction", SimpleNamespace(atomic=nullcontext))
    friend = [actions.Attendee("동료")]
    at_once(*[lambda: actions.register(ticket=seen, attendees=friend, by=buyer)] * 2)
    assert Registration.objects.count() == 2
