"""One suite that every gateway must pass: the same buyer, the same order, another page."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from kosna.core import clock
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.models import Attempt, LedgerEntry, Order, ProviderEvent, Refund, Task
from tests.payments import shop
from tests.payments.gateways import Hands, page

NOTHING = (Order.Status.PENDING, 0, 0, 0, 0, 0)
PAID = (Order.Status.PAID, 1, 33_000, 1, 1, 1)


def books() -> int:
    return sum(LedgerEntry.objects.values_list("amount", flat=True))


def state(order: Order) -> tuple:
    """What must be there once: (status, payments, books, mails, receipts, deliveries)."""
    order.refresh_from_db()
    return (
        order.status,
        order.payments.count(),
        books(),
        Message.objects.filter(template="payment_received").count(),
        Document.objects.filter(kind=Document.Kind.RECEIPT).count(),
        shop.happened("delivered", order),
    )


def click(buyer: Client, order: Order) -> str:
    return buyer.post(page(order) + "pay/", {"method": "card"}).url


@pytest.fixture
def attempt(gateway: Hands, buyer: Client, order: Order) -> Attempt:
    """The buyer stands on the payment page."""
    click(buyer, order)
    return order.attempts.get()


@pytest.fixture
def paid(gateway: Hands, buyer: Client, order: Order, attempt: Attempt) -> Order:
    gateway.pay(attempt)
    gateway.come_back(buyer, order, attempt)
    order.refresh_from_db()
    return order


def test_page_notices_and_reconciliation_book_once(gateway, buyer, order, attempt):
    assert attempt.provider == gateway.name
    gateway.pay(attempt)
    assert state(order) == NOTHING
    answer = gateway.come_back(buyer, order, attempt)
    assert (answer.status_code, answer.url) == (303, page(order))
    assert state(order) == PAID
    gateway.deliver_all()
    gateway.deliver_all()
    gateway.come_back(buyer, order, attempt)
    actions.reconcile()
    actions.fulfil(attempt.session)
    assert state(order) == PAID
    assert order.payments.get().method == "kakao_pay"
    assert not Task.objects.exists()
    assert set(ProviderEvent.objects.values_list("provider", "outcome")) <= {
        (gateway.name, "applied"),
        (gateway.name, "ignored"),
    }


def test_a_notice_alone_books_what_the_portal_did_not_see(gateway, order, attempt):
    gateway.charge_unseen(attempt)
    gateway.deliver_all()
    gateway.deliver_all()
    assert state(order) == PAID


def test_reconciliation_alone_books_what_no_notice_told(gateway, order, attempt):
    gateway.charge_unseen(attempt)
    report = actions.reconcile()
    assert (state(order), report.booked, report.problems) == (PAID, 1, [])
    assert actions.reconcile().booked == 0


def test_what_is_declined_charges_nothing_and_can_be_tried_again(gateway, buyer, order, attempt):
    if back := gateway.decline(attempt):
        buyer.get(page(order), back)
    gateway.deliver_all()
    assert state(order) == NOTHING
    assert buyer.get(page(order)).status_code == 200
    click(buyer, order)
    again = order.attempts.get(status=Attempt.Status.OPEN)
    gateway.pay(again)
    gateway.come_back(buyer, order, again)
    assert state(order) == PAID


def test_two_tabs_share_one_page(gateway, buyer, order, attempt):
    assert click(buyer, order) == click(buyer, order) == attempt.url
    assert gateway.opened() == 1


def test_another_language_needs_another_page_and_only_it_takes_money(
    gateway, buyer, order, attempt
):
    other = actions.start_card_payment(order, by=order.user, language="en")
    attempt.refresh_from_db()
    assert (attempt.status, other.status) == (Attempt.Status.EXPIRED, Attempt.Status.OPEN)
    gateway.come_back(buyer, order, attempt)
    assert state(order) == NOTHING
    gateway.pay(other)
    gateway.come_back(buyer, order, other)
    assert state(order) == PAID
    assert gateway.held() == (33_000, 0)


def test_an_abandoned_page_books_nothing_and_the_order_expires_once(gateway, order, attempt):
    gateway.expire(attempt)
    gateway.deliver_all()
    attempt.refresh_from_db()
    assert attempt.status == Attempt.Status.EXPIRED
    with time_machine.travel(order.release_at + timedelta(hours=2), tick=False):
        assert (actions.expire_due(), actions.expire_due()) == (1, 0)
    order.refresh_from_db()
    assert (order.status, shop.happened("released", order)) == (Order.Status.EXPIRED, 1)


def test_a_charged_order_never_expires(gateway, order, attempt):
    gateway.charge_unseen(attempt)
    Order.objects.update(expires_at=clock.now(), release_at=clock.now())
    assert actions.expire_due() == 0
    assert state(order) == PAID


def test_money_after_a_cancellation_goes_to_review(gateway, order, attempt):
    gateway.charge_unseen(attempt)
    Order.objects.update(status=Order.Status.CANCELLED, closed_at=clock.now())
    gateway.deliver_all()
    assert state(order)[:3] == (Order.Status.REVIEW, 1, 33_000)
    assert Task.objects.get().kind == Task.Kind.PAID_AFTER_EXPIRY


def test_cancelling_closes_the_page(gateway, buyer, order, attempt):
    buyer.post(page(order) + "cancel/")
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert order.attempts.get().status == Attempt.Status.EXPIRED
    buyer.get(page(order), gateway.way_back(attempt))
    assert gateway.held() == (0, 0)


def test_a_session_of_another_order_is_as_good_as_none(gateway, buyer, order, attempt, cast):
    other = shop.order_of(cast.account, cast.busan, 55_000)
    gateway.pay(attempt)
    assert gateway.come_back(buyer, other, attempt).status_code == 404
    assert state(other)[:2] == (Order.Status.PENDING, 0)
    assert gateway.come_back(buyer, order, attempt).status_code == 303
    assert state(order)[:2] == (Order.Status.PAID, 1)


def test_a_notice_of_another_amount_is_quarantined(gateway, order, attempt):
    gateway.charge_unseen(attempt)
    told = ("completed", " DONE")
    notice = next(each for each in gateway.notices() if each["type"].endswith(told))
    assert gateway.deliver(gateway.of_another_amount(notice)).status_code == 200
    assert ProviderEvent.objects.get().outcome == ProviderEvent.Outcome.QUARANTINED
    assert state(order) == NOTHING
    assert Message.objects.filter(template="payment_quarantined").count() == 1


def test_an_amount_that_differs_at_the_gateway_is_quarantined(gateway, order, attempt):
    gateway.charge_unseen(attempt)
    Attempt.objects.update(amount=55_000)
    gateway.deliver_all()
    assert ProviderEvent.Outcome.QUARANTINED in set(
        ProviderEvent.objects.values_list("outcome", flat=True)
    )
    assert state(order) == NOTHING
    assert {task.kind for task in Task.objects.all()} == {Task.Kind.AMOUNT_DIFFERS}


def test_notices_of_another_environment_are_left_alone(gateway, order, attempt, settings):
    gateway.charge_unseen(attempt)
    settings.KOSNA_ENV = "demo"
    gateway.deliver_all()
    assert set(ProviderEvent.objects.values_list("outcome", flat=True)) == {"ignored"}
    assert state(order) == NOTHING


def test_silence_keeps_the_attempt_and_its_key(gateway, buyer, order):
    gateway.fail("start", kind="timeout", moment="after", times=1)
    gateway.fail("look" if gateway.name == "toss" else "start", kind="timeout", times=2)
    click(buyer, order)
    gateway.sandbox.store.execute("DELETE FROM faults")
    assert click(buyer, order).startswith(gateway.sandbox.url)
    assert (order.attempts.get().status, gateway.opened()) == (Attempt.Status.OPEN, 1)


def test_a_500_without_effect_lets_the_buyer_try_again(gateway, buyer, order):
    gateway.fail("start")
    assert click(buyer, order) == "/"
    click(buyer, order)
    assert [row.status for row in order.attempts.order_by("pk")] == ["failed", "open"]
    assert gateway.opened() == 1


# Money goes back


def ask(order: Order, cast, amount: int) -> Refund:
    refund = actions.request_refund(order=order, amount=amount, reason="불참", by=cast.head_office)
    actions.approve_refund(refund, by=cast.treasurer)
    return refund


def test_a_refund_in_two_parts_gives_all_back(gateway, cast, paid):
    for part in (10_000, 23_000):
        assert actions.send_refund(ask(paid, cast, part)).status == Refund.Status.DONE
    paid.refresh_from_db()
    assert (paid.status, books(), gateway.held()) == (Order.Status.REFUNDED, 0, (33_000, 33_000))
    gateway.deliver_all()
    actions.reconcile()
    assert (Refund.objects.count(), books()) == (2, 0)


def test_a_refund_whose_answer_was_lost_is_sent_once(gateway, cast, paid):
    refund = ask(paid, cast, 10_000)
    gateway.fail("refund", kind="error", moment="after")
    assert actions.send_refund(refund).status == Refund.Status.DONE
    assert gateway.held() == (33_000, 10_000)


def test_a_refund_that_fails_is_tried_again_by_a_person(gateway, cast, paid):
    refund = ask(paid, cast, 10_000)
    gateway.fail("refund")
    assert actions.send_refund(refund).status == Refund.Status.FAILED
    assert (Task.objects.get().kind, books()) == (Task.Kind.REFUND_FAILED, 33_000)
    assert actions.send_refund(refund).status == Refund.Status.DONE
    assert (gateway.held(), books()) == ((33_000, 10_000), 23_000)


def test_silence_leaves_a_refund_sent_and_reconciliation_finds_out(gateway, cast, paid):
    refund = ask(paid, cast, 10_000)
    gateway.fail("refund", kind="timeout", moment="after", times=1)
    gateway.fail("look", kind="timeout", times=3)
    if gateway.name == "stripe":
        gateway.fail("refund", kind="timeout", times=2)
    actions.send_refund(refund)
    gateway.sandbox.store.execute("DELETE FROM faults")
    Refund.objects.update(approved_at=clock.now() - timedelta(hours=1))
    actions.reconcile()
    refund.refresh_from_db()
    assert (refund.status, books(), gateway.held()) == ("done", 23_000, (33_000, 10_000))


def test_a_refund_at_the_gateway_is_taken_over_once(gateway, paid):
    gateway.refund(paid.payments.get(), 3_000)
    gateway.deliver_all()
    gateway.deliver_all()
    actions.reconcile()
    refund = Refund.objects.get()
    assert (refund.status, refund.amount, books()) == (Refund.Status.DONE, 3_000, 30_000)


def test_reconciliation_alone_takes_a_refund_over(gateway, paid):
    gateway.refund(paid.payments.get(), 3_000)
    actions.reconcile()
    actions.reconcile()
    assert (Refund.objects.get().status, books()) == (Refund.Status.DONE, 30_000)


def test_a_refund_that_bounces_comes_back_into_the_books(gateway, cast, paid):
    refund = ask(paid, cast, 10_000)
    actions.send_refund(refund)
    gateway.bounce(paid.payments.get())
    gateway.deliver_all()
    refund.refresh_from_db()
    assert (refund.status, books()) == (Refund.Status.FAILED, 33_000)
    assert actions.send_refund(refund).status == Refund.Status.DONE
    assert books() == 23_000
