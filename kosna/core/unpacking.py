"""What a stranger's PDF would unpack to, counted before anything unpacks it: 50 KB of zeros packed
well are 50 MB, packed twice they are 50 GB."""

import zlib
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Name, Pdf, Stream

# Bytes. Of one stream, which qpdf itself holds to in this process; of all but the pictures of a
# file, its readable text many times over; of what is packed in a way that is not counted here.
MOST_STREAM = 128 * 1024 * 1024
MOST_UNPACKED = 256 * 1024 * 1024
MOST_OTHERWISE_PACKED = 4 * 1024 * 1024
MOST_PICTURE = 200_000_000  # pixels of one picture: PDFium unpacks it to draw a page
MOST_OBJECTS = 500_000
PIECE = 64 * 1024

_PLAIN = {"/ASCII85Decode", "/ASCIIHexDecode", "/Crypt"}  # what comes out is no larger


class TooMuch(Exception):
    """The file holds more than this house unpacks."""


def limit_qpdf() -> None:
    """For this process; once, before any thread opens a PDF."""
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=MOST_STREAM,
        run_length_max_memory=MOST_STREAM,
        png_max_memory=MOST_STREAM,
        tiff_max_memory=MOST_STREAM,
        parser_max_container_size=1_000_000,
    )


def must_be_bounded(pdf: Pdf) -> None:
    """Raises TooMuch, after unpacking no more than is allowed and keeping none of it."""
    if int(pdf.trailer.get("/Size", 0)) > MOST_OBJECTS:
        raise TooMuch
    left, otherwise = MOST_UNPACKED, MOST_OTHERWISE_PACKED
    for item in pdf.objects:
        if not isinstance(item, Stream):
            continue
        if item.get(Name.Subtype) == Name.Image:
            _must_be_drawable(item)
            continue
        filters = _filters(item)
        if not set(filters) <= {"/FlateDecode", *_PLAIN}:
            otherwise -= len(item.read_raw_bytes())
        elif filters.count("/FlateDecode") > 1:
            raise TooMuch  # nobody packs twice but to hide how much it is
        elif "/FlateDecode" in filters:
            left -= _size(item, filters, left)
        if left < 0 or otherwise < 0:
            raise TooMuch


def _must_be_drawable(picture: Stream) -> None:
    if int(picture.get("/Width", 0)) * int(picture.get("/Height", 0)) > MOST_PICTURE:
        raise TooMuch
    if _filters(picture).count("/FlateDecode") > 1:
        raise TooMuch


def _filters(item: Stream) -> list[str]:
    packed = item.get(Name.Filter, [])
    return [str(name) for name in (packed if isinstance(packed, Array | list) else [packed])]


def _size(item: Stream, filters: list[str], most: int) -> int:
    """Bytes that come out, or one more than ``most``."""
    content = item.read_raw_bytes()
    if filters[0] != "/FlateDecode":  # as letters first: qpdf unpacks it, up to its own limit
        try:
            return len(item.read_bytes())
        except pikepdf.DataDecodingError as error:
            return most + 1 if "limit exceeded" in str(error) else 0
    size = 0
    for piece in inflated(content):
        size += len(piece)
        if size > most:
            return most + 1
    return size


def inflated(content: bytes, wbits: int = zlib.MAX_WBITS) -> Iterator[bytes]:
    """Piece by piece. What is damaged ends there: readers show so much of it."""
    unpacker = zlib.decompressobj(wbits)
    rest = content
    try:
        while rest:
            yield unpacker.decompress(rest, PIECE)
            rest = unpacker.unconsumed_tail
    except zlib.error:
        return
