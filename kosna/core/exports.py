"""CSV that opens in Excel with its Hangul intact and runs nothing."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override

from kosna.core import clock

BOM = "\ufeff"  # without it Excel reads UTF-8 as cp949
# A cell that begins with one of these is a formula to some spreadsheet; the full-width forms are
# folded to them by Excel in Korean and Japanese (OWASP WSTG-INPV-21).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


def neutral(value: Any) -> Any:
    """A cell value that no spreadsheet takes for a formula. Numbers stay numbers, instants become
    KST."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return value.astimezone(clock.KST).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).replace("\x00", "")
    return "'" + text if text.lstrip(" \u3000\u00a0\ufeff").startswith(FORMULA) else text


class _Echo:
    def write(self, line: str) -> str:
        return line


def _lines(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow([neutral(str(heading)) for heading in headings])
    for row in rows:
        yield writer.writerow([neutral(cell) for cell in row])


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """As ``csv_response`` writes it, for a file that is kept."""
    return "".join(_lines(headings, rows)).encode()


def _spoken(language: str | None, lines: Iterator[str]) -> Iterator[str]:
    """In the language of whoever asked, which is no longer active when the answer is read."""
    while True:
        with override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line


def csv_response(
    name: str, columns: Sequence[tuple[str, Callable[[Any], Any]]], rows: QuerySet | Iterable[Any]
) -> StreamingHttpResponse:
    """Streams `rows` as the download `name` ("회원명부.csv"), a column being (heading, row → cell).

    A queryset is read 2,000 rows at a time, so its prefetches still take a constant number of
    queries a batch. The answer is private: no cache may keep it.
    """
    items = rows.iterator(chunk_size=2000) if isinstance(rows, QuerySet) else rows
    headings = [heading for heading, _cell in columns]
    cells = ([cell(item) for _heading, cell in columns] for item in items)
    return StreamingHttpResponse(
        _spoken(get_language(), _lines(headings, cells)),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
