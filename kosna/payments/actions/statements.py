"""A branch's month is prepared by one person, approved by another, locked, and paid out.

From its preparation on the database takes no entry of that month; whatever is found later is an
adjustment of the month that runs then.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdate, won
from kosna.payments import statement_figures, statement_papers
from kosna.payments.actions import shares
from kosna.payments.models import Payout, ShareEntry, Statement

Status = Statement.Status


def _locked(statement: Statement) -> Statement:
    """The statement as it stands now. Whoever books into its month waits, or is waited for."""
    rows = Statement.objects.select_related("branch", "prepared_by", "approved_by")
    return rows.select_for_update(of=("self",)).get(pk=statement.pk)


@transaction.atomic
def prepare_statement(statement: Statement, *, by: User) -> Statement:
    """Freezes the figures of a month that is over; from now on nothing is booked in it.

    Raises Refused while it runs, and before the months before it were prepared.
    """
    row = _locked(statement)
    if not row.is_over:
        raise Refused(
            _("This month still runs. It can be prepared from %(day)s.")
            % {"day": kdate(clock.next_month(row.month))}
        )
    earlier = Statement.objects.before(row).filter(status=Status.DRAFT).order_by("month").first()
    if earlier:
        raise Refused(
            _("Prepare the earlier month first: %(month)s.") % {"month": f"{earlier.month:%Y-%m}"}
        )
    figures = statement_figures.figures_of([row])[row.pk]
    row.move_to(
        Status.PREPARED,
        opening=figures.opening,
        earned=figures.earned,
        adjusted=figures.adjusted,
        paid_out=figures.paid_out,
        closing=figures.closing,
        entry_count=figures.entry_count,
        sha256=statement_figures.seal_of(row),
        prepared_at=clock.now(),
        prepared_by=by,
        note="",
    )
    audit.record(
        "payments.prepare_statement",
        row,
        by=by,
        closing=figures.closing,
        entries=figures.entry_count,
    )
    return row


@transaction.atomic
def approve_statement(statement: Statement, *, by: User) -> Statement:
    """Raises Refused for who prepared it."""
    row = _locked(statement)
    if row.prepared_by_id == by.pk:
        raise Refused(_("Another person than who prepared this statement must approve it."))
    row.move_to(Status.APPROVED, approved_at=clock.now(), approved_by=by)
    audit.record("payments.approve_statement", row, by=by, closing=row.closing)
    return row


@transaction.atomic
def return_statement(statement: Statement, *, reason: str, by: User) -> Statement:
    """Sends a statement that is not locked back to who prepared it. Raises Refused where a later
    month stands on it."""
    row = _locked(statement)
    if Statement.objects.after(row).closed().exists():
        raise Refused(_("A later month was prepared on these figures. Send that back first."))
    row.move_to(
        Status.DRAFT,
        opening=None,
        earned=None,
        adjusted=None,
        paid_out=None,
        closing=None,
        entry_count=None,
        sha256="",
        prepared_at=None,
        prepared_by=None,
        approved_at=None,
        approved_by=None,
        note=reason[:300],
    )
    audit.record("payments.return_statement", row, by=by, reason=reason)
    return row


@transaction.atomic
def lock_statement(statement: Statement, *, by: User) -> Statement:
    """Locks an approved statement for good and issues its numbered paper.

    Raises Refused before the months before it are locked.
    """
    row = _locked(statement)
    earlier = Statement.objects.before(row).exclude(status=Status.LOCKED).order_by("month").first()
    if earlier:
        raise Refused(
            _("Lock the earlier month first: %(month)s.") % {"month": f"{earlier.month:%Y-%m}"}
        )
    row.move_to(Status.LOCKED, locked_at=clock.now(), locked_by=by)
    document = statement_papers.issue(row)
    audit.record("payments.lock_statement", row, by=by, number=document.serial_in("ko"))
    return row


@transaction.atomic
def match_payout(
    statement: Statement, *, reference: str, paid_on: date, amount: int, by: User
) -> Payout:
    """Writes down that a locked statement was paid out (whole won), as a line of the bank says it,
    and books it in the month that runs.

    Told again of the same transfer it returns the first payout. Raises Refused for another amount
    than what is due, and for a day that cannot be.
    """
    row = _locked(statement)
    reference = reference.strip()
    known = Payout.objects.filter(statement=row).first()
    if known and (known.reference, known.amount, known.paid_on) == (reference, amount, paid_on):
        return known
    if row.status != Status.LOCKED:
        raise Refused(_("Only a locked statement is paid out."))
    due = statement_figures.due_of(row)
    if not due:
        raise Refused(_("Nothing is due for this statement, or it was paid out already."))
    if amount != due:
        raise Refused(
            _("Exactly %(due)s are due for this statement.") % {"due": won(due)}, field="amount"
        )
    if not row.last_day < paid_on <= clock.today():
        raise Refused(_("A day after the month and not after today is needed."), field="paid_on")
    if not reference or Payout.objects.filter(reference=reference).exists():
        raise Refused(
            _("Another payout bears this reference already.")
            if reference
            else _("Enter the bank's reference."),
            field="reference",
        )
    payout = Payout.objects.create(
        statement=row, amount=amount, paid_on=paid_on, reference=reference, recorded_by=by
    )
    entry = ShareEntry(cause=ShareEntry.Cause.PAYOUT, payout=payout, amount=-amount)
    shares.write(row.branch_id, [entry])
    audit.record(
        "payments.pay_statement_out",
        row,
        by=by,
        amount=amount,
        reference=reference,
        paid_on=paid_on.isoformat(),
    )
    return payout
