"""Every address of the portal, room by room."""

from tests.access.matrix import (
    api,
    community,
    directory,
    door,
    events,
    house,
    kinds,
    members,
    money,
    programme,
    programmes,
    research,
    retention,
)

MATRIX = [
    *house.ROWS,
    *members.ROWS,
    *programmes.ROWS,
    *community.ROWS,
    *directory.ROWS,
    *events.ROWS,
    *programme.ROWS,
    *kinds.ROWS,
    *door.ROWS,
    *api.ROWS,
    *research.ROWS,
    *money.ROWS,
    *retention.ROWS,
]
