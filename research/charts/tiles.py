"""Korea's provinces as tiles, each in the shade of its value and with the value on it."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kosna.core.tilemap import COLUMNS, EDGE, GAP, PLACES, SIZE
from research.charts.figures import Figure
from research.charts.svg import drawing, group, hint, tag, text

SHADES = 5
WIDTH = 2 * EDGE - GAP + COLUMNS * (SIZE + GAP)


def region_map(
    figure: Figure, key: str, names: Mapping[str, str], values: Mapping[str, Decimal | None]
) -> SafeString:
    """``names`` are all regions by code. One whose value is None says so and has no shade; of one
    that is not in ``values`` nothing was asked. A region that is new to the map stands below the
    others."""
    told = [value for value in values.values() if value is not None]
    low, high = (min(told), max(told)) if told else (Decimal(0), Decimal(0))
    new = [code for code in names if code not in PLACES and values.get(code) is not None]
    tiles = []
    for code, name in names.items():
        if code in PLACES:
            column, row, _name = PLACES[code]
        elif code in new:
            column, row = new.index(code) % COLUMNS, 5 + new.index(code) // COLUMNS
        else:
            continue
        value = values.get(code)
        words = "" if code not in values else "…"
        if value is not None:
            words = f"{value:,.{figure.places}f}"
        kind = "tile" if value is None else f"tile shade-{shade(value, low, high)}"
        tiles.append(_tile(name, words, kind, column, row))
    rows = 5 + -(-len(new) // COLUMNS)
    top = EDGE + rows * (SIZE + GAP) + 6
    notes = [
        text(note, EDGE, top + 62 + 18 * index, class_="note")
        for index, note in enumerate(figure.notes)
    ]
    body = group(tiles) + _legend(low, high, top, figure) + group(notes)
    height = top + 56 + 18 * len(notes)
    return drawing(key, figure.title, figure.summary, WIDTH, height, body, kind="map")


def shade(value: Decimal, low: Decimal, high: Decimal) -> int:
    """Which of five equal intervals between the least and the greatest a value lies in."""
    if high == low:
        return SHADES // 2
    return min(int((value - low) * SHADES / (high - low)), SHADES - 1)


def _tile(name: str, words: str, kind: str, column: int, row: int) -> str:
    x, y = EDGE + column * (SIZE + GAP), EDGE + row * (SIZE + GAP)
    return group(
        [
            hint(f"{name}: {words}" if words else name),
            tag("rect", x=x, y=y, width=SIZE, height=SIZE, rx=12),
            text(name, x + SIZE / 2, y + 32, class_="tile-name middle"),
            text(words, x + SIZE / 2, y + 53, class_="tile-value middle"),
        ],
        class_=kind,
    )


def _legend(low: Decimal, high: Decimal, top: float, figure: Figure) -> str:
    width = (WIDTH - 2 * EDGE) / SHADES
    boxes = [
        group(
            [tag("rect", x=EDGE + width * index, y=top, width=width, height=12)],
            class_=f"tile shade-{index}",
        )
        for index in range(SHADES)
    ]
    ends = [
        text(f"{low:,.{figure.places}f}", EDGE, top + 30, class_="tick"),
        text(f"{high:,.{figure.places}f}", WIDTH - EDGE, top + 30, class_="tick end"),
        text(
            _("Unit: %(unit)s") % {"unit": figure.unit}, WIDTH / 2, top + 30, class_="tick middle"
        ),
    ]
    return group([*boxes, *ends], class_="legend")
