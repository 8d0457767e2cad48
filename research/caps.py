"""How many copies a reader may take in a day. What leaks is taken by the hundred; who reads is not
bothered."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kosna.core import clock
from members.access import memberships_of
from research.models import DailyCap, Download, Report

USUAL = 30  # copies a day of Seoul, where no row says otherwise


def cap_of(user: Any, at: datetime) -> int:
    """The most generous of this person's tiers."""
    caps: dict[int | None, int] = dict(DailyCap.objects.values_list("tier", "copies"))
    everyone = caps.get(None, USUAL)
    own = [caps[held.tier.pk] for held in memberships_of(user, at) if held.tier.pk in caps]
    return max(own, default=everyone)


def why_capped(user: Any, report: Report, at: datetime) -> str:
    """Why not one more today; empty where it may be. A report taken today may be taken again.
    Whoever asks ten times at once may get some more: nothing is locked for it."""
    today = Download.objects.of(user).on_day(clock.kst_date(at))
    others = set(today.exclude(report=report).values_list("report", flat=True))
    cap = cap_of(user, at)
    if len(others) < cap:
        return ""
    return _(
        "You have taken %(n)s reports today, which is as many as one reader may take in a day. "
        "More open at midnight; those of today can be taken again. If your work needs more, "
        "please write to the office."
    ) % {"n": len(others)}
