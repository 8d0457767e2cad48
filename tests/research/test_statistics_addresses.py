"""What the links of a page of figures lead to: the same figures, in every kind of file; and what a
comparison leaves out, with the reason."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from openpyxl import load_workbook

from kosna.core import clock
from research.models import Observation, Series
from research.statistics.selection import selected
from tests import factories
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
PAGE = "/research/statistics/divided/"
AGES = [
    {
        "name_ko": "연령",
        "name_en": "Age",
        "categories": [["young", "청년", "Young"], ["old", "장년", "Old"]],
    }
]
VALUES: dict[tuple[str, ...] | str, str] = {
    "2024": "60.1",
    "2025": "70.2",
    ("2025", "busan"): "11.1",
    ("2025", "", "young"): "22.2",
    ("2025", "busan", "young"): "33.3",
    ("2024", "", "old"): "44.4",
}
ONE_LINE = {"60.1", "70.2"}


@pytest.fixture
def divided(cast: Cast) -> Series:
    """By region and by age, the detail for regular members."""
    series = factories.make_series(
        "divided", audience="detail", tiers=(cast.regular_tier,), by_region=True, breakdowns=AGES
    )
    factories.make_values(series, VALUES)
    return series


def shown_on(client: Client, address: str) -> set[str]:
    """The figures in the table of a page."""
    rows = client.get(address).context_data["table"].rows
    return {cell for _label, cells in rows for cell in cells if cell}


def held_in(client: Client, address: str) -> set[str]:
    """The figures of a file."""
    answer = client.get(address)
    content = b"".join(answer)
    assert answer.status_code == 200, content
    if ".json" in address:
        return {row["value"] for row in json.loads(content)["observations"]}
    if ".xlsx" in address:
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        rows = [list(row) for row in sheet.values]
    else:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    head = next(n for n, row in enumerate(rows) if row[0] == "시점")
    value = next(n for n, name in enumerate(rows[head]) if str(name).startswith("값"))
    return {str(row[value]) for row in rows[head + 1 :]}


def text_of(content: bytes, kind: str) -> str:
    if kind != "xlsx":
        return content.decode()
    return str(list(load_workbook(io.BytesIO(content)).worksheets[0].values))


def links_of(client: Client, address: str, kind: str) -> list[str]:
    """The addresses of one kind of file on a page, in their order."""
    text = unescape(client.get(address).content.decode())
    parts = text.split('href="')[1:]
    return [part.partition('"')[0] for part in parts if part.startswith(PAGE[:-1] + f".{kind}")]


QUERIES = (
    ("", {"60.1", "70.2", "22.2", "44.4"}),
    ("?by=", ONE_LINE),
    ("?by=&region=busan", {"11.1"}),
    ("?by=&first=young&chart=bar", {"22.2"}),
    ("?by=first&pick=old", {"44.4"}),
    ("?by=first&region=busan", {"11.1", "33.3"}),
    ("?by=region&chart=line", {"60.1", "70.2", "11.1"}),
    ("?by=region&first=young", {"22.2", "33.3"}),
    ("?by=first&from=2025", {"70.2", "22.2"}),
)


@pytest.mark.parametrize(("query", "figures"), QUERIES)
def test_files_and_the_shared_link_give_what_is_shown(
    divided: Series, login: Any, query: str, figures: set[str]
) -> None:
    client = login("regular")
    assert shown_on(client, f"{PAGE}{query}") == figures
    page = client.get(f"{PAGE}{query}").context_data
    shared = client.get(f"{PAGE}{page['link'].partition('divided/')[2]}").context_data
    assert shared["selection"] == page["selection"]
    for kind in ("csv", "xlsx", "json"):
        assert held_in(client, links_of(client, f"{PAGE}{query}", kind)[0]) == figures, kind
    picture = client.get(links_of(client, f"{PAGE}{query}", "svg")[0]).content.decode()
    title = picture.partition("</desc>")[0].partition("<desc")[2].partition(">")[2]
    assert title and title in page["chart"]


def test_an_address_that_names_no_lines_is_narrowed_by_what_it_fixes(
    divided: Series, login: Any
) -> None:
    """Also by that which would otherwise be its lines."""
    factories.make_values(
        factories.make_series("reg", by_region=True),
        {"2025": "1.5", ("2025", "seoul"): "2.5", ("2025", "busan"): "3.5"},
    )
    regular, root = login("regular"), "/research/statistics"
    for kind in ("csv", "xlsx", "json"):
        assert held_in(regular, f"{root}/reg.{kind}?region=seoul") == {"2.5"}
        assert held_in(regular, f"{root}/divided.{kind}?first=young") == {"22.2", "33.3"}
        both = f"{root}/divided.{kind}?first=young&region=busan"
        assert held_in(regular, both) == {"33.3"}
    assert shown_on(regular, f"{root}/reg/?region=seoul") == {"2.5"}
    assert shown_on(regular, f"{root}/divided/?first=young") == {"22.2", "33.3"}
    assert "서울 2025: 2.5" in regular.get(f"{root}/reg.svg?region=seoul").content.decode()


@pytest.mark.parametrize(
    ("query", "odd"),
    [("by=&pick=young", "pick=young"), ("by=region&pick=young", "pick=young"),
     ("by=first&first=young", "first=young"), ("by=region&region=busan", "region=busan"),
     ("by=region&chart=map&at=1999", "at=1999"), ("by=region&at=2025&to=2024", "at=2025")],
)  # fmt: skip
def test_no_file_is_made_of_what_would_narrow_nothing(
    divided: Series, login: Any, query: str, odd: str
) -> None:
    """The page's form sends some of it along; its links do not."""
    regular = login("regular")
    for kind in ("csv", "xlsx", "json", "svg"):
        answer = regular.get(f"/research/statistics/divided.{kind}?{query}")
        assert answer.status_code == 400
        assert odd in (answer.json()["error"] if kind == "json" else answer.content.decode())
    page = regular.get(f"{PAGE}?{query}").context_data
    assert page["odd"] == ([odd] if odd.startswith("at") else [])
    answer = regular.get(f"/research/statistics/divided.csv?{page['files_query']}")
    assert answer.status_code == 200


