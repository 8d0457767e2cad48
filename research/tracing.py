"""From what turned up somewhere back to the download: a whole file by its hash, a page or a part of
it by the serial that every page carries, a page that was printed as a PDF by the line at its foot.
"""

import base64
import binascii
import hashlib
import io
import re
import zlib
from collections.abc import Iterator

import pikepdf
from django.utils.translation import gettext_lazy as _
from pikepdf import Array, Name, Pdf, Stream

from research.finding.pdf_text import NoText, text_of
from research.models import Download, DownloadQuerySet
from research.models.downloads import SERIAL
from research.stamping import INFO_KEY

_HIDDEN = re.compile(rb"KOSNA:([A-Z0-9]{16})")
# Bytes that are unpacked, for a stranger's file may unpack to more than the house has: of a stream
# (a stamp is a few hundred), of a whole file, and what may be left to qpdf, which has no limit.
MOST_STREAM = 5 * 1024 * 1024
MOST_READ = 500 * 1024 * 1024
MOST_OTHERWISE_PACKED = 64 * 1024
MOST_SERIALS = 1_000  # no database compares with any number of values

LOCKED = _(
    "This file is locked with a password, so nobody can look inside. Open it with its password, "
    "save or print it as a PDF without one, and trace that. If you do not know the password, look "
    "for the serial by what can be read at the foot of a page."
)


def serials_in(content: bytes) -> set[str]:
    """Serials in a PDF, in whatever order its pages are and whatever was put around them; of a file
    that cannot be read, those in its raw bytes."""
    found = {match.decode() for match in _HIDDEN.findall(content)}
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for part in _parts(pdf):
                found |= {match.decode() for match in _HIDDEN.findall(part)}
            if INFO_KEY in pdf.docinfo:
                found.add(str(pdf.docinfo[INFO_KEY]))
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError):
        return found
    return found


def is_locked(content: bytes) -> bool:
    """Whether nobody without its password can look into this PDF."""
    try:
        with pikepdf.open(io.BytesIO(content)):
            return False
    except pikepdf.PasswordError:
        return True
    except (pikepdf.PdfError, ValueError, TypeError):
        return False


def _parts(pdf: Pdf) -> Iterator[bytes]:
    left = MOST_READ
    for part in pdf.objects:
        if not isinstance(part, Stream) or part.get(Name.Subtype) == Name.Image:
            continue
        try:
            content = _unpacked(part)
        except (pikepdf.PdfError, pikepdf.DataDecodingError, binascii.Error, ValueError):
            continue
        left -= len(content)
        if left < 0:
            return
        yield content


def _unpacked(part: Stream) -> bytes:
    """The beginning of a stream, by the filters that writers of PDF use; by a rarer one where it is
    small. Raises ValueError, or what pikepdf and binascii raise, for one that is damaged."""
    content, packed = part.read_raw_bytes(), part.get(Name.Filter, [])
    filters = [str(name) for name in (packed if isinstance(packed, Array | list) else [packed])]
    if len(filters) == 1 and filters[0] not in _UNPACKERS:
        if len(content) > MOST_OTHERWISE_PACKED:
            return b""
        return part.read_bytes()[:MOST_STREAM]
    for name in filters:
        if name not in _UNPACKERS:
            return b""
        content = _UNPACKERS[name](content)
    return content[:MOST_STREAM]


def _inflated(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, MOST_STREAM)
    except zlib.error as error:
        raise ValueError("damaged") from error


def _from_ascii85(content: bytes) -> bytes:
    return base64.a85decode(content.partition(b"~")[0].removeprefix(b"<"))


def _from_hexadecimal(content: bytes) -> bytes:
    digits = b"".join(content.partition(b">")[0].split())
    return binascii.unhexlify(digits + b"0" * (len(digits) % 2))


_UNPACKERS = {
    "/FlateDecode": _inflated,
    "/ASCII85Decode": _from_ascii85,
    "/ASCIIHexDecode": _from_hexadecimal,
}


def serials_printed(content: bytes) -> set[str]:
    """Serials that can be read on the pages of a PDF: of a copy that was printed as a PDF anew the
    hidden ones are gone."""
    try:
        return {serial for page in text_of(content) for serial in SERIAL.findall(page)}
    except NoText:
        return set()


def downloads_of(content: bytes) -> DownloadQuerySet:
    """The copies that a file is, or was made of; of one that names more serials than any could
    hold, some of them."""
    digest = hashlib.sha256(content).hexdigest()
    found = _of(serials_in(content)) | Download.objects.filter(stamped_sha256=digest)
    return found if found.exists() else _of(serials_printed(content))


def _of(serials: set[str]) -> DownloadQuerySet:
    return Download.objects.filter(serial__in=sorted(serials)[:MOST_SERIALS])
