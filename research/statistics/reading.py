"""A series as one reader sees it. Page, list, picture, file and API ask here and nowhere else, so
there is one answer, and one sentence that gives it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from kosna.core import clock
from members.access import Decision, entitlement
from research.models import Observation, Series
from research.statistics import regions


@dataclass(frozen=True)
class Reading:
    series: Series
    total: Decision
    detail: Decision

    @property
    def sees_total(self) -> bool:
        return self.total.allowed

    @property
    def sees_detail(self) -> bool:
        return self.total.allowed and self.detail.allowed

    @property
    def has_detail(self) -> bool:
        return self.series.by_region or bool(self.series.breakdowns)

    @property
    def why_not(self) -> str:
        """What is shut, and why; empty where nothing is."""
        if not self.sees_total:
            return self.total.reason
        if self.has_detail and not self.sees_detail:
            return _("Only the total is shown. Regions and breakdowns: %(reason)s") % {
                "reason": self.detail.reason
            }
        return ""

    @property
    def decision(self) -> Decision:
        """The one that shuts something, else the one that opens."""
        return self.total if not self.sees_total else self.detail

    @property
    def tone(self) -> str:
        if not self.why_not:
            return "good"
        return "warning" if self.decision.code == "renew" else "action"

    @property
    def label(self) -> str:
        """The lock in a word or two."""
        if not self.why_not:
            is_public = self.series.audience == Series.Audience.EVERYONE
            return _("Open to everyone") if is_public else _("Open to you")
        if self.decision.code == "renew":
            return _("Renew to read")
        return _("Detail for members") if self.sees_total else _("For members")

    def observations(self, at: datetime) -> Any:
        """The values that this reader may see, as they were known at an instant."""
        rows = Observation.objects.filter(series=self.series).known(at)
        if not self.sees_total:
            return rows.none()
        return (rows if self.sees_detail else rows.totals()).in_order()


def read(series: Series, user: Any, at: datetime) -> Reading:
    """Of a series fetched ``with_access``."""
    return Reading(series, entitlement(user, series, at), entitlement(user, series.detail, at))


def read_all(found: Iterable[Series], user: Any, at: datetime) -> list[Reading]:
    """Two statements for any number of series: their tiers, and this reader's memberships."""
    return [read(series, user, at) for series in found]


def instant_of(as_of: date | None) -> datetime:
    """When a reader stands: now, or at the end of a Korean day."""
    now = clock.now()
    return min(now, clock.end_of(as_of)) if as_of else now


def totals_of(readings: Iterable[Reading], at: datetime) -> dict[int, list[Observation]]:
    """The totals of the series whose total this reader sees, by period; one statement."""
    seen = [reading.series.pk for reading in readings if reading.sees_total]
    found: dict[int, list[Observation]] = {pk: [] for pk in seen}
    rows = Observation.objects.filter(series__in=seen).totals().known(at)
    for row in rows.order_by("period", "pk"):
        found[row.series_id].append(row)
    return found


def cell_name(series: Series, region: str, codes: Iterable[str]) -> str:
    """What a line is called: the region and the categories that are not totals."""
    parts = [regions.name_of(region)] if region else []
    parts += [
        dimension.label(code)
        for dimension, code in zip(series.dimensions, codes, strict=False)
        if code
    ]
    return " · ".join(parts) or _("Total")
