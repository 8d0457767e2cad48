"""Bank files as banks write them, for the tests to bring."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core import clock, sheets
from kosna.payments import actions
from kosna.payments.actions import bank_files
from kosna.payments.models import BankAccount, BankFile, Deposit
from kosna.payments.statements import cells, reading

_lines = itertools.count(1)
KB = "거래일시,적요,보낸분/받는분,송금메모,출금액,입금액,잔액,거래점,구분"


def an_hour_ago() -> datetime:
    """And still today: a line of the day before is older than what is ordered now."""
    return max(clock.now() - timedelta(hours=1), clock.start_of(clock.today()))


def account_of(branch: Branch, name: str = "주거래", number: str = "000-00-0001") -> BankAccount:
    return BankAccount.objects.get_or_create(
        bank="국민은행", number=number, defaults={"branch": branch, "name": name}
    )[0]


def kb(*movements: tuple, start: int = 1_000_000) -> str:
    """Rows of (payer, won in or -won out[, when]) as 국민은행 writes them, newest first, with its
    title above and its total below."""
    balance, lines = start, []
    for index, (payer, won, *when) in enumerate(movements):
        balance += won
        at: datetime = when[0] if when else an_hour_ago() + timedelta(seconds=index)
        told = f"{at.astimezone(clock.KST):%Y.%m.%d %H:%M:%S}"
        out, into = (-won, 0) if won < 0 else (0, won)
        lines.append(f'{told},전자금융,{payer},,"{out:,}","{into:,}","{balance:,}",가산,정상')
    total = sum(max(won, 0) for _payer, won, *_when in movements)
    return "\n".join(
        ["거래내역조회", "계좌번호,000-00-0001", "", KB, *reversed(lines), f",합계,,,0,{total},,,"]
    )


def upload(content: str | bytes, name: str = "거래내역.csv") -> Any:
    return SimpleUploadedFile(
        name, content.encode("cp949") if isinstance(content, str) else content
    )


def bring(content: str | bytes, account: BankAccount, *, by: User) -> BankFile:
    """Uploaded and checked, nothing written yet."""
    file = upload(content)
    shape = sheets.recognise(file.file, file.size)
    return actions.start_bank_file(file, shape, account=account, by=by)


def imported(content: str | bytes, account: BankAccount, *, by: User) -> BankFile:
    return actions.import_bank_file(bring(content, account, by=by), by=by)


def deposit(cast: Any, payer: str, won: int = 33_000, at: datetime | None = None) -> Deposit:
    """One line of the head office's account, as an import writes it, not matched by anybody yet."""
    account = account_of(cast.hq)
    file, _is_new = BankFile.objects.get_or_create(
        account=account,
        sha256="0" * 64,
        defaults={"by": cast.treasurer, "file_name": "거래내역.csv", "shape": {}},
    )
    at = (at or an_hour_ago()).replace(microsecond=0)
    number = next(_lines)
    row = reading.Row(number, at, cells.SECOND, won, 0, number, payer, "전자금융")
    with transaction.atomic():
        bank_files._write(file, account, [(f"{number:064d}", row)])
    return Deposit.objects.select_related("line__account").latest("pk")


def day_of(row: Deposit) -> Any:
    return clock.kst_date(row.line.at)
