"""Korea's regions as tiles: where each stands, and what each branch's tile says."""

from collections.abc import Iterable
from typing import Any

SIZE, GAP, EDGE = 74, 8, 2

#: Region code → (column, row). A tile map keeps neighbours together; it is not a survey.
PLACES = {
    "incheon": (0, 0),
    "seoul": (1, 0),
    "gyeonggi": (2, 0),
    "gangwon": (3, 0),
    "chungnam": (0, 1),
    "sejong": (1, 1),
    "chungbuk": (2, 1),
    "gyeongbuk": (3, 1),
    "jeonbuk": (0, 2),
    "daejeon": (1, 2),
    "daegu": (2, 2),
    "ulsan": (3, 2),
    "gwangju": (0, 3),
    "jeonnam": (1, 3),
    "gyeongnam": (2, 3),
    "busan": (3, 3),
    "jeju": (0, 4),
    "hq": (2, 4),  # two tiles wide, beside the sea
}


def tile_map(branches: Iterable[Any]) -> dict[str, Any]:
    """Tiles of the branches that have a place, with the size of the drawing. A branch needs
    `code`, `name`, `status`, `get_status_display()` and `get_absolute_url()`."""
    tiles = []
    for branch in branches:
        if branch.code not in PLACES:
            continue
        column, row = PLACES[branch.code]
        width = 2 * SIZE + GAP if branch.code == "hq" else SIZE
        x, y = EDGE + column * (SIZE + GAP), EDGE + row * (SIZE + GAP)
        tiles.append(
            {
                "branch": branch,
                "tone": "hq" if branch.code == "hq" else str(branch.status).lower(),
                "x": x,
                "y": y,
                "width": width,
                "middle": x + width // 2,
                "name_y": y + 36,
                "status_y": y + 55,
            }
        )
    side = 2 * EDGE - GAP
    return {
        "tiles": tiles,
        "size": SIZE,
        "width": side + 4 * (SIZE + GAP),
        "height": side + 5 * (SIZE + GAP),
    }
