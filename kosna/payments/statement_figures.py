"""What statements of branches say: figures of the running month as they are, of a closed one as
they were approved. A page of them takes as many queries as one of them. Whole won, signed."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.payments import payables
from kosna.payments.labels import kind_label
from kosna.payments.models import Payout, ShareEntry, Statement

Cause = ShareEntry.Cause
Sums = dict[str, tuple[int, int]]  # cause → won, entries


@dataclass(frozen=True)
class Figures:
    """Owed to the branch when the month began, and what came between until it ended."""

    opening: int = 0
    earned: int = 0
    adjusted: int = 0
    paid_out: int = 0
    entry_count: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.earned + self.adjusted + self.paid_out

    @classmethod
    def of(cls, opening: int, sums: Sums) -> "Figures":
        """What a month's sums by cause make of what was owed when it began."""
        won = {cause: amount for cause, (amount, _count) in sums.items()}
        return cls(
            opening=opening,
            earned=sum(won.get(cause, 0) for cause in ShareEntry.OF_A_LINE),
            adjusted=won.get(Cause.ADJUSTMENT, 0),
            paid_out=won.get(Cause.PAYOUT, 0),
            entry_count=sum(count for _amount, count in sums.values()),
        )

    @classmethod
    def frozen(cls, statement: Statement) -> "Figures":
        return cls(
            statement.opening or 0,
            statement.earned or 0,
            statement.adjusted or 0,
            statement.paid_out or 0,
            statement.entry_count or 0,
        )


def figures_of(statements: Iterable[Statement]) -> dict[int, Figures]:
    """The figures of statements, by their ids."""
    rows = list(statements)
    found = {row.pk: Figures.frozen(row) for row in rows if row.status != Statement.Status.DRAFT}
    running = {row.branch_id for row in rows if row.pk not in found}
    return found | _running(running) if running else found


def _running(branches: set[int]) -> dict[int, Figures]:
    """Of every month of these branches that is not closed, each beginning as the one before it
    ended."""
    drafts = Statement.objects.filter(branch__in=branches, status=Statement.Status.DRAFT)
    keys = list(drafts.order_by("branch", "month").values_list("branch", "pk"))
    sums = sums_of([pk for _branch, pk in keys])
    owed = _last_closings(branches)
    found = {}
    for branch, pk in keys:
        found[pk] = figures = Figures.of(owed.get(branch, 0), sums.get(pk, {}))
        owed[branch] = figures.closing
    return found


def sums_of(statements: Iterable[int]) -> dict[int, Sums]:
    """{statement: {cause: (won, entries)}}"""
    rows = ShareEntry.objects.filter(statement__in=list(statements)).order_by()
    found: dict[int, Sums] = defaultdict(dict)
    for row in rows.values("statement", "cause").annotate(sum=Sum("amount"), count=Count("pk")):
        found[row["statement"]][row["cause"]] = (row["sum"], row["count"])
    return found


def _last_closings(branches: set[int]) -> dict[int, int]:
    later = Statement.objects.closed().filter(
        branch=OuterRef("branch"), month__gt=OuterRef("month")
    )
    rows = Statement.objects.closed().filter(~Exists(later), branch__in=branches)
    return dict(rows.values_list("branch", "closing"))


def running_of(branch: Branch) -> Figures | None:
    """The month that runs at a branch; None where it gets no shares."""
    if branch.is_head_office:
        return None
    month = clock.month_of(clock.now())
    drafts = _running({branch.pk})
    running = Statement.objects.filter(branch=branch, month=month).values_list("pk", flat=True)
    if figures := drafts.get(running.first() or 0):
        return figures
    owed = _last_closings({branch.pk}).get(branch.pk, 0)
    return Figures(opening=list(drafts.values())[-1].closing if drafts else owed)


def due_of(statement: Statement) -> int:
    """What is to be wired for a locked statement: its balance, less what was paid out since for
    earlier ones, whose balances it had carried over. Nothing once it, or a later one, was paid."""
    if statement.status != Statement.Status.LOCKED:
        return 0
    paid = Payout.objects.filter(
        statement__branch=statement.branch_id, statement__month__gte=statement.month
    )
    if paid.exists():
        return 0
    later = Statement.objects.after(statement)
    since = ShareEntry.objects.filter(cause=Cause.PAYOUT, statement__in=later)
    gone = since.aggregate(sum=Sum("amount"))["sum"] or 0
    return max((statement.closing or 0) + gone, 0)


@dataclass(frozen=True)
class Total:
    """One line of "by tier and kind": what came in, what went back, and the branch's part."""

    tier: str  # in the reader's language
    kind: str
    payments: int
    paid: int
    refunded: int  # never above 0
    share: int


def totals_of(statements: Iterable[int]) -> list[Total]:
    """Shares of statements by tier and kind of what was paid."""
    rows = (
        ShareEntry.objects.of_lines()
        .filter(statement__in=list(statements))
        .order_by("line__tier", "line__kind")
        .values_list("line__tier", "line__kind")
        .annotate(
            payments=Count("pk", filter=Q(cause=Cause.PAYMENT)),
            came=Sum("paid", filter=Q(paid__gt=0), default=0),
            went=Sum("paid", filter=Q(paid__lt=0), default=0),
            share=Sum("amount"),
        )
    )
    names = payables.tier_names()
    return [
        Total(names.get(tier, tier), str(kind_label(kind)), *figures)
        for tier, kind, *figures in rows
    ]


def seal_of(statement: Statement) -> str:
    """SHA-256 over a month's entries in their order: what was approved, to the won."""
    digest = hashlib.sha256()
    fields = ("pk", "cause", "line", "paid", "amount", "booked_at")
    rows: Any = statement.entries.order_by("pk").values_list(*fields)
    for *facts, booked_at in rows.iterator(2000):
        digest.update(f"{facts} {booked_at.isoformat()}\n".encode())
    return digest.hexdigest()
