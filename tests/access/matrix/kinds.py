"""Kinds of events: an exhibition and its booths."""

from tests.access.rows import HOLD_EVENTS, SEE_EVENTS, desk, own, public, signed_in

ROWS = [
    public("events:booths", slug="expo"),
    signed_in("events:booth", slug="expo", number="booth"),
    signed_in("me:booths"),
    own("me:booth-give-up", "regular", code="booth_order"),
    desk("events_staff:booths", SEE_EVENTS, slug="expo"),
    desk("events_staff:booth-types", HOLD_EVENTS, slug="expo"),
    desk("events_staff:booth-plan", HOLD_EVENTS, slug="expo"),
    desk("events_staff:booth", SEE_EVENTS, slug="expo", number="booth"),
    desk("events_staff:booth-move", HOLD_EVENTS, 422, "post", slug="expo", number="booked"),
    desk("events_staff:booth-take-back", HOLD_EVENTS, 422, "post", slug="expo", number="booked"),
    desk("events_staff:booth-withhold", HOLD_EVENTS, 302, "post", slug="expo", number="booth"),
]
