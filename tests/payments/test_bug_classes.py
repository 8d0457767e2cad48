"""Bugs that others have had with payments by card, each by its name. Those of bank transfers and
refunds stand beside this."""

import pytest

from events.actions import cancel_registration
from events.models import Registration
from kosna.core.errors import Refused
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.models import MoneyRule, Order, Refund, Task
from tests.conftest import make_cast
from tests.payments import shop
from tests.payments.seats import (
    PRICE,
    another_page,
    books,
    let_lapse,
    mails,
    make_due,
    page_of,
    place_of,
    seats,
    take,
    valid_receipts,
)
from tests.payments.test_races import at_once

COMPLETED = "checkout.session.completed"
Status = Registration.Status


@pytest.fixture
def place(sandbox, cast) -> Order:
    """The only seat of an event, held by the account holder."""
    return take(seats(1, cast.busan), cast.account)


@pytest.fixture
def returning(cast) -> MoneyRule:
    """The association has decided that late money goes back by itself."""
    return actions.decide_rule(late_money="return", reason="제3차 이사회", by=cast.treasurer)


@pytest.fixture
def told_often(sandbox, place, buyer, deliver) -> list[int]:
    """Paid once; told by the success page, by its event three times and by a comparison. Gives the
    answers to the events."""
    page = page_of(place)
    sandbox.pay(page.session, "kakao_pay")
    buyer.get(f"/orders/{place.code}/", {"sid": page.session})
    [event] = sandbox.events(COMPLETED)
    answers = [deliver(event).status_code for _ in range(3)]
    actions.reconcile()
    place.refresh_from_db()
    return answers


def pay(sandbox, order: Order) -> None:
    page = page_of(order)
    sandbox.pay(page.session)
    actions.fulfil(page.session)
    order.refresh_from_db()


# Told more than once ------------------------------------------------------------------------------


def test_double_confirmation_sends_two_mails(told_often, place):
    """pretix#1166"""
    assert mails(place, "payment_received") == mails(place, "registration_confirmed") == 1


def test_amount_is_counted_twice(told_often, place):
    """saleor#14648"""
    assert (place.sum_paid(), books(place)) == (PRICE, PRICE)


def test_payment_is_settled_three_times(told_often, place):
    """vendure-plugins#620"""
    assert place.payments.count() == len(valid_receipts(place)) == 1
    assert place.status == Order.Status.PAID


def test_duplicate_event_is_answered_with_500(told_often):
    """dj-stripe#1239"""
    assert told_often == [200, 200, 200]


# Paid too late ------------------------------------------------------------------------------------


def late_for_the_seat(sandbox, place: Order, winner) -> Order:
    """The page outlives the deadline, somebody else gets the seat, and only then it is paid."""
    page = page_of(place)
    let_lapse(place)
    pay(sandbox, take(place_of(place).ticket, winner))
    sandbox.pay(page.session)
    actions.fulfil(page.session)
    actions.fulfil(page.session)
    place.refresh_from_db()
    return place


def test_paid_but_the_quota_is_gone(sandbox, place, cast):
    """pretix#74: the money is kept in the books, nobody gets a ticket, and a person is asked."""
    late_for_the_seat(sandbox, place, cast.regular)
    assert (place.status, books(place)) == (Order.Status.REVIEW, PRICE)
    assert place_of(place).status == Status.EXPIRED
    assert mails(place, "payment_late") == 1
    assert mails(place, "registration_confirmed") == mails(place, "payment_received") == 0
    task = place.tasks.get()
    assert (task.kind, task.status) == (Task.Kind.PAID_AFTER_EXPIRY, Task.Status.OPEN)
    assert not Refund.objects.exists()


def test_charge_is_kept_without_a_refund(sandbox, place, cast, returning):
    """eventyay PR#5268: where it was decided so, the money is on its way back at once, and once."""
    late_for_the_seat(sandbox, place, cast.regular)
    actions.reconcile()
    place.refresh_from_db()
    assert (place.status, books(place)) == (Order.Status.REFUNDED, 0)
    assert [refund["amount"] for refund in sandbox.truth()["refunds"]] == [PRICE]
    assert place.refunds.get().status == Refund.Status.DONE
    assert place.tasks.get().status == Task.Status.DONE
    assert mails(place, "payment_late") == 1
    assert Message.objects.get(template="payment_late").context["is_returned"]
    assert place_of(place).status == Status.EXPIRED


