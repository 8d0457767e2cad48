"""What a device sends is JSON of its own making: nonsense is answered, and is no fault of ours."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from events import actions
from events.models import DoorDevice, Event
from kosna.core import clock
from tests import factories
from tests.conftest import Cast
from tests.events.doors import NOON, make_device

pytestmark = pytest.mark.django_db
DEEP, HALF = "[" * 100_000, "\ud800"


@pytest.fixture(autouse=True)
def standing():
    with clock.standing_at(NOON):
        yield


@pytest.fixture
def event(cast: Cast) -> Event:
    return factories.make_event("doors", branch=cast.busan, starts_at=NOON)


def answer_to(device: DoorDevice, route: str, sent: Any) -> Any:
    """``sent`` as text is sent as it is."""
    return Client().post(
        reverse(f"door:{route}"),
        sent if isinstance(sent, str) else json.dumps(sent),
        content_type="application/json",
        headers={"Authorization": f"Bearer {actions.token_of(device)}"},
    )


def answered(device: DoorDevice, route: str, sent: Any) -> int:
    return answer_to(device, route, sent).status_code


def test_nonsense_is_answered(cast: Cast, event: Event) -> None:
    ticket = factories.make_ticket(event, prices={None: 30_000})
    door = make_device(event, by=cast.officer, cashier=cast.doorkeeper)
    kiosk = make_device(event, "로비", by=cast.officer, kind=DoorDevice.Kind.KIOSK)
    for sent in (DEEP, "1", "[1]", "null", {"uuid": str(uuid4()), "code": HALF}):
        assert answered(kiosk, "self", sent) == 400
    row = {"uuid": str(uuid4()), "at": NOON.isoformat(), "direction": "in"}
    sync = {"sent_at": NOON.isoformat(), "scans": []}
    for sent in (DEEP, "1", "[1]"):
        assert answered(door, "sync", sent) == 400
    assert answered(door, "sync", {**sync, "scans": [{**row, "at": [1], "place": {}}, {}]}) == 200
    guest = {"key": str(uuid4()), "ticket": ticket.pk, "name": "나그네", "agrees": True}
    for sent in (DEEP, "1", {**guest, "name": HALF}, {**guest, "member": HALF}):
        assert answered(door, "sell", sent) == 409
    assert answered(door, "sell", guest) == 200


def test_half_a_letter_holds_up_nobody_else(cast: Cast, event: Event) -> None:
    door = make_device(event, by=cast.officer)
    good, bad = (
        {"uuid": str(uuid4()), "at": NOON.isoformat(), "direction": "in", "code": code}
        for code in ("ZZZZZZZZ", f"Z{HALF}")
    )
    told = answer_to(door, "sync", {"sent_at": NOON.isoformat(), "scans": [bad, good]}).json()
    assert ([row["uuid"] for row in told["answers"]], told["malformed"]) == (
        [good["uuid"]], [bad["uuid"]],
    )  # fmt: skip
