"""A search: the postings of its words in one statement, and everything else with whole numbers.

A report is found when each word stands in one of its fields. Those with every word in the title
come first; then those that need authors or keywords for it, abstract or contents, and the text. In
each of these the newest come first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import and_, or_

from django.db import connection

from research.finding.bits import BYTES, lay
from research.finding.shelf import Shelf
from research.finding.words import Word
from research.models import Posting

FIELDS = tuple(
    name.value
    for name in (
        Posting.Field.TITLE,
        Posting.Field.KNOWN,
        Posting.Field.TOLD,
        Posting.Field.TEXT,
    )
)


@dataclass(frozen=True)
class Found:
    """``ranks``: the hits, apart by how well they fit, best first. ``shown``: by word, those with
    it in what everybody may see."""

    shelf: Shelf
    ranks: Sequence[int]
    shown: Sequence[int] = ()
    # By group of facets: the hits if nothing were chosen in it.
    without: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(hits.bit_count() for hits in self.ranks)

    def places(self, first: int, last: int, *, newest: bool = False) -> list[int]:
        """The places from ``first`` to before ``last``, by rank, or the newest of all first."""
        ranks = [reduce(or_, self.ranks, 0)] if newest else self.ranks
        found: list[int] = []
        for hits in ranks:
            count = hits.bit_count()
            if first < count and last > 0:
                found += self.shelf.newest(hits, max(first, 0), min(last, count))
            first, last = first - count, last - count
        return found

    def deep(self, places: Iterable[int]) -> set[int]:
        """Those of these places that were only found by a word in their text."""
        return {place for place in places if not all(hits >> place & 1 for hits in self.shown)}

    def count(self, group: str, value: str) -> int:
        """How many would be left if this were chosen in its group."""
        return (self.without[group] & self.shelf.facets.get(f"{group}={value}", 0)).bit_count()


def search(
    shelf: Shelf,
    at: datetime,
    words: Sequence[Word],
    chosen: Mapping[str, str],
    groups: Sequence[str] = (),
    *,
    within: int | None = None,
) -> Found:
    """``chosen``: a value by group of facets. ``within``: the places that this reader wants to see
    (None: all). One statement where there are words, else none."""
    base = shelf.out_at(at)
    if within is not None:
        base &= within
    ranks, shown = _ranked(shelf, words)
    picked = {group: shelf.facets.get(f"{group}={value}", 0) for group, value in chosen.items()}
    hits = reduce(or_, ranks) if words else base
    without = {}
    for group in groups:
        others = [bits for name, bits in picked.items() if name != group]
        without[group] = reduce(and_, others, hits & base)
    left = reduce(and_, picked.values(), base)
    return Found(shelf, [rank & left for rank in ranks] if words else [left], shown, without)


def _ranked(shelf: Shelf, words: Sequence[Word]) -> tuple[list[int], list[int]]:
    if not words:
        return [], []
    bits = _bits_of({token for word in words for token in word.tokens}, shelf.blocks)
    reached = [0] * len(words)
    ranks, shown, before = [], [], 0
    for name in FIELDS:
        if name == Posting.Field.TEXT:
            shown = list(reached)
        for number, word in enumerate(words):
            reached[number] |= reduce(and_, (bits[name, token] for token in word.tokens))
        here = reduce(and_, reached)
        ranks.append(here & ~before)
        before = here
    return ranks, shown


def _bits_of(tokens: set[str], blocks: int) -> Mapping[tuple[str, str], int]:
    """By field and token, the places."""
    laid: dict[tuple[str, str], bytearray] = {}
    found: dict[tuple[str, str], int] = defaultdict(int)
    for name, token, block, packed in _rows(sorted(tokens)):
        if block < blocks:
            if (name, token) not in laid:
                laid[name, token] = bytearray(blocks * BYTES)
            lay(packed, laid[name, token], block)
    found.update((key, int.from_bytes(bits, "little")) for key, bits in laid.items())
    return found


def _rows(tokens: list[str]) -> list[tuple[str, str, int, bytes]]:
    """Written by hand, for the ORM takes longer to make rows of it than the database to find
    them."""
    marks = ", ".join(["%s"] * len(tokens))
    table = connection.ops.quote_name(Posting._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT field, token, block, bits FROM {table} WHERE token IN ({marks})",  # noqa: S608
            tokens,
        )
        return cursor.fetchall()
