"""What a chart is told: titles, labels and exact values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

MOST_TRACES = 8  # so many lines can be told apart


@dataclass(frozen=True)
class Trace:
    """A line or a row of bars: a value for each label, None for a gap. ``open`` are the positions
    of provisional values, drawn hollow; ``skips`` those at which it has no value by its nature
    (a yearly figure beside a monthly one), over which the line goes on."""

    name: str
    values: Sequence[Decimal | None]
    open: frozenset[int] = frozenset()
    skips: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Figure:
    """``title`` and ``summary`` are what a screen reader says; ``note`` (the sample label, the
    source) stands below the drawing, so that a picture alone still says it."""

    title: str
    summary: str
    unit: str
    labels: Sequence[str]
    traces: Sequence[Trace]
    places: int = 0
    starts: Sequence[date] = ()  # where given, distances on the axis are those of the calendar
    notes: Sequence[str] = field(default_factory=list)

    @property
    def values(self) -> list[Decimal]:
        return [value for trace in self.traces for value in trace.values if value is not None]

    def of_last(self, count: int) -> "Figure":
        """The same with its last labels only."""
        begin = max(len(self.labels) - count, 0)
        traces = [
            Trace(
                trace.name,
                trace.values[begin:],
                frozenset(index - begin for index in trace.open if index >= begin),
                frozenset(index - begin for index in trace.skips if index >= begin),
            )
            for trace in self.traces
        ]
        return Figure(
            self.title,
            self.summary,
            self.unit,
            self.labels[begin:],
            traces,
            self.places,
            self.starts[begin:],
            self.notes,
        )
