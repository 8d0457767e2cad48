"""The columns of a bank's bulk transfer (대량이체), as its upload takes them."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from kosna.core.sheets import write_xlsx
from kosna.payments.models import Refund
from kosna.payments.providers.base import PayoutAccount

SENDER = "KOSNA환불"  # what the receiver's bankbook shows; banks cut it at seven letters


@dataclass(frozen=True)
class Row:
    refund: Refund
    account: PayoutAccount


# Heading → cell. Another bank's order or words are a change here alone.
COLUMNS: tuple[tuple[str, Callable[[Row], Any]], ...] = (
    ("입금은행", lambda row: row.account.bank),
    ("입금계좌번호", lambda row: row.account.number),
    ("입금액", lambda row: row.refund.amount),
    ("예상예금주", lambda row: row.account.holder),
    ("입금통장표시내용", lambda row: SENDER),
    ("출금통장표시내용", lambda row: f"환불{row.refund.order.code}"),
    ("메모", lambda row: f"환불 {row.refund.pk}"),
)


def workbook(rows: Iterable[Row]) -> bytes:
    file = io.BytesIO()
    write_xlsx(
        file,
        [heading for heading, _cell in COLUMNS],
        [[cell(row) for _heading, cell in COLUMNS] for row in rows],
        name="대량이체",
    )
    return file.getvalue()
