"""Figures for the office: what each tier and branch uses of the library, what nobody reads, what
readers met locked. Of people it knows what the downloads know, and counts them only. Those of the
statistics are in ``research.statistics.usage``."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.payments.models import Refund
from members.models import Tier
from research import counting
from research.models import Download, Permit, PermitQuerySet, Reader, Report, ViewCount

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

    @property
    def days(self) -> dict[str, date]:
        return {"day__gte": self.first, "day__lte": self.last}


@dataclass(frozen=True)
class Usage:
    """``most``: the things that were used most, with how often."""

    name: str
    counts: tuple[int, int]  # copies and readers; of statistics looks and files
    most: list[tuple[Any, int]]


def counted() -> dict[str, Any]:
    """For a page: as of when its figures are, this process's included, and how many looks each
    other process may still hold."""
    counting.write_looks()
    return {"counted_at": clock.now(), "unwritten": counting.MOST - 1}


def names_of(model: Any, nobody: str) -> dict[str, str]:
    """Of tiers or branches, by code; the empty code is nobody's."""
    return {"": nobody} | {row.code: row.name for row in model.objects.all()}


def usage(span: Span, column: str, nobody: str) -> list[Usage]:
    """Copies and readers by ``tier`` or ``branch``, as they were when each copy was taken."""
    names = names_of(Tier if column == "tier" else Branch, nobody)
    rows = (
        Download.objects.filter(**span.instants)
        .values(column)
        .annotate(copies=Count("pk"), readers=Count("user", distinct=True))
        .order_by("-copies", column)
    )
    taken = Download.objects.filter(**span.instants)
    most = most_used(taken, column, "report", Count("pk"))
    return [
        Usage(
            names.get(row[column], row[column]),
            (row["copies"], row["readers"]),
            most[row[column]],
        )
        for row in rows
    ]


def most_used(rows: QuerySet[Any], column: str, thing: str, times: Any) -> dict[str, list[Any]]:
    """Of each value of a column the ``MOST`` things with the greatest ``times``, and these."""
    place = Window(
        RowNumber(), partition_by=F(column), order_by=[F("times").desc(), F(thing).asc()]
    )
    counts = list(
        rows.values(column, thing)
        .annotate(times=times)
        .annotate(place=place)
        .filter(place__lte=MOST)
        .order_by("place")
    )
    model: Any = rows.model._meta.get_field(thing).related_model
    things = model.objects.in_bulk({row[thing] for row in counts})
    found: dict[str, list[Any]] = defaultdict(list)
    for row in counts:
        found[row[column]].append((things[row[thing]], row["times"]))
    return found


def unread(span: Span) -> Any:
    """Out for a month and never taken in these days, the oldest first."""
    taken = Download.objects.filter(**span.instants).values("report")
    out_since = clock.start_of(span.last - READABLE_FOR)
    reports = Report.objects.published().filter(published_at__lte=out_since)
    return reports.exclude(pk__in=taken).order_by("published_at", "pk")


def looks(span: Span) -> list[Usage]:
    """Of pages of reports by kind of reader, and how many of them were locked; the reports are
    those that were looked at most."""
    counted = ViewCount.objects.filter(**span.days)
    most = most_used(counted, "reader", "report", Sum("views"))
    names = reader_names()
    rows = counted.values("reader").annotate(all=Sum("views"), shut=Sum("locked"))
    return [
        Usage(
            names.get(row["reader"], row["reader"]), (row["all"], row["shut"]), most[row["reader"]]
        )
        for row in rows.order_by("-all", "reader")
    ]


def reader_names() -> dict[str, str]:
    """Members by their tier, and who has none by what they are."""
    return names_of(Tier, "") | {
        Reader.VISITOR: _("Visitors"),
        Reader.ACCOUNT: _("Accounts without a membership"),
        Reader.STAFF: _("Staff"),
    }


def met_locked(counted: QuerySet[Any], thing: str) -> list[tuple[Any, int]]:
    """What visitors and people without a membership opened and could not read, by how often."""
    counts = (
        counted.filter(reader__in=Reader.OUTSIDERS, locked__gt=0)
        .values(thing)
        .annotate(times=Sum("locked"))
        .order_by("-times", thing)[:SHOWN]
    )
    model: Any = counted.model._meta.get_field(thing).related_model
    things = model.objects.in_bulk([row[thing] for row in counts])
    return [(things[row[thing]], row["times"]) for row in counts]


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
        names = names_of(model, "–")
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
