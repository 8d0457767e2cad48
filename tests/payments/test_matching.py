"""Whose deposit it is: names as banks print them, what is confirmed without a person, what is
proposed and why, and every other way that a won of a bank line can go."""

from datetime import timedelta

import pytest

from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.mail.models import Message
from kosna.payments import actions
from kosna.payments.actions import matching as matching_actions
from kosna.payments.actions.matching import Share, match_open, pool_for
from kosna.payments.matching import buyer_key, printed
from kosna.payments.models import (
    Alias,
    Deposit,
    LedgerEntry,
    Match,
    Order,
    Payment,
    Task,
)
from kosna.payments.providers import bank
from kosna.verify import deposits_add_up, ledger_matches_money, matches_have_their_money
from tests import factories
from tests.payments import shop
from tests.payments.office import make_office
from tests.payments.statements import account_of, deposit, imported, kb

DAY = timedelta(days=1)


@pytest.fixture
def cast(db):
    return make_office()


def owed(cast, name: str, amount: int = 33_000, **changes) -> Order:
    """An order of somebody of this name that waits for a transfer to Busan."""
    user = factories.make_user(name)
    order = shop.order_of(user, changes.pop("branch", cast.busan), amount)
    expires_at = bank.deadline(order)
    changes = {"expires_at": expires_at, "release_at": bank.release_after(expires_at)} | changes
    Order.objects.filter(pk=order.pk).update(method=Order.Method.BANK, **changes)
    order.refresh_from_db()
    return order


def matched(cast) -> int:
    return match_open(cast.hq, by=cast.treasurer)


def reasons(cast, row: Deposit) -> list[tuple[str, tuple[str, ...]]]:
    """(order, why) of each candidate, the likeliest first."""
    ranked = pool_for(cast.treasurer, [row]).ranked(row.line, row.left)
    return [(candidate.order.code, candidate.why) for candidate in ranked]


def books_agree() -> bool:
    return ledger_matches_money() == deposits_add_up() == matches_have_their_money() == []


# Names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "buyer"),
    [
        ("김하늘", "김하늘"),
        ("김 하 늘", "김하늘"),
        ("김하늘4821", "김하늘"),
        ("김하늘회비", "김하늘"),
        ("김하늘 2026연회비", "김하늘"),
        ("（주）가온소셜랩", "㈜가온소셜랩"),
        ("주식회사 가온소셜랩", "㈜가온소셜랩"),
        ("주)가온소셜랩", "(주)가온소셜랩"),
        ("가온소셜랩(주", "가온소셜랩 주식회사"),
        ("사단법인한국소셜협회", "(사)한국소셜협회"),
        ("ＳＡＮＴＯＳ ＭＡＲＩＡ", "Maria Santos"),
        ("Gaon Lab Co., Ltd.", "GAON LAB"),
        ("김하늘", "김하늘"),  # as macOS writes it
    ],
)
def test_names_are_alike_however_they_are_printed(text, buyer):
    assert printed(text).name == buyer_key(buyer) != ""


@pytest.mark.parametrize(
    ("text", "name", "suffixes", "key"),
    [
        ("김하늘4821", "김하늘", ("4821",), "김하늘"),
        ("4821", "", ("4821",), ""),
        ("01012345678", "", (), "01012345678"),
        ("회비", "회비", (), "회비"),
        ("", "", (), ""),
        ("김", "", (), ""),
    ],
)
def test_a_text_is_taken_apart(text, name, suffixes, key):
    told = printed(text)
    assert (told.name, told.suffixes, told.key) == (name, suffixes, key)


def test_a_whole_order_code_is_found_in_a_text():
    assert printed("abcd2345ef 참가비").code == "ABCD2345EF"


# By themselves ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["{name}{suffix:04d}", "{name}", "{name} 회비", "{code}", "가나다 {suffix:04d}"]
)
def test_what_fits_one_order_is_confirmed(cast, text):
    order = owed(cast, "가나다라마")
    told = text.format(name="가나다라마", suffix=order.pk % 10_000, code=order.code)
    row = deposit(cast, told)
    assert matched(cast) == 1
    order.refresh_from_db()
    row.refresh_from_db()
    match = row.matches.get()
    assert (order.status, row.status, row.left) == (Order.Status.PAID, Deposit.Status.DONE, 0)
    assert (match.matched_by, match.payment.recorded_by) == (None, None)
    assert match.payment.reference == f"line:{row.line.fingerprint}:1"
    assert order.paid_at == row.line.at
    assert shop.happened("delivered", order) == 1 and books_agree()


