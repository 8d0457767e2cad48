"""Figures for the office: what each tier and branch uses, what nobody reads, what readers met
locked. Of people it knows what the downloads know, and counts them only."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.payments.models import Refund
from members.models import Tier
from research.models import Download, Permit, PermitQuerySet, Report, ViewCount

SHOWN, MOST = 20, 3
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
    """``most``: the reports of which most copies were taken, with how many."""

    name: str
    copies: int
    readers: int
    most: list[tuple[Report, int]]


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
    most = _most(span, column)
    return [
        Usage(names.get(row[column], row[column]), row["copies"], row["readers"], most[row[column]])
        for row in rows
    ]


def _most(span: Span, column: str) -> dict[str, list[tuple[Report, int]]]:
    place = Window(
        RowNumber(), partition_by=F(column), order_by=[F("copies").desc(), F("report").asc()]
    )
    counts = (
        Download.objects.filter(**span.instants)
        .values(column, "report")
        .annotate(copies=Count("pk"))
        .annotate(place=place)
        .filter(place__lte=MOST)
        .order_by("place")
    )
    rows = list(counts)
    reports = Report.objects.in_bulk({row["report"] for row in rows})
    found: dict[str, list[tuple[Report, int]]] = defaultdict(list)
    for row in rows:
        found[row[column]].append((reports[row["report"]], row["copies"]))
    return found


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
    return _sold(
        Permit.objects.bought().filter(
            since__gte=clock.start_of(span.first), since__lte=clock.end_of(span.last)
        )
    )


def _sold(bought: PermitQuerySet) -> dict[str, int]:
    """Of rights that still stand, and less what went back of their price."""
    standing = bought.exclude(since=None).filter(ended_at=None)
    told = standing.aggregate(count=Count("pk"), won=Sum("line__amount"))
    returned = Refund.objects.filter(line__permit__in=standing, status=Refund.Status.DONE)
    back = returned.aggregate(sum=Sum("amount"))["sum"] or 0
    return {"count": told["count"], "won": (told["won"] or 0) - back}


def of_report(report: Report) -> dict[str, Any]:
    """One report's numbers since it came out."""
    looks = report.view_counts.aggregate(views=Sum("views"), locked=Sum("locked"))
    sold = _sold(report.permits.bought())
    by = {}
    for column, model in (("tier", Tier), ("branch", Branch)):
        names = _names(model, "–")
        rows = report.downloads.values(column).annotate(n=Count("pk")).order_by("-n")
        by[column] = [(names.get(row[column], row[column]), row["n"]) for row in rows]
    return {
        "views": looks["views"] or 0,
        "locked": looks["locked"] or 0,
        "copies": report.downloads.count(),
        "bought": sold["count"],
        "won": sold["won"],
        **{f"by_{column}": rows for column, rows in by.items()},
    }
