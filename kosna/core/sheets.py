"""Tables from strangers' spreadsheets (xlsx and csv), read row by row as text; and xlsx that opens
everywhere and runs nothing.

What a file is, its first bytes say, never its name. An xlsx is a zip of XML: how much it unpacks to
is decided before anything is unpacked, and a document type (the door of entity bombs and of files
fetched from elsewhere) is refused before anything is parsed.
"""

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby
from typing import Any, BinaryIO
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils import get_column_letter

from kosna.core import clock
from kosna.core.exports import FORMULA
from kosna.core.xml_heads import DocumentType, root_of

MAX_BYTES = 40 * 1024 * 1024
MAX_UNPACKED = 500 * 1024 * 1024  # 200,000 rows of 20 long cells
MAX_PARTS = 2_000
MAX_ROWS = 200_000
MAX_COLUMNS = 100
MAX_DIGITS = 15  # of a number in a cell
MAX_CELL = 2_000  # characters; a longer cell is cut
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ZIP = b"PK\x03\x04"
# How PDF, RTF, HTML and XML begin: text to look at, but no table. <2025 조사> is a title.
_TEXTS_OF_OTHERS = re.compile(rb"%PDF|\{\\rtf|<[A-Za-z!?/]")
_MERGED = re.compile(r"[A-Z]+([0-9]+):[A-Z]+([0-9]+)")
_WRITTEN = re.compile(r'"[^"]*"|\\.|_.')
_PROBE = 64 * 1024


@dataclass(frozen=True)
class Shape:
    """How a file is to be read, as its content says."""

    kind: str  # "xlsx" or "csv"
    encoding: str = ""
    delimiter: str = ""


class Fraction(str):
    """The text of a cell that holds a number with decimal places. Noughts at their end are lost:
    2026.10 that was typed as a number is 2026.1."""

    __slots__ = ()


def recognise(file: BinaryIO, size: int) -> Shape:
    """Decides by content what a file is. Raises ValidationError with what to do instead."""
    if not size:
        raise ValidationError(_("This file is empty."), code="empty")
    if size > MAX_BYTES:
        raise ValidationError(
            _("This file is larger than %(limit)s MB."),
            code="too_large",
            params={"limit": MAX_BYTES // (1024 * 1024)},
        )
    file.seek(0)
    probe = file.read(_PROBE)
    if probe.startswith(_ZIP):
        _check_xlsx(file)
        return Shape("xlsx")
    if probe.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValidationError(
            _("This is an old Excel file (.xls), or one with a password. Save it as .xlsx."),
            code="xls",
        )
    if _TEXTS_OF_OTHERS.match(probe.lstrip(b"\xef\xbb\xbf \t\r\n")):
        raise _unknown()
    encoding = _encoding_of(file)
    text = probe.decode(encoding, errors="ignore")
    if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in text):
        raise _unknown()
    return Shape("csv", encoding, _delimiter_of(text))


def _unknown() -> ValidationError:
    return ValidationError(
        _("This is neither an Excel file (.xlsx) nor a CSV file."), code="wrong_kind"
    )


def _encoding_of(file: BinaryIO) -> str:
    """UTF-8 is told from cp949 by decoding everything: hardly a cp949 text is valid UTF-8."""
    for encoding in ("utf-8-sig", "cp949"):
        file.seek(0)
        try:
            for _line in _text_of(file, encoding):
                pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise _unknown()


def _text_of(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_Kept(file), encoding=encoding, newline="")  # type: ignore[arg-type]


