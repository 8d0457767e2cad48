"""The books as people read them: what each entry is about, won by won, and what stood in each
account when a period began and ended. Whole won, signed.

An entry is split as proofs are (``kosna.payments.coverage``): the first won pay for the first line,
a refund of a line takes from that line, and what was paid too much is in none. So the splits of an
order's entries always sum to what it holds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.branches.models import Scope
from kosna.core import clock
from kosna.core.korean import mask_name
from kosna.payments.coverage import vat_of
from kosna.payments.labels import KINDS, account_label, kind_label, method_label
from kosna.payments.models import LedgerEntry, LedgerEntryQuerySet, OrderLine

OTHER = "other"  # lines of a kind that has no column of its own
CAUSES = ("payment", "refund", "line")


@dataclass(frozen=True)
class Asked:
    """A part of the books: days of Seoul, both included, and what else it is narrowed by. Plain
    text, so that a batch can keep it."""

    first: str
    last: str
    account: str = ""
    branch: str = ""  # its code
    cause: str = ""  # as ``LedgerEntryQuerySet.of_cause`` takes it
    method: str = ""

    @property
    def period(self) -> tuple[date, date]:
        return date.fromisoformat(self.first), date.fromisoformat(self.last)

    def narrow(self, entries: LedgerEntryQuerySet) -> LedgerEntryQuerySet:
        """The entries of all times that are meant; ``between(*period)`` has those of its days."""
        if self.account:
            entries = entries.filter(account=self.account)
        if self.branch:
            entries = entries.filter(branch__code=self.branch)
        if self.cause:
            entries = entries.of_cause(self.cause)
        if self.method:
            entries = entries.filter(payment__method=self.method)
        return entries


@dataclass(frozen=True)
class Split:
    """Of one entry: won by kind of line, with their VAT, and what no line bears."""

    kinds: dict[str, int] = field(default_factory=dict)
    vat: int = 0
    beyond: int = 0

    @property
    def supply(self) -> int:
        return sum(self.kinds.values()) - self.vat


def split_of(entry: LedgerEntry) -> Split:
    """Reads the order's lines and entries as a whole: prefetch them (``with_causes``)."""
    if entry.order is None:
        return Split(beyond=entry.amount)
    lines = sorted(entry.order.lines.all(), key=lambda line: line.pk)
    held, back = 0, dict[int, int]()
    before = after = _paid(lines, held, back)
    for row in entry.order.entries.all():
        if row.pk > entry.pk:
            break
        held += row.amount
        if row.refund and row.refund.line_id:
            key = row.refund.line_id
            back[key] = back.get(key, 0) - row.amount
        before, after = after, _paid(lines, held, back)
    kinds: dict[str, int] = {}
    vat = 0
    for line in lines:
        won = after[line.pk] - before[line.pk]
        vat += vat_of(line, after[line.pk]) - vat_of(line, before[line.pk])
        kind = line.kind if line.kind in KINDS else OTHER
        kinds[kind] = kinds.get(kind, 0) + won
    return Split(
        {kind: won for kind, won in kinds.items() if won},
        vat=vat,
        beyond=entry.amount - sum(kinds.values()),
    )


def _paid(lines: Iterable[OrderLine], held: int, back: dict[int, int]) -> dict[int, int]:
    """Won that each line has, of so many that the order holds."""
    paid = {}
    for line in lines:
        paid[line.pk] = max(min(line.amount - back.get(line.pk, 0), held), 0)
        held -= paid[line.pk]
    return paid


# In words -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """An entry as lists and files show it."""

    entry: LedgerEntry
    payer: str
    what: str
    split: Split
    proofs: str

    @property
    def day(self) -> date:
        return clock.kst_date(self.entry.booked_at)

    @property
    def account(self) -> str:
        return str(account_label(self.entry.account))

    @property
    def came(self) -> int:
        return max(self.entry.amount, 0)

    @property
    def went(self) -> int:
        return max(-self.entry.amount, 0)

    @property
    def parts(self) -> list[tuple[str, int]]:
        """What it was for, in words, as far as lines say so."""
        named = [(str(kind_name(kind)), won) for kind, won in self.split.kinds.items()]
        rest = self.split.beyond if self.entry.order else 0
        return named + ([(_("Beyond the price"), rest)] if rest else [])


