"""Where the payer agrees first and money moves on our word: approvals, and virtual accounts."""

import json
import uuid
from datetime import timedelta

import pytest
import requests
import time_machine
from django.test import Client

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.actions import card
from kosna.payments.models import Attempt, Order, OrderLine, Payment, ProviderEvent, Refund, Task
from kosna.payments.providers import gateway
from kosna.payments.providers.base import ProviderDown, ProviderRefused
from kosna.payments.providers.toss import words
from kosna.payments.providers.toss.http import read
from tests.payments import shop
from tests.payments.gateways import TOSS_SECRET, StripeHands, TossHands, page
from tests.payments.test_gateways import books, state

Status = Attempt.Status


def click(buyer: Client, order: Order, method: str = "card") -> Attempt:
    buyer.post(page(order) + "pay/", {"method": method})
    return order.attempts.order_by("-pk").first()


@pytest.fixture
def attempt(toss: TossHands, buyer: Client, order: Order) -> Attempt:
    """The buyer has agreed on the page and is on the way back."""
    attempt = click(buyer, order)
    toss.pay(attempt)
    return attempt


def unpaid(toss: TossHands, order: Order) -> bool:
    order.refresh_from_db()
    return (toss.held(), order.payments.count()) == ((0, 0), 0)


# Approving


def test_the_order_is_known_by_its_id_and_paid_without_vat_that_is_not_due(toss, buyer, cast):
    order = actions.place_order(
        payable=shop.KIND,
        user=cast.account,
        branch=cast.busan,
        buyer_name=cast.account.name,
        title_ko="연회비",
        title_en="Dues",
        lines=[shop.line(33_000, vat_class=OrderLine.VatClass.NONE)],
        by=cast.account,
    )
    payment = toss.payment(click(buyer, order))
    environment, code, attempt = words.parts_of(payment["orderId"])
    assert (environment, code) == ("test", order.code)
    assert attempt == str(order.attempts.get().uuid)
    assert (payment["totalAmount"], payment["taxFreeAmount"], payment["vat"]) == (33_000, 33_000, 0)


def test_the_card_company_may_still_say_no(toss, buyer, order):
    attempt = click(buyer, order)
    toss.sandbox.toss.agree(toss.key(attempt), approval="declined")
    toss.come_back(buyer, order, attempt)
    attempt.refresh_from_db()
    assert (attempt.status, unpaid(toss, order)) == (Status.FAILED, True)
    assert "REJECT_CARD_PAYMENT" in attempt.error
    assert Message.objects.filter(template="payment_failed").count() == 1
    again = click(buyer, order)
    toss.pay(again)
    toss.come_back(buyer, order, again)
    assert state(order)[:3] == (Order.Status.PAID, 1, 33_000)


def test_an_approval_that_broke_down_is_asked_for_again_under_a_new_key(
    toss, buyer, order, attempt
):
    toss.fail("approve")
    toss.come_back(buyer, order, attempt)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.tries, unpaid(toss, order)) == (Status.PROCESSING, 1, True)
    shown = buyer.get(page(order)).content.decode()
    assert f"?sid={attempt.session}" in shown
    buyer.get(page(order), {"sid": attempt.session})
    assert state(order)[:3] == (Order.Status.PAID, 1, 33_000)


@pytest.mark.parametrize("kind", ["timeout", "error"])
def test_an_approval_whose_answer_was_lost_charges_once(toss, buyer, order, attempt, kind):
    """A repetition under the same key finds out, or a look at the payment."""
    toss.fail("approve", kind=kind, moment="after")
    toss.come_back(buyer, order, attempt)
    assert state(order)[:3] == (Order.Status.PAID, 1, 33_000)
    assert toss.held() == (33_000, 0)


def test_what_was_approved_and_never_heard_of_again_is_found_by_reconciliation(
    toss, order, attempt
):
    agreed = gateway("toss").fetch(attempt.session)
    toss.fail("approve", moment="after")
    toss.fail("look", kind="timeout", times=3)
    with pytest.raises(ProviderDown):
        card.apply_state(agreed)
    attempt.refresh_from_db()
    assert attempt.status == Status.PROCESSING and not order.payments.exists()
    Attempt.objects.update(created_at=clock.now() - timedelta(minutes=10))
    actions.reconcile()
    assert state(order)[:3] == (Order.Status.PAID, 1, 33_000)
    assert toss.held() == (33_000, 0)


