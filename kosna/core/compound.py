"""Compound files (MS-CFB, “OLE2”), in which older office documents keep their streams: read as far
as to know what is in one that a stranger sent. Nothing is followed for longer than the file is."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Widths of sectors and of small sectors as powers of two, by [MS-CFB] 2.2.
WIDTHS = {(9, 6), (12, 6)}
SMALL = 4096  # a stream below this many bytes lies in small sectors
END, NONE = 0xFFFFFFFE, 0xFFFFFFFF
IN_HEADER = 109  # sectors of the table that the header itself names
ENTRY = 128
STORAGE, STREAM, ROOT = 1, 2, 5


class Damaged(Exception):
    """The file does not hold together."""


@dataclass(frozen=True)
class Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class Compound:
    """``sizes``: the bytes of each stream by its path, ``BodyText/Section0`` say."""

    def __init__(self, content: bytes) -> None:
        if len(content) < 512 or not content.startswith(MAGIC):
            raise Damaged
        self._content = content
        widths = struct.unpack_from("<HH", content, 0x1E)
        if widths not in WIDTHS:
            raise Damaged
        self._width, self._small_width = (1 << power for power in widths)
        (directory,) = struct.unpack_from("<I", content, 0x30)
        small, small_sectors = struct.unpack_from("<II", content, 0x3C)
        self._table = self._read_table()
        self._small_table = _numbers(self._of_chain(small)) if small_sectors else []
        self._entries = list(_entries(self._of_chain(directory)))
        if not self._entries or self._entries[0].kind != ROOT:
            raise Damaged
        root = self._entries[0]
        self._small = self._of_chain(root.start) if root.size else b""
        self._streams = dict(self._walk(root.child))
        self.sizes = {path: entry.size for path, entry in self._streams.items()}
        # No two streams share their bytes, or a small file would hold without end.
        if sum(self.sizes.values()) > len(content):
            raise Damaged

    def read(self, path: str) -> bytes:
        """A stream, whole. Raises Damaged where there is none."""
        entry = self._streams.get(path)
        if entry is None:
            raise Damaged
        if not entry.size:
            return b""
        is_small = entry.size < SMALL
        sector = self._small_sector if is_small else self._sector
        chain = _chain(entry.start, self._small_table if is_small else self._table)
        # No further than its size says: many that lead through the whole file would take hours.
        needed = -(-entry.size // (self._small_width if is_small else self._width))
        content = b"".join(sector(number) for number in islice(chain, needed))
        if len(content) < entry.size:
            raise Damaged
        return content[: entry.size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._width
        sector = self._content[start : start + self._width]
        if not sector:
            raise Damaged
        return sector

    def _small_sector(self, number: int) -> bytes:
        start = number * self._small_width
        return self._small[start : start + self._small_width]

    def _of_chain(self, first: int) -> bytes:
        return b"".join(self._sector(number) for number in _chain(first, self._table))

    def _read_table(self) -> list[int]:
        """Which sector follows which, from the sectors that the header and its chain name."""
        named = list(struct.unpack_from(f"<{IN_HEADER}I", self._content, 0x4C))
        (following,) = struct.unpack_from("<I", self._content, 0x44)
        most = len(self._content) // self._width + 1
        while following < END:
            numbers = _numbers(self._sector(following))
            if len(numbers) < 2 or len(named) > most + IN_HEADER:
                raise Damaged
            named += numbers[:-1]
            following = numbers[-1]
        sectors = [number for number in named if number < END]
        if len(sectors) > most:
            raise Damaged
        return [number for sector in sectors for number in _numbers(self._sector(sector))]

    def _walk(self, first: int) -> Iterator[tuple[str, Entry]]:
        """Every stream with its path; an entry that is met twice is no tree."""
        seen: set[int] = set()
        paths: set[str] = set()
        pending = [(first, "")]
        while pending:
            number, above = pending.pop()
            if number == NONE:
                continue
            if number >= len(self._entries) or number in seen:
                raise Damaged
            seen.add(number)
            entry = self._entries[number]
            path = f"{above}{entry.name}"
            pending += [(entry.left, above), (entry.right, above)]
            if path in paths or entry.kind not in (STORAGE, STREAM):
                raise Damaged
            paths.add(path)
            if entry.kind == STORAGE:
                pending.append((entry.child, f"{path}/"))
            else:
                yield path, entry


def _numbers(content: bytes) -> list[int]:
    whole = len(content) // 4
    return list(struct.unpack_from(f"<{whole}I", content))


def _chain(first: int, table: list[int]) -> Iterator[int]:
    number, steps = first, 0
    while number != END:
        if number >= len(table) or steps > len(table):
            raise Damaged
        yield number
        number, steps = table[number], steps + 1


def _entries(directory: bytes) -> Iterator[Entry]:
    for at in range(0, len(directory) - ENTRY + 1, ENTRY):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        left, right, child = struct.unpack_from("<III", directory, at + 68)
        start, size = struct.unpack_from("<II", directory, at + 116)
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        yield Entry(name, kind, left, right, child, start, size)
