"""Bringing members from a file: read, checked and written by the worker, each step to be started
again after a kill; nothing of a file is written unless all of it is."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain, islice
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch, Scope
from kosna.core import batches, clock, sheets
from kosna.core.columns import Samples, heading_row, headings_key, remembered
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.core.uploads import display_name
from members.imports import cells, columns, staging, writing
from members.imports.checking import Check
from members.models import (
    IDLE_FOR,
    UNDO_WITHIN,
    Application,
    Import,
    ImportLine,
    ImportPeriod,
    ImportRow,
    Period,
    RegisterEntry,
    Renewal,
)

READ, CHECK, APPLY, UNDO = (
    "members.import_read",
    "members.import_check",
    "members.import_apply",
    "members.import_undo",
)
Status = Import.Status
HEADING_WITHIN = 10  # rows: above the headings many a file has its title


# The file -----------------------------------------------------------------------------------------


@transaction.atomic
def start_import(upload: Any, shape: sheets.Shape, *, branch: Branch, by: User) -> Import:
    """Keeps a file that ``sheets.recognise`` has let pass, and has it read."""
    imported = Import(
        branch=branch,
        by=by,
        file_name=display_name(upload.name or ""),
        sha256=_sha256(upload.file),
        shape=asdict(shape),
    )
    imported.file.save(f"import.{shape.kind}", File(upload.file), save=False)
    imported.save()
    _start(imported, READ, by=by)
    audit.record("members.start_import", imported, by=by, sha256=imported.sha256)
    return imported


def _sha256(file: Any) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _start(imported: Import, kind: str, *, by: User, **params: Any) -> None:
    batch = batches.start(
        kind,
        by=by,
        title=_("Import: %(file)s") % {"file": imported.file_name},
        total=imported.rows,
        imported=imported.pk,
        **params,
    )
    Import.objects.filter(pk=imported.pk).update(batch=batch)
    imported.batch = batch


def import_of(batch: Any) -> str:
    """Where the starter of a batch goes on."""
    row = Import.objects.filter(pk=batch.params["imported"]).first()
    return row.get_absolute_url() if row else ""


def read_file(work: batches.Work) -> None:
    """The file's lines into a table, and what each column seems to hold."""
    imported = Import.objects.get(pk=work.params["imported"])
    if imported.status != Status.READING:
        return
    staging.clear(imported, ImportLine)
    try:
        with imported.file.open("rb") as file:
            headings, samples, count = _keep(imported, work, file)
    except ValidationError as error:
        raise Refused(*error.messages) from error
    if not count:
        raise Refused(_("There is no row below the headings."))
    key = headings_key(headings)
    mapping, values, defaults = _proposal(imported, headings, key)
    imported.move_to(
        Status.MAPPING,
        headings=headings,
        headings_key=key,
        samples=samples,
        mapping=mapping,
        values=values,
        defaults=defaults,
        rows=count,
    )


def _keep(
    imported: Import, work: batches.Work, file: Any
) -> tuple[list[str], list[dict[str, Any]], int]:
    rows = enumerate(sheets.rows_of(file, sheets.Shape(**imported.shape)), start=1)
    first = list(islice(rows, HEADING_WITHIN))
    at = heading_row([row for _line, row in first], columns.guess)
    headings = [heading.strip() for heading in first[at][1]] if first else []
    samples = Samples(len(headings))
    count = 0

    sound = (
        (line, [cells.without_resident_number(cell) for cell in row[: len(headings)]])
        for line, row in chain(first[at + 1 :], rows)
        if any(row)
    )
    for piece in staging.pieces(sound):
        for _line, row in piece:
            samples.take(row)
        with transaction.atomic():
            staging.keep_lines(imported, piece)
        count += len(piece)
        work.progress(count)
    return headings, samples.shown(), count


def _proposal(
    imported: Import, headings: list[str], key: str
) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
    """What the same headings meant last time in this branch; else a guess."""
    before = (
        Import.objects.filter(branch=imported.branch_id, headings_key=key)
        .exclude(pk=imported.pk)
        .exclude(status__in=[Status.READING, Status.MAPPING])
        .order_by("-created_at")
        .first()
    )
    if before:
        mapping = remembered(headings, before.headings, before.mapping)
        return mapping, before.values, before.defaults
    return columns.guess(headings), {}, {}


# The check ----------------------------------------------------------------------------------------


@transaction.atomic
def check_import(
    imported: Import,
    *,
    mapping: list[str],
    values: dict[str, dict[str, int]],
    defaults: dict[str, Any],
    by: User,
) -> None:
    """Has every line checked against these meanings. Raises Refused while work is going on."""
    _release(imported)
    imported.move_to(Status.CHECKING, mapping=mapping, values=values, defaults=defaults, counts={})
    _start(imported, CHECK, by=by)


