"""Charts say what they show, exactly, and carry neither script nor style."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from itertools import pairwise

import pytest
from lxml import etree

from research.charts import Figure, Trace, bar_chart, line_chart, region_map, spark, stacked_chart
from research.charts.axes import SIZE, tick_label, ticks
from research.charts.svg import width_of
from research.charts.tiles import shade

SVG = "{http://www.w3.org/2000/svg}"


def figure(*traces: Trace, labels: tuple[str, ...] = ("2024", "2025", "2026")) -> Figure:
    starts = [date(int(label), 1, 1) for label in labels]
    return Figure("이용률 <sample>", "말로 한 설명", "%", labels, traces, 1, starts, ["시연용"])


TWO = (
    Trace("20대 & 30대", [D("1.0"), None, D("3.0")], frozenset({2})),
    Trace("전체", [D("2.0"), D("2.5"), D("4.0")]),
)


@pytest.mark.parametrize("chart", [line_chart, bar_chart, stacked_chart])
@pytest.mark.parametrize("is_narrow", [False, True])
def test_chart_is_named_described_and_plain(chart, is_narrow: bool) -> None:
    picture = chart(figure(*TWO), "c", is_narrow=is_narrow)
    root = etree.fromstring(picture)
    assert root.find(f"{SVG}title").text == "이용률 <sample>"
    assert root.find(f"{SVG}desc").text == "말로 한 설명"
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "c-title c-summary"
    assert "시연용" in "".join(root.itertext())
    assert "20대 & 30대 2026: 3.0" in "".join(root.itertext())
    for forbidden in ("style=", "<style", "<script", "href"):
        assert forbidden not in picture
    width = float(root.get("viewBox").split()[2])
    for element in root.iter():
        for name in ("x", "x1", "x2", "cx"):
            assert 0 <= float(element.get(name, 0)) <= width


@pytest.mark.parametrize("quarters", range(4, 45))
def test_labels_below_keep_their_distance(quarters: int) -> None:
    """Also the last one, which the edge moves inwards."""
    labels = [f"{2015 + n // 4}-Q{n % 4 + 1}" for n in range(quarters)]
    starts = [date(2015 + n // 4, n % 4 * 3 + 1, 1) for n in range(quarters)]
    values = [D(n) for n in range(quarters)]
    drawn = line_chart(
        replace(figure(Trace("전체", values)), labels=labels, starts=starts), "c", is_narrow=True
    )
    ticks = [
        (float(label.get("x")), label.text)
        for label in etree.fromstring(drawn).iter(f"{SVG}text")
        if label.get("class") == "tick middle"
    ]
    assert ticks[-1][1] == labels[-1]
    apart = [right[0] - left[0] for left, right in pairwise(ticks)]
    assert min(apart, default=99) >= width_of(labels[-1], SIZE) + 10


@pytest.mark.parametrize("chart", [line_chart, bar_chart, stacked_chart])
@pytest.mark.parametrize("notes", [0, 1, 9])
def test_words_around_a_drawing_leave_it_its_room(chart, notes: int) -> None:
    """On a phone: a long legend and long notes make the picture higher, never the drawing flat."""
    eight = [Trace(f"이름이 꽤 긴 통계 {n}", [D(n), D(3), D(9)]) for n in range(8)]
    words = [
        f"{n}번째 참고: 세로로 여러 줄을 차지할 만큼 긴 문장이 그림 아래에 있습니다"
        for n in range(notes)
    ]
    root = etree.fromstring(chart(replace(figure(*eight), notes=words), "c", is_narrow=True))
    heights = [
        float(line.get("y1")) for line in root.iter(f"{SVG}line") if line.get("class") == "grid"
    ]
    assert heights[0] - heights[-1] >= 160  # from the least value up to the greatest
    names = [float(t.get("y")) for t in root.iter(f"{SVG}text") if t.get("class") == "name"]
    told = [float(t.get("y")) for t in root.iter(f"{SVG}text") if t.get("class") == "note"][1:]
    assert max(names) < heights[-1] and all(heights[0] < y for y in told)
    assert max([*told, heights[0]]) < float(root.get("viewBox").split()[3])


def test_line_has_a_gap_where_a_value_is_missing_and_goes_on_where_there_is_none() -> None:
    root = etree.fromstring(line_chart(figure(*TWO), "c"))
    gapped, whole = [
        path.get("d") for path in root.iter(f"{SVG}path") if path.get("class") == "stroke"
    ]
    assert (gapped.count("M"), whole.count("M")) == (2, 1)
    skipping = Trace("a", [D(1), None, D(3)], skips=frozenset({1}))
    root = etree.fromstring(line_chart(figure(skipping), "c"))
    [path] = [path.get("d") for path in root.iter(f"{SVG}path") if path.get("class") == "stroke"]
    assert (path.count("M"), path.count("L")) == (1, 1)


def test_bars_lie_exactly_between_zero_and_their_value() -> None:
    root = etree.fromstring(bar_chart(figure(Trace("a", [D(-5), D(5), D(10)])), "c"))
    heights = [float(bar.get("height")) for bar in root.iter(f"{SVG}rect")]
    assert heights[0] == heights[1]
    assert heights[2] == pytest.approx(2 * heights[1], abs=0.2)


def test_stacked_parts_stand_on_one_another() -> None:
    parts = [Trace("a", [D(1)]), Trace("b", [D(3)])]
    root = etree.fromstring(stacked_chart(figure(*parts, labels=("2026",)), "c"))
    low, high = list(root.iter(f"{SVG}rect"))
    assert float(high.get("y")) + float(high.get("height")) == pytest.approx(
        float(low.get("y")), abs=0.2
    )
    assert float(high.get("height")) == pytest.approx(3 * float(low.get("height")), abs=0.3)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        ("0", "1", ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ("0", "0.3", ["0", "0.1", "0.2", "0.3"]),
        ("38.1", "88.4", ["20", "40", "60", "80", "100"]),
        ("-3", "7", ["-4", "-2", "0", "2", "4", "6", "8"]),
        ("5", "5", ["4", "4.5", "5", "5.5", "6"]),
        ("0", "0", ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ("0", "12345678", ["0", "2,500,000", "5,000,000", "7,500,000", "10,000,000", "12,500,000"]),
    ],
)
def test_ticks_are_round_and_hold_all_values(low: str, high: str, labels: list[str]) -> None:
    found = ticks(D(low), D(high))
    assert [tick_label(mark) for mark in found] == labels
    assert found[0] <= D(low) <= D(high) <= found[-1]


def test_map_shades_by_equal_intervals_and_says_every_value() -> None:
    values = {"seoul": D(10), "busan": D(0), "jeju": D(5), "daegu": None, "newland": D(7)}
    names = {"seoul": "서울", "busan": "부산", "jeju": "제주", "daegu": "대구", "newland": "새도",
             "ulsan": "울산"}  # fmt: skip
    root = etree.fromstring(region_map(figure(), "m", names, values))
    tiles = {group.find(f"{SVG}title").text: group.get("class") for group in root.iter(f"{SVG}g")
             if group.find(f"{SVG}title") is not None}  # fmt: skip
    assert tiles == {
        "서울: 10.0": "tile shade-4",
        "부산: 0.0": "tile shade-0",
        "제주: 5.0": "tile shade-2",
        "대구: …": "tile",
        "울산": "tile",
        "새도: 7.0": "tile shade-3",
    }
    assert shade(D(1), D(1), D(1)) == 2


def test_an_empty_figure_is_drawn_empty() -> None:
    assert spark([None, D(1)]) == ""
    empty = Figure("a", "b", "%", [], [], 0)
    for chart in (line_chart, bar_chart, stacked_chart):
        assert etree.fromstring(chart(empty, "c")).tag == f"{SVG}svg"


@pytest.mark.parametrize("chart", [bar_chart, stacked_chart])
def test_the_axis_reckons_with_the_periods_that_are_drawn(chart) -> None:
    """What there is no room for would press down the rest."""
    labels = tuple(str(1800 + n) for n in range(200))
    tall = [Trace(name, [D(1000)] * 20 + [D(4)] * 180) for name in ("a", "b")]
    root = etree.fromstring(chart(figure(*tall, labels=labels), "c", is_narrow=True))
    hints = [words for words in (e.text for e in root.iter(f"{SVG}title")) if ": " in words]
    assert {words.rpartition(" ")[2] for words in hints} == {"4.0"}
    marks = [t.text for t in root.iter(f"{SVG}text") if t.get("class") == "tick end"]
    assert marks[-1] == {bar_chart: "4", stacked_chart: "8"}[chart]
