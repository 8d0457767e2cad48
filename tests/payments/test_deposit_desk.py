"""The treasurer's list of bank lines: cleared with and without JavaScript, files brought and
checked on pages, and that long lists cost no more."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kosna.core import clock
from kosna.core.models import Batch
from kosna.payments import actions
from kosna.payments.actions import matching as matching_actions
from kosna.payments.models import BankAccount, BankFile, Deposit, Match, Order, Payment
from tests.payments.office import make_office
from tests.payments.statements import KB, account_of, deposit, imported, kb, upload
from tests.payments.test_matching import owed, typed

SCRIPT = {"X-Answer": "row"}
LIST = "/staff/deposits/"


@pytest.fixture
def cast(db):
    return make_office()


def line(row: Deposit, deed: str = "") -> str:
    return f"/staff/deposits/lines/{row.pk}/{deed}"


def choice(order: Order, amount: int = 33_000, seen: int = 0) -> dict[str, str]:
    return {"choice": f"{order.code}:{seen}:{amount}"}


@pytest.fixture
def desk(login):
    return login("treasurer")


@pytest.mark.parametrize("page", ["", "files/", "accounts/", "orders/"])
def test_empty_lists_say_so(desk, page):
    answer = desk.get(LIST + page)
    assert answer.status_code == 200 and b'class="empty"' in answer.content


@pytest.mark.parametrize("page", ["", "?state=all", "files/"])
def test_long_lists_cost_no_more(cast, desk, page):
    costs = []
    for number in (1, 2):
        for index in range(number):
            owed(cast, f"{'가나다라'[index]}{number}바사")
            row = deposit(cast, f"{'가나다라'[index]}{number}바사")
        actions.match_deposit(
            row, shares=[actions.Share(Order.objects.last(), 1_000)], by=cast.treasurer
        )
        desk.get(LIST + page)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(LIST + page).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 15


def test_a_line_is_confirmed_with_a_plain_button(cast, desk):
    order, row = owed(cast, "가나다"), deposit(cast, "가나다")
    page = desk.get(LIST)
    assert choice(order)["choice"] in page.content.decode()
    assert page.context["progress"] == {"done": 0, "total": 1}
    answer = desk.post(line(row, "match/"), choice(order) | {"back": "state=all"})
    assert answer["Location"] == f"{LIST}?state=all"
    order.refresh_from_db()
    assert (order.status, order.payments.get().recorded_by) == (
        Order.Status.PAID,
        cast.treasurer,
    )
    page = desk.get(LIST)
    assert page.context["progress"] == {"done": 1, "total": 1}
    [recent] = page.context["recent"]
    assert desk.post(f"/staff/deposits/matches/{recent.pk}/undo/").status_code == 302
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING


def test_the_script_gets_the_row_and_nothing_else(cast, desk):
    order, row = owed(cast, "가나다"), deposit(cast, "가나다")
    told = desk.post(line(row, "match/"), choice(order), headers=SCRIPT).json()
    assert told["progress"] == {"done": 1, "total": 1}
    assert 'data-state="done"' in told["row"] and "<html" not in told["row"]
    assert order.code in told["message"]
    undo = reverse("payments_staff:match-undo", args=[Match.objects.get().pk])
    told = desk.post(undo, headers=SCRIPT).json()
    assert 'data-state="open"' in told["row"]
    told = desk.post(line(row, "aside/"), headers=SCRIPT).json()
    assert 'data-state="aside"' in told["row"]
    told = desk.post(line(row, "take-up/"), headers=SCRIPT).json()
    assert 'data-state="open"' in told["row"]
    told = desk.get(line(row, "row/"), headers=SCRIPT).json()
    assert order.code in told["row"]


def test_who_was_slower_is_told_and_sees_what_is_true(cast, desk):
    order, row = owed(cast, "가나다"), deposit(cast, "가나다")
    other = deposit(cast, "가나다")
    desk.post(line(row, "match/"), choice(order), headers=SCRIPT)
    for late in (row, other):  # the line is used up; the order has been paid meanwhile
        answer = desk.post(line(late, "match/"), choice(order), headers=SCRIPT)
        assert answer.status_code == 409 and answer.json()["message"]
    assert order.payments.count() == 1


@pytest.mark.parametrize(
    "value", ["", "x", "payment:0", "payment:x", "AAAAAAAAAA:0:33000", "{code}:0", "{code}:0:-1"]
)
def test_a_choice_that_was_never_offered_is_refused(cast, desk, value):
    order, row = owed(cast, "가나다"), deposit(cast, "가나다")
    told = {"choice": value.format(code=order.code)}
    assert desk.post(line(row, "match/"), told, headers=SCRIPT).status_code == 409
    assert not Payment.objects.exists()


def test_orders_are_looked_for_by_name_amount_and_code(cast, desk):
    order, row = owed(cast, "가나다", 77_000), deposit(cast, "모르는이")
    for text in ("가나다", "77,000", order.code, order.depositor_name):
        assert order.code in desk.get(line(row, "row/"), {"q": text}).json()["row"]
        assert order.code in desk.get(line(row), {"q": text}).content.decode()
    assert order.code not in desk.get(line(row, "row/"), {"q": "없는사람"}).json()["row"]


def test_one_buyers_orders_are_offered_together(cast, desk):
    first = owed(cast, "가나다")
    orders = [first, owed(cast, "가나다", 20_000)]
    row = deposit(cast, "가나다", 53_000)
    [together, *_rest] = desk.get(LIST).context["rows"][0]["choices"]
    assert {order.code for order in together.orders} == {order.code for order in orders}
    desk.post(line(row, "match/"), {"choice": together.value})
    assert set(Order.objects.values_list("status", flat=True)) == {Order.Status.PAID}


def test_a_deposit_is_split_on_its_page(cast, desk):
    orders = [owed(cast, "가나다"), owed(cast, "라마바", 10_000)]
    row = deposit(cast, "㈜회사", 50_000)
    typed_in = {"code_1": orders[0].code.lower(), "amount_1": 33_000, "code_2": orders[1].code}
    for wrong in ({}, typed_in, typed_in | {"amount_2": 17_001}, typed_in | {"code_2": "NONE"}):
        assert desk.post(line(row, "split/"), wrong).status_code == 422
    assert not Payment.objects.exists()
    sent = typed_in | {"amount_2": 10_000, "back": "line"}
    assert desk.post(line(row, "split/"), sent)["Location"] == line(row)
    assert Deposit.objects.unidentified() == 7_000
    answer = desk.post(line(row, "return/"), {"amount": 7_000, "reason": "초과"})
    assert answer.status_code == 302
    page = desk.get(line(row))
    assert page.status_code == 200 and Deposit.objects.unidentified() == 0


def test_what_was_typed_by_hand_is_offered_and_taken_back(cast, desk):
    order = owed(cast, "가나다")
    payment = typed(cast, order, received_on=clock.today())
    row = deposit(cast, "가나다", at=clock.now())
    [found, *_rest] = desk.get(LIST).context["rows"][0]["choices"]
    assert (found.value, found.is_found) == (f"payment:{payment.pk}", True)
    desk.post(line(row, "match/"), {"choice": found.value})
    assert Payment.objects.count() == 1
    assert "/retract/" not in desk.get(f"/staff/orders/{order.code}/").content.decode()
    desk.post(reverse("payments_staff:match-undo", args=[Match.objects.get().pk]))
    retract = reverse("payments_staff:deposit-retract", args=[payment.pk])
    assert retract in desk.get(f"/staff/orders/{order.code}/").content.decode()
    assert desk.post(retract, {"reason": "잘못 입력"}).status_code == 302
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert desk.get(f"/staff/orders/{order.code}/").status_code == 200


# Files --------------------------------------------------------------------------------------------


def bring(desk, content: str, account: BankAccount) -> BankFile:
    file = upload(content)
    answer = desk.post(f"{LIST}files/", {"account": account.pk, "file": file})
    assert answer.status_code == 302, answer.context["form"].errors
    return BankFile.objects.latest("pk")


def test_a_file_goes_from_the_page_to_the_list(cast, desk):
    answer = desk.post(
        f"{LIST}accounts/",
        {"branch": cast.hq.pk, "name": "주거래", "bank": "국민은행", "number": "1"},
    )
    assert answer["Location"] == f"{LIST}files/"
    account = BankAccount.objects.get()
    order = owed(cast, "가나다")
    row = bring(desk, kb(("가나다", 33_000), ("라마바", 20_000), ("통신비", -9_000)), account)
    page = desk.get(row.get_absolute_url())
    assert page.status_code == 200 and not Deposit.objects.exists()
    answer = desk.post(f"{row.get_absolute_url()}import/", follow=True)
    order.refresh_from_db()
    assert (order.status, answer.context["progress"]) == (
        Order.Status.PAID,
        {"done": 1, "total": 2},
    )
    assert desk.get(row.get_absolute_url()).status_code == 200
    again = bring(desk, kb(("가나다", 33_000)), account)
    assert desk.post(f"{again.get_absolute_url()}abandon/").status_code == 302
    assert desk.get(f"{LIST}files/").context["page"].paginator.count == 2


def test_wrong_rows_are_shown_and_nothing_can_be_imported(cast, desk):
    row = bring(desk, kb(("가나다", 33_000)).replace("33,000", "삼만"), account_of(cast.hq))
    page = desk.get(row.get_absolute_url()).content.decode()
    assert "금액을 읽을 수 없습니다" in page and "/import/" not in page
    assert desk.post(f"{row.get_absolute_url()}import/").status_code == 303
    assert not Deposit.objects.exists()


def test_unknown_columns_are_mapped_on_a_page(cast, desk):
    strange = kb(("가나다", 33_000)).replace(KB, "a,b,c,d,e,f,g,h,i")
    row = bring(desk, strange, account_of(cast.hq))
    columns = f"{row.get_absolute_url()}columns/"
    assert desk.get(row.get_absolute_url())["Location"] == columns
    moved = {"heading_line": 4, **{f"column_{i}": "" for i in range(len(row.mapping))}}
    assert desk.post(columns, moved).status_code == 302
    row.refresh_from_db()
    assert row.headings[:2] == ["a", "b"]
    mapping = ["at", "memo", "payer", "", "outgoing", "incoming", "balance", "", ""]
    sent = {"heading_line": 4, **{f"column_{i}": field for i, field in enumerate(mapping)}}
    assert desk.post(columns, sent | {"column_6": ""}).status_code == 422
    assert desk.post(columns, sent)["Location"] == row.get_absolute_url()
    row.refresh_from_db()
    assert (row.status, row.counts["fresh"]) == (BankFile.Status.CHECKED, 1)


@pytest.mark.parametrize("content", [b"", b"\xd0\xcf\x11\xe0xls", b"\x00\x01\x02"])
def test_what_is_no_table_is_refused(cast, desk, content):
    file = io.BytesIO(content)
    file.name = "list.xlsx"
    sent = {"account": account_of(cast.hq).pk, "file": file}
    assert desk.post(f"{LIST}files/", sent).status_code == 422
    assert not BankFile.objects.exists()


def test_a_large_file_is_matched_as_long_work(cast, desk, monkeypatch):
    monkeypatch.setattr(matching_actions, "AT_ONCE", 0)
    row = bring(desk, kb(("가나다", 33_000)), account_of(cast.hq))
    desk.post(f"{row.get_absolute_url()}import/")
    assert Batch.objects.get().kind == matching_actions.MATCH
    assert Deposit.objects.count() == 1


def test_an_account_is_renamed_and_put_away(cast, desk):
    account = account_of(cast.hq)
    page = f"{LIST}accounts/{account.pk}/"
    assert desk.get(page).status_code == 200
    assert desk.post(page, {"name": ""}).status_code == 422
    assert desk.post(page, {"name": "옛 계좌"}).status_code == 302
    account.refresh_from_db()
    assert (account.name, account.is_active) == ("옛 계좌", False)
    assert not desk.get(f"{LIST}files/").context["has_accounts"]
    same = {"branch": cast.hq.pk, "name": "x", "bank": account.bank, "number": account.number}
    assert desk.post(f"{LIST}accounts/", same).status_code == 422


def test_filters_stand_in_the_address(cast, desk):
    first, second = deposit(cast, "가나다", 10_000), deposit(cast, "라마바", 20_000)
    imported(kb(("사아자", 5_000)), account_of(cast.busan, "부산", "2"), by=cast.treasurer)
    actions.set_aside(second, note="", by=cast.treasurer)
    account = first.line.account_id
    for query, number in [("", 2), ("q=가나", 1), ("q=10,000원", 1), ("state=aside", 1),
                          ("state=all", 3), (f"account={account}", 1), ("state=x", 2)]:  # fmt: skip
        assert desk.get(f"{LIST}?{query}").context["page"].paginator.count == number, query
