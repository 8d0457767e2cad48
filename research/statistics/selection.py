"""What the address of a series asks for: which lines, from when to when, drawn how, as known when.
Whatever makes no sense there asks for nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from research.models import Series
from research.statistics import periods, regions

REGION, FIRST, SECOND = "region", "first", "second"
DIMENSIONS = (REGION, FIRST, SECOND)
CHARTS = ("line", "bar", "stacked", "map")


@dataclass(frozen=True)
class Selection:
    by: str = ""  # the dimension whose members are lines; empty: one line
    fixed: tuple[str, str, str] = ("", "", "")  # of the others: region, first, second
    picked: tuple[str, ...] = ()  # members of ``by`` that are wanted; none: all
    chart: str = "line"
    start: date | None = None
    end: date | None = None
    at: date | None = None  # the period of the map
    as_of: date | None = None

    def query(self, series: Series, **changes: Any) -> str:
        """As an address, with ``changes``; what is usual is left out. Not the lines: without a
        word about them the first breakdown is drawn, so that “one line” must be said, too."""
        code = {
            name: periods.code(value, series.frequency) if value else ""
            for name, value in (("from", self.start), ("to", self.end), ("at", self.at))
        }
        facts: dict[str, Any] = {
            "by": self.by,
            **dict(zip(DIMENSIONS, self.fixed, strict=True)),
            "pick": list(self.picked),
            "chart": "" if self.chart == _chart(series, "", self.by) else self.chart,
            **code,
            "as_of": self.as_of.isoformat() if self.as_of else "",
            **changes,
        }
        said = {key: value for key, value in facts.items() if value}
        if of_series(series):
            said = {"by": facts["by"], **said}
        return urlencode(said, doseq=True)


def of_series(series: Series) -> dict[str, str]:
    """The dimensions that a series has, with what they are called."""
    found = {REGION: "region"} if series.by_region else {}
    for key, breakdown in zip((FIRST, SECOND), series.dimensions, strict=False):
        found[key] = breakdown.name
    return found


def members_of(series: Series, dimension: str) -> dict[str, str]:
    """The codes of a dimension with their names, the total left out."""
    if dimension == REGION:
        return {code: str(province.name) for code, province in regions.provinces().items()}
    index = (FIRST, SECOND).index(dimension)
    dimensions = series.dimensions
    return dict(dimensions[index].categories) if index < len(dimensions) else {}


def selected(series: Series, asked: Mapping[str, Any], *, sees_detail: bool) -> Selection:
    """What ``asked`` (a QueryDict) wants of a series. Without the detail, the total alone."""
    start, end = forwards(*(_period(series, asked.get(name)) for name in ("from", "to")))
    at = _period(series, asked.get("at"))
    as_of = periods.parse_known_day(asked.get("as_of"))
    chart = asked.get("chart", "")
    has = of_series(series) if sees_detail else {}
    named = {key: asked.get(key, "") for key in has}
    named = {key: code for key, code in named.items() if code in members_of(series, key)}
    by = asked.get("by", "")
    if "by" not in asked:  # what the address fixes is no line of its own
        by = next((key for key in (FIRST, REGION) if key in has and key not in named), "")
    by = by if by in has else ""
    picked: tuple[str, ...] = ()
    if by:
        known = members_of(series, by)
        wanted = asked.getlist("pick") if hasattr(asked, "getlist") else asked.get("pick", [])
        picked = tuple(code for code in known if code in wanted)
    fixed = tuple("" if key == by else named.get(key, "") for key in DIMENSIONS)
    return Selection(
        by=by,
        fixed=(fixed[0], fixed[1], fixed[2]),
        picked=picked,
        chart=_chart(series, chart, by),
        start=start,
        end=end,
        at=at,
        as_of=as_of,
    )


def forwards(start: date | None, end: date | None) -> tuple[date | None, date | None]:
    """A time that ends before it begins is none."""
    return (None, None) if start and end and start > end else (start, end)


def charts_of(series: Series, by: str) -> list[str]:
    """Those that can be drawn of what is so divided."""
    # Of the second breakdown nobody says whether its parts add up.
    can_stack = series.adds_up and by in (REGION, FIRST)
    cannot = {"map": by != REGION, "stacked": not can_stack}
    return [name for name in CHARTS if not cannot.get(name)]


def _chart(series: Series, wanted: str, by: str) -> str:
    if wanted not in charts_of(series, by):
        wanted = "bar" if wanted == "stacked" else ""
    return wanted or ("map" if by == REGION else "line")


def _period(series: Series, text: str | None) -> date | None:
    try:
        return periods.parse(text or "", series.frequency)
    except ValueError:
        return None
