"""Figures for the office: what each tier and branch uses of the statistics, what nobody asks for,
what readers met locked."""

from typing import Any

from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _

from kosna.branches.models import Branch
from members.models import Tier
from research.figures import SHOWN, Span, Usage, met_locked, most_used, names_of
from research.models import Reader, Series, UseCount


def counted(span: Span) -> QuerySet[UseCount]:
    return UseCount.objects.filter(**span.days)


def by_reader(span: Span) -> list[Usage]:
    """Members by their tier, and who has none by what they are."""
    others = {
        Reader.VISITOR: _("Visitors"),
        Reader.ACCOUNT: _("Accounts without a membership"),
        Reader.STAFF: _("Staff"),
    }
    return _usage(span, "reader", names_of(Tier, "") | others)


def by_branch(span: Span) -> list[Usage]:
    return _usage(span, "branch", names_of(Branch, _("No branch")))


def _usage(span: Span, column: str, names: dict[str, str]) -> list[Usage]:
    """What was locked was not used."""
    times = Sum(F("views") + F("files") - F("locked"))
    used = counted(span).filter(locked__lt=F("views") + F("files"))
    most = most_used(used, column, "series", times)
    rows = (
        counted(span)
        .values(column)
        .annotate(looks=Sum("views"), taken=Sum("files"))
        .order_by("-looks", column)
    )
    return [
        Usage(names.get(row[column], row[column]), (row["looks"], row["taken"]), most[row[column]])
        for row in rows
    ]


def unasked(span: Span) -> QuerySet[Series]:
    """Published, and neither looked at nor taken by anybody but staff in these days."""
    asked = counted(span).exclude(reader=Reader.STAFF).values("series")
    return Series.objects.published().exclude(pk__in=asked).in_order()[:SHOWN]


def wanted(span: Span) -> list[tuple[Any, int]]:
    return met_locked(counted(span), "series")
