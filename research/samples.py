"""Pages as pictures: those that everybody may see, and those that editors look at before a report
comes out. Drawn by PDFium, which browsers draw with."""

import io
import re
import threading
from collections.abc import Sequence

import pypdfium2
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from kosna.core.errors import Refused

WIDTH = 900  # pixels
MOST = 10  # sample pages
_drawing = threading.Lock()  # PDFium is not made for two threads at once


def page_numbers(text: str, pages: int) -> list[int]:
    """ "1-3, 7" as numbers from 1 to ``pages``. Raises Refused where it says something else."""
    numbers: set[int] = set()
    for part in filter(None, re.split(r"[,\s]+", text.strip())):
        found = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part)
        if not found:
            raise Refused(_("Type pages like this: 1-3, 7"), field="pages")
        first = int(found[1])
        numbers |= set(range(first, int(found[2] or first) + 1))
    if any(not 1 <= number <= pages for number in numbers):
        raise Refused(_("The report has %(n)s pages.") % {"n": pages}, field="pages")
    if len(numbers) > MOST:
        raise Refused(_("At most %(n)s pages are shown.") % {"n": MOST}, field="pages")
    return sorted(numbers)


def as_text(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def picture_file(picture: bytes) -> ContentFile:
    return ContentFile(picture)


def draw(content: bytes, number: int) -> tuple[bytes, int, int]:
    """A page (from 1) as a PNG, with its width and height in pixels. Raises Refused where there is
    no such page, or it cannot be drawn."""
    try:
        with _drawing:
            pdf = pypdfium2.PdfDocument(content)
            try:
                page = pdf[number - 1]
                picture = page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB")
                page.close()
            finally:
                pdf.close()
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        raise Refused(_("This page could not be drawn.")) from error
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue(), picture.width, picture.height
