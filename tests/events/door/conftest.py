"""An afternoon at the doors of an event: a ticket, somebody who has one, a device."""

from datetime import timedelta

import pytest

from kosna.core import clock
from tests import factories
from tests.events.doors import NOON, make_device


@pytest.fixture(autouse=True)
def standing():
    with clock.standing_at(NOON + timedelta(hours=3)):
        yield


@pytest.fixture
def event():
    return factories.make_event("doors", starts_at=NOON)


@pytest.fixture
def ticket(event):
    return factories.make_ticket(event, capacity=30)


@pytest.fixture
def place(ticket):
    return factories.make_place(ticket, factories.make_user("김하늘"), affiliation="누리상사")


@pytest.fixture
def device(event):
    return make_device(event)
