"""What somebody who types may mean: topics, keywords, authors and titles of what is listed. All of
it stands on public pages."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.core.korean import fold, initials, is_initials
from research.finding.facets import GROUPS, query_of
from research.finding.searching import search
from research.finding.shelf import current_shelf
from research.finding.words import JAMO, words_typed
from research.models import Report

READ, TITLES, OTHERS = 40, 5, 3  # reports that are looked at; of each kind at most


@dataclass(frozen=True)
class Suggestion:
    kind: str
    label: str
    url: str


def suggest(typed: str, at: datetime) -> list[Suggestion]:
    """Three statements at most, and none where nothing can be looked up."""
    typed = typed.strip()
    topics = _topics(typed)
    words = words_typed(typed)
    if not words:
        return topics
    found = search(current_shelf(), at, words, {})
    near = found.ranks[:2]  # titles; authors and keywords
    first = [found.shelf.newest(hits, 0, READ) for hits in near if hits]
    keys = [found.shelf.reports[place] for places in first for place in places][:READ]
    if not keys:
        return topics
    rows = Report.objects.published(at).filter(pk__in=keys).newest().only(*_SHOWN)
    reports = list(rows)
    keywords = _parts_of(
        typed, (row.keywords_ko for row in reports), (row.keywords_en for row in reports)
    )
    authors = _parts_of(
        typed, (row.authors_ko for row in reports), (row.authors_en for row in reports)
    )
    titles = [(row, name) for row in reports if (name := _title_of(row, typed))][:TITLES]
    return [
        *topics,
        *(Suggestion(_("Keyword"), word, _asking(word)) for word in keywords),
        *(Suggestion(_("Author"), name, _asking(name)) for name in authors),
        *(Suggestion(_("Report"), name, row.get_absolute_url()) for row, name in titles),
    ]


_SHOWN = (
    "slug", "published_at", "title_ko", "title_en", "authors_ko", "authors_en", "keywords_ko",
    "keywords_en",
)  # fmt: skip


def _asking(query: str) -> str:
    return f"{reverse('research:reports')}?{query_of({'q': query})}"


def _topics(typed: str) -> list[Suggestion]:
    found = []
    for group in ("topic", "field"):
        for value, name in GROUPS[group][1].items():
            if typed and _fits(str(name), typed):
                url = f"{reverse('research:reports')}?{query_of({group: value})}"
                found.append(Suggestion(_("Topic"), str(name), url))
    return found[:OTHERS]


def _title_of(report: Report, typed: str) -> str:
    """The title that fits, of the page's language where both do; nothing where none does."""
    titles = (report.title, report.title_ko, report.title_en)
    return next((title for title in titles if _fits(title, typed)), "")


def _parts_of(typed: str, *lists: Iterable[str]) -> list[str]:
    """Of comma-separated names those that fit in the language in which somebody types, the most
    frequent first."""
    parts = Counter(part.strip() for each in lists for names in each for part in names.split(","))
    return [part for part, _n in parts.most_common() if part and _fits(part, typed)][:OTHERS]


def _fits(label: str, typed: str) -> bool:
    """Whether it is in there, in letters or in initial consonants."""
    if is_initials(typed):
        return initials(typed) in _initials_of(label)
    wanted = fold(typed).rstrip(JAMO)
    return bool(wanted) and wanted in fold(label)


@lru_cache(maxsize=4096)
def _initials_of(label: str) -> str:
    return initials(label)
