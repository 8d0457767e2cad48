"""How many copies a reader may take in a day. What leaks is taken by the hundred; who reads is not
bothered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kosna.core import clock
from members.access import memberships_of
from research.models import DailyCap, Download, Report

USUAL = 30  # copies a day of Seoul, where no row says otherwise
# New copies of one report for one reader: more than anybody needs, fewer than a program makes.
MOST_ANEW, ANEW_WITHIN = 10, timedelta(hours=1)


def cap_of(user: Any, at: datetime) -> int:
    """The most generous of this person's tiers; one without a number follows everyone else."""
    caps: dict[int | None, int] = dict(DailyCap.objects.values_list("tier", "copies"))
    everyone = caps.get(None, USUAL)
    own = [caps.get(held.tier.pk, everyone) for held in memberships_of(user, at)]
    return max(own, default=everyone)


@dataclass(frozen=True)
class Taken:
    """``today``: reports, by key, of which somebody took a copy on this day of Seoul; ``anew``:
    copies of one report within ``ANEW_WITHIN``."""

    today: Collection[int]
    anew: int


def taken(report: Report, user: Any, at: datetime) -> Taken:
    day = clock.kst_date(at)
    since = min(clock.start_of(day), at - ANEW_WITHIN)
    copies = list(Download.objects.of(user).filter(at__gte=since).values_list("report", "at"))
    return Taken(
        {pk for pk, when in copies if clock.kst_date(when) == day},
        sum(pk == report.pk and when > at - ANEW_WITHIN for pk, when in copies),
    )


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


def why_too_soon(anew: int) -> str:
    """Why not one more of the same report, of which so many were taken; empty where it may be."""
    if anew < MOST_ANEW:
        return ""
    return _(
        "You have taken this report %(n)s times within an hour. Please use a copy that you "
        "have; in an hour you can take it again."
    ) % {"n": MOST_ANEW}
