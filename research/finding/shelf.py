"""What is listed, in its order, and by which facets: held by each process, and read anew when the
catalogue's stamp says that something has changed."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from kosna.core.prepared import Prepared
from research.finding.bits import BYTES, lay, places_of
from research.finding.cards import instant_of
from research.models import Catalogue, Placed, Posting

SORTED = 4_000  # so many places are sorted at most; of more, the order is walked to its end


@dataclass(frozen=True)
class Opened:
    """Places that a membership opens, from an instant until before the next one at which a tier
    clock opens something (None: for good)."""

    bits: int
    since: datetime
    until: datetime | None

    def holds_at(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Shelf:
    """``order``: places, the newest first; ``since``: the instants (microseconds) from which they
    may be shown, in that order. ``rank`` and ``reports`` are by place."""

    stamp: str = ""
    blocks: int = 0
    order: array = field(default_factory=lambda: array("I"))
    since: array = field(default_factory=lambda: array("q"))
    rank: array = field(default_factory=lambda: array("I"))
    reports: array = field(default_factory=lambda: array("q"))
    listed: int = 0
    facets: dict[str, int] = field(default_factory=dict)
    # By tiers and branches, what they open (``research.finding.readable``).
    opened: dict[tuple[frozenset[int], frozenset[int]], Opened] = field(default_factory=dict)

    def out_at(self, at: datetime) -> int:
        """What is listed, without what is still to come out."""
        coming = bisect_left(self.since, -instant_of(at), key=lambda since: -since)
        bits = self.listed
        for place in self.order[:coming]:
            bits &= ~(1 << place)
        return bits

    def newest(self, hits: int, first: int, last: int) -> list[int]:
        """The places of these hits in their order, from ``first`` to before ``last``."""
        count = hits.bit_count()
        # Where hits are many, enough of them stand early in the order: to walk it that far costs
        # less than to sort them. Where they all stand late, no more is lost than sorting costs.
        reach = count if count <= SORTED else len(self.order)
        bits = hits.to_bytes(self.blocks * BYTES, "little")
        found: list[int] = []
        for place in self.order[:reach]:
            if bits[place >> 3] >> (place & 7) & 1:
                found.append(place)
                if len(found) == last:
                    return found[first:]
        if reach < len(self.order):
            return sorted(places_of(hits), key=self.rank.__getitem__)[first:last]
        return found[first:]


_held: dict[str, Shelf] = {}
_stamps: Prepared[tuple[str]] = Prepared(lambda: Catalogue.objects.values_list("stamp")[:1])


def current_shelf() -> Shelf:
    """One statement, unless something was published, changed or withdrawn since."""
    stamp = next((stamp for (stamp,) in _stamps()), "")
    shelf = _held.get("shelf")
    if shelf is None or shelf.stamp != stamp:
        shelf = _held["shelf"] = _read(stamp)
    return shelf


def _read(stamp: str) -> Shelf:
    if not stamp:
        return Shelf()
    rows = list(
        Placed.objects.filter(is_listed=True)
        .order_by("-since", "-report_id")
        .values_list("place", "since", "report_id")
    )
    blocks = max((row[0] for row in rows), default=-1) // (BYTES * 8) + 1
    size = blocks * BYTES * 8
    order, since = array("I"), array("q")
    rank, reports = array("I", bytes(4 * size)), array("q", bytes(8 * size))
    bits = bytearray(blocks * BYTES)
    for number, (place, instant, report) in enumerate(rows):
        order.append(place)
        since.append(instant)
        rank[place], reports[place] = number, report
        bits[place >> 3] |= 1 << (place & 7)
    listed = int.from_bytes(bits, "little")
    return Shelf(stamp, blocks, order, since, rank, reports, listed, _facets(blocks))


def _facets(blocks: int) -> dict[str, int]:
    found: dict[str, bytearray] = defaultdict(lambda: bytearray(blocks * BYTES))
    rows = Posting.objects.filter(field=Posting.Field.FACET, block__lt=blocks)
    for token, block, packed in rows.values_list("token", "block", "bits"):
        lay(bytes(packed), found[token], block)
    return {token: int.from_bytes(bits, "little") for token, bits in found.items()}
