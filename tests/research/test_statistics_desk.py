"""The editors' desk: series are made, values typed and brought from files."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from kosna.audit.models import Entry
from kosna.core import batches
from research.actions import series_imports
from research.models import Observation, Series, SeriesImport
from tests import factories
from tests.conftest import Cast
from tests.members.test_desk import queries_of

pytestmark = pytest.mark.django_db
FORM = {
    "name_ko": "지역별 회원 수",
    "name_en": "Members by region",
    "topic": "work",
    "frequency": "quarter",
    "unit_ko": "명",
    "places": "0",
    "source_ko": "협회 조사",
    "by_region": "on",
    "audience": "everyone",
    "sort": "0",
    "first_ko": "연령",
    "first_en": "Age",
    "first_categories": "young | 청년 | Young\nold | 장년",
}
SECOND = {"second_ko": "규모", "second_categories": "small | 작음\nlarge | 큼"}
LINES = """지역별 회원 수
단위: 명
시점,지역코드,지역,연령,값,부호
2026-Q1,00,전국,합계,"1,000",
2026-Q1,21,부산,청년,30,p
2026년 2분기,,제주특별자치도,old,…,
"""


def test_why_somebody_sees_the_values_or_not(cast: Cast, login) -> None:
    series = factories.make_series(
        "usage", tiers=(cast.regular_tier,), audience="detail", by_region=True
    )
    page = f"/staff/statistics/{series.pk}/access/"

    def told(who: str) -> list[bool]:
        answer = login("auditor").get(page, {"who": f"{who}@example.test"})
        return [way.opens for way in answer.context_data["ways"]]

    assert told("nobody") == []
    assert not Entry.objects.filter(verb="privacy.view").exists()
    assert told("account") == told("lapsed") == [True, False]
    assert told("regular") == [True, True]
    seen = Entry.objects.filter(verb="privacy.view").order_by("pk")
    assert [entry.subjects for entry in seen] == [
        [cast.account.pk], [cast.lapsed.pk], [cast.regular.pk],
    ]  # fmt: skip


@pytest.mark.parametrize("status", ["published", "draft", "withdrawn"])
def test_what_is_not_out_nobody_reads_whatever_opens_it(
    cast: Cast, login: Any, status: str
) -> None:
    series = factories.make_series("kept-back", status=status)
    page = f"/staff/statistics/{series.pk}/access/?who=regular@example.test"
    client = login("auditor")
    client.cookies["language"] = "en"
    before, mark, after = client.get(page).content.decode().partition("Nobody reads this statistic")
    is_out = login("regular").get("/research/statistics/kept-back/").status_code == 200
    assert bool(mark) is not is_out
    if mark:
        state = {"draft": "Not published: Draft", "withdrawn": "Not published: Withdrawn"}[status]
        assert state in before and "What opens it" not in before
        assert "Once it is published" in after and "What opens it" in after


def brought(client: Client, series: Series, content: bytes, name: str = "v.csv") -> SeriesImport:
    url = f"/staff/statistics/{series.pk}/import/"
    file = SimpleUploadedFile(name, content)
    assert client.post(url, {"file": file, "reason": "분기 공표"}).status_code == 302
    batches.run_all()
    return SeriesImport.objects.latest("pk")


def verdicts(imported: SeriesImport) -> list[str]:
    return list(imported.rows.order_by("line").values_list("verdict", flat=True))


@pytest.fixture
def regional(cast: Cast) -> Series:
    breakdowns = [
        {"name_ko": "연령", "name_en": "Age",
         "categories": [["young", "청년", "Young"], ["old", "장년", ""]]}
    ]  # fmt: skip
    return factories.make_series(
        "regional",
        frequency="quarter",
        places=0,
        unit_ko="명",
        by_region=True,
        breakdowns=breakdowns,
    )


def test_editor_makes_publishes_and_withdraws(cast: Cast, login: Callable[[str], Client]) -> None:
    client = login("editor")
    answer = client.post("/staff/statistics/new/", FORM)
    series = Series.objects.get()
    assert answer.url == f"/staff/statistics/{series.pk}/"
    assert series.code == "members-by-region"
    assert series.breakdowns[0]["categories"] == [["young", "청년", "Young"], ["old", "장년", ""]]
    url = f"/staff/statistics/{series.pk}"
    assert client.post(f"{url}/publish/", follow=True).status_code == 200
    assert Series.objects.get().status == "draft"  # it has no value yet
    client.post(f"{url}/value/", {"period": "2026-Q1", "region": "busan", "value": "12"})
    client.post(f"{url}/value/", {"period": "2026-Q1", "region": "busan", "value": "12.5"})
    wrong = client.post(f"{url}/value/", {"period": "2026-Q1", "region": "busan", "value": "13"})
    assert wrong.status_code == 422
    facts = {"period": "2026-Q1", "region": "busan", "value": "13", "reason": "누락 보완"}
    client.post(f"{url}/value/", facts)
    client.post(f"{url}/publish/")
    assert client.get("/research/statistics/members-by-region/").status_code == 200
    assert "누락 보완" in client.get(f"{url}/?history=1").content.decode()
    assert client.post(f"{url}/withdraw/", {"reason": ""}).status_code == 422
    client.post(f"{url}/withdraw/", {"reason": "오류"})
    assert client.get("/research/statistics/members-by-region/").status_code == 404
    assert [str(row.value) for row in Observation.objects.order_by("pk")] == ["12", "13"]
    assert list(Entry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "research.create_series",
        "research.tell_values",
        "research.tell_values",
        "research.publish_series",
        "research.withdraw_series",
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_categories": "young 청년"}, "first_categories"),
        ({"first_categories": "a | 가\na | 나"}, "first_categories"),
        ({"first_categories": "| 남자 | Men\nwomen | 여자 | Women"}, "first_categories"),
        ({"first_categories": ""}, "first_ko"),
        ({"first_ko": "", "first_categories": "", "second_ko": "x", "second_categories": "a | 가"},
         "first_ko"),
        ({"audience": "members"}, "tiers"),
        ({"code": "compare"}, "code"),
        ({"places": "9"}, "places"),
        ({"first_ko": "구분(가구)", **SECOND, "second_ko": "구분(기업)"}, "second_ko"),
        ({**SECOND, "second_en": "AGE"}, "second_en"),
        ({**SECOND, "second_en": "연령"}, "second_en"),
        ({"first_ko": "시도"}, "first_ko"),
        ({"first_en": "Known since"}, "first_en"),
        ({"first_ko": "★", **SECOND, "second_ko": "★"}, "second_ko"),
        ({"first_categories": "a | 기타 | A\nb | 기 타 | B"}, "first_categories"),
        ({"first_categories": "a | 가 | Other\nb | 나 | other"}, "first_categories"),
        ({"first_categories": "a | 가 | B\nb | 나"}, "first_categories"),
        ({"first_categories": "a | 합계\nb | 나"}, "first_categories"),
        ({"first_categories": "a | 가 | All\nb | 나"}, "first_categories"),
        ({"first_categories": "0 | 가\n1 | 나"}, "first_categories"),
        ({**SECOND, "second_categories": "a | 계"}, "second_categories"),
    ],
)  # fmt: skip
def test_false_series_is_refused(login: Any, changes: dict[str, str], field: str) -> None:
    page = login("editor").post("/staff/statistics/new/", {**FORM, **changes})
    assert page.status_code == 422
    assert list(page.context_data["form"].errors) == [field]
    assert not Series.objects.exists()


def test_slower_editor_is_told(cast: Cast, login: Any) -> None:
    series = factories.make_series("x")
    url = f"/staff/statistics/{series.pk}/edit/"
    typed = {**FORM, "version": 1, "code": "x"}
    assert login("editor").post(url, typed).status_code == 302
    page = login("editor").post(url, typed)
    assert (page.status_code, bool(page.context_data["form"].non_field_errors())) == (422, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_file_is_checked_and_then_written(
    cast: Cast, login: Any, regional: Series, encoding: str
) -> None:
    client = login("editor")
    imported = brought(client, regional, LINES.encode(encoding))
    assert (imported.status, verdicts(imported)) == ("checked", ["new"] * 3)
    assert not Observation.objects.exists()
    url = imported.get_absolute_url()
    assert client.get(f"{url}?verdict=new").status_code == 200
    client.post(f"{url}apply/")
    batches.run_all()
    cells = Observation.objects.order_by("pk").values_list("region", "first", "value", "mark")
    assert [(*cell[:2], str(cell[2]), cell[3]) for cell in cells] == [
        ("", "", "1000", ""),
        ("busan", "young", "30", "p"),
        ("jeju", "old", "None", ""),
    ]
    changed = LINES.replace("30,p", "31,").encode()
    imported = brought(client, regional, changed)
    assert verdicts(imported) == ["same", "changed", "same"]
    assert "30 p" in client.get(imported.get_absolute_url()).content.decode()
    client.post(f"{imported.get_absolute_url()}apply/")
    batches.run_all()
    newest = Observation.objects.latest("pk")
    assert (str(newest.value), newest.mark, newest.reason) == ("31", "r", "분기 공표")
    assert str(newest.replaces.value) == "30"
    assert SeriesImport.objects.filter(status="applied").count() == 2


def test_faulty_lines_are_told_and_nothing_is_written(
    cast: Cast, login: Any, regional: Series
) -> None:
    client = login("editor")
    content = (
        "시점,지역,연령,값,부호\n2026-Q1,전국,,10,\n2026-Q1,전국,,11,\n2026-Q5,평양,노년,1.5,z\n"
        "2026-Q2,서울,청년,,\n"
    )
    imported = brought(client, regional, content.encode())
    assert verdicts(imported) == ["new", "wrong", "wrong", "wrong"]
    assert [len(row.remarks) for row in imported.rows.order_by("line")] == [0, 1, 5, 1]
    answer = client.post(f"{imported.get_absolute_url()}apply/")
    assert answer.status_code == 422
    assert not Observation.objects.exists()
    client.post(f"{imported.get_absolute_url()}abandon/")
    imported.refresh_from_db()
    assert imported.status == "abandoned"


def test_what_changed_since_the_check_is_not_overwritten(
    cast: Cast, login: Any, regional: Series
) -> None:
    client = login("editor")
    imported = brought(client, regional, LINES.encode())
    client.post(f"/staff/statistics/{regional.pk}/value/", {"period": "2026-Q1", "value": "7"})
    client.post(f"{imported.get_absolute_url()}apply/")
    batches.run_all()
    imported.refresh_from_db()
    assert imported.status == "checked"
    assert [str(row.value) for row in Observation.objects.all()] == ["7"]


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", "시점,값\n".encode(), b"\x00\x01\x02"])
def test_file_without_headings_or_rows_fails_with_words(
    cast: Cast, login: Any, regional: Series, content: bytes
) -> None:
    client = login("editor")
    file = SimpleUploadedFile("v.csv", content)
    answer = client.post(f"/staff/statistics/{regional.pk}/import/", {"file": file, "reason": "x"})
    if answer.status_code == 302:
        batches.run_all()
        imported = SeriesImport.objects.get()
        assert (imported.status, imported.batch.status) == ("abandoned", "failed")
        words = client.get(answer.url).content.decode()
        assert imported.batch.note in words.replace("&quot;", '"')
        assert ("점검 중" in words, "그만둠" in words) == (False, True)
        assert f'href="/staff/statistics/{regional.pk}/"' in words
    else:
        assert answer.context_data["upload_form"].errors["file"]


def test_a_check_that_broke_off_can_be_given_up(
    cast: Cast, login: Any, regional: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_facts: Any) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(series_imports, "begin", breaks)
    client = login("editor")
    imported = brought(client, regional, LINES.encode())
    address = f"{imported.get_absolute_url()}abandon/"
    assert (imported.status, imported.batch.status) == ("checking", "failed")
    assert address in client.get(imported.get_absolute_url()).content.decode()
    client.post(address)
    imported.refresh_from_db()
    assert imported.status == "abandoned"
    assert address not in client.get(imported.get_absolute_url()).content.decode()


def test_templates_and_downloads_are_understood(cast: Cast, login: Any, regional: Series) -> None:
    """What the portal gives out it takes back: in either language, as either kind."""
    factories.make_values(
        regional, {"2026-Q1": "5", ("2026-Q1", "seoul"): "3", ("2026-Q2", "jeju", "young"): "1"}
    )
    client = login("editor")
    for language in ("ko", "en"):
        client.cookies["language"] = language
        for kind in ("csv", "xlsx"):
            content = b"".join(client.get(f"/research/statistics/regional.{kind}"))
            assert verdicts(brought(client, regional, content)) == ["same"] * 3
            template = b"".join(client.get(f"/staff/statistics/{regional.pk}/template.{kind}"))
            untouched = brought(client, regional, template)
            assert (untouched.status, verdicts(untouched)) == ("abandoned", [])
    assert Observation.objects.count() == 3
    book = load_workbook(io.BytesIO(template))
    *above, headings = book.worksheets[0].values
    assert [len([cell for cell in row if cell]) for row in above] == [1, 1, 1]
    assert "-Q" in above[-1][0]
    assert headings[:3] == ("Period", "Region code", "Region")
    filled = {"Period": "2026-Q3", "Region code": "00", "Value": 8, "Mark": "p"}
    book.worksheets[0].append([filled.get(str(name).partition(" (")[0]) for name in headings])
    file = io.BytesIO()
    book.save(file)
    assert verdicts(brought(client, regional, file.getvalue())) == ["new"]


def test_a_value_that_is_not_available_is_taken_back(
    cast: Cast, login: Any, regional: Series
) -> None:
    Observation.objects.create(series=regional, period=date(2026, 1, 1), value=None)
    client = login("editor")
    for kind in ("csv", "xlsx"):
        content = b"".join(client.get(f"/research/statistics/regional.{kind}"))
        assert verdicts(brought(client, regional, content)) == ["same"]
        compared = b"".join(client.get(f"/research/statistics/compare.{kind}?s=regional"))
        assert kind == "xlsx" or "2026-Q1,…" in compared.decode()
    [told] = client.get("/research/statistics/regional.json").json()["observations"]
    assert told["value"] is None


def test_semicolons_in_the_words_of_a_file_are_no_columns(cast: Cast, login: Any) -> None:
    series = factories.make_series(
        "profit", name_ko="매출; 이익", source_ko="통계청; 협회", method_ko="표본; 전수"
    )
    factories.make_values(series, {"2025": "5.0"})
    client = login("editor")
    content = client.get("/research/statistics/profit.csv").content
    assert verdicts(brought(client, series, content)) == ["same"]
    typed = "시점;값\n2025;5,5\n2024;1,234\n2023;7.5\n2022;1,234,567\n2021;2,345,678\n"
    assert verdicts(brought(client, series, typed.encode())) == [
        "wrong",
        "new",
        "new",
        "new",
        "new",
    ]


ODD = [
    {"name_ko": "구분(가구)", "name_en": "Kind (homes)",
     "categories": [["a", "수도권", ""], ["b", "그 밖", "Else"]]},
    {"name_ko": "구분(기업)", "name_en": "Kind [firms]",
     "categories": [["a", "수도권", ""], ["b", "그 밖", "Else"]]},
]  # fmt: skip


def test_names_alike_but_for_their_brackets_are_not_mistaken(cast: Cast, login: Any) -> None:
    """Of a series from before such names were refused: by its own files, and by those of others."""
    series = factories.make_series("odd", breakdowns=ODD)
    factories.make_values(
        series,
        {("2025", "", "a"): "1.0", ("2025", "", "", "a"): "2.0", ("2025", "", "b", "a"): "3"},
    )
    client = login("editor")
    for language in ("ko", "en"):
        client.cookies["language"] = language
        for kind in ("csv", "xlsx"):
            content = b"".join(client.get(f"/research/statistics/odd.{kind}"))
            imported = brought(client, series, content)
            assert (imported.status, verdicts(imported)) == ("checked", ["same"] * 3)
    client.cookies["language"] = "ko"
    loose = brought(client, series, "시점,구분,값\n2025,수도권,5.0\n".encode())
    assert (loose.status, verdicts(loose)) == ("abandoned", [])
    assert "“구분”" in loose.batch.note


def test_a_unit_may_have_brackets(cast: Cast, login: Any) -> None:
    series = factories.make_series("unit", unit_ko="천명(계절조정) 월평균", unit_en="")
    factories.make_values(series, {"2025": "5.0"})
    client = login("editor")
    for language in ("ko", "en"):
        client.cookies["language"] = language
        for kind in ("csv", "xlsx"):
            content = b"".join(client.get(f"/research/statistics/unit.{kind}"))
            assert verdicts(brought(client, series, content)) == ["same"]


def test_cells_merged_over_lines_are_refused(cast: Cast, login: Any, regional: Series) -> None:
    """Else the second line of Busan would be of the whole country. Above the headings, and within
    a line, cells may be merged."""
    book = Workbook()
    for row in (["제목"], [], ["시점", "지역", "연령", "값"], ["2026-Q1", "부산", "청년", 1],
                ["2026-Q2", None, "청년", 2]):  # fmt: skip
        book.active.append(row)
    for place, found in (("A1:D2", "checked"), ("B5:C5", "checked"), ("B4:B5", "abandoned")):
        book.active.merge_cells(place)
        file = io.BytesIO()
        book.save(file)
        imported = brought(login("editor"), regional, file.getvalue())
        assert imported.status == found
        assert ("B4:B5" in imported.batch.note) is (found == "abandoned")
        book.active.unmerge_cells(place)


def test_a_damaged_workbook_is_given_up_with_words(cast: Cast, login: Any, regional) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    imported = brought(login("editor"), regional, file.getvalue())
    assert (imported.status, imported.batch.status) == ("abandoned", "failed")
    assert imported.batch.note == "파일이 손상되어 읽을 수 없습니다."


def test_two_columns_of_one_meaning_are_refused(cast: Cast, login: Any) -> None:
    series = factories.make_series("wide")
    for heading, other in (("값 (남)", "값 (여)"), ("수치", "값")):
        content = f"시점,{heading},{other}\n2025,1.0,2.0\n".encode()
        imported = brought(login("editor"), series, content)
        assert (imported.status, verdicts(imported)) == ("abandoned", [])
        assert f"“{heading}”" in imported.batch.note and f"“{other}”" in imported.batch.note
    empty = brought(login("editor"), series, "시점,값,,\n2025,1.0,2.0,3.0\n".encode())
    assert verdicts(empty) == ["new"]


def test_a_name_of_two_categories_is_a_faulty_line(cast: Cast, login: Any) -> None:
    """Of a series from before such names were refused; its total was taken for a category."""
    categories = [["a", "기타", ""], ["b", "기타", ""], ["c", "합계", ""], ["d", "나", "A"]]
    breakdowns = [{"name_ko": "구분", "name_en": "", "categories": categories}]
    series = factories.make_series("twins", breakdowns=breakdowns)
    lines = "".join(f"2025,{name},1.0\n" for name in ("기타", "b", "합계", "c", "", "나", "A"))
    imported = brought(login("editor"), series, f"시점,구분,값\n{lines}".encode())
    rows = [(row.verdict, row.first) for row in imported.rows.order_by("line")]
    assert rows[:6] == [
        ("wrong", ""), ("new", "b"), ("wrong", ""), ("new", "c"), ("new", ""), ("new", "d"),
    ]  # fmt: skip
    assert rows[6][0] == "wrong"


def test_a_breakdown_of_marks_alone_is_no_column_without_a_heading(cast: Cast, login: Any) -> None:
    breakdowns = [{"name_ko": "★", "name_en": "", "categories": [["a", "가", ""]]}]
    series = factories.make_series("stars", breakdowns=breakdowns)
    for headings, first in (("★,", "a"), (",메모", "")):
        content = f"시점,{headings},값\n2025,가,,1.0\n".encode()
        [row] = brought(login("editor"), series, content).rows.all()
        assert (row.verdict, row.first) == ("new", first)


def test_a_long_figure_is_taken_back_digit_by_digit(cast: Cast, login: Any) -> None:
    """A cell of a workbook holds 15 digits, of whatever place."""
    long = factories.make_series("long", places=4)
    told = ["12345678901234567890", "-1234567890123456.5", "123456789012345", "0.1234", "-0.5"]
    factories.make_values(long, {str(2020 + at): value for at, value in enumerate(told)})
    content = b"".join(login("editor").get("/research/statistics/long.xlsx"))
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [row[1] for row in sheet.values if str(row[0]).startswith("202")][-5:]
    assert [type(cell) for cell in cells] == [str, str, int, float, float]
    assert [Decimal(str(cell)) for cell in cells] == list(map(Decimal, told))
    assert verdicts(brought(login("editor"), long, content)) == ["same"] * 5


def test_a_title_in_angle_brackets_is_no_web_page(cast: Cast, login: Any) -> None:
    for code, name in (("digits", "<2025 조사>"), ("words", "<콘텐츠산업조사> 매출")):
        series = factories.make_series(code, name_ko=name)
        factories.make_values(series, {"2025": "5.0"})
        content = login("editor").get(f"/research/statistics/{code}.csv").content
        assert verdicts(brought(login("editor"), series, content)) == ["same"]


def workbook(*rows: Any) -> bytes:
    book, file = Workbook(), io.BytesIO()
    book.active.append(["시점", "값"])
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_a_cell_of_per_cent_is_what_it_shows(cast: Cast, login: Any) -> None:
    """In a statistic in per cent; in another one it is no figure."""
    book, file = Workbook(), io.BytesIO()
    book.active.append(["시점", "값"])
    written = [(0.125, "0.0%"), (0.07, "0%"), (-1, "0.00%"), (12.5, "0.0"), ("3.5 %", "@")]
    written += [(12.5, '0.0"%"'), (12.5, r"0.0\%")]  # a sign that Excel only writes behind it
    for row, (value, kind) in enumerate(written, start=2):
        book.active.append([str(2019 + row), value])
        book.active.cell(row, 2).number_format = kind
    book.save(file)
    shares, people = factories.make_series("shares"), factories.make_series("people", unit_ko="명")
    client = login("editor")
    found = brought(client, shares, file.getvalue()).rows.order_by("line")
    assert [str(row.value) for row in found] == [
        "12.5", "7.0", "-100.0", "12.5", "3.5", "12.5", "12.5",
    ]  # fmt: skip
    imported = brought(client, people, file.getvalue())
    assert verdicts(imported) == ["wrong"] * 3 + ["new", "wrong", "new", "new"]


def test_a_cell_of_a_long_number_is_what_it_shows(cast: Cast, login: Any) -> None:
    """A workbook keeps 15 digits and writes noughts; the float nearest to them ends in others."""
    series = factories.make_series("long", places=0)
    content = workbook(["2024", 1.23456789012345e19], ["2025", 1e23], ["2026", "-0.0"])
    rows = brought(login("editor"), series, content).rows.order_by("line")
    assert [f"{row.value:f}" for row in rows] == ["12345678901234500000", f"1{'0' * 23}", "0"]


def test_october_that_was_typed_as_a_number_is_not_january(cast: Cast, login: Any) -> None:
    monthly = factories.make_series("monthly", frequency="month")
    client = login("editor")
    content = workbook(
        [2026.10, 1], [2026.1, 1], [2026.03, 1], [2026.11, 1], ["2026.10", 2.5], ["2026.1", 3],
        [202611, 4], [date(2026, 12, 1), 5],
    )  # fmt: skip
    imported = brought(client, monthly, content)
    assert verdicts(imported) == ["wrong"] * 4 + ["new"] * 4
    lines = list(imported.rows.order_by("line"))
    assert ["2026-10" in str(row.remarks) for row in lines] == [True] * 4 + [False] * 4
    assert "2026-10처럼" in client.get(imported.get_absolute_url()).content.decode()
    assert [row.period.month for row in lines[4:]] == [10, 1, 11, 12]
    assert client.post(f"{imported.get_absolute_url()}apply/").status_code == 422
    batches.run_all()
    assert not Observation.objects.exists()
    as_csv = brought(client, monthly, "시점,값\n2026.10,1\n2026.1,2\n".encode())
    assert [row.period.month for row in as_csv.rows.order_by("line")] == [10, 1]


@pytest.mark.parametrize("frequency", ["year", "half", "quarter"])
def test_a_number_with_places_is_no_period(cast: Cast, login: Any, frequency: str) -> None:
    series = factories.make_series("other", frequency=frequency)
    imported = brought(login("editor"), series, workbook([2026.1, 1], [2026.5, 1]))
    assert verdicts(imported) == ["wrong"] * 2


def test_desk_takes_constant_statements(cast: Cast, login: Any, regional: Series) -> None:
    client = login("editor")
    addresses = [
        "/staff/statistics/?page=1",
        f"/staff/statistics/{regional.pk}/",
        f"/staff/statistics/{regional.pk}/?history=1",
    ]

    def more(*values: str) -> None:
        for value in values:
            facts = {"period": "2026-Q1", "value": value, "reason": "x"}
            client.post(f"/staff/statistics/{regional.pk}/value/", facts)
            factories.make_series()

    more("1", "2")
    imported = brought(client, regional, LINES.encode())
    addresses.append(imported.get_absolute_url())
    one = [queries_of(client, address) for address in addresses]
    more("3", "4")
    Observation.objects.create(
        series=regional, period="2025-01-01", value=1, by=cast.editor, first="old"
    )
    brought(client, regional, LINES.encode())
    assert [queries_of(client, address) for address in addresses] == one
    assert max(one) <= 16


def test_imports_are_the_editors(cast: Cast, login: Any, regional: Series) -> None:
    imported = brought(login("editor"), regional, LINES.encode())
    for who, status in (("auditor", 403), ("officer", 403), ("regular", 403)):
        assert login(who).get(imported.get_absolute_url()).status_code == status
    assert login("auditor").get(f"/staff/statistics/{regional.pk}/").status_code == 200


def test_a_reason_is_told_in_the_language_of_the_reader(
    cast: Cast, login: Any, regional: Series
) -> None:
    """Typed or brought; in Korean where it has no English. A line's own reason goes before the one
    of its file, in both languages."""
    client, url = login("editor"), f"/staff/statistics/{regional.pk}"
    factories.make_values(regional, dict.fromkeys(("2025-Q1", "2025-Q2", "2025-Q3"), "1"))
    typed = {"period": "2025-Q1", "value": "2", "reason": "표본 보완", "reason_en": "Larger sample"}
    client.post(f"{url}/value/", typed)
    lines = "시점,값,사유,영문 사유\n2025-Q2,2,집계 오류,\n2025-Q3,2,,\n"
    file = SimpleUploadedFile("v.csv", lines.encode())
    whole = {"file": file, "reason": "정기 개정", "reason_en": "Annual revision"}
    assert client.post(f"{url}/import/", whole).status_code == 302
    batches.run_all()
    client.post(f"{SeriesImport.objects.get().get_absolute_url()}apply/")
    batches.run_all()
    visitor, page = login("visitor"), "/research/statistics/regional/"
    told = {}
    for language in ("ko", "en"):
        visitor.cookies["language"] = language
        words = visitor.get(page).content.decode()
        told[language] = re.findall(r'data-label="(?:사유|Reason)"><span(.*?)</span>', words)
    assert told == {
        "ko": [' lang="ko">집계 오류', ' lang="ko">정기 개정', ' lang="ko">표본 보완'],
        "en": [' lang="ko">집계 오류', ">Annual revision", ">Larger sample"],
    }
    facts = visitor.get("/research/statistics/regional.json?by=").json()["observations"]
    assert [(row["period"], row["reason"]) for row in facts] == [
        ("2025-Q1", {"ko": "표본 보완", "en": "Larger sample"}),
        ("2025-Q2", {"ko": "집계 오류", "en": ""}),
        ("2025-Q3", {"ko": "정기 개정", "en": "Annual revision"}),
    ]
    form = client.get(f"{url}/").content.decode()
    ids = re.findall(r' id="([^"]+)"', form)
    assert len(ids) == len(set(ids))
