"""Bank files: kept, understood, checked, then written whole or not at all."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import clock, sheets
from kosna.core.columns import Samples, heading_row, headings_key, remembered
from kosna.core.errors import Refused
from kosna.core.uploads import display_name
from kosna.payments.models import (
    BankAccount,
    BankFile,
    BankLine,
    Deposit,
    LedgerEntry,
    new_deposits,
)
from kosna.payments.statements import columns, reading
from kosna.payments.statements.reading import Known, Reading

Status = BankFile.Status
HEADING_WITHIN, SAMPLED = 40, 200  # rows
MOST_ROWS = 20_000  # a year of the largest association's account
SHOWN_REMARKS = 300


@transaction.atomic
def add_bank_account(*, branch: Branch, name: str, bank: str, number: str, by: User) -> BankAccount:
    account = BankAccount.objects.create(branch=branch, name=name, bank=bank, number=number)
    audit.record("payments.add_bank_account", account, by=by, bank=bank, number=number)
    return account


@transaction.atomic
def change_bank_account(account: BankAccount, *, name: str, is_active: bool, by: User) -> None:
    """Bank and number stay what the lines were written under."""
    BankAccount.objects.filter(pk=account.pk).update(name=name, is_active=is_active)
    audit.record("payments.change_bank_account", account, by=by, name=name, is_active=is_active)


# The file -----------------------------------------------------------------------------------------


@transaction.atomic
def start_bank_file(
    upload: Any, shape: sheets.Shape, *, account: BankAccount, by: User
) -> BankFile:
    """Keeps a file that ``sheets.recognise`` has let pass. Where its columns are plain, or known
    from this account's last file, its rows are checked at once. Raises Refused."""
    row = BankFile(
        account=account,
        by=by,
        file_name=display_name(upload.name or ""),
        sha256=_sha256(upload.file),
        shape=asdict(shape),
    )
    is_known = _look_at_headings(row, upload.file, shape)
    row.file.save(f"bank.{shape.kind}", File(upload.file), save=False)
    row.save()
    audit.record("payments.start_bank_file", row, branch=account.branch, by=by, sha256=row.sha256)
    if is_known or (
        columns.is_plain(row.headings, row.mapping) and not columns.faults(row.mapping)
    ):
        check_bank_file(row, mapping=row.mapping)
    return row


def _sha256(file: Any) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _look_at_headings(row: BankFile, file: Any, shape: sheets.Shape) -> bool:
    """Whether the same headings were understood in this account before."""
    lines = _lines(file, shape)
    first = list(islice(lines, SAMPLED))
    if not any(map(any, first)):
        raise Refused(_("There is no row in this file."), field="file")
    return _understand(row, heading_row(first[:HEADING_WITHIN], columns.guess) + 1, first)


def _understand(row: BankFile, line: int, rows: list[list[str]]) -> bool:
    headings = [heading.strip() for heading in rows[line - 1]]
    samples = Samples(len(headings))
    for cells in rows[line:]:
        samples.take(cells[: len(headings)])
    row.heading_line, row.headings, row.samples = line, headings, samples.shown()
    before = row.account.profile
    is_known = bool(before) and headings_key(headings) == headings_key(before["headings"])
    if is_known:
        row.mapping = remembered(headings, before["headings"], before["mapping"])
    else:
        row.mapping = columns.guess(headings)
    return is_known


@transaction.atomic
def move_headings(row: BankFile, *, line: int) -> None:
    """The headings stand in another line than was guessed; their columns are guessed anew."""
    with row.file.open("rb") as file:
        rows = list(islice(_lines(file, sheets.Shape(**row.shape)), line - 1 + SAMPLED))
    if line > len(rows) or not any(rows[line - 1]):
        raise Refused(_("There is nothing in this line."), field="heading_line")
    _understand(row, line, rows)
    changes = {
        "heading_line": row.heading_line,
        "headings": row.headings,
        "samples": row.samples,
        "mapping": row.mapping,
    }
    if row.status == Status.CHECKED:
        row.move_to(Status.MAPPING, **changes)
    else:
        BankFile.objects.filter(pk=row.pk, status=Status.MAPPING).update(**changes)


def _lines(file: Any, shape: sheets.Shape) -> Iterator[list[str]]:
    try:
        for number, cells in enumerate(sheets.rows_of(file, shape)):
            if number > MOST_ROWS:
                raise Refused(
                    _("This file has more than %(limit)s rows. Bring it in parts.")
                    % {"limit": f"{MOST_ROWS:,}"},
                    field="file",
                )
            yield cells
    except ValidationError as error:
        raise Refused(*error.messages, field="file") from error


def check_bank_file(row: BankFile, *, mapping: Sequence[str]) -> None:
    """The dry run: what the rows would become. Raises Refused where the columns do not suffice."""
    if faults := columns.faults(mapping):
        raise Refused(*faults.values())
    row.mapping = list(mapping)
    read = _read(row)
    new, old, repeated = reading.part(row.account_id, read.rows, _known(row.account_id, read))
    changes = {
        "mapping": row.mapping,
        "remarks": _shown(read, repeated),
        "counts": _counts(read, new, old, repeated),
    }
    if row.status == Status.CHECKED:
        row.move_to(Status.MAPPING)
    row.move_to(Status.CHECKED, **changes)


