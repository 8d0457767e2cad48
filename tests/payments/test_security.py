"""The treasurer's forms, bent."""

import uuid

import pytest

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions
from kosna.payments.actions.settlement import write_payment
from kosna.payments.models import Order, Payment, Refund, Task
from tests.payments import shop
from tests.payments.test_refunds import wired  # noqa: F401 - a fixture


def test_a_deposit_form_of_another_order_books_nothing_silently(cast):
    one, other = (shop.order_of(cast.account, cast.busan, 33_000) for _n in range(2))
    deposit = {
        "amount": 33_000,
        "received_on": clock.today(),
        "depositor": "박서준",
        "nonce": uuid.uuid4().hex,
        "seen": 0,
        "by": cast.treasurer,
    }
    actions.confirm_deposit(one, **deposit)
    actions.confirm_deposit(one, **deposit)  # sent twice: booked once
    with pytest.raises(Refused):
        actions.confirm_deposit(other, **deposit)
    assert Payment.objects.count() == 1


def test_much_money_in_small_pieces_needs_a_second_person_too(cast, wired):  # noqa: F811
    def ask(amount: int) -> Refund:
        return shop.account_for(
            actions.request_refund(order=wired, amount=amount, reason="불참", by=cast.treasurer)
        )

    first = ask(600_000)
    actions.approve_refund(first, by=cast.treasurer)  # alone: below the limit
    second = ask(600_000)
    with pytest.raises(Refused):
        actions.approve_refund(second, by=cast.treasurer)
    actions.approve_refund(second, by=cast.head_office)


def test_money_on_a_cancelled_order_is_not_forgotten_when_the_process_dies(sandbox, cast, order):
    actions.cancel_order(order, by=cast.account, reason="")
    write_payment(
        order=order,
        provider="bank",
        reference="bank:1",
        method="bank_transfer",
        amount=order.total,
        received_at=clock.now(),
    )  # and here the process died
    actions.reconcile()
    order.refresh_from_db()
    assert order.status == Order.Status.REVIEW
    assert Task.objects.get().kind == Task.Kind.PAID_AFTER_EXPIRY
    actions.reconcile()
    assert Task.objects.count() == 1