def check_rows(work: batches.Work) -> None:
    """The dry run: what each line would become. Begins anew when it was killed."""
    imported = Import.objects.select_related("branch").get(pk=work.params["imported"])
    if imported.status != Status.CHECKING:
        return
    staging.clear(imported, ImportRow, ImportPeriod)
    check = Check(imported, scope=scope_of(imported), today=clock.today())
    done = 0
    for lines in staging.lines_of(imported):
        drafts = check.of(lines)
        for piece in staging.pieces(drafts):
            with transaction.atomic():
                staging.keep_drafts(imported, piece)
        done += len(lines)
        work.progress(done)
    staging.settle()
    counts = imported.checked.order_by().values_list("verdict").annotate(Count("pk"))
    imported.move_to(Status.CHECKED, counts=dict(counts))


def scope_of(imported: Import) -> Scope:
    """The branches that an import may write to: the head office any, a branch its own."""
    if imported.branch.is_head_office:
        return Scope(everywhere=True)
    return Scope(branch_ids=frozenset({imported.branch_id}))


def _release(imported: Import) -> None:
    """Back to before, where the work that was going on has failed or was stopped."""
    batch = imported.batch and Batch.objects.get(pk=imported.batch.pk)
    if batch and batch.is_over:
        if imported.status == Status.CHECKING:
            imported.move_to(Status.MAPPING)
        elif imported.status == Status.APPLYING:
            imported.move_to(Status.CHECKED)


@transaction.atomic
def choose(imported: Import, row: ImportRow, choice: str) -> None:
    """Says of a likely duplicate what it is. Raises Refused once the file is being written."""
    _refuse_unless_checked(imported)
    if row.is_certain and choice == ImportRow.Choice.APART:
        raise Refused(_("This is certainly the same; it can be merged or left out."))
    imported.checked.filter(pk=row.pk, verdict=ImportRow.Verdict.LIKELY).update(choice=choice)


@transaction.atomic
def merge_certain(imported: Import) -> int:
    """Merges all repeated lines about whom there is no doubt. Returns how many."""
    _refuse_unless_checked(imported)
    certain = imported.checked.undecided().filter(is_certain=True)
    return certain.update(choice=ImportRow.Choice.MERGE)


def _refuse_unless_checked(imported: Import) -> None:
    locked = Import.objects.select_for_update().get(pk=imported.pk)
    if locked.status != Status.CHECKED:
        raise Refused(_("This can be changed only between the check and the writing."))


# Writing ------------------------------------------------------------------------------------------


@transaction.atomic
def apply_import(imported: Import, *, leaves_out: bool, by: User) -> None:
    """Has the checked rows written. Raises Refused while something is undecided or faulty, unless
    that is to be left out, and where nothing is left to write."""
    _release(imported)
    left_out = imported.checked.not_written().count()
    if left_out and not leaves_out:
        raise Refused(
            _("%(n)s rows cannot be written. Decide on them, or tick that they are left out.")
            % {"n": left_out},
            field="leaves_out",
        )
    if not _has_work(imported):
        raise Refused(_("There is nothing to write: every row is there already."))
    imported.move_to(Status.APPLYING)
    _start(imported, APPLY, by=by)


def _has_work(imported: Import) -> bool:
    changes = imported.checked.exclude(verdict__in=[ImportRow.Verdict.SAME])
    left_out = imported.checked.not_written().values("pk")
    return changes.exclude(pk__in=left_out).exists()


def write_rows(work: batches.Work) -> None:
    """All or nothing: one transaction of a few seconds. Whoever takes over from a killed worker
    finds either everything or nothing, and in the first case has nothing to do."""
    imported = Import.objects.select_related("branch", "by").get(pk=work.params["imported"])
    if imported.status != Status.APPLYING:
        return
    work.progress(0, total=0, note=_("All rows are being written at once."))
    try:
        _write_with_numbers(imported, by=work.batch.by)
    except Import.DoesNotExist:
        return  # another worker has done it
    except (Refused, IntegrityError, writing.NumbersTaken) as error:
        imported.move_to(Status.CHECKED)
        raise Refused(
            _("Something has changed since the check. Nothing was written; check once more.")
        ) from error
    work.progress(imported.rows, total=imported.rows, note=_("All rows are written."))


def _write_with_numbers(imported: Import, *, by: User) -> None:
    """Numbers are given out ahead; when somebody else was given one meanwhile, once more."""
    for _attempt in range(5):
        try:
            return _write(imported, writing.give_numbers(imported), by=by)
        except writing.NumbersTaken:
            continue
    raise writing.NumbersTaken