def _read(row: BankFile) -> Reading:
    if not row.file:
        raise Refused(_("The file is no longer there. Please bring it again."))
    with row.file.open("rb") as file:
        lines = _lines(file, sheets.Shape(**row.shape))
        return reading.read(lines, heading_line=row.heading_line, mapping=row.mapping)


def _known(account: int, read: Reading) -> Known:
    """The lines of the account around the days of a file, in one statement."""
    if not read.rows:
        return Known([])
    days = [line.at for line in read.rows]
    around = (min(days) - timedelta(days=1), max(days) + timedelta(days=1))
    lines = BankLine.objects.filter(account=account, at__range=around).values_list(
        "fingerprint", "at", "grain", "incoming", "outgoing", "balance", "payer"
    )
    return Known((line[0], line[1], line[2], reading.substance(*line[3:])) for line in lines)


def _shown(read: Reading, repeated: Sequence[reading.Row]) -> list[list[Any]]:
    """What is wrong first, then what was skipped."""
    again = [
        (row.line, "repeated", f"{row.payer} {row.incoming or -row.outgoing:,}") for row in repeated
    ]
    skipped = [remark for remark in read.remarks if remark[1] in reading.SKIPPED]
    return [list(remark) for remark in [*read.wrong, *again, *skipped][:SHOWN_REMARKS]]


def _counts(read: Reading, new: Sequence, old: Sequence, repeated: Sequence) -> dict[str, int]:
    incoming = [row for _mark, row in new if row.incoming]
    return {
        "rows": len(read.rows),
        "fresh": len(new),
        "deposits": len(incoming),
        "won": sum(row.incoming for row in incoming),
        "known": len(old),
        "repeated": len(repeated),
        "wrong": len(read.wrong),
        "skipped": len(read.remarks) - len(read.wrong),
    }


# Writing ------------------------------------------------------------------------------------------


def lock(accounts: Any) -> Any:
    """Files of one account are written one after the other; the fingerprint, which is unique,
    stands behind that."""
    return accounts.select_for_update(of=("self",))


def import_bank_file(row: BankFile, *, by: User) -> BankFile:
    """Writes every new row of a checked file, each incoming one as money that is nobody's yet; or
    nothing, where one row is wrong. What is known already stays as it is. Raises Refused."""
    row.refresh_from_db()
    if row.status != Status.CHECKED:
        raise Refused(_("This file was imported or given up already."))
    read = _read(row)
    if read.wrong:
        raise Refused(
            _("%(n)s rows are wrong. Nothing was written; correct them and bring the file again.")
            % {"n": len(read.wrong)}
        )
    with transaction.atomic():
        account = lock(BankAccount.objects.select_related("branch")).get(pk=row.account_id)
        row.refresh_from_db(fields=["status"])
        new, old, repeated = reading.part(account.pk, read.rows, _known(account.pk, read))
        row.move_to(
            Status.IMPORTED, imported_at=clock.now(), counts=_counts(read, new, old, repeated)
        )
        _write(row, account, new)
        profile = {"headings": row.headings, "mapping": row.mapping, "shape": row.shape}
        BankAccount.objects.filter(pk=account.pk).update(profile=profile)
        audit.record(
            "payments.import_bank_file",
            row,
            branch=account.branch,
            by=by,
            sha256=row.sha256,
            counts=row.counts,
        )
    return row


def _write(row: BankFile, account: BankAccount, new: Sequence[tuple[str, reading.Row]]) -> None:
    now = clock.now()
    lines = BankLine.objects.bulk_create(
        [
            BankLine(
                account=account,
                file=row,
                line=found.line,
                fingerprint=mark,
                at=found.at,
                grain=found.grain,
                incoming=found.incoming,
                outgoing=found.outgoing,
                balance=found.balance,
                payer=found.payer,
                memo=found.memo,
                office=found.office,
                recorded_at=now,
            )
            for mark, found in sorted(new, key=lambda pair: pair[1].at)
        ],
        batch_size=1000,
    )
    Deposit.objects.bulk_create(new_deposits(lines), batch_size=1000)
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(
                line=line,
                account=LedgerEntry.UNIDENTIFIED,
                amount=line.incoming,
                branch_id=account.branch_id,
                booked_at=now,
            )
            for line in lines
            if line.incoming
        ],
        batch_size=1000,
    )


@transaction.atomic
def abandon_bank_file(row: BankFile, *, by: User) -> None:
    """Gives a file up before anything of it was written; the file itself is deleted."""
    row.move_to(Status.ABANDONED)
    name = row.file.name or ""
    BankFile.objects.filter(pk=row.pk).update(file="", samples=[], remarks=[])
    if name:
        transaction.on_commit(lambda: row.file.storage.delete(name), robust=True)
    audit.record("payments.abandon_bank_file", row, branch=row.account.branch, by=by)
