"""Why a report was found: its words, marked where they stand.

Titles, authors, abstracts and contents are everybody's. A line of the text is shown to who may read
the file now; the rest is told that the words stand in it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache, reduce
from html import escape
from operator import or_
from re import Pattern
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.safestring import SafeString, mark_safe

from kosna.core.korean import initials
from kosna.core.prepared import Part, Prepared
from research.access_facts import filled
from research.finding.words import CJK, Word
from research.models import Placed, TextPage

LETTERS, BEFORE = 150, 50  # of a snippet; of it before the first word
MOST_CUTS = 12  # places at which a line end is looked for in one word
_LATIN = rf"[^\W_{CJK}]"


@lru_cache(maxsize=512)
def pattern_of(words: tuple[Word, ...]) -> Pattern[str] | None:
    """Finds the words as they were looked up; None where all are initial consonants."""
    parts = [_part(word) for word in words if not word.is_initials]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _part(word: Word) -> str:
    if word.is_cjk:
        return "\n?".join(map(re.escape, word.text))  # its line may have ended there
    found = re.escape(word.text)
    return rf"(?<!{_LATIN}){found}" + (rf"(?!{_LATIN})" if word.is_whole else "")


def marked(text: str, words: tuple[Word, ...]) -> SafeString:
    """The text, escaped, with the words in it marked; initial consonants, too."""
    pattern = pattern_of(words)
    spans = [match.span() for match in pattern.finditer(text)] if pattern else []
    spans += [span for word in words if word.is_initials for span in _spelt(text, word.text)]
    if not spans:
        return mark_safe(escape(text))
    parts, at = [], 0
    for first, last in sorted(spans):
        if first >= at:
            parts += [escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>"]
            at = last
    return mark_safe("".join([*parts, escape(text[at:])]))  # each part was escaped


def _spelt(text: str, letters: str) -> list[tuple[int, int]]:
    """Where these initial consonants stand, across spaces."""
    spelt = [(letter, at) for at, char in enumerate(text) for letter in initials(char)]
    line = "".join(letter for letter, _at in spelt)
    at = line.find(letters)
    return [(spelt[at][1], spelt[at + len(letters) - 1][1] + 1)] if at >= 0 else []


def excerpt(text: str, words: tuple[Word, ...]) -> SafeString:
    """A line around the first word that stands in the text, or nothing. Of a word that a line end
    cut, it shows the whole."""
    pattern = pattern_of(words)
    match = pattern.search(text) if pattern else None
    if not pattern or not match:
        return SafeString()
    before = text[: match.start()]
    rest = pattern.sub(lambda found: found.group().replace("\n", ""), text[match.start() :])
    return _cut(before + rest, match.start(), words)


def beginning(text: str) -> SafeString:
    return _cut(text, 0, ())


def _cut(text: str, at: int, words: tuple[Word, ...]) -> SafeString:
    """At the ends of words, unless a word is too long for that."""
    first = max(0, at - BEFORE)
    if first:
        first = max(first, text.find(" ", first, at) + 1)
    last = min(len(text), first + LETTERS)
    if last < len(text):
        space = text.rfind(" ", at + 20, last)
        last = space if space > 0 else last
    line = " ".join(text[first:last].split())
    ends = ("… " if first else "", "…" if last < len(text) else "")
    return mark_safe(ends[0] + marked(line, words) + ends[1])  # marked() has escaped it


def _forms(word: Word) -> list[str]:
    """How a text may have it: whole, or in two lines."""
    whole = word.text
    cuts = range(1, min(len(whole), MOST_CUTS)) if word.is_cjk else ()
    return [whole, *(f"{whole[:cut]}\n{whole[cut:]}" for cut in cuts)]


@lru_cache(maxsize=64)
def _first_pages(reports: int, forms: int) -> Prepared[tuple]:
    """Of so many reports: the first page that has one of so many forms of words, and its text.
    Written once for each such pair, for the ORM takes longer than the database."""
    keys, texts = _numbered("report", reports), _numbered("form", forms)

    def build(**values: Any) -> QuerySet[Any]:
        has = reduce(or_, (Q(text__icontains=values[text]) for text in texts))
        pages = TextPage.objects.filter(has, report=OuterRef("report")).order_by("number")
        placed = Placed.objects.filter(
            report__in=[values[key] for key in keys], text_sha256=F("report__sha256")
        )
        first = placed.annotate(
            page=Subquery(pages.values("number")[:1]), text=Subquery(pages.values("text")[:1])
        )
        return first.values_list("report", "page", "text")

    return Prepared(build, **dict.fromkeys(keys, int), **dict.fromkeys(texts, Part))


def _numbered(name: str, count: int) -> list[str]:
    return [f"{name}_{number}" for number in range(count)]


def text_lines(reports: Sequence[int], words: Sequence[Word]) -> dict[int, tuple[int, SafeString]]:
    """By report, the first page of its text that has one of the words, and the line; of reports
    that this reader may read, which the caller has asked. One statement."""
    wanted = tuple(word for word in words if not word.is_initials)
    if not reports or not wanted:
        return {}
    keys, forms = filled(reports), [form for word in wanted for form in _forms(word)]
    values = zip(_numbered("report", len(keys)), keys, strict=True)
    rows = _first_pages(len(keys), len(forms))(
        **dict(values), **dict(zip(_numbered("form", len(forms)), forms, strict=True))
    )
    lines = {report: (page, excerpt(text, wanted)) for report, page, text in rows if text}
    return {report: found for report, found in lines.items() if found[1]}
