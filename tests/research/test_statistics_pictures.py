"""What has no room in a picture of figures, the picture says: on its page and where it is alone."""

from decimal import Decimal as D
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from research.statistics.regions import KOSIS
from tests import factories

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


def alone(client: Client, address: str) -> Any:
    answer = client.get(f"/research/statistics/{address}")
    assert answer.status_code == 200, answer.content.decode()
    return etree.fromstring(answer.content)


def words_of(root: Any, name: str = "text") -> list[str]:
    return [element.text for element in root.iter(f"{SVG}{name}")]


def test_what_is_beyond_eight_parts_of_a_stack_stands_in_the_last(login: Any) -> None:
    """And still they add up; where a part has no value, the picture names it."""
    series = factories.make_series("parts", by_region=True, adds_up=True)
    places = list(KOSIS)[:10]
    values: dict[tuple[str, ...] | str, str] = {
        (year, place): f"{number}.5" for year in ("2024", "2025")
        for number, place in enumerate(places)
    }  # fmt: skip
    del values["2024", places[9]]
    factories.make_values(series, values)
    visitor, query = login("visitor"), "?by=region&chart=stacked"
    root = alone(visitor, f"parts.svg{query}")
    hints = [words for words in words_of(root, "title") if words]
    assert [words for words in hints if words.startswith("기타")] == [
        "기타 2024: 16.0", "기타 2025: 25.5",
    ]  # fmt: skip
    drawn = [D(words.rpartition(" ")[2]) for words in hints if " 2025: " in words]
    assert (len(drawn), sum(drawn)) == (8, D("50.0"))
    notes = ["기타: 세종, 경기, 강원", "값이 없어 기타에 더하지 않은 기간이 있는 항목: 강원"]
    assert [words for words in words_of(root) if "기타" in words] == ["기타", *notes]
    page = visitor.get(f"/research/statistics/parts/{query}").content.decode()
    assert page.count(notes[0]) == 2  # for a desk and for a phone
    eight = "".join(f"&pick={place}" for place in places[:8])
    assert "기타" not in str(words_of(alone(visitor, f"parts.svg{query}{eight}"), "title"))


def test_bars_that_have_no_room_are_told_of(login: Any) -> None:
    """Below the picture and to those who do not see it; a desk has room for more than a phone."""
    long = factories.make_series("long", frequency="month")
    months = [f"{year}-{month:02}" for year in range(2016, 2026) for month in range(1, 13)]
    factories.make_values(long, dict.fromkeys(months, "5.0"))
    visitor = login("visitor")
    for address in ("long.svg?chart=bar", "compare.svg?s=long&chart=bar"):
        root = alone(visitor, address)
        bars = [words for words in words_of(root, "title") if words.endswith(": 5.0")]
        assert 0 < len(bars) < len(months)
        first = bars[0].split()[-2].removesuffix(":")
        note = f"자리가 모자라 {first}부터의 막대만 표시합니다."
        assert note in words_of(root) and words_of(root, "desc")[0].endswith(note)
    for kind, least in (("line", 0), ("bar", 2)):
        page = visitor.get(f"/research/statistics/long/?chart={kind}").context_data["chart"]
        assert page.count("</desc>") == 2 and page.count("막대만 표시합니다.</desc>") == least
    short = alone(visitor, "long.svg?chart=bar&from=2025-01")
    assert "자리가 모자라" not in str([words_of(short), words_of(short, "desc")])


def test_a_map_says_not_available_of_nothing_that_was_not_asked(login: Any) -> None:
    series = factories.make_series("map", by_region=True)
    factories.make_values(series, {("2025", "seoul"): "2.5", ("2025", "busan"): "3.5"})
    hints = words_of(alone(login("visitor"), "map.svg?by=region"), "title")[1:]
    assert {"서울: 2.5", "부산: 3.5", "제주: …"} <= set(hints) and len(hints) >= len(KOSIS)
    picked = alone(login("visitor"), "map.svg?by=region&pick=seoul&pick=jeju")
    told = [words for words in words_of(picked, "title")[1:] if ": " in words]
    assert told == ["서울: 2.5", "제주: …"]
    assert "부산" in words_of(picked) and words_of(picked).count("…") == 1


REGIONS = {"by_region": True}
SHAPES = {"plain": {}, "regions": REGIONS, "whole": {**REGIONS, "adds_up": True}}
UNDRAWN = (
    ("plain", "chart=map", "지도는 지역마다 선이 있어야 그릴 수 있습니다. 대신 그린 차트: 선"),
    ("plain", "chart=stacked",
     "막대를 쌓으려면 나눈 항목마다 선이 있어야 합니다. 대신 그린 차트: 막대"),
    ("regions", "by=region&chart=stacked",
     "이 통계의 항목은 더해도 합계가 되지 않아 쌓을 수 없습니다. 대신 그린 차트: 막대"),
    ("whole", "by=&chart=map", "지도는 지역마다 선이 있어야 그릴 수 있습니다. 대신 그린 차트: 선"),
    ("whole", "by=region&chart=stacked&to=2025",
     "0보다 작은 항목이 있어 쌓을 수 없습니다. 대신 그린 차트: 막대"),
    ("whole", "by=region&chart=stacked&from=2026", ""),
    ("whole", "by=region&chart=map", ""),
    ("whole", "by=region&chart=pie", ""),
)  # fmt: skip