def test_another_amount_in_the_browser_is_not_approved(toss, buyer, order, attempt):
    buyer.get(page(order), toss.way_back(attempt) | {"amount": 1})
    assert unpaid(toss, order)
    toss.come_back(buyer, order, attempt)
    assert state(order)[:2] == (Order.Status.PAID, 1)


def test_an_order_that_ended_meanwhile_is_not_approved(toss, buyer, order, attempt):
    buyer.post(page(order) + "cancel/")
    toss.come_back(buyer, order, attempt)
    assert unpaid(toss, order)
    assert order.status == Order.Status.CANCELLED


def test_an_order_that_was_paid_otherwise_is_not_approved(toss, buyer, order, attempt):
    actions.record_payment(
        order=order,
        provider="bank",
        reference="bank:1",
        method="bank_transfer",
        amount=10_000,
        received_at=clock.now(),
    )
    toss.come_back(buyer, order, attempt)
    attempt.refresh_from_db()
    assert (attempt.status, toss.held()) == (Status.FAILED, (0, 0))
    again = click(buyer, order)
    assert (again.amount, again.status) == (23_000, Status.OPEN)


def test_an_agreement_is_good_for_ten_minutes(toss, buyer, order, attempt):
    toss.sandbox.advance(601)
    toss.come_back(buyer, order, attempt)
    attempt.refresh_from_db()
    assert (attempt.status, unpaid(toss, order)) == (Status.EXPIRED, True)


def test_a_page_that_was_left_stays_open(toss, buyer, order):
    attempt = click(buyer, order)
    left = {"code": "PAY_PROCESS_CANCELED", "message": "<b>"}
    assert buyer.get(page(order), left).status_code == 303
    assert "<b>" not in buyer.get(page(order)).content.decode()
    assert click(buyer, order).url == attempt.url


def test_what_was_paid_elsewhere_is_refunded_and_heard_of_there(
    toss, sandbox, settings, buyer, order, cast
):
    """The gateway is changed while its key stays set."""
    stripe = StripeHands(sandbox)
    stripe.settings(settings)
    attempt = click(buyer, order)
    stripe.pay(attempt)
    toss.settings(settings)
    stripe.deliver_all()
    assert state(order)[:2] == (Order.Status.PAID, 1)
    refund = actions.request_refund(order=order, amount=1_000, reason="", by=cast.head_office)
    actions.approve_refund(refund, by=cast.treasurer)
    assert actions.send_refund(refund).status == Refund.Status.DONE
    other = click(buyer, shop.order_of(cast.account, cast.busan))
    assert (other.provider, stripe.held()) == ("toss", (33_000, 1_000))


@pytest.mark.parametrize(
    ("amount", "offered"), [(50, []), (150, ["card"]), (33_000, ["card", "va"])]
)
def test_the_order_offers_what_the_gateway_takes(toss, buyer, cast, amount, offered):
    order = shop.order_of(cast.account, cast.busan, amount)
    shown = buyer.get(page(order)).content.decode()
    assert [method for method in ("card", "va") if f'value="{method}"' in shown] == offered
    for method in {"card", "va"} - set(offered):
        assert click(buyer, order, method) is None


# 가상계좌


@pytest.fixture
def account(toss: TossHands, buyer: Client, order: Order) -> Attempt:
    """An account was given out for the order."""
    attempt = click(buyer, order, "va")
    toss.sandbox.toss.agree(toss.key(attempt), bank="88")
    toss.come_back(buyer, order, attempt)
    attempt.refresh_from_db()
    order.refresh_from_db()
    return attempt


def test_an_account_is_shown_mailed_and_holds_the_order_until_it_closes(
    toss, buyer, order, account
):
    known = toss.payment(account)["virtualAccount"]
    assert account.account == {
        "bank": "신한은행",
        "number": known["accountNumber"],
        "holder": order.buyer_name,
    }
    assert (account.status, account.url, order.method) == (Status.OPEN, "", Order.Method.VIRTUAL)
    assert order.expires_at == account.expires_at == words.instant(known["dueDate"])
    assert order.release_at == account.expires_at + timedelta(minutes=15)
    assert known["accountNumber"] in buyer.get(page(order)).content.decode()
    toss.deliver_all()
    _subject, text, _html = post.render(Message.objects.get(template="virtual_account"))
    assert known["accountNumber"] in text and "33,000원" in text
    answer = buyer.post(page(order) + "pay/", {"method": "va"})
    assert (answer.url, toss.opened()) == (page(order), 1)


