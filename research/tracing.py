"""From what turned up somewhere back to the download: a whole file by its hash, a page or a part of
it by the serial that every page carries."""

import hashlib
import io
import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Name, Pdf, Stream

from research.models import Download, DownloadQuerySet
from research.stamping import INFO_KEY

_HIDDEN = re.compile(rb"KOSNA:([A-Z0-9]{16})")
MOST_STREAM = 5 * 1024 * 1024  # bytes; a stamp is a few hundred


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
    except (pikepdf.PdfError, ValueError, TypeError):
        return found
    return found


def _parts(pdf: Pdf) -> Iterator[bytes]:
    for part in pdf.objects:
        if not isinstance(part, Stream) or part.get(Name.Subtype) == Name.Image:
            continue
        try:
            content = part.read_bytes()
        except (pikepdf.PdfError, pikepdf.DataDecodingError):
            continue
        yield content[:MOST_STREAM]


def downloads_of(content: bytes) -> DownloadQuerySet:
    """The copies that a file is, or was made of."""
    digest = hashlib.sha256(content).hexdigest()
    serials = serials_in(content)
    return Download.objects.filter(serial__in=serials) | Download.objects.filter(
        stamped_sha256=digest
    )
