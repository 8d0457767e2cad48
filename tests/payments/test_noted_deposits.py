"""Much money that somebody typed and no bank file bears out: it is booked once another person has
looked, and meanwhile nothing happens to the order but that its place is kept."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kosna.audit.models import Entry
from kosna.branches.models import Appointment
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.actions.matching import Share, match_open
from kosna.payments.models import Deposit, LedgerEntry, Match, NotedDeposit, Order, Payment, Task
from kosna.verify import deposits_add_up, ledger_matches_money, matches_have_their_money
from kosna.verify import noted_deposits_have_their_money as noted_agree
from tests import factories
from tests.conftest import BACKEND
from tests.payments import shop
from tests.payments.office import make_office
from tests.payments.statements import deposit
from tests.payments.test_matching import owed

MUCH = 1_500_000
LIST = "/staff/deposits/noted/"
Status = NotedDeposit.Status


@pytest.fixture
def cast(db):
    people = make_office()
    people.second = factories.make_user("second", email="second@example.test")
    factories.appoint(people.second, Appointment.Role.TREASURER, people.hq)
    return people


@pytest.fixture
def order(cast) -> Order:
    return owed(cast, "가나다", MUCH)


@pytest.fixture
def hands(cast, client):
    """The pages, as a person of the office."""

    def as_(name: str):
        client.force_login(getattr(cast, name), BACKEND)
        return client

    return as_


def typed(cast, order: Order, amount: int = MUCH, **changes) -> Payment | NotedDeposit:
    facts = {
        "amount": amount,
        "received_on": clock.today(),
        "depositor": order.buyer_name,
        "nonce": f"{order.pk}-{amount}",
        "seen": order.sum_paid(),
        "by": cast.treasurer,
    }
    return actions.confirm_deposit(order, **facts | changes)


def noted(cast, order: Order, amount: int = MUCH, **changes) -> NotedDeposit:
    row = typed(cast, order, amount, **changes)
    assert isinstance(row, NotedDeposit)
    return row


def confirmed(cast, row: NotedDeposit, **changes) -> Payment:
    facts = {"seen": row.order.sum_paid(), "by": cast.second}
    return actions.confirm_noted(row, **facts | changes)


def status(order: Order) -> str:
    order.refresh_from_db()
    return order.status


def books_agree() -> bool:
    checks = (ledger_matches_money, deposits_add_up, matches_have_their_money, noted_agree)
    return [found for check in checks for found in check()] == []


# Who must look ------------------------------------------------------------------------------------


def test_much_money_that_is_typed_is_only_noted(cast, order):
    before = Order.objects.filter(pk=order.pk).values()[0]
    mails = Message.objects.count()
    row = noted(cast, order)
    assert (row.status, row.noted_by, row.amount) == (Status.WAITING, cast.treasurer, MUCH)
    assert Order.objects.filter(pk=order.pk).values()[0] == before
    assert not Payment.objects.exists() and not LedgerEntry.objects.exists()
    assert Message.objects.count() == mails
    assert Entry.objects.filter(verb="payments.note_deposit").count() == 1


def test_the_form_sent_twice_notes_once(cast, order):
    assert noted(cast, order) == noted(cast, order)
    with pytest.raises(Refused):
        typed(cast, owed(cast, "라마바"), nonce=NotedDeposit.objects.get().nonce)
    payment = confirmed(cast, NotedDeposit.objects.get())
    assert typed(cast, order) == payment  # and once more, after it was confirmed
    assert Payment.objects.count() == NotedDeposit.objects.count() == 1


@pytest.mark.parametrize(("amount", "is_noted"), [(999_999, False), (1_000_000, True)])
def test_the_limit_is_the_first_won_that_needs_two(cast, order, amount, is_noted):
    assert isinstance(typed(cast, order, amount), NotedDeposit) == is_noted


def test_much_money_in_small_pieces_is_noted_too(cast, order):
    assert isinstance(typed(cast, order, 600_000), Payment)
    assert isinstance(typed(cast, order, 399_999), Payment)
    row = noted(cast, order, 1)
    assert isinstance(typed(cast, order, 2, by=cast.second), Payment)  # another person's first
    confirmed(cast, row)
    noted(cast, order, 3)  # what two looked at frees nobody's hand


def test_what_waits_counts_as_typed(cast, order):
    noted(cast, order, 1_000_000)
    noted(cast, order, 5)


def test_what_a_line_bears_out_does_not_count(cast, order):
    payment = typed(cast, order, 900_000)
    actions.find_payment(deposit(cast, "가나다", 900_000), payment=payment, by=cast.treasurer)
    assert isinstance(typed(cast, order, 600_000), Payment)
    assert status(order) == Order.Status.PAID


def test_a_line_of_the_bank_needs_no_second_person(cast, order):
    deposit(cast, "가나다", MUCH)
    payment = typed(cast, order)
    assert isinstance(payment, Payment) and payment.matches.get().is_found
    other = owed(cast, "라마바", MUCH)
    deposit(cast, "라마바", MUCH)
    assert match_open(cast.hq, by=cast.treasurer) == 1
    assert {status(order), status(other)} == {Order.Status.PAID} and books_agree()


def test_the_same_deposit_is_noted_by_one_person(cast, order):
    noted(cast, order)
    with pytest.raises(Refused, match="이미 기록"):
        typed(cast, order, nonce="other", by=cast.second)


def test_the_limit_is_a_setting(cast, settings):
    settings.TWO_PERSON_DEPOSIT_WON = 10_000
    noted(cast, owed(cast, "가나다"), 33_000)


# The second person --------------------------------------------------------------------------------


def test_another_person_books_it_as_any_deposit(cast, order):
    row = noted(cast, order)
    payment = confirmed(cast, row)
    row.refresh_from_db()
    assert (row.status, row.payment, row.decided_by) == (Status.CONFIRMED, payment, cast.second)
    assert (payment.amount, payment.received_at) == (MUCH, row.received_at)
    assert status(order) == Order.Status.PAID and shop.happened("delivered", order) == 1
    assert Message.objects.filter(template="payment_received").count() == 1
    assert books_agree()
    for late in (
        lambda: confirmed(cast, row),
        lambda: actions.refuse_noted(row, reason="늦음", by=cast.second),
    ):
        with pytest.raises(Refused):
            late()
    assert Payment.objects.count() == 1


def test_a_part_leaves_the_order_waiting_for_the_rest(cast, order):
    confirmed(cast, noted(cast, order, 1_200_000))
    assert (status(order), order.sum_paid()) == (Order.Status.PENDING, 1_200_000)
    assert Message.objects.filter(template="deposit_partial").count() == 1


def test_too_much_raises_a_task(cast, order):
    confirmed(cast, noted(cast, order, MUCH + 1))
    assert Task.objects.get().kind == Task.Kind.OVERPAID


def test_nobody_confirms_what_they_noted(cast, order):
    row = noted(cast, order)
    with pytest.raises(Refused, match="다른 사람이 확인"):
        confirmed(cast, row, by=cast.treasurer)
    with pytest.raises(IntegrityError), transaction.atomic():
        NotedDeposit.objects.filter(pk=row.pk).update(
            status=Status.CONFIRMED,
            decided_by=cast.treasurer,
            decided_at=clock.now(),
            payment=typed(cast, order, 1, by=cast.second),
        )


def test_nobody_notes_or_confirms_for_their_own_order(cast):
    mine = shop.order_of(cast.second, cast.busan, MUCH)
    with pytest.raises(Refused, match="본인 주문"):
        typed(cast, mine, by=cast.second)
    with pytest.raises(Refused, match="본인 주문"):
        confirmed(cast, noted(cast, mine))
    assert not Payment.objects.exists()


def test_a_day_that_has_not_come_is_not_noted(cast, order):
    with pytest.raises(Refused, match="오지 않은"):
        typed(cast, order, received_on=clock.today() + timedelta(days=1))


def test_who_has_not_seen_another_payment_looks_again(cast, order):
    row = noted(cast, order)
    typed(cast, order, 33_000, by=cast.second)
    with pytest.raises(Refused, match="방금 기록"):
        confirmed(cast, row, seen=0)
    confirmed(cast, row, seen=33_000)
    assert order.sum_paid() == MUCH + 33_000


def test_it_is_refused_with_a_reason_and_nothing_is_booked(cast, order):
    row = noted(cast, order)
    actions.refuse_noted(row, reason="목록에 없음", by=cast.second)
    assert (row.status, row.reason) == (Status.REFUSED, "목록에 없음")
    assert status(order) == Order.Status.PENDING and not Payment.objects.exists()
    noted(cast, order, nonce="again")  # read once more


def test_what_was_noted_is_never_changed(cast, order):
    noted(cast, order)
    for change in ({"amount": 1}, {"noted_by": cast.second}, {"depositor": "x"}):
        with pytest.raises(Exception, match=r"(?i)frozen|changed"), transaction.atomic():
            NotedDeposit.objects.update(**change)


# Lines that come meanwhile ------------------------------------------------------------------------


def test_a_line_that_came_meanwhile_is_the_same(cast, order):
    row = noted(cast, order)
    line = deposit(cast, "가나다", MUCH)
    payment = confirmed(cast, row)
    line.refresh_from_db()
    assert line.matches.get().payment == payment and line.status == Deposit.Status.DONE
    assert Payment.objects.count() == 1 and books_agree()


def test_a_line_that_was_matched_meanwhile_is_the_same(cast, order):
    row = noted(cast, order)
    deposit(cast, "가나다", MUCH)
    assert match_open(cast.hq, by=cast.treasurer) == 1
    assert status(order) == Order.Status.PAID
    payment = confirmed(cast, row)
    assert payment == Match.objects.get().payment
    assert (order.sum_paid(), Task.objects.count()) == (MUCH, 0) and books_agree()


def test_a_line_of_another_day_is_another_deposit(cast, order):
    row = noted(cast, order, received_on=clock.today() - timedelta(days=2))
    line = deposit(cast, "가나다", MUCH)
    actions.match_deposit(line, shares=[Share(order, MUCH)], by=cast.treasurer)
    confirmed(cast, row)
    assert order.sum_paid() == 2 * MUCH


def test_what_was_confirmed_can_be_taken_back(cast, order):
    row = noted(cast, order)
    actions.retract_deposit(confirmed(cast, row), reason="착오", by=cast.treasurer)
    assert (status(order), order.sum_paid()) == (Order.Status.PENDING, 0)
    assert books_agree()


# The place is kept --------------------------------------------------------------------------------


def test_the_place_is_kept_while_what_came_in_time_waits(cast, order):
    row = noted(cast, order)
    with time_machine.travel(order.release_at + timedelta(days=3), tick=False):
        assert actions.expire_due() == 0
        with pytest.raises(Refused, match="다른 사람의 확인"):
            actions.expire_order(order)
        assert status(order) == Order.Status.PENDING
        confirmed(cast, row)
    assert status(order) == Order.Status.PAID


def test_the_place_is_given_up_once_it_is_refused(cast, order):
    row = noted(cast, order)
    with time_machine.travel(order.release_at + timedelta(days=3), tick=False):
        actions.refuse_noted(row, reason="목록에 없음", by=cast.second)
        assert actions.expire_due() == 1
    assert status(order) == Order.Status.EXPIRED


def test_what_came_too_late_keeps_no_place(cast, order):
    with time_machine.travel(order.expires_at + timedelta(days=1), tick=False):
        row = noted(cast, order)
    with time_machine.travel(order.release_at + timedelta(minutes=1), tick=False):
        assert actions.expire_due() == 1
        confirmed(cast, row)
    assert order.sum_paid() == MUCH


# Pages --------------------------------------------------------------------------------------------


def form_of(cast, order: Order, client) -> dict:
    form = client.get(f"/staff/deposits/{order.code}/").context["form"]
    return {name: form[name].value() for name in form.fields}


def test_two_treasurers_confirm_much_money_on_their_pages(cast, order, hands):
    desk = hands("treasurer")
    answer = desk.post(f"/staff/deposits/{order.code}/", form_of(cast, order, desk))
    row = NotedDeposit.objects.get()
    page = f"{LIST}{row.pk}/"
    assert answer["Location"] == page
    assert b"confirm/" not in desk.get(page).content  # one's own
    assert desk.post(f"{page}confirm/", {"seen": 0}).status_code == 303
    assert status(order) == Order.Status.PENDING

    desk = hands("second")
    assert str(row.depositor) in desk.get(LIST).content.decode()
    for where in (f"/staff/deposits/{order.code}/", f"/staff/orders/{order.code}/"):
        assert page in desk.get(where).content.decode()
    assert LIST in desk.get("/staff/deposits/").content.decode()
    assert desk.get(page).context["paid"] == 0
    assert desk.post(f"{page}confirm/", {"seen": "x"}).status_code == 303
    assert desk.post(f"{page}confirm/", {"seen": 0})["Location"] == page
    assert status(order) == Order.Status.PAID
    assert "treasurer" in desk.get(f"/staff/orders/{order.code}/").content.decode()


def test_the_buyer_sees_nothing_of_it(cast, order, client):
    client.force_login(order.user, BACKEND)
    before = client.get(f"/orders/{order.code}/").content.decode()
    noted(cast, order)
    after = client.get(f"/orders/{order.code}/").content.decode()
    facts = ("1,500,000", "waiting", "second person", cast.treasurer.name)
    assert [before.count(fact) for fact in facts] == [after.count(fact) for fact in facts]


def test_it_is_refused_on_its_page(cast, order, hands):
    row = noted(cast, order)
    desk = hands("second")
    answer = desk.post(f"{LIST}{row.pk}/refuse/", {"refuse-reason": ""})
    assert answer.status_code == 422
    desk.post(f"{LIST}{row.pk}/refuse/", {"refuse-reason": "목록에 없음"})
    row.refresh_from_db()
    assert (row.status, row.decided_by) == (Status.REFUSED, cast.second)
    assert "목록에 없음" in desk.get(f"{LIST}{row.pk}/").content.decode()


def test_the_desk_shows_what_another_noted(cast, order, hands):
    noted(cast, order)
    counts = {
        name: {
            one["queue"].name: one["count"] for one in hands(name).get("/staff/").context["queues"]
        }["noted"]
        for name in ("treasurer", "second")
    }
    assert counts == {"treasurer": 0, "second": 1}


def test_an_empty_queue_says_so(cast, hands):
    answer = hands("second").get(LIST)
    assert answer.status_code == 200 and b'class="empty"' in answer.content


def test_the_queue_is_filtered_in_its_address(cast, order, hands):
    noted(cast, order)
    other = noted(cast, owed(cast, "라마바", MUCH), 2_000_000)
    actions.refuse_noted(other, reason="x", by=cast.second)
    desk = hands("second")
    for query, number in [("", 1), ("status=all", 2), ("status=refused", 1), ("q=가나", 1),
                          ("q=2,000,000원&status=all", 1), ("q=라마바", 0),
                          (f"q={order.code}", 1), ("status=x", 1)]:  # fmt: skip
        assert desk.get(f"{LIST}?{query}").context["page"].paginator.count == number, query


def test_a_long_queue_costs_no_more(cast, hands):
    costs = []
    desk = hands("second")
    for number in (1, 2):
        for index in range(number):
            noted(cast, owed(cast, f"{'가나다라'[index]}{number}바사", MUCH))
        desk.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(LIST).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12
