"""Paying by card: the real client, real HTTP, Stripe's sandbox behind it."""

from datetime import timedelta

import pytest
import time_machine

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.actions import card
from kosna.payments.actions.settlement import write_payment
from kosna.payments.models import Attempt, LedgerEntry, Order, Payment, ProviderEvent, Task
from tests.payments import shop

COMPLETED = "checkout.session.completed"


def page(order: Order) -> str:
    return f"/orders/{order.code}/"


def state(order: Order) -> tuple:
    """What must be there once: (status, payments, books, mails, receipts, deliveries)."""
    order.refresh_from_db()
    return (
        order.status,
        order.payments.count(),
        sum(LedgerEntry.objects.filter(order=order).values_list("amount", flat=True)),
        Message.objects.filter(template="payment_received").count(),
        Document.objects.filter(kind=Document.Kind.RECEIPT).count(),
        shop.happened("delivered", order),
    )


NOTHING = (Order.Status.PENDING, 0, 0, 0, 0, 0)
PAID = (Order.Status.PAID, 1, 33_000, 1, 1, 1)


def test_the_button_leads_to_the_payment_page(sandbox, buyer, order):
    answer = buyer.post(page(order) + "pay/", {"method": "card", "amount": "1", "total": "1"})
    attempt = order.attempts.get()
    assert (answer.status_code, answer.url) == (303, attempt.url)
    [session] = sandbox.truth()["sessions"]
    assert session["id"] == attempt.session
    assert session["amount_total"] == 33_000  # from the order, never from the form
    assert session["metadata"] == {
        "order": order.code,
        "attempt": str(attempt.uuid),
        "env": "test",
    }
    assert session["locale"] == "ko"
    order.refresh_from_db()
    assert order.release_at >= attempt.expires_at + timedelta(minutes=5)
    assert attempt.expires_at >= clock.now() + timedelta(minutes=30)


def test_expensive_orders_hide_samsung_pay(sandbox, cast):
    for amount, offered in [(2_000_000, True), (2_000_001, False)]:
        attempt = actions.start_card_payment(
            shop.order_of(cast.account, cast.busan, amount), by=cast.account, language="en"
        )
        session = sandbox.engine.get("checkout.session", attempt.session)
        assert ("samsung_pay" in session["payment_method_types"]) == offered


def test_a_second_click_finds_the_same_page(sandbox, buyer, order, attempt):
    answer = buyer.post(page(order) + "pay/", {"method": "card"})
    assert answer.url == attempt.url
    assert len(sandbox.truth()["sessions"]) == 1


def test_success_page_webhook_and_reconciliation_book_once(sandbox, buyer, order, attempt, deliver):
    assert state(order) == NOTHING
    sandbox.pay(attempt.session, "kakao_pay")
    assert state(order) == NOTHING
    answer = buyer.get(page(order), {"sid": attempt.session})
    assert (answer.status_code, answer.url) == (303, page(order))
    assert state(order) == PAID
    for event in sandbox.events(COMPLETED) * 2:
        assert deliver(event).status_code == 200
    actions.reconcile()
    actions.fulfil(attempt.session)
    assert state(order) == PAID
    payment = order.payments.get()
    assert (payment.method, payment.amount) == ("kakao_pay", 33_000)
    assert Attempt.objects.get().status == Attempt.Status.SUCCEEDED
    assert buyer.get(page(order)).status_code == 200
    assert not Task.objects.exists()


def test_reconciliation_alone_books_what_no_webhook_told(sandbox, order, attempt):
    sandbox.pay(attempt.session)
    report = actions.reconcile()
    assert (state(order), report.booked, report.problems) == (PAID, 1, [])
    assert actions.reconcile().booked == 0


def test_money_recorded_before_a_crash_is_settled_later(order):
    write_payment(
        order=order,
        provider="bank",
        reference="bank:1",
        method="bank_transfer",
        amount=33_000,
        received_at=clock.now(),
    )
    assert order.payments.count() == 1
    assert actions.reconcile().booked == 1
    assert state(order) == PAID


