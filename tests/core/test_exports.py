"""CSV: opens with its Hangul, runs nothing, is kept by no cache."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import translation
from django.utils.translation import gettext_lazy

from kosna.core.exports import csv_response, neutral
from kosna.core.qr import qr_svg


@pytest.mark.parametrize(
    "lead", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u3000=", "|"]
)
def test_formula_is_neutralised(lead):
    assert neutral(lead + "1+1") == "'" + lead + "1+1"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("김하늘", "김하늘"),
        ("a=b", "a=b"),
        (-5000, -5000),
        (None, ""),
        (date(2026, 11, 23), "2026-11-23"),
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), "2026-11-24 00:00:00"),
    ],
)
def test_honest_value_stays(value, cell):
    assert neutral(value) == cell


def test_response_is_a_private_download_that_excel_reads():
    rows = [("김하늘", '=HYPERLINK("x")', 1000), ('쉼표, 따옴표 "', "줄\n바꿈", -3)]
    columns = [
        ("이름", lambda row: row[0]),
        ("비고", lambda row: row[1]),
        ("=금액", lambda row: row[2]),
    ]
    response = csv_response("회원명부.csv", columns, rows)
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff이름,비고,'=금액\r\n")
    assert list(csv.reader(io.StringIO(text[1:], newline="")))[1:] == [
        ["김하늘", '\'=HYPERLINK("x")', "1000"],
        ['쉼표, 따옴표 "', "줄\n바꿈", "-3"],
    ]
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%ED%9A%8C")
    assert response["Cache-Control"] == "private, no-store"


def test_cells_are_in_the_language_of_whoever_asked():
    with translation.override("en"):
        response = csv_response("x.csv", [("Kind", lambda row: gettext_lazy("Orders"))], [1])
    with translation.override("ko"):
        assert b"".join(response.streaming_content).decode() == "\ufeffKind\r\nOrders\r\n"


@pytest.mark.django_db
def test_queryset_is_streamed_in_one_query(django_assert_num_queries):
    kinds = ContentType.objects.all()
    expected = 1 + kinds.count()
    response = csv_response("kinds.csv", [("id", lambda row: row.pk)], kinds)
    with django_assert_num_queries(1):
        assert len(list(response.streaming_content)) == expected


def test_qr_is_inert_svg_with_a_title():
    svg = qr_svg("https://example.test/verify/x?a=1&b=2", title='<b>"확인"')
    assert "<script" not in svg and "style=" not in svg
    assert "<title>&lt;b&gt;&quot;확인&quot;</title>" in svg and 'role="img"' in svg
