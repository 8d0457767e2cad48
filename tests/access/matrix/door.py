"""The door of an event: its devices, what they ask for, and what the organiser sees of them."""

from tests.access.rows import HOLD_EVENTS, SEE_EVENTS, desk, public

ROWS = [
    public("door:door"),  # the page alone: what it shows comes with a device's token
    public("door:worker"),
    public("door:manifest"),
    public("door:kiosk"),
    public("door:self", ok=401, method="post"),
    public("door:roster", ok=401),
    public("door:sync", ok=401, method="post"),
    desk("events_staff:badges", HOLD_EVENTS, slug="event"),
    desk("events_staff:door", SEE_EVENTS, slug="event"),
    desk("events_staff:door-scans", SEE_EVENTS, slug="event"),
    desk("events_staff:door-devices", HOLD_EVENTS, slug="event"),
    desk("events_staff:door-device", HOLD_EVENTS, slug="event", pk="device"),
    desk("events_staff:door-device-revoke", HOLD_EVENTS, 302, "post", slug="event", pk="device"),
]
