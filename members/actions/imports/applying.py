"""The checked rows are written: all or nothing."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import batches, clock
from kosna.core.errors import Refused
from members.actions.imports.work import APPLY, release, start_work
from members.imports import writing
from members.imports.own import own_line
from members.models import Import, ImportRow

Status = Import.Status


@transaction.atomic
def apply_import(imported: Import, *, leaves_out: bool, by: User) -> None:
    """Has the checked rows written. Raises Refused while something is undecided or faulty, unless
    that is to be left out, where a row is about ``by``, and where nothing is left to write."""
    release(imported)
    if line := own_line(imported, by):
        raise Refused(
            _("Line %(line)s is about you or a company in which you sit: another person has to.")
            % {"line": line}
        )
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
    start_work(imported, APPLY, by=by)


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
