"""Documents of the word processor Hangul (한글) that strangers send: HWPX, a zip of XML parts (KS X
6101), and HWP 5, a compound file (Hancom's “한글 문서 파일 형식 5.0”). They are looked into, never
shown: what opens only with a password, what acts when it is opened, what carries other files, and
what unpacks to far more than its size is refused."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from xml.parsers.expat import ExpatError

from kosna.core import compound
from kosna.core.compound import Compound, Damaged
from kosna.core.unpacking import MOST_UNPACKED, TooMuch, inflated
from kosna.core.xml_heads import DocumentType, elements_of, root_of


class Protected(Exception):
    """It opens with a password, or with somebody's certificate, alone."""


class Active(Exception):
    """It carries a script that does something, or a file that is no picture."""


# A zip whose first part is named so and says so, neither packed nor with anything in between.
HWPX_MAGIC, HWPX_SAYS = b"PK\x03\x04", b"mimetypeapplication/hwp+zip"
HWPX_SAYS_AT = 30
MANIFEST = "META-INF/manifest.xml"
NEEDED = {
    "mimetype", "version.xml", "META-INF/container.xml",
    "Contents/content.hpf", "Contents/header.xml", "Contents/section0.xml",
}  # fmt: skip
SECTION = re.compile(r"http://www\.(hancom\.co\.kr/hwpml|owpml\.org/owpml)/\S+ sec")
ENCRYPTED = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0 encryption-data"
MOST_PARTS = 2_000
WAYS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
XML = {".xml", ".hpf", ".rdf"}
PICTURES = {
    ".bmp", ".gif", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".wmf", ".emf", ".pcx",
}  # fmt: skip
SCRIPTS = "Scripts/"

HWP_SAYS = b"HWP Document File".ljust(32, b"\0")
HWP_VERSION = 5
PACKED = 1 << 0
# A password, DRM, a certificate, DRM by certificate, a document for whom it names.
LOCKS = 1 << 1 | 1 << 4 | 1 << 8 | 1 << 10 | 1 << 13
BODIES = ("BodyText/Section0", "ViewText/Section0")
BARE = -zlib.MAX_WBITS  # deflated, with no header
MOST_SCRIPT = 64 * 1024  # bytes, unpacked


def is_hwpx(content: bytes) -> bool:
    return content.startswith(HWPX_MAGIC) and content.startswith(HWPX_SAYS, HWPX_SAYS_AT)


def is_hwp(content: bytes) -> bool:
    """Or another document of its time: the file itself says which."""
    return content.startswith(compound.MAGIC)


def check_hwpx(content: bytes) -> None:
    """Raises Damaged, Protected, Active or TooMuch."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise Damaged from error
    except (zlib.error, EOFError, ExpatError, DocumentType, UnicodeError) as error:
        raise Damaged from error


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = [part for part in archive.infolist() if not part.is_dir()]
    names = {part.filename for part in parts}
    # zipfile never unpacks more of a part than its entry declares.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise TooMuch
    if any(part.flag_bits & 1 for part in parts):
        raise Protected
    ways = {part.compress_type for part in parts}
    if len(names) < len(parts) or not names >= NEEDED or not ways <= WAYS:
        raise Damaged
    if any("\\" in name or ".." in name or name.startswith("/") for name in names):
        raise Damaged
    if archive.getinfo("mimetype").header_offset != 0:
        raise Damaged
    if MANIFEST in names:
        with archive.open(MANIFEST) as manifest:
            if ENCRYPTED in elements_of(manifest):
                raise Protected
    if archive.testzip():
        raise Damaged
    for part in parts:
        _check_part(archive, part.filename)
    with archive.open("Contents/section0.xml") as section:
        if not SECTION.fullmatch(root_of(section)):
            raise Damaged


def _check_part(archive: zipfile.ZipFile, name: str) -> None:
    suffix = PurePath(name).suffix.lower()
    if name.startswith(SCRIPTS) or suffix == ".js":
        if archive.getinfo(name).file_size > MOST_SCRIPT:
            raise Active
        _must_be_idle(archive.read(name))
    elif suffix in XML:
        with archive.open(name) as xml:
            root_of(xml)
    elif suffix not in PICTURES | {".txt"} and name != "mimetype":
        raise Active


def check_hwp(content: bytes) -> None:
    """Raises Damaged, Protected, Active or TooMuch."""
    file = Compound(content)
    head = file.read("FileHeader")
    if len(head) < 40 or not head.startswith(HWP_SAYS) or head[35] != HWP_VERSION:
        raise Damaged
    (says,) = struct.unpack_from("<I", head, 36)
    if says & LOCKS:
        raise Protected
    if "DocInfo" not in file.sizes or not any(body in file.sizes for body in BODIES):
        raise Damaged
    if any(_is_carried(path) for path in file.sizes):
        raise Active
    if says & PACKED:
        _must_be_bounded(file.read(path) for path in file.sizes)
    if "Scripts/DefaultJScript" in file.sizes:
        script = file.read("Scripts/DefaultJScript")
        for text in _told_in(_unpacked(script) if says & PACKED else script):
            _must_be_idle(text)


def _is_carried(path: str) -> bool:
    return path.startswith("BinData/") and PurePath(path).suffix.lower() not in PICTURES


def _must_be_bounded(streams: Iterable[bytes]) -> None:
    left = MOST_UNPACKED
    for stream in streams:
        for piece in inflated(stream, BARE):  # of what is not packed, nothing
            left -= len(piece)
            if left < 0:
                raise TooMuch


def _unpacked(script: bytes) -> bytes:
    unpacked = b""
    for piece in inflated(script, BARE):
        unpacked += piece
        if len(unpacked) > MOST_SCRIPT:
            raise Active
    return unpacked


def _told_in(script: bytes) -> Iterator[bytes]:
    """Its texts, each behind the number of its characters."""
    at = 0
    while at + 4 <= len(script):
        (length,) = struct.unpack_from("<I", script, at)
        text = script[at + 4 : at + 4 + 2 * length]
        if length == 0xFFFFFFFF:
            return
        if len(text) < 2 * length:
            raise Damaged
        yield text
        at += 4 + 2 * length


# Hangul writes the same few lines into every document: names for the document, and functions that
# are empty. A comment with @ is code to JScript. Nothing is tried twice (possessive throughout).
GAP = r"(?:\s|/\*(?:[^@*]|\*(?!/))*+\*/|//[^@\r\n\u2028\u2029]*+)"
IDLE = re.compile(
    rf"(?:{GAP}|var{GAP}++\w++{GAP}*+={GAP}*+[\w.]++{GAP}*+;"
    rf"|function{GAP}++\w++{GAP}*+\({GAP}*+\){GAP}*+\{{{GAP}*+\}})*+"
)


def _must_be_idle(script: bytes) -> None:
    encoding = "utf-16-le" if b"\0" in script else "utf-8"
    if not IDLE.fullmatch(script.decode(encoding, "replace").removeprefix("\ufeff")):
        raise Active
