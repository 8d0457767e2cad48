"""The database keeps the books by itself: raw SQL is refused on SQLite and on PostgreSQL alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from kosna.payments import actions
from kosna.payments.models import LedgerEntry, Order, Payment, Refund
from kosna.verify import entries_say_their_causes, ledger_matches_money
from tests.payments import shop
from tests.payments.office import make_office
from tests.payments.statements import deposit

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None) -> Any:
    return make_office()


@pytest.fixture
def paid(office: Any) -> Order:
    order = shop.order_of(office.account, office.busan)
    pay(order)
    return order


def pay(order: Order, provider: str = "bank", reference: str = "bank:1") -> Payment:
    return actions.record_payment(
        order=order,
        provider=provider,
        reference=reference,
        method="bank_transfer",
        amount=order.total,
        received_at=timezone.now(),
    )


def asked_back(order: Order, amount: int = 1_000) -> Refund:
    return Refund.objects.create(
        order=order, payment=order.payments.get(), amount=amount, reason="x"
    )


def insert(table: str, **values: Any) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - names of ours
            [*values.values()],
        )


def entry(**changes: Any) -> None:
    facts: dict[str, Any] = {
        "turn": 1,
        "account": "cash:bank",
        "amount": 33_000,
        "booked_at": timezone.now(),
    }
    insert("payments_ledgerentry", **facts | changes)


def unbooked(order: Order, **changes: Any) -> int:
    """A payment by raw SQL, of which nothing is booked yet."""
    now = timezone.now()
    facts: dict[str, Any] = {
        "order_id": order.pk,
        "provider": "bank",
        "reference": "raw",
        "method": "bank_transfer",
        "amount": 33_000,
        "received_at": now,
        "recorded_at": now,
        "note": "",
    }
    insert("payments_payment", **facts | changes)
    return Payment.objects.get(reference="raw").pk


@contextmanager
def refused(words: str | None = None) -> Iterator[None]:
    """What happens inside is refused at once, or at the commit."""
    with pytest.raises(Error, match=words), transaction.atomic():
        yield
        connection.check_constraints()


@pytest.mark.parametrize(
    "lie",
    [{"amount": 32_999}, {"account": "cash:card"}, {"branch_id": "hq"}, {"order_id": "other"}],
    ids=["amount", "account", "branch", "order"],
)
def test_an_entry_says_what_its_payment_says(office: Any, lie: dict[str, Any]) -> None:
    order, other = (shop.order_of(office.account, office.busan) for _ in range(2))
    names = {"hq": office.hq.pk, "other": other.pk}
    payment = unbooked(order)
    truth = {"order_id": order.pk, "branch_id": office.busan.pk, "payment_id": payment}
    with refused("an entry says what its payment says"):
        entry(**truth | {name: names.get(str(value), value) for name, value in lie.items()})
    entry(**truth)
    connection.check_constraints()
    assert LedgerEntry.objects.get().amount == 33_000


def test_a_payment_is_committed_with_its_entry_or_not_at_all(office: Any) -> None:
    order = shop.order_of(office.account, office.busan)
    with refused():
        unbooked(order)
    assert not Payment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_commit_itself_refuses_a_payment_without_its_entry(office: Any) -> None:
    order = shop.order_of(office.account, office.busan)
    with pytest.raises(Error), transaction.atomic():
        unbooked(order)
    assert not Payment.objects.exists()
    pay(order)
    assert LedgerEntry.objects.get().payment == Payment.objects.get()


@pytest.mark.parametrize("status", ["requested", "approved", "sent", "failed", "rejected"])
def test_nothing_is_booked_of_a_refund_that_is_not_done(paid: Order, status: str) -> None:
    refund = asked_back(paid)
    Refund.objects.filter(pk=refund.pk).update(status=status)
    with refused("an entry says what its refund says"):
        entry(order_id=paid.pk, branch_id=paid.branch_id, refund_id=refund.pk, amount=-1_000)


@pytest.mark.parametrize(
    ("turn", "amount"), [(1, 1_000), (1, -999), (2, 1_000), (2, -1_000), (3, -1_000)]
)
def test_a_refunds_first_entry_takes_its_amount(paid: Order, turn: int, amount: int) -> None:
    refund = asked_back(paid)
    facts = {"order_id": paid.pk, "branch_id": paid.branch_id, "refund_id": refund.pk}
    with refused("an entry says what its refund says"):
        Refund.objects.filter(pk=refund.pk).update(status="done")
        entry(**facts, turn=turn, amount=amount)
    with transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(status="done")
        entry(**facts, amount=-1_000)
        connection.check_constraints()
    assert paid.entries.count() == 2


def test_a_refund_is_done_with_its_entry_and_bounces_with_another(paid: Order) -> None:
    refund = asked_back(paid)
    facts = {"order_id": paid.pk, "branch_id": paid.branch_id, "refund_id": refund.pk}
    rows = Refund.objects.filter(pk=refund.pk)
    with refused():
        rows.update(status="done")
    with transaction.atomic():
        rows.update(status="done")
        entry(**facts, amount=-1_000)
        connection.check_constraints()
    with refused():
        rows.update(status="failed")
    with transaction.atomic():
        entry(**facts, turn=2, amount=1_000)
        rows.update(status="failed")
        connection.check_constraints()
    assert ledger_matches_money() == entries_say_their_causes() == []


def test_what_a_refund_takes_from_is_never_changed(paid: Order) -> None:
    refund = asked_back(paid)
    other = shop.order_of(paid.user, paid.branch)
    theirs = pay(other, reference="bank:2")
    for changes in ({"amount": 999}, {"payment_id": theirs.pk}, {"order_id": other.pk}):
        with refused("frozen"):
            Refund.objects.filter(pk=refund.pk).update(**changes)


@pytest.mark.parametrize("amount", [1, -33_001])
def test_entries_of_a_line_stay_between_nothing_and_the_line(office: Any, amount: int) -> None:
    line = deposit(office, "김하늘").line
    facts = {"line_id": line.pk, "account": "unidentified:bank", "branch_id": office.hq.pk}
    with refused("the entries of a line stay within it"):
        entry(**facts, turn=2, amount=amount)
    with refused("the entries of a line stay within it"):
        entry(**facts | {"account": "cash:bank"}, turn=2, amount=-1)


def test_what_is_left_of_a_line_is_what_is_booked_of_it(office: Any) -> None:
    row = deposit(office, "김하늘")
    if connection.vendor == "postgresql":
        with refused():
            row.take(1_000)
    else:  # there verify sees it
        row.take(1_000)
        assert len(ledger_matches_money()) == 1


def test_entries_are_never_changed_nor_deleted(paid: Order) -> None:
    with refused(), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_ledgerentry SET amount = 1")


def test_verify_names_the_refund_that_was_booked_twice(paid: Order) -> None:
    """SQLite cannot refuse an entry that takes back what stays done; verify tells."""
    refund = asked_back(paid)
    facts = {"order_id": paid.pk, "branch_id": paid.branch_id, "refund_id": refund.pk}
    with transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(status="done")
        entry(**facts, amount=-1_000)
    try:
        with transaction.atomic():
            entry(**facts, turn=2, amount=1_000)
            connection.check_constraints()
    except Error:
        assert connection.vendor == "postgresql"
    else:
        assert entries_say_their_causes() == [f"refund {refund.pk} is done, 0 of 1000 are booked"]
