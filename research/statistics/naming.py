"""What is wrong with the names of breakdowns and categories: a file is understood by them, so that
none may be that of two things."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from kosna.core.columns import normalised
from research.statistics.importing import TOTALS, WORDS, codes_by_word
from research.statistics.selection import DIMENSIONS

LANGUAGES = ("ko", "en")
Breakdowns = Mapping[str, Mapping[str, Any]]  # "first" and "second", as a series keeps them


def faults(breakdowns: Breakdowns) -> Iterator[tuple[str, str]]:
    """Of which field, and in words."""
    yield from _of_headings(breakdowns)
    for name, row in breakdowns.items():
        for reason in _of_categories(row):
            yield f"{name}_categories", reason


def _of_headings(breakdowns: Breakdowns) -> Iterator[tuple[str, str]]:
    """As headings are compared, without brackets, in both languages at once."""
    taken = dict.fromkeys([*WORDS, *DIMENSIONS], "")
    for name, row in breakdowns.items():
        for language in LANGUAGES:
            text = row[f"name_{language}"]
            word = normalised(text) or text
            if word and taken.setdefault(word, name) != name:
                yield (
                    f"{name}_{language}",
                    _(
                        "In a file “%(name)s” would be the heading of two columns, whatever its"
                        " brackets say."
                    )
                    % {"name": text},
                )


def _of_categories(row: Mapping[str, Any]) -> Iterator[str]:
    for word, codes in codes_by_word(row["categories"]).items():
        if len(codes) > 1:
            yield _("“%(word)s” names two categories.") % {"word": word[:40]}
        elif word in TOTALS:
            yield _("“%(word)s” is what files call the total.") % {"word": word[:40]}