def test_an_abandoned_page_books_nothing_and_the_order_expires_once(
    sandbox, order, attempt, deliver, django_capture_on_commit_callbacks
):
    sandbox.expire(attempt.session)
    [event] = sandbox.events("checkout.session.expired")
    deliver(event)
    attempt.refresh_from_db()
    assert attempt.status == Attempt.Status.EXPIRED
    assert actions.expire_due() == 0
    with time_machine.travel(order.release_at + timedelta(hours=2), tick=False):
        with django_capture_on_commit_callbacks(execute=True):
            assert actions.expire_due() == 1
        assert actions.expire_due() == 0
    order.refresh_from_db()
    assert (order.status, shop.happened("released", order)) == (Order.Status.EXPIRED, 1)


def test_a_paid_order_never_expires(sandbox, order, attempt):
    """The webhook was lost; the provider is asked before anything is given up."""
    sandbox.pay(attempt.session)
    Order.objects.update(expires_at=clock.now(), release_at=clock.now())
    assert actions.expire_due() == 0
    assert state(order) == PAID


def test_a_bank_that_decides_later(sandbox, buyer, order, attempt, deliver):
    sandbox.pay(attempt.session, later="succeeded")
    deliver(sandbox.events(COMPLETED)[0])
    assert state(order) == NOTHING
    attempt.refresh_from_db()
    assert attempt.status == Attempt.Status.PROCESSING
    assert order.release_at >= clock.now() + timedelta(hours=23)
    shown = buyer.get(page(order)).content.decode()
    assert f"?sid={attempt.session}" in shown
    answer = buyer.post(page(order) + "pay/", {"method": "card"})
    assert answer.status_code == 303 and len(sandbox.truth()["sessions"]) == 1
    sandbox.settle(attempt.session)
    deliver(sandbox.events("checkout.session.async_payment_succeeded")[0])
    assert state(order) == PAID


def test_a_bank_that_says_no_later(sandbox, order, attempt, deliver, buyer):
    sandbox.pay(attempt.session, later="failed")
    sandbox.settle(attempt.session)
    for type in ("checkout.session.async_payment_failed", COMPLETED):
        deliver(sandbox.events(type)[0])
    assert state(order) == NOTHING
    attempt.refresh_from_db()
    assert attempt.status == Attempt.Status.FAILED
    assert Message.objects.filter(template="payment_failed").count() == 1
    buyer.post(page(order) + "pay/", {"method": "card"})
    second = order.attempts.get(status=Attempt.Status.OPEN)
    sandbox.pay(second.session)
    actions.fulfil(second.session)
    assert state(order) == PAID


def test_a_session_of_another_order_is_refused(sandbox, buyer, order, attempt, cast):
    sandbox.pay(attempt.session)
    other = shop.order_of(cast.account, cast.busan, 55_000)
    assert buyer.get(page(other), {"sid": attempt.session}).status_code == 404
    assert buyer.get(page(other), {"sid": "cs_test_nothing"}).status_code == 404
    with pytest.raises(Refused):
        actions.fulfil(attempt.session, order=other)
    assert state(other)[:2] == (Order.Status.PENDING, 0)
    assert state(order) == NOTHING
    assert buyer.get(page(order), {"sid": attempt.session}).status_code == 303
    assert state(order) == PAID


def test_another_person_finds_no_order(login, order, buyer):
    for name in ("regular", "treasurer", "officer"):
        client = login(name)
        assert client.get(page(order)).status_code == 404
        for way in ("pay/", "cancel/"):
            assert client.post(page(order) + way).status_code == 404
        assert client.get(page(order) + "receipt.pdf").status_code == 404
    assert login("visitor").get(page(order)).status_code == 302
    assert buyer.get(page(order)).status_code == 200
    assert buyer.get(page(order) + "receipt.pdf").status_code == 404


def test_rules_that_refuse_keep_the_money_and_call_a_person(sandbox, cast, buyer):
    order = shop.order_of(cast.account, cast.busan, title=shop.SOLD_OUT)
    attempt = actions.start_card_payment(order, by=cast.account, language="ko")
    sandbox.pay(attempt.session)
    actions.fulfil(attempt.session)
    actions.fulfil(attempt.session)
    assert state(order) == (Order.Status.REVIEW, 1, 33_000, 0, 0, 0)
    task = Task.objects.get()
    assert (task.kind, task.order, task.note) == (Task.Kind.REFUSED, order, shop.SOLD_OUT)
    with pytest.raises(Refused):
        actions.try_again(order, by=cast.treasurer)
    assert buyer.get(page(order)).status_code == 200
    Order.objects.update(title_ko="다시")
    actions.try_again(order, by=cast.treasurer)
    assert state(order)[0] == Order.Status.PAID


