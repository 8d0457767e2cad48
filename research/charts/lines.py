"""Values over time as lines."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe

from research.charts.axes import NARROW, WIDE, Frame, bottom_labels, frame, symbol
from research.charts.figures import Figure
from research.charts.svg import drawing, group, hint, tag

MOST_POINTS = 40  # with more, only the line is drawn, and what is provisional


def line_chart(figure: Figure, key: str, *, is_narrow: bool = False) -> SafeString:
    """A line for each trace; a gap where a value is missing, never a guess."""
    around = frame(figure, NARROW if is_narrow else WIDE, from_zero=False, highest=Decimal(0))
    middles = _positions(figure, around)
    traces = [
        group(
            _trace(figure, around, index, middles),
            class_=f"trace trace-{index}",
        )
        for index in range(len(figure.traces))
    ]
    body = around.body + bottom_labels(around, figure.labels, middles) + "".join(traces)
    kind = "narrow" if is_narrow else "wide"
    return drawing(key, figure.title, figure.summary, around.width, around.height, body, kind=kind)


def _positions(figure: Figure, around: Frame) -> list[float]:
    """Where the periods lie: as far apart as in the calendar, where their days are known."""
    count, left, span = len(figure.labels), around.left + 8, around.span - 16
    if count < 2:
        return [left + span / 2] * count
    if figure.starts:
        first, last = figure.starts[0], figure.starts[-1]
        days = (last - first).days
        return [left + span * (start - first).days / days for start in figure.starts]
    return [left + span * index / (count - 1) for index in range(count)]


def _trace(figure: Figure, around: Frame, index: int, middles: Sequence[float]) -> list[str]:
    trace, is_down = figure.traces[index], False
    parts: list[str] = []
    path: list[str] = []
    told = [value for value in trace.values if value is not None]
    for at, value in enumerate(trace.values):
        if value is None:
            is_down = is_down and at in trace.skips
            continue
        x, y = middles[at], around.scale.at(value)
        path.append(f"{'L' if is_down else 'M'}{x:.1f} {y:.1f}")
        is_down = True
        if len(told) <= MOST_POINTS or at in trace.open:
            parts.append(
                group(
                    [
                        hint(f"{trace.name} {figure.labels[at]}: {value:,.{figure.places}f}"),
                        symbol(index, x, y, is_open=at in trace.open),
                    ]
                )
            )
    return [tag("path", class_="stroke", d="".join(path)), *parts] if path else parts


def spark(values: Sequence[Decimal | None]) -> SafeString:
    """The course of a figure, small, beside the figure itself: decoration, so hidden."""
    told = [value for value in values if value is not None]
    if len(told) < 2:
        return mark_safe("")
    low, high = min(told), max(told)
    span = high - low or Decimal(1)
    points = [
        (4 + 112 * index / (len(told) - 1), 34 - 28 * float((value - low) / span))
        for index, value in enumerate(told)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return tag(
        "svg",
        tag("polyline", class_="stroke", points=line)
        + tag("circle", class_="point", cx=points[-1][0], cy=points[-1][1], r=3.5),
        class_="spark trace-0",
        viewBox="0 0 120 40",
        aria_hidden="true",
    )
