"""The library's lists among 20,000 reports, and what programs are told of them."""

from collections.abc import Iterator
from urllib.parse import quote

from research.actions import rebuild_index
from research.views import library as views
from tests.bench.browser import Browser
from tests.bench.data import world
from tests.bench.measures import Row, measure, page
from tests.bench.timing import in_turns


@measure
def library() -> Iterator[Row]:
    views.SEARCHES = 10**9  # one address asks all of it
    rebuild_index()
    yield from page("library, list of 20,000 reports", "/research/")
    slug = world().report.slug
    member, visitor = Browser(world().regular), Browser()
    framed = f"/bench/template/{world().event.slug}/"
    found = f"/research/?q={quote('소셜 데이터')}"
    if b'<ol class="results">' not in visitor.get(found).body:
        raise AssertionError("the library finds nothing")
    for what, reader, address in (
        ("search over 20,000 reports", visitor, found),
        ("library, what this member may read", member, "/research/?mine=1"),
        ("feed of the newest 30", visitor, "/research/feed/"),
        ("picture of a shared link, kept", visitor, f"/research/{slug}/cover/ko.png"),
        ("map of the site, 15,000 reports", visitor, "/sitemap.xml"),
    ):
        sample, least = in_turns(
            lambda reader=reader, address=address: reader.get(address),
            lambda: member.get(framed),
            seconds=1.5,
            warm=2,
        )
        yield Row.of(what, sample, reference="template + query", ratio=least.median / sample.median)
