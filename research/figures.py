"""Figures for the office: what each tier and branch uses, what nobody reads, what readers met
locked. Of people it knows what the downloads know, and counts them only."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from kosna.branches.models import Branch
from kosna.core import clock
from members.models import Tier
from research.models import Download, Permit, Report, ViewCount

SHOWN = 20
READABLE_FOR = timedelta(days=30)  # before this nobody wonders that nobody has read it


@dataclass(frozen=True)
class Span:
    """Days of Seoul, both included."""

    first: date
    last: date

    @property
    def instants(self) -> dict[str, Any]:
        return {"at__gte": clock.start_of(self.first), "at__lte": clock.end_of(self.last)}


@dataclass(frozen=True)
class Usage:
    name: str
    copies: int
    readers: int


def _names(model: Any, nobody: str) -> dict[str, str]:
    return {"": nobody} | {row.code: row.name for row in model.objects.all()}


def usage(span: Span, column: str, nobody: str) -> list[Usage]:
    """Copies and readers by ``tier`` or ``branch``, as they were when each copy was taken."""
    names = _names(Tier if column == "tier" else Branch, nobody)
    rows = (
        Download.objects.filter(**span.instants)
        .values(column)
        .annotate(copies=Count("pk"), readers=Count("user", distinct=True))
        .order_by("-copies", column)
    )
    return [
        Usage(names.get(row[column], row[column]), row["copies"], row["readers"]) for row in rows
    ]


def unread(span: Span) -> Any:
    """Out for a month and never taken in these days, the oldest first."""
    taken = Download.objects.filter(**span.instants).values("report")
    out_since = clock.start_of(span.last - READABLE_FOR)
    reports = Report.objects.published().filter(published_at__lte=out_since)
    return reports.exclude(pk__in=taken).order_by("published_at")[:SHOWN]


def met_locked(span: Span) -> list[dict[str, Any]]:
    """What visitors and people without a membership opened and could not read, by how often."""
    nobody = Q(reader__in=[ViewCount.VISITOR, ViewCount.ACCOUNT])
    counts = (
        ViewCount.objects.filter(nobody, day__gte=span.first, day__lte=span.last, locked__gt=0)
        .values("report")
        .annotate(times=Sum("locked"))
        .order_by("-times", "report")[:SHOWN]
    )
    reports = Report.objects.in_bulk([row["report"] for row in counts])
    return [{"report": reports[row["report"]], "times": row["times"]} for row in counts]


def sales(span: Span) -> dict[str, int]:
    """Rights to read that were paid in these days, and their won."""
    bought = Permit.objects.bought().filter(
        since__gte=clock.start_of(span.first), since__lte=clock.end_of(span.last)
    )
    told = bought.aggregate(count=Count("pk"), won=Sum("line__amount"))
    return {"count": told["count"], "won": told["won"] or 0}


def of_report(report: Report) -> dict[str, Any]:
    """One report's numbers since it came out."""
    looks = report.view_counts.aggregate(views=Sum("views"), locked=Sum("locked"))
    bought = (
        report.permits.bought()
        .exclude(since=None)
        .aggregate(count=Count("pk"), won=Sum("line__amount"))
    )
    by = {}
    for column, model in (("tier", Tier), ("branch", Branch)):
        names = _names(model, "–")
        rows = report.downloads.values(column).annotate(n=Count("pk")).order_by("-n")
        by[column] = [(names.get(row[column], row[column]), row["n"]) for row in rows]
    return {
        "views": looks["views"] or 0,
        "locked": looks["locked"] or 0,
        "copies": report.downloads.count(),
        "bought": bought["count"],
        "won": bought["won"] or 0,
        **{f"by_{column}": rows for column, rows in by.items()},
    }
