"""Events: what is public, what a buyer sees, the organisers' desk and the door."""

from tests.access.rows import (
    HEAD_OFFICE,
    HOLD_EVENTS,
    SEE_EVENTS,
    SIGNED_IN,
    Row,
    bought,
    desk,
    own,
    public,
    signed_in,
)

ROWS = [
    public("events:events"),
    public("events:calendar-ics"),
    public("events:event", slug="event"),
    public("events:event-ics", slug="event"),
    public("tickets:ticket", secret="secret"),
    public("tickets:ticket-pdf", secret="secret"),
    public("tickets:ticket-certificate", secret="secret", ok=404),  # has not come yet
    public("tickets:ticket-material", secret="secret", pk="material"),
    public("tickets:ticket-survey", secret="secret"),  # says that it is for those who came
    public("events:materials", slug="event"),
    public("events:material", slug="event", pk="material"),  # which is for everyone
    signed_in("events:register", slug="event"),
    signed_in("events:register-list", slug="event"),
    # Who is signed in is sent to their own form.
    Row("events:register-guest", {"visitor", "guest"}, {"slug": "event"}, others=302),
    public("payments:guest", token="guest_token", ok=303),
    public("payments:guest-mine", method="post", token="guest_token", ok=303),
    # For whoever opened the guest's link, and has an account of the same address.
    own("tickets:order-claim", "account", 302, "post", code="order_to_claim"),
    Row("events:waiting", SIGNED_IN | {"guest"}, {"slug": "event"}),
    Row(
        "events:waiting-leave",
        {"regular", "guest"},
        {"slug": "event"},
        method="post",
        ok=302,
        others=404,
    ),
    desk("events_staff:events", SEE_EVENTS | {"doorkeeper"}),
    desk("events_staff:event", SEE_EVENTS, slug="event"),
    desk("events_staff:event-new", HOLD_EVENTS),
    desk("events_staff:event-edit", HOLD_EVENTS, slug="event"),
    desk("events_staff:tickets", HOLD_EVENTS, slug="event"),
    desk("events_staff:questions", HOLD_EVENTS, slug="event"),
    desk("events_staff:answers", SEE_EVENTS, slug="event"),
    desk("events_staff:addons", HOLD_EVENTS, slug="event"),
    desk("events_staff:quotas", HOLD_EVENTS, slug="event"),
    desk("events_staff:vouchers", SEE_EVENTS, slug="event"),
    desk("events_staff:voucher-export", SEE_EVENTS, 303, "post", slug="event"),
    desk("events_staff:voucher-new", HOLD_EVENTS, slug="event"),
    desk("events_staff:voucher", SEE_EVENTS, slug="event", pk="voucher"),
    desk("events_staff:voucher-withdraw", HOLD_EVENTS, 302, "post", slug="event", pk="voucher"),
    desk("events_staff:requests", SEE_EVENTS, slug="event"),
    desk(
        "events_staff:request-approve", HOLD_EVENTS, 302, "post", slug="event", pk="place_request"
    ),
    desk(
        "events_staff:request-decline", HOLD_EVENTS, 303, "post", slug="event", pk="place_request"
    ),
    public("events:guest-sent", slug="event"),
    public("tickets:request-link", token="guest_token", ok=302),
    # For a guest whose link was opened; and for whoever has an account of the same address besides.
    own("events:request-prove", "guest", 302, "post", slug="event"),
    own("events:request-claim", "account", 302, "post", slug="event"),
    Row("events:requested", SIGNED_IN | {"guest"}, {"slug": "event"}),
    Row(
        "events:request-withdraw",
        {"regular", "guest", "account"},
        {"slug": "event"},
        method="post",
        ok=302,
        others=404,
    ),
    desk("events_staff:waiting", SEE_EVENTS, slug="event"),
    desk("events_staff:waiting-export", SEE_EVENTS, 303, "post", slug="event"),
    desk("events_staff:waiting-move-up", HOLD_EVENTS, 303, "post", slug="event", pk="waiting"),
    desk("events_staff:waiting-offer", HOLD_EVENTS, 303, "post", slug="event", pk="waiting"),
    desk("events_staff:waiting-remove", HOLD_EVENTS, 303, "post", slug="event", pk="waiting"),
    desk("events_staff:materials", HOLD_EVENTS, slug="event"),
    desk("events_staff:material-access", SEE_EVENTS, slug="event"),
    desk("events_staff:material-remove", HOLD_EVENTS, 302, "post", slug="event", pk="material"),
    desk("events_staff:numbers", SEE_EVENTS, slug="event"),
    desk("events_staff:survey", HOLD_EVENTS, slug="event"),
    desk("events_staff:survey-results", SEE_EVENTS, slug="event"),
    desk(
        "events_staff:attendance",
        {"officer", "other_officer", "head_office", "doorkeeper"},
        slug="event",
    ),
    desk(
        "events_staff:check-in",
        {"officer", "other_officer", "head_office", "doorkeeper"},
        slug="event",
    ),
    bought("tickets:order-places", code="paid_order"),
    bought("tickets:order-ticket", code="paid_order", ok=302),
    bought("tickets:ticket-details", secret="secret"),
    bought("tickets:ticket-hand-over", secret="secret"),
    bought("tickets:ticket-cancel", secret="secret"),
    bought("tickets:ticket-change", secret="secret"),
    desk("events_staff:place-change", HOLD_EVENTS, slug="event", pk="place"),
    Row("events_staff:keeping-rules", HEAD_OFFICE),
    # Who is signed in is sent to their own form.
    Row("events:waiting-guest", {"visitor", "guest"}, {"slug": "event"}, others=302),
    public("tickets:waiting-link", token="guest_token", ok=302),
    # For a guest whose link was opened.
    own("events:waiting-prove", "guest", 302, "post", slug="event"),
    bought("tickets:order-cancel", code="paid_order"),
    desk("events_staff:export", SEE_EVENTS, 303, "post", slug="event"),
    desk("events_staff:publish", HOLD_EVENTS, 303, "post", slug="event"),
    desk("events_staff:unpublish", HOLD_EVENTS, 303, "post", slug="event"),
    desk("events_staff:cancel", HOLD_EVENTS, 303, "post", slug="event"),
]
