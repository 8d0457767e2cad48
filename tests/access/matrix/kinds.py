"""Kinds of events: an exhibition and its booths."""

from tests.access.rows import HOLD_EVENTS, SEE_EVENTS, desk, own, public, signed_in

ROWS = [
    public("events:archive"),
    public("events:booths", slug="expo"),
    signed_in("events:booth", slug="expo", number="booth"),
    signed_in("events:booth-any", slug="expo", code="booth_kind"),
    desk("events_staff:booth-booking", SEE_EVENTS, slug="expo", pk="any_booth"),
    desk(
        "events_staff:booth-booking-take-back",
        HOLD_EVENTS,
        422,
        "post",
        slug="expo",
        pk="any_booth",
    ),
    signed_in("me:booths"),
    own("me:booth-give-up", "regular", code="booth_order"),
    desk("events_staff:booths", SEE_EVENTS, slug="expo"),
    desk("events_staff:booth-types", HOLD_EVENTS, slug="expo"),
    desk("events_staff:booth-plan", HOLD_EVENTS, slug="expo"),
    desk("events_staff:booth", SEE_EVENTS, slug="expo", number="booth"),
    desk("events_staff:booth-move", HOLD_EVENTS, 422, "post", slug="expo", number="booked"),
    desk("events_staff:booth-take-back", HOLD_EVENTS, 422, "post", slug="expo", number="booked"),
    public("events:exhibitors", slug="expo"),
    public("events:exhibitor", slug="expo", pk="exhibitor"),
    public("events:exhibitor-logo", ok=404, slug="expo", pk="exhibitor"),  # it has none
    own("me:exhibitor", "regular", pk="exhibitor"),
    desk("events_staff:exhibitors", SEE_EVENTS, slug="expo"),
    desk("events_staff:exhibitors-export", SEE_EVENTS, 303, "post", slug="expo"),
    desk("events_staff:exhibitor-hide", HOLD_EVENTS, 303, "post", slug="expo", pk="exhibitor"),
    desk("events_staff:exhibitor-show", HOLD_EVENTS, 303, "post", slug="expo", pk="exhibitor"),
    desk("events_staff:online", HOLD_EVENTS, slug="expo"),
    signed_in("me:teaching"),
    own("me:roll", "regular", slug="expo"),
    desk("events_staff:instructors", HOLD_EVENTS, slug="expo"),
    desk("events_staff:instructor-end", HOLD_EVENTS, 302, "post", slug="expo", pk="instructor"),
    desk("events_staff:series", HOLD_EVENTS, slug="expo"),
    desk("events_staff:series-change", HOLD_EVENTS, slug="expo", pk="series"),
    desk("events_staff:series-drop", HOLD_EVENTS, 302, "post", slug="expo", pk="series"),
    desk("events_staff:booth-withhold", HOLD_EVENTS, 302, "post", slug="expo", number="booth"),
]