def test_paid_after_cancellation_yet_the_ticket_is_mailed(sandbox, place, cast, returning):
    """kompassi PR#1016"""
    page = page_of(place)
    actions.cancel_order(place, by=cast.account, reason="")
    sandbox.pay(page.session)
    actions.fulfil(page.session)
    place.refresh_from_db()
    assert place_of(place).status == Status.CANCELLED
    assert mails(place, "registration_confirmed") == 0
    assert mails(place, "payment_late") == 1
    assert (place.status, books(place)) == (Order.Status.REFUNDED, 0)


def test_pending_for_ever(sandbox, place):
    """pretix#2629: the event never came; nothing is given up before the provider was asked."""
    sandbox.pay(page_of(place).session)
    Order.objects.filter(pk=place.pk).update(
        expires_at=place.created_at, release_at=place.created_at
    )
    assert actions.expire_due() == 0
    place.refresh_from_db()
    assert (place.status, place_of(place).status) == (Order.Status.PAID, Status.CONFIRMED)


def test_cancelled_at_the_provider_only(sandbox, place):
    """pretix#1230: closed there and nobody told us; the buyer gets another page, and the last one
    ends with its order."""
    page = page_of(place)
    sandbox.expire(page.session)
    second = page_of(place)
    assert second.session != page.session
    sandbox.expire(second.session)
    actions.reconcile()
    second.refresh_from_db()
    assert second.status == second.Status.EXPIRED
    make_due(place)
    assert actions.expire_due() == 1
    assert place_of(place).ticket.taken == 0


def test_early_bird_price_is_payable_after_the_deadline(sandbox, place, cast):
    """pretix#4493"""
    let_lapse(place)
    with pytest.raises(Refused):
        page_of(place)
    with pytest.raises(Refused):
        actions.choose_bank_transfer(place, by=cast.account)
    assert sandbox.truth()["sessions"] == []


# Paid twice ---------------------------------------------------------------------------------------


@pytest.fixture
def paid_twice(sandbox, place) -> Order:
    """Two pages of one order, and the buyer paid on both."""
    for page in (page_of(place), another_page(place)):
        sandbox.pay(page.session)
    for page in place.attempts.order_by("pk"):
        actions.fulfil(page.session)
        actions.fulfil(page.session)
    place.refresh_from_db()
    return place


def test_two_payable_sessions(sandbox, paid_twice):
    """umbraco#895, woocommerce-payments#5678: both were paid, and one of them goes back, once."""
    actions.reconcile()
    truth = sandbox.truth()
    assert (truth["captured"], truth["refunded"]) == (2 * PRICE, PRICE)
    assert books(paid_twice) == PRICE
    second = paid_twice.payments.order_by("pk").last()
    refund = paid_twice.refunds.get()
    assert (refund.payment, refund.status, refund.approved_by) == (second, "done", None)
    assert paid_twice.tasks.get().status == Task.Status.DONE


def test_refund_of_the_duplicate_kills_the_valid_order(paid_twice):
    """pretix#343"""
    assert paid_twice.status == Order.Status.PAID
    assert place_of(paid_twice).status == Status.CONFIRMED
    assert mails(paid_twice, "surplus_returned") == 1
    assert mails(paid_twice, "refund_done") == mails(paid_twice, "registration_cancelled") == 0
    [receipt] = valid_receipts(paid_twice)
    first = paid_twice.payments.order_by("pk").first()
    ask = actions.request_refund(order=paid_twice, amount=5_000, reason="x", by=None, payment=first)
    ask.move_to("approved")
    actions.send_refund(ask)
    [next_receipt] = valid_receipts(paid_twice)
    assert receipt != next_receipt
    assert actions.refundable(first) == PRICE - 5_000


def test_unpaid_completed_is_fulfilled(sandbox, place, deliver):
    """AI-Shipping-Labs#1423: the page was completed, and the bank decides later."""
    page = page_of(place)
    sandbox.pay(page.session, later="failed")
    deliver(sandbox.events(COMPLETED)[0])
    place.refresh_from_db()
    assert (place.status, books(place)) == (Order.Status.PENDING, 0)
    assert place_of(place).status == Status.HELD
    assert mails(place, "registration_confirmed") == 0


def test_not_payable_is_mistaken_for_free(sandbox, cast):
    """woocommerce#68289: no method takes fifty won, which makes nothing of it paid."""
    order = shop.order_of(cast.account, cast.busan, 50)
    with pytest.raises(Refused):
        page_of(order)
    actions.settle_free(order, by=cast.account)
    actions.reconcile()
    order.refresh_from_db()
    assert (order.status, order.payments.count()) == (Order.Status.PENDING, 0)


