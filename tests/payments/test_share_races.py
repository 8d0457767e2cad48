"""Booking and closing at once, with threads and real commits; and the twin without protection."""

import threading
from datetime import datetime
from importlib import import_module

import pytest
from django.db import connection

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions
from kosna.payments.actions import shares
from kosna.payments.models import Payout, ShareEntry, Statement
from kosna.verify import closed_months_are_sealed, shares_follow_the_money, statements_add_up
from tests.conftest import make_cast
from tests.payments import division
from tests.payments.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
sealing = import_module("kosna.payments.migrations.0002_guards")
MIDNIGHT = datetime(2027, 4, 1, tzinfo=clock.KST)
JUST_BEFORE = MIDNIGHT.replace(day=31, month=3, hour=23, minute=59)

TABLE = "ALTER TABLE payments_shareentry {} TRIGGER payments_shareentry_month"
TRIGGER = {  # how it is taken away, and put back
    "postgresql": (TABLE.format("DISABLE"), TABLE.format("ENABLE")),
    "sqlite": ("DROP TRIGGER payments_shareentry_month", sealing.SQLITE[0]),
}


@pytest.fixture
def people():
    return make_cast()


def test_an_order_is_divided_once_however_many_confirm_it(people):
    order = division.order_of(people.account, people.busan)
    answers = at_once(*[lambda: division.pay(order, reference="bank:once")] * 5)
    assert {row.status for row in answers} == {"paid"}
    assert list(ShareEntry.objects.values_list("amount", flat=True)) == [30_000]


def test_first_bookings_of_a_month_share_one_statement(people):
    orders = [division.order_of(people.account, people.busan) for _ in range(4)]
    at_once(*[lambda order=order: division.pay(order) for order in orders])
    assert ShareEntry.objects.count() == 4
    assert Statement.objects.count() == 1
    assert shares_follow_the_money() == []


def test_a_payout_is_recorded_once(people):
    with division.at("2027-03-05 10:00"):
        division.paid(people.account, people.busan)
    statement = Statement.objects.get()

    def pay(reference: str) -> Payout:
        with division.at("2027-04-02 10:00"):
            return actions.match_payout(
                statement,
                reference=reference,
                paid_on=clock.today(),
                amount=30_000,
                by=people.treasurer,
            )

    with division.at("2027-04-01 10:00"):
        division.closed(statement, by=people.treasurer, approver=people.head_office)
    answers = at_once(*[lambda n=n: pay(f"ref{n}") for n in range(4)])
    assert sum(isinstance(answer, Refused) for answer in answers) == 3
    assert Payout.objects.count() == ShareEntry.objects.filter(cause="payout").count() == 1


def midnight(people, monkeypatch) -> list[object]:
    """A payment is booked a blink before midnight and commits after it, while the month is being
    closed: (what the closing said, the statement)."""
    with division.at("2027-03-05 10:00"):
        division.paid(people.regular, people.busan)
    statement = Statement.objects.get()
    order = division.order_of(people.account, people.busan)
    booked, closing = threading.Event(), threading.Event()
    write = shares.write

    def slow(*args: object) -> None:
        write(*args)
        booked.set()
        closing.wait(5)
        closing.wait(0.3)  # the other one has begun to ask for the row by now

    def pays() -> object:
        with clock.standing_at(JUST_BEFORE):
            monkeypatch.setattr(shares, "write", slow)
            return division.pay(order)

    def closes() -> object:
        booked.wait(5)
        threading.Timer(0.3, closing.set).start()
        with clock.standing_at(MIDNIGHT):
            return actions.prepare_statement(statement, by=people.treasurer)

    at_once(pays, closes)
    statement.refresh_from_db()
    return statement


def test_who_books_at_midnight_is_in_the_month_that_is_closed_then(people, monkeypatch):
    statement = midnight(people, monkeypatch)
    assert (statement.status, statement.closing, statement.entry_count) == ("prepared", 60_000, 2)
    assert statements_add_up() == closed_months_are_sealed() == []


def test_twin_without_the_trigger_a_closed_month_does_not_say_what_is_booked(people, monkeypatch):
    """Where several write at once, who closes the month misses who books. SQLite has one writer at
    a time: there somebody's clock is behind, and nothing refuses what it books."""
    disabled, enabled = TRIGGER[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(disabled)
    try:
        statement = midnight(people, monkeypatch)
        if connection.vendor == "sqlite":
            monkeypatch.setattr(shares, "_running", lambda branch: (statement, JUST_BEFORE))
            division.pay(division.order_of(people.account, people.busan))
        assert len(statements_add_up()) == 2  # its sum, and its seal
    finally:
        with connection.cursor() as cursor:
            cursor.execute(enabled)
