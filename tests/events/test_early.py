"""Before the first day of an event nobody is let in unasked."""

from datetime import timedelta
from uuid import uuid4

import pytest

from events import actions
from events.actions import SentScan
from events.door import arrivals
from events.models import DoorDevice, DoorScan, Event, Outcome, Registration
from kosna.core import clock
from tests import factories
from tests.events.doors import make_device

DOOR = "/staff/checkin/ahead/"
BEGINS = "이후에는 취소하거나 참가권을 넘길 수 없습니다"


@pytest.fixture
def event(cast) -> Event:
    return factories.make_event("ahead", branch=cast.busan)


@pytest.fixture
def place(event) -> Registration:
    return factories.make_place(factories.make_ticket(event))


def came(event: Event) -> int:
    return Registration.objects.filter(event=event).exclude(check_in=None).count()


def test_the_desk_asks_back_and_admits_on_a_second_word(event, place, login):
    door = login("doorkeeper")
    assert BEGINS in door.get(DOOR).content.decode()
    asked = door.post(DOOR, {"code": place.code})
    assert asked.context["scan"].outcome == Outcome.EARLY
    assert 'name="is_early"' in asked.content.decode()
    assert f'name="code" value="{place.code}"' in asked.content.decode()
    assert came(event) == 0 and not DoorScan.objects.exists()

    told = door.post(DOOR, {"code": place.code, "is_early": "on"})
    assert told.context["scan"].outcome == Outcome.ADMITTED
    assert came(event) == 1
    again = door.post(DOOR, {"code": place.code})
    assert again.context["scan"].outcome == Outcome.ALREADY
    assert 'name="is_early"' not in again.content.decode()
    out = door.post(DOOR, {"code": place.code, "direction": "out"})
    assert out.context["scan"].outcome == Outcome.LEFT


def test_on_the_first_day_nobody_is_asked(event, place, login):
    late = clock.end_of(clock.today()) - timedelta(seconds=1)
    Event.objects.update(starts_at=late, ends_at=late + timedelta(hours=3))
    door = login("doorkeeper")
    assert BEGINS not in door.get(DOOR).content.decode()
    told = door.post(DOOR, {"code": place.code})
    assert told.context["scan"].outcome == Outcome.ADMITTED


@pytest.mark.miscounts
def test_other_reasons_come_first(event, place, cast):
    status = Registration.Status.CANCELLED
    Registration.objects.update(status=status, released_at=clock.now())
    scan = actions.check_in(event=event, typed=place.code, by=cast.doorkeeper, is_early=True)
    assert scan.outcome == Outcome.CANCELLED
    assert came(event) == 0


def test_a_group_is_asked_for_together(event, place, login):
    other = factories.make_place(place.ticket)
    door = login("doorkeeper")
    codes = sorted([place.code, other.code])
    asked = door.post(DOOR, {"people": codes})
    assert [scan.outcome for scan in asked.context["too_early"]] == [Outcome.EARLY] * 2
    assert came(event) == 0
    door.post(DOOR, {"people": codes, "is_early": "on"})
    assert came(event) == 2


def test_devices_and_kiosks_let_nobody_in_early(event, place):
    device = make_device(event)
    kiosk = make_device(event, kind=DoorDevice.Kind.KIOSK)
    sent = SentScan(uuid4(), clock.now(), code=place.code)
    assert [answer.outcome for answer in actions.sync_scans(device=device, scans=[sent])] == [
        Outcome.EARLY
    ]
    told = actions.check_in_oneself(device=kiosk, uuid=uuid4(), code=place.code)
    assert told.outcome == Outcome.EARLY
    assert came(event) == 0
    assert [(tally.query, tally.count) for tally in arrivals.notices(event)] == [("early", 2)]

    # What a device let in by itself is looked at, and is no admission.
    by_itself = SentScan(uuid4(), clock.now(), told="admitted", code=place.code)
    [answer] = actions.sync_scans(device=device, scans=[by_itself])
    assert (answer.outcome, answer.scan.was_wrongly_let_in) == (Outcome.EARLY, True)
    assert came(event) == 0


def test_whoever_the_desk_has_let_in_walks_through_devices(event, place, cast):
    actions.check_in(event=event, typed=place.code, by=cast.doorkeeper, is_early=True)
    device = make_device(event)
    [out] = actions.sync_scans(
        device=device, scans=[SentScan(uuid4(), clock.now(), "out", code=place.code)]
    )
    assert out.outcome == Outcome.LEFT
    [back] = actions.sync_scans(
        device=device, scans=[SentScan(uuid4(), clock.now(), code=place.code)]
    )
    assert back.outcome == Outcome.RETURNED


def test_the_roster_says_when_the_event_begins(event, place):
    told = actions.roster(make_device(event)).text
    assert f'"first_day":"{event.first_day.isoformat()}"' in told
