"""Stamps a report for one reader: a visible line on every page, and a serial that survives a crop.

The stamp is one form XObject a file, drawn with a small Type 3 font made of just the letters it
needs, so a page costs a reference and any Hangul or Hanja can be read, copied and searched. The
outlines come from the documents' fonts and are kept for the life of the process.

It fails closed: whatever goes wrong is a StampError, and the result is reopened and every page
looked at before it is handed out. The original's bytes never leave this function.
"""

import hashlib
import io
import re
import threading
import unicodedata
import zlib
from functools import cache, lru_cache
from pathlib import Path

import pikepdf
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream

from kosna.documents.rendering import FONTS

NAME, XOBJECT, CONTENTS = Name("/KosnaStamp"), Name.XObject, Name.Contents
INFO_KEY = "/KosnaSerial"
SIZE, LEADING, MARGIN, BASE = 7.0, 9.0, 3.0, 8.0  # points
STATIC_ID = b"31415926535897932384626433832795"  # what qpdf writes where it is told to make up none
TRAILER = 2_000  # bytes: more than the trailer's dictionary has before its numbers
MAX_LETTERS = 255  # codes of a simple font; code 0 stays unused

_SERIAL = re.compile(r"[A-Za-z0-9-]{4,64}")
_outlines = threading.Lock()  # fontTools reads its tables lazily, which two threads must not


class StampError(Exception):
    """This file could not be stamped, so nobody gets it."""


class _PdfPath(BasePen):
    """Draws a glyph as PDF path operators in thousandths of an em."""

    def __init__(self, glyphs: object, scale: float) -> None:
        super().__init__(glyphs)
        self.scale, self.operators = scale, []

    def _put(self, operator: str, *points: tuple[float, float]) -> None:
        numbers = " ".join(f"{x * self.scale:.0f} {y * self.scale:.0f}" for x, y in points)
        self.operators.append(f"{numbers} {operator}")

    def _moveTo(self, point):
        self._put("m", point)

    def _lineTo(self, point):
        self._put("l", point)

    def _curveToOne(self, first, second, point):
        self._put("c", first, second, point)

    def _closePath(self):
        self.operators.append("h")


@cache
def _fonts() -> list[tuple[TTFont, dict[int, str], float]]:
    """(font, code point → glyph, scale to 1000 units): Pretendard, then what it lacks."""
    fonts = [
        TTFont(FONTS / name, lazy=True)
        for name in ("Pretendard-Regular.otf", "NotoSansKR-Hanja.ttf")
    ]
    return [(font, font.getBestCmap(), 1000 / font["head"].unitsPerEm) for font in fonts]


@lru_cache(maxsize=4096)
def _glyph(letter: str) -> tuple[int, bytes]:
    """(advance, deflated CharProc) of a letter; one that no font has is drawn as a box but still
    copied as itself. Deflated here, once, instead of at every save."""
    with _outlines:
        fonts = _fonts()
        font, names, scale = next((f for f in fonts if ord(letter) in f[1]), fonts[0])
        glyph_name = names.get(ord(letter), ".notdef")
        glyphs = font.getGlyphSet()
        pen = _PdfPath(glyphs, scale)
        glyphs[glyph_name].draw(pen)
        advance = round(glyphs[glyph_name].width * scale)
    path = " ".join(pen.operators)
    procedure = f"{advance} 0 -200 -400 1400 1200 d1 {path}{' f' if path else ''}"
    return advance, zlib.compress(procedure.encode())


