"""What an outgoing line of the bank may be: the payout of a branch's statement, or a refund that
was wired. Of the same amount; the likelier, the more its text and its day say so."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kosna.accounts.models import User
from kosna.core import clock
from kosna.payments.matching import buyer_key, printed
from kosna.payments.models import (
    BankLine,
    OutgoingMatch,
    Payout,
    Refund,
    ShareEntry,
    Statement,
)
from kosna.payments.models.money import WIRED_BACK

RUN, REFUND, CONFIRM = (
    f"payments.{verb}" for verb in ("run_statement", "approve_refund", "confirm_deposit")
)
NEAR = timedelta(days=7)  # between the bank's day and the one that somebody typed
LOOKED_BACK = timedelta(days=90)  # for refunds that were typed as wired
MOST = 5  # proposals for a line
WHY: dict[str, Promise] = {
    "amount": _("Same amount"),
    "name": _("Its name is on the bank's list"),
    "day": _("The same day"),
}


@dataclass(frozen=True)
class Target:
    """Something that leaves an account: what is due for a statement, its payout as it was typed,
    or a refund."""

    value: str  # "statement:5", "payout:3", "refund:7"
    amount: int
    name: str  # as it would stand on the bank's list
    earliest: date
    latest: date | None
    near: date  # the day on which it is most likely
    thing: Any

    def judged(self, line: BankLine) -> "Proposal | None":
        day = clock.kst_date(line.at)
        if line.outgoing != self.amount or day < self.earliest:
            return None
        if self.latest and day > self.latest:
            return None
        why = ["amount"]
        text = printed(f"{line.payer} {line.memo}").name
        if self.name and self.name in text:
            why.append("name")
        if day == self.near:
            why.append("day")
        return Proposal(self, tuple(why), abs((day - self.near).days))


@dataclass(frozen=True)
class Proposal:
    target: Target
    why: tuple[str, ...]
    days: int  # between the line and the day that is most likely

    @property
    def reasons(self) -> list[Promise]:
        return [WHY[code] for code in self.why]

    @property
    def rank(self) -> tuple[bool, int, str]:
        return "name" not in self.why, self.days, self.target.value


def proposals(lines: Iterable[BankLine], targets: Sequence[Target]) -> dict[int, list[Proposal]]:
    """For each line what it may be, the likeliest first."""
    by_amount: dict[int, list[Target]] = defaultdict(list)
    for target in targets:
        by_amount[target.amount].append(target)
    found = {}
    for line in lines:
        judged = (target.judged(line) for target in by_amount.get(line.outgoing, ()))
        ranked = sorted((each for each in judged if each), key=lambda each: each.rank)
        found[line.pk] = ranked[:MOST]
    return found


def targets_of(user: User) -> list[Target]:
    """All that waits for its line, of what this person may pay out or refund; three statements."""
    return [
        *map(of_due, due_statements(user)),
        *map(of_payout, unmatched_payouts(user)),
        *map(of_refund, unmatched_refunds(user)),
    ]


def branch_key(name: str) -> str:
    """부산 of 부산지부: banks cut names."""
    key = buyer_key(name)
    return key.removesuffix("지부") or key


def due_statements(user: User) -> Any:
    """Locked statements with ``due`` won that are to be wired, as
    ``statement_figures.due_of`` says of one."""
    paid = Payout.objects.filter(
        statement__branch=OuterRef("branch"), statement__month__gte=OuterRef("month")
    )
    since = ShareEntry.objects.filter(
        cause=ShareEntry.Cause.PAYOUT,
        statement__branch=OuterRef("branch"),
        statement__month__gt=OuterRef("month"),
    )
    gone = since.order_by().values("statement__branch").annotate(sum=Sum("amount")).values("sum")
    rows = Statement.objects.permitted(user, RUN).filter(
        ~Exists(paid), status=Statement.Status.LOCKED
    )
    due = F("closing") + Coalesce(Subquery(gone), 0, output_field=BigIntegerField())
    return rows.annotate(due=due).filter(due__gt=0).select_related("branch")


def of_due(row: Any) -> Target:
    return Target(
        f"statement:{row.pk}",
        row.due,
        branch_key(row.branch.name_ko),
        earliest=row.last_day + timedelta(days=1),
        latest=None,
        near=clock.kst_date(row.locked_at),
        thing=row,
    )


@dataclass(frozen=True)
class Bank:
    """What the bank's list has for a statement: the line that shows its payout, or lines that
    may."""

    match: OutgoingMatch | None
    proposals: list[tuple[BankLine, list[Proposal]]]


def lines_for(user: User, statement: Statement) -> Bank | None:
    """Lines of accounts that this person matches; None where nothing was or is to be paid out."""
    payout = getattr(statement, "payout", None)
    if payout:
        rows = payout.matches.filter(unmatched_at=None)
        match = rows.select_related("line__account", "matched_by").first()
        target = None if match else of_payout(payout)
    else:
        match, due = None, due_statements(user).filter(pk=statement.pk).first()
        target = of_due(due) if due else None
    if target is None:
        return Bank(match, []) if match else None
    lines = BankLine.objects.permitted(user, CONFIRM).unexplained()
    lines = lines.filter(outgoing=target.amount, account__branch__is_head_office=True)
    rows = list(lines.select_related("account").order_by("-at")[:50])
    found = [(line, ranked) for line in rows if (ranked := proposals([line], [target])[line.pk])]
    return Bank(None, sorted(found, key=lambda pair: pair[1][0].rank)[:MOST])


def unmatched_payouts(user: User) -> Any:
    statements = Statement.objects.permitted(user, RUN)
    standing = OutgoingMatch.objects.standing().filter(payout=OuterRef("pk"))
    rows = Payout.objects.filter(~Exists(standing), statement__in=statements)
    return rows.select_related("statement__branch")


def of_payout(row: Payout) -> Target:
    return Target(
        f"payout:{row.pk}",
        row.amount,
        branch_key(row.statement.branch.name_ko),
        earliest=row.paid_on - NEAR,
        latest=row.paid_on + NEAR,
        near=row.paid_on,
        thing=row,
    )


def unmatched_refunds(user: User) -> Any:
    """Of bank transfers: on their way, or typed as wired in the last months."""
    standing = OutgoingMatch.objects.standing().filter(refund=OuterRef("pk"))
    lately = Q(status=Refund.Status.DONE, done_at__gte=clock.now() - LOOKED_BACK)
    rows = Refund.objects.permitted(user, REFUND).filter(
        Q(status=Refund.Status.SENT) | lately, ~Exists(standing), payment__provider__in=WIRED_BACK
    )
    return rows.select_related("order__branch", "payment")


def of_refund(row: Refund) -> Target:
    since = clock.kst_date(row.approved_at or row.requested_at)
    done = clock.kst_date(row.done_at) if row.done_at else None
    return Target(
        f"refund:{row.pk}",
        row.amount,
        buyer_key(row.order.buyer_name),
        earliest=since,
        latest=done + NEAR if done else None,
        near=done or since,
        thing=row,
    )
