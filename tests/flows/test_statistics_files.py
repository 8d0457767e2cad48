"""Figures as they leave the house: each reader's file holds what their page shows, and says what it
leaves out; a comparison is passed on by its address; the field is seen at a glance."""

import csv
import io
import json
from datetime import date
from typing import Any

import openpyxl
import pytest

from kosna.core import clock
from research.models import Series
from tests import factories
from tests.flows.person import Person

PAGE = "/research/statistics/usage/"
FILE = "/research/statistics/usage"
TOTAL, BUSAN, YOUNG = "61.5", "55.5", "88.8"


@pytest.fixture
def usage(people) -> Series:
    """By region and age: its total is everybody's, its detail regular members'."""
    ages = [{"name_ko": "연령", "name_en": "Age", "categories": [["young", "청년", "Young"]]}]
    series = factories.make_series(
        "usage", tiers=(people.regular_tier,), audience="detail", by_region=True,
        breakdowns=ages, is_sample=True, topic="computing", is_key=True,
    )  # fmt: skip
    factories.make_values(
        series,
        {
            "2024": "60.1", "2025": TOTAL, ("2025", "busan", "", ""): BUSAN,
            ("2025", "", "young", ""): YOUNG,
        },
    )  # fmt: skip
    return series


def shared(reader: Person) -> str:
    """The address of this view, as the page gives it to be copied."""
    [link] = reader.page.xpath("//main//*[@class='copy']/code/text()")
    return link


def csv_of(reader: Person, query: str = "", status: int = 200) -> list[list[str]]:
    content = reader.download(f"{FILE}.csv{query}", status).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def xlsx_of(reader: Person, query: str = "") -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(reader.download(f"{FILE}.xlsx{query}")))
    return list(book.worksheets[0].iter_rows(values_only=True))


def json_of(reader: Person, query: str = "", status: int = 200) -> dict[str, Any]:
    return json.loads(reader.download(f"{FILE}.json{query}", status))


def test_files_hold_what_the_page_shows(portal, people, enter, usage):
    for who, sees_detail in (
        ("", False),
        ("associate", False),
        ("lapsed", False),
        ("regular", True),
    ):
        reader = enter(who).open(PAGE)
        assert TOTAL in reader.text
        assert (BUSAN in reader.open(f"{PAGE}?by=region").text) is sees_detail
        kept = {"60.1", TOTAL} | ({BUSAN, YOUNG} if sees_detail else set())
        rows = csv_of(reader)
        head = next(number for number, row in enumerate(rows) if row[0] == "시점")
        column = next(place for place, name in enumerate(rows[head]) if name.startswith("값"))
        assert {row[column] for row in rows[head + 1 :]} == kept
        told = json_of(reader)
        assert {row["value"] for row in told["observations"]} == kept
        assert bool(told["shut"]) is not sees_detail
        sheet = xlsx_of(reader)
        numbers = {str(cell) for row in sheet for cell in row if isinstance(cell, int | float)}
        assert kept <= numbers and (BUSAN in numbers) is sees_detail
        above = "\n".join(",".join(row) for row in rows[:head])
        assert "시연용 생성자료" in above and ("합계만 표시합니다" in above) is not sees_detail
        assert f"{portal.url}{PAGE}" in above
        assert b"<svg" in reader.download(f"{FILE}.svg")

    # What is chosen on the page is in the file's address, and in the file.
    member = enter("regular", language="en").open(PAGE)
    member.press("chart", by="region").press("chart", pick="busan", chart="bar")
    picture = member.page.xpath("//main//figure//*[local-name()='svg']")
    assert picture and BUSAN in member.text and TOTAL not in member.text
    assert BUSAN not in enter().open(shared(member)).text  # a visitor's view of that address
    files = member.page.xpath("//main//a[contains(@href, '.csv')]/@href")
    [href] = [file for file in files if "pick=busan" in file]  # beside it stands the whole
    rows = list(csv.reader(io.StringIO(member.download(href).decode("utf-8-sig"))))
    assert rows[-1][:3] == ["2025", "21", "Busan"] and rows[-1][-3] == BUSAN
    assert "Sample data" in rows[1][0]
    # An address that makes no sense is refused, not answered with something else.
    member.open(f"{FILE}.csv?from=2025&to=2024", 400)
    assert "to=2024" in member.content.decode()


def test_a_rule_that_changes_holds_for_the_next_file(portal, people, enter, usage):
    editor, regular = enter("editor"), enter("regular")
    associate, visitor = enter("associate"), enter()
    editor.open(f"/staff/statistics/{usage.pk}/edit/")
    editor.press("name_ko", audience="members", tiers=str(people.associate_tier.pk))
    for reader, code in ((visitor, "login"), (regular, "tier")):
        for kind in ("csv", "xlsx", "svg"):
            reader.open(f"{FILE}.{kind}", 403)
            assert TOTAL.encode() not in reader.content
        told = json_of(reader, status=403)
        assert (told["code"], set(told)) == (code, {"code", "error"})
        assert told["error"] in reader.open(PAGE).text and TOTAL not in reader.text
        assert reader.client.head(f"{FILE}.csv").status_code == 403
    assert BUSAN in {row["value"] for row in json_of(associate)["observations"]}
    lapsed = enter("lapsed").open(PAGE)
    assert TOTAL not in lapsed.text
    editor.open(f"/staff/statistics/{usage.pk}/").press("/withdraw/", reason="출처 오류")
    for kind in ("csv", "xlsx", "json", "svg"):
        associate.open(f"{FILE}.{kind}", 404)
    associate.open(PAGE, 404)


