"""Four kinds of ticket on two quotas, vouchers in play and a waiting list behind: sixty people at
sixteen counters, on whichever database the suite runs on. The whole crowd of 2,000 is a measure
(tests/bench/sales.py)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from events import actions
from events.actions import seats, uses
from events.models import Quota, Registration, Ticket, Voucher, WaitlistEntry
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order
from kosna.verify import COUNTS
from tests import factories
from tests.events.test_waiting import fresh, me

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS, AT_ONCE = 60, 16
HALL, MEALS, KEPT, CODES = 14, 9, 3, 4


class Sale:
    """``hall`` and ``meal`` draw on one quota each, the other two on both."""

    def __init__(self) -> None:
        self.event = factories.make_event("sale")
        self.tickets = [
            factories.make_ticket(self.event, name_ko=name, capacity=50)
            for name in ("hall", "meal", "both", "patron")
        ]
        hall, meal, both, patron = self.tickets
        self.hall = factories.make_quota(self.event, hall, both, patron, capacity=HALL)
        self.meals = factories.make_quota(self.event, meal, both, patron, capacity=MEALS)
        self.guests = factories.make_voucher(
            self.event, ticket=patron, max_uses=KEPT, reserves_seats=True, effect="price", value=0
        )
        self.code = factories.make_voucher(self.event, max_uses=CODES, effect="percent", value=50)

    def visit(self, number: int) -> Callable[[], object]:
        """One buys; whoever is refused waits; every ninth thinks better of it and cancels."""
        buyer, ticket, voucher = factories.make_user(), self.tickets[number % 4], None
        if number % 10 == 3:
            ticket, voucher = self.tickets[3], self.guests
        elif number % 5 == 1:
            voucher = self.code
        seen = fresh(ticket)

        def call() -> object:
            try:
                order = actions.register(
                    ticket=seen, attendees=[me(buyer)], by=buyer, voucher=voucher
                )
                if number % 9 == 0 and order.total:
                    payments.cancel_order(order, by=buyer, reason="")
                return order
            except Refused:
                return actions.join(ticket=fresh(ticket), attendees=[me(buyer)], by=buyer)

        return call

    def sold(self, quota: Quota) -> int:
        holding = Registration.objects.holding_seats()
        return holding.filter(ticket__in=quota.tickets.all()).count()


@pytest.fixture
def sale() -> Sale:
    return Sale()


def crowd(calls: list[Callable[[], object]]) -> list[object]:
    """So many at a time, each in a connection of its own. A refusal is an answer."""

    def run(call: Callable[[], object]) -> object:
        try:
            return call()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, calls))


def test_a_crowd_buys_what_there_is_and_nothing_more(sale):
    visits = [sale.visit(number) for number in range(BUYERS)]
    for number in (45, 30, 15):
        visits.insert(number, actions.serve_lists)
    crowd(visits)
    actions.serve_lists()
    for quota, capacity in ((sale.hall, HALL), (sale.meals, MEALS)):
        quota.refresh_from_db()
        assert quota.taken == capacity == sale.sold(quota)
    guests, code = (Voucher.objects.get(pk=v.pk) for v in (sale.guests, sale.code))
    assert guests.used == KEPT
    assert code.used <= CODES
    assert WaitlistEntry.objects.waiting().exists()
    assert [problem for check in COUNTS for problem in check()] == []
    # All of it was given up: the same seats go down the list, and none is lost on the way.
    for order in Order.objects.filter(status=Order.Status.PENDING):
        payments.cancel_order(order, by=order.user, reason="")
    crowd([actions.serve_lists] * 4)
    assert [problem for check in COUNTS for problem in check()] == []


@pytest.mark.miscounts
def test_twin_a_sale_that_does_not_ask_the_quotas_oversells_them(sale, monkeypatch):
    monkeypatch.setattr(seats, "_drawn", lambda quota, count: True)
    crowd([sale.visit(number) for number in range(BUYERS) if number % 9])
    assert sale.sold(sale.hall) > HALL
    assert sale.sold(sale.meals) > MEALS


@pytest.mark.miscounts
def test_twin_a_voucher_that_is_read_and_then_written_is_used_too_often(sale, monkeypatch):
    """Everybody has read that nobody has used it."""

    def reads_then_writes(voucher: Voucher, count: int, at: object) -> bool:
        return bool(Voucher.objects.filter(pk=voucher.pk).update(used=voucher.used + count))

    monkeypatch.setattr(uses, "take_uses", reads_then_writes)
    Ticket.objects.update(capacity=500)
    Quota.objects.update(capacity=500)
    holders = [sale.visit(number) for number in range(1, 60, 5)]
    crowd(holders)
    assert sale.code.uses.standing().count() > CODES
