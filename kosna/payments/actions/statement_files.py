"""Statements as files: the numbered paper, and spreadsheets of one or of a year. A few entries are
written while somebody waits, many by the worker. Every file is on record."""

import io
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import batches, sheets
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.documents import actions as documents
from kosna.payments import statement_papers
from kosna.payments.models import ShareEntry, Statement, StatementQuerySet

PAPER, SHEET = "payments.statement_paper", "payments.statement_sheet"
SIGN_EVERY = 1_000


@transaction.atomic
def start_paper(statement: Statement, *, by: User) -> Batch:
    """Draws the paper of a locked statement; from then on it is there for everybody."""
    if statement_papers.paper_of(statement) is None:
        raise Refused(_("Only a locked statement has a paper."))
    return batches.start(
        PAPER,
        by=by,
        title=_("Statement of %(branch)s, %(month)s")
        % {"branch": statement.branch.name, "month": f"{statement.month:%Y-%m}"},
        total=statement.entry_count or 0,
        statement=statement.pk,
    )


def write_paper(work: batches.Work) -> None:
    statement = Statement.objects.select_related("branch").get(pk=work.params["statement"])
    document = statement_papers.paper_of(statement)
    assert document
    content = (
        documents.pdf_of(document)
        if document.file
        else documents.keep(document, statement_papers.draw(document, work.progress))
    )
    name = _("Branch statement") + f"-{statement.branch.code}-{statement.month:%Y%m}.pdf"
    work.deliver(name, content)


@transaction.atomic
def start_sheet(rows: StatementQuerySet, *, title: str, by: User, ip: str | None = None) -> Batch:
    """A spreadsheet of the entries of statements that ``by`` may see. Raises Refused for none."""
    chosen = list(rows.order_by("month", "branch").values_list("pk", flat=True))
    if not chosen:
        raise Refused(_("There is no statement to export."))
    count = ShareEntry.objects.filter(statement__in=chosen).count()
    batch = batches.start(SHEET, by=by, title=title, total=count, statements=chosen)
    audit.record("payments.export_statements", batch, by=by, ip=ip, statements=chosen, rows=count)
    return batch


def write_sheet(work: batches.Work) -> None:
    entries = ShareEntry.objects.filter(statement__in=work.params["statements"])

    def cells() -> Iterator[list[Any]]:
        for done, line in enumerate(statement_papers.lines_of(entries), 1):
            yield [
                line.branch,
                line.booked_at,
                line.cause,
                line.order,
                line.name,
                line.what,
                line.tier,
                line.paid,
                line.rule,
                line.amount,
            ]
            if done % SIGN_EVERY == 0:
                work.progress(done)

    file = io.BytesIO()
    sheets.write_xlsx(file, _headings(), cells())
    work.deliver(f"{work.batch.title}.xlsx", file.getvalue())
    work.progress(work.batch.total, total=work.batch.total)


def _headings() -> list[str]:
    return [
        _("Branch"),
        _("Booked"),
        _("Cause"),
        _("Order no."),
        _("Name"),
        _("Description"),
        _("Tier"),
        _("Amount paid"),
        _("Share rule"),
        _("Share"),
    ]