def test_nothing_is_confirmed_twice(cast):
    owed(cast, "가나다")
    deposit(cast, "가나다")
    assert [matched(cast), matched(cast)] == [1, 0]
    assert Payment.objects.count() == Match.objects.count() == 1


@pytest.mark.parametrize(
    "doubt",
    ["amount", "name", "other_digits", "late", "early", "card", "twins", "two_deposits", "own",
     "branch", "cancelled"],
)  # fmt: skip
def test_any_doubt_is_left_to_a_person(cast, doubt):
    order = owed(cast, "가나다")
    text, won, at = "가나다", 33_000, clock.now()
    match doubt:
        case "amount":
            won = 32_000
        case "name":
            text = "나다가"
        case "other_digits":
            text = f"가나다{(order.pk + 1) % 10_000:04d}"
        case "late":
            Order.objects.update(expires_at=at - DAY)
        case "early":
            at -= 3 * DAY
        case "card":
            Order.objects.update(method=Order.Method.CARD)
        case "twins":
            owed(cast, "가나다")
        case "two_deposits":
            deposit(cast, text)
        case "own":
            Order.objects.update(user=cast.treasurer)
        case "branch":
            account_of(cast.daegu)
        case "cancelled":
            actions.cancel_order(order, by=order.user, reason="")
    if doubt == "branch":
        imported(kb((text, won)), account_of(cast.daegu), by=cast.treasurer)
        assert match_open(cast.daegu, by=cast.treasurer) == 0
    else:
        deposit(cast, text, won, at)
        assert matched(cast) == 0
    assert not Payment.objects.exists() and books_agree()


def test_of_two_deposits_with_the_orders_digits_the_first_pays(cast):
    """Paid twice by one person: the rest is for a treasurer."""
    order = owed(cast, "가나다")
    now = clock.now()
    for minutes in (5, 9):
        deposit(cast, order.depositor_name, at=now - timedelta(minutes=minutes))
    assert matched(cast) == 1
    assert Match.objects.get().deposit.line.at == now.replace(microsecond=0) - timedelta(minutes=9)
    second = Deposit.objects.open().select_related("line").get()
    [(code, why)] = reasons(cast, second)
    assert (code, set(why) >= {"suffix", "paid"}) == (order.code, True)


def test_many_deposits_are_matched_by_the_worker(cast, monkeypatch):
    monkeypatch.setattr(matching_actions, "AT_ONCE", 1)
    names = ["가나다", "라마바", "사아자"]
    orders = [owed(cast, name) for name in names]
    imported(kb(*[(name, 33_000) for name in names]), account_of(cast.hq), by=cast.treasurer)
    batch = actions.start_matching(cast.hq, by=cast.treasurer)
    batches.run_all()
    batch.refresh_from_db()
    assert (batch.status, batch.result, batch.done) == (batch.Status.DONE, {"연결한 입금": 3}, 3)
    assert {order.payments.count() for order in orders} == {1}


def test_candidates_cost_no_statement_for_each_line(cast, django_assert_max_num_queries):
    for name in ("가나다", "라마바", "사아자"):
        owed(cast, name, 1_000)
        deposit(cast, name, 999)
    # The lines, the orders, what was typed, the names, what was taken back.
    with django_assert_max_num_queries(5):
        assert matched(cast) == 0


# Proposed -----------------------------------------------------------------------------------------


def test_candidates_are_ranked_and_say_why(cast):
    named = owed(cast, "가나다")
    same_amount = owed(cast, "라마바")
    owed(cast, "사아자", 50_000)
    late = owed(cast, "가나다", 40_000)
    Order.objects.filter(pk=late.pk).update(
        status="expired", expires_at=clock.now() - DAY, closed_at=clock.now()
    )
    assert reasons(cast, deposit(cast, "가나다")) == [
        (named.code, ("name", "amount")),
        (late.code, ("name", "less", "late")),
        (same_amount.code, ("amount",)),
    ]


def test_another_branch_is_not_proposed_to_a_branch(cast):
    owed(cast, "가나다")
    row = deposit(cast, "가나다")
    assert reasons(cast, row) != []
    assert pool_for(cast.other_officer, [row]).ranked(row.line, row.left) == []


