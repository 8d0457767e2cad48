"""A tablet at the door of the seminar."""

from typing import Any

from events.actions import add_device
from events.models import DoorDevice, Event
from tests.conftest import Cast


def door(cast: Cast) -> dict[str, Any]:
    event = Event.objects.get(slug="busan-seminar")
    device = add_device(
        event=event, label="태블릿", door="정문", kind=DoorDevice.Kind.DOOR, by=cast.officer
    )
    return {"device": device.pk}
