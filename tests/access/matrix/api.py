"""What programs ask: without a key everybody gets the same 401, whatever session they have."""

from tests.access.rows import HOLD_EVENTS, desk, public

ROWS = [
    public("api:guide"),
    public("api:openapi"),
    public("api:events", ok=401),
    public("api:events", ok=401, method="post"),
    public("api:event", ok=401, slug="event"),
    public("api:event", ok=401, method="patch", slug="event"),
    public("api:event-publish", ok=401, method="post", slug="event"),
    public("api:event-unpublish", ok=401, method="post", slug="event"),
    public("api:registrations", ok=401, slug="event"),
    public("api:roster", ok=401, slug="event"),
    public("api:scans", ok=401, method="post", slug="event"),
    public("api:arrivals", ok=401, slug="event"),
    public("api:reports", ok=401),
    public("api:report", ok=401, slug="report"),
    public("api:series-list", ok=401),
    public("api:series", ok=401, code="statistic"),
    public("api:series-values", ok=401, code="statistic"),
    desk("api_staff:tokens", HOLD_EVENTS),
    desk("api_staff:token-revoke", HOLD_EVENTS, 302, "post", pk="api_token"),
]
