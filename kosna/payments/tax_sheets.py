"""The tax office's spreadsheets (국세청 홈택스): those in which many proofs are handed in at once,
and those in which it tells their approval numbers.

The order and the words of the columns are the tax office's; its reader takes the headings from
row 6 and the first proof from row 7, and no more rows than stand here.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kosna.core.sheets import recognise, rows_of, write_xlsx
from kosna.documents.rendering import association
from kosna.payments.coverage import Piece, Sum, pieces_for, total
from kosna.payments.models import Proof

Kind, Purpose = Proof.Kind, Proof.Purpose
ITEMS = 4  # that an invoice lists
MOST: dict[str, int] = {Kind.TAX_INVOICE: 100, Kind.INVOICE: 100, Kind.CASH_RECEIPT: 1_000}
SHEET = "엑셀업로드양식"
TITLES: dict[str, str] = {
    Kind.TAX_INVOICE: "엑셀 업로드 양식(전자세금계산서-일반(영세율))",
    Kind.INVOICE: "엑셀 업로드 양식(전자계산서-일반)",
    Kind.CASH_RECEIPT: "엑셀 업로드 양식(현금영수증)",
}
NAMES: dict[str, str] = {
    Kind.TAX_INVOICE: "세금계산서",
    Kind.INVOICE: "계산서",
    Kind.CASH_RECEIPT: "현금영수증",
}
# 전자(세금)계산서 종류: of a tax invoice 01 general and 02 zero-rated, of an invoice 05.
CODES: dict[str, str] = {Kind.TAX_INVOICE: "01", Kind.INVOICE: "05"}
_PARTIES = (
    "작성일자",
    '공급자 등록번호\n("-" 없이 입력)',
    "공급자\n종사업장번호",
    "공급자 상호",
    "공급자 성명",
    "공급자 사업장주소",
    "공급자 업태",
    "공급자 종목",
    "공급자 이메일",
    '공급받는자 등록번호\n("-" 없이 입력)',
    "공급받는자\n종사업장번호",
    "공급받는자 상호",
    "공급받는자 성명",
    "공급받는자 사업장주소",
    "공급받는자 업태",
    "공급받는자 종목",
    "공급받는자 이메일1",
    "공급받는자 이메일2",
)
_PAID = ("현금", "수표", "어음", "외상미수금", "영수(01),\n청구(02)")


def _items(with_vat: bool) -> list[str]:
    return [
        f"{name}{n}" + ("\n(2자리, 작성년월 제외)" if name == "일자" else "")
        for n in range(1, ITEMS + 1)
        for name in ("일자", "품목", "규격", "수량", "단가", "공급가액", "세액", "품목비고")
        if with_vat or name != "세액"
    ]


COLUMNS: dict[str, tuple[str, ...]] = {
    Kind.TAX_INVOICE: (
        "전자(세금)계산서 종류\n(01:일반, 02:영세율)",
        *_PARTIES,
        "공급가액",
        "세액",
        "비고",
        *_items(with_vat=True),
        *_PAID,
    ),
    Kind.INVOICE: (
        "전자(세금)계산서 종류\n(05:일반)",
        *_PARTIES,
        "공급가액",
        "비고",
        *_items(with_vat=False),
        *_PAID,
    ),
    Kind.CASH_RECEIPT: (
        "용도구분",
        "발급수단번호",
        "총거래금액(합계)",
        "공급가액",
        "부가가치세",
        "메모",
    ),
}


# Handing in ---------------------------------------------------------------------------------------


def workbooks(kind: str, proofs: Sequence[Proof]) -> Iterator[bytes]:
    """One file for as many as the tax office takes at once. Of ``proofs`` all grounds are read."""
    for first in range(0, len(proofs), MOST[kind]):
        file = io.BytesIO()
        some = proofs[first : first + MOST[kind]]
        write_xlsx(
            file,
            COLUMNS[kind],
            (row_of(proof) for proof in some),
            above=(TITLES[kind], "", "", "", ""),
            name=SHEET,
        )
        yield file.getvalue()


def row_of(proof: Proof) -> list[Any]:
    """Amounts are those that are kept today."""
    pieces = pieces_for(proof)
    sums = total(pieces)
    if proof.kind == Kind.CASH_RECEIPT:
        return _cash_row(proof, sums)
    has_vat = proof.kind == Kind.TAX_INVOICE
    row: list[Any] = [CODES[proof.kind], f"{proof.written_on:%Y%m%d}", *_supplier()]
    row += [proof.identity, proof.sub_number, proof.company, proof.representative]
    row += [proof.address, proof.business_type, proof.business_item, proof.email, proof.email2]
    row += [sums.supply, *([sums.vat] if has_vat else []), note_of(proof)]
    items = items_of(pieces)
    for item in items:
        row += [f"{proof.written_on:%d}", item.title, "", item.quantity, item.unit, item.supply]
        row += [item.vat, ""] if has_vat else [""]
    row += [""] * ((8 if has_vat else 7) * (ITEMS - len(items)))
    if proof.is_claim:
        return [*row, "", "", "", sums.amount, "02"]
    return [*row, sums.amount, "", "", "", "01"]


def _supplier() -> list[str]:
    ours = association("ko")
    number = "".join(letter for letter in ours["tax_number"] if letter.isdigit())
    return [
        number,
        ours["tax_sub_number"],
        ours["name"],
        ours["president"],
        ours["address"],
        ours["business_type"],
        ours["business_item"],
        ours["email"],
    ]


def note_of(proof: Proof) -> str:
    """비고, which ends with the order's code: the tax office tells it back with the number."""
    return f"{proof.note} {proof.payment.order.code}".strip()


