"""Official statistics of the demonstration: generated, labelled as sample wherever they are shown,
with provisional figures that are revised later. What KOSNA's founders quoted stays out: those are
others' figures."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from kosna.core import batches, sheets
from kosna.demo.association import REGULAR_TIERS
from kosna.demo.people import account
from kosna.demo.series_facts import FACTS, WEIGHTS, Facts
from kosna.demo.story import Story
from members.models import Tier
from research.actions import publish_series, save_series, start_series_import, tell_values
from research.models import Reader, Series, UseCount
from research.statistics import periods
from research.statistics.values import NewValue

SOURCE = ("시연용 생성자료", "Generated for demonstration")
METHOD = (
    "이 통계는 시연을 위하여 생성한 자료이며 실제 조사 결과가 아닙니다.\n"
    "잠정치(p)는 다음 공표 때 확정됩니다.",
    "Generated for demonstration, not the result of a survey.\n"
    "Provisional figures (p) become final with the next release.",
)
LATER = ("원자료 보완에 따른 개정", "Revised after additions to the source data")


def tell(story: Story) -> None:
    today = story.today
    for number, facts in enumerate(FACTS):
        starts = _starts(facts, today)
        first, second = story.ago(60 - number, 9), story.ago(30 - number, 10)
        story.at(first, lambda facts=facts, starts=starts: found(facts, starts[:-1]))
        story.at(second, lambda facts=facts, starts=starts: revise(facts, starts))
    late = next(facts for facts in FACTS if facts.code == "social-ad-index")
    story.at(story.ago(2, 14), lambda: bring(late, _starts(late, today)))
    story.at(story.ago(1, 9), lambda: uses(today))


def _starts(facts: Facts, today: date) -> list[date]:
    """All periods from the first to the last that has ended."""
    months = periods.MONTHS[periods.Frequency(facts.frequency)]
    found, start = [], date(facts.since, 1, 1)
    while True:
        month = start.month - 1 + months
        after = date(start.year + month // 12, month % 12 + 1, 1)
        if after > today:
            return found
        found.append(start)
        start = after


def uses(today: date) -> None:
    """Of the last weeks, as visitors and members would have left them; one nobody asked for."""
    rng = Random(7)
    homes = [("regular", "busan"), ("company", "seoul"), ("associate", "daegu")]
    rows = []
    for series in Series.objects.published().in_order()[1:]:
        for reader, branch in [*((kind, "") for kind in Reader.OUTSIDERS), *homes]:
            for days in (2, 9):
                views, files = rng.randrange(1, 40), rng.randrange(5)
                is_locked = (
                    reader in Reader.OUTSIDERS and series.audience == Series.Audience.MEMBERS
                )
                rows.append(
                    UseCount(
                        series=series, day=today - timedelta(days=days), reader=reader,
                        branch=branch, views=views, files=files,
                        locked=views + files if is_locked else 0,
                    )
                )  # fmt: skip
    UseCount.objects.bulk_create(rows)


def found(facts: Facts, starts: Sequence[date]) -> None:
    """The series with its values but the last, the newest of them provisional."""
    editor = account("editor")
    series = Series(
        code=facts.code,
        topic=facts.topic,
        name_ko=facts.name[0],
        name_en=facts.name[1],
        unit_ko=facts.unit[0],
        unit_en=facts.unit[1],
        places=facts.places,
        frequency=facts.frequency,
        by_region=facts.by_region,
        breakdowns=[
            {"name_ko": ko, "name_en": en, "categories": [list(row) for row in rows]}
            for ko, en, rows in facts.breakdowns
        ],
        adds_up=facts.adds_up,
        source_ko=SOURCE[0],
        source_en=SOURCE[1],
        method_ko=METHOD[0],
        method_en=METHOD[1],
        audience=facts.audience,
        is_sample=True,
        is_key=facts.is_key,
        sort=FACTS.index(facts),
    )
    gated = facts.audience != Series.Audience.EVERYONE
    tiers = Tier.objects.filter(code__in=REGULAR_TIERS) if gated else Tier.objects.none()
    save_series(series, tiers=tiers, by=editor)
    values = _values(facts, starts, provisional=starts[-1])
    tell_values(series, values, reason="", by=editor)
    publish_series(series, by=editor)


def revise(facts: Facts, starts: Sequence[date]) -> None:
    """The next release: the provisional values become final, some of them other than before."""
    series = Series.objects.get(code=facts.code)
    newest = _values(facts, starts[-1:], provisional=starts[-1])
    settled = [
        NewValue(value.cell, _revised(value, facts), "")
        for value in _values(facts, starts[-2:-1], provisional=None)
    ]
    why, why_en = LATER
    values = [*settled, *newest]
    tell_values(series, values, reason=why, reason_en=why_en, by=account("editor"))


def bring(facts: Facts, starts: Sequence[date]) -> None:
    """A file of the newest totals, one of them corrected, and of those before the series began. It
    is checked, and waits until somebody has it written."""
    editor, series = account("editor"), Series.objects.get(code=facts.code)
    before = date(facts.since - 1, 1, 1)
    totals = {
        start: _level(facts, max(start, starts[0])) * Decimal(share)
        for start, share in ((before, "0.97"), (starts[-1], "1.02"))
    }
    lines = ["시점,값,부호"]
    for start, total in totals.items():
        name = periods.code(start, facts.frequency)
        lines.append(f"{name},{_exact(total, facts.places)},")
    upload = SimpleUploadedFile(f"{facts.code} 보완.csv", "\n".join(lines).encode("cp949"))
    shape = sheets.recognise(upload.file, upload.size)
    why, why_en = "과거 시계열 보완", "Earlier values added"
    start_series_import(upload, shape, series=series, reason=why, reason_en=why_en, by=editor)
    batches.run_all()


def _revised(value: NewValue, facts: Facts) -> Decimal | None:
    """The total a little higher; its parts as they were."""
    _period, region, first, second = value.cell
    if value.value is None or facts.adds_up or region or first or second:
        return value.value
    return _exact(value.value * Decimal("1.01"), facts.places)


def _values(facts: Facts, starts: Sequence[date], provisional: date | None) -> list[NewValue]:
    told = []
    for start in starts:
        mark = "p" if start == provisional else ""
        told += [
            NewValue((start, *cell), value, mark) for cell, value in _cells(facts, start).items()
        ]
    return told


def _cells(facts: Facts, start: date) -> dict[tuple[str, str, str], Decimal]:
    """The total of a period and its parts, the same at every asking. Parts that add up are shares
    of it, the greatest takes the rest; others lie around it."""
    rng = Random(f"{facts.code}{start}")
    total = _exact(_level(facts, start) * Decimal(str(1 + rng.uniform(-0.02, 0.02))), facts.places)
    cells = {("", "", ""): total}
    if facts.by_region:
        weights = WEIGHTS if facts.adds_up else {code: rng.uniform(0.75, 1.2) for code in WEIGHTS}
        cells |= _parts(facts, total, weights, rng, lambda code: (code, "", ""))
    for index, (_ko, _en, rows) in enumerate(facts.breakdowns):
        weights = {row[0]: facts.weights[index][place] for place, row in enumerate(rows)}
        cells |= _parts(
            facts,
            total,
            weights,
            rng,
            (lambda code: ("", code, "")) if index == 0 else (lambda code: ("", "", code)),
        )
    return cells


def _parts(
    facts: Facts,
    total: Decimal,
    weights: dict[str, float],
    rng: Random,
    cell: Callable[[str], tuple[str, str, str]],
) -> dict[tuple[str, str, str], Decimal]:
    shared = Decimal(str(sum(weights.values()))) if facts.adds_up else Decimal(1)
    parts = {
        code: _exact(
            total * Decimal(str(weight)) / shared * Decimal(str(1 + rng.uniform(-0.03, 0.03))),
            facts.places,
        )
        for code, weight in weights.items()
    }
    if facts.most:
        parts = {code: min(value, facts.most) for code, value in parts.items()}
    if facts.adds_up:
        rest = max(weights, key=lambda code: weights[code])
        parts[rest] = total - sum(value for code, value in parts.items() if code != rest)
    return {cell(code): value for code, value in parts.items()}


def _level(facts: Facts, start: date) -> Decimal:
    """Grows fast and then slowly from the first level to the last, with a season in it."""
    years = (start.year - facts.since) + (start.month - 1) / 12
    share = years / (years + 4)
    season = 1 + facts.season * (1 if start.month in (4, 5, 10, 11, 12) else -0.4)
    return Decimal(str((facts.low + (facts.high - facts.low) * share) * season))


def _exact(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places))
