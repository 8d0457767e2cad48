"""One code for everybody of an order: whoever comes as a group is let in with one scan."""

import hmac
import re

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from events.models import Event, Registration
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.payments.models import Order

_ADDRESS = re.compile(r"/(?P<order>[A-Za-z0-9]{4,10})/places/(?P<mark>#[0-9a-f]{32})$")


def group_mark(order_code: str) -> str:
    """128 bits that follow from SECRET_KEY; behind a #, so that no log holds them."""
    digest = salted_hmac("kosna.group", order_code, algorithm="sha256").hexdigest()
    return f"#{digest[:32]}"


def group_address(order: Order) -> str:
    """What its QR code says: a phone opens the buyer's own page, a door finds the group."""
    return (
        settings.SITE_URL
        + reverse("tickets:order-places", args=[order.code])
        + group_mark(order.code)
    )


def find_group(event: Event, typed: str, *, by: User) -> list[Registration]:
    """The named places in an event of the order whose code was scanned, those not paid for too:
    who holds one is told so, and not let in."""
    found = _ADDRESS.search(typed.strip())
    if not found or not hmac.compare_digest(found["mark"], group_mark(found["order"])):
        return []
    places = event.registrations.holding_seats().named().filter(line__order__code=found["order"])
    group = list(places.with_event().order_by("name", "pk"))
    if group:
        people = [place.user_id for place in group if place.user_id]
        audit.record("events.open_group", event, by=by, subjects=people, order=found["order"])
    return group
