"""The file's lines into a table, and what each column seems to hold."""

import hashlib
from dataclasses import asdict
from itertools import chain, islice
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import batches, sheets
from kosna.core.columns import Samples, heading_row, headings_key, remembered
from kosna.core.errors import Refused
from kosna.core.uploads import display_name
from members.actions.imports.work import READ, start_work
from members.imports import cells, columns, staging
from members.models import Import, ImportLine

Status = Import.Status
HEADING_WITHIN = 10  # rows: above the headings many a file has its title


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
    start_work(imported, READ, by=by)
    audit.record("members.start_import", imported, by=by, sha256=imported.sha256)
    return imported


def _sha256(file: Any) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


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
