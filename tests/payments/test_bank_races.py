"""Two treasurers, or one file, at the same instant; with threads and real commits. Each test has a
twin in which what protects us is taken away, and which must break."""

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from django.db.models import F, Sum

from kosna.accounts.models import User
from kosna.core import clock
from kosna.payments import actions, ledger_guards
from kosna.payments.actions import bank_files, deposits, matching, settlement, unmatching
from kosna.payments.actions.matching import Share, match_open
from kosna.payments.models import (
    BankFile,
    BankLine,
    Deposit,
    LedgerEntry,
    Match,
    NotedDeposit,
    Order,
    Payment,
)
from kosna.payments.statements import reading
from kosna.verify import (
    deposits_add_up,
    ledger_matches_money,
    noted_deposits_have_their_money,
)
from tests.payments import shop, statements
from tests.payments.office import make_office
from tests.payments.test_matching import owed
from tests.payments.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    return make_office()


def meeting(monkeypatch, owner: object, name: str) -> None:
    """Two callers of a function wait for one another after it, if both can get there."""
    original = getattr(owner, name)
    barrier = threading.Barrier(2)

    def called(*args: object, **kwargs: object) -> object:
        found = original(*args, **kwargs)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(1.5)
        return found

    monkeypatch.setattr(owner, name, called)


# The same file twice at once ----------------------------------------------------------------------


def two_imports(people) -> list[object]:
    content = statements.kb(("가나다", 33_000), ("라마바", 20_000))
    account = statements.account_of(people.hq)
    files = [statements.bring(content, account, by=people.treasurer) for _ in range(2)]

    def write(row: BankFile) -> Callable[[], object]:
        return lambda: actions.import_bank_file(row, by=people.treasurer)

    return at_once(*map(write, files))


def test_the_same_file_twice_at_once_is_written_once(people, monkeypatch):
    meeting(monkeypatch, bank_files, "_read")
    results = two_imports(people)
    assert sorted(row.counts["fresh"] for row in results) == [0, 2]
    assert (BankLine.objects.count(), Deposit.objects.unidentified()) == (2, 53_000)
    assert ledger_matches_money() == deposits_add_up() == []


def test_twin_without_lock_and_fingerprint_it_is_written_twice(people, monkeypatch):
    numbers = iter(range(100))
    monkeypatch.setattr(bank_files, "lock", lambda accounts: accounts)
    monkeypatch.setattr(reading, "fingerprint", lambda account, row: f"{next(numbers):064d}")
    monkeypatch.setattr(bank_files, "_known", lambda account, read: reading.Known([]))
    two_imports(people)
    assert (BankLine.objects.count(), Deposit.objects.unidentified()) == (4, 106_000)


# The same line by two treasurers ------------------------------------------------------------------


def two_treasurers(people) -> list[Order]:
    """Each gives the same line to another order."""
    orders = [owed(people, name) for name in ("가나다", "라마바")]
    row = statements.deposit(people, "누구")

    def match(order: Order) -> Callable[[], object]:
        mine = Deposit.objects.select_related("line__account").get(pk=row.pk)
        share = Share(order, 33_000)
        return lambda: actions.match_deposit(mine, shares=[share], by=people.treasurer)

    at_once(*map(match, orders))
    return orders


def test_two_treasurers_book_one_line_once(people, monkeypatch):
    meeting(monkeypatch, matching, "locked")
    orders = two_treasurers(people)
    assert Payment.objects.count() == Match.objects.count() == 1
    assert sorted(order.sum_paid() for order in orders) == [0, 33_000]
    assert sum(shop.happened("delivered", order) for order in orders) == 1
    assert ledger_matches_money() == deposits_add_up() == []


@pytest.fixture
def unguarded() -> Iterator[None]:
    """The database does not keep the books."""
    ledger_guards.remove(connection)
    try:
        yield
    finally:
        ledger_guards.install(connection)


def test_twin_without_the_guards_one_line_pays_twice(people, unguarded, monkeypatch):
    """Nothing asks how much of the line is left, and each match and entry takes a number of its
    own."""
    numbers = itertools.count(2)
    monkeypatch.setattr(Deposit, "take", lambda self, amount: True)
    monkeypatch.setattr(matching, "next_number", lambda deposit: next(numbers))
    monkeypatch.setattr(matching, "enter", lambda line, won: entered(line, won, next(numbers)))
    two_treasurers(people)
    assert Payment.objects.aggregate(sum=Sum("amount"))["sum"] == 66_000
    assert deposits_add_up() != []


def entered(line: BankLine, won: int, turn: int) -> None:
    LedgerEntry.objects.create(
        line=line,
        turn=turn,
        account=LedgerEntry.UNIDENTIFIED,
        amount=won,
        branch_id=line.account.branch_id,
    )


