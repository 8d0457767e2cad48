"""What a treasurer looks at first: money that came this month and last, what is still owed and how
old it is, what must go back, and what does not agree. Every figure knows the list that shows
exactly its rows. A fixed number of statements, whatever there is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.branches.models import Branch, Scope
from kosna.core import clock
from kosna.payments import outgoing
from kosna.payments.labels import method_label
from kosna.payments.models import (
    BankLine,
    Deposit,
    Disagreement,
    LedgerEntry,
    Order,
    ProviderEvent,
    Refund,
    Task,
    Till,
)

VIEW, CONFIRM = "payments.view_ledger", "payments.confirm_deposit"
AGES = (7, 30, 90)  # days; what is older stands last


@dataclass(frozen=True)
class Figure:
    """Rows and won of a list, and where it is. ``won`` is None where rows alone are counted."""

    label: str
    url: str
    count: int | None = None
    won: int | None = None
    tone: str = ""


def _link(name: str, **query: Any) -> str:
    asked = urlencode({key: value for key, value in query.items() if value})
    return reverse(f"payments_staff:{name}") + (f"?{asked}" if asked else "")


# What came ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    first: date
    last: date

    @property
    def within(self) -> Q:
        after = clock.start_of(self.last + timedelta(days=1))
        return Q(booked_at__gte=clock.start_of(self.first), booked_at__lt=after)


@dataclass(frozen=True)
class Months:
    """This month until today, the same days of last month, and the whole of that."""

    this: Span
    same: Span
    last: Span

    @classmethod
    def of(cls, today: date) -> "Months":
        month = today.replace(day=1)
        ended = month - timedelta(days=1)
        before = ended.replace(day=1)
        same = min(before + timedelta(days=today.day - 1), ended)
        return cls(Span(month, today), Span(before, same), Span(before, ended))

    def spans(self) -> tuple[Span, Span, Span]:
        return self.this, self.same, self.last


@dataclass(frozen=True)
class CashRow:
    """One way, or one branch: what came in each of the spans."""

    label: str
    this: Figure
    same: Figure
    last: Figure

    @property
    def change(self) -> int:
        return (self.this.won or 0) - (self.same.won or 0)


@dataclass(frozen=True)
class Cash:
    by_method: list[CashRow]
    by_branch: list[CashRow]
    total: CashRow


def cash_in(user: User, months: Months) -> Cash:
    """Payments less what turned out to be another's, as the ledger booked them; one statement."""
    rows = LedgerEntry.objects.permitted(user, VIEW).of_cause("payment")
    rows = rows.between(months.last.first, months.this.last).exclude(amount=0).order_by()
    sums = {
        f"won{index}": Sum("amount", filter=span.within, default=0)
        for index, span in enumerate(months.spans())
    }
    found = list(rows.values("payment__method", "branch").annotate(**sums))
    branches = Branch.objects.in_bulk({row["branch"] for row in found})

    def row(label: str, chosen: Iterable[dict[str, Any]], **query: str) -> CashRow:
        chosen = list(chosen)
        return CashRow(
            label,
            *(
                Figure(
                    label,
                    _link("ledger", cause="payment", since=span.first, until=span.last, **query),
                    won=sum(each[f"won{index}"] for each in chosen),
                )
                for index, span in enumerate(months.spans())
            ),
        )

    methods = sorted({each["payment__method"] for each in found})
    return Cash(
        by_method=[
            row(
                str(method_label(method)),
                (each for each in found if each["payment__method"] == method),
                method=method,
            )
            for method in methods
        ],
        by_branch=[
            row(
                branches[key].name,
                (each for each in found if each["branch"] == key),
                branch=branches[key].code,
            )
            for key in sorted(branches, key=lambda key: branches[key].name)
        ],
        total=row(_("Sum"), found),
    )


# What is owed -------------------------------------------------------------------------------------


def outstanding(user: User, today: date) -> list[Figure]:
    """Orders that wait for money, by the day on which they were placed; one statement."""
    orders = Order.objects.permitted(user, "payments.view_order").waiting().with_balance()
    spans = _ages(today)
    asked: dict[str, Any] = {}
    for index, (_label, since, until) in enumerate(spans):
        within = Q() if since is None else Q(created_at__gte=clock.start_of(since))
        within &= Q(created_at__lte=clock.end_of(until))
        open_won = F("total") - F("paid") + F("refunded")
        asked[f"count{index}"] = Count("pk", filter=within)
        asked[f"won{index}"] = Sum(open_won, filter=within, default=0)
    sums = orders.aggregate(**asked)
    return [
        Figure(
            label,
            _link("orders", status=Order.Status.PENDING, since=since, until=until),
            count=sums[f"count{index}"],
            won=sums[f"won{index}"],
            tone="warning" if since is None and sums[f"count{index}"] else "",
        )
        for index, (label, since, until) in enumerate(spans)
    ]


