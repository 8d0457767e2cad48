"""Two clicks on one button, and an end that meets a payment, with threads and real commits; and
what each of them does when its guard is taken away."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest

from kosna.accounts.models import User
from kosna.core import clock
from kosna.payments import actions
from kosna.payments.actions import card, deposits, orders
from kosna.payments.models import Attempt, LedgerEntry, Order, Payment, Refund
from kosna.payments.providers.stripe import Stripe
from tests.conftest import make_cast
from tests.guards import without_key
from tests.payments import shop
from tests.payments.test_races import at_once, careless_move, no_lock

pytestmark = pytest.mark.django_db(transaction=True)


def treasurer() -> User:
    return User.objects.get(email="treasurer@example.test")


def four_deposits_of_one_form(wired: Order) -> Order:
    order = shop.order_of(wired.user, wired.branch)
    by = treasurer()

    def confirm() -> object:
        return actions.confirm_deposit(
            order,
            amount=33_000,
            received_on=clock.today(),
            depositor="",
            nonce="same",
            seen=0,
            by=by,
        )

    at_once(*[confirm] * 4)
    return order


def test_two_deposits_of_one_form_book_once(wired):
    order = four_deposits_of_one_form(wired)
    assert order.payments.count() == 1
    assert shop.happened("delivered", order) == 1


def test_twin_without_the_number_of_the_form_it_is_booked_four_times(wired, monkeypatch):
    """What is taken away: the form is not known again, neither by a look nor by the payment's
    unique reference; and nobody looks whether the order has received money meanwhile."""
    write = deposits.write_payment

    def nameless(**facts: object) -> Payment:
        return write(**facts | {"reference": f"bank:{uuid4()}"})

    monkeypatch.setattr(deposits, "write_payment", nameless)
    monkeypatch.setattr(deposits, "_known", lambda nonce: None)
    monkeypatch.setattr(deposits, "_must_fit", lambda *args, **how: None)
    order = four_deposits_of_one_form(wired)
    assert order.payments.count() == 4
    assert order.sum_paid() == 4 * 33_000


def to_send(paid: tuple[Order, Attempt, dict], amount: int) -> Refund:
    """Approved; the money is still here."""
    order, attempt, _event = paid
    actions.fulfil(attempt.session)
    refund = actions.request_refund(order=order, amount=amount, reason="", by=None)
    actions.approve_refund(refund, by=treasurer())
    return refund


def read_again() -> Refund:
    return Refund.objects.select_related("order", "payment").get()


def test_two_clicks_on_send_move_the_money_once(sandbox, paid_page):
    refund = to_send(paid_page, 33_000)
    at_once(*[lambda: actions.send_refund(read_again())] * 4)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.DONE
    assert len(sandbox.truth()["refunds"]) == 1
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0
    assert shop.happened("taken_back", refund.order) == 1


def test_twin_without_lock_swap_and_key_the_money_goes_back_twice(sandbox, paid_page, monkeypatch):
    """Both have read that it is approved, and neither looks again; nor does the provider know the
    second for the first."""
    to_send(paid_page, 10_000)
    refunds = [read_again(), read_again()]
    ask = Stripe.refund

    def nameless(self: Stripe, refund: Refund, account: object = None) -> object:
        refund.uuid = uuid4()
        return ask(self, refund, account)

    no_lock(monkeypatch)
    monkeypatch.setattr(Refund, "refresh_from_db", lambda refund, **how: None)
    monkeypatch.setattr(Refund, "move_to", careless_move)
    monkeypatch.setattr(Stripe, "refund", nameless)
    at_once(*[lambda refund=refund: actions.send_refund(refund) for refund in refunds])
    assert [each["amount"] for each in sandbox.truth()["refunds"]] == [10_000, 10_000]


def click_at_once(count: int) -> Order:
    people = make_cast()
    order = shop.order_of(people.account, people.busan)

    def start() -> object:
        return actions.start_card_payment(order, by=people.account, language="ko").session

    at_once(*[start] * count)
    return order


def test_two_clicks_on_pay_open_one_page(sandbox):
    order = click_at_once(4)
    [session] = sandbox.truth()["sessions"]
    assert order.attempts.get().session == session["id"]


def test_twin_without_lock_and_key_two_pages_are_open_for_one_order(sandbox, monkeypatch):
    """Both meet after they have seen that no page is open yet."""
    both = threading.Barrier(2)
    change = Order.change

    def change_together(order: Order, **facts: object) -> None:
        both.wait(20)
        change(order, **facts)

    no_lock(monkeypatch)
    monkeypatch.setattr(card, "_claim", card._claim.__wrapped__)
    monkeypatch.setattr(Order, "change", change_together)
    with without_key(Attempt, "attempt_one_open"):
        order = click_at_once(2)
        assert len(sandbox.truth()["sessions"]) == 2
        assert order.attempts.filter(status=Attempt.Status.OPEN).count() == 2


def expire_and_pay(order: Order, expire: Callable[[], object], pay: Callable[[], object]) -> Order:
    Order.objects.update(expires_at=clock.now(), release_at=clock.now())
    at_once(expire, pay)
    order.refresh_from_db()
    return order


def test_expiring_and_paying_at_once_has_one_end(sandbox, paid_page):
    order, attempt, _event = paid_page
    expire_and_pay(
        order, lambda: actions.expire_order(order), lambda: actions.fulfil(attempt.session)
    )
    assert order.status == Order.Status.PAID
    assert shop.happened("delivered", order) == 1


def test_twin_without_lock_and_swap_what_is_paid_and_delivered_expires(
    sandbox, paid_page, monkeypatch
):
    """The deadline has looked, then comes the payment, then the deadline writes what it saw."""
    order, attempt, _event = paid_page
    looked, paid = threading.Event(), threading.Event()

    def looks_and_dawdles(row: Order) -> Order:
        seen = Order.objects.select_related("user", "branch").get(pk=row.pk)
        looked.set()
        paid.wait(20)
        return seen

    def pay() -> None:
        looked.wait(20)
        actions.fulfil(attempt.session)
        paid.set()

    monkeypatch.setattr(orders, "locked", looks_and_dawdles)
    monkeypatch.setattr(Order, "move_to", careless_move)
    expire_and_pay(order, lambda: actions.expire_order.__wrapped__(order), pay)
    assert order.status == Order.Status.EXPIRED
    assert (order.payments.count(), shop.happened("delivered", order)) == (1, 1)
    assert shop.happened("released", order) == 1
