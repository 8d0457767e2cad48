"""Forty key figures, and one series of twelve years of months in 18 regions, each tenth value of
which was revised: 2,851 rows."""

import io
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile

from kosna.core import clock
from kosna.core.sheets import recognise, rows_of
from members.models import Topic
from research.actions.statistics import current_values
from research.models import Observation, Series
from research.statistics.importing import Check, begin
from research.statistics.regions import KOSIS
from tests import factories
from tests.bench.browser import Browser
from tests.bench.data import make, world
from tests.bench.measures import Row, measure, page
from tests.bench.timing import in_turns

YEARS, KEYS = range(2014, 2026), 40
PATH = "/research/statistics/"


def load() -> Series:
    die = random.Random(39)
    told_at = clock.now() - timedelta(days=90)
    for number in range(KEYS):
        key = factories.make_series(
            f"key-{number}", is_key=True, topic=Topic.values[number % 7], sort=number
        )
        make(
            Observation(
                series=key,
                period=date(year, 1, 1),
                value=Decimal(die.randrange(100, 990)) / 10,
                known_at=told_at,
            )
            for year in YEARS
        )
    large = factories.make_series("large", frequency="month", by_region=True)
    rows = make(
        Observation(
            series=large,
            period=date(year, month, 1),
            region=region,
            value=Decimal(die.randrange(100, 990)) / 10,
            known_at=told_at,
        )
        for year in YEARS
        for month in range(1, 13)
        for region in ("", *KOSIS)
    )
    make(
        Observation(
            series=large,
            period=row.period,
            region=row.region,
            value=row.value + 1,
            mark="r",
            reason_ko="개정",
            replaces=row,
        )
        for row in rows[::10]
    )
    return large


@measure
def statistics() -> Iterator[Row]:
    large = load()
    yield from page("statistics, list of 41", PATH)
    yield from page("the field at a glance, 40 key figures", f"{PATH}industry/")
    yield from page("statistic, 144 months in 18 regions", f"{PATH}large/")
    member, framed = Browser(world().regular), f"/bench/template/{world().event.slug}/"
    lines = "&".join(f"pick={code}" for code in list(KOSIS)[:8])
    for what, address in (
        ("statistic, eight regions as lines", f"{PATH}large/?by=region&chart=line&{lines}"),
        ("statistic as known on a day", f"{PATH}large/?as_of={clock.today() - timedelta(days=9)}"),
        ("statistic's picture alone", f"{PATH}large.svg?by=region&chart=line&{lines}"),
        ("comparison of six", f"{PATH}compare/?" + "&".join(f"s=key-{n}" for n in range(6))),
        ("export of 2,592 values, CSV", f"{PATH}large.csv"),
        ("export of 2,592 values, JSON", f"{PATH}large.json"),
        ("export of 2,592 values, XLSX", f"{PATH}large.xlsx"),
    ):
        sample, least = in_turns(
            lambda address=address: member.get(address),
            lambda: member.get(framed),
            seconds=1.5,
            warm=2,
        )
        yield Row.of(
            what,
            sample,
            reference="template + query",
            ratio=least.median / sample.median,
        )
    content = _file(large)
    checking, reading = in_turns(
        lambda: _checked(large, content), lambda: _read(content), seconds=3, most=10, warm=1
    )
    yield Row.of(
        "check of a file of 2,592 values",
        checking,
        reference="reading the file alone",
        ratio=reading.median / checking.median,
    )


def _file(series: Series) -> bytes:
    rows = Observation.objects.filter(series=series, replaced_by=None).order_by("pk")
    lines = ["시점,지역코드,값"]
    lines += [f"{row.period:%Y-%m},{KOSIS.get(row.region, '00')},{row.value}" for row in rows]
    return "\n".join(lines).encode("cp949")


def _read(content: bytes) -> list[tuple[int, list[str]]]:
    file = ContentFile(content)
    return list(enumerate(rows_of(io.BytesIO(content), recognise(file, len(content))), start=1))


def _checked(series: Series, content: bytes) -> int:
    rows = _read(content)
    at, columns = begin(series, [row for _line, row in rows[:20]])
    check = Check(series, columns, current_values(series))
    return sum(1 for _row in check.lines(rows[at + 1 :]))
