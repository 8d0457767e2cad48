"""What a treasurer may choose for a deposit, the likeliest first; and the choice, read back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.core.errors import Refused
from kosna.payments import actions
from kosna.payments.matching import Candidate, words_of
from kosna.payments.matching import pool as pools
from kosna.payments.models import Deposit, Order, Payment

CONFIRM = "payments.confirm_deposit"
NAMED = {"code", "suffix", "name", "learnt", "part"}
MOST_TOGETHER = 3


@dataclass(frozen=True)
class Choice:
    """One order, several of one buyer together, or a deposit that was typed by hand."""

    value: str
    orders: Sequence[Order]
    why: Sequence[Any]
    amount: int  # won of the deposit that go there
    balance: int  # won that are open there
    is_found: bool = False

    @property
    def missing(self) -> int:
        return max(self.balance - self.amount, 0)

    @property
    def too_much(self) -> int:
        return 0 if self.is_found else max(self.amount - self.balance, 0)


def choices_for(user: User, deposits: Sequence[Deposit]) -> dict[int, list[Choice]]:
    """For each open deposit its choices; a few statements for all of them."""
    pool = actions.pool_for(user, [deposit for deposit in deposits if deposit.left])
    ranked = {d.pk: pool.ranked(d.line, d.left) if d.left else [] for d in deposits}
    return _shown(deposits, ranked)


def searched_for(user: User, deposit: Deposit, text: str) -> list[Choice]:
    """Orders that somebody looked for by name, code or amount, the newest first."""
    orders = Order.objects.permitted(user, CONFIRM).filter(total__gt=0)
    found = orders.matching_deposit(text).order_by("-pk")[: pools.MOST].values("pk")
    pool = pools.load(orders.filter(pk__in=list(found.values_list("pk", flat=True))), [], [])
    return _shown([deposit], {deposit.pk: pool.judged(deposit.line, deposit.left)})[deposit.pk]


def _shown(
    deposits: Sequence[Deposit], ranked: dict[int, list[Candidate]]
) -> dict[int, list[Choice]]:
    keys = {candidate.order.pk for found in ranked.values() for candidate in found}
    rows = Order.objects.select_related("branch").in_bulk(keys) if keys else {}
    return {
        deposit.pk: [
            *_together(ranked[deposit.pk], deposit.left, rows),
            *(_single(candidate, deposit.left, rows) for candidate in ranked[deposit.pk]),
        ][: pools.MOST]
        for deposit in deposits
    }


def _single(candidate: Candidate, left: int, rows: dict[int, Order]) -> Choice:
    order, why = candidate.order, words_of(candidate.why)
    if order.payment:
        return Choice(f"payment:{order.payment}", [rows[order.pk]], why, left, left, is_found=True)
    value = f"{order.code}:{order.paid}:{left}"
    return Choice(value, [rows[order.pk]], why, left, order.balance)


def _together(candidates: Iterable[Candidate], left: int, rows: dict[int, Order]) -> list[Choice]:
    """Orders of one name that the deposit pays to the won, where no single one does."""
    open_ = [
        candidate
        for candidate in candidates
        if NAMED.intersection(candidate.why)
        and candidate.order.status == Order.Status.PENDING
        and not candidate.order.payment
    ]
    if any(candidate.order.balance == left for candidate in open_):
        return []
    for size in range(2, MOST_TOGETHER + 1):
        for group in combinations(open_, size):
            if sum(candidate.order.balance for candidate in group) == left:
                value = "+".join(
                    f"{one.order.code}:{one.order.paid}:{one.order.balance}" for one in group
                )
                shown = [rows[one.order.pk] for one in group]
                return [Choice(value, shown, [_("together just this amount")], left, left)]
    return []


# Read back ----------------------------------------------------------------------------------------


def take(user: User, deposit: Deposit, value: str) -> list[Any]:
    """Does what a choice says; returns the matches. Raises Refused, also for a choice that nobody
    was offered: orders that this person may not confirm do not exist."""
    kind, _colon, rest = value.partition(":")
    if kind == "payment" and _is_number(rest):
        payments = Payment.objects.filter(order__in=Order.objects.permitted(user, CONFIRM))
        payment = payments.select_related("order__user").filter(pk=int(rest)).first()
        if payment is None:
            raise Refused(_("Choose whose deposit it is."))
        return [actions.find_payment(deposit, payment=payment, by=user)]
    return actions.match_deposit(deposit, shares=_shares(user, value), by=user)


def _shares(user: User, value: str) -> list[actions.Share]:
    shares = []
    for part in value.split("+"):
        code, *numbers = part.split(":")
        order = Order.objects.permitted(user, CONFIRM).filter(code=code[:10]).first()
        sound = len(numbers) == 2 and all(map(_is_number, numbers))
        if order is None or not sound:
            raise Refused(_("Choose whose deposit it is."))
        seen, amount = map(int, numbers)
        shares.append(actions.Share(order, amount, seen=seen))
    return shares


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 12
