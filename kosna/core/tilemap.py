"""Korea's regions as tiles: where each stands, and what each tile says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

SIZE, GAP, EDGE = 74, 8, 2

#: Region code → column, row, name. A tile map keeps neighbours together; it is not a survey.
PLACES = {
    "incheon": (0, 0, _("Incheon")),
    "seoul": (1, 0, _("Seoul")),
    "gyeonggi": (2, 0, _("Gyeonggi")),
    "gangwon": (3, 0, _("Gangwon")),
    "chungnam": (0, 1, _("Chungnam")),
    "sejong": (1, 1, _("Sejong")),
    "chungbuk": (2, 1, _("Chungbuk")),
    "gyeongbuk": (3, 1, _("Gyeongbuk")),
    "jeonbuk": (0, 2, _("Jeonbuk")),
    "daejeon": (1, 2, _("Daejeon")),
    "daegu": (2, 2, _("Daegu")),
    "ulsan": (3, 2, _("Ulsan")),
    "gwangju": (0, 3, _("Gwangju")),
    "jeonnam": (1, 3, _("Jeonnam")),
    "gyeongnam": (2, 3, _("Gyeongnam")),
    "busan": (3, 3, _("Busan")),
    "jeju": (0, 4, _("Jeju")),
    "hq": (2, 4, _("Head office")),  # two tiles wide, beside the sea
}
STATUSES = {"open": _("Active"), "preparing": _("Preparing"), "planned": _("Planned")}


COLUMNS = 4
NEARER = {"open": 0, "preparing": 1, "planned": 2}


@dataclass(frozen=True)
class Tile:
    """A place on the map with the branch that serves it."""

    code: str
    name: Any
    status: Any
    tone: str
    x: int
    y: int
    width: int

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def name_y(self) -> int:
        return self.y + 36

    @property
    def status_y(self) -> int:
        return self.y + 55


def tile_map(branches: Iterable[Any]) -> dict[str, Any]:
    """A tile for the head office and for each region that a branch covers (its own name where it
    names none), with the size of the drawing. Of several branches the one that is open is linked;
    a region that is new to this map gets a tile below the others."""
    served = _served(branches)
    known = {place: PLACES[place] for place in PLACES if place in served}
    new = [place for place in served if place not in PLACES]
    rows = 5 + -(-len(new) // COLUMNS)
    tiles = [_tile(served[place][1], *where) for place, where in known.items()]
    for index, place in enumerate(new):
        branch, name = served[place][1], served[place][2]
        tiles.append(_tile(branch, index % COLUMNS, 5 + index // COLUMNS, name))
    return {
        "tiles": tiles,
        "size": SIZE,
        "width": 2 * EDGE - GAP + COLUMNS * (SIZE + GAP),
        "height": 2 * EDGE - GAP + rows * (SIZE + GAP),
    }


def _served(branches: Iterable[Any]) -> dict[str, tuple[tuple[int, bool], Any, str]]:
    """Of each place: how near its branch is (open first, then the one of that name), the branch,
    and what the place is called."""
    served: dict[str, tuple[tuple[int, bool], Any, str]] = {}
    for branch in branches:
        for place, name in _places_of(branch):
            nearness = (NEARER.get(str(branch.status), 3), branch.code != place)
            if place not in served or nearness < served[place][0]:
                served[place] = (nearness, branch, name)
    return served


def _places_of(branch: Any) -> list[tuple[str, str]]:
    if branch.code == "hq":
        return [("hq", "")]
    regions = branch.regions.all() if hasattr(branch, "regions") else ()
    places = [(region.code, region.name) for region in regions]
    return places or ([(branch.code, "")] if branch.code in PLACES else [])


def _tile(branch: Any, column: int, row: int, name: Any) -> Tile:
    is_head_office = branch.code == "hq"
    return Tile(
        code=branch.code,
        name=name,
        status=STATUSES.get(str(branch.status), ""),
        tone="hq" if is_head_office else str(branch.status),
        x=EDGE + column * (SIZE + GAP),
        y=EDGE + row * (SIZE + GAP),
        width=2 * SIZE + GAP if is_head_office else SIZE,
    )
