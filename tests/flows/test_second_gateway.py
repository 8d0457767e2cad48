"""The same portal on the other gateway, which the settings alone have switched on: a payer agrees
there, comes back and is charged; an account is given out and paid into while nobody looks."""

import pytest

from kosna.payments.models import Order
from tests import factories


@pytest.fixture
def switched(portal, settings):
    settings.PAYMENT_GATEWAY = "toss"
    settings.TOSS_SECRET_KEY = "test_sk_sandbox"
    return portal


@pytest.fixture
def buyer(switched, people, enter):
    """At the page of an order over 55,000 won."""
    ticket = factories.make_ticket(factories.make_event("conference"))
    person = enter("account").open("/events/conference/register/")
    person.press("ticket", ticket=ticket.pk, myself=True)
    return person


def test_by_card(switched, buyer):
    order = Order.objects.get()
    buyer.press("/pay/", method="card").press("outcome", outcome="agree", choice="naver_pay")
    assert buyer.url == f"/orders/{order.code}/"
    assert "네이버페이" in buyer.text
    switched.work()
    order.refresh_from_db()
    assert (order.status, order.payments.get().provider) == (Order.Status.PAID, "toss")
    assert switched.problems() == {}


def test_into_a_virtual_account(switched, buyer, people):
    order = Order.objects.get()
    buyer.press("/pay/", method="va").press("outcome", outcome="agree", bank="88")
    [payment] = switched.sandbox.toss.truth()["payments"]
    number = payment["virtualAccount"]["accountNumber"]
    assert number in buyer.text and "신한은행" in buyer.text
    mails = switched.mails(people.account.email)
    assert [mail for mail in mails if number in mail.body]
    switched.sandbox.toss.deposit(payment["paymentKey"])
    switched.work()  # nobody is at the page: the notices alone tell us
    order.refresh_from_db()
    assert (order.status, order.payments.get().method) == (Order.Status.PAID, "virtual_account")
    assert "결제가 끝났습니다" not in buyer.open(f"/orders/{order.code}/").text
    assert switched.problems() == {}
