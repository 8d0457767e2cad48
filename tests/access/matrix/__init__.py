"""Every address of the portal, room by room."""

from tests.access.matrix import events, house, members, money, programme

MATRIX = [*house.ROWS, *members.ROWS, *events.ROWS, *programme.ROWS, *money.ROWS]