def test_money_after_a_cancellation_goes_to_review(
    sandbox, buyer, order, attempt, django_capture_on_commit_callbacks
):
    """Paid on the page that was open while the portal could not close it."""
    sandbox.fail_next(operation="POST /v1/checkout/sessions/{session}/expire", times=3)
    with django_capture_on_commit_callbacks(execute=True):
        actions.cancel_order(order, by=order.user, reason="")
    sandbox.pay(attempt.session)
    actions.fulfil(attempt.session)
    assert state(order)[:3] == (Order.Status.REVIEW, 1, 33_000)
    assert Task.objects.get().kind == Task.Kind.PAID_AFTER_EXPIRY


def test_cancelling_closes_the_payment_page(sandbox, buyer, order, attempt):
    assert buyer.post(page(order) + "cancel/").status_code == 303
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert sandbox.truth()["sessions"][0]["status"] == "expired"
    assert shop.happened("released", order) == 1


def test_cancelling_what_was_just_paid_is_refused(sandbox, buyer, order, attempt):
    sandbox.pay(attempt.session)
    buyer.post(page(order) + "cancel/")
    assert state(order) == PAID


def test_two_pages_cannot_both_take_the_money(sandbox, buyer, order, attempt):
    """Another language needs another page: the first one is closed before."""
    other = actions.start_card_payment(order, by=order.user, language="en")
    assert other.pk != attempt.pk
    status = {row["id"]: row["status"] for row in sandbox.truth()["sessions"]}
    assert status == {attempt.session: "expired", other.session: "open"}


# When Stripe stumbles


def test_a_500_after_the_effect_adopts_the_session(sandbox, order):
    sandbox.fail_next(operation="POST /v1/checkout/sessions", moment="after", times=1)
    attempt = actions.start_card_payment(order, by=order.user, language="ko")
    [session] = sandbox.truth()["sessions"]
    assert (attempt.session, attempt.status) == (session["id"], Attempt.Status.OPEN)


def test_a_time_out_after_the_effect_finds_the_session(sandbox, order):
    sandbox.fail_next(operation="POST /v1/checkout/sessions", kind="timeout", moment="after")
    attempt = actions.start_card_payment(order, by=order.user, language="ko")
    [session] = sandbox.truth()["sessions"]
    assert (attempt.session, attempt.status) == (session["id"], Attempt.Status.OPEN)


def test_a_500_without_effect_lets_the_buyer_try_again(sandbox, buyer, order):
    sandbox.fail_next(operation="POST /v1/checkout/sessions")
    answer = buyer.post(page(order) + "pay/", {"method": "card"})
    assert answer.status_code == 303 and answer.url == "/"
    assert order.attempts.get().status == Attempt.Status.FAILED
    buyer.post(page(order) + "pay/", {"method": "card"})
    assert [row.status for row in order.attempts.order_by("pk")] == ["failed", "open"]
    assert len(sandbox.truth()["sessions"]) == 1


def test_silence_keeps_the_attempt_and_its_key(sandbox, buyer, order):
    sandbox.fail_next(kind="timeout", times=6)
    buyer.post(page(order) + "pay/", {"method": "card"})
    first = order.attempts.get()
    assert first.status == Attempt.Status.CREATED
    while sandbox.store.rows("SELECT 1 FROM faults"):
        sandbox.store.execute("DELETE FROM faults")
    buyer.post(page(order) + "pay/", {"method": "card"})
    first.refresh_from_db()
    assert first.status == Attempt.Status.OPEN
    assert len(sandbox.truth()["sessions"]) == 1


def test_a_session_paid_before_its_name_was_written_down(sandbox, order, attempt):
    """The process died between Stripe's answer and our commit."""
    sandbox.pay(attempt.session)
    Attempt.objects.update(session=None, url="", status=Attempt.Status.CREATED)
    actions.fulfil(attempt.session)
    assert state(order) == PAID
    assert Attempt.objects.get().session == attempt.session


def test_provider_events_hold_no_personal_data(sandbox, order, attempt, deliver):
    sandbox.pay(attempt.session)
    for event in sandbox.events():
        deliver(event)
    kept = str(list(ProviderEvent.objects.values_list("payload", flat=True)))
    assert order.user.email not in kept and order.buyer_name not in kept
    assert Payment.objects.count() == 1
    assert card.provider().is_live is False