def _ages(today: date) -> list[tuple[str, date | None, date]]:
    spans: list[tuple[str, date | None, date]] = []
    until, younger = today, -1
    for days in AGES:
        label = _("%(from)s to %(to)s days") % {"from": younger + 1, "to": days}
        spans.append((label, today - timedelta(days=days), until))
        until, younger = today - timedelta(days=days + 1), days
    return [*spans, (_("More than %(n)s days") % {"n": AGES[-1]}, None, until)]


_charged: list[Callable[[User], list[Figure]]] = []


def register(charged: Callable[[User], list[Figure]]) -> None:
    """What a room has charged and nobody has ordered yet; said once, in ``AppConfig.ready()``."""
    _charged.append(charged)


def charged(user: User) -> list[Figure]:
    """Owed beside orders; what is on order already stands in ``outstanding`` as well."""
    return [figure for figures in _charged for figure in figures(user)]


def refunds_due(user: User) -> list[Figure]:
    """What has not gone back yet, by what it waits for; one statement."""
    rows = Refund.objects.permitted(user, "payments.view_order").order_by()
    waiting = [row for row in Refund.CLAIMS if row != Refund.Status.DONE]
    found = rows.filter(status__in=waiting).values_list("status")
    sums = {key: pair for key, *pair in found.annotate(Count("pk"), Sum("amount"))}
    figures = []
    for status in waiting:
        count, won = sums.get(status, (0, 0))
        tone = Refund.TONES.get(status, "") if count else ""
        figures.append(Figure(str(status.label), _link("refunds", status=status), count, won, tone))
    return figures


# What doors took ---------------------------------------------------------------------------------


def tills(user: User) -> list[Figure]:
    """Tills at doors by what they wait for, and what was missing or too much in those that were
    counted this month; in two statements."""
    rows = Till.objects.permitted(user, VIEW)
    labels = {
        Till.Status.OPEN: _("Not counted yet"),
        Till.Status.COUNTED: _("Counted, not handed over"),
    }
    held = Sum("entries__payment__amount", filter=~Q(entries__payment__provider="bank"), default=0)
    waiting = rows.filter(status__in=labels).order_by().values_list("status")
    sums = {key: pair for key, *pair in waiting.annotate(Count("pk", distinct=True), held=held)}
    figures = []
    for status, label in labels.items():
        count, won = sums.get(status, (0, 0))
        tone = Till.TONES[status] if count else ""
        figures.append(Figure(label, _link("tills", status=status), count, won, tone))
    month = clock.today().replace(day=1)
    off = rows.differing().filter(day__gte=month)
    found = off.aggregate(count=Count("pk"), won=Sum("off", default=0))
    url = _link("tills", status="differing", since=month)
    tone = "danger" if found["count"] else ""
    return [*figures, Figure(_("Differences this month"), url, **found, tone=tone)]


# What does not agree ------------------------------------------------------------------------------


def doubtful(user: User) -> list[Figure]:
    """What somebody must decide about; of the provider where its books are the reader's to see."""
    tasks = Task.objects.permitted(user, "payments.view_order").filter(status=Task.Status.OPEN)
    figures = [_counted(_("Money tasks"), _link("tasks", status=Task.Status.OPEN), tasks.count())]
    if Scope.of(user, CONFIRM):
        figures += _deposits(user)
    if Scope.of(user, "payments.view_reconciliation").everywhere:
        figures += _provider()
    return figures


def _counted(label: Any, url: str, count: int, won: int | None = None) -> Figure:
    return Figure(str(label), url, count, won, tone="warning" if count else "")


def _deposits(user: User) -> list[Figure]:
    found = Deposit.objects.permitted(user, CONFIRM).exclude(status=Deposit.Status.DONE)
    rows = found.order_by().values_list("status").annotate(Count("pk"), Sum("left"))
    sums = {key: pair for key, *pair in rows}
    amounts = {target.amount for target in outgoing.targets_of(user)}
    lines = BankLine.objects.permitted(user, CONFIRM).unexplained().filter(outgoing__in=amounts)
    leaving = lines.aggregate(n=Count("pk"), won=Sum("outgoing", default=0))
    return [
        _counted(
            _("Deposits to be matched"),
            _link("deposits"),
            *sums.get(Deposit.Status.OPEN, (0, 0)),
        ),
        _counted(
            _("Deposits set aside"),
            _link("deposits", state=Deposit.Status.ASIDE),
            *sums.get(Deposit.Status.ASIDE, (0, 0)),
        ),
        _counted(
            _("Outgoing lines that may be payouts or refunds"),
            _link("outgoing"),
            leaving["n"],
            leaving["won"],
        ),
    ]


def _provider() -> list[Figure]:
    standing = Disagreement.objects.standing().order_by()
    kinds = dict(standing.values_list("kind").annotate(Count("pk")))
    aside = ProviderEvent.objects.filter(outcome=ProviderEvent.Outcome.QUARANTINED).count()
    return [
        *(
            _counted(kind.label, _link("reconciliation", kind=kind), kinds[kind])
            for kind in Disagreement.Kind
            if kind in kinds
        ),
        _counted(
            _("All disagreements with the provider"), _link("reconciliation"), sum(kinds.values())
        ),
        _counted(_("Provider notices set aside"), _link("provider-events"), aside),
    ]
