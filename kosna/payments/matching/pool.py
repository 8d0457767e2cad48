"""The orders that deposits could be for, indexed once, so that ten thousand lines ask no database.

Every candidate says why it is one; ``fits`` is what needs no person to look.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.payments.matching.names import Printed, buyer_key, printed
from kosna.payments.models import BankLine, Order, OrderQuerySet, Payment

REASONS: dict[str, Promise] = {
    "code": _("order code"),
    "suffix": _("digits of the order"),
    "number": _("the same four digits"),
    "name": _("name"),
    "part": _("part of the name"),
    "learnt": _("known from before"),
    "amount": _("amount"),
    "less": _("less than is open"),
    "more": _("more than is open"),
    "by_hand": _("confirmed by hand"),
    "in_time": _("in time, though the order has expired"),
    "late": _("after the deadline"),
    "early": _("before the order"),
    "ended": _("the order has ended"),
    "paid": _("paid already"),
    "other_digits": _("other digits"),
    "chosen": _("chosen by a person"),
}
_WEIGHTS = {
    "code": 100,
    "by_hand": 60,
    "suffix": 40,
    "number": 20,
    "name": 40,
    "learnt": 35,
    "part": 15,
    "amount": 30,
    "in_time": -5,
    "late": -10,
    "early": -10,
    "ended": -15,
    "paid": -25,
    "other_digits": -10,
}
IDENTIFIES = frozenset({"code", "suffix", "name", "learnt"})
MOST = 9  # candidates: as many as there are keys for them
NEAR = 7  # days between a deposit typed by hand and the bank's day


def words_of(codes: Iterable[str]) -> list[Promise | str]:
    return [REASONS.get(code, code) for code in codes]


@dataclass(slots=True, eq=False)
class Waiting:
    """An order, or (``payment``) a deposit for it that a treasurer typed by hand."""

    pk: int
    code: str
    user_id: int
    buyer: str
    total: int
    paid: int
    status: str
    method: str
    created_on: date
    expires_at: datetime
    payment: int | None = None
    received_on: date | None = None
    note: str = ""
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = buyer_key(self.buyer)

    @property
    def balance(self) -> int:
        return max(self.total - self.paid, 0)

    @property
    def suffix(self) -> str:
        return f"{self.pk % 10_000:04d}"


@dataclass(frozen=True, slots=True)
class Candidate:
    order: Waiting
    why: tuple[str, ...]
    score: int

    @property
    def is_certain(self) -> bool:
        """Named by its own digits: even two deposits alike are both of this order."""
        return not {"code", "suffix"}.isdisjoint(self.why) or "by_hand" in self.why


class Pool:
    def __init__(
        self,
        orders: Iterable[Waiting],
        typed: Iterable[Waiting] = (),
        aliases: Iterable[tuple[str, int, str]] = (),
    ) -> None:
        self.by_code: dict[str, Waiting] = {}
        self.by_suffix: dict[str, list[Waiting]] = defaultdict(list)
        self.by_name: dict[str, list[Waiting]] = defaultdict(list)
        self.by_start: dict[str, list[Waiting]] = defaultdict(list)
        self.by_user: dict[int, list[Waiting]] = defaultdict(list)
        self.by_balance: dict[int, list[Waiting]] = defaultdict(list)
        self.typed: dict[int, list[Waiting]] = defaultdict(list)
        self.aliases: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for order in orders:
            self._add(order)
        for payment in typed:
            self.typed[payment.paid].append(payment)
        for text, user, buyer in aliases:
            self.aliases[text].append((user, buyer))

    def _add(self, order: Waiting) -> None:
        self.by_code[order.code] = order
        self.by_suffix[order.suffix].append(order)
        self.by_user[order.user_id].append(order)
        if order.name:
            self.by_name[order.name].append(order)
            self.by_start[order.name[:3]].append(order)
        if order.status == Order.Status.PENDING:
            self.by_balance[order.balance].append(order)

    # Candidates -----------------------------------------------------------------------------------

    def fitting(self, line: BankLine, left: int) -> list[Candidate]:
        """Those that need no person to look: known by name, digits or what was learnt, of just this
        amount, in time by the bank's clock, and asked for by bank transfer."""
        found = [*self._named(line), *self._typed(line, left)]
        candidates = (_judge(order, why, line, left) for order, why in found)
        return [candidate for candidate in candidates if _fits(candidate, line)]

    def ranked(self, line: BankLine, left: int) -> list[Candidate]:
        """The likeliest first, nine at most; who owes just this amount stands behind those who are
        named."""
        found = dict(self._named(line))
        result = [_judge(order, why, line, left) for order, why in found.items()]
        result += [_judge(order, why, line, left) for order, why in self._typed(line, left)]
        alike = [order for order in self.by_balance.get(left, ()) if order not in found]
        alike.sort(key=lambda order: abs((order.created_on - clock.kst_date(line.at)).days))
        result += [_judge(order, (), line, left) for order in alike[:MOST]]
        result.sort(key=lambda candidate: (-candidate.score, -candidate.order.pk))
        return result[:MOST]

    def judged(self, line: BankLine, left: int) -> list[Candidate]:
        """All orders of the pool, in the order in which they were put in: what a person looked
        for."""
        found = dict(self._named(line))
        orders = self.by_code.values()
        return [_judge(order, found.get(order, ()), line, left) for order in orders]

    def _named(self, line: BankLine) -> Iterator[tuple[Waiting, tuple[str, ...]]]:
        text = printed(line.payer)
        why: dict[Waiting, list[str]] = defaultdict(list)
        if text.code in self.by_code:
            why[self.by_code[text.code]].append("code")
        for suffix in text.suffixes:
            for order in self.by_suffix.get(suffix, ()):
                is_named = _alike(text.name, order.name)
                why[order].append("suffix" if is_named else "number")
        if text.name:
            for order in self.by_name.get(text.name, ()):
                why[order].append("name")
            for order in self.by_start.get(text.name[:3], ()):
                if order.name != text.name and _alike(text.name, order.name):
                    why[order].append("part")
        for user, buyer in self.aliases.get(text.key, ()):
            known = [*self.by_user.get(user, ()), *(self.by_name.get(buyer, ()) if buyer else ())]
            for order in dict.fromkeys(known):
                why[order].append("learnt")
        for order, codes in why.items():
            yield order, (*codes, *_contradicted(text, order))

    def _typed(self, line: BankLine, left: int) -> Iterator[tuple[Waiting, tuple[str, ...]]]:
        text, day = printed(line.payer), clock.kst_date(line.at)
        for payment in self.typed.get(left, ()):
            assert payment.received_on is not None
            if abs((payment.received_on - day).days) > NEAR:
                continue
            named = {payment.name, printed(payment.note).name} - {""}
            if text.name in named:
                yield payment, ("by_hand", "name")
            elif any(_alike(text.name, name) for name in named):
                yield payment, ("by_hand", "part")