def test_by_itself_and_by_hand_at_once_is_booked_once(people, monkeypatch):
    order = owed(people, "가나다")
    row = statements.deposit(people, "가나다")
    mine = Deposit.objects.select_related("line__account").get(pk=row.pk)
    at_once(
        lambda: match_open(people.hq, by=people.treasurer),
        lambda: actions.match_deposit(
            mine, shares=[Share(order, 33_000, seen=0)], by=people.treasurer
        ),
    )
    assert (order.sum_paid(), order.payments.count()) == (33_000, 1)
    assert shop.happened("delivered", order) == 1


def test_typed_and_matched_at_once_is_never_booked_twice(people):
    """Whoever is second sees the other's: either it is found to be the same, or refused."""
    order = owed(people, "가나다")
    row = statements.deposit(people, "가나다")
    mine = Deposit.objects.select_related("line__account").get(pk=row.pk)
    from_form = {"amount": 33_000, "depositor": "가나다", "nonce": "n", "seen": 0}
    at_once(
        lambda: actions.match_deposit(
            mine, shares=[Share(order, 33_000, seen=0)], by=people.treasurer
        ),
        lambda: actions.confirm_deposit(
            order, received_on=statements.day_of(row), by=people.treasurer, **from_form
        ),
    )
    assert (order.sum_paid(), Deposit.objects.unidentified()) == (33_000, 0)
    assert ledger_matches_money() == deposits_add_up() == []


# What two people confirm --------------------------------------------------------------------------


def two_confirmations(people, settings) -> Order:
    settings.TWO_PERSON_DEPOSIT_WON = 10_000
    order = owed(people, "가나다")
    noted = actions.confirm_deposit(
        order,
        amount=33_000,
        received_on=clock.today(),
        depositor="가나다",
        nonce="n",
        seen=0,
        by=people.treasurer,
    )

    def confirm(by: User) -> Callable[[], object]:
        mine = NotedDeposit.objects.select_related("order").get(pk=noted.pk)
        return lambda: actions.confirm_noted(mine, seen=0, by=by)

    at_once(confirm(people.head_office), confirm(people.account))
    return order


def test_two_people_confirm_a_noted_deposit_once(people, settings, monkeypatch):
    meeting(monkeypatch, deposits, "locked")
    order = two_confirmations(people, settings)
    assert (order.sum_paid(), Payment.objects.count()) == (33_000, 1)
    assert shop.happened("delivered", order) == 1
    assert NotedDeposit.objects.get().status == NotedDeposit.Status.CONFIRMED
    assert ledger_matches_money() == noted_deposits_have_their_money() == []


def test_twin_without_lock_and_reference_it_is_booked_twice(people, settings, monkeypatch):
    """Nobody looks at what was paid or how the note stands, and each booking has its reference."""
    nonces = itertools.count(1)
    monkeypatch.setattr(deposits, "_must_fit", lambda order, day, *, seen, by: None)
    monkeypatch.setattr(NotedDeposit, "move_to", lambda self, new, **changes: None)
    monkeypatch.setattr(
        deposits, "_book", lambda order, typed, line, *, by: book(order, typed, next(nonces))
    )
    assert two_confirmations(people, settings).sum_paid() == 66_000


def book(order: Order, typed: deposits.Typed, number: int) -> Payment:
    return settlement.write_payment(
        order=order,
        provider="bank",
        reference=f"bank:{typed.nonce}-{number}",
        method="bank_transfer",
        amount=typed.amount,
        received_at=typed.received_at,
    )


# Taking back --------------------------------------------------------------------------------------


def two_undo(people) -> None:
    order = owed(people, "가나다")
    row = statements.deposit(people, "누구")
    [match] = actions.match_deposit(row, shares=[Share(order, 33_000)], by=people.treasurer)

    def undo() -> object:
        return actions.unmatch_deposit(
            Match.objects.select_related("order").get(pk=match.pk), reason="", by=people.treasurer
        )

    at_once(undo, undo)


def test_two_clicks_take_a_match_back_once(people, monkeypatch):
    meeting(monkeypatch, unmatching, "locked")
    two_undo(people)
    assert [p.amount for p in Payment.objects.order_by("pk")] == [33_000, -33_000]
    assert Deposit.objects.unidentified() == 33_000
    assert ledger_matches_money() == deposits_add_up() == []


def test_twin_without_mark_and_guards_money_is_given_back_twice(people, unguarded, monkeypatch):
    """Neither the date of the reversal nor the payment's own reversal is looked at."""
    monkeypatch.setattr(unmatching, "mark", lambda match, reason, by: None)
    monkeypatch.setattr(unmatching, "_reverse", lambda payment, by: None)
    two_undo(people)
    assert Deposit.objects.unidentified() == 66_000


def test_the_database_itself_keeps_what_is_left(people):
    """A counter that nobody guards cannot fall below nought, nor a settled deposit hold money."""
    row = statements.deposit(people, "누구")
    for changes in ({"left": F("left") - 33_001}, {"left": 0}, {"status": "done"}):
        with pytest.raises(Exception, match=r"(?i)constraint|check|left"), transaction.atomic():
            Deposit.objects.filter(pk=row.pk).update(**changes)
    assert LedgerEntry.objects.get().amount == 33_000
