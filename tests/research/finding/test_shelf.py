"""The order of what is listed: a page of hits is the same however it is looked for."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from research.finding import shelf as shelves
from research.finding.bits import BLOCK, bits_of
from research.finding.shelf import Shelf


def _shelf(order: list[int]) -> Shelf:
    """``order``: every place once, the newest first."""
    blocks = max(order) // BLOCK + 1
    rank = array("I", bytes(4 * blocks * BLOCK))
    for number, place in enumerate(order):
        rank[place] = number
    return Shelf(blocks=blocks, order=array("I", order), rank=rank)


@given(
    st.permutations(range(60)),
    st.sets(st.integers(0, 59), min_size=1),
    st.integers(0, 20),
    st.integers(1, 20),
    st.sampled_from([0, 10, 4_000]),
)
def test_hits_come_in_the_order_of_the_shelf(order, hits, first, size, most) -> None:
    expected = [place for place in order if place in hits][first : first + size]
    before, shelves.SORTED = shelves.SORTED, most
    try:
        found = _shelf(order).newest(bits_of(hits, 1), first, min(first + size, len(hits)))
    finally:
        shelves.SORTED = before
    assert found == expected


def test_hits_that_all_stand_late_are_found() -> None:
    """Further back than the order is walked for so few."""
    places = list(range(9_000))
    late = places[-30:]
    assert _shelf(places).newest(bits_of(late, 2), 5, 25) == late[5:25]