def _alike(text: str, name: str) -> bool:
    """Equal, or cut off by the bank or by us (eight letters of the buyer's name)."""
    if text == name:
        return bool(name)
    short, long = sorted((text, name), key=len)
    return len(short) >= 3 and long.startswith(short)


def _contradicted(text: Printed, order: Waiting) -> tuple[str, ...]:
    """Four digits that are not this order's: perhaps another order of the same person. A year is
    no such thing."""
    others = [group for group in text.suffixes if group != order.suffix]
    if not others or order.suffix in text.suffixes:
        return ()
    years = {str(order.created_on.year + offset) for offset in (-1, 0, 1)}
    return () if set(others) <= years else ("other_digits",)


def _judge(order: Waiting, why: tuple[str, ...], line: BankLine, left: int) -> Candidate:
    if order.payment:
        codes = (*why, "amount")
    else:
        codes = (*why, *_amount(order, left), *_time(order, line))
    days = abs((order.created_on - clock.kst_date(line.at)).days)
    score = sum(_WEIGHTS.get(code, 0) for code in codes) - min(days // 7, 10)
    if not why:  # nothing but the amount
        score -= 10
    return Candidate(order, codes, score)


def _amount(order: Waiting, left: int) -> Iterator[str]:
    if order.paid >= order.total:
        yield "paid"
    elif left == order.balance:
        yield "amount"
    else:
        yield "less" if left < order.balance else "more"


def _time(order: Waiting, line: BankLine) -> Iterator[str]:
    if clock.kst_date(line.at) < order.created_on:
        yield "early"
    is_late = line.at > order.expires_at
    if order.status == Order.Status.EXPIRED:
        yield "late" if is_late else "in_time"
    elif order.status == Order.Status.PENDING:
        if is_late:
            yield "late"
    elif order.status != Order.Status.PAID:
        yield "ended"


_DOUBTS = frozenset({"late", "early", "ended", "paid", "other_digits", "less", "more"})


def _fits(candidate: Candidate, line: BankLine) -> bool:
    order, why = candidate.order, frozenset(candidate.why)
    if order.payment:
        return "name" in why and order.received_on == clock.kst_date(line.at)
    return (
        "amount" in why
        and bool(why & IDENTIFIES)
        and not why & _DOUBTS
        and order.method == Order.Method.BANK
    )


# Loading ------------------------------------------------------------------------------------------


_ORDER = (
    *("pk", "code", "user_id", "buyer_name", "total", "paid", "status", "method"),
    *("created_at", "expires_at"),
)


def waiting(orders: OrderQuerySet) -> list[Waiting]:
    rows = orders.with_balance().values_list(*_ORDER)
    return [
        Waiting(pk, code, user, buyer, total, paid, status, method, clock.kst_date(at), until)
        for pk, code, user, buyer, total, paid, status, method, at, until in rows
    ]


def load(
    orders: OrderQuerySet, typed: Iterable[Payment], aliases: Iterable[tuple[str, int, str]]
) -> Pool:
    """Each read in one statement."""
    return Pool(waiting(orders), [_typed(payment) for payment in typed], aliases)


def _typed(payment: Payment) -> Waiting:
    order = payment.order
    return Waiting(
        order.pk,
        order.code,
        order.user_id,
        order.buyer_name,
        order.total,
        payment.amount,
        order.status,
        order.method,
        clock.kst_date(order.created_at),
        order.expires_at,
        payment=payment.pk,
        received_on=clock.kst_date(payment.received_at),
        note=payment.note,
    )