def _stamp_form(pdf: Pdf, lines: list[str], serial: str) -> tuple[pikepdf.Object, float, float]:
    """The stamp as a form XObject of `pdf`, with its width and height in points."""
    letters = sorted(set("".join(lines)))
    if len(letters) > MAX_LETTERS:
        raise StampError("the stamp has too many different letters")
    codes = {letter: index for index, letter in enumerate(letters, start=1)}
    glyphs = [_glyph(letter) for letter in letters]
    mapping = "\n".join(f"<{c:02x}> <{x.encode('utf-16-be').hex()}>" for x, c in codes.items())
    to_unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CMapName /Stamp def /CMapType 2 def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        # A CMap section may hold at most 100 entries.
        + "\n".join(
            f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar"
            for part in _parts(mapping.splitlines(), 100)
        )
        + "\nendcmap end end"
    )
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=[-200, -400, 1400, 1200],
        FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
        CharProcs=Dictionary(
            {
                f"/c{code}": Stream(pdf, procedure, Filter=Name.FlateDecode)
                for code, (_, procedure) in enumerate(glyphs, start=1)
            }
        ),
        Encoding=Dictionary(
            Type=Name.Encoding, Differences=[1, *(Name(f"/c{code}") for code in codes.values())]
        ),
        FirstChar=1,
        LastChar=len(letters),
        Widths=[advance for advance, _ in glyphs],
        Resources=Dictionary(),
        ToUnicode=Stream(pdf, to_unicode.encode()),
    )
    widths = dict(zip(letters, (advance for advance, _ in glyphs), strict=True))
    lengths = [sum(widths[letter] for letter in line) * SIZE / 1000 for line in lines]
    width, height = max(lengths) + 2 * MARGIN, LEADING * len(lines) + MARGIN
    drawing = [f"q /Veil gs 1 g 0 0 {width:.1f} {height:.1f} re f Q 0.3 g BT /F {SIZE} Tf"]
    for row, (line, length) in enumerate(zip(lines, lengths, strict=True)):
        x, y = (width - length) / 2, height - LEADING * (row + 1) + 1
        text = bytes(codes[letter] for letter in line).hex()
        drawing.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm <{text}> Tj")
    # Text mode 3 paints nothing; Type 3 letters ignore it, hence Helvetica.
    drawing.append(f"/H 1 Tf 3 Tr 1 0 0 1 {MARGIN} 1 Tm (KOSNA:{serial}) Tj ET")
    form = Stream(
        pdf,
        "\n".join(drawing).encode(),
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=[0, 0, width, height],
        Resources=Dictionary(
            Font=Dictionary(
                F=font,
                H=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica),
            ),
            ExtGState=Dictionary(Veil=Dictionary(ca=0.75)),
        ),
    )
    return form, width, height


