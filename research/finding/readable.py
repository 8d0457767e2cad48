"""Which of the places on the shelf a reader may read.

What a tier and a branch open is asked of ``entitlement``'s own query, once for all who have the
same ones, and kept with the shelf: whoever changes a rule stamps the catalogue, and the next
request reads the shelf anew. Keys are a person's own, and looked up each time.
"""

from datetime import datetime
from typing import Any

from django.db.models import Min, Q, QuerySet

from members.access import branches_with, tiers_with
from members.keys import keys_of
from members.models import Opening, Right
from research.finding.bits import BLOCK, bits_of
from research.finding.shelf import Opened, Shelf
from research.models import CAME, OWN, Placed, Report


def readable(shelf: Shelf, user: Any, at: datetime) -> int:
    """As ``ReportQuerySet.readable_by``, whether or not it has come out; a test pins that they
    agree."""
    tiers = tiers_with(user, Right.READ_REPORTS, at)
    branches = branches_with(user, Right.READ_REPORTS, at)
    opened = shelf.opened.get((tiers, branches))
    if opened is None or not opened.holds_at(at):
        opened = shelf.opened[tiers, branches] = _opened(shelf, tiers, branches, at)
    return opened.bits | _by_keys(shelf, user, at)


def _opened(shelf: Shelf, tiers: frozenset[int], branches: frozenset[int], at: datetime) -> Opened:
    rows = Placed.objects.filter(report__in=Report.objects.opened_to(tiers, branches, at))
    coming = Opening.objects.filter(Q(tier=None) | Q(tier__in=tiers), opens_at__gt=at)
    return Opened(_bits(shelf, rows), at, coming.aggregate(first=Min("opens_at"))["first"])


def _by_keys(shelf: Shelf, user: Any, at: datetime) -> int:
    own, came = (list(keys_of(user, kind, at)) for kind in (OWN, CAME))
    if not own and not came:
        return 0
    theirs = Q(report__in=own) | Q(report__occasions__event__in=came)
    return _bits(shelf, Placed.objects.filter(theirs))


def _bits(shelf: Shelf, rows: QuerySet[Placed]) -> int:
    """Without places that were given since the shelf was read."""
    known = rows.filter(is_listed=True, place__lt=shelf.blocks * BLOCK)
    return bits_of(known.values_list("place", flat=True), shelf.blocks)