def _cash_row(proof: Proof, sums: Sum) -> list[Any]:
    is_expense = proof.purpose == Purpose.EXPENSE  # else 소득공제, to which 자진발급 belongs
    number = proof.identity if is_expense else proof.shown_identity
    code = "1" if is_expense else "0"
    return [code, number, sums.amount, sums.supply, sums.vat, note_of(proof)]


@dataclass
class Item:
    title: str
    quantity: int
    unit: int
    supply: int
    vat: int


def items_of(pieces: Iterable[Piece]) -> list[Item]:
    """What an invoice lists: equal lines as one with their quantity; of more than it has room for,
    the last says how many it stands for."""
    items: dict[tuple[str, int, int], Item] = {}
    for line, supply, vat in pieces:
        key = (line.title_ko, supply, vat)
        item = items.setdefault(key, Item(line.title_ko[:100], 0, supply, 0, 0))
        item.quantity += 1
        item.supply += supply
        item.vat += vat
    shown = list(items.values())
    if len(shown) <= ITEMS:
        return shown
    rest = shown[ITEMS - 1 :]
    supply = sum(item.supply for item in rest)
    title = f"{rest[0].title} 외 {len(rest) - 1}건"
    return [*shown[: ITEMS - 1], Item(title, 1, supply, supply, sum(item.vat for item in rest))]


# Reading back -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """One proof as the tax office lists it. ``amount`` is whole won, negative where it corrects."""

    line: int
    number: str
    written_on: date | None
    issued_on: date | None
    identity: str  # digits
    amount: int
    supply: int | None
    vat: int | None
    note: str


# Which columns say what, in the lists of invoices and of cash receipts.
_SAYS: dict[str, tuple[str, ...]] = {
    "number": ("승인번호",),
    "written_on": ("작성일자", "매출일시", "거래일시", "거래일자"),
    "issued_on": ("발급일자", "매출일시", "거래일시", "거래일자"),
    "identity": ("공급받는자사업자등록번호", "공급받는자등록번호", "발급수단번호"),
    "amount": ("합계금액", "총거래금액", "총거래금액(합계)", "총금액", "매출금액"),
    "supply": ("공급가액",),
    "vat": ("세액", "부가세", "부가가치세"),
    "note": ("비고", "메모"),
}
_HEADINGS_WITHIN = 12  # rows


def told(file: BinaryIO, size: int) -> list[Told]:
    """Every proof of a list that the tax office made, once, though it repeats them for each item.
    Raises ValidationError where the file is no such list."""
    columns: dict[str, int] = {}
    found: dict[str, Told] = {}
    for line, cells in enumerate(rows_of(file, recognise(file, size)), 1):
        if not columns:
            columns = _columns(cells)
            if not columns and line > _HEADINGS_WITHIN:
                break
            continue
        says = {name: cells[at] for name, at in columns.items() if at < len(cells)}
        number = re.sub(r"[\s-]", "", says.get("number", ""))
        if number and number not in found:
            found[number] = _told(line, number, says)
    if not columns:
        raise ValidationError(
            _("This file has no column “승인번호” with amounts beside it."), code="no_numbers"
        )
    return list(found.values())


def _columns(cells: list[str]) -> dict[str, int]:
    """Where each thing stands, once the row of headings is reached."""
    headings = [re.sub(r"\s", "", cell) for cell in cells]
    places = {
        name: headings.index(word)
        for name, words in _SAYS.items()
        for word in reversed(words)
        if word in headings
    }
    return places if {"number", "amount"} <= set(places) else {}


def _told(line: int, number: str, says: dict[str, str]) -> Told:
    return Told(
        line=line,
        number=number,
        written_on=_day(says.get("written_on", "")),
        issued_on=_day(says.get("issued_on", "")),
        identity=re.sub(r"\D", "", says.get("identity", "")),
        amount=_won(says.get("amount", "")) or 0,
        supply=_won(says.get("supply", "")),
        vat=_won(says.get("vat", "")),
        note=says.get("note", ""),
    )


def _day(text: str) -> date | None:
    digits = re.sub(r"\D", "", text)[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _won(text: str) -> int | None:
    text = text.replace(",", "").replace("원", "").strip()
    try:
        return int(float(text))
    except ValueError:
        return None
