"""The check of every line, what is decided about the doubtful ones, and what is left out."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.branches.models import Scope
from kosna.core import batches, clock
from kosna.core.errors import Refused
from members.actions.imports.work import CHECK, release, start_work
from members.imports import staging
from members.imports.checking import Check
from members.imports.own import NOT_TO_MERGE
from members.imports.remarks import told
from members.models import Import, ImportPeriod, ImportRow

Status = Import.Status


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
    release(imported)
    imported.move_to(Status.CHECKING, mapping=mapping, values=values, defaults=defaults, counts={})
    start_work(imported, CHECK, by=by)


def check_rows(work: batches.Work) -> None:
    """The dry run: what each line would become. Begins anew when it was killed."""
    imported = Import.objects.select_related("branch", "by").get(pk=work.params["imported"])
    if imported.status != Status.CHECKING:
        return
    staging.clear(imported, ImportRow, ImportPeriod)
    people = {imported.by, work.batch.by}
    check = Check(imported, scope=scope_of(imported), today=clock.today(), people=people)
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


@transaction.atomic
def choose(imported: Import, row: ImportRow, choice: str) -> None:
    """Says of a likely duplicate what it is. Raises Refused once the file is being written."""
    _refuse_unless_checked(imported)
    if row.is_certain and choice == ImportRow.Choice.APART:
        raise Refused(_("This is certainly the same; it can be merged or left out."))
    if choice == ImportRow.Choice.MERGE and (barred := _barred(row.remarks)):
        raise Refused(" ".join(told(barred)))
    imported.checked.filter(pk=row.pk, verdict=ImportRow.Verdict.LIKELY).update(choice=choice)


@transaction.atomic
def merge_certain(imported: Import) -> int:
    """Merges all repeated lines about whom there is no doubt. Returns how many."""
    _refuse_unless_checked(imported)
    certain = imported.checked.undecided().filter(is_certain=True)
    merged = 0
    for piece in staging.pieces(list(certain.values_list("pk", "remarks"))):
        sound = [pk for pk, remarks in piece if not _barred(remarks)]
        merged += imported.checked.filter(pk__in=sound).update(choice=ImportRow.Choice.MERGE)
    return merged


def _barred(remarks: list[list[str]]) -> list[list[str]]:
    """The remarks by which a row must not be merged into a member."""
    return [remark for remark in remarks if remark[0] in NOT_TO_MERGE]


def _refuse_unless_checked(imported: Import) -> None:
    locked = Import.objects.select_for_update().get(pk=imported.pk)
    if locked.status != Status.CHECKED:
        raise Refused(_("This can be changed only between the check and the writing."))


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
