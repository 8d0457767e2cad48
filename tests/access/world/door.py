"""A tablet at the door of the seminar, and somebody who was sold a ticket there."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from events import actions
from events.models import DoorDevice, Event, Extra, Ticket
from kosna.core import clock
from kosna.payments.models import OrderLine
from tests import factories
from tests.conftest import Cast


def door(cast: Cast) -> dict[str, Any]:
    event = Event.objects.get(slug="busan-seminar")
    device = actions.add_device(
        event=event, label="태블릿", door="정문", kind=DoorDevice.Kind.DOOR, by=cast.officer
    )
    place = factories.make_place(event.tickets.first())
    line = OrderLine.objects.create(
        order=place.line.order, kind="addon", title_ko="x", amount=0, vat_class="exempt"
    )
    addon = factories.make_addon(event, taken=1)
    return {
        "device": device.pk,
        "place": place.pk,
        "extra": Extra.objects.create(addon=addon, registration=place, line=line).pk,
        "sale": _sold(cast, event),
    }


def _sold(cast: Cast, event: Event) -> Any:
    """As on the day of the event: held, and not paid."""
    ticket = Ticket.objects.get(pk=event.tickets.first().pk)
    key = uuid4()
    with clock.standing_at(event.starts_at + timedelta(minutes=5)):
        actions.hold_place(
            event=event,
            ticket=ticket.pk,
            who=actions.WalkIn("나그네"),
            key=key,
            seller=actions.Seller(cast.doorkeeper),
        )
    return key
