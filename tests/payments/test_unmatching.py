"""A deposit was another's: order, thing bought, papers and books stand as they stood, and the money
is nobody's again."""

from datetime import timedelta

import pytest
import time_machine

from events.actions import Attendee, check_in, register
from events.models import Registration
from kosna import verify
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.actions.matching import Share, match_open
from kosna.payments.models import (
    Alias,
    Deposit,
    LedgerEntry,
    Match,
    Order,
    Payment,
    Refund,
    ShareEntry,
    Task,
)
from tests import factories
from tests.payments import division, shop
from tests.payments.office import make_office
from tests.payments.statements import deposit
from tests.payments.test_matching import owed, typed

DAY = timedelta(days=1)


@pytest.fixture
def cast(db):
    return make_office()


def pay(cast, order: Order, amount: int | None = None, payer: str = "남의돈") -> Match:
    won = amount or order.total
    row = deposit(cast, payer, won)
    return actions.match_deposit(row, shares=[Share(order, won)], by=cast.treasurer)[0]


def take_back(cast, match: Match) -> Match:
    return actions.unmatch_deposit(match, reason="다른 사람의 입금", by=cast.treasurer)


def facts(order: Order) -> dict:
    """All that a match may change about an order."""
    row = Order.objects.filter(pk=order.pk).values(
        "status", "method", "total", "expires_at", "release_at", "paid_at"
    )[0]
    return row | {
        "closed": Order.objects.get(pk=order.pk).closed_at,
        "paid": order.sum_paid(),
        "open tasks": order.tasks.filter(status=Task.Status.OPEN).count(),
        "receipts": Document.objects.valid().filter(key__startswith=f"receipt:{order.pk}:").count(),
    }


OF_MEMBERS = {verify.register_says_what_members_are, verify.companies_are_run}  # not of factories


def all_is_well() -> bool:
    problems = [found for check in verify.CHECKS if check not in OF_MEMBERS for found in check()]
    assert problems == []
    return True


def test_an_order_stands_as_it_stood(cast):
    order = owed(cast, "가나다")
    before = facts(order)
    match = pay(cast, order)
    assert facts(order)["status"] == Order.Status.PAID
    take_back(cast, match)
    assert facts(order) == before
    assert (shop.happened("delivered", order), shop.happened("undelivered", order)) == (1, 1)
    row = Deposit.objects.get()
    assert (row.status, row.left, row.matches.get().stands) == (Deposit.Status.OPEN, 33_000, False)
    assert [p.amount for p in Payment.objects.order_by("pk")] == [33_000, -33_000]
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 33_000  # it is at the bank
    assert Document.objects.get().status == Document.Status.VOID
    assert Message.objects.filter(template="payment_reversed").count() == 1
    assert all_is_well()


def test_it_can_be_matched_again_and_the_buyer_is_told_again(cast):
    order = owed(cast, "가나다")
    take_back(cast, pay(cast, order))
    row = Deposit.objects.select_related("line__account").get()
    [match] = actions.match_deposit(row, shares=[Share(order, 33_000)], by=cast.treasurer)
    order.refresh_from_db()
    assert (order.status, match.number) == (Order.Status.PAID, 2)
    assert Message.objects.filter(template="payment_received").count() == 2
    assert all_is_well()


def test_a_match_is_taken_back_once(cast):
    match = pay(cast, owed(cast, "가나다"))
    take_back(cast, match)
    with pytest.raises(Refused):
        take_back(cast, match)
    assert Payment.objects.count() == 2


def test_what_was_taken_back_is_not_matched_by_itself_again(cast):
    """It fits as well as before, and a person has said that it was another's."""
    order = owed(cast, "가나다")
    row = deposit(cast, order.depositor_name)
    assert match_open(cast.hq, by=cast.treasurer) == 1
    take_back(cast, row.matches.get())
    other = owed(cast, "라마바")
    deposit(cast, other.depositor_name)
    assert match_open(cast.hq, by=cast.treasurer) == 1  # the other one alone
    assert facts(order)["status"] == Order.Status.PENDING
    assert facts(other)["status"] == Order.Status.PAID