class _Kept(io.BufferedIOBase):
    """A file that a reader around it cannot close."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self.file.read(-1 if size is None else size)

    def read1(self, size: int = -1, /) -> bytes:
        return self.file.read(size)


def _delimiter_of(text: str) -> str:
    """The one by which most lines after one another have as many cells: words above a table, and
    numbers within it, may hold another."""
    return max(",;\t", key=lambda delimiter: _longest_run(text, delimiter))


def _longest_run(text: str, delimiter: str) -> tuple[int, int]:
    """How many lines in a row have as many cells, more than one, and how many cells."""
    widths = [len(row) for row in csv.reader(text.splitlines(), delimiter=delimiter) if row]
    runs = ((sum(1 for _same in run), width) for width, run in groupby(widths) if width > 1)
    return max(runs, default=(0, 0))


def _check_xlsx(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            # zipfile never unpacks more of a part than its entry declares.
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise ValidationError(_("This file unpacks to too much."), code="bomb")
            if "xl/workbook.xml" not in archive.namelist():
                raise _unknown()
            for part in parts:
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    with archive.open(part) as xml:
                        root_of(xml)
    except DocumentType as error:
        raise ValidationError(_("This file is damaged and cannot be read."), code="dtd") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, expat.ExpatError) as error:
        raise _damaged() from error


def _damaged() -> ValidationError:
    return ValidationError(_("This file is damaged and cannot be read."), code="damaged")


def rows_of(file: BinaryIO, shape: Shape) -> Iterator[list[str]]:
    """Every row of the first sheet as text, empty ones too, so that the n-th is line n.

    Raises ValidationError where the file is damaged, or has more rows than we take.
    """
    file.seek(0)
    rows = _xlsx_rows(file) if shape.kind == "xlsx" else _csv_rows(file, shape)
    try:
        for number, row in enumerate(rows):
            if number > MAX_ROWS:
                raise ValidationError(
                    _("This file has more than %(limit)s rows."),
                    code="too_many_rows",
                    params={"limit": f"{MAX_ROWS:,}"},
                )
            yield row
    except ValidationError:
        raise
    except Exception as error:  # readers meet hostile bytes with many kinds of exception
        raise _damaged() from error


def _csv_rows(file: BinaryIO, shape: Shape) -> Iterator[list[str]]:
    for row in csv.reader(_text_of(file, shape.encoding), delimiter=shape.delimiter):
        yield [_plain(cell) for cell in row[:MAX_COLUMNS]]


def _xlsx_rows(file: BinaryIO) -> Iterator[list[str]]:
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the declared size is a claim, and often a wrong one
        is_plain = not _has_per_cent(book)
        text = _text if is_plain else _as_shown
        for row in sheet.iter_rows(values_only=is_plain, max_col=MAX_COLUMNS):
            cells = [text(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()  # rows are padded to the widest that we take
            yield cells
    finally:
        book.close()


def merged_down(file: BinaryIO, shape: Shape) -> Iterator[tuple[str, int]]:
    """Cells merged over several rows of the first sheet, and the last of them: A3:A5, 5. Their
    content is read in the first row alone; the others look empty. Raises as ``rows_of``."""
    if shape.kind != "xlsx":
        return
    file.seek(0)
    try:
        places = _merges_of(file)
    except Exception as error:  # as in rows_of
        raise _damaged() from error
    for place in places:
        if found := _MERGED.fullmatch(place):
            first, last = map(int, found.groups())
            if first < last:
                yield place, last


def _merges_of(file: BinaryIO) -> list[str]:
    found: list[str] = []

    def begun(name: str, facts: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "mergeCell":
            found.append(facts["ref"])

    book = load_workbook(file, read_only=True, keep_links=False)
    try:
        parser = expat.ParserCreate()
        parser.StartElementHandler = begun
        with book.worksheets[0]._get_source() as xml:
            parser.ParseFile(xml)
    finally:
        book.close()
    return found


def _has_per_cent(book: Any) -> bool:
    """Whether any cell may be shown so: without their formats, rows are read twice as fast."""
    formats = BUILTIN_FORMATS | dict(enumerate(book._number_formats, BUILTIN_FORMATS_MAX_SIZE))
    return any(_is_per_cent(formats.get(style.numFmtId, "")) for style in book._cell_styles)


def _is_per_cent(number_format: str) -> bool:
    """A sign that is only written behind a number, quoted or escaped, changes nothing of it."""
    return "%" in _WRITTEN.sub("", number_format)


def _as_shown(cell: Any) -> str:
    """In a cell of per cent, 0.125 is what a reader sees as 12.5%."""
    value = cell.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and _is_per_cent(cell.number_format or ""):
        return f"{(Decimal(repr(value)) * 100).normalize():f}%"
    return _text(value)


def _text(value: Any) -> str:
    """A cell as it would be typed: 2026-11-23, 1012345678, 0.5."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(Decimal(repr(value))))  # 1e23 is not 99999999999999991611392
    if isinstance(value, float | Decimal):
        return Fraction(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _plain(text: str) -> str:
    """Without the apostrophe that an export (``exports.neutral``) put before a formula."""
    text = text.replace("\x00", "").strip()[:MAX_CELL]
    if text.startswith("'") and text[1:].lstrip(" \u3000\u00a0\ufeff").startswith(FORMULA):
        return text[1:]
    return text


# Writing ------------------------------------------------------------------------------------------


def write_xlsx(
    file: Any,
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    widths: int = 18,
    above: Sequence[str] = (),
    name: str | None = None,
) -> None:
    """One sheet with a bold row of headings that stays in sight, below one row for each text of
    ``above``. Strings are strings: no formula."""
    book = Workbook(write_only=True)
    _fill(book.create_sheet(name), headings, rows, widths, above)
    book.save(file)


def write_book(
    file: Any, sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]
) -> None:
    """As ``write_xlsx``, several sheets: (name of up to 31 characters, headings, rows)."""
    book = Workbook(write_only=True)
    for name, headings, rows in sheets:
        _fill(book.create_sheet(name), headings, rows)
    book.save(file)


