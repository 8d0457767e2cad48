"""Which deposits need no person: those that fit one order, and no other deposit fits it too."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kosna.payments.matching.pool import Candidate, Pool, Waiting
from kosna.payments.models import Deposit


@dataclass(frozen=True, slots=True)
class Decision:
    deposit: Deposit
    candidate: Candidate


def decide(deposits: Iterable[Deposit], pool: Pool) -> list[Decision]:
    """Exactly one candidate, or nothing is decided. Where several deposits fit one order and none
    of them names it by its digits, two people may have the same name: then nothing is, either. Of
    several that do name it, the earliest pays; the rest is for a person."""
    fits = {deposit: pool.fitting(deposit.line, deposit.left) for deposit in deposits}
    wanted: dict[Waiting, list[tuple[Deposit, Candidate]]] = defaultdict(list)
    for deposit, candidates in fits.items():
        for candidate in candidates:
            wanted[candidate.order].append((deposit, candidate))
    decisions = []
    for deposit, candidates in fits.items():
        if len(candidates) == 1 and _is_first(deposit, wanted[candidates[0].order]):
            decisions.append(Decision(deposit, candidates[0]))
    return sorted(decisions, key=lambda decision: _when(decision.deposit))


def _is_first(deposit: Deposit, rivals: list[tuple[Deposit, Candidate]]) -> bool:
    if len(rivals) == 1:
        return True
    if not all(candidate.is_certain for _deposit, candidate in rivals):
        return False
    return deposit is min((rival for rival, _candidate in rivals), key=_when)


def _when(deposit: Deposit) -> tuple:
    return deposit.line.at, deposit.line_id
