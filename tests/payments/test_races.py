"""Everything at once, with threads and real commits, on whichever database runs the tests. Each
test has a twin in which what protects us is taken away, and which must break."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.models import Counter
from kosna.documents.models import Document
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.actions import claims, settlement
from kosna.payments.actions import proofs as proof_actions
from kosna.payments.models import Attempt, LedgerEntry, Order, Payment, Proof, Refund
from kosna.payments.providers.stripe import Stripe
from members import actions as members
from members.actions import periods
from members.models import Member, Period
from tests.conftest import make_cast
from tests.guards import without_key
from tests.members.conftest import make_application
from tests.payments import shop

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Runs each call in a thread of its own, all starting together."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        start.wait(10)
        try:
            return call()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def five_webhooks_and_the_success_page(sandbox, order: Order, attempt: Attempt, event: dict):
    payload, header = sandbox.signed(event)

    def webhook() -> int:
        answer = Client(headers={"Stripe-Signature": header}).post(
            "/webhooks/stripe/", payload, content_type="application/json"
        )
        return answer.status_code

    def success_page() -> int:
        client = Client()
        client.force_login(
            order.user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client.get(f"/orders/{order.code}/", {"sid": attempt.session}).status_code

    return at_once(*[webhook] * 5, success_page)


def test_five_webhooks_and_the_success_page_book_once(sandbox, paid_page):
    order, _attempt, _event = paid_page
    answers = five_webhooks_and_the_success_page(sandbox, *paid_page)
    assert answers == [200] * 5 + [303]
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Payment.objects.count() == LedgerEntry.objects.count() == 1
    assert Message.objects.filter(template="payment_received").count() == 1
    assert Document.objects.filter(kind=Document.Kind.RECEIPT).count() == 1
    assert shop.happened("delivered", order) == 1


def test_twin_without_a_key_money_is_booked_many_times(sandbox, paid_page, monkeypatch):
    """The charge's reference, which is unique, is made another one each time."""
    fetch = Stripe.fetch

    def nameless(self: Stripe, session: str):
        return replace(fetch(self, session), reference=str(uuid4()))

    monkeypatch.setattr(Stripe, "fetch", nameless)
    five_webhooks_and_the_success_page(sandbox, *paid_page)
    assert Payment.objects.count() > 1
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) > 33_000


@pytest.fixture
def first_dues() -> Order:
    """Of somebody who was admitted, and becomes a member by paying."""
    people = make_cast()
    application = make_application(
        people.applicant, people.regular_tier, people.busan, submitted=True
    )
    members.approve_application(application, basis="이사회", by=people.reviewer)
    application.refresh_from_db()
    return application.order


def test_five_webhooks_and_the_success_page_make_one_member(sandbox, first_dues):
    """The whole chain behind the money: days, a number, a line of the register, each once."""
    order = first_dues
    attempt = actions.start_card_payment(order, by=order.user, language="ko")
    sandbox.pay(attempt.session)
    [event] = sandbox.events("checkout.session.completed")

    answers = five_webhooks_and_the_success_page(sandbox, order, attempt, event)

    assert answers == [200] * 5 + [303]
    member = Member.objects.get(user=order.user)
    assert member.status == Member.Status.ACTIVE and member.number
    assert Counter.objects.get(kind="member").value == 1
    assert member.periods.count() == member.register_entries.count() == 1
    assert order.payments.count() == LedgerEntry.objects.filter(order=order).count() == 1
    for template in ("payment_received", "membership_started"):
        assert Message.objects.filter(template=template).count() == 1


def careless_move(row: Any, new: str, **changes: Any) -> None:
    """Without looking whether the row still stands where it was read."""
    type(row).objects.filter(pk=row.pk).update(status=new, **changes)
    row.status = new
    for name, value in changes.items():
        setattr(row, name, value)


def settle_twice_unguarded(order: Order, monkeypatch) -> None:
    """One payment is there, and two draw its consequences: both have read that the order waits for
    it, nothing is locked, and neither looks again before it writes."""
    settlement.write_payment(
        order=order,
        provider="bank",
        reference="bank:1",
        method="bank_transfer",
        amount=order.total,
        received_at=clock.now(),
    )
    both = threading.Barrier(2)
    look = settlement.net_paid

    def look_together(seen: Order) -> int:
        held = look(seen)
        both.wait(20)
        return held

    no_lock(monkeypatch)
    monkeypatch.setattr(settlement, "net_paid", look_together)
    monkeypatch.setattr(Order, "move_to", careless_move)
    at_once(*[lambda: settlement.settle.__wrapped__(order)] * 2)