def test_a_deposit_is_booked_once_however_often_it_is_told(toss, order, account):
    toss.sandbox.toss.deposit(toss.key(account))
    toss.deliver_all()
    toss.deliver_all()
    actions.reconcile()
    assert state(order) == (Order.Status.PAID, 1, 33_000, 1, 1, 1)
    assert order.payments.get().method == "virtual_account"
    assert not Task.objects.exists()


def test_a_deposit_that_nobody_told_of_is_found(toss, order, account):
    toss.sandbox.toss.deposit(toss.key(account))
    assert actions.reconcile().booked == 1
    assert state(order)[:3] == (Order.Status.PAID, 1, 33_000)


def test_an_account_that_closed_ends_its_order_and_a_late_deposit_meets_the_rules(
    toss, order, account
):
    Order.objects.update(title_ko=shop.SOLD_OUT)
    with time_machine.travel(order.release_at + timedelta(minutes=1), tick=False):
        assert toss.payment(account)["status"] == "EXPIRED"
        assert actions.expire_due() == 1
        account.refresh_from_db()
        order.refresh_from_db()
        assert (account.status, order.status) == (Status.EXPIRED, Order.Status.EXPIRED)
        toss.sandbox.toss.deposit(toss.key(account), late=True)
        toss.deliver_all()
    assert state(order)[:3] == (Order.Status.REVIEW, 1, 33_000)
    assert Task.objects.get().kind == Task.Kind.PAID_AFTER_EXPIRY


def test_a_deposit_of_another_amount_is_quarantined(toss, order, account):
    toss.sandbox.toss.deposit(toss.key(account), 1_000)
    toss.deliver_all()
    assert state(order)[:2] == (Order.Status.PENDING, 0)
    assert {task.kind for task in Task.objects.all()} == {Task.Kind.AMOUNT_DIFFERS}


def test_cancelling_the_order_takes_the_account_back(toss, buyer, order, account):
    buyer.post(page(order) + "cancel/")
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert toss.payment(account)["status"] == "CANCELED"


def test_paying_by_card_takes_the_account_back_and_what_comes_all_the_same_is_recorded(
    toss, buyer, order, account
):
    card = click(buyer, order)
    assert (card.method, toss.payment(account)["status"]) == ("card", "CANCELED")
    toss.pay(card)
    toss.come_back(buyer, order, card)
    toss.sandbox.toss.deposit(toss.key(account), late=True)
    actions.reconcile()
    order.refresh_from_db()
    assert (order.status, books()) == (Order.Status.PAID, 66_000)
    assert Task.objects.get().kind == Task.Kind.OVERPAID


def test_an_account_for_an_order_that_ended_is_taken_back(toss, buyer, order):
    attempt = click(buyer, order, "va")
    toss.charge_unseen(attempt)
    Order.objects.update(status=Order.Status.CANCELLED, closed_at=clock.now())
    Attempt.objects.update(status=Status.EXPIRED)
    toss.deliver_all()
    assert toss.payment(attempt)["status"] == "CANCELED"
    assert not Message.objects.filter(template="virtual_account").exists()


def test_a_deposit_that_the_bank_takes_back_is_for_people_to_look_at(toss, order, account):
    key = toss.key(account)
    toss.sandbox.toss.deposit(key)
    toss.deliver_all()
    toss.sandbox.toss.reverse(key)
    toss.deliver_all()
    assert state(order)[:3] == (Order.Status.PAID, 1, 33_000)
    assert "waiting" in ProviderEvent.objects.filter(outcome="quarantined").first().note


# Money that cannot go back the way it came


@pytest.fixture
def refund(toss: TossHands, order: Order, account: Attempt, cast) -> Refund:
    """10,000 won of a deposit, asked for."""
    toss.sandbox.toss.deposit(toss.key(account))
    toss.deliver_all()
    return actions.request_refund(order=order, amount=10_000, reason="불참", by=cast.head_office)


def test_a_deposit_goes_back_to_an_account_that_somebody_named(toss, refund, cast):
    with pytest.raises(Refused):
        actions.approve_refund(refund, by=cast.treasurer)
    refund.refresh_from_db()
    assert (refund.status, toss.held()) == (Refund.Status.REQUESTED, (33_000, 0))
    actions.approve_refund(shop.account_for(refund), by=cast.treasurer)
    toss.sandbox.configure(refunds="pending")
    assert actions.send_refund(refund).status == Refund.Status.SENT
    told = toss.payment(refund.payment.attempt)["virtualAccount"]["refundReceiveAccount"]
    assert told == {"bankCode": "88", "accountNumber": "110123456789", "holderName": "박서준"}
    toss.bounce(refund.payment)
    toss.deliver_all()
    refund.refresh_from_db()
    assert (refund.status, books()) == (Refund.Status.FAILED, 33_000)
    toss.sandbox.configure(refunds="succeeded")
    assert actions.send_refund(refund).status == Refund.Status.DONE
    assert (toss.held(), books()) == ((33_000, 10_000), 23_000)