def test_all_values_have_links_of_their_own(divided: Series, login: Any) -> None:
    """And an address that names no lines holds what it always held."""
    client = login("regular")
    for kind in ("csv", "xlsx", "json"):
        _shown, everything = links_of(client, f"{PAGE}?by=", kind)
        assert everything == f"/research/statistics/divided.{kind}"
        assert held_in(client, everything) == set(VALUES.values())
        assert held_in(client, f"{everything}?from=2025") == {"70.2", "11.1", "22.2", "33.3"}
        assert held_in(client, f"{everything}?region=busan") == {"11.1", "33.3"}
    visitor = login("visitor")
    assert links_of(visitor, f"{PAGE}?a=1", "csv") == ["/research/statistics/divided.csv?by="]
    assert held_in(visitor, "/research/statistics/divided.csv") == ONE_LINE


@pytest.mark.parametrize("code", ["divided", "plain"])
@pytest.mark.parametrize(
    "query",
    ["", "by=", "by=first", "by=region", "by=region&chart=line", "by=&chart=bar", "by=first&"
     "region=busan&pick=old&from=2024&to=2025&as_of=2026-01-01", "by=region&at=2024"],
)  # fmt: skip
def test_a_selection_is_read_back_from_its_address(divided: Series, code: str, query: str) -> None:
    factories.make_series("plain")
    series = Series.objects.with_access().get(code=code)
    chosen = selected(series, QueryDict(query), sees_detail=True)
    said = chosen.query(series)
    assert selected(series, QueryDict(said), sees_detail=True) == chosen
    assert ("by=" in said) is (code == "divided")


def test_no_figure_is_known_on_a_day_to_come(divided: Series, login: Any) -> None:
    """Wherever the day is told: page, note, files, comparison, links."""
    visitor = login("visitor")
    with clock.standing_at(clock.now() + timedelta(days=1)):
        today, asked = clock.today(), "as_of=2188-01-01"
        page = visitor.get(f"{PAGE}?{asked}")
        assert page.context_data["selection"].as_of == today
        compared = visitor.get(f"/research/statistics/compare/?s=divided&{asked}")
        assert compared.context_data["found"].wanted.as_of == today
        for answer in (page, compared):
            # The way to the other language leads back to the very address.
            words = re.sub(r'name="next" value="[^"]*"', "", answer.content.decode())
            assert "2188" not in words
        for kind in ("csv", "svg", "json", "xlsx"):
            for address in ("divided", "compare"):
                file = visitor.get(f"/research/statistics/{address}.{kind}?s=divided&{asked}")
                assert "2188" not in text_of(b"".join(file), kind)
        facts = visitor.get(f"/research/statistics/divided.json?{asked}").json()
        assert facts["as_of"] == today.isoformat()
        earlier = visitor.get(f"/research/statistics/divided.json?as_of={today - timedelta(1)}")
        assert earlier.json()["as_of"] == (today - timedelta(1)).isoformat()


def test_a_korean_day_begins_nine_hours_early(divided: Series) -> None:
    with clock.standing_at(datetime(2026, 11, 26, 15, 30, tzinfo=UTC)):
        chosen = selected(divided, QueryDict("as_of=2026-11-28"), sees_detail=True)
        assert str(chosen.as_of) == "2026-11-27"


