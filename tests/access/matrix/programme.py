"""The programme of an event: what is published is public, its draft is its organisers'."""

from tests.access.rows import HOLD_EVENTS, SEE_EVENTS, desk, own, public, signed_in

ROWS = [
    public("events:timetable", slug="event"),
    public("events:timetable-ics", slug="event"),
    public("events:programme-changes", slug="event"),
    public("events:programme-version", slug="event", number="programme_version"),
    public("events:session", slug="event", pk="session"),
    public("events:session-ics", slug="event", pk="session"),
    public("events:speaker-photo", slug="event", pk="speaker"),
    public("tickets:ticket-sessions", secret="secret"),
    public("tickets:ticket-sessions-ics", secret="secret"),
    signed_in("events:proposals", slug="event"),
    signed_in("events:proposal-new", slug="event"),
    own("events:proposal", "regular", slug="event", pk="proposal"),
    own("events:proposal-withdraw", "regular", 302, "post", slug="event", pk="proposal"),
    own("events:reviews", "associate", slug="event"),  # whom the organiser has appointed
    own("events:review", "associate", slug="event", pk="proposal"),
    desk("events_staff:call", HOLD_EVENTS, slug="event"),
    desk("events_staff:proposals", HOLD_EVENTS, slug="event"),
    desk("events_staff:proposals-export", HOLD_EVENTS, 303, "post", slug="event"),
    desk("events_staff:proposal", HOLD_EVENTS, slug="event", pk="proposal"),
    desk("events_staff:proposal-accept", HOLD_EVENTS, 302, "post", slug="event", pk="proposal"),
    desk("events_staff:proposal-decline", HOLD_EVENTS, 302, "post", slug="event", pk="proposal"),
    desk("events_staff:session-people", SEE_EVENTS, slug="event", pk="session"),
    desk("events_staff:session-people-export", SEE_EVENTS, 303, "post", slug="event", pk="session"),
    desk("events_staff:programme", HOLD_EVENTS, slug="event"),
    desk("events_staff:programme-publish", HOLD_EVENTS, 422, "post", slug="event"),  # as it is
    desk("events_staff:rooms", HOLD_EVENTS, slug="event"),
    desk("events_staff:session-new", HOLD_EVENTS, slug="event"),
    desk("events_staff:session-edit", HOLD_EVENTS, slug="event", pk="draft"),
    desk("events_staff:session-drop", HOLD_EVENTS, 302, "post", slug="event", pk="draft"),
    desk("events_staff:session-restore", HOLD_EVENTS, 302, "post", slug="event", pk="draft"),
    desk("events_staff:speakers", HOLD_EVENTS, slug="event"),
    desk("events_staff:speakers-export", HOLD_EVENTS, 303, "post", slug="event"),
    desk("events_staff:speaker-new", HOLD_EVENTS, slug="event"),
    desk("events_staff:speaker-edit", HOLD_EVENTS, slug="event", pk="speaker"),
    desk("events_staff:speaker-remove", HOLD_EVENTS, 303, "post", slug="event", pk="speaker"),
]
