"""Outgoing lines of the bank bear out what left us: payouts of branches' statements, and refunds
that were wired. Each line once."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions.refunds import complete_bank_refund
from kosna.payments.actions.settlement import locked
from kosna.payments.actions.statements import match_payout
from kosna.payments.actions.unmatching import mark
from kosna.payments.models import (
    BankLine,
    DepositReturn,
    OutgoingMatch,
    Payout,
    Refund,
    Statement,
)


def free_line(line: BankLine) -> BankLine:
    """The line, locked, that nothing else has; raises Refused where something does."""
    lines = BankLine.objects.select_for_update(of=("self",)).select_related("account__branch")
    row = lines.get(pk=line.pk)
    is_matched = OutgoingMatch.objects.standing().filter(line=row).exists()
    if is_matched or DepositReturn.objects.filter(evidence=row).exists():
        raise Refused(_("This line of the bank shows something else already."))
    return row


@transaction.atomic
def pay_out_by_line(
    line: BankLine, statement: Statement, *, why: Sequence[str] = ("chosen",), by: User
) -> OutgoingMatch:
    """The bank's line is the payout of a locked statement: recorded with its day and amount.
    Raises Refused as ``match_payout`` does."""
    row = _of_the_head_office(free_line(line))
    day = clock.kst_date(row.at)
    payout = match_payout(
        statement,
        reference=f"{day:%Y%m%d} {row.payer} #{row.pk}",
        paid_on=day,
        amount=row.outgoing,
        by=by,
    )
    return _connect(row, payout, why, by)


@transaction.atomic
def find_payout(
    line: BankLine, payout: Payout, *, why: Sequence[str] = ("chosen",), by: User
) -> OutgoingMatch:
    """The bank's line is a payout that was typed by hand. Raises Refused for another amount, and
    where either has its match."""
    row = _of_the_head_office(free_line(line))
    Statement.objects.select_for_update().get(pk=payout.statement_id)
    if payout.matches.filter(unmatched_at=None).exists():
        raise Refused(_("This payout is borne out by another line already."))
    if row.outgoing != payout.amount:
        raise Refused(_("This line is of another amount."))
    return _connect(row, payout, why, by)


@transaction.atomic
def find_refund(
    line: BankLine, refund: Refund, *, why: Sequence[str] = ("chosen",), by: User
) -> OutgoingMatch:
    """The bank's line is a refund that was wired: one on its way is done by that. Raises Refused
    for another amount, and where either has its match."""
    row = free_line(line)
    order = locked(refund.order)
    refund = Refund.objects.select_related("payment", "order__branch").get(pk=refund.pk)
    wired = refund.status in (Refund.Status.SENT, Refund.Status.DONE)
    if not (refund.payment.is_wired_back and wired):
        raise Refused(_("This refund was not wired by the bank."))
    if refund.matches.filter(unmatched_at=None).exists():
        raise Refused(_("This refund is borne out by another line already."))
    if row.outgoing != refund.amount:
        raise Refused(_("This line is of another amount."))
    if not (row.account.branch.is_head_office or row.account.branch_id == order.branch_id):
        raise Refused(_("This line is of another branch's account."))
    if refund.status == Refund.Status.SENT:
        complete_bank_refund(refund, reference=f"line:{row.fingerprint}", by=by)
    return _connect(row, refund, why, by)


def _of_the_head_office(line: BankLine) -> BankLine:
    if not line.account.branch.is_head_office:
        raise Refused(_("Branches are paid from an account of the head office."))
    return line


def _connect(line: BankLine, cause: Payout | Refund, why: Sequence[str], by: User) -> OutgoingMatch:
    target = cause.statement if isinstance(cause, Payout) else cause.order
    match = OutgoingMatch.objects.create(
        line=line,
        payout=cause if isinstance(cause, Payout) else None,
        refund=cause if isinstance(cause, Refund) else None,
        why=list(why),
        matched_by=by,
    )
    audit.record(
        "payments.match_outgoing",
        target,
        by=by,
        subjects=[] if isinstance(cause, Payout) else [cause.order.user_id],
        line=line.pk,
        amount=line.outgoing,
        why=list(why),
    )
    return match


@transaction.atomic
def unmatch_outgoing(match: OutgoingMatch, *, reason: str, by: User) -> None:
    """The line was something else. What was paid out or refunded stays recorded, as somebody had
    typed it, and may be found in another line. Raises Refused where somebody was faster."""
    mark(match, reason, by)
    refund, payout = match.refund, match.payout
    audit.record(
        "payments.unmatch_outgoing",
        refund.order if refund else payout.statement if payout else match,
        by=by,
        reason=reason,
        subjects=[refund.order.user_id] if refund else [],
        line=match.line_id,
    )