def test_what_was_learnt_is_forgotten(cast):
    match = pay(cast, owed(cast, "가나다"))
    assert Alias.objects.exists()
    take_back(cast, match)
    assert not Alias.objects.exists()


def test_the_first_half_taken_back_leaves_the_second(cast):
    order = owed(cast, "가나다")
    before = facts(order)
    first, _second = pay(cast, order, 20_000), pay(cast, order, 13_000)
    assert facts(order)["status"] == Order.Status.PAID
    take_back(cast, first)
    assert facts(order) == before | {"paid": 13_000}
    pay(cast, order, 20_000)
    assert facts(order)["status"] == Order.Status.PAID and all_is_well()


def refund(cast, order: Order, amount: int = 33_000, *, is_done: bool = True) -> Refund:
    """Of the line that the order bought."""
    line = order.lines.get()
    row = actions.request_refund(
        order=order, line=line, amount=amount, reason="변심", by=cast.head_office
    )
    if is_done:
        actions.approve_refund(shop.account_for(row), by=cast.treasurer)
        actions.send_refund(row, by=cast.treasurer)
        actions.complete_bank_refund(row, reference="B1", by=cast.treasurer)
    return row


@pytest.mark.parametrize(("amount", "is_done"), [(33_000, False), (10_000, True)])
def test_an_order_of_which_something_was_asked_back_stays_paid(cast, amount, is_done):
    """Another deposit was too much, and is taken back: the first one paid it nevertheless."""
    order = owed(cast, "가나다")
    first = pay(cast, order)
    second = pay(cast, order)
    asked = refund(cast, order, amount, is_done=is_done)
    take_back(cast, second if asked.payment == first.payment else first)
    assert (facts(order)["status"], facts(order)["paid"]) == (Order.Status.PAID, 33_000)
    assert not shop.happened("undelivered", order) and all_is_well()


def test_an_order_is_refunded_once_nothing_else_was_paid_for_it(cast):
    order = owed(cast, "가나다")
    first, second = pay(cast, order), pay(cast, order)
    done = refund(cast, order)
    take_back(cast, second if done.payment == first.payment else first)
    assert facts(order)["status"] == Order.Status.REFUNDED
    assert facts(order)["receipts"] == 0 and all_is_well()


def test_one_of_several_orders_is_taken_back(cast):
    orders = [owed(cast, "가나다"), owed(cast, "라마바")]
    row = deposit(cast, "㈜회사", 66_000)
    matches = actions.match_deposit(
        row, shares=[Share(order, 33_000) for order in orders], by=cast.treasurer
    )
    take_back(cast, matches[0])
    row.refresh_from_db()
    assert [facts(order)["status"] for order in orders] == [Order.Status.PENDING, Order.Status.PAID]
    assert (row.status, row.left) == (Deposit.Status.OPEN, 33_000) and all_is_well()


def test_too_much_taken_back_leaves_the_order_paid(cast):
    order = owed(cast, "가나다")
    pay(cast, order)
    paid = facts(order)
    match = pay(cast, order, 7_000)
    assert facts(order)["open tasks"] == 1
    take_back(cast, match)
    assert facts(order) == paid and all_is_well()


def test_a_cancelled_order_under_review_is_cancelled_again(cast):
    order = owed(cast, "가나다")
    actions.cancel_order(order, by=order.user, reason="")
    before = facts(order)
    match = pay(cast, order)
    assert (facts(order)["status"], facts(order)["open tasks"]) == (Order.Status.REVIEW, 1)
    take_back(cast, match)
    assert facts(order) == before and all_is_well()


def test_an_order_that_the_rules_refused_waits_again(cast):
    order = owed(cast, "가나다", title_ko=shop.SOLD_OUT)
    before = facts(order)
    match = pay(cast, order)
    assert facts(order)["status"] == Order.Status.REVIEW
    take_back(cast, match)
    assert facts(order) == before and shop.happened("undelivered", order) == 0