def _parts(items: list[str], size: int) -> list[list[str]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


Box = tuple[float, float, float, float]


def _corners(box: pikepdf.Object) -> Box:
    """In order: left, bottom, right, top."""
    left, bottom, right, top = (float(number) for number in box)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _visible_box(page: pikepdf.Page) -> Box:
    """The part of the page that is shown: the crop box within the media box."""
    media, crop = _corners(page.mediabox), _corners(page.cropbox)
    box = (
        max(media[0], crop[0]),
        max(media[1], crop[1]),
        min(media[2], crop[2]),
        min(media[3], crop[3]),
    )
    return box if box[0] < box[2] and box[1] < box[3] else media


def _placing(box: Box, turned: int, width: float, height: float) -> bytes:
    """The operators that put the stamp in the middle of the edge which the reader sees at the
    bottom."""
    left, bottom, right, top = box
    across = right - left if turned in (0, 180) else top - bottom
    scale = min(1.0, (across - 2 * MARGIN) / width)
    if scale <= 0:
        raise StampError("a page is too narrow for the stamp")
    # Where the reader's bottom left corner lies, and which way the reader's right and up point.
    corner, ahead, up = {
        0: ((left, bottom), (1, 0), (0, 1)),
        90: ((right, bottom), (0, 1), (-1, 0)),
        180: ((right, top), (-1, 0), (0, -1)),
        270: ((left, top), (0, -1), (1, 0)),
    }[turned]
    start = (across - width * scale) / 2
    x = corner[0] + ahead[0] * start + up[0] * BASE
    y = corner[1] + ahead[1] * start + up[1] * BASE
    matrix = (*(scale * n for n in ahead), *(scale * n for n in up), x, y)
    # On a line of its own, or a comment that ends the page would swallow it.
    return b"\nQ q %s cm %s Do Q" % (
        " ".join(f"{number:.3f}" for number in matrix).encode(),
        str(NAME).encode(),
    )


def _rotation(page: pikepdf.Page) -> int:
    """/Rotate, which a page may inherit."""
    return page.rotation % 360


def _resources(page: pikepdf.Page) -> pikepdf.Object:
    """The page's resources, which it may inherit and share; the stamp does no harm to the
    others."""
    resources = page.get_resources()
    if resources is None:
        page.obj.Resources = Dictionary()
        resources = page.obj.Resources
    return resources


def _stamp_pages(pdf: Pdf, lines: list[str], serial: str) -> None:
    form, width, height = _stamp_form(pdf, lines, serial)
    opening = Stream(pdf, b"q")
    endings: dict[tuple[bytes, bytes, int], Stream] = {}  # pages of one shape share their stream
    for page in pdf.pages:
        turned = _rotation(page)
        shape = page.mediabox.unparse(), page.cropbox.unparse(), turned
        if shape not in endings:
            endings[shape] = Stream(pdf, _placing(_visible_box(page), turned, width, height))
        resources = _resources(page)
        if XOBJECT not in resources:
            resources[XOBJECT] = Dictionary()
        drawn = resources[XOBJECT]
        if NAME in drawn and drawn[NAME].objgen != form.objgen:
            raise StampError("this file has been stamped before")
        drawn[NAME] = form
        contents = page.obj.get(CONTENTS, Array())
        streams = contents if isinstance(contents, Array) else [contents]
        page.obj[CONTENTS] = Array([opening, *streams, endings[shape]])


def _open(source: io.BytesIO | Path) -> Pdf:
    """Without copying inherited attributes into every page, which nearly doubles the time."""
    return pikepdf.open(source, inherit_page_attributes=False)


def _identify(out: io.BytesIO, lines: list[str], serial: str) -> None:
    """Gives the file an ID of its own: qpdf's ``deterministic_id`` digests all of its bytes, which
    takes longer than all the rest, and the serial with its lines says as much."""
    own = hashlib.md5("\n".join([*lines, serial]).encode(), usedforsecurity=False).hexdigest()
    with out.getbuffer() as whole:
        table = int(bytes(whole[-64:]).rsplit(b"startxref", 1)[1].split()[0])
        trailer = bytes(whole[table : table + TRAILER])
        if STATIC_ID not in trailer:
            raise StampError("the stamped file has no ID")
        whole[table : table + len(trailer)] = trailer.replace(STATIC_ID, own.encode())


def _verify(result: bytes, pages: int, serial: str) -> None:
    """Reopens what will be sent. Raises StampError unless every page draws the stamp."""
    with _open(io.BytesIO(result)) as pdf:
        if len(pdf.pages) != pages or str(pdf.trailer.Info[INFO_KEY]) != serial:
            raise StampError("the stamped file is not complete")
        hidden = b"(KOSNA:%s)" % serial.encode()
        seen: dict[tuple[int, int], bool] = {}
        for page in pdf.pages:
            ending, form = page.obj[CONTENTS][-1], _resources(page)[XOBJECT][NAME]
            for stream, mark in ((ending, b"/KosnaStamp Do"), (form, hidden)):
                if stream.objgen not in seen:
                    seen[stream.objgen] = mark in stream.read_bytes()
                if not seen[stream.objgen]:
                    raise StampError("a page is not stamped")


# What begins something that is ended: the state, a text, content that a layer may hide.
ENDS = {"Q": "q", "ET": "BT", "EMC": "BMC"}
BEGINS = {"q": "q", "BT": "BT", "BMC": "BMC", "BDC": "BMC"}


def must_be_drawn_soundly(original: bytes) -> None:
    """Raises StampError unless every page ends what it begins: else the stamp would be drawn in a
    state that is not its own, clipped away or in no ink. Slow, and a part of ``research.trial``."""
    with _open(io.BytesIO(original)) as pdf:
        for page in pdf.pages:
            begun = dict.fromkeys(BEGINS.values(), 0)
            for instruction in pikepdf.parse_content_stream(page):
                operator = str(instruction.operator)
                if operator in BEGINS:
                    begun[BEGINS[operator]] += 1
                elif operator in ENDS:
                    begun[ENDS[operator]] -= 1
                if min(begun.values()) < 0:
                    break
            if any(begun.values()):
                raise StampError("a page does not end what it begins")


FOOT = 40.0  # points from the edge that the reader sees at the bottom; the stamp lies within
HIDDEN = 2  # a flag of an annotation
PLAIN = ("/Link", "/Popup")  # a link shows nothing of its own, unless it has an appearance


def must_lie_on_top(original: bytes) -> None:
    """Raises StampError where something that readers draw after a page, and so over its stamp, lies
    at its foot: a note, a shape, a field of a form (ISO 32000-1, 12.5). Slow, as the one above."""
    with _open(io.BytesIO(original)) as pdf:
        for number, page in enumerate(pdf.pages, start=1):
            foot = _foot(_visible_box(page), _rotation(page))
            for annotation in page.obj.get(Name.Annots, Array()):
                if _is_drawn(annotation) and _meet(_corners(annotation[Name.Rect]), foot):
                    raise StampError(f"something is laid over the foot of page {number}")


def _foot(box: Box, turned: int) -> Box:
    left, bottom, right, top = box
    return {
        0: (left, bottom, right, bottom + FOOT),
        90: (right - FOOT, bottom, right, top),
        180: (left, top - FOOT, right, top),
        270: (left, bottom, left + FOOT, top),
    }[turned]


def _is_drawn(annotation: pikepdf.Object) -> bool:
    """What has no place on the page is drawn by no reader."""
    place = annotation.get(Name.Rect) if isinstance(annotation, Dictionary) else None
    if not isinstance(place, Array) or len(place) != 4:
        return False
    try:
        _corners(place)
    except (TypeError, ValueError) as error:
        raise StampError("an annotation has no sound place") from error
    is_plain = annotation.get(Name.Subtype) in PLAIN and Name.AP not in annotation
    return not is_plain and not int(annotation.get(Name.F, 0)) & HIDDEN


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def stamp(original: bytes | Path, *, lines: list[str], serial: str) -> bytes:
    """The report with `lines` at the foot of every page and the download's `serial` hidden in each.

    `serial` is 4 to 64 ASCII letters, digits or hyphens. Raises StampError for an unreadable,
    protected, empty or already stamped file, and whenever the result cannot be shown to be stamped
    throughout.
    """
    if not _SERIAL.fullmatch(serial):
        raise StampError("a serial is 4 to 64 letters, digits or hyphens")
    lines = [" ".join(unicodedata.normalize("NFC", line).split()) for line in lines]
    if not lines or not all(lines):
        raise StampError("a stamp needs its lines")
    try:
        source = io.BytesIO(original) if isinstance(original, bytes) else original
        with _open(source) as pdf:
            if pdf.is_encrypted:
                raise StampError("a protected file cannot be stamped")
            pages = len(pdf.pages)
            if not pages:
                raise StampError("a file without pages cannot be stamped")
            _stamp_pages(pdf, lines, serial)
            pdf.docinfo[INFO_KEY] = serial
            out = io.BytesIO()
            # Object streams are written, and for the check read back, in fewer and larger pieces.
            # The same words and serial give the same bytes, so that a transfer can be resumed.
            pdf.save(out, object_stream_mode=ObjectStreamMode.generate, static_id=True)
        _identify(out, lines, serial)
        result = out.getvalue()
        _verify(result, pages, serial)
    except StampError:
        raise
    except Exception as error:  # qpdf and the outlines fail in many ways; all of them mean: no file
        raise StampError("this file could not be stamped") from error
    return result