@pytest.mark.parametrize(
    "misread", ["s=nothing", "from=20", "from=1800", "as_of=2026-02-30", "chart=pie"]
)
def test_the_files_of_a_comparison_hold_what_was_understood(login: Any, misread: str) -> None:
    """A page leaves out what makes no sense, so that its links and the one to be passed on do."""
    for number in range(7):
        factories.make_values(factories.make_series(f"s{number}"), {"2024": "1.0", "2025": "2.0"})
    visitor, five = login("visitor"), "&".join(f"s=s{number}" for number in range(5))
    page = "/research/statistics/compare/"
    asked = f"{five}&to=2024&index=1&{misread}"
    context = visitor.get(f"{page}?{asked}").context_data
    assert context["odd"] == [misread]
    assert context["link"].endswith(f"/compare/?{context['query']}")
    for kind in ("csv", "xlsx", "json", "svg"):
        answer = visitor.get(f"/research/statistics/compare.{kind}?{context['query']}")
        assert (answer.status_code, bool(b"".join(answer))) == (200, True)
    again = visitor.get(f"{page}?{context['query']}").context_data
    known = tuple(f"s{number}" for number in range(5))
    assert again["odd"] == [] and again["found"].wanted.codes == known
    assert again["found"].wanted == replace(context["found"].wanted, codes=known)
    assert (context["found"].wanted.end, len(again["found"].lines)) == (date(2024, 12, 1), 5)


def test_a_seventh_series_is_too_many_and_not_unknown(login: Any) -> None:
    for number in range(8):
        factories.make_values(factories.make_series(f"s{number}"), {"2025": "1.0"})
    visitor, asked = login("visitor"), "&".join(f"s=s{number}" for number in range(8))
    answer = visitor.get(f"/research/statistics/compare/?{asked}&s=s0")
    context, told = answer.context_data, "통계는 6개까지 비교합니다. 뺀 것: s6, s7"
    assert (context["too_many"], context["odd"]) == (told, [])
    assert f"<p>{told}</p>" in answer.content.decode()
    assert [series.code for series, _line in context["found"].lines] == [f"s{n}" for n in range(6)]
    for kind in ("csv", "xlsx", "json", "svg"):
        refused = visitor.get(f"/research/statistics/compare.{kind}?{asked}")
        said = refused.json()["error"] if kind == "json" else refused.content.decode()
        assert (refused.status_code, said) == (400, told)
        file = visitor.get(f"/research/statistics/compare.{kind}?{context['query']}")
        assert (file.status_code, bool(b"".join(file))) == (200, True)
    assert (
        visitor.get(f"/research/statistics/compare/?{context['query']}").context_data["too_many"]
        == ""
    )


def test_the_files_of_a_comparison_keep_the_marks(login: Any) -> None:
    one, two = (
        factories.make_series("one", name_ko="하나"),
        factories.make_series("two", name_ko="둘"),
    )
    factories.make_values(one, {"2024": "4.0"})
    factories.make_values(one, {"2025": "5.0"}, mark="p")
    factories.make_values(two, {"2025": "6.0"}, mark="r")
    visitor = login("visitor")
    text = visitor.get("/research/statistics/compare.csv?s=one&s=two").content.decode("utf-8-sig")
    *above, headings, first, second = csv.reader(io.StringIO(text))
    book = b"".join(visitor.get("/research/statistics/compare.xlsx?s=one&s=two"))
    sheet = list(load_workbook(io.BytesIO(book)).worksheets[0].values)
    assert ["부호: p 잠정치, r 개정치, … 자료 없음"] in above
    assert headings == ["시점", "하나 (%)", "부호: 하나", "둘 (%)", "부호: 둘"] == list(sheet[-3])
    assert [first, second] == [["2024", "4.0", "", "", ""], ["2025", "5.0", "p", "6.0", "r"]]
    assert sheet[-2:] == [("2024", 4, None, None, None), ("2025", 5, "p", 6, "r")]


@pytest.fixture
def unlike(cast: Cast) -> None:
    for code, value, earlier in (
        ("from-nought", "0", "0"),
        ("loss", "5", "-2"),
        ("gain", "6", "3"),
    ):
        series = factories.make_series(code, name_ko=f"통계 {code}", places=0)
        factories.make_values(series, {"2024": earlier, "2025": value})


