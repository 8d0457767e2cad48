"""The books of a period as a file for the accountant, written by the worker, on record with whose
names are in it."""

import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import batches, exports, sheets
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.core.templatetags.ui import won
from kosna.payments import ledger
from kosna.payments.models import LedgerEntry, LedgerEntryQuerySet

LEDGER = "payments.ledger"
VIEW = "payments.view_ledger"
SIGN_EVERY = 1_000


@transaction.atomic
def start_ledger_file(
    asked: ledger.Asked, *, format: str, reason: str, by: User, ip: str | None = None
) -> Batch:
    """The entries that are asked for, of those that ``by`` may see, as they are now. Raises
    Refused for none."""
    first, last = asked.period
    rows = asked.narrow(LedgerEntry.objects.permitted(by, VIEW)).between(first, last)
    newest = rows.aggregate(newest=Max("pk"))["newest"]
    if newest is None:
        raise Refused(_("There is no entry to export."))
    count = rows.count()
    people = rows.exclude(order=None).order_by().values_list("order__user", flat=True).distinct()
    batch = batches.start(
        LEDGER,
        by=by,
        title=_("Ledger") + f" {first} – {last}",
        total=count,
        asked=asdict(asked),
        newest=newest,
        format=format,
    )
    audit.record_seen(
        "payments.export_ledger",
        batch,
        by=by,
        branch=Branch.objects.filter(code=asked.branch).first(),
        reason=reason,
        subjects=list(people),
        ip=ip,
        rows=count,
        **{name: value for name, value in asdict(asked).items() if value and name != "branch"},
    )
    return batch


def write_ledger_file(work: batches.Work) -> None:
    """What its owner may see when it is written, up to the entry that was the newest when it was
    asked for."""
    by = work.batch.by
    asked = ledger.Asked(**work.params["asked"])
    first, last = asked.period
    known = asked.narrow(LedgerEntry.objects.permitted(by, VIEW))
    known = known.filter(pk__lte=work.params["newest"])
    rows = _written(known.between(first, last), by, work)
    name = f"{_('Ledger')}-{first:%Y%m%d}-{last:%Y%m%d}.{work.params['format']}"
    if work.params["format"] == "csv":
        content = exports.csv_bytes(ledger.headings(), rows)
    else:
        file = io.BytesIO()
        above = [f"{first} – {last}", *map(_told, ledger.balances(known, first, last))]
        sheets.write_xlsx(file, ledger.headings(), rows, above=above)
        content = file.getvalue()
    work.deliver(name, content)
    work.progress(work.batch.total, total=work.batch.total)


def _written(entries: LedgerEntryQuerySet, by: User, work: batches.Work) -> Iterator[list[Any]]:
    reader = ledger.Reader.of(by)
    ordered = entries.with_causes().order_by("booked_at", "pk")
    for done, row in enumerate(reader.rows(ordered.iterator(chunk_size=2000)), 1):
        yield ledger.cells(row)
        if done % SIGN_EVERY == 0:
            work.progress(done)


def _told(balance: ledger.Balance) -> str:
    return _("%(account)s: opening %(opening)s, in %(came)s, out %(went)s, closing %(closing)s") % {
        "account": balance.name,
        "opening": won(balance.opening),
        "came": won(balance.came),
        "went": won(-balance.went),
        "closing": won(balance.closing),
    }
