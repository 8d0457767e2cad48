"""Reports with text, and what a search finds."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches

from kosna.core import clock
from research import library
from research.actions import keep_text
from research.finding.facets import GROUPS
from research.finding.shelf import current_shelf
from research.models import Report


@pytest.fixture(autouse=True)
def _counted_anew() -> Iterator[None]:
    caches["process"].clear()
    yield
    caches["process"].clear()


@pytest.fixture
def written(make_report) -> Callable[..., Report]:
    """A report in a few words, its texts not those of every test."""

    def make(slug: str, *pages: str, **fields: Any) -> Report:
        fields = {
            "title_ko": slug, "title_en": "", "abstract_ko": "…", "abstract_en": "",
            "authors_ko": "홍길동", **fields,
        }  # fmt: skip
        report = make_report(slug, **fields)
        if pages:
            keep_text(report, list(pages))
        return report

    return make


def slugs(query: str = "", user: Any = None, *, newest: bool = False, **wanted: str) -> list[str]:
    at = clock.now()
    found = library.look_up(
        current_shelf(), user or AnonymousUser(), at, {"q": query, **wanted}, list(GROUPS)
    )
    page, _deep = library.page_of(found, at, 1, newest=newest, is_search=True)
    assert page.paginator.count == found.total
    return [report.slug for report in page.object_list]