def test_what_cannot_be_indexed_is_named_with_the_reason(unlike: None, login: Any) -> None:
    visitor = login("visitor")
    query = "?s=from-nought&s=gain&s=loss&index=1"
    page = visitor.get(f"/research/statistics/compare/{query}")
    found = page.context_data["found"]
    assert [series.code for series, _line in found.lines] == ["gain"]
    sentences = found.left_out
    assert len(sentences) == 2
    for sentence, name, value in zip(
        sentences, ("통계 from-nought", "통계 loss"), ("0", "-2"), strict=True
    ):
        assert name in sentence and "2024년" in sentence and f"{value}" in sentence
        assert f"<li>{sentence}</li>" in page.content.decode()
    notes = visitor.get(f"/research/statistics/compare.json{query}").json()["notes"]
    assert notes[-2:] == sentences
    above = visitor.get(f"/research/statistics/compare.csv{query}").content.decode()
    rows = load_workbook(
        io.BytesIO(b"".join(visitor.get(f"/research/statistics/compare.xlsx{query}")))
    ).worksheets[0]
    for sentence in sentences:
        assert sentence in above
        assert sentence in [row[0] for row in rows.values]
    assert "통계 loss" in visitor.get(f"/research/statistics/compare.svg{query}").content.decode()


@pytest.mark.parametrize("other", ["late", "none"])
def test_what_is_left_out_has_no_say_in_the_base(login: Any, other: str) -> None:
    """Neither by the period at which its value is no root, nor by having none at all."""
    years = ("2020", "2021", "2022")
    for code, values in (("a", ("2.0", "3.0", "4.0")), ("b", ("5.0", "10.0", "20.0"))):
        factories.make_values(factories.make_series(code), dict(zip(years, values, strict=True)))
    late = factories.make_series("late", name_ko="늦은 통계", frequency="quarter")
    factories.make_values(late, {"2021-Q1": "0.0", "2022-Q1": "3.0"})
    none = factories.make_series("none", name_ko="없는 통계")
    Observation.objects.create(series=none, period=date(2021, 1, 1), value=None)
    facts = login("visitor").get(f"/research/statistics/compare.json?s=a&s={other}&s=b&index=1")
    told = facts.json()
    values = [[row["value"] for row in series["values"]] for series in told["series"]]
    assert values == [["100.0", "150.0", "200.0"], ["100.0", "200.0", "400.0"]]
    assert told["base"] == "2020년"
    why = {"late": "늦은 통계", "none": "없는 통계"}[other]
    assert why in told["notes"][-1] and ("2021년 1분기" in told["notes"][-1]) is (other == "late")


def test_left_out_of_one_base_a_line_has_its_100_at_the_next(login: Any) -> None:
    for code, values in {
        "steady": {"2020": "1.0", "2024": "2.0"}, "dipped": {"2020": "5.0", "2024": "0.0"},
        "begun": {"2024": "0.0", "2025": "3.0"},
    }.items():  # fmt: skip
        factories.make_values(factories.make_series(code, name_ko=code), dict(values))
    query = "?s=steady&s=dipped&s=begun&index=1"
    told = login("visitor").get(f"/research/statistics/compare.json{query}").json()
    assert [series["code"] for series in told["series"]] == ["steady", "dipped"]
    assert (told["base"], "begun" in told["notes"][-1]) == ("2020년", True)


def test_nothing_that_can_be_indexed_is_no_riddle(unlike: None, login: Any) -> None:
    visitor, query = login("visitor"), "?s=from-nought&index=1"
    page = visitor.get(f"/research/statistics/compare/{query}")
    [sentence] = page.context_data["found"].left_out
    words = page.content.decode()
    assert sentence in words and "둘 이상 고르세요" not in words
    for kind in ("csv", "xlsx", "svg", "json"):
        answer = visitor.get(f"/research/statistics/compare.{kind}{query}")
        said = answer.json()["error"] if kind == "json" else answer.content.decode()
        assert (answer.status_code, said) == (400, sentence)
    plain = visitor.get("/research/statistics/compare/?s=from-nought").context_data["found"]
    assert (len(plain.lines), plain.left_out) == (1, [])


def test_a_series_without_values_is_named_too(unlike: None, login: Any) -> None:
    empty = factories.make_series("unknown", name_ko="통계 미상")
    Observation.objects.create(series=empty, period=date(2025, 1, 1), value=None)
    page = login("visitor").get("/research/statistics/compare/?s=gain&s=unknown&index=1")
    found = page.context_data["found"]
    assert [series.code for series, _line in found.lines] == ["gain"]
    assert ["통계 미상" in sentence for sentence in found.left_out] == [True]


def test_links_of_a_page_are_of_what_it_understood(divided: Series, login: Any) -> None:
    """Also where the time that was asked for ends before it begins."""
    visitor, backwards = login("visitor"), "from=2025&to=2024"
    assert visitor.get(f"{PAGE}?{backwards}").context_data["odd"] == backwards.split("&")
    for kind in ("csv", "xlsx", "json", "svg"):
        for link in links_of(visitor, f"{PAGE}?{backwards}", kind):
            answer = visitor.get(link)
            assert (answer.status_code, bool(b"".join(answer))) == (200, True)
