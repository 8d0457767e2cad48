"""Figures for the office: what each tier and branch uses of the statistics, what nobody asks for,
what readers met locked."""

from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from kosna.branches.models import Branch
from kosna.core import clock
from research.figures import (
    READABLE_FOR,
    Span,
    Usage,
    met_locked,
    most_used,
    names_of,
    reader_names,
)
from research.models import Observation, Reader, Series, UseCount


def counted(span: Span) -> QuerySet[UseCount]:
    return UseCount.objects.filter(**span.days)


def by_reader(span: Span) -> list[Usage]:
    return _usage(span, "reader", reader_names())


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
    """There for a month, and neither looked at nor taken by anybody but staff in these days."""
    asked = counted(span).exclude(reader=Reader.STAFF).values("series")
    then = clock.start_of(span.last - READABLE_FOR)
    values = Observation.objects.filter(series=OuterRef("pk"), known_at__lte=then)
    return Series.objects.published().filter(Exists(values)).exclude(pk__in=asked).in_order()


def wanted(span: Span) -> list[tuple[Any, int]]:
    return met_locked(counted(span), "series")