def test_a_deadline_that_passed_meanwhile_is_set_anew(cast):
    order = owed(cast, "가나다")
    match = pay(cast, order)
    with time_machine.travel(order.release_at + DAY, tick=False):
        take_back(cast, match)
        order.refresh_from_db()
        assert order.status == Order.Status.PENDING
        assert clock.now() < order.expires_at < order.release_at
        assert actions.expire_due() == 0


def test_money_that_was_refunded_is_not_taken_back(cast):
    order = owed(cast, "가나다")
    match = pay(cast, order)
    refund = actions.request_refund(order=order, amount=1_000, reason="x", by=cast.head_office)
    with pytest.raises(Refused):
        take_back(cast, match)
    assert facts(order)["status"] == Order.Status.PAID and match.deposit.left == 0
    actions.reject_refund(refund, by=cast.treasurer, reason="x")
    take_back(cast, match)
    with pytest.raises(Refused):  # and what was taken back cannot be refunded
        actions.request_refund(order=order, amount=1_000, reason="x", by=cast.head_office)
    assert all_is_well()


def test_a_line_of_what_was_typed_lets_go_of_it(cast):
    """The order stays paid: somebody typed it. Only the line is free again."""
    order = owed(cast, "가나다")
    payment = typed(cast, order)
    row = deposit(cast, "가나다")
    match_open(cast.hq, by=cast.treasurer)
    take_back(cast, row.matches.get())
    row.refresh_from_db()
    assert (facts(order)["status"], row.left) == (Order.Status.PAID, 33_000)
    actions.retract_deposit(payment, reason="잘못 입력", by=cast.treasurer)
    assert (facts(order)["status"], order.sum_paid()) == (Order.Status.PENDING, 0)
    with pytest.raises(Refused):
        actions.retract_deposit(payment, reason="x", by=cast.treasurer)
    assert all_is_well()


def test_the_branchs_share_follows(cast):
    order = division.order_of(cast.account, cast.busan, 100_000)
    match = pay(cast, order)
    shares = ShareEntry.objects.filter(line__order=order)
    assert [entry.amount for entry in shares] == [30_000]
    take_back(cast, match)
    assert sum(shares.values_list("amount", flat=True)) == 0 and all_is_well()
    pay(cast, order)
    assert sum(shares.values_list("amount", flat=True)) == 30_000 and all_is_well()


# What was bought ----------------------------------------------------------------------------------


@pytest.fixture
def place(cast) -> Registration:
    """A seat at an event with one seat left, waiting for a transfer."""
    event = factories.make_event("seminar", branch=cast.busan)
    ticket = factories.make_ticket(event, prices={None: 33_000}, capacity=1)
    order = register(
        ticket=ticket, attendees=[Attendee(name="account", is_buyer=True)], by=cast.account
    )
    actions.choose_bank_transfer(order, by=cast.account)
    return Registration.objects.get(line__order=order)


def seats(place: Registration) -> tuple:
    place.refresh_from_db()
    place.ticket.refresh_from_db()
    return place.status, place.confirmed_at, place.ticket.taken


def test_a_place_is_held_again(cast, place):
    before = seats(place), facts(place.line.order)
    match = pay(cast, place.line.order)
    assert seats(place)[0] == Registration.Status.CONFIRMED
    take_back(cast, match)
    assert (seats(place), facts(place.line.order)) == before and all_is_well()


def test_a_place_that_had_expired_gives_its_seat_back(cast, place):
    order = place.line.order
    Order.objects.update(release_at=clock.now(), expires_at=clock.now() - DAY)
    actions.expire_due()
    before = seats(place), facts(order)
    match = pay(cast, order)
    assert seats(place)[::2] == (Registration.Status.CONFIRMED, 1)
    take_back(cast, match)
    after = seats(place), facts(order)
    assert after[0][::2] == before[0][::2] == (Registration.Status.EXPIRED, 0)
    assert after[1] == before[1] and all_is_well()


def test_a_ticket_used_at_the_door_is_not_taken_back(cast, place):
    match = pay(cast, place.line.order)
    check_in(event=place.event, typed=place.secret, by=cast.door, is_early=True)
    with pytest.raises(Refused):
        take_back(cast, match)
    match.refresh_from_db()
    assert match.stands and all_is_well()
