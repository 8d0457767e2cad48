"""Round numbers along an axis, where values lie on it, and the frame around a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import ceil

from django.utils.translation import gettext as _

from research.charts.figures import Figure
from research.charts.svg import group, tag, text, width_of

SIZE, ROW = 13, 20  # of letters, and of a line of them
WIDE, NARROW = (760, 400), (300, 320)
LEAST = 160  # pixels of height for the drawing itself
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))


@dataclass(frozen=True)
class Scale:
    """Values from the first to the last tick, onto pixels."""

    ticks: Sequence[Decimal]
    start: float
    end: float

    def at(self, value: Decimal) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.start + float((value - low) / (high - low)) * (self.end - self.start)


def ticks(low: Decimal, high: Decimal, wanted: int = 5) -> list[Decimal]:
    """About so many round numbers that hold all values between them; exact, so that a label never
    reads 0.30000000000000004."""
    if low == high:
        low, high = (low - 1, high + 1) if low else (Decimal(0), Decimal(1))
    rough = (high - low) / wanted
    unit = Decimal(10) ** rough.adjusted()
    step = next(step * unit for step in STEPS if step * unit >= rough)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    return [step * number for number in range(int(first), int(last) + 1)]


def tick_label(value: Decimal) -> str:
    plain = value.normalize()
    return f"{value:,.{max(-int(plain.as_tuple().exponent), 0)}f}"


@dataclass(frozen=True)
class Frame:
    """The room for the drawing itself, between legend, axes and notes."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    scale: Scale
    body: str

    @property
    def span(self) -> float:
        return self.right - self.left


def frame(figure: Figure, size: tuple[int, int], *, from_zero: bool, highest: Decimal) -> Frame:
    """Legend, unit, grid and notes around the room that is left; what leaves too little makes the
    picture higher."""
    width, height = size
    values = figure.values or [Decimal(0)]
    low, high = min(values), max(*values, highest) if highest else max(values)
    if from_zero or 0 <= low <= high / 3:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    marks = ticks(low, high)
    legend, top = _legend(figure, width)
    notes = [line for note in figure.notes for line in _lines_of(note, width)]
    left = max(width_of(tick_label(mark), SIZE) for mark in marks) + 12
    above, below = top + ROW + 8, 30 + ROW * len(notes)
    height = max(height, ceil(above + LEAST + below))
    bottom = height - below
    scale = Scale(marks, bottom, above)
    grid = [
        tag(
            "line",
            class_="grid",
            x1=left,
            x2=float(width - 12),
            y1=scale.at(mark),
            y2=scale.at(mark),
        )
        for mark in marks
    ]
    labels = [
        text(tick_label(mark), left - 8, scale.at(mark) + 4.5, class_="tick end") for mark in marks
    ]
    told = [
        text(note, 0, height - 6 - ROW * (len(notes) - 1 - index), class_="note")
        for index, note in enumerate(notes)
    ]
    unit = text(_("Unit: %(unit)s") % {"unit": figure.unit}, 0, top + 10, class_="note")
    body = legend + unit + group(grid) + group(labels) + group(told)
    return Frame(width, height, left, float(width - 12), above, bottom, scale, body)


def _legend(figure: Figure, width: int) -> tuple[str, float]:
    """The names of the traces in rows, and where the room below begins."""
    if len(figure.traces) < 2:
        return "", ROW / 2
    x, y, parts = 0.0, 12.0, []
    for index, trace in enumerate(figure.traces):
        name = trace.name
        needed = 34 + width_of(name, SIZE) + 14
        if x and x + needed > width:
            x, y = 0.0, y + ROW
        while needed > width and len(name) > 4:
            name = f"{name[:-2]}…"
            needed = 34 + width_of(name, SIZE) + 14
        parts.append(
            group(
                [
                    tag("line", class_="stroke", x1=x, x2=x + 26, y1=y - 4, y2=y - 4),
                    symbol(index, x + 13, y - 4),
                    text(name, x + 34, y, class_="name"),
                ],
                class_=f"trace trace-{index}",
            )
        )
        x += needed
    return group(parts, class_="legend"), y + 10


def symbol(index: int, x: float, y: float, *, is_open: bool = False) -> str:
    """A trace's points: circle, square, diamond, triangle; hollow where provisional."""
    kind = "point open" if is_open else "point"
    if index % 4 == 0:
        return tag("circle", class_=kind, cx=x, cy=y, r=4)
    path = {
        1: f"M{x - 3.6:.1f} {y - 3.6:.1f}h7.2v7.2h-7.2z",
        2: f"M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z",
        3: f"M{x:.1f} {y - 5:.1f}l4.8 8.6h-9.6z",
    }[index % 4]
    return tag("path", class_=kind, d=path)


def bottom_labels(frame: Frame, labels: Sequence[str], middles: Sequence[float]) -> str:
    """As many labels as have room, the last one always. Each below its middle, or as near to it as
    the edge leaves it whole."""
    widest = max((width_of(label, SIZE) for label in labels), default=0) + 14
    half = widest / 2 - 3  # figures are a little wider than reckoned
    places = [min(max(middle, half), frame.width - half) for middle in middles]
    shown: list[int] = []
    for index in range(len(labels) - 1, -1, -1):
        if not shown or places[shown[-1]] - places[index] >= widest:
            shown.append(index)
    return group(
        text(labels[index], places[index], frame.bottom + 20, class_="tick middle")
        for index in reversed(shown)
    )


def _lines_of(note: str, width: int) -> list[str]:
    """A note in lines that fit, broken between words."""
    lines: list[str] = []
    for word in note.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(joined, 12) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def fitting(span: float, groups: int, bars: int) -> int:
    """How many groups of bars have room: a bar is at least three pixels wide."""
    most = int(span // (3 * max(bars, 1) + 3))
    return max(1, min(groups, most)) if groups else 0


def thinned(count: int, most: int) -> int:
    """Every how-manieth of so many things to take, for at most ``most``."""
    return max(1, ceil(count / most))
