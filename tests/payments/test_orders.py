"""Orders, bank transfers and deposits, on the page and behind it."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.holidays import working_day_from, working_days_after
from kosna.documents.models import Document
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.models import LedgerEntry, Order, OrderLine, Payment, Task
from kosna.payments.providers import bank
from tests.payments import shop


def confirm(order: Order, cast, amount: int = 33_000, **changes):
    facts = {
        "amount": amount,
        "received_on": clock.today(),
        "depositor": order.depositor_name,
        "nonce": f"{order.pk}-{amount}",
        "seen": order.sum_paid(),
        "by": cast.treasurer,
    }
    return actions.confirm_deposit(order, **facts | changes)


def test_an_order_freezes_its_lines(cast):
    lines = [
        shop.line(33_000, refund_policy=((7, 100), (3, 50)), tier="regular", standing="good"),
        shop.line(100_000, kind="dues", vat_class=OrderLine.VatClass.NONE, dues_year=2026),
    ]
    order = actions.place_order(
        payable=shop.KIND,
        user=cast.account,
        branch=cast.busan,
        buyer_name="김하늘",
        title_ko="제목",
        title_en="Title",
        lines=lines,
        by=cast.account,
    )
    first, second = order.placed_lines
    assert list(order.lines.all()) == [first, second]
    assert (order.total, first.vat, second.vat) == (133_000, 3_000, 0)
    first.refresh_from_db()
    assert (first.refund_policy, second.dues_year) == ([[7, 100], [3, 50]], 2026)
    assert order.release_at == order.expires_at + timedelta(minutes=5)


def test_nothing_is_sold_that_no_room_sells(cast):
    with pytest.raises(KeyError):
        actions.place_order(
            payable="test.unknown",
            user=cast.account,
            branch=cast.busan,
            buyer_name="",
            title_ko="",
            title_en="",
            lines=[],
            by=cast.account,
        )
    assert not Order.objects.exists()


def test_free_is_a_payment_of_nothing_that_was_written_down(cast):
    order = shop.order_of(cast.account, cast.busan, 0)
    assert (order.status, order.method) == (Order.Status.PENDING, Order.Method.FREE)
    for _ in range(2):
        actions.settle_free(order, by=cast.account)
    payment = order.payments.get()
    assert (order.status, payment.provider, payment.amount) == (Order.Status.PAID, "free", 0)
    assert LedgerEntry.objects.get().amount == 0
    assert shop.happened("delivered", order) == 1


def test_settling_free_leaves_other_orders_alone(order):
    actions.settle_free(order, by=order.user)
    assert (order.status, Payment.objects.count()) == (Order.Status.PENDING, 0)


def test_bank_transfer_shows_the_account_and_waits(buyer, order, settings):
    answer = buyer.post(f"/orders/{order.code}/pay/", {"method": "bank"})
    assert (answer.status_code, answer.url) == (303, f"/orders/{order.code}/")
    order.refresh_from_db()
    shown = buyer.get(answer.url).content.decode()
    for text in (settings.BANK_ACCOUNT["number"], order.depositor_name, "33,000원"):
        assert text in shown
    last_day = clock.kst_date(order.created_at) + timedelta(days=settings.BANK_TRANSFER_DAYS)
    last_day = working_day_from(last_day)
    assert order.expires_at == clock.end_of(last_day)
    assert order.release_at == clock.end_of(working_days_after(last_day, 1))
    mail = Message.objects.get(template="bank_transfer")
    subject, text, _html = post.render(mail)
    assert "컨퍼런스" in subject
    for fact in (settings.BANK_ACCOUNT["number"], order.depositor_name, "33,000원", order.code):
        assert fact in text


def test_the_deadline_is_told_of_the_day_before(cast, order):
    actions.choose_bank_transfer(order, by=order.user)
    last_day = clock.kst_date(Order.objects.get().expires_at)
    told = []
    for days in range((last_day - clock.today()).days + 1):
        with clock.standing_at(clock.start_of(clock.today() + timedelta(days=days, hours=8))):
            told.append(actions.remind_to_transfer() + actions.remind_to_transfer())
    assert told == [0] * (len(told) - 2) + [2, 0]
    subject, text, _html = post.render(Message.objects.get(template="transfer_due"))
    assert "내일" in subject
    for fact in (order.depositor_name, "33,000원", f"{last_day:%Y-%m-%d} 23:59"):
        assert fact in text


def test_who_has_transferred_or_chose_it_today_is_not_reminded(cast, order):
    actions.choose_bank_transfer(order, by=order.user)
    eve = clock.start_of(clock.kst_date(Order.objects.get().expires_at) - timedelta(days=1))
    with clock.standing_at(eve + timedelta(hours=8)):
        Order.objects.update(created_at=clock.now())
        assert actions.remind_to_transfer() == 0
        Order.objects.update(created_at=eve - timedelta(days=2))
        assert actions.remind_to_transfer() == 1
        confirm(order, cast)
        assert actions.remind_to_transfer() == 0


def test_choosing_again_prolongs_nothing(sandbox, order):
    first = actions.choose_bank_transfer(order, by=order.user).expires_at
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        actions.start_card_payment(order, by=order.user, language="ko")
        assert actions.choose_bank_transfer(order, by=order.user).expires_at == first
    assert Message.objects.filter(template="bank_transfer").count() == 1


@pytest.mark.parametrize(
    ("end", "release"),
    [("2026-11-26", "2026-11-27"), ("2026-11-27", "2026-11-30"), ("2026-11-28", "2026-11-30")],
)
def test_a_seat_is_held_over_the_weekend(db, end, release):
    day = datetime.fromisoformat(end).date()
    assert bank.release_after(clock.end_of(day)) == clock.end_of(
        datetime.fromisoformat(release).date()
    )


def test_a_deposit_pays_the_order(cast, order):
    actions.choose_bank_transfer(order, by=order.user)
    payment = confirm(order, cast)
    order.refresh_from_db()
    assert (order.status, payment.method) == (Order.Status.PAID, "bank_transfer")
    assert payment.recorded_by == cast.treasurer
    receipt = Document.objects.get()
    assert receipt.facts["total"] == 33_000 and receipt.facts["vat"] == 3_000
    subject, text, _html = post.render(Message.objects.get(template="payment_received"))
    assert subject and "33,000원" in text


def test_a_form_sent_twice_books_once(cast, order):
    actions.choose_bank_transfer(order, by=order.user)
    confirm(order, cast, seen=0)
    confirm(order, cast, seen=0)
    assert Payment.objects.count() == LedgerEntry.objects.count() == 1


def test_two_treasurers_cannot_book_one_deposit_twice(cast, order):
    actions.choose_bank_transfer(order, by=order.user)
    confirm(order, cast, nonce="one", seen=0)
    with pytest.raises(Refused):
        confirm(order, cast, nonce="two", seen=0)
    assert Payment.objects.count() == 1


def test_a_partial_deposit_waits_for_the_rest(cast, order, buyer):
    actions.choose_bank_transfer(order, by=order.user)
    confirm(order, cast, 30_000)
    order.refresh_from_db()
    assert (order.status, order.sum_paid()) == (Order.Status.PENDING, 30_000)
    assert "3,000원" in buyer.get(f"/orders/{order.code}/").content.decode()
    confirm(order, cast, 3_000)
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert not Task.objects.exists()


def test_too_much_raises_a_task(cast, order):
    actions.choose_bank_transfer(order, by=order.user)
    confirm(order, cast, 40_000)
    order.refresh_from_db()
    task = Task.objects.get()
    assert (order.status, task.kind, task.note) == (
        Order.Status.PAID,
        Task.Kind.OVERPAID,
        "7,000원",
    )


def test_a_partial_deposit_is_not_forgotten_when_the_order_ends(cast, order):
    actions.choose_bank_transfer(order, by=order.user)
    confirm(order, cast, 30_000)
    Order.objects.update(expires_at=clock.now(), release_at=clock.now())
    assert actions.expire_due() == 1
    assert Task.objects.get().kind == Task.Kind.AMOUNT_DIFFERS


@pytest.mark.parametrize(
    "changes",
    [{"received_on": date(2099, 1, 1)}, {"by": "account"}],
)
def test_a_deposit_of_tomorrow_or_for_oneself_is_refused(cast, order, changes):
    if changes.get("by"):
        changes = {"by": order.user}
    with pytest.raises(Refused):
        confirm(order, cast, **changes)
    assert not Payment.objects.exists()


def test_nobody_pays_after_the_deadline(buyer, sandbox, order):
    Order.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    for method in ("card", "bank"):
        assert buyer.post(f"/orders/{order.code}/pay/", {"method": method}).status_code == 303
    order.refresh_from_db()
    assert (order.method, order.attempts.count()) == (Order.Method.NONE, 0)


def test_an_order_is_not_expired_before_its_time(order):
    with pytest.raises(Refused):
        actions.expire_order(order)
    assert actions.expire_due() == 0


def test_a_paid_order_is_not_cancelled(cast, order):
    actions.choose_bank_transfer(order, by=order.user)
    confirm(order, cast)
    with pytest.raises(Refused):
        actions.cancel_order(order, by=order.user, reason="")
    assert shop.happened("released", order) == 0


def test_the_receipt_is_a_pdf_for_its_owner(cast, order, buyer):
    actions.choose_bank_transfer(order, by=order.user)
    confirm(order, cast)
    answer = buyer.get(f"/orders/{order.code}/receipt.pdf")
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_state_has_a_page(buyer, order, language):
    buyer.cookies["language"] = language
    for status in Order.Status:
        Order.objects.update(status=status, paid_at=clock.now())
        assert buyer.get(f"/orders/{order.code}/").status_code == 200


def test_deposits_are_found_by_what_the_bank_shows(cast):
    order = shop.order_of(cast.account, cast.busan, 33_000)
    other = shop.order_of(cast.regular, cast.busan, 55_000)
    for each in (order, other):
        actions.choose_bank_transfer(each, by=each.user)
    found = Order.objects.awaiting_deposit().matching_deposit
    assert set(found("")) == {order, other}
    for text in ("33,000원", "33000", order.depositor_name, order.code, "account"):
        assert list(found(text)) == [order], text
    assert list(found("nobody")) == []
