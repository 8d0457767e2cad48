"""Devices at once, with real threads and commits; the twin takes the lock away."""

from collections import Counter
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError

from events import actions
from events.actions import passing, syncing
from events.models import CheckIn, Registration
from kosna.core import clock
from tests import factories
from tests.events.doors import make_device, scan
from tests.events.test_rushes import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place() -> Registration:
    event = factories.make_event("doors", starts_at=clock.now())
    return factories.make_place(factories.make_ticket(event))


def handing_in(device, made):
    return lambda: actions.sync_scans(device=device, scans=[made])[0].outcome


def test_one_ticket_at_four_doors_and_one_scan_sent_four_times(place):
    devices = [make_device(place.event, f"{n}번 문") for n in range(4)]
    asked = at_once(*[handing_in(device, scan(place)) for device in devices])
    assert Counter(asked) == {"admitted": 1, "already": 3}
    other = factories.make_place(place.ticket)
    again = scan(other, told="admitted")
    assert at_once(*[handing_in(devices[0], again)] * 4) == ["admitted"] * 4
    unknown = scan(None, code="ZZZZZZZZ", told="unknown")
    assert at_once(*[handing_in(devices[0], unknown)] * 4) == ["unknown"] * 4
    assert place.event.scans.count() == 4 + 1 + 1
    assert CheckIn.objects.count() == 2


def test_twin_without_the_lock_two_doors_both_find_the_person_outside(place, monkeypatch):
    both = Barrier(2)
    read = passing._came

    def read_together(place):
        known = read(place)
        with suppress(BrokenBarrierError):
            both.wait(5)
        return known

    def unlocked(place, event):
        return Registration.objects.filter(pk=place, event=event).select_related("event", "ticket")

    monkeypatch.setattr(passing, "_came", read_together)
    monkeypatch.setattr(syncing, "_placed", unlocked)
    monkeypatch.setattr(syncing, "_keep", syncing._keep.__wrapped__)
    devices = [make_device(place.event, f"{n}번 문") for n in range(2)]
    answers = []

    def hand_in(device):
        def run():
            try:
                answers.append(handing_in(device, scan(place))())
            except IntegrityError as error:
                answers.append(type(error))

        return run

    at_once(*map(hand_in, devices))
    assert Counter(answers) == {"admitted": 1, IntegrityError: 1}
    # Both are down as let in by the rules, which the lock makes impossible.
    assert place.scans.filter(outcome="admitted").count() == 2
