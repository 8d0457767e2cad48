"""What programs read of reports and statistics: what the public pages say, and figures as text,
digit by digit."""

from operator import itemgetter
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kosna.api.paging import MOST_ROWS, QUERY
from kosna.api.shapes import (
    Part,
    Several,
    Shape,
    address,
    choice,
    day,
    instant,
    maybe,
    of_model,
    page_of,
    text,
)
from kosna.branches.models import Branch
from members import keys
from members.models import Tier, Topic
from research.models import CAME, Audience, Label, Observation, Report, Series

MOST_NAMES = 1_000
REPORT_WORDS = (
    "title_ko", "title_en", "authors_ko", "authors_en", "abstract_ko", "abstract_en",
    "contents_ko", "contents_en", "keywords_ko", "keywords_en",
)  # fmt: skip
REPORT_COLUMNS = ("topic", *REPORT_WORDS, "edition", "pages", "published_at")
SERIES_COLUMNS = (
    "topic", "name_ko", "name_en", "unit_ko", "unit_en", "places", "frequency", "by_region",
    "source_ko", "source_en", "method_ko", "method_en", "is_sample", "changed_at",
)  # fmt: skip


def _url(row: Any) -> str:
    return f"{settings.SITE_URL}{row.get_absolute_url()}"


def _labels(kind: str) -> Any:
    return lambda report: [row.value for row in report.labels.all() if row.kind == kind]


OPENING = Shape(
    "Opening",
    {
        "tier": Part(
            maybe(of_model(Tier, "code")),
            of=lambda opening: opening.tier.code if opening.tier else None,
            about=_("Null: everyone whom the report is for."),
        ),
        "opens_at": Part(instant()),
    },
)
READERS = Shape(
    "Readers",
    {
        "everyone": Part(
            of_model(Report, "is_public"),
            of=lambda report: report.is_public,
            about=_("Whoever has an account; the rest is said for others."),
        ),
        "tiers": Part(
            Several(of_model(Tier, "code"), MOST_NAMES),
            of=lambda report: [tier.code for tier in report.tiers.all()],
        ),
        "branches": Part(
            Several(of_model(Branch, "code"), MOST_NAMES),
            of=lambda report: [branch.code for branch in report.branches.all()],
            about=_("Members of these branches."),
        ),
        "events": Part(
            Several(text(200), MOST_NAMES),
            of=lambda report: _events_of(report),
            about=_("Who came to one of these, by its title."),
        ),
        "opens": Part(
            Several(OPENING, MOST_NAMES),
            of=lambda report: report.clock.openings.all() if report.clock else [],
            about=_("From when, for whom. Empty: from its publication on."),
        ),
        "price": Part(
            of_model(Report, "price"),
            about=_("What a non-member pays once, in whole won. Null: it is not sold."),
        ),
    },
)


def _events_of(report: Report) -> list[str]:
    events = [row.event for row in report.occasions.all()]
    return list(keys.names_shown(CAME, events).values())


REPORT = Shape(
    "Report",
    {
        "slug": Part(of_model(Report, "slug")),
        "url": Part(address(), of=_url),
        **{name: Part(of_model(Report, name)) for name in REPORT_COLUMNS},
        "fields": Part(Several(choice(*Topic.values), MOST_NAMES), of=_labels(Label.Kind.FIELD)),
        "audiences": Part(
            Several(choice(*Audience.values), MOST_NAMES), of=_labels(Label.Kind.AUDIENCE)
        ),
        "readers": Part(READERS, of=lambda report: report),
    },
)
REPORTS = page_of("Reports", REPORT, MOST_ROWS)
REPORT_QUERY = Shape(
    "ReportQuery", {"topic": Part(of_model(Report, "topic"), required=False), **QUERY}
)
CATEGORY = Shape(
    "Category",
    {
        name: Part(text(200), of=itemgetter(place))
        for place, name in enumerate(("code", "name_ko", "name_en"))
    },
)
BREAKDOWN = Shape(
    "Breakdown",
    {
        **{name: Part(text(200), of=itemgetter(name)) for name in ("name_ko", "name_en")},
        "categories": Part(Several(CATEGORY, MOST_NAMES), of=lambda row: row["categories"]),
    },
)


def _of_series(name: str) -> Any:
    return lambda reading: getattr(reading.series, name)


SERIES = Shape(
    "Series",
    {
        "code": Part(of_model(Series, "code"), of=_of_series("code")),
        "url": Part(address(), of=lambda reading: _url(reading.series)),
        **{name: Part(of_model(Series, name), of=_of_series(name)) for name in SERIES_COLUMNS},
        "breakdowns": Part(
            Several(BREAKDOWN, 2),
            of=lambda reading: reading.series.breakdowns if reading.sees_detail else [],
        ),
        "shut": Part(
            text(2_000),
            of=lambda reading: reading.why_not,
            about=_("What of it this key does not open, and why; empty where it opens all."),
        ),
    },
)
ALL_SERIES = page_of("SeriesPage", SERIES, MOST_ROWS)
SERIES_QUERY = Shape(
    "SeriesQuery", {"topic": Part(of_model(Series, "topic"), required=False), **QUERY}
)
VALUE = Shape(
    "Value",
    {
        "period": Part(day(), about=_("Its first day.")),
        "region": Part(of_model(Observation, "region"), about=_("Empty: the whole country.")),
        **{
            name: Part(of_model(Observation, name), about=_("A category; empty: the total."))
            for name in ("first", "second")
        },
        "value": Part(
            maybe(text(40)),
            of=lambda row: None if row.value is None else f"{row.value:f}",
            about=_("Digit by digit. Null: not available."),
        ),
        "mark": Part(of_model(Observation, "mark"), about=_("p: provisional, r: revised.")),
        "known_at": Part(instant()),
        "reason_ko": Part(
            of_model(Observation, "reason_ko"), about=_("Why it was changed, or a remark on it.")
        ),
        "reason_en": Part(of_model(Observation, "reason_en")),
    },
)
VALUES = Shape(
    "Values",
    {
        "code": Part(of_model(Series, "code")),
        "as_of": Part(day(), about=_("The figures as they were known at the end of this day.")),
        "shut": Part(text(2_000)),
        "items": Part(Several(VALUE, MOST_ROWS)),
        "next": Part(maybe(text(40))),
    },
)
VALUES_QUERY = Shape(
    "ValuesQuery",
    {
        "since": Part(day(), required=False, about=_("Periods that begin on this day or later.")),
        "until": Part(day(), required=False, about=_("Periods that begin on this day or before.")),
        "as_of": Part(day(), required=False, about=_("As known on this day; today if not said.")),
        **QUERY,
    },
)
