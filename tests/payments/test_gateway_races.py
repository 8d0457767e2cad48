"""The page and the webhook at once, and a page in several tabs, with threads and real commits; and
what happens when their guards are taken away."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from kosna.payments import actions
from kosna.payments.actions import card, orders
from kosna.payments.models import Attempt, LedgerEntry, Order, Payment
from kosna.payments.providers.base import ProviderState
from kosna.payments.providers.toss import Toss
from tests.conftest import make_cast
from tests.payments import shop
from tests.payments.gateways import TossHands, page
from tests.payments.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def attempt(toss: TossHands) -> Attempt:
    people = make_cast()
    order = shop.order_of(people.account, people.busan)
    return actions.start_card_payment(order, by=people.account, language="ko")


def come_back(toss: TossHands, attempt: Attempt) -> int:
    client = Client()
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(attempt.order.user, backend=backend)
    return client.get(page(attempt.order), toss.way_back(attempt)).status_code


def booked_once(toss: TossHands, attempt: Attempt) -> bool:
    order = Order.objects.get()
    return (
        order.status == Order.Status.PAID
        and Payment.objects.count() == LedgerEntry.objects.count() == 1
        and shop.happened("delivered", order) == 1
        and toss.held() == (33_000, 0)
    )


def test_four_tabs_approve_once(toss, attempt):
    toss.pay(attempt)
    assert at_once(*[lambda: come_back(toss, attempt)] * 4) == [303] * 4
    assert booked_once(toss, attempt)


def without_a_key(monkeypatch) -> None:
    """The charge's reference, which is unique, is made another one each time."""
    fetch, approve = Toss.fetch, Toss.approve

    def nameless(state: ProviderState) -> ProviderState:
        return replace(state, reference=str(uuid4()))

    monkeypatch.setattr(Toss, "fetch", lambda *args: nameless(fetch(*args)))
    monkeypatch.setattr(Toss, "approve", lambda *args: nameless(approve(*args)))


def booked_often(toss: TossHands) -> bool:
    """More in our books than was charged."""
    booked = sum(LedgerEntry.objects.filter(amount__gt=0).values_list("amount", flat=True))
    return Payment.objects.count() > 1 and booked > toss.held()[0] == 33_000


def test_twin_without_a_key_four_tabs_book_often(toss, attempt, monkeypatch):
    without_a_key(monkeypatch)
    toss.pay(attempt)
    at_once(*[lambda: come_back(toss, attempt)] * 4)
    assert booked_often(toss)


def page_and_notices(toss: TossHands, attempt: Attempt) -> list[object]:
    toss.charge_unseen(attempt)
    [notice] = toss.notices()
    return at_once(
        *[lambda: toss.deliver(notice).status_code] * 3, *[lambda: come_back(toss, attempt)] * 2
    )


def test_the_page_and_its_notices_book_once(toss, attempt):
    assert page_and_notices(toss, attempt) == [200] * 3 + [303] * 2
    assert booked_once(toss, attempt)


def test_twin_without_a_key_the_page_and_its_notices_book_often(toss, attempt, monkeypatch):
    without_a_key(monkeypatch)
    page_and_notices(toss, attempt)
    assert booked_often(toss)


def test_approving_and_cancelling_at_once_has_one_end(toss, attempt):
    """Either the order is paid, or nothing was charged."""
    toss.pay(attempt)

    def cancel() -> object:
        actions.close_sessions(attempt.order)
        return actions.cancel_order(attempt.order, by=attempt.order.user, reason="")

    at_once(cancel, lambda: come_back(toss, attempt))
    order = Order.objects.get()
    if order.status == Order.Status.CANCELLED:
        assert (toss.held(), Payment.objects.count()) == ((0, 0), 0)
    else:
        assert booked_once(toss, attempt)


def test_twin_without_closing_and_asking_what_is_cancelled_is_charged(toss, attempt, monkeypatch):
    """What is taken away: the page is not closed before the order ends nor after it, and whoever
    approves does not ask, with the order locked, whether it still wants the money."""
    toss.pay(attempt)
    looked, cancelled = threading.Event(), threading.Event()

    def looks_away(claimed: Attempt, grace: timedelta) -> bool:
        looked.set()
        return cancelled.wait(20)

    def cancel() -> None:
        looked.wait(20)
        actions.cancel_order(attempt.order, by=attempt.order.user, reason="")
        cancelled.set()

    monkeypatch.setattr(card, "_claim_approval", looks_away)
    monkeypatch.setattr(orders.card, "close_leftovers", lambda order: None)
    at_once(cancel, lambda: come_back(toss, attempt))
    order = Order.objects.get()
    assert order.closed_at and order.status != Order.Status.PAID
    assert (toss.held(), Payment.objects.count()) == ((33_000, 0), 1)
    assert shop.happened("delivered", order) == 0