def reason(told: str) -> str:
    """Of a page's sentence: for a file, of which nothing is drawn, that alone."""
    return told.partition(" 대신 그린")[0]


@pytest.mark.parametrize(("code", "query", "sentence"), UNDRAWN)
def test_a_chart_that_cannot_be_drawn_is_told_of(login, code: str, query: str, sentence) -> None:
    """With what is drawn instead; the form does not offer it, and no picture is made of it."""
    series = factories.make_series(code, **SHAPES[code])
    values: dict[tuple[str, ...] | str, str] = {"2025": "1.0", "2026": "3.0"}
    if series.by_region:
        values |= {("2025", "seoul"): "-1.0", ("2025", "busan"): "2.0", ("2026", "seoul"): "3.0"}
    factories.make_values(series, values)
    visitor = login("visitor")
    answer = visitor.get(f"/research/statistics/{code}/?{query}")
    page, text = answer.context_data, answer.content.decode()
    assert page["why_not_drawn"] == sentence
    assert (sentence in text) if sentence else ("대신 그린 차트" not in text)
    wanted = query.partition("chart=")[2].partition("&")[0]
    offered = [value for value, _label in page["form"].fields["chart"].choices]
    assert (wanted in offered) is (not sentence and wanted != "pie")
    assert page["selection"].chart in offered
    picture = visitor.get(f"/research/statistics/{code}.svg?{query}")
    if sentence:
        assert (picture.status_code, picture.content.decode()) == (400, reason(sentence))
        drawn = visitor.get(f"/research/statistics/{code}.svg?{page['files_query']}")
        assert drawn.status_code == 200
    else:
        assert picture.status_code == (400 if wanted == "pie" else 200)


def parts(count: int) -> dict[str, Any]:
    categories = [[f"c{number}", f"분류{number}", ""] for number in range(count)]
    return {"name_ko": f"구분{count}", "name_en": "", "categories": categories}


def test_others_hide_no_part_below_zero(login: Any) -> None:
    """Though what they are together lies above it."""
    series = factories.make_series("hidden", adds_up=True, breakdowns=[parts(10)])
    values = {("2025", "", f"c{number}"): "1.0" for number in range(9)}
    factories.make_values(series, {"2025": "8.5", **values, ("2025", "", "c9"): "-0.5"})
    visitor, query = login("visitor"), "?by=first&chart=stacked"
    page = visitor.get(f"/research/statistics/hidden/{query}").context_data
    told = "0보다 작은 항목이 있어 쌓을 수 없습니다. 대신 그린 차트: 막대"
    assert (page["selection"].chart, page["why_not_drawn"]) == ("bar", told)
    assert "기타" not in page["chart"]
    assert visitor.get(f"/research/statistics/hidden.svg{query}").content.decode() == reason(told)


def test_the_second_breakdown_is_not_stacked(login: Any) -> None:
    """Nobody says that it adds up: here 9 and 8 stand over a total of 10."""
    factories.make_values(
        factories.make_series("two", adds_up=True, breakdowns=[parts(2), parts(3)]),
        {
            "2025": "10.0", ("2025", "", "c0"): "4.0", ("2025", "", "c1"): "6.0",
            ("2025", "", "", "c0"): "9.0", ("2025", "", "", "c1"): "8.0",
        },
    )  # fmt: skip
    visitor = login("visitor")
    shown = {
        by: visitor.get(f"/research/statistics/two/?by={by}&chart=stacked").context_data
        for by in ("first", "second")
    }
    told = "이 분류의 항목은 더해서 합계가 된다고 할 수 없어 쌓을 수 없습니다. 대신 그린 차트: 막대"
    assert [(page["selection"].chart, page["why_not_drawn"]) for page in shown.values()] == [
        ("stacked", ""), ("bar", told),
    ]  # fmt: skip
    fields = [page["form"].fields["chart"] for page in shown.values()]
    offered = [[value for value, _label in field.choices] for field in fields]
    assert offered == [["line", "bar", "stacked"], ["line", "bar"]]
    picture = visitor.get("/research/statistics/two.svg?by=second&chart=stacked")
    assert (picture.status_code, picture.content.decode()) == (400, reason(told))


def test_a_map_of_shut_regions_is_told_of_with_the_reason(cast, login) -> None:
    """And the figures, which have no chart, are given as far as they are open."""
    tiers = (cast.regular_tier,)
    series = factories.make_series("shut", audience="detail", tiers=tiers, by_region=True)
    factories.make_values(series, {"2025": "1.0", ("2025", "seoul"): "2.0"})
    query, visitor = "by=region&chart=map", login("visitor")
    page = visitor.get(f"/research/statistics/shut/?{query}").context_data
    told = f"{page['reading'].why_not} 대신 그린 차트: 선"
    assert page["why_not_drawn"] == told
    assert visitor.get(f"/research/statistics/shut.svg?{query}").content.decode() == reason(told)
    assert visitor.get(f"/research/statistics/shut.csv?{query}").status_code == 200
    assert login("regular").get(f"/research/statistics/shut.svg?{query}").status_code == 200
    for kind in ("csv", "json", "xlsx"):
        answer = visitor.get(f"/research/statistics/shut.{kind}?by=&chart=map")
        assert answer.status_code == 400
