"""Long lists on paper: drawn some hundreds of lines at a time, joined, and numbered at the end.

WeasyPrint holds a whole document in memory and gives no sign of life while it lays it out.
"""

import io
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import pikepdf

from kosna.documents.rendering import render_pdf

LINES_AT_A_TIME = 400


def render_list(
    template: str,
    lines: Iterable[Any],
    context: dict[str, Any],
    *,
    language: str,
    progress: Callable[[int], object] = lambda done: None,
) -> bytes:
    """``template`` gets ``lines`` (some of them), and says the rest once: ``is_first``,
    ``is_last``. Each page is numbered "3 / 17"."""
    rest, done, parts = iter(lines), 0, []
    chunk = list(islice(rest, LINES_AT_A_TIME))
    while True:
        following = list(islice(rest, LINES_AT_A_TIME))
        parts.append(
            render_pdf(
                template,
                {"facts": context, "lines": chunk, "is_first": not done, "is_last": not following},
                language=language,
            )
        )
        done += len(chunk)
        progress(done)
        if not following:
            return _joined(parts, language)
        chunk = following


def _joined(parts: list[bytes], language: str) -> bytes:
    with pikepdf.new() as whole, io.BytesIO() as file:
        for part in parts:
            with pikepdf.open(io.BytesIO(part)) as pdf:
                whole.pages.extend(pdf.pages)
        count = range(1, len(whole.pages) + 1)
        numbers = render_pdf(
            "documents/page_numbers.html", {"facts": {}, "count": count}, language=language
        )
        with pikepdf.open(io.BytesIO(numbers)) as pdf:
            for page, number in zip(whole.pages, pdf.pages, strict=True):
                page.add_overlay(number, None)
            whole.save(file, deterministic_id=True)
        return file.getvalue()
