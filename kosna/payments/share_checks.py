"""Recounts branches' shares for ``manage.py verify``. Each check says what is wrong, in words."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from kosna.core import clock
from kosna.documents.models import Document
from kosna.payments import payables, statement_papers
from kosna.payments.actions.shares import UNPAID, shares_due
from kosna.payments.models import Order, OrderLine, Payout, Refund, ShareEntry, Statement
from kosna.payments.statement_figures import Figures, seal_of, sums_of

Cause = ShareEntry.Cause


def faults_of_lines() -> list[str]:
    """Whole lines are compared in the database, those that went back in part one by one."""
    shared = [kind for kind in payables.kinds() if payables.get(kind).sharing]
    done = Refund.objects.filter(order=OuterRef("order"), status=Refund.Status.DONE)
    lines = OrderLine.objects.filter(branch_share__gt=0, order__payable__in=shared)
    lines = lines.annotate(
        booked=Coalesce(Sum("share_entries__amount"), 0),
        entries=Count("share_entries"),
        gone=Exists(done),
    )
    paid = Q(order__status=Order.Status.PAID, gone=False, booked=F("branch_share"))
    nothing = Q(order__status__in=[*UNPAID, Order.Status.REFUNDED], booked=0)
    waiting = Q(order__status=Order.Status.REVIEW, entries=0)  # never was completed
    doubtful = lines.exclude(paid | nothing | waiting).select_related("order")
    problems, due = [], dict[int, dict[int, int]]()
    for line in doubtful.order_by("order"):
        if line.order_id not in due:
            due = {line.order_id: {row.line.pk: row.share for row in shares_due(line.order)}}
        if line.booked != due[line.order_id][line.pk]:
            problems.append(
                f"line {line.pk} of order {line.order.code}: {line.booked} booked,"
                f" {due[line.order_id][line.pk]} are the branch's"
            )
    return problems


def faults_of_statements() -> list[str]:
    problems = []
    for statement, figures in _reckoned():
        frozen = Figures.frozen(statement)
        if frozen != figures:
            problems.append(f"statement {statement.pk} says {frozen}, its entries {figures}")
        if statement.sha256 != seal_of(statement):
            problems.append(f"statement {statement.pk} does not match its seal")
    return problems


def _reckoned() -> Iterator[tuple[Statement, Figures]]:
    """Closed statements with what their entries, and those of the months before, sum to."""
    rows = list(Statement.objects.order_by("branch", "month"))
    sums, owed = sums_of([row.pk for row in rows]), defaultdict[int, int](int)
    for row in rows:
        figures = Figures.of(owed[row.branch_id], sums.get(row.pk, {}))
        owed[row.branch_id] = figures.closing
        if row.status != Statement.Status.DRAFT:
            yield row, figures


def faults_of_months() -> list[str]:
    problems = []
    entries = ShareEntry.objects.select_related("statement").only("booked_at", "statement__month")
    problems += [
        f"entry {entry.pk} of {entry.booked_at} stands in {entry.statement.month:%Y-%m}"
        for entry in entries.iterator(2000)
        if clock.month_of(entry.booked_at) != entry.statement.month
    ]
    earlier = Statement.objects.filter(
        branch=OuterRef("branch"), month__lt=OuterRef("month")
    ).exclude(status=Statement.Status.LOCKED)
    locked = Statement.objects.filter(status=Statement.Status.LOCKED)
    problems += [
        f"statement {row.pk} is locked before an earlier one"
        for row in locked.filter(Exists(earlier))
    ]
    papers = Document.objects.valid().filter(kind=Document.Kind.SETTLEMENT)
    keys = set(papers.values_list("key", flat=True))
    problems += [
        f"statement {row.pk} is locked and has no paper"
        for row in locked
        if statement_papers.key_of(row) not in keys
    ]
    unbooked = Payout.objects.exclude(entry__amount=-F("amount"))
    return problems + [f"payout {row.pk} is not booked with its amount" for row in unbooked]