def test_a_file_of_a_day_holds_what_was_known_on_it(portal, people, enter, usage, stand_at):
    """The old value stays under its date, on the page and in every file."""
    day = clock.today()
    stand_at(clock.start_of(date(day.year + 1, 2, 1)))
    editor = enter("editor").open(f"/staff/statistics/{usage.pk}/")
    editor.press("/value/", period="2025", value="62.0", mark="", reason="표본 보완")
    visitor = enter().open(PAGE)
    assert "62.0" in visitor.text and "표본 보완" in visitor.text and TOTAL in visitor.text
    now = {row["period"]: row["value"] for row in json_of(visitor)["observations"]}
    then = {
        row["period"]: row["value"] for row in json_of(visitor, f"?as_of={day}")["observations"]
    }
    assert (now["2025"], then["2025"]) == ("62.0", TOTAL)
    assert TOTAL in str(xlsx_of(visitor, f"?as_of={day}"))
    assert TOTAL not in str(xlsx_of(visitor))


def test_a_comparison_is_passed_on_by_its_address(portal, people, enter, usage):
    games = factories.make_series("games", name_ko="게임 이용률", name_en="Use of games")
    factories.make_values(games, {"2023": "30.0", "2024": "33.0", "2025": "36.3"})
    closed = factories.make_series(
        "closed", tiers=(people.regular_tier,), audience="members", name_ko="회원 통계"
    )
    factories.make_values(closed, {"2024": "71.7"})

    visitor = enter().open(PAGE)
    [href] = visitor.page.xpath("//main//a[contains(@href, '/compare/?s=usage')]/@href")
    visitor.open(href)
    visitor.press("s", s=["usage", "games", "closed"], **{"from": "2024", "to": "2025"})
    assert TOTAL in visitor.text and "36.3" in visitor.text and "30.0" not in visitor.text
    assert "71.7" not in visitor.text and "회원 통계" in visitor.text  # told that it is shut

    # Another reader opens the same address: the same figures, and what that reader may see.
    link = shared(visitor)
    assert link.startswith(f"{portal.url}/research/statistics/compare/?")
    member = enter("regular", language="en").open(link)
    assert "71.7" in member.text and "36.3" in member.text and "30.0" not in member.text
    assert "Use of games" in member.text and shared(member) == link
    [csv_href] = member.page.xpath("//main//a[contains(@href, 'compare.csv')]/@href")
    assert "71.7" in member.download(csv_href).decode()
    told = json.loads(visitor.download(link.replace("compare/", "compare.json")))
    assert {row["code"]: [point["value"] for point in row["values"]] for row in told["series"]} == {
        "usage": ["60.1", TOTAL], "games": ["33.0", "36.3"],
    }  # fmt: skip
    assert set(told["shut"]) == {"closed"}
    visitor.open(f"{link}&index=1")
    assert "2024년=100" in visitor.text and "110.0" in visitor.text
    visitor.open("/research/statistics/compare.csv?s=closed", 403)
    visitor.open("/research/statistics/compare.csv", 404)


def test_the_field_at_a_glance(portal, people, enter, usage):
    closed = factories.make_series(
        "closed", tiers=(people.regular_tier,), audience="members", is_key=True, topic="games",
        name_ko="게임 매출", unit_ko="억원",
    )  # fmt: skip
    factories.make_values(closed, {"2024": "700.0", "2025": "777.0"})
    visitor = enter().open("/research/").open("/research/statistics/industry/")
    assert len(visitor.page.xpath("//main//section//h2")) == 7  # the fields of the charter
    assert f"{TOTAL} %" in visitor.text and "1.4" in visitor.text  # and how it changed in a year
    assert "게임 매출" in visitor.text and "777.0" not in visitor.text
    assert "시연용 표본" in visitor.text
    member = enter("regular").open("/research/statistics/industry/")
    assert "777.0 억원" in member.text
    english = enter(language="en").open("/research/statistics/industry/")
    assert "Sample data" in english.text and "against a year before" in english.text

    # A new figure is there with the next look; one that is withdrawn is not.
    editor = enter("editor").open(f"/staff/statistics/{usage.pk}/")
    editor.press("/value/", period="2026", value="66.6", mark="p")
    assert "66.6" in visitor.open("/research/statistics/industry/").text
    editor.open(f"/staff/statistics/{usage.pk}/").press("/withdraw/", reason="점검")
    assert "66.6" not in visitor.open("/research/statistics/industry/").text
