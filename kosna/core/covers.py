"""Cover art for reports and events that have none: nodes and links, drawn from their own words."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from math import hypot
from random import Random

from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT, MARGIN = 400, 300, 26
PALETTES = 6  # .cover-0 … .cover-5 in components.css

Point = tuple[int, int]


@dataclass(frozen=True)
class Circle:
    kind: str  # deep, ring, node, soft, bright
    x: int
    y: int
    radius: int


@dataclass(frozen=True)
class Drawing:
    """What a cover shows, in its own measure (``WIDTH`` × ``HEIGHT``), in the order of painting:
    ``below``, the links, the path, then ``nodes``."""

    palette: int
    below: tuple[Circle, ...]
    links: tuple[tuple[Point, Point], ...]
    path: tuple[Point, ...]
    nodes: tuple[Circle, ...]


def drawing(seed: str, title: str = "", topic: str = "") -> Drawing:
    """Always the same for the same words: `topic` chooses the palette, `seed` and `title` the
    rest."""
    rng = Random(hashlib.sha256(f"{seed}\0{title}".encode()).digest())
    palette = hashlib.sha256((topic or seed).encode()).digest()[0] % PALETTES
    points = _scatter(rng, wanted=18)
    links = _links(points)
    path = _walk(rng, points, links)
    focus = points[path[-1]]
    below = [Circle("deep", *focus, rng.randint(110, 170))]
    below += [Circle("ring", *focus, radius) for radius in (34, 62, 96)]
    nodes = []
    for index, point in enumerate(points):
        kind = "bright" if index in path else rng.choice(("node", "node", "soft"))
        radius = 13 if index == path[-1] else rng.choice((4, 5, 6, 8, 10))
        nodes.append(Circle(kind, *point, radius))
    return Drawing(
        palette,
        tuple(below),
        tuple((points[a], points[b]) for a, b in sorted(links)),
        tuple(points[index] for index in path),
        tuple(nodes),
    )


@lru_cache(maxsize=1024)
def cover_svg(seed: str, title: str = "", topic: str = "") -> SafeString:
    """A drawing as an SVG. Decoration only, so hidden from screen readers."""
    drawn = drawing(seed, title, topic)
    parts = [
        f'<svg class="cover cover-{drawn.palette}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'preserveAspectRatio="xMidYMid slice" aria-hidden="true">',
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>',
    ]
    parts += [_circle(circle) for circle in drawn.below]
    parts += [
        '<line class="link" x1="{}" y1="{}" x2="{}" y2="{}"/>'.format(*a, *b)
        for a, b in drawn.links
    ]
    points = " ".join(f"{x},{y}" for x, y in drawn.path)
    parts.append(f'<polyline class="path" points="{points}"/>')
    parts += [_circle(circle) for circle in drawn.nodes]
    return mark_safe("".join([*parts, "</svg>"]))  # only our own numbers and names


def _circle(circle: Circle) -> str:
    return f'<circle class="{circle.kind}" cx="{circle.x}" cy="{circle.y}" r="{circle.radius}"/>'


def _scatter(rng: Random, wanted: int) -> list[Point]:
    """Points that keep their distance; each is the loneliest of twelve candidates."""
    nodes: list[Point] = []
    while len(nodes) < wanted:
        candidates = [
            (rng.randint(MARGIN, WIDTH - MARGIN), rng.randint(MARGIN, HEIGHT - MARGIN))
            for _ in range(12)
        ]
        nodes.append(
            max(candidates, key=lambda point: min((_far(point, n) for n in nodes), default=0))
        )
    return nodes


def _far(a: Point, b: Point) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def _links(nodes: list[Point]) -> set[tuple[int, int]]:
    """Every node with its two nearest."""
    links = set()
    for index, node in enumerate(nodes):
        near = sorted(range(len(nodes)), key=lambda other: _far(node, nodes[other]))[1:3]
        links |= {(min(index, other), max(index, other)) for other in near}
    return links


def _walk(rng: Random, nodes: list[Point], links: set[tuple[int, int]]) -> list[int]:
    """A way along the links, from the leftmost node on: the story that the eye follows."""
    path = [min(range(len(nodes)), key=lambda index: nodes[index][0])]
    while len(path) < 6:
        onward = [
            b if a == path[-1] else a
            for a, b in sorted(links)
            if path[-1] in (a, b) and (b if a == path[-1] else a) not in path
        ]
        if not onward:
            break
        path.append(max(onward, key=lambda index: (nodes[index][0], rng.random())))
    return path
