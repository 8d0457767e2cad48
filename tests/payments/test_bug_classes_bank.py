"""Mistakes that other projects made with bank transfers, each under the name of its issue: what
went wrong there must not happen here (domain.md, 4.5)."""

from datetime import datetime, timedelta

import pytest
import time_machine

from events.actions import Attendee, register
from events.models import Registration
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.actions.matching import Share, match_open
from kosna.payments.models import Deposit, LedgerEntry, Order, Payment, Task
from kosna.verify import ledger_matches_money, seats_match_registrations
from tests import factories
from tests.payments import shop
from tests.payments.office import make_office
from tests.payments.shop import account_for
from tests.payments.statements import account_of, deposit, imported, kb
from tests.payments.test_matching import owed, typed
from tests.payments.test_unmatching import pay, take_back

KST = clock.KST
FRIDAY = datetime(2026, 11, 20, 23, 40, tzinfo=KST)
MONDAY, TUESDAY = FRIDAY + timedelta(days=2, hours=10), FRIDAY + timedelta(days=3, hours=10)


@pytest.fixture
def cast(db):
    return make_office()


def seated(cast, *, until: datetime, capacity: int = 1) -> Order:
    """The last seat of an event, held for a transfer until a deadline."""
    event = factories.make_event("seminar", branch=cast.busan)
    ticket = factories.make_ticket(event, prices={None: 33_000}, capacity=capacity)
    order = register(
        ticket=ticket, attendees=[Attendee(name="account", is_buyer=True)], by=cast.account
    )
    actions.choose_bank_transfer(order, by=cast.account)
    order.refresh_from_db()
    assert clock.kst_date(order.expires_at) == clock.kst_date(until)
    return order


def test_pretix_827_bank_payment_is_not_expired_over_the_weekend(cast):
    """pretix#827: paid on Friday, the list is read on Monday, and the order had expired. Here the
    seat is held a working day longer, and the bank's time decides what is in time."""
    with time_machine.travel(FRIDAY - timedelta(days=3), tick=False):
        order = seated(cast, until=FRIDAY)
    with time_machine.travel(MONDAY, tick=False):
        assert actions.expire_due() == 0
        deposit(cast, order.depositor_name, at=FRIDAY)
        assert match_open(cast.hq, by=cast.treasurer) == 1
    order.refresh_from_db()
    assert (order.status, order.paid_at) == (Order.Status.PAID, FRIDAY)


@pytest.mark.parametrize("seat", ["free", "gone"])
def test_pretix_827_in_time_counts_though_the_order_had_expired(cast, seat):
    """pretix#827, a day later: the order has expired. In time is in time: seated if there is a
    seat, else a task that does not call it late."""
    with time_machine.travel(FRIDAY - timedelta(days=3), tick=False):
        order = seated(cast, until=FRIDAY)
    with time_machine.travel(TUESDAY, tick=False):
        assert actions.expire_due() == 1
        if seat == "gone":
            ticket = Registration.objects.get().ticket
            other = Attendee(name="regular", is_buyer=True)
            register(ticket=ticket, attendees=[other], by=cast.regular)
        deposit(cast, order.depositor_name, at=FRIDAY)
        assert match_open(cast.hq, by=cast.treasurer) == 1
    order.refresh_from_db()
    if seat == "free":
        assert (order.status, Task.objects.count()) == (Order.Status.PAID, 0)
    else:
        assert order.status == Order.Status.REVIEW
        assert Task.objects.get().kind == Task.Kind.REFUSED  # not PAID_AFTER_EXPIRY
    assert seats_match_registrations() == []


def test_pretix_74_paid_but_quota_gone_keeps_the_money_and_gives_no_ticket(cast):
    """pretix#74: money for a seat that is gone is recorded, and a person decides."""
    with time_machine.travel(FRIDAY - timedelta(days=3), tick=False):
        order = seated(cast, until=FRIDAY)
    with time_machine.travel(TUESDAY, tick=False):
        actions.expire_due()
        ticket = Registration.objects.get().ticket
        register(
            ticket=ticket, attendees=[Attendee(name="regular", is_buyer=True)], by=cast.regular
        )
        row = deposit(cast, order.depositor_name)
        assert match_open(cast.hq, by=cast.treasurer) == 0  # late: nobody decides but a person
        actions.match_deposit(row, shares=[Share(order, 33_000)], by=cast.treasurer)
    order.refresh_from_db()
    assert (order.status, order.sum_paid()) == (Order.Status.REVIEW, 33_000)
    assert Task.objects.get().kind == Task.Kind.PAID_AFTER_EXPIRY
    assert not Message.objects.filter(template="registration_confirmed").exists()


def test_kompassi_1016_paid_after_cancellation_mails_no_ticket(cast):
    """kompassi PR#1016: a deposit for a cancelled order."""
    order = owed(cast, "가나다")
    actions.cancel_order(order, by=order.user, reason="")
    row = deposit(cast, order.depositor_name)
    assert match_open(cast.hq, by=cast.treasurer) == 0
    actions.match_deposit(row, shares=[Share(order, 33_000)], by=cast.treasurer)
    order.refresh_from_db()
    assert (order.status, shop.happened("delivered", order)) == (Order.Status.REVIEW, 0)
    assert not Document.objects.filter(kind=Document.Kind.RECEIPT).exists()


