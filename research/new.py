"""Reports that have opened, for the weekly mail: to each those that they may read."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from members.news import News, Shelf, opened
from research.models import Report


def reports(since: datetime, until: datetime) -> Iterator[Shelf]:
    """Out or with a time of their clock between two instants, and out now."""
    came_out = Q(published_at__gt=since, published_at__lte=until)
    opens = Q(clock__openings__opens_at__gt=since, clock__openings__opens_at__lte=until)
    found = Report.objects.filter(came_out | opens).values("pk")
    rows = Report.objects.published(min(until, clock.now())).filter(pk__in=found)
    news = [_news(report, since, until) for report in rows.for_lists().newest()]
    yield Shelf(_("Research reports"), reverse("research:reports"), news)


def _news(report: Report, since: datetime, until: datetime) -> News:
    assert report.published_at is not None
    is_for = opened(report, since, until, out_at=report.published_at)
    return News(report.title_ko, report.title_en, report.get_absolute_url(), is_for)
