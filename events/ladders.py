"""What comes back of a price, and why. A ladder is data, frozen in the line of an order: by the KST
calendar days left before an event, or by how much of a course has passed.

By days it is ``[[days before, percent], …]``; by progress ``{"by": "progress", "steps": [[passed,
back], …], "unit": won}``, with fractions as text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

# Full refund until seven days before, half until three, nothing later (domain.md §3.3). A default
# for new events: each event carries its own.
BY_DAYS = [[7, 100], [3, 50]]
# 평생교육법 시행령 별표 3 (2024-04-16), the least that a learner gets back; rounded down to ten won
# as those who teach do. The law's, so no event has its own.
BY_PROGRESS = {
    "by": "progress",
    "steps": [["0", "1"], ["1/3", "2/3"], ["1/2", "1/2"]],
    "unit": 10,
}

Policy = Sequence[Sequence[int]] | Mapping[str, Any]


@dataclass(frozen=True)
class Stand:
    """How far an event is. ``words`` say by what that was counted."""

    days_before: int  # KST calendar days to its first day, below zero afterwards
    passed: Fraction  # of a course; zero until it begins
    words: str


@dataclass(frozen=True)
class Rung:
    share: Fraction
    words: str

    @property
    def is_nothing(self) -> bool:
        return not self.share


@dataclass(frozen=True)
class Ladder:
    by_progress: bool
    steps: tuple[tuple[Fraction, Fraction], ...]  # days before or part passed, share back
    unit: int  # won: what comes back is rounded down to a multiple of it

    def rungs(self) -> list[Rung]:
        """All of them, the most generous first and nothing at the end, as an event's page tells."""
        return [*(self._rung(*step) for step in self.steps), self._nothing()]

    def rung(self, stand: Stand) -> Rung:
        for limit, share in self.steps:
            holds = stand.passed <= limit if self.by_progress else stand.days_before >= limit
            if holds:
                return self._rung(limit, share)
        return self._nothing()

    def back(self, amount: int, stand: Stand) -> int:
        """Whole won of an amount."""
        return int(amount * self.rung(stand).share) // self.unit * self.unit

    def _rung(self, limit: Fraction, share: Fraction) -> Rung:
        if not self.by_progress:
            words = _("Until %(days_before)s days before the event: %(percent)s%% back") % {
                "days_before": limit,
                "percent": share * 100,
            }
        elif not limit:
            words = _("Before the course begins: everything back")
        else:
            words = _("Until %(part)s of the course has passed: %(share)s back") % {
                "part": limit,
                "share": share,
            }
        return Rung(share, words)

    def _nothing(self) -> Rung:
        if self.by_progress:
            return Rung(Fraction(0), _("Later: nothing back"))
        return Rung(Fraction(0), _("Later, or without coming: nothing back"))


def ladder_of(policy: Policy) -> Ladder:
    if isinstance(policy, Mapping):
        steps = sorted((Fraction(part), Fraction(share)) for part, share in policy["steps"])
        return Ladder(True, tuple(steps), policy["unit"])
    days = sorted(((Fraction(d), Fraction(p, 100)) for d, p in policy), reverse=True)
    return Ladder(False, tuple(days), 1)
