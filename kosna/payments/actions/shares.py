"""What branches get of an order: frozen on its lines when it is placed, booked when it is paid,
and taken back in proportion when money goes back.

Of the part of a price that stays with us the branch keeps its share, rounded down to whole won; the
rest of a won is the head office's. So a line that is given back whole leaves exactly nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Max, Sum

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.payments import payables
from kosna.payments.models import Order, OrderLine, Refund, ShareEntry, Statement

if TYPE_CHECKING:
    from kosna.payments.actions.orders import Line

Cause = ShareEntry.Cause


def divided(lines: "Sequence[Line]", *, payable: str, branch: Branch) -> "Iterable[Line]":
    """The lines of an order to be placed, each with the branch's part of it. What a quote promised
    stays; else the rule of today, in Korea, says it."""
    sharing = payables.get(payable).sharing
    return [_divided(line, sharing, branch) for line in lines] if sharing else lines


def _divided(line: "Line", sharing: payables.Sharing, branch: Branch) -> "Line":
    if line.branch_share is not None:
        return line
    share = sharing.rule(line.kind, line.tier, branch, clock.today())
    if share is None:
        return line
    return replace(
        line,
        branch_share=share.of(line.amount),
        share_percent=share.percent,
        share_rule=share.rule,
    )


def book(order: Order) -> None:
    """The branch's part of an order that is paid now, once. The order's row is locked."""
    if payables.get(order.payable).sharing is None:
        return
    booked = _booked(order)
    entries = [
        ShareEntry(cause=Cause.PAYMENT, line=due.line, turn=1, paid=due.kept, amount=due.share)
        for due in shares_due(order)
        if due.share and due.line.pk not in booked
    ]
    write(order.branch_id, [*entries, *_differences(order, booked)])


def follow(order: Order, refund: Refund | None = None) -> None:
    """Books by what the shares of a paid order changed: less when money went back or turned out to
    be another's, more when it came again. The order's row is locked; called again, it finds nothing
    to book."""
    if payables.get(order.payable).sharing and (booked := _booked(order)):
        write(order.branch_id, _differences(order, booked, refund))


class Booked(NamedTuple):
    kept: int
    share: int
    turn: int


def _booked(order: Order) -> dict[int, Booked]:
    """What is booked of each line so far."""
    rows = ShareEntry.objects.filter(line__order=order).order_by().values_list("line")
    sums = rows.annotate(kept=Sum("paid"), share=Sum("amount"), last=Max("turn"))
    return {line: Booked(*booked) for line, *booked in sums}


def _differences(
    order: Order, booked: dict[int, Booked], refund: Refund | None = None
) -> list[ShareEntry]:
    entries = []
    for due in shares_due(order) if booked else ():
        row = booked.get(due.line.pk)
        if row is None or (due.kept, due.share) == (row.kept, row.share):
            continue
        entries.append(
            ShareEntry(
                cause=Cause.REFUND if due.kept < row.kept else Cause.RETURN,
                line=due.line,
                turn=row.turn + 1,
                refund=refund,
                paid=due.kept - row.kept,
                amount=due.share - row.share,
            )
        )
    return entries


# An order that waits for its money, or has given it up: nothing of it is anybody's share.
UNPAID = (Order.Status.PENDING, Order.Status.EXPIRED, Order.Status.CANCELLED)


@dataclass(frozen=True)
class Due:
    """Of a line's price, what is kept of it, and what is the branch's of that."""

    line: OrderLine
    kept: int

    @property
    def share(self) -> int:
        if not self.line.amount:
            return 0
        return (self.line.branch_share or 0) * self.kept // self.line.amount


def shares_due(order: Order) -> list[Due]:
    """What an order's lines owe its branch now. A refund of a line takes from that line; one that
    names none takes what was overpaid first, then of all lines in proportion."""
    lines = list(order.lines.all())
    back: dict[int, int] = {}
    done = order.refunds.filter(status=Refund.Status.DONE).values_list("line", "amount")
    for line, amount in done:
        back[line or 0] = back.get(line or 0, 0) + amount
    kept = {line.pk: line.amount - back.get(line.pk, 0) for line in lines}
    whole = sum(kept.values())
    held = min(max(order.sum_paid() - sum(back.values()), 0), whole)
    if order.status in UNPAID:
        held = 0
    return [Due(line, kept[line.pk] * held // whole if whole else 0) for line in lines]


# Booking ------------------------------------------------------------------------------------------


def write(branch_id: int, entries: Sequence[ShareEntry]) -> None:
    """Books entries in the month that runs in Seoul, in the caller's transaction.

    The database takes none for a month that is closed. Where somebody closed it in this very
    moment, or ahead of this machine's clock, they are booked as the next one begins.
    """
    if not entries:
        return
    for is_last_try in (False, True):
        statement, booked_at = _running(branch_id)
        for entry in entries:
            entry.statement, entry.booked_at = statement, booked_at
        try:
            with transaction.atomic():
                ShareEntry.objects.bulk_create(entries)
        except IntegrityError:
            if is_last_try:
                raise
        else:
            return


def _running(branch_id: int) -> tuple[Statement, datetime]:
    """The statement in which a branch's entries of this instant stand, and the instant."""
    now = clock.now()
    month = clock.month_of(now)
    rows = {row.month: row for row in Statement.objects.filter(branch=branch_id, month__gte=month)}
    closed = [row.month for row in rows.values() if row.status != Statement.Status.DRAFT]
    if closed:
        month = clock.next_month(max(closed))
        now = clock.start_of(month)
    if month not in rows:
        rows[month], _is_new = Statement.objects.get_or_create(branch_id=branch_id, month=month)
    return rows[month], now
