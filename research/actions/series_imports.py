"""Values from a file: kept, checked line by line, and written all or none; the worker does both."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain, islice
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import batches, clock, sheets
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.core.uploads import display_name
from research.actions.statistics import current_values, tell_values
from research.models import Series, SeriesImport, SeriesImportRow
from research.statistics.importing import HEADING_WITHIN, Check, begin, refuse_merged
from research.statistics.values import NewValue

CHECK, APPLY = "research.series_check", "research.series_apply"
Status, Verdict = SeriesImport.Status, SeriesImportRow.Verdict
AT_ONCE = 1000


@transaction.atomic
def start_series_import(
    upload: Any,
    shape: sheets.Shape,
    *,
    series: Series,
    reason: str,
    reason_en: str = "",
    by: User,
) -> SeriesImport:
    """Keeps a file that ``sheets.recognise`` has let pass, and has it checked."""
    upload.file.seek(0)
    imported = SeriesImport(
        series=series,
        by=by,
        file_name=display_name(upload.name or ""),
        sha256=hashlib.file_digest(upload.file, "sha256").hexdigest(),
        shape=asdict(shape),
        reason_ko=reason.strip(),
        reason_en=reason_en.strip(),
    )
    imported.file.save(f"values.{shape.kind}", File(upload.file), save=False)
    imported.save()
    _start(imported, CHECK, by=by)
    return imported


def _start(imported: SeriesImport, kind: str, *, by: User) -> None:
    title = _("Values: %(file)s") % {"file": imported.file_name}
    imported.batch = batches.start(kind, by=by, title=title, imported=imported.pk)
    SeriesImport.objects.filter(pk=imported.pk).update(batch=imported.batch)


def series_import_of(batch: Batch) -> str:
    """Where the starter of a batch goes on."""
    row = SeriesImport.objects.filter(pk=batch.params["imported"]).first()
    return row.get_absolute_url() if row else ""


def check_series_file(work: batches.Work) -> None:
    """The dry run. Begins anew when it was killed; a file that cannot be understood is given up,
    and the batch says why."""
    imported = SeriesImport.objects.select_related("series").get(pk=work.params["imported"])
    if imported.status != Status.CHECKING:
        return
    try:
        _check(imported, work)
    except Refused:
        abandon_series_import(imported)
        raise


def _check(imported: SeriesImport, work: batches.Work) -> None:
    imported.rows.all().delete()
    version, done = imported.series.version, 0
    try:
        with imported.file.open("rb") as file:
            lines = _checked(imported, file)
            while piece := list(islice(lines, AT_ONCE)):
                SeriesImportRow.objects.bulk_create(piece)
                done += len(piece)
                work.progress(done)
    except ValidationError as error:
        raise Refused(*error.messages) from error
    except ValueError as error:
        raise Refused(str(error)) from error
    if not done:
        raise Refused(_("There is no row below the headings."))
    counts = dict(imported.rows.order_by().values_list("verdict").annotate(Count("pk")))
    imported.move_to(Status.CHECKED, counts=counts, checked_version=version)


def _checked(imported: SeriesImport, file: Any) -> Iterator[SeriesImportRow]:
    shape = sheets.Shape(**imported.shape)
    merged = list(sheets.merged_down(file, shape))
    rows = enumerate(sheets.rows_of(file, shape), start=1)
    first = list(islice(rows, HEADING_WITHIN))
    at, columns = begin(imported.series, [row for _line, row in first])
    refuse_merged(merged, heading=at + 1)
    check = Check(imported.series, columns, current_values(imported.series))
    for row in check.lines(chain(first[at + 1 :], rows)):
        row.imported = imported
        yield row


@transaction.atomic
def apply_series_import(imported: SeriesImport, *, by: User) -> None:
    """Has the checked values written. Raises Refused while a line is faulty, and where there is
    nothing to write."""
    _release(imported)
    if imported.counts.get(Verdict.WRONG):
        raise Refused(
            _("%(n)s lines are faulty. Correct the file and bring it again: all or nothing.")
            % {"n": imported.counts[Verdict.WRONG]}
        )
    if not imported.counts.get(Verdict.NEW) and not imported.counts.get(Verdict.CHANGED):
        raise Refused(_("There is nothing to write: every value is there already."))
    imported.move_to(Status.APPLYING)
    _start(imported, APPLY, by=by)


def _release(imported: SeriesImport) -> None:
    """Back to before, where the writing has failed or was stopped."""
    batch = imported.batch and Batch.objects.get(pk=imported.batch.pk)
    if imported.status == Status.APPLYING and batch and batch.is_over:
        imported.move_to(Status.CHECKED)


def write_series_file(work: batches.Work) -> None:
    """All or nothing, in one transaction. Whoever takes over from a killed worker finds either
    everything or nothing."""
    imported = SeriesImport.objects.select_related("series").get(pk=work.params["imported"])
    if imported.status != Status.APPLYING:
        return
    work.progress(0, total=0, note=_("All rows are being written at once."))
    try:
        _write(imported, by=work.batch.by)
    except Refused:
        imported.move_to(Status.CHECKED)
        raise


@transaction.atomic
def _write(imported: SeriesImport, *, by: User) -> None:
    series = Series.objects.select_for_update().get(pk=imported.series_id)
    if series.version != imported.checked_version:
        raise Refused(
            _("Something has changed since the check. Nothing was written; bring the file again.")
        )
    rows = imported.rows.exclude(verdict=Verdict.SAME).order_by("line")
    values = [
        NewValue(
            (row.period, row.region, row.first, row.second),
            row.value,
            row.mark,
            row.reason_ko,
            row.reason_en,
        )
        for row in rows
        if row.period
    ]
    reason, reason_en = imported.reason_ko, imported.reason_en
    tell_values(series, values, reason=reason, reason_en=reason_en, by=by)
    imported.move_to(Status.APPLIED, applied_at=clock.now())
    audit.record(
        "research.import_series",
        imported,
        by=by,
        series=series.code,
        sha256=imported.sha256,
        counts=imported.counts,
    )


@transaction.atomic
def abandon_series_import(imported: SeriesImport, *, by: User | None = None) -> None:
    """Nothing of it is written. By nobody, where its check found nothing to take."""
    imported.move_to(Status.ABANDONED)
    audit.record("research.abandon_series_import", imported, by=by)
