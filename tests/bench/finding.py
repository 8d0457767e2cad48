"""100,000 reports, each with three pages of text: words as frequent as in any language, a few in
nearly every report, most in hardly any."""

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate
from urllib.parse import quote

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from kosna.core import clock
from members.models import Tier, Topic
from research import library
from research.actions import keep_text, place_report, rebuild_index
from research.finding.facets import GROUPS, groups_of
from research.finding.shelf import current_shelf
from research.finding.suggesting import suggest
from research.models import Label, Report, TextPage
from research.views import library as views
from tests.bench.browser import Browser
from tests.bench.data import GIVEN, REPORTS, SURNAMES, WORDS, make, world
from tests.bench.measures import Row, measure
from tests.bench.timing import Sample, in_turns

DOCUMENTS, PAGES, PAGE_WORDS = 100_000, 3, 110
SYLLABLES = (
    "가나다라마바사아자차카하거너더러머버서어저고노도로모보소오조"
    "구누두루무부수우주기니디리미비시이지인정신성전제국민경원상동화"
)
PARTICLES = ["", "", "의", "을", "에서", "으로", "이다", "과"]
ENGLISH = ["media", "network", "platform", "opinion", "AI", "SNS", "privacy", "commerce"]
RARE = "퀄컴챗봇"
QUERIES = {
    "two syllables, in most": "소셜",
    "two syllables, in few": RARE[2:],
    "two words": "소상공인 플랫폼",
    "three words, one of them rare": f"데이터 전략 {RARE}",
    "English": "opinion",
    "English, a short word": "AI",
    "initial consonants": "ㅅㅅㄱㅇ",
    "what nobody wrote": "쀍뛟",
}
FACETS = {"topic": "market", "access": "open"}


def vocabulary(die: random.Random) -> tuple[list[str], list[float]]:
    made = {"".join(die.choices(SYLLABLES, k=die.choice((2, 2, 3, 3, 4)))) for _n in range(8_000)}
    common = [*WORDS, *ENGLISH]
    words = [*common, *sorted(made - set(common))]
    return words, list(accumulate(1 / (rank + 12) for rank in range(len(words))))


def load() -> None:
    """Fills the library up to 100,000, the text of all with it."""
    die = random.Random(41)
    words, weights = vocabulary(die)

    def prose(count: int, *, particles: bool = True) -> str:
        chosen = die.choices(words, cum_weights=weights, k=count)
        return " ".join(f"{word}{die.choice(PARTICLES)}" if particles else word for word in chosen)

    now = clock.now()
    rows = [
        Report(
            slug=f"found-{number}",
            topic=die.choice(Report.Topic.values),
            status=Report.Status.PUBLISHED,
            title_ko=prose(5, particles=False),
            title_en=" ".join(die.choices(ENGLISH, k=4)),
            abstract_ko=prose(60),
            abstract_en="An abstract." if number % 4 else "",
            authors_ko=die.choice(SURNAMES) + die.choice(GIVEN),
            keywords_ko=", ".join(die.choices(words, cum_weights=weights, k=4)),
            published_at=now - timedelta(minutes=50 * number + 30),
            is_public=number % 3 == 0,
            file="reports/none.pdf",
            pages=PAGES,
        )
        for number in range(DOCUMENTS - REPORTS)
    ]
    reports = make(rows)
    tier = Tier.objects.get(pk=world().tier.pk)
    through = Report.tiers.through
    make(through(report=report, tier=tier) for report in reports if not report.is_public)
    fields = Topic.values
    make(
        Label(report=report, kind="field", value=value)
        for report in reports
        for value in die.sample(fields, 2)
    )
    every = list(Report.objects.values_list("pk", flat=True))
    holders = set(die.sample(every, 5))
    make(
        TextPage(
            report_id=report,
            number=number,
            text=prose(PAGE_WORDS) + (f" {RARE}" if report in holders and number == 2 else ""),
        )
        for report in every
        for number in range(1, PAGES + 1)
    )


@measure
def finding() -> Iterator[Row]:
    views.SEARCHES = 10**9  # one address asks all of it
    load()
    start = time.perf_counter()
    rebuild_index()
    took = time.perf_counter() - start
    yield Row("index of 100,000 reports, built anew", median=took, per_second=DOCUMENTS / took)
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE" if connection.vendor == "postgresql" else "ANALYZE research_posting"
        )
    visitor = Browser()
    searches, pages = [], []
    for what, query in QUERIES.items():
        yield from _of(what, {"q": query}, visitor, searches, pages)
    yield from _of(
        "two words, two facets", {"q": "소상공인 전략", **FACETS}, visitor, searches, pages
    )
    yield from _of("newest first", {"q": "소셜", "sort": "newest"}, visitor, searches, pages)
    yield from _of("nothing asked, two facets", FACETS, visitor, searches, pages)
    for what, times in (("search itself", searches), ("whole page, signed out", pages)):
        sample = Sample(times, 0)
        yield Row(
            f"100,000 reports, all these: {what}",
            sample.median,
            sample.p95,
            sample.per_second,
            target="p95 ≤ 10 ms",
            is_met=sample.p95 <= 0.010,
        )
    yield from _others()


def _of(
    what: str, wanted: dict[str, str], visitor: Browser, searches: list, pages: list
) -> Iterator[Row]:
    address = "/research/?" + "&".join(f"{name}={quote(value)}" for name, value in wanted.items())
    search, page = in_turns(
        lambda: first_page(wanted), lambda: visitor.get(address), seconds=2, most=100, warm=3
    )
    searches += search.seconds
    pages += page.seconds
    for name, sample in (("search", search), ("page", page)):
        yield Row.of(
            f"100,000 reports, {what}: {name}",
            sample,
            target="p95 ≤ 10 ms",
            is_met=sample.p95 <= 0.010,
            note=f"{sample.cpu * 1000:.1f} ms CPU",
        )


def first_page(wanted: dict[str, str]) -> None:
    """The search, the counts of all facets, and the twenty rows with who may read them."""
    now, anybody = clock.now(), AnonymousUser()
    found = library.look_up(current_shelf(), anybody, now, wanted, list(GROUPS))
    groups_of(found, wanted)
    newest = wanted.get("sort") == "newest"
    library.page_of(found, now, 1, newest=newest, is_search="q" in wanted)


def _others() -> Iterator[Row]:
    member = Browser(world().regular)
    deep = f"/research/?q={quote('소셜')}&page=2000"
    report = Report.objects.order_by("-pk")[0]
    text = list(report.text_pages.values_list("text", flat=True))
    now = clock.now()
    for name, call in (
        ("signed in", lambda: member.get(f"/research/?q={quote('소셜 데이터')}")),
        ("what I can read", lambda: member.get(f"/research/?q={quote('소셜')}&mine=1")),
        ("page 2,000", lambda: member.get(deep)),
        ("suggestions", lambda: suggest("소상", now)),
        ("a report is published or changed", lambda: _changed(report)),
        ("its text is replaced", lambda: (keep_text(report, text[:1]), keep_text(report, text))),
    ):
        (sample,) = in_turns(call, seconds=1.5, warm=1)
        yield Row.of(f"100,000 reports: {name}", sample)
    (sample,) = in_turns(
        lambda: (place_report(report), first_page({"q": "소셜"})), seconds=2, warm=1
    )
    yield Row.of("100,000 reports: a change, and the first search after it", sample)


def _changed(report: Report) -> None:
    report.abstract_ko = " ".join(reversed(report.abstract_ko.split()))
    report.save(update_fields=["abstract_ko"])
    place_report(report)