def test_a_name_is_learnt_and_known_the_next_time(cast):
    """The husband pays."""
    first, second = owed(cast, "가나다"), None
    row = deposit(cast, "김남편")
    assert matched(cast) == 0
    actions.match_deposit(row, shares=[Share(first, 33_000)], by=cast.treasurer)
    assert Alias.objects.get().text == "김남편"
    second = shop.order_of(first.user, cast.busan, 10_000)
    actions.choose_bank_transfer(second, by=first.user)
    row = deposit(cast, "김남편", 10_000)
    assert reasons(cast, row)[0] == (second.code, ("learnt", "amount"))
    assert matched(cast) == 1


def test_who_pays_for_an_organisation_is_known_for_it(cast):
    user = factories.make_user("담당자")
    order = shop.order_of(user, cast.busan)
    Order.objects.update(buyer_name="㈜가온소셜랩", method="bank")
    order.refresh_from_db()
    row = deposit(cast, "한지호")
    actions.match_deposit(row, shares=[Share(order, 33_000)], by=cast.treasurer)
    colleague = owed(cast, "새담당", buyer_name="주식회사 가온소셜랩")
    assert reasons(cast, deposit(cast, "한지호"))[0][0] == colleague.code


def test_nothing_is_learnt_from_the_buyers_own_name(cast):
    order = owed(cast, "가나다")
    row = deposit(cast, "가나다")
    actions.match_deposit(row, shares=[Share(order, 33_000)], by=cast.treasurer)
    assert not Alias.objects.exists()


# By a person --------------------------------------------------------------------------------------


def test_one_deposit_pays_several_orders(cast):
    orders = [owed(cast, name, won) for name, won in [("가나다", 33_000), ("라마바", 55_000)]]
    row = deposit(cast, "㈜회사", 100_000)
    shares = [Share(order, order.total) for order in orders]
    matches = actions.match_deposit(row, shares=shares, by=cast.treasurer)
    for order in orders:
        order.refresh_from_db()
    row.refresh_from_db()
    assert {order.status for order in orders} == {Order.Status.PAID}
    assert (row.status, row.left, [match.number for match in matches]) == (
        Deposit.Status.OPEN,
        12_000,
        [1, 2],
    )
    assert Deposit.objects.unidentified() == 12_000 and books_agree()


def test_several_deposits_pay_one_order(cast):
    order = owed(cast, "가나다")
    for won in (20_000, 13_000):
        row = deposit(cast, "가나다", won)
        actions.match_deposit(row, shares=[Share(order, won)], by=cast.treasurer)
    order.refresh_from_db()
    assert (order.status, order.payments.count()) == (Order.Status.PAID, 2)
    partial = Message.objects.get(template="deposit_partial")
    assert (partial.context["amount"], partial.context["missing"]) == (20_000, 13_000)
    assert books_agree()


def test_too_much_is_booked_and_raises_a_task(cast):
    order = owed(cast, "가나다")
    row = deposit(cast, "가나다", 40_000)
    actions.match_deposit(row, shares=[Share(order, 40_000)], by=cast.treasurer)
    assert Task.objects.get().kind == Task.Kind.OVERPAID
    order.refresh_from_db()
    assert order.status == Order.Status.PAID and books_agree()


@pytest.mark.parametrize("fault", ["more than came", "own", "seen", "free", "nothing"])
def test_what_cannot_be_matched_is_refused_and_books_nothing(cast, fault):
    order = owed(cast, "가나다")
    row = deposit(cast, "가나다")
    share, by = Share(order, 33_000, seen=0), cast.treasurer
    match fault:
        case "more than came":
            share = Share(order, 33_001)
        case "own":
            by = order.user
        case "seen":
            share = Share(order, 33_000, seen=1)
        case "free":
            share = Share(shop.order_of(cast.account, cast.busan, 0), 33_000)
        case "nothing":
            share = Share(order, 0)
    with pytest.raises(Refused):
        actions.match_deposit(row, shares=[share], by=by)
    row.refresh_from_db()
    assert (row.left, Payment.objects.count(), Match.objects.count()) == (33_000, 0, 0)


def test_an_unknown_deposit_is_set_aside_and_claimed_later(cast):
    row = deposit(cast, "누구세요")
    actions.set_aside(row, note="전화 문의 중", by=cast.treasurer)
    assert not Deposit.objects.open().exists() and Deposit.objects.unidentified() == 33_000
    order = owed(cast, "가나다")
    actions.match_deposit(row, shares=[Share(order, 33_000)], by=cast.treasurer)
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    with pytest.raises(Refused):
        actions.set_aside(Deposit.objects.get(), note="", by=cast.treasurer)
    assert books_agree()


