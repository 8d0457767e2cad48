"""Strangers' tables: where the headings stand, what their columns hold, and how to know the same
headings again. What a heading means is for each kind of table to say."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

Guess = Callable[[Sequence[str]], list[str]]
SHOWN_SAMPLES, MOST_VALUES = 3, 60


def normalised(heading: str) -> str:
    """A heading in the form in which it is compared: no spaces, marks or brackets."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", text) or text
    return "".join(letter for letter in text if letter.isalnum())


def headings_key(headings: Sequence[str]) -> str:
    """The same headings in any order have the same key."""
    text = "\n".join(sorted(normalised(heading) for heading in headings))
    return hashlib.sha256(text.encode()).hexdigest()


def remembered(
    headings: Sequence[str], old_headings: Sequence[str], old_mapping: Sequence[str]
) -> list[str]:
    """The mapping of an earlier file for the same headings, whatever their order is now."""
    meaning = dict(zip(map(normalised, old_headings), old_mapping, strict=True))
    return [meaning.get(normalised(heading), "") for heading in headings]


def heading_row(rows: Sequence[Sequence[str]], guess: Guess) -> int:
    """The row in which the most cells read like headings; the first with anything in it where
    none does."""
    scores = [sum(bool(field) for field in guess(row)) for row in rows]
    if max(scores, default=0) >= 2:
        return scores.index(max(scores))
    return next((i for i, row in enumerate(rows) if any(row)), 0)


class Samples:
    """The first cells of each column, and all its values while they are few."""

    def __init__(self, width: int) -> None:
        self.first: list[list[str]] = [[] for _ in range(width)]
        self.values: list[set[str] | None] = [set() for _ in range(width)]

    def take(self, row: Sequence[str]) -> None:
        for index, cell in enumerate(row):
            if not cell:
                continue
            if len(self.first[index]) < SHOWN_SAMPLES and cell not in self.first[index]:
                self.first[index].append(cell[:60])
            values = self.values[index]
            if values is not None:
                values.add(cell[:60])
                if len(values) > MOST_VALUES:
                    self.values[index] = None

    def shown(self) -> list[dict[str, Any]]:
        return [
            {"first": first, "values": None if values is None else sorted(values)}
            for first, values in zip(self.first, self.values, strict=True)
        ]
