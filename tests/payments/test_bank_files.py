"""Files of Korean banks: what their columns and cells mean, and that bringing them again, or twice
at once in pieces, writes every movement once."""

import io
from datetime import datetime

import pytest
from openpyxl import Workbook

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions
from kosna.payments.models import BankFile, BankLine, Deposit, LedgerEntry
from kosna.payments.statements import cells, columns, reading
from kosna.verify import deposits_add_up, ledger_matches_money
from tests.members.test_desk import queries_of
from tests.payments import statements
from tests.payments.office import make_office
from tests.payments.statements import KB, account_of, bring, imported, kb

HEADINGS = {
    "국민": (KB, "at memo payer  outgoing incoming balance office "),
    "국민, 옛": (
        "거래일시,거래종류,찾으신금액,맡기신금액,거래후잔액,비고,메모,거래점",
        "at memo outgoing incoming balance payer  office",
    ),
    "신한": (
        "거래일자,거래시간,적요,출금(원),입금(원),내용,잔액(원),거래점",
        "day time memo outgoing incoming payer balance office",
    ),
    "우리": (
        "거래일시,적요,기재내용,지급(원),입금(원),거래후 잔액(원),취급점",
        "at memo payer outgoing incoming balance office",
    ),
    "하나": (
        "No,거래일시,적요,의뢰인/수취인,입금,출금,거래후잔액,구분,거래점",
        " at memo payer incoming outgoing balance  office",
    ),
    "농협": (
        "순번,거래일시,출금금액(원),입금금액(원),거래후잔액(원),거래내용,거래기록사항,거래점",
        " at outgoing incoming balance  payer office",
    ),
    "기업": (
        "거래일시,출금,입금,거래후 잔액,거래내용,상대은행,상대계좌예금주명",
        "at outgoing incoming balance payer  ",
    ),
    "카카오뱅크": (
        "거래일시,구분,거래금액,거래 후 잔액,내용,메모",
        "at direction amount balance payer memo",
    ),
}


@pytest.fixture
def cast(db):
    return make_office()


@pytest.mark.parametrize("bank", HEADINGS)
def test_headings_of_korean_banks_are_understood(bank):
    headings, meaning = HEADINGS[bank]
    assert columns.guess(headings.split(",")) == meaning.split(" ")
    assert columns.faults(meaning.split(" ")) == {}


@pytest.mark.parametrize(
    ("missing", "column"),
    [("at", None), ("incoming", None), ("balance", None), ("payer", None)],
)
def test_columns_that_are_needed_are_asked_for(missing, column):
    mapping = ["at", "payer", "incoming", "balance"]
    mapping[mapping.index(missing)] = ""
    assert list(columns.faults(mapping)) == [column]
    assert columns.faults(["at", "payer", "incoming", "balance", "payer"]).keys() == {4}


@pytest.mark.parametrize(
    ("text", "time", "told", "grain"),
    [
        ("2026.11.23 10:11:12", "", "2026-11-23T10:11:12", "second"),
        ("20261123101112", "", "2026-11-23T10:11:12", "second"),
        ("2026/11/23 10:11", "", "2026-11-23T10:11:00", "minute"),
        ("2026-11-23", "101112", "2026-11-23T10:11:12", "second"),
        ("20261123", "9:05", "2026-11-23T09:05:00", "minute"),
        ("2026. 11. 23.", "91112", "2026-11-23T09:11:12", "second"),
        ("2026-11-23 오후 2:05", "", "2026-11-23T14:05:00", "minute"),
        ("26.11.23", "", "2026-11-23T00:00:00", "day"),
        ("2026년 11월 23일", "", "2026-11-23T00:00:00", "day"),
        ("46349.5", "", "2026-11-23T12:00:00", "minute"),
    ],
)
def test_instants_are_read_as_banks_write_them(text, time, told, grain):
    at, how = cells.parse_instant(text, time)
    assert (at, how) == (datetime.fromisoformat(told).replace(tzinfo=clock.KST), grain)


@pytest.mark.parametrize(
    "text", ["", "합계", "2026-13-40", "11.23", "어제 10:00", "2026-11-23 25:00"]
)
def test_what_is_no_instant_is_refused(text):
    with pytest.raises(ValueError):
        cells.parse_instant(text)


@pytest.mark.parametrize(
    ("text", "won"),
    [("33,000", 33_000), ("₩33,000원", 33_000), ("33000.0", 33_000), ("", 0), ("-", 0),
     ("-5,000", -5_000), ("(5,000)", -5_000), ("３３,０００", 33_000), ("+7", 7)],
)  # fmt: skip
def test_won_are_read_as_banks_write_them(text, won):
    assert cells.parse_won(text) == won


@pytest.mark.parametrize("text", ["33.5", "삼만", "12-3", ","])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError):
        cells.parse_won(text)


