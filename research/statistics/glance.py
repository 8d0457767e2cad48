"""Series in a line or a tile: the newest figure, its change, its course."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from kosna.core import clock
from members.models import Topic
from research.charts import spark
from research.models import Series
from research.statistics.reading import Reading, read_all, totals_of
from research.statistics.tables import Latest, latest

SPARK_POINTS = 24


@dataclass(frozen=True)
class Entry:
    reading: Reading
    latest: Latest | None  # none where this reader does not see it, or there is no total
    spark: SafeString

    @property
    def series(self) -> Series:
        return self.reading.series


@dataclass(frozen=True)
class FieldOfKeys:
    code: str
    name: str
    entries: list[Entry]


def entries(found: Iterable[Series], user: Any) -> list[Entry]:
    """Series fetched ``with_access``, for one reader; one statement for the values of all."""
    now = clock.now()
    readings = read_all(found, user, now)
    values = totals_of(readings, now)
    told = []
    for reading in readings:
        newest = latest(reading.series, values.get(reading.series.pk, []))
        points = list(newest.line.points.values())[-SPARK_POINTS:] if newest else []
        told.append(Entry(reading, newest, spark([point.value for point in points])))
    return told


def by_field(told: Iterable[Entry]) -> list[FieldOfKeys]:
    """All seven fields of the charter, those without a figure too."""
    rows = list(told)
    return [
        FieldOfKeys(code, str(name), [entry for entry in rows if entry.series.topic == code])
        for code, name in Topic.choices
    ]
