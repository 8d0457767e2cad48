"""Corrections of what branches get, each with its reason and basis, in the month that runs."""

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Abs
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions import shares
from kosna.payments.models import Adjustment, ShareEntry, Statement

Status = Adjustment.Status


@transaction.atomic
def enter_adjustment(
    *,
    branch: Branch,
    amount: int,
    reason: str,
    basis: str,
    corrects: Statement | None = None,
    by: User,
) -> Adjustment:
    """Gives a branch more (``amount`` above 0) or less, today. From TWO_PERSON_SHARE_WON on it
    waits for another person; what somebody enters for a branch in a month counts together."""
    _must_make_sense(branch, amount, corrects)
    adjustment = Adjustment.objects.create(
        branch=branch,
        amount=amount,
        reason=reason,
        basis=basis,
        corrects=corrects,
        proposed_by=by,
    )
    audit.record("payments.enter_adjustment", adjustment, by=by, reason=reason, amount=amount)
    if _entered_this_month(branch, by) < settings.TWO_PERSON_SHARE_WON:
        _book(adjustment, by=by)
    return adjustment


def _must_make_sense(branch: Branch, amount: int, corrects: Statement | None) -> None:
    if branch.is_head_office:
        raise Refused(_("The head office has no share of its own to adjust."), field="branch")
    if not amount:
        raise Refused(_("Enter an amount other than 0."), field="amount")
    if corrects and corrects.branch_id != branch.pk:
        raise Refused(_("That statement is another branch's."), field="corrects")
    if corrects and corrects.status == Statement.Status.DRAFT:
        raise Refused(_("That month is not closed yet."), field="corrects")


def _entered_this_month(branch: Branch, by: User) -> int:
    since = clock.start_of(clock.month_of(clock.now()))
    rows = Adjustment.objects.filter(branch=branch, proposed_by=by, proposed_at__gte=since)
    return rows.exclude(status=Status.REFUSED).aggregate(sum=Sum(Abs("amount")))["sum"] or 0


@transaction.atomic
def confirm_adjustment(adjustment: Adjustment, *, by: User) -> Adjustment:
    """Raises Refused for who entered it."""
    if adjustment.proposed_by_id == by.pk:
        raise Refused(_("Another person than who entered this adjustment must confirm it."))
    row = _locked(adjustment)
    _book(row, by=by)
    return row


@transaction.atomic
def refuse_adjustment(adjustment: Adjustment, *, reason: str, by: User) -> Adjustment:
    """Drops what waits; who entered it may do so too."""
    row = _locked(adjustment)
    row.move_to(Status.REFUSED, decided_at=clock.now(), decided_by=by, note=reason[:300])
    audit.record("payments.refuse_adjustment", row, by=by, reason=reason)
    return row


def _locked(adjustment: Adjustment) -> Adjustment:
    rows = Adjustment.objects.select_related("branch")
    return rows.select_for_update(of=("self",)).get(pk=adjustment.pk)


def _book(adjustment: Adjustment, *, by: User) -> None:
    adjustment.move_to(Status.BOOKED, decided_at=clock.now(), decided_by=by)
    entry = ShareEntry(
        cause=ShareEntry.Cause.ADJUSTMENT, adjustment=adjustment, amount=adjustment.amount
    )
    shares.write(adjustment.branch_id, [entry])
    audit.record("payments.book_adjustment", adjustment, by=by, amount=adjustment.amount)