def kind_name(kind: str) -> Any:
    return _("Other lines") if kind == OTHER else kind_label(kind)


@dataclass(frozen=True)
class Reader:
    """Who reads: names stand where they may see orders, and deposits, of that branch."""

    orders: Scope
    deposits: Scope

    @classmethod
    def of(cls, user: User) -> "Reader":
        return cls(
            Scope.of(user, "payments.view_order"), Scope.of(user, "payments.confirm_deposit")
        )

    def row(self, entry: LedgerEntry) -> Row:
        return Row(entry, self._payer(entry), _what(entry), split_of(entry), _proofs(entry))

    def rows(self, entries: Iterable[LedgerEntry]) -> Iterator[Row]:
        return map(self.row, entries)

    def _payer(self, entry: LedgerEntry) -> str:
        if entry.order:
            name, allowed = entry.order.buyer_name, self.orders
        else:
            name, allowed = entry.line.payer if entry.line else "", self.deposits
        return name if entry.branch in allowed else mask_name(name)


def _what(entry: LedgerEntry) -> str:
    if entry.line:
        if entry.turn == 1:
            return _("Deposit, nobody's yet")
        return _("Of a deposit: nobody's again") if entry.amount > 0 else _("Of a deposit: settled")
    title = entry.order.title if entry.order else ""
    if entry.refund:
        words = (
            _("Refund that came back: %(title)s") if entry.amount > 0 else _("Refund: %(title)s")
        )
        return words % {"title": title}
    assert entry.payment
    if entry.payment.reverses_id:
        return _("Payment taken back: %(title)s") % {"title": title}
    return f"{title} · {method_label(entry.payment.method)}"


def _proofs(entry: LedgerEntry) -> str:
    """The tax office's numbers: of a payment those of its proofs, of a refund those of their
    corrections."""
    payment = entry.payment or (entry.refund.payment if entry.refund else None)
    if payment is None:
        return ""
    return ", ".join(
        issue.number
        for proof in payment.proofs.all()
        for issue in proof.issues.all()
        if (issue.turn > 1) == (entry.refund is not None)
    )


# In figures ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Balance:
    """One account over a period."""

    account: str
    opening: int
    came: int
    went: int  # never above 0

    @property
    def closing(self) -> int:
        return self.opening + self.came + self.went

    @property
    def name(self) -> str:
        return str(account_label(self.account))


def balances(entries: LedgerEntryQuerySet, first: date, last: date) -> list[Balance]:
    """Of each account that had anything until the period's last day; one statement, which asks
    nothing about single entries."""
    start = clock.start_of(first)
    inside = Q(booked_at__gte=start)
    until = entries.filter(booked_at__lt=clock.start_of(date.fromordinal(last.toordinal() + 1)))
    sums = (
        until.order_by("account")
        .values("account")
        .annotate(
            opening=Sum("amount", filter=~inside, default=0),
            came=Sum("amount", filter=inside & Q(amount__gt=0), default=0),
            went=Sum("amount", filter=inside & Q(amount__lt=0), default=0),
        )
    )
    return [Balance(**row) for row in sums]


def total_of(rows: Iterable[Balance]) -> Balance:
    rows = list(rows)
    return Balance(
        "",
        sum(row.opening for row in rows),
        sum(row.came for row in rows),
        sum(row.went for row in rows),
    )


# In a file ----------------------------------------------------------------------------------------


def headings() -> list[str]:
    return [
        _("Entry"),
        _("Date"),
        _("Account"),
        _("Order no."),
        _("Payer"),
        _("Description"),
        *(str(kind_name(kind)) for kind in (*KINDS, OTHER)),
        _("Beyond the price, or nobody's"),
        _("Supply value"),
        _("VAT"),
        _("In"),
        _("Out"),
        _("Branch"),
        _("Proof number"),
    ]


def cells(row: Row) -> list[Any]:
    entry, split = row.entry, row.split
    return [
        entry.pk,
        row.day,
        row.account,
        entry.order.code if entry.order else "",
        row.payer,
        row.what,
        *(split.kinds.get(kind, 0) for kind in (*KINDS, OTHER)),
        split.beyond,
        split.supply,
        split.vat,
        row.came,
        row.went,
        entry.branch.name,
        row.proofs,
    ]