@transaction.atomic
def _write(imported: Import, plan: writing.Numbering, *, by: User) -> None:
    Import.objects.select_for_update().get(pk=imported.pk, status=Status.APPLYING)
    now = clock.now()
    if writing.conflicts(imported):
        raise Refused(_("Something has changed since the check."))
    basis = _("Import of %(file)s") % {"file": imported.file_name}
    result = writing.write(imported, plan, by=by, now=now, basis=basis[:200])
    result["left_out"] = imported.checked.not_written().count()
    imported.move_to(Status.APPLIED, applied_at=now, closed_at=now, result=result)
    audit.record(
        "members.import_member",
        imported,
        by=by,
        sha256=imported.sha256,
        rows=imported.rows,
        result=result,
    )


# Giving up, taking back, deleting -----------------------------------------------------------------


@transaction.atomic
def abandon_import(imported: Import, *, by: User | None = None) -> None:
    """Gives a file up before anything of it was written."""
    _release(imported)
    imported.move_to(Status.ABANDONED, closed_at=clock.now())
    audit.record("members.abandon_import", imported, by=by)


def obstacles(imported: Import) -> list[str]:
    """Why an import can no longer be taken back: all reasons at once."""
    until = imported.may_be_undone_until
    if imported.status != Status.APPLIED or until is None or imported.purged_at:
        return [_("Only an applied import can be taken back.")]
    reasons = []
    if clock.now() > until:
        reasons.append(_("It was applied more than a day ago."))
    members = writing.created(imported).values("pk")
    users = writing.created(imported).exclude(user=None).values("user")
    orders = (
        Application.objects.filter(member__in=members).count()
        + Renewal.objects.filter(member__in=members).count()
    )
    if orders:
        reasons.append(
            _("There are orders or applications of its members (%(n)s).") % {"n": orders}
        )
    logins = User.objects.filter(pk__in=users, last_login__gte=imported.applied_at).count()
    claims = imported.claims.exclude(claimed_at=None).count()
    if logins or claims:
        reasons.append(
            _("Some of its members have logged in already (%(n)s).") % {"n": max(logins, claims)}
        )
    later = RegisterEntry.objects.filter(member__in=members).exclude(at=until - UNDO_WITHIN)
    if later.exists():
        reasons.append(_("The register has later entries about its members."))
    if Period.objects.filter(member__in=members).exclude(line=None).exists():
        reasons.append(_("Its members have paid dues since."))
    return reasons


@transaction.atomic
def undo_import(imported: Import, *, reason: str, by: User) -> None:
    """Has an import taken back. Raises Refused with every reason why not."""
    if reasons := obstacles(imported):
        raise Refused(*reasons)
    _start(imported, UNDO, by=by, reason=reason)


def undo_rows(work: batches.Work) -> None:
    """Members become 착오취소, accounts that nobody used are deleted; each part may be repeated."""
    imported = Import.objects.select_related("branch").get(pk=work.params["imported"])
    if imported.status == Status.APPLIED:
        staging.settle()
        _undo(imported, reason=work.params["reason"], by=work.batch.by)
    while users := list(
        writing.created_users(imported)
        .filter(last_login=None, memberships=None, seats=None)
        .values_list("pk", flat=True)[:500]
    ):
        with transaction.atomic():
            writing.delete_accounts(users)
        work.progress(0, note=_("Accounts are being deleted."))


@transaction.atomic
def _undo(imported: Import, *, reason: str, by: User) -> None:
    Import.objects.select_for_update().get(pk=imported.pk)
    if reasons := obstacles(imported):
        raise Refused(*reasons)
    now = clock.now()
    writing.take_back(imported, by=by, now=now, reason=reason)
    imported.move_to(Status.UNDONE, closed_at=now)
    audit.record(
        "members.undo_import",
        imported,
        by=by,
        reason=reason,
        sha256=imported.sha256,
        members=imported.result.get("members", 0),
    )


def purge_imports() -> int:
    """Deletes files and lines a week after their import was closed, and gives up what nobody has
    touched for a month. Returns how many imports were emptied."""
    now = clock.now()
    waiting = Import.objects.filter(status__in=[Status.MAPPING, Status.CHECKED, Status.READING])
    for imported in waiting.filter(created_at__lt=now - IDLE_FOR):
        abandon_import(imported)
    count = 0
    for imported in Import.objects.to_purge(now):
        staging.clear(imported, ImportLine, ImportRow, ImportPeriod)
        imported.file.delete(save=False)
        Import.objects.filter(pk=imported.pk).update(purged_at=now, samples=[], file="")
        count += 1
    return count


def faulty_rows(imported: Import) -> Iterator[tuple[int, list[str], list[list[str]]]]:
    """Line, cells as typed, and remarks of what was left out, to be corrected and brought again."""
    rows = imported.checked.not_written().order_by("line")
    for piece in staging.pieces(rows.values_list("line", "remarks").iterator(chunk_size=2000)):
        typed = dict(
            imported.lines.filter(line__in=[line for line, _remarks in piece]).values_list(
                "line", "cells"
            )
        )
        for line, found in piece:
            yield line, typed[line], found
