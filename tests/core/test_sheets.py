"""Spreadsheets of strangers: told by content, read as text, refused where they would do harm; and
ours, which run nothing."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from openpyxl import Workbook, load_workbook

from kosna.core import sheets

TABLE = [["성명", "휴대폰"], ["김하늘", "010-0000-0001"]]


def read(content: bytes) -> list[list[str]]:
    file = io.BytesIO(content)
    return list(sheets.rows_of(file, sheets.recognise(file, len(content))))


def xlsx(*rows) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The same zip with some parts replaced."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_whatever_its_encoding_and_separator(encoding, delimiter):
    text = "\r\n".join(delimiter.join(row) for row in TABLE)

    assert read(text.encode(encoding)) == TABLE


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("매출; 이익\n시점,값\n2025,5\n", [["매출; 이익"], ["시점", "값"], ["2025", "5"]]),
        ("시점;값\n2025;1,234,567\n2024;2,345,678\n",
         [["시점", "값"], ["2025", "1,234,567"], ["2024", "2,345,678"]]),
        ("성명;메모\n김하늘;가, 나, 다\n", [["성명", "메모"], ["김하늘", "가, 나, 다"]]),
        ("성명;메모\n", [["성명", "메모"]]),
    ],
)  # fmt: skip
def test_words_and_numbers_may_hold_another_separator(text, rows):
    assert read(text.encode()) == rows


def test_quoted_cell_keeps_its_separator_and_line():
    assert read('성명,주소\n"김,하늘","부산\n해운대"\n'.encode()) == [
        ["성명", "주소"],
        ["김,하늘", "부산\n해운대"],
    ]


def test_cells_of_a_workbook_become_what_one_would_type():
    content = xlsx(
        ["수", "날", "때", "참", "없음"],
        [1012345678, date(2026, 11, 23), datetime(2026, 11, 23, 9, 30), 0.5, None],  # noqa: DTZ001
    )

    assert read(content)[1] == ["1012345678", "2026-11-23", "2026-11-23 09:30:00", "0.5"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "xls"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "wrong_kind"),
        (b"\x00\x01\x02\x03", "wrong_kind"),
        (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", "wrong_kind"),
        (b"{\\rtf1 a letter}", "wrong_kind"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><table></table>", "wrong_kind"),
        (b"PK\x03\x04 not a zip at all", "damaged"),
        (repacked(xlsx(["a"]), **{"xl/workbook.xml": b"<x"}), "damaged"),
        (
            repacked(
                xlsx(["a"]),
                **{"xl/worksheets/sheet1.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'},
            ),
            "dtd",
        ),
        (
            repacked(
                xlsx(["a"]),
                **{
                    "xl/worksheets/sheet1.xml": (
                        '<?xml version="1.0" encoding="utf-16"?><!-- x --><!DOCTYPE x><x/>'
                    ).encode("utf-16")
                },
            ),
            "dtd",
        ),
    ],
)
def test_what_is_no_table_is_refused(content, code):
    with pytest.raises(ValidationError) as refused:
        read(content)

    assert refused.value.code == code


def test_bomb_is_refused_before_it_goes_off():
    content = repacked(xlsx(["a"]), **{"xl/worksheets/sheet1.xml": b" " * 600_000_000})

    assert len(content) < 1_000_000
    with pytest.raises(ValidationError) as refused:
        read(content)
    assert refused.value.code == "bomb"


def test_limits_of_size_and_rows(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    assert len(read(b"a\nb\nc\n")) == 3  # the header is no row
    with pytest.raises(ValidationError) as refused:
        read(b"a\nb\nc\nd\n")
    assert refused.value.code == "too_many_rows"

    monkeypatch.setattr(sheets, "MAX_BYTES", 3)
    with pytest.raises(ValidationError) as refused:
        read(b"a\nb\n")
    assert refused.value.code == "too_large"


@pytest.mark.django_db
def test_written_workbook_runs_nothing_and_is_read_back():
    rows = [
        ['=HYPERLINK("x")', "+82 10", "#N/A", -5, date(2026, 1, 2)],
        ["김하늘", "'인용", "", 1.5, datetime(2026, 11, 23, 15, 0, tzinfo=UTC)],
    ]
    columns = [(heading, lambda row, i=i: row[i]) for i, heading in enumerate("=가나다라")]

    response = sheets.xlsx_response("회원.xlsx", columns, rows)
    content = b"".join(response.streaming_content)
    response.close()

    sheet = load_workbook(io.BytesIO(content)).active
    assert {cell.data_type for row in sheet for cell in row} == {"s", "n", "d"}
    assert read(content) == [
        ["=", "가", "나", "다", "라"],
        ['=HYPERLINK("x")', "+82 10", "#N/A", "-5", "2026-01-02"],
        ["김하늘", "'인용", "", "1.5", "2026-11-24"],
    ]
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "filename*=utf-8''" in response.headers["Content-Disposition"]


def test_apostrophe_of_our_own_export_is_taken_off():
    assert read("이름\n'=1+1\n'인용\n".encode()) == [["이름"], ["=1+1"], ["'인용"]]
