"""How many copies a reader may take in a day. What leaks is taken by the hundred; who reads is not
bothered."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from members.access import memberships_of
from research.models import DailyCap, Report

USUAL = 30  # copies a day of Seoul, where no row says otherwise


def cap_of(user: Any, at: datetime) -> int:
    """The most generous of this person's tiers."""
    caps: dict[int | None, int] = dict(DailyCap.objects.values_list("tier", "copies"))
    everyone = caps.get(None, USUAL)
    own = [caps[held.tier.pk] for held in memberships_of(user, at) if held.tier.pk in caps]
    return max(own, default=everyone)


def why_capped(report: Report, cap: int, today: Collection[int]) -> str:
    """Why not one more after the reports taken ``today``; empty where it may be. One of these may
    be taken again, even where the cap was lowered since."""
    if report.pk in today or len(today) < cap:
        return ""
    return _(
        "You have taken %(n)s reports today, which is as many as one reader may take in a day. "
        "More open at midnight; those of today can be taken again. If your work needs more, "
        "please write to the office."
    ) % {"n": len(today)}