def test_an_unknown_deposit_is_wired_back(cast, settings):
    settings.TWO_PERSON_REFUND_WON = 20_000
    row = deposit(cast, "누구세요")
    actions.return_deposit(row, amount=13_000, reason="착오 송금", by=cast.treasurer)
    with pytest.raises(Refused):  # much money needs the bank's line
        actions.return_deposit(row, amount=20_000, reason="착오 송금", by=cast.treasurer)
    imported(kb(("누구세요", -20_000), start=500_000), account_of(cast.hq), by=cast.treasurer)
    evidence = type(row.line).objects.outgoing().get()
    actions.return_deposit(
        row, amount=20_000, reason="착오 송금", evidence=evidence, by=cast.treasurer
    )
    row.refresh_from_db()
    assert (row.status, row.left) == (Deposit.Status.DONE, 0)
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0 and books_agree()
    other = deposit(cast, "또다른이", 20_000)
    with pytest.raises(Refused):
        actions.return_deposit(
            other, amount=20_000, reason="x", evidence=evidence, by=cast.treasurer
        )


def test_much_of_a_deposit_in_small_pieces_needs_the_banks_line_too(cast, settings):
    settings.TWO_PERSON_REFUND_WON = 20_000
    row = deposit(cast, "누구세요")
    actions.return_deposit(row, amount=12_000, reason="착오 송금", by=cast.treasurer)
    with pytest.raises(Refused) as refusal:
        actions.return_deposit(row, amount=8_000, reason="나머지", by=cast.treasurer)
    assert refusal.value.field == "evidence"
    row.refresh_from_db()
    assert row.left == 21_000
    actions.return_deposit(row, amount=7_999, reason="일부", by=cast.treasurer)
    assert books_agree()


# Typed by hand, and in the file as well -----------------------------------------------------------


def typed(cast, order: Order, depositor: str = "", **changes) -> Payment:
    facts = {
        "amount": 33_000,
        "received_on": clock.today(),
        "depositor": depositor or order.depositor_name,
        "nonce": f"n{order.pk}",
        "seen": order.sum_paid(),
        "by": cast.treasurer,
    }
    return actions.confirm_deposit(order, **facts | changes)


def test_a_line_of_what_was_typed_by_hand_books_nothing(cast):
    order = owed(cast, "가나다")
    payment = typed(cast, order)
    row = deposit(cast, "가나다")
    assert reasons(cast, row)[0] == (order.code, ("by_hand", "name", "amount"))
    assert matched(cast) == 1
    match = row.matches.get()
    assert (match.payment, match.is_found) == (payment, True)
    assert (Payment.objects.count(), Deposit.objects.unidentified()) == (1, 0)
    assert books_agree()


def test_typing_what_the_file_has_said_finds_its_line(cast):
    order = owed(cast, "가나다")
    row = deposit(cast, "가나다1234")
    payment = typed(cast, order, "가나다")
    row.refresh_from_db()
    assert (row.status, row.matches.get().payment) == (Deposit.Status.DONE, payment)
    assert typed(cast, order, "가나다") == payment  # the form sent twice
    assert (Payment.objects.count(), Deposit.objects.unidentified()) == (1, 0)
    assert books_agree()


def test_a_line_that_may_be_either_waits_for_a_person(cast):
    """The same person owes the same amount once more."""
    first = owed(cast, "가나다")
    typed(cast, first)
    second = shop.order_of(first.user, cast.busan)
    actions.choose_bank_transfer(second, by=first.user)
    row = deposit(cast, "가나다")
    assert matched(cast) == 0
    assert [code for code, _why in reasons(cast, row)[:2]] == [first.code, second.code]


def test_one_line_bears_out_one_typed_deposit(cast):
    order = owed(cast, "가나다")
    payment = typed(cast, order)
    rows = [deposit(cast, "가나다"), deposit(cast, "가나다")]
    actions.find_payment(rows[0], payment=payment, by=cast.treasurer)
    with pytest.raises(Refused):
        actions.find_payment(rows[1], payment=payment, by=cast.treasurer)
    assert Deposit.objects.unidentified() == 33_000 and books_agree()
