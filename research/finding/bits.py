"""Bits of a block of places, packed: few of them as a list of numbers, many as a bitmap."""

from array import array
from collections.abc import Iterable, Iterator

BLOCK = 8_192  # places; as a bitmap 1 kB
BYTES = BLOCK // 8
FEW = 48
_LIST, _MAP = b"l", b"m"


def pack(offsets: Iterable[int]) -> bytes:
    """Of places counted from the block's first."""
    numbers = array("H", sorted(offsets))
    if len(numbers) <= FEW:
        return _LIST + numbers.tobytes()
    bits = bytearray(BYTES)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return _MAP + bytes(bits).rstrip(b"\0")


def offsets_of(packed: bytes) -> set[int]:
    bits = bytearray(BYTES)
    lay(packed, bits, 0)
    return set(places_of(int.from_bytes(bits, "little")))


def with_place(packed: bytes, offset: int, *, is_in: bool) -> bytes:
    """The same, as it is or is to be in it; empty where nothing is left. Most are not unpacked."""
    if packed[:1] != _MAP:
        few = set(array("H", packed[1:]))
        few = few | {offset} if is_in else few - {offset}
        return pack(few) if few else b""
    at, bit = offset >> 3, 1 << (offset & 7)
    bits = bytearray(packed[1:].ljust(at + 1, b"\0"))
    bits[at] = bits[at] | bit if is_in else bits[at] & ~bit
    whole = int.from_bytes(bits, "little")
    if whole.bit_count() <= FEW:
        return pack(places_of(whole))
    return _MAP + bytes(bits).rstrip(b"\0")


def lay(packed: bytes, into: bytearray, block: int) -> None:
    """Writes a block's bits where they belong among those of all places."""
    first = block * BYTES
    if packed[:1] == _MAP:
        into[first : first + len(packed) - 1] = packed[1:]
        return
    for number in array("H", bytes(packed[1:])):
        into[first + (number >> 3)] |= 1 << (number & 7)


def places_of(bits: int) -> Iterator[int]:
    """The places whose bits are set, from the first."""
    digits = bin(bits)[:1:-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def bits_of(places: Iterable[int], blocks: int) -> int:
    bits = bytearray(blocks * BYTES)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")
