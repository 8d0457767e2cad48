"""What programs ask of the library and of statistics. What a report says to everybody, and of
figures what the person who issued the key may see, who answers for it: the same as on the pages and
in their files. No report's text leaves here."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy

from kosna.api.models import Scope
from kosna.api.operations import Answer, Call, Resource
from kosna.api.paging import Page, page_by_key
from kosna.api.problems import Problem
from kosna.core import clock
from research import counting
from research.api import shapes
from research.models import Report, ReportQuerySet, Series
from research.statistics.reading import Reading, instant_of, read, read_all

READ = Scope.READ_RESEARCH

REPORTS = Resource("reports", "reports")
REPORT = Resource("reports/<slug:slug>", "report")
ALL_SERIES = Resource("statistics", "series-list")
SERIES = Resource("statistics/<slug:code>", "series")
VALUES = Resource("statistics/<slug:code>/values", "series-values")


def _reports() -> ReportQuerySet:
    rows = Report.objects.published().with_access().prefetch_related("clock__openings__tier")
    return rows.prefetch_related("labels").defer("search_text", "search_initials")


@REPORTS.answers(
    "GET",
    summary=gettext_lazy("The published reports, and what opens for whom"),
    scopes={READ},
    query=shapes.REPORT_QUERY,
    answer=shapes.REPORTS,
)
def list_reports(call: Call) -> Answer:
    rows = _reports()
    if topic := call.query.get("topic"):
        rows = rows.filter(topic=topic)
    return Answer(page_by_key(call, rows))


@REPORT.answers(
    "GET", summary=gettext_lazy("One published report"), scopes={READ}, answer=shapes.REPORT
)
def show_report(call: Call, slug: str) -> Answer:
    report = get_object_or_404(_reports(), slug=slug)
    return Answer(report, {"ETag": f'"{report.version}"'})


@ALL_SERIES.answers(
    "GET",
    summary=gettext_lazy("The published statistics"),
    scopes={READ},
    query=shapes.SERIES_QUERY,
    answer=shapes.ALL_SERIES,
)
def list_series(call: Call) -> Answer:
    rows = Series.objects.published().narrowed(call.query).with_access()
    page = page_by_key(call, rows)
    return Answer(Page(read_all(page.rows, call.credential.by, clock.now()), page.next))


def _reading(call: Call, code: str) -> Reading:
    series = Series.objects.published().with_access().filter(code=code).first()
    if series is None:
        raise Http404
    return read(series, call.credential.by, clock.now())


@SERIES.answers(
    "GET", summary=gettext_lazy("One published statistic"), scopes={READ}, answer=shapes.SERIES
)
def show_series(call: Call, code: str) -> Answer:
    reading = _reading(call, code)
    return Answer(reading, {"ETag": f'"{reading.series.version}"'})


@dataclass(frozen=True)
class Told:
    code: str
    as_of: date
    shut: str
    items: list[Any]
    next: str | None


@VALUES.answers(
    "GET",
    summary=gettext_lazy("The values of a statistic, as they were known on a day"),
    scopes={READ},
    query=shapes.VALUES_QUERY,
    answer=shapes.VALUES,
)
def list_values(call: Call, code: str) -> Answer:
    reading = _reading(call, code)
    if not call.query.get("after"):  # the pages of a list are one file
        asked = [(reading.series.pk, not reading.sees_total)]
        counting.count_use(asked, call.credential.by, is_file=True)
    if not reading.sees_total:
        raise Problem(403, reading.why_not)
    as_of = call.query.get("as_of")
    rows = reading.observations(instant_of(as_of))
    if since := call.query.get("since"):
        rows = rows.filter(period__gte=since)
    if until := call.query.get("until"):
        rows = rows.filter(period__lte=until)
    page = page_by_key(call, rows)
    known_on = min(as_of or clock.today(), clock.today())
    return Answer(
        Told(code, known_on, reading.why_not, page.rows, page.next),
        {"ETag": f'"{reading.series.version}"'},
    )
