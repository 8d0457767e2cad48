"""The tax office's spreadsheets: the columns that it wants, in its order, and its numbers back."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions, tax_sheets
from kosna.payments.models import Proof
from kosna.payments.tax_sheets import COLUMNS, told
from tests.payments import shop
from tests.payments.proving import (
    BUSINESS,
    EXEMPT,
    Kind,
    Purpose,
    Status,
    fresh,
    give_back,
    invoice_for,
    issue,
    number,
    order_with,
    receipt_for,
)

TAX_INVOICE = """
전자(세금)계산서 종류(01:일반, 02:영세율)|작성일자|
공급자 등록번호("-" 없이 입력)|공급자종사업장번호|공급자 상호|공급자 성명|
공급자 사업장주소|공급자 업태|공급자 종목|공급자 이메일|
공급받는자 등록번호("-" 없이 입력)|공급받는자종사업장번호|공급받는자 상호|공급받는자 성명|
공급받는자 사업장주소|공급받는자 업태|공급받는자 종목|공급받는자 이메일1|공급받는자 이메일2|
공급가액|세액|비고|
일자1(2자리, 작성년월 제외)|품목1|규격1|수량1|단가1|공급가액1|세액1|품목비고1|
일자2(2자리, 작성년월 제외)|품목2|규격2|수량2|단가2|공급가액2|세액2|품목비고2|
일자3(2자리, 작성년월 제외)|품목3|규격3|수량3|단가3|공급가액3|세액3|품목비고3|
일자4(2자리, 작성년월 제외)|품목4|규격4|수량4|단가4|공급가액4|세액4|품목비고4|
현금|수표|어음|외상미수금|영수(01),청구(02)
"""


def header(text: str) -> list[str]:
    return text.replace("\n", "").split("|")


def test_the_headings_of_a_tax_invoice_are_the_tax_offices():
    wanted = header(TAX_INVOICE)
    assert [column.replace("\n", "") for column in COLUMNS[Kind.TAX_INVOICE]] == wanted
    assert len(wanted) == 59


def test_an_invoice_has_no_column_of_tax():
    """54 columns: the code of its kind is another, and no 세액."""
    wanted = [name for name in header(TAX_INVOICE) if not name.startswith("세액")]
    wanted[0] = "전자(세금)계산서 종류(05:일반)"
    assert [column.replace("\n", "") for column in COLUMNS[Kind.INVOICE]] == wanted
    assert len(wanted) == 54


def test_the_headings_of_cash_receipts():
    assert COLUMNS[Kind.CASH_RECEIPT] == (
        "용도구분", "발급수단번호", "총거래금액(합계)", "공급가액", "부가가치세", "메모",
    )  # fmt: skip


def rows_of(content: bytes) -> list[tuple]:
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet.title == "엑셀업로드양식"
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0].startswith("엑셀 업로드 양식")
    assert all(not any(row) for row in rows[1:5])
    return rows[5:]  # the headings stand in row 6, the first proof in row 7


def export(cast, kind: Kind, **more) -> tuple[str, bytes]:
    return actions.export_proofs(Proof.objects.all(), kind, by=cast.treasurer, **more)


def test_a_tax_invoice_stands_in_its_columns(cast):
    lines = [shop.line(33_000, title_ko="현장 참가")] * 3
    lines += [shop.line(11_000 * n, title_ko=f"워크숍 {n}") for n in range(1, 5)]
    order = order_with(cast, *lines)
    proof = invoice_for(order.payments.get(), note="=교육", is_claim=False)
    name, content = export(cast, Kind.TAX_INVOICE)
    assert name == f"세금계산서_{clock.today():%Y%m%d}.xlsx"
    headings, row = rows_of(content)
    cells = dict(zip((name.replace("\n", "") for name in headings), row, strict=True))
    today = f"{clock.today():%Y%m%d}"
    assert row[:3] == ("01", today, "9998200031")
    assert cells['공급받는자 등록번호("-" 없이 입력)'] == "1234567891"
    assert cells["공급받는자 상호"] == BUSINESS.company
    assert (cells["공급가액"], cells["세액"]) == (190_000, 19_000)
    assert cells["비고"] == f"=교육 {order.code}"  # text: no formula
    items = [
        tuple(cells[f"{name}{n}"] for name in ("품목", "수량", "단가", "공급가액", "세액"))
        for n in range(1, 5)
    ]
    assert items == [
        ("현장 참가", 3, 30_000, 90_000, 9_000),
        ("워크숍 1", 1, 10_000, 10_000, 1_000),
        ("워크숍 2", 1, 20_000, 20_000, 2_000),
        ("워크숍 3 외 1건", 1, 70_000, 70_000, 7_000),
    ]
    assert cells["일자1(2자리, 작성년월 제외)"] == today[6:]
    assert (cells["현금"], cells["외상미수금"], row[-1]) == (209_000, None, "01")
    proof.refresh_from_db()
    assert (proof.exported_by, proof.filed_supply, proof.filed_vat) == (
        cast.treasurer,
        190_000,
        19_000,
    )
    entry = Entry.objects.get(verb="payments.export_proofs")
    assert (entry.subjects, entry.facts["rows"]) == ([cast.account.pk], 1)


def test_an_exempt_invoice_that_claims(cast):
    order = order_with(cast, shop.line(110_000, **EXEMPT))
    invoice_for(order.payments.get(), is_claim=True)
    _headings, row = rows_of(export(cast, Kind.INVOICE)[1])
    assert (row[0], row[19], row[20], len(row)) == ("05", 110_000, order.code, 54)
    assert row[-5:] == (None, None, None, 110_000, "02")


def test_cash_receipts_stand_in_theirs(cast):
    mine, firm, unasked = (order_with(cast) for _n in range(3))
    receipt_for(mine.payments.get())
    receipt_for(firm.payments.get(), purpose=Purpose.EXPENSE, identity="1234567891")
    actions.request_self_issued(unasked.payments.get(), by=cast.treasurer)
    _headings, *rows = rows_of(export(cast, Kind.CASH_RECEIPT)[1])
    sums = (110_000, 100_000, 10_000)
    assert rows == [
        ("0", "010-0000-0101", *sums, mine.code),
        ("1", "1234567891", *sums, firm.code),
        ("0", "010-000-1234", *sums, unasked.code),
    ]


def test_nothing_is_exported_twice_unasked(cast):
    proof = invoice_for(order_with(cast).payments.get())
    export(cast, Kind.TAX_INVOICE)
    with pytest.raises(Refused):
        export(cast, Kind.TAX_INVOICE)
    assert len(rows_of(export(cast, Kind.TAX_INVOICE, again=True)[1])) == 2
    issue(proof, cast)
    with pytest.raises(Refused):
        export(cast, Kind.TAX_INVOICE, again=True)


def test_more_than_a_file_holds_are_several_files(cast, monkeypatch):
    monkeypatch.setitem(tax_sheets.MOST, Kind.TAX_INVOICE, 2)
    for _n in range(5):
        invoice_for(order_with(cast).payments.get())
    name, content = export(cast, Kind.TAX_INVOICE)
    assert name.endswith(".zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert [len(rows_of(archive.read(file))) - 1 for file in archive.namelist()] == [2, 2, 1]
    monkeypatch.undo()
    assert tax_sheets.MOST[Kind.TAX_INVOICE] == tax_sheets.MOST[Kind.INVOICE] == 100


# Numbers back --------------------------------------------------------------------------------

LIST = """
작성일자|승인번호|발급일자|전송일자|공급자사업자등록번호|종사업장번호|상호|대표자명|주소|
공급받는자사업자등록번호|종사업장번호|상호|대표자명|주소|합계금액|공급가액|세액|
전자세금계산서분류|전자세금계산서종류|발급유형|비고|영수/청구 구분
"""


def told_row(proof: Proof, serial: int, amount: int, note: str = "", **more) -> list:
    day = more.get("written_on", proof.written_on).isoformat()
    today = clock.today().isoformat()
    supply, vat = round(amount / 1.1), amount - round(amount / 1.1)
    return [
        day, number(serial), today, today, "999-82-00031", "", "협회", "강학주", "주소",
        "123-45-67891", "", "㈜가온", "오세린", "주소", amount, supply, vat,
        "세금계산서", "일반", "인터넷발급", note, "영수",
    ]  # fmt: skip


def listed(*rows: list) -> SimpleUploadedFile:
    book = Workbook()
    sheet = book.active
    for text in ("매출 전자세금계산서 목록조회", "", "", "", ""):
        sheet.append([text])
    sheet.append(header(LIST))
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("목록.xlsx", file.getvalue())


def test_numbers_find_the_requests_that_they_mean(cast, login):
    one = invoice_for(order_with(cast).payments.get())
    twins = [invoice_for(order_with(cast, shop.line(55_000)).payments.get()) for _n in range(2)]
    file = listed(
        told_row(one, 1, 110_000),
        told_row(one, 1, 110_000),  # its second item
        told_row(twins[0], 2, 55_000, note=f"비고 {twins[1].payment.order.code}"),
        told_row(twins[0], 3, 77_000),
    )
    client = login("treasurer")
    answer = client.post("/staff/proofs/results/", {"file": file})
    outcome = answer.context["outcome"]
    assert [proof.pk for _row, proof in outcome.issued] == [one.pk, twins[1].pk]
    assert [row.number for row, _why in outcome.unmatched] == [number(3)]
    assert fresh(one).last_issue.number == number(1)
    assert fresh(twins[0]).status == Status.REQUESTED
    file.seek(0)
    again = client.post("/staff/proofs/results/", {"file": file}).context["outcome"]
    assert (len(again.issued), len(again.known), len(again.unmatched)) == (0, 2, 1)


def test_two_that_fit_are_left_to_a_person(cast):
    twins = [invoice_for(order_with(cast).payments.get()) for _n in range(2)]
    file = listed(told_row(twins[0], 1, 110_000))
    outcome = actions.apply_approvals(told(file, file.size), Proof.objects.all(), by=cast.treasurer)
    assert [why for _row, why in outcome.unmatched] == [
        "맞는 신청이 여러 건입니다. 해당 건에 직접 적어 주십시오."
    ]
    assert not outcome.issued


def test_a_correction_finds_what_it_corrects(cast):
    order = order_with(cast, shop.line(55_000), shop.line(55_000))
    proof = invoice_for(order.payments.get())
    issue(proof, cast)
    give_back(order, 55_000, cast, line=order.lines.last())
    file = listed(told_row(proof, 7, -55_000))
    outcome = actions.apply_approvals(told(file, file.size), Proof.objects.all(), by=cast.treasurer)
    assert [found.pk for _row, found in outcome.corrected] == [proof.pk]
    assert fresh(proof).status == Status.CORRECTED


def test_cash_receipts_come_back_by_their_memo(cast):
    orders = [order_with(cast) for _n in range(2)]
    proofs = [receipt_for(order.payments.get()) for order in orders]
    text = "거래일자,발급수단번호,총거래금액,승인번호,메모\n" + "".join(
        f"{clock.today()},010-0000-0101,110000,A1234567{n},{order.code}\n"
        for n, order in enumerate(orders)
    )
    file = io.BytesIO(text.encode("cp949"))
    rows = told(file, len(file.getvalue()))
    outcome = actions.apply_approvals(rows, Proof.objects.all(), by=cast.treasurer)
    assert {proof.pk for _row, proof in outcome.issued} == {proof.pk for proof in proofs}
    assert fresh(proofs[1]).last_issue.number == "A12345671"


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04 no", b"\x00\x01"])
def test_another_file_is_refused(content):
    with pytest.raises(ValidationError):
        told(io.BytesIO(content), len(content))


def test_the_desk_says_so_at_the_field(cast, login):
    file = SimpleUploadedFile("x.csv", "이름,금액\n가,1\n".encode())
    answer = login("treasurer").post("/staff/proofs/results/", {"file": file})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"file"}