def test_pretix_1166_confirmed_twice_is_mailed_once(cast):
    """pretix#1166: the file was read again while the first reading ran."""
    order = owed(cast, "가나다")
    content = kb((order.depositor_name, 33_000))
    for _time in range(3):
        imported(content, account_of(cast.hq), by=cast.treasurer)
        match_open(cast.hq, by=cast.treasurer)
    assert Message.objects.filter(template="payment_received").count() == 1
    assert Document.objects.filter(kind=Document.Kind.RECEIPT).count() == 1


def test_saleor_14648_an_amount_is_never_counted_twice(cast):
    """saleor#14648: the same money by two ways: typed by hand, then in the file."""
    order = owed(cast, "가나다")
    typed(cast, order)
    deposit(cast, order.depositor_name)
    match_open(cast.hq, by=cast.treasurer)
    assert (order.sum_paid(), Deposit.objects.unidentified()) == (33_000, 0)
    assert ledger_matches_money() == []


def test_vendure_620_nothing_is_settled_three_times(cast):
    """vendure-plugins#620: settled once for each notice."""
    order = owed(cast, "가나다")
    for won in (11_000, 11_000, 11_000):
        row = deposit(cast, order.depositor_name, won)
        actions.match_deposit(row, shares=[Share(order, won)], by=cast.treasurer)
        actions.settle(order)
    assert shop.happened("delivered", order) == 1
    assert LedgerEntry.objects.filter(account="cash:bank").count() == 3


def test_pretix_343_giving_the_second_deposit_back_leaves_the_order(cast):
    """pretix#343: the refund of a duplicate killed the order that was paid."""
    order = owed(cast, "가나다")
    pay(cast, order)
    second = pay(cast, order)
    refund = actions.request_refund(
        order=order, amount=33_000, reason="이중 입금", payment=second.payment, by=cast.head_office
    )
    actions.approve_refund(account_for(refund), by=cast.treasurer)
    actions.send_refund(refund, by=cast.treasurer)
    actions.complete_bank_refund(refund, reference="1", by=cast.treasurer)
    order.refresh_from_db()
    assert (order.status, order.sum_paid()) == (Order.Status.PAID, 66_000)
    assert Document.objects.valid().filter(kind=Document.Kind.RECEIPT).count() == 1


def test_emfcamp_638_a_seat_goes_back_once_however_often_it_is_taken_back(cast):
    """emfcamp#638: cancelled twice, the seat was returned twice."""
    with time_machine.travel(FRIDAY - timedelta(days=3), tick=False):
        order = seated(cast, until=FRIDAY, capacity=3)
    with time_machine.travel(TUESDAY, tick=False):
        actions.expire_due()
        match = pay(cast, order)
        take_back(cast, match)
        with pytest.raises(Refused):
            take_back(cast, match)
        actions.expire_due()
    ticket = Registration.objects.get().ticket
    assert ticket.taken == 0 and seats_match_registrations() == []


def test_pretix_4493_an_early_price_is_not_confirmed_by_itself_after_its_deadline(cast):
    """pretix#4493: an order at the early price could be paid for ever. Money that the bank dates
    after the deadline is a person's to decide, though the seat is still held."""
    order = owed(cast, "가나다")
    after = order.expires_at + timedelta(hours=3)
    with time_machine.travel(after + timedelta(hours=1), tick=False):
        deposit(cast, order.depositor_name, at=after)
        assert match_open(cast.hq, by=cast.treasurer) == 0
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING and not Payment.objects.exists()


def test_woocommerce_68289_less_than_owed_is_not_paid(cast):
    """woocommerce#68289: "nothing to pay" taken for "paid". A won short is not paid."""
    order = owed(cast, "가나다")
    pay(cast, order, 32_999)
    order.refresh_from_db()
    assert (order.status, shop.happened("delivered", order)) == (Order.Status.PENDING, 0)
    assert Message.objects.get(template="deposit_partial").context["missing"] == 1


def test_openfoodnetwork_5449_a_refund_never_exceeds_what_is_held(cast):
    """openfoodnetwork#5449: money that had gone elsewhere was refunded once more."""
    order = owed(cast, "가나다")
    first, second = pay(cast, order), pay(cast, order, 7_000)
    take_back(cast, second)
    with pytest.raises(Refused):
        actions.request_refund(
            order=order, amount=1, reason="x", payment=second.payment, by=cast.head_office
        )
    assert actions.refundable(first.payment) == 33_000


def test_paymenter_1258_won_are_never_times_a_hundred(cast):
    """Paymenter#1258, InvoicePlane#1677: the won has no minor unit, whatever a file's cells say."""
    content = kb(("가나다", 33_000)).replace('"33,000"', "33000.00")
    imported(content, account_of(cast.hq), by=cast.treasurer)
    assert Deposit.objects.unidentified() == 33_000