def _fill(
    sheet: Any,
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    widths: int = 18,
    above: Sequence[str] = (),
) -> None:
    sheet.freeze_panes = f"A{len(above) + 2}"
    for index in range(1, len(headings) + 1):
        sheet.column_dimensions[get_column_letter(index)].width = widths
    for text in above:
        sheet.append([_cell(sheet, text)])
    head = []
    for heading in headings:
        cell = WriteOnlyCell(sheet, _typed(str(heading)))
        cell.data_type, cell.font = "s", Font(bold=True)
        head.append(cell)
    sheet.append(head)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Any) -> Any:
    value = _typed(value)
    if isinstance(value, str) and value.startswith(("=", "#")):
        cell = WriteOnlyCell(sheet, value)
        cell.data_type = "s"  # text, where openpyxl would see a formula or an error
        return cell
    return value


def _typed(value: Any) -> Any:
    """Numbers and days stay what they are, instants become KST, the rest is text: also a number of
    more digits than a cell holds, where Excel writes noughts for the last ones."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.astimezone(clock.KST).replace(tzinfo=None, microsecond=0)
    if isinstance(value, int | Decimal) and _is_long(value):
        return f"{Decimal(value):f}"
    if isinstance(value, bool | int | float | Decimal | date):
        return value
    return "".join(c for c in str(value) if c >= " " or c in "\t\n\r")


def _is_long(number: int | Decimal) -> bool:
    return len(f"{Decimal(number):f}".strip("-0.").replace(".", "")) > MAX_DIGITS


def xlsx_response(
    name: str, columns: Sequence[tuple[str, Callable[[Any], Any]]], rows: QuerySet | Iterable[Any]
) -> FileResponse:
    """``rows`` as the download ``name`` ("회원명부.xlsx"), a column being (heading, row → cell),
    as in ``exports.csv_response``. About 10,000 rows a second: more than a few thousand rows
    belong into a batch."""
    items = rows.iterator(chunk_size=2000) if isinstance(rows, QuerySet) else rows
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_xlsx(
        file,
        [heading for heading, _cell in columns],
        ([cell(item) for _heading, cell in columns] for item in items),
    )
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
