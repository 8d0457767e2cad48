"""Staff begin and end to look at the portal as a tier; both are on record."""

from typing import Any

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import clock
from members import viewing
from members.models import Tier


def look_as(
    session: Any, *, tier: Tier | None, standing: str, branch: Branch | None, by: User
) -> None:
    """From the next request on, for an hour, or until ``look_as_oneself``."""
    audit.record(
        "members.view_as",
        by,
        by=by,
        tier=tier.code if tier else "",
        standing=standing if tier else "",
        of_branch=branch.code if branch else "",
    )
    session[viewing.KEY] = {
        "tier": tier.pk if tier else None,
        "standing": standing,
        "branch": branch.pk if branch else None,
        "since": clock.now().isoformat(),
    }


def look_as_oneself(session: Any, *, by: User) -> None:
    if session.pop(viewing.KEY, None):
        audit.record("members.end_view_as", by, by=by)
