"""What a branch gets of dues: frozen with the order, booked once when it is paid, taken back with
what goes back, to the won."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions
from kosna.payments.actions import shares
from kosna.payments.models import Order, OrderLine, Refund, ShareEntry, Statement
from kosna.verify import shares_follow_the_money
from tests import factories
from tests.payments import division, shop

pytestmark = pytest.mark.django_db
Cause = ShareEntry.Cause


def entries(order: Order) -> list[tuple[str, int, int]]:
    rows = ShareEntry.objects.filter(line__order=order).order_by("pk")
    return list(rows.values_list("cause", "paid", "amount"))


def test_the_share_is_frozen_with_the_order_and_booked_when_it_is_paid(cast):
    order = division.order_of(cast.account, cast.busan, 99_999, fee=100_000)
    dues, fee = order.lines.all()
    assert (dues.branch_share, dues.share_percent) == (29_999, 30)
    assert dues.share_rule == "2026-01-01 · 제1차 이사회"
    assert (fee.branch_share, fee.share_percent, fee.share_rule) == (None, None, "")
    assert not ShareEntry.objects.exists()

    order = division.pay(order)

    entry = ShareEntry.objects.get()
    assert (entry.cause, entry.line, entry.paid, entry.amount) == ("payment", dues, 99_999, 29_999)
    assert (entry.statement.branch, entry.statement.month) == (
        cast.busan,
        clock.month_of(entry.booked_at),
    )
    assert shares_follow_the_money() == []


def test_a_promised_share_is_not_asked_again(cast):
    line = shop.line(50_000, kind="dues", branch_share=7, vat_class=OrderLine.VatClass.NONE)
    [kept] = shares.divided([line], payable=division.KIND, branch=cast.busan)
    assert kept is line


def test_the_head_office_has_no_share_of_its_own(cast):
    order = division.paid(cast.account, cast.hq)
    assert order.lines.get().branch_share is None
    assert not ShareEntry.objects.exists() and not Statement.objects.exists()


def test_what_no_branch_has_a_part_in_asks_the_database_nothing(cast):
    order = shop.order_of(cast.account, cast.busan)
    with CaptureQueriesContext(connection) as queries:
        shares.book(order)
        shares.follow(order)
    assert len(queries) == 0


def test_settling_again_books_nothing_twice(cast):
    order = division.order_of(cast.account, cast.busan)
    for _ in range(3):
        division.pay(order, reference="bank:once")
        actions.settle(order)
    shares.book(Order.objects.get(pk=order.pk))
    assert entries(order) == [("payment", 100_000, 30_000)]


def test_a_line_cannot_be_booked_twice_by_anybody(cast):
    order = division.paid(cast.account, cast.busan)
    entry = ShareEntry.objects.get()
    again = ShareEntry(
        statement=entry.statement, cause=Cause.PAYMENT, line=entry.line, turn=1, paid=1, amount=1
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    assert division.share_of(order) == 30_000


def test_what_the_rules_refuse_is_nobodys_share_until_they_let_it_in(cast):
    order = division.order_of(cast.account, cast.busan, title=shop.SOLD_OUT)
    order = division.pay(order)
    assert (order.status, division.share_of(order)) == (Order.Status.REVIEW, 0)
    assert not Statement.objects.exists()  # rolled back with the completion
    order.change(title_ko="회비")
    with pytest.raises(Refused):
        actions.try_again(shop.order_of(cast.account, cast.busan), by=cast.treasurer)
    order = actions.try_again(order, by=cast.treasurer)
    assert entries(order) == [("payment", 100_000, 30_000)]


def test_part_of_a_line_goes_back_and_the_rest_of_a_won_stays_with_the_head_office(cast):
    order = division.paid(cast.account, cast.busan, 99_999)
    line = order.lines.get()
    division.give_back(order, 33_333, line=line, by=cast.treasurer)
    # 29,999 × 66,666 / 99,999 = 19,999.3…: the branch keeps 19,999.
    assert entries(order)[1:] == [("refund", -33_333, -10_000)]
    division.give_back(order, 66_666, line=line, by=cast.treasurer)
    assert (division.share_of(order), sum(paid for _c, paid, _a in entries(order))) == (0, 0)
    assert shares_follow_the_money() == []


def test_money_without_a_line_takes_what_was_overpaid_first_then_of_all_in_proportion(cast):
    order = division.order_of(cast.account, cast.busan, 100_000, 50_000, fee=50_000)
    order = division.pay(order, 210_000)
    division.give_back(order, 10_000, by=cast.treasurer)
    assert division.share_of(order) == 45_000
    division.give_back(order, 100_000, by=cast.treasurer)  # half of what is kept
    assert entries(order)[2:] == [("refund", -50_000, -15_000), ("refund", -25_000, -7_500)]
    division.give_back(order, 100_000, by=cast.treasurer)
    order.refresh_from_db()
    assert (order.status, division.share_of(order)) == (Order.Status.REFUNDED, 0)


def test_a_refund_that_bounces_gives_the_share_back_each_time(cast):
    order = division.paid(cast.account, cast.busan)
    refund = division.give_back(order, 100_000, line=order.lines.get(), by=cast.treasurer)
    division.bounce(refund)
    division.bounce(refund)  # told twice
    assert division.share_of(order) == 30_000
    actions.send_refund(shop.account_for(refund), by=cast.treasurer)
    actions.complete_bank_refund(refund, reference="again", by=cast.treasurer)
    assert [cause for cause, _paid, _amount in entries(order)] == [
        "payment",
        "refund",
        "return",
        "refund",
    ]
    assert list(ShareEntry.objects.order_by("pk").values_list("turn", flat=True)) == [1, 2, 3, 4]
    assert division.share_of(order) == 0
    assert shares_follow_the_money() == []


def test_verify_finds_a_share_that_is_not_what_was_paid(cast):
    order = division.paid(cast.account, cast.busan)
    OrderLine.objects.filter(order=order).update(branch_share=29_999)
    other = division.paid(cast.account, cast.busan)
    refund = Refund.objects.create(
        order=other,
        payment=other.payments.get(),
        line=other.lines.get(),
        amount=50_000,
        reason="x",
        status=Refund.Status.DONE,
    )
    factories.book(refund)
    assert len(shares_follow_the_money()) == 2


step = st.tuples(
    st.sampled_from(["refund", "line", "bounce", "again"]), st.integers(1, 60_000), st.booleans()
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    amounts=st.lists(st.integers(1, 100_000), min_size=1, max_size=3),
    over=st.integers(0, 5_000),
    story=st.lists(step, max_size=4),
)
def test_whatever_goes_back_and_forth_the_shares_follow_to_the_won(cast, amounts, over, story):
    order = division.order_of(cast.account, cast.busan, *amounts)
    division.pay(order, order.total + over)
    done: list[Refund] = []
    for what, amount, flag in story:
        order = Order.objects.get(pk=order.pk)
        try:
            if what in ("refund", "line"):
                line = order.lines.all()[0] if what == "line" else None
                done.append(division.give_back(order, amount, line=line, by=cast.treasurer))
            elif done and what == "bounce":
                division.bounce(done[-1])
            elif done:
                again = actions.send_refund(shop.account_for(done[-1]))
                actions.complete_bank_refund(
                    again, reference=f"again:{again.pk}:{flag}", by=cast.treasurer
                )
        except Refused:
            continue
        assert shares_follow_the_money() == []
        assert 0 <= division.share_of(order) <= sum(won * 30 // 100 for won in amounts)
    order = Order.objects.get(pk=order.pk)
    for payment in order.payments.all():
        if left := actions.refundable(payment):
            division.give_back(order, left, by=cast.treasurer)
    if order.sum_refunded() == order.sum_paid():
        assert division.share_of(order) == 0
