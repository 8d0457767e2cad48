"""The work of an import, which goes on in the background, and its ends."""

from typing import Any

from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.core import batches
from kosna.core.models import Batch
from members.models import Import

READ, CHECK, APPLY, UNDO = (
    "members.import_read",
    "members.import_check",
    "members.import_apply",
    "members.import_undo",
)
Status = Import.Status


def start_work(imported: Import, kind: str, *, by: User, **params: Any) -> None:
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


def release(imported: Import) -> None:
    """Back to before, where the work that was going on has failed or was stopped."""
    batch = imported.batch and Batch.objects.get(pk=imported.batch.pk)
    if batch and batch.is_over:
        if imported.status == Status.CHECKING:
            imported.move_to(Status.MAPPING)
        elif imported.status == Status.APPLYING:
            imported.move_to(Status.CHECKED)
