"""The page and the webhook at once, and a page in several tabs, with threads and real commits. What
is missing when money is booked twice is shown in ``test_races``."""

import pytest
from django.test import Client

from kosna.payments import actions
from kosna.payments.models import Attempt, LedgerEntry, Order, Payment
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


def test_the_page_and_its_notices_book_once(toss, attempt):
    toss.charge_unseen(attempt)
    [notice] = toss.notices()
    answers = at_once(
        *[lambda: toss.deliver(notice).status_code] * 3, *[lambda: come_back(toss, attempt)] * 2
    )
    assert answers == [200] * 3 + [303] * 2
    assert booked_once(toss, attempt)


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