def read(*rows: str, mapping: str = "at payer outgoing incoming balance"):
    lines = [
        ["거래내역"],
        ["일시", "보낸분", "출금", "입금", "잔액"],
        *(row.split("|") for row in rows),
    ]
    return reading.read(lines, heading_line=2, mapping=mapping.split())


def test_rows_that_are_no_movement_are_told_apart():
    found = read(
        "2026-11-23 10:00:01|김하늘||33,000|133,000",
        "||||",
        "일시|보낸분|출금|입금|잔액",
        "합계|||33,000|",
        "|||33,000|",
        "* 본 자료는 참고용입니다||||",
        "2026-11-23 10:01:00|조회|0|0|133,000",
        "2026-11-23 10:02:00|정정||-33,000|100,000",
    )
    assert [(row.incoming, row.outgoing) for row in found.rows] == [(33_000, 0), (0, 33_000)]
    assert [code for _line, code, _told in found.remarks] == [
        "above", "headings", "total", "total", "note", "nothing",
    ]  # fmt: skip
    assert found.wrong == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2026-11-99 10:00|김하늘||33,000|133,000", "date"),
        ("|김하늘||33,000|133,000", "date"),
        ("2099-01-01 10:00|김하늘||33,000|133,000", "future"),
        ("2026-11-23 10:00|김하늘||삼만삼천|133,000", "amount"),
        ("2026-11-23 10:00|김하늘||33,000|", "balance"),
        ("2026-11-23 10:00|김하늘|1,000|33,000|133,000", "both"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(row, code):
    found = read("2026-11-23 10:00|a||1|2", row)
    assert [remark[:2] for remark in found.wrong] == [(4, code)]


@pytest.mark.parametrize(
    ("amount", "direction", "moved"),
    [("33,000", "입금", (33_000, 0)), ("-33,000", "출금", (0, 33_000)),
     ("33,000", "체크카드출금", (0, 33_000)), ("-1,000", "", (0, 1_000))],
)  # fmt: skip
def test_one_column_of_amounts_says_which_way(amount, direction, moved):
    lines = [["일시"], ["2026-11-23 10:00", "김하늘", direction, amount, "9"]]
    mapping = ["at", "payer", "direction", "amount", "balance"]
    [row] = reading.read(lines, heading_line=1, mapping=mapping).rows
    assert (row.incoming, row.outgoing) == moved


# Bringing it --------------------------------------------------------------------------------------

MONTH = (("김하늘4821", 33_000), ("통신요금", -12_000), ("박서준", 55_000))


@pytest.fixture
def account(cast):
    return account_of(cast.hq)


def test_a_file_is_checked_before_anything_is_written(cast, account):
    row = bring(kb(*MONTH), account, by=cast.treasurer)
    assert row.status == BankFile.Status.CHECKED
    assert not BankLine.objects.exists()
    expected = {"rows": 3, "fresh": 3, "deposits": 2, "won": 88_000, "known": 0, "wrong": 0}
    assert row.counts.items() >= expected.items()
    assert {code for _line, code, _told in row.remarks} == {"above", "total"}


def test_what_came_is_nobodys_until_it_is_matched(cast, account):
    row = imported(kb(*MONTH), account, by=cast.treasurer)
    assert row.status == BankFile.Status.IMPORTED
    assert [line.moved for line in BankLine.objects.order_by("at")] == [33_000, -12_000, 55_000]
    assert sorted(Deposit.objects.values_list("left", flat=True)) == [33_000, 55_000]
    assert Deposit.objects.unidentified() == 88_000
    assert {(e.account, e.order_id) for e in LedgerEntry.objects.all()} == {
        ("unidentified:bank", None)
    }
    assert ledger_matches_money() == deposits_add_up() == []


def test_the_same_file_again_writes_nothing(cast, account):
    content = kb(*MONTH)
    imported(content, account, by=cast.treasurer)
    again = imported(content, account, by=cast.treasurer)
    assert (again.counts["fresh"], again.counts["known"]) == (0, 3)
    assert (BankLine.objects.count(), Deposit.objects.count()) == (3, 2)
    assert ledger_matches_money() == []


def test_overlapping_files_add_what_is_new(cast, account):
    at = clock.now()
    longer = [(payer, won, at) for payer, won in (*MONTH, ("이도윤", 10_000))]
    imported(kb(*longer[:3]), account, by=cast.treasurer)
    row = imported(kb(*longer), account, by=cast.treasurer)
    assert (row.counts["fresh"], row.counts["known"]) == (1, 3)


def test_two_like_deposits_of_one_minute_are_two(cast, account):
    """The balance tells them apart, in one file and in the next."""
    at = clock.now().replace(second=0, microsecond=0)
    content = kb(("김하늘", 33_000, at), ("김하늘", 33_000, at))
    imported(content, account, by=cast.treasurer)
    again = imported(content, account, by=cast.treasurer)
    assert (Deposit.objects.count(), again.counts["known"]) == (2, 2)


def test_a_row_that_stands_twice_in_a_file_is_taken_once_and_said(cast, account):
    lines = kb(*MONTH).splitlines()
    row = bring("\n".join([*lines[:-1], lines[4], lines[-1]]), account, by=cast.treasurer)
    assert (row.counts["fresh"], row.counts["repeated"]) == (3, 1)
    assert "repeated" in {code for _line, code, _told in row.remarks}


def test_a_file_that_tells_minutes_knows_what_one_with_seconds_said(cast, account):
    at = clock.now().replace(second=17, microsecond=0)
    movements = [(payer, won, at) for payer, won in MONTH]
    imported(kb(*movements), account, by=cast.treasurer)
    coarse = kb(*movements).replace(f"{at.astimezone(clock.KST):%H:%M:%S}",
                                    f"{at.astimezone(clock.KST):%H:%M}")  # fmt: skip
    row = imported(coarse, account, by=cast.treasurer)
    assert (row.counts["fresh"], row.counts["known"]) == (0, 3)


def test_one_wrong_row_stops_the_whole_file(cast, account):
    row = bring(kb(*MONTH).replace("55,000", "오만오천"), account, by=cast.treasurer)
    assert row.counts["wrong"] == 1 and row.remarks[0][1] == "amount"
    with pytest.raises(Refused):
        actions.import_bank_file(row, by=cast.treasurer)
    row.refresh_from_db()
    assert row.status == BankFile.Status.CHECKED
    assert not BankLine.objects.exists() and not LedgerEntry.objects.exists()


def test_excel_and_utf8_say_the_same(cast, account):
    book, told = Workbook(), kb(*MONTH)
    for line in told.splitlines()[:4]:
        book.active.append(line.split(","))
    at = clock.now().astimezone(clock.KST).replace(tzinfo=None, microsecond=0)
    book.active.append([at, "전자금융", "김하늘", "", 0, 33000, 1033000, "가산", ""])
    stored = io.BytesIO()
    book.save(stored)
    imported(stored.getvalue(), account, by=cast.treasurer)
    line = BankLine.objects.get()
    assert (line.payer, line.incoming, line.balance) == ("김하늘", 33_000, 1_033_000)
    utf8 = imported(told.encode("utf-8-sig"), account, by=cast.treasurer)
    assert utf8.counts["fresh"] == 3


def test_unknown_headings_wait_for_a_person_and_are_remembered(cast, account):
    strange = kb(*MONTH).replace(KB, "가,나,다,라,마,바,사,아,자")
    row = bring(strange, account, by=cast.treasurer)
    assert row.status == BankFile.Status.MAPPING
    row.heading_line = 4  # as the form that shows the columns says
    mapping = ["at", "memo", "payer", "", "outgoing", "incoming", "balance", "office", ""]
    row.headings = ["가", "나", "다", "라", "마", "바", "사", "아", "자"]
    with pytest.raises(Refused):
        actions.check_bank_file(row, mapping=["", *mapping[1:]])
    actions.check_bank_file(row, mapping=mapping)
    assert row.counts["fresh"] == 3


def test_a_mapping_is_remembered_for_its_account(cast, account):
    renamed = kb(*MONTH).replace("보낸분/받는분", "누구")
    first = bring(renamed, account, by=cast.treasurer)
    assert first.status == BankFile.Status.MAPPING
    mapping = columns.guess(KB.split(","))
    actions.check_bank_file(first, mapping=mapping)
    actions.import_bank_file(first, by=cast.treasurer)
    account.refresh_from_db()
    assert bring(renamed, account, by=cast.treasurer).status == BankFile.Status.CHECKED
    other = account_of(cast.busan, number="000-00-0002")
    assert bring(renamed, other, by=cast.treasurer).status == BankFile.Status.MAPPING


def test_a_file_that_was_given_up_is_gone(cast, account):
    row = bring(kb(*MONTH), account, by=cast.treasurer)
    actions.abandon_bank_file(row, by=cast.treasurer)
    with pytest.raises(Refused):
        actions.import_bank_file(BankFile.objects.get(), by=cast.treasurer)


def test_an_empty_file_says_so(cast, account):
    with pytest.raises(Refused):
        bring(b"\n,,\n", account, by=cast.treasurer)


def test_a_file_takes_as_many_statements_for_three_lines_as_for_one(cast, account, login):
    client = login("treasurer")
    counted = [
        queries_of(client, imported(kb(*rows), account, by=cast.treasurer).get_absolute_url())
        for rows in (MONTH[:1], MONTH[1:])
    ]
    assert counted[0] == counted[1]


def test_lines_of_the_bank_are_never_changed(cast, account):
    statements.imported(kb(*MONTH), account, by=cast.treasurer)
    with pytest.raises(TypeError):
        BankLine.objects.update(incoming=1)
