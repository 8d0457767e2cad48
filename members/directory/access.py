"""Who reads the directory, and why not: asked as of every other thing that members get."""

from datetime import datetime
from typing import Any

from kosna.core import clock
from members.access import AccessRule, Decision, entitlement
from members.models import Right, TierRight


class Directory:
    """For members of the tiers that have the right, while their standing grants it
    (domain.md §2.6)."""

    def access_rule(self) -> AccessRule:
        tiers = TierRight.objects.filter(right=Right.DIRECTORY).values_list("tier", flat=True)
        return AccessRule(is_public=False, tier_ids=frozenset(tiers), right=Right.DIRECTORY)


def may_read(user: Any, at: datetime | None = None) -> Decision:
    """Whether this person reads the directory now, and in words why not."""
    return entitlement(user, Directory(), at or clock.now())
