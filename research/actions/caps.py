"""How many copies a day the office allows."""

from collections.abc import Mapping

from django.db import transaction

from kosna.accounts.models import User
from kosna.audit import actions as audit
from members.models import Tier
from research.models import DailyCap


@transaction.atomic
def change_caps(caps: Mapping[Tier | None, int | None], *, by: User) -> None:
    """Copies a day by tier (None: everyone else). A tier without a number follows everyone else,
    and they the usual number."""
    DailyCap.objects.all().delete()
    rows = [
        DailyCap(tier=tier, copies=copies) for tier, copies in caps.items() if copies is not None
    ]
    DailyCap.objects.bulk_create(rows)
    audit.record(
        "research.change_caps",
        by,
        by=by,
        caps={row.tier.code if row.tier else "": row.copies for row in rows},
    )
