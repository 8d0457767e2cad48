"""Values as bars, side by side or on one another."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from research.charts.axes import NARROW, WIDE, Frame, bottom_labels, fitting, frame
from research.charts.figures import Figure
from research.charts.svg import drawing, group, hint, tag


def bar_chart(figure: Figure, key: str, *, is_narrow: bool = False) -> SafeString:
    """Groups of bars from zero; of long series the newest groups that have room, in words too."""
    figure = _fitted(figure, len(figure.traces), is_narrow)
    around = _framed(figure, is_narrow, Decimal(0))
    room = around.span / max(len(figure.labels), 1)
    width = min(room * 0.8 / max(len(figure.traces), 1), 48)
    zero = around.scale.at(Decimal(0))
    parts = []
    for index, trace in enumerate(figure.traces):
        bars = []
        for at, value in enumerate(trace.values):
            if value is None:
                continue
            middle = around.left + room * (at + 0.5)
            x = middle + width * (index - len(figure.traces) / 2)
            y = around.scale.at(value)
            bars.append(_bar(figure, index, at, x, min(y, zero), width, abs(zero - y)))
        parts.append(group(bars, class_=f"trace trace-{index}"))
    return _drawn(figure, around, room, parts, key, is_narrow)


def stacked_chart(figure: Figure, key: str, *, is_narrow: bool = False) -> SafeString:
    """Parts of a whole on one another. What is below zero cannot be stacked and stands alone."""
    if any(value < 0 for value in figure.values):
        return bar_chart(figure, key, is_narrow=is_narrow)
    figure = _fitted(figure, 1, is_narrow)
    sums = [
        sum((trace.values[at] or Decimal(0) for trace in figure.traces), Decimal(0))
        for at in range(len(figure.labels))
    ]
    around = _framed(figure, is_narrow, max(sums, default=Decimal(0)))
    room = around.span / max(len(figure.labels), 1)
    width = min(room * 0.72, 56)
    below = [Decimal(0)] * len(figure.labels)
    parts = []
    for index, trace in enumerate(figure.traces):
        bars = []
        for at, value in enumerate(trace.values):
            if not value:
                continue
            foot, head = around.scale.at(below[at]), around.scale.at(below[at] + value)
            x = around.left + room * (at + 0.5) - width / 2
            bars.append(_bar(figure, index, at, x, head, width, foot - head))
            below[at] += value
        parts.append(group(bars, class_=f"trace trace-{index}"))
    return _drawn(figure, around, room, parts, key, is_narrow)


def _size(is_narrow: bool) -> tuple[int, int]:
    return NARROW if is_narrow else WIDE


def _fitted(figure: Figure, side_by_side: int, is_narrow: bool) -> Figure:
    """What of it there is room for; the axis reckons with nothing else."""
    room = _size(is_narrow)[0] - 90
    kept = figure.of_last(fitting(room, len(figure.labels), side_by_side))
    if len(kept.labels) < len(figure.labels):
        note = _("Shown from %(first)s on: there is no room for more bars.") % {
            "first": kept.labels[0]
        }
        kept = replace(kept, summary=f"{kept.summary} {note}", notes=[*kept.notes, note])
    return kept


def _framed(figure: Figure, is_narrow: bool, highest: Decimal) -> Frame:
    return frame(figure, _size(is_narrow), from_zero=True, highest=highest)


def _bar(
    figure: Figure, index: int, at: int, x: float, y: float, width: float, height: float
) -> str:
    trace = figure.traces[index]
    kind = "bar open" if at in trace.open else "bar"
    words = f"{trace.name} {figure.labels[at]}: {trace.values[at]:,.{figure.places}f}"
    return tag(
        "rect", hint(words), class_=kind, x=float(x), y=float(y), width=float(width), height=height
    )


def _drawn(
    figure: Figure, around: Frame, room: float, parts: Sequence[str], key: str, is_narrow: bool
) -> SafeString:
    middles = [around.left + room * (index + 0.5) for index in range(len(figure.labels))]
    zero = around.scale.at(Decimal(0))
    axis = tag("line", class_="axis", x1=around.left, x2=around.right, y1=zero, y2=zero)
    body = around.body + "".join(parts) + axis + bottom_labels(around, figure.labels, middles)
    kind = "narrow" if is_narrow else "wide"
    return drawing(key, figure.title, figure.summary, around.width, around.height, body, kind=kind)
