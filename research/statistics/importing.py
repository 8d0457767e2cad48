"""Lines of a file into values: what the headings mean, and what each cell says."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kosna.core.columns import heading_row, normalised
from kosna.core.sheets import Fraction
from research.models import Observation, Series, SeriesImportRow
from research.statistics import periods, regions
from research.statistics.selection import DIMENSIONS, members_of
from research.statistics.values import (
    Cell,
    NewValue,
    changes,
    mark_of,
    parse_mark,
    parse_value,
)

Verdict = SeriesImportRow.Verdict
TOTALS = {"", "total", "all", "계", "전체", "합계", "총계", "소계", "0"}
# In both languages, as files of other offices write them.
ALIASES = {
    "period": "시점 기간 연도 년도 연월 년월 분기 반기 period time year month quarter",
    "region": "지역코드 행정구역코드 regioncode",
    "region_name": "지역 시도 시도별 행정구역 행정구역별 region province",
    "value": "값 수치 통계값 데이터 value figure",
    "mark": "부호 기호 표시 상태 mark flag status",
    "reason": "사유 변경사유 개정사유 reason",
    "reason_en": "영문사유 영문변경사유 영문개정사유 reasoninenglish",
    "known_since": "공표일 knownsince",
}
WORDS = {word: name for name, words in ALIASES.items() for word in words.split()}
HEADING_WITHIN = 20  # above the headings stand a file's own words about itself


def meanings(series: Series, headings: Sequence[str]) -> list[list[str]]:
    """What each column may hold; nothing where it holds nothing that we take. A heading in full
    comes first: without their brackets, 구분(가구) and 구분(기업) are one."""
    exact: dict[str, set[str]] = defaultdict(set)
    loose: dict[str, set[str]] = defaultdict(set, {word: {name} for word, name in WORDS.items()})
    for name, row in zip(DIMENSIONS[1:], series.breakdowns, strict=False):
        for word in filter(None, (row["name_ko"], row["name_en"], name)):
            exact[_folded(word)].add(name)
            loose[normalised(word)].add(name)
    loose.pop("", None)  # of a name without letters; it is the heading of an empty column
    return [
        sorted(exact.get(_folded(heading)) or loose.get(_loosened(heading, series), set()))
        for heading in headings
    ]


def _loosened(heading: str, series: Series) -> str:
    """Without its unit first, which may have brackets of its own."""
    for unit in filter(None, (series.unit_ko, series.unit_en)):
        heading = heading.removesuffix(f"({unit})")
    return normalised(heading)


def begin(series: Series, first: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """In which of the first rows the headings stand, and what they mean. Raises ValueError when
    there is no column of periods, or none of values, and where a heading has two meanings, or two
    have the same: either would write figures where they do not belong."""
    at = heading_row(first, lambda row: _distinct(meanings(series, row))) if first else 0
    columns = _columns(first[at], meanings(series, first[at])) if first else []
    if "period" not in columns or "value" not in columns:
        raise ValueError(
            _("The file needs a row of headings with “%(period)s” and “%(value)s”.")
            % {"period": _("Period"), "value": _("Value")}
        )
    return at, columns


def refuse_merged(merged: Iterable[tuple[str, int]], *, heading: int) -> None:
    """Raises ValueError for a cell that reaches over lines below the headings: all but its first
    look empty, and an empty region would be the whole country."""
    for place, last in merged:
        if last > heading:
            raise ValueError(
                _("The cells %(place)s are merged. Separate them and fill in each line.")
                % {"place": place}
            )


def _distinct(found: Iterable[list[str]]) -> list[str]:
    return list(dict.fromkeys(meaning[0] for meaning in found if meaning))


def _columns(headings: Sequence[str], found: Sequence[list[str]]) -> list[str]:
    taken: dict[str, str] = {}
    for heading, names in zip(headings, found, strict=True):
        if len(names) > 1:
            raise ValueError(
                _("The heading “%(heading)s” may mean more than one column.")
                % {"heading": heading[:40]}
            )
        for name in names:
            if name in taken:
                raise ValueError(
                    _("The headings “%(one)s” and “%(other)s” mean the same. Keep one of them.")
                    % {"one": taken[name][:40], "other": heading[:40]}
                )
            taken[name] = heading
    return ["".join(names) for names in found]


@dataclass
class Check:
    """Says of each line what it would become. Remembers the cells of the lines before."""

    series: Series
    columns: Sequence[str]
    standing: Mapping[Cell, Observation]
    seen: dict[Cell, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.categories = {
            name: codes_by_word(row["categories"])
            for name, row in zip(DIMENSIONS[1:], self.series.breakdowns, strict=False)
        }
        self.regions: dict[str, str] = {}
        self.known_regions = members_of(self.series, "region") if self.series.by_region else {}

    def lines(self, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[SeriesImportRow]:
        for line, row in rows:
            if any(row):
                yield self.line(line, row)

    def line(self, line: int, row: Sequence[str]) -> SeriesImportRow:
        typed = {
            name: row[index] if index < len(row) else ""
            for index, name in enumerate(self.columns)
            if name
        }
        reasons: list[str] = []
        new = self._read(typed, reasons)
        if new and (twin := self.seen.setdefault(new.cell, line)) != line:
            reasons.append(_("Line %(n)s holds the same cell.") % {"n": twin})
        if reasons or new is None:
            return SeriesImportRow(
                line=line,
                verdict=Verdict.WRONG,
                typed=" | ".join(cell for cell in row if cell)[:300],
                remarks=reasons,
            )
        return self._judged(line, new)

    def _judged(self, line: int, new: NewValue) -> SeriesImportRow:
        old = self.standing.get(new.cell)
        verdict = Verdict.NEW
        if old:
            verdict = Verdict.CHANGED if changes(old, new) else Verdict.SAME
        period, region, first, second = new.cell
        return SeriesImportRow(
            line=line,
            verdict=verdict,
            period=period,
            region=region,
            first=first,
            second=second,
            value=new.value,
            mark=mark_of(old, new) if verdict != Verdict.SAME else (old.mark if old else ""),
            reason_ko=new.reason[:300],
            reason_en=new.reason_en[:300],
            old=old,
        )

    def _read(self, typed: Mapping[str, str], reasons: list[str]) -> NewValue | None:
        """All that is wrong with a line is told at once."""

        def told(parse: Callable[..., Any], *arguments: Any) -> Any:
            try:
                return parse(*arguments)
            except ValueError as error:
                reasons.append(str(error))
                return None

        period = told(self._period, typed["period"])
        region = told(self._region, typed.get("region") or typed.get("region_name", ""))
        first, second = (told(self._category, name, typed.get(name, "")) for name in DIMENSIONS[1:])
        if not typed["value"]:
            reasons.append(_("There is no value; “…” says that it is not available."))
        value = told(parse_value, typed["value"] or "…", self.series)
        mark = told(parse_mark, typed["mark"]) if "mark" in typed else None
        if reasons:
            return None
        cell, why = (period, region, first, second), typed.get("reason", "")
        return NewValue(cell, value, mark, why, typed.get("reason_en", ""))

    def _period(self, text: str) -> date:
        if isinstance(text, Fraction) and self.series.frequency == periods.Frequency.MONTH:
            raise ValueError(
                _(
                    "“%(text)s” is a number in the file, in which month 1 and month 10 look the"
                    " same. Write the period as text, such as 2026-10."
                )
                % {"text": text[:20]}
            )
        return periods.parse(text, self.series.frequency)

    def _region(self, text: str) -> str:
        if text not in self.regions:
            self.regions[text] = regions.parse(text)
        region = self.regions[text]
        if region and not self.series.by_region:
            raise ValueError(_("This series has no regions."))
        return region

    def _category(self, name: str, text: str) -> str:
        folded = _folded(text)
        found = set(self.categories.get(name, {}).get(folded, ()))
        if folded in TOTALS:
            found.add("")
        if len(found) > 1:
            raise ValueError(
                _("“%(text)s” may mean more than one category here.") % {"text": text[:20]}
            )
        if not found:
            raise ValueError(_("“%(text)s” is no category here.") % {"text": text[:20]})
        return found.pop()


def codes_by_word(categories: Iterable[Sequence[str]]) -> dict[str, set[str]]:
    """The codes of what a file may call so: by code, by name in Korean, by name in English."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, *names in categories:
        for word in filter(None, (code, *names)):
            found[_folded(word)].add(code)
    return found


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()