def test_won_are_taken_for_cents(sandbox, place):
    """Paymenter#1258, InvoicePlane#1677, opencollective#4297: a hundred times as much."""
    page_of(place)
    [session] = sandbox.truth()["sessions"]
    assert (session["amount_total"], session["currency"]) == (PRICE, "krw")


# Given back ---------------------------------------------------------------------------------------


def ask_back(order: Order, cast, amount: int) -> Refund:
    refund = actions.request_refund(order=order, amount=amount, reason="불참", by=cast.head_office)
    actions.approve_refund(refund, by=cast.treasurer)
    return refund


def test_partial_then_full_refund_conflict(sandbox, place, cast, deliver):
    """emfcamp#413: a part at the desk, a part in the dashboard, and then what is left."""
    pay(sandbox, place)
    actions.send_refund(ask_back(place, cast, 10_000))
    sandbox.refund(place.payments.get().reference, 5_000)
    for event in sandbox.events("refund.created") * 2:
        deliver(event)
    assert (books(place), place.refunds.count()) == (PRICE - 15_000, 2)
    with pytest.raises(Refused):
        ask_back(place, cast, PRICE - 14_999)
    actions.send_refund(ask_back(place, cast, PRICE - 15_000))
    place.refresh_from_db()
    assert (place.status, books(place)) == (Order.Status.REFUNDED, 0)
    assert (sandbox.truth()["balance"], place_of(place).status) == (0, Status.CANCELLED)


def test_dashboard_refund_is_unknown_and_a_later_refund_too_large(sandbox, place, cast, deliver):
    """openfoodnetwork#5449: the provider refuses ours; when we learn why, its claim is dropped."""
    pay(sandbox, place)
    ours = ask_back(place, cast, PRICE)
    for amount in (20_000, 15_000):
        sandbox.refund(place.payments.get().reference, amount)
    actions.send_refund(ours)
    assert (ours.status, books(place)) == (Refund.Status.FAILED, PRICE)
    for event in sandbox.events("charge.refunded") * 2:
        deliver(event)
    ours.refresh_from_db()
    assert (ours.status, books(place)) == (Refund.Status.REJECTED, PRICE - 35_000)
    assert sandbox.truth()["balance"] == PRICE - 35_000
    with pytest.raises(Refused):
        ask_back(place, cast, PRICE - 34_999)
    assert actions.refundable(place.payments.get()) == PRICE - 35_000


def test_cancelled_twice_the_seat_returns_twice(sandbox, cast, deliver):
    """emfcamp#638"""
    ticket = seats(2, cast.busan)
    stays, goes = take(ticket, cast.regular), take(ticket, cast.account)
    for order in (stays, goes):
        pay(sandbox, order)
    cancel_registration(registration=place_of(goes), by=cast.account)
    with pytest.raises(Refused):
        cancel_registration(registration=place_of(goes), by=cast.account)
    refund = goes.refunds.get()
    actions.approve_refund(refund, by=cast.treasurer)
    actions.send_refund(refund)
    for event in sandbox.events("refund.created") * 2:
        deliver(event)
    ticket.refresh_from_db()
    assert (ticket.taken, place_of(stays).status) == (1, Status.CONFIRMED)


@pytest.mark.django_db(transaction=True)
def test_oversold_when_the_lock_is_skipped(sandbox, settings):
    """eventyay#1359: three late payments for the one seat that is free again, all told at once.
    The twin without what protects the seat stands in tests/events/test_rushes.py."""
    cast = make_cast()
    ticket = seats(1, cast.busan)
    sessions = []
    for user in (cast.account, cast.regular, cast.associate):
        order = take(ticket, user)
        sessions.append(page_of(order).session)
        key, settings.STRIPE_SECRET_KEY = settings.STRIPE_SECRET_KEY, ""
        let_lapse(order)  # and its page cannot be closed
        settings.STRIPE_SECRET_KEY = key
    for session in sessions:
        sandbox.pay(session)
    at_once(*[lambda session=session: actions.fulfil(session) for session in sessions])
    ticket.refresh_from_db()
    assert ticket.taken == Registration.objects.filter(status=Status.CONFIRMED).count() == 1
    assert sorted(Order.objects.values_list("status", flat=True)) == ["paid", "review", "review"]
    assert sum(books(order) for order in Order.objects.all()) == 3 * PRICE