# Who may tell us


@pytest.mark.parametrize("secret", ["", "guessed", TOSS_SECRET[:-1]])
def test_notices_come_to_a_secret_address(toss, order, account, secret):
    [*_, notice] = toss.notices()
    address = f"/webhooks/toss/{secret}/" if secret else "/webhooks/toss/"
    answer = Client().post(address, notice["payload"], content_type="application/json")
    assert answer.status_code == 400
    assert not ProviderEvent.objects.exists()


def test_a_deposit_notice_brings_the_secret_of_its_payment(toss, order, account):
    toss.sandbox.toss.deposit(toss.key(account))
    [*_, notice] = toss.sandbox.toss.notices("DEPOSIT_CALLBACK DONE")
    notice["payload"]["secret"] = "ps_guessed"
    assert toss.deliver(notice).status_code == 200
    assert ProviderEvent.objects.get().outcome == ProviderEvent.Outcome.QUARANTINED
    assert not Payment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", ["", "[]", "null", "{", "{}", '{"eventType": 1, "data": []}', '{"secret": "a"}',
             '{"eventType": "PAYMENT_STATUS_CHANGED", "data": {"orderId": 1}}'],
)  # fmt: skip
def test_nonsense_is_refused_and_not_kept(toss, body):
    answer = Client().post(f"/webhooks/toss/{TOSS_SECRET}/", body, content_type="application/json")
    assert answer.status_code == 400 or ProviderEvent.objects.get().outcome == "ignored"
    assert not Payment.objects.exists()


@pytest.mark.django_db
def test_other_kinds_and_other_shops_are_left_alone(toss):
    for payload in (
        {"eventType": "payout.changed", "data": {"id": "1"}},
        {"eventType": "PAYMENT_STATUS_CHANGED", "data": {"orderId": "39_C_1", "status": "DONE"}},
    ):
        assert toss.deliver({"payload": payload}).content == b"ignored"


# Words


@pytest.mark.parametrize(
    ("status", "body", "kind", "answered"),
    [
        (500, {"code": "FAILED_INTERNAL_SYSTEM_PROCESSING", "message": ""}, ProviderDown, True),
        (502, None, ProviderDown, True),
        (400, {"code": "PROVIDER_ERROR", "message": ""}, ProviderDown, True),
        (409, {"code": "IDEMPOTENT_REQUEST_PROCESSING", "message": ""}, ProviderDown, False),
        (429, {"code": "TOO_MANY_REQUESTS", "message": ""}, ProviderDown, False),
        (401, {"code": "UNAUTHORIZED_KEY", "message": ""}, ProviderDown, False),
        (400, {"code": "INVALID_API_KEY", "message": ""}, ProviderDown, False),
        (200, None, ProviderDown, False),
        (403, {"code": "REJECT_CARD_PAYMENT", "message": ""}, ProviderRefused, None),
        (404, {"error": {"code": "NOT_FOUND_PAYMENT", "message": ""}}, ProviderRefused, None),
        (400, [], ProviderRefused, None),
    ],
)
def test_errors_are_unknown_or_no(status, body, kind, answered):
    answer = requests.Response()
    answer.status_code = status
    answer._content = b"<html>" if body is None else json.dumps(body).encode()
    with pytest.raises(kind) as problem:
        read(answer)
    assert getattr(problem.value, "answered", None) is answered


def test_ids_are_ours_or_nobodys():
    known = uuid.uuid4()
    orderid = words.order_id("development", "ABCDEFGHJK", known)
    assert len(orderid) <= 64
    assert words.parts_of(orderid) == ("development", "ABCDEFGHJK", str(known))
    for other in ("", "39_C_1_51", orderid + "0", orderid.upper()):
        assert words.parts_of(other) == ("", "", "")


@pytest.mark.parametrize(
    ("bank", "code"), [("우리", "20"), ("우리은행", "20"), ("88", "88"), ("카카오뱅크", "90")]
)
def test_banks_go_by_name_or_code(bank, code):
    assert words.bank_code(bank) == code
