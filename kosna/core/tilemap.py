"""Korea's regions as tiles: where each stands, and what each branch's tile says."""

from collections.abc import Iterable
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


def tile_map(branches: Iterable[Any]) -> dict[str, Any]:
    """Tiles of the branches that have a place, with the size of the drawing. A branch needs a
    `code` and a `status` (open, preparing, planned); the head office is drawn apart."""
    tiles = []
    for branch in branches:
        if branch.code not in PLACES:
            continue
        column, row, name = PLACES[branch.code]
        is_head_office = branch.code == "hq"
        width = 2 * SIZE + GAP if is_head_office else SIZE
        x, y = EDGE + column * (SIZE + GAP), EDGE + row * (SIZE + GAP)
        tiles.append(
            {
                "code": branch.code,
                "name": name,
                "status": STATUSES.get(str(branch.status), ""),
                "tone": "hq" if is_head_office else str(branch.status),
                "x": x,
                "y": y,
                "width": width,
                "middle": x + width // 2,
                "name_y": y + 36,
                "status_y": y + 55,
            }
        )
    return {
        "tiles": tiles,
        "size": SIZE,
        "width": 2 * EDGE - GAP + 4 * (SIZE + GAP),
        "height": 2 * EDGE - GAP + 5 * (SIZE + GAP),
    }
