"""The door of an event: its devices, what they ask for, and what the organiser sees of them."""

from tests.access.rows import HOLD_EVENTS, SEE_EVENTS, SELL, Row, desk, public


def own_sale(name: str, ok: int = 200, method: str = "get") -> Row:
    args = {"slug": "event", "key": "sale"}
    return Row(name, {"doorkeeper"}, args, SELL - {"doorkeeper"}, method, ok)


ROWS = [
    public("door:door"),  # the page alone: what it shows comes with a device's token
    public("door:worker"),
    public("door:manifest"),
    public("door:kiosk"),
    public("door:self", ok=401, method="post"),
    public("door:roster", ok=401),
    public("door:sync", ok=401, method="post"),
    public("door:offers", ok=401, method="post"),
    public("door:sell", ok=401, method="post"),
    public("door:paid", ok=401, method="post", key="sale"),
    public("door:sold", ok=401, key="sale"),
    public("door:unsold", ok=401, method="post", key="sale"),
    desk("events_staff:sell", SELL, slug="event"),
    desk("events_staff:extras", SELL, slug="event", pk="place"),
    desk("events_staff:hand-out", SELL, 302, "post", slug="event", pk="extra"),
    # One's own: whoever else may sell finds nothing there.
    own_sale("events_staff:sale"),
    own_sale("events_staff:sale-paid", 422, "post"),  # how?
    own_sale("events_staff:sale-drop", 302, "post"),
    desk("events_staff:badges", HOLD_EVENTS, slug="event"),
    desk("events_staff:door", SEE_EVENTS, slug="event"),
    desk("events_staff:door-scans", SEE_EVENTS, slug="event"),
    desk("events_staff:door-scans-export", SEE_EVENTS, 303, "post", slug="event"),
    desk("events_staff:door-devices", HOLD_EVENTS, slug="event"),
    desk("events_staff:door-device", HOLD_EVENTS, slug="event", pk="device"),
    desk("events_staff:door-device-revoke", HOLD_EVENTS, 302, "post", slug="event", pk="device"),
]