def no_key_of_mails(monkeypatch) -> None:
    send = post.send
    monkeypatch.setattr(post, "send", lambda *args, **facts: send(*args, **facts | {"key": ""}))


def sent(template: str) -> int:
    return Message.objects.filter(template=template).count()


def test_twin_without_lock_and_swap_it_is_delivered_twice_and_told_once(sandbox, monkeypatch):
    """The mail's own key still holds."""
    people = make_cast()
    order = shop.order_of(people.account, people.busan)
    settle_twice_unguarded(order, monkeypatch)
    assert (shop.happened("delivered", order), sent("payment_received")) == (2, 1)


def test_twin_without_lock_swap_and_key_two_mails_are_sent(sandbox, monkeypatch):
    people = make_cast()
    order = shop.order_of(people.account, people.busan)
    no_key_of_mails(monkeypatch)
    settle_twice_unguarded(order, monkeypatch)
    assert (shop.happened("delivered", order), sent("payment_received")) == (2, 2)


def test_twin_without_any_lock_or_look_a_member_is_numbered_twice(first_dues, monkeypatch):
    """What is taken away besides: the member, too, is as it was read before, and that days were
    bought by this order already stops nobody."""
    member = Member.objects.select_related("tier", "branch", "user").get(user=first_dues.user)
    open_periods = periods._open_periods

    def opened(row: Member, order: Order, opens_on: date) -> Period:
        known = row.periods.select_related("tier").first()
        return known or open_periods(row, order, opens_on)

    monkeypatch.setattr(periods, "locked", lambda pk: copy(member))
    monkeypatch.setattr(periods, "_open_periods", opened)
    monkeypatch.setattr(Member, "move_to", careless_move)
    no_key_of_mails(monkeypatch)
    settle_twice_unguarded(first_dues, monkeypatch)
    assert Counter.objects.get(kind="member").value == 2
    assert member.register_entries.count() == 2
    assert sent("payment_received") == sent("membership_started") == 2


def no_lock(monkeypatch) -> None:
    """Neither the row nor, on SQLite, the transaction holds anybody back."""
    monkeypatch.setattr("kosna.payments.actions.settlement.lock", lambda orders: orders)


def meet(monkeypatch) -> None:
    """Two claims wait for one another after each has looked, if both can get there."""
    look = claims.refundable
    barrier = threading.Barrier(2)

    def looked(*args: object) -> object:
        found = look(*args)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(1.5)
        return found

    monkeypatch.setattr(claims, "refundable", looked)


def two_claims_on_all(request: Callable[..., Refund], order: Order) -> int:
    def claim() -> Refund:
        return request(order=order, amount=33_000, reason="", by=order.user)

    at_once(claim, claim)
    return sum(Refund.objects.values_list("amount", flat=True))


def test_two_claims_cannot_both_have_the_money(wired, monkeypatch):
    meet(monkeypatch)
    assert two_claims_on_all(actions.request_refund, wired) == 33_000


def test_twin_without_the_lock_more_is_claimed_than_was_paid(wired, monkeypatch):
    meet(monkeypatch)
    no_lock(monkeypatch)
    assert two_claims_on_all(actions.request_refund.__wrapped__, wired) == 66_000


def ask_at_once(order: Order, monkeypatch) -> int:
    """A cash receipt and an invoice for one payment, each asked for after both have looked."""
    look = proof_actions.choice_of
    barrier = threading.Barrier(2)

    def looked(*args: object) -> object:
        found = look(*args)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(1.5)
        return found

    monkeypatch.setattr(proof_actions, "choice_of", looked)
    payment = order.payments.get()
    business = actions.Business(identity="1234567891", company="㈜가온", representative="오세린")
    today = clock.today()
    at_once(
        lambda: actions.request_cash_receipt(
            payment, purpose=Proof.Purpose.DEDUCTION, identity="+821000000101", by=order.user
        ),
        lambda: actions.request_invoice(
            payment, business=business, written_on=today, by=order.user
        ),
    )
    return Proof.objects.live().filter(payment=payment).count()


def test_two_requests_for_one_payment_make_one_proof(wired, monkeypatch):
    assert ask_at_once(wired, monkeypatch) == 1


def test_twin_without_lock_and_index_one_payment_is_proven_twice(wired, monkeypatch):
    """What is taken away: the order's lock, on SQLite with the transaction that is it, and the
    index by which the database refuses a second one."""
    no_lock(monkeypatch)
    for name in ("request_cash_receipt", "request_invoice"):
        monkeypatch.setattr(actions, name, getattr(actions, name).__wrapped__)
    with without_key(Proof, "proof_one_a_payment"):
        assert ask_at_once(wired, monkeypatch) == 2
