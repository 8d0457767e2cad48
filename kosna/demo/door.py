"""Two doors of today's class: people come, one goes out and comes back, one was let in twice while
a tablet had no network, and some were sent to the desk."""

from datetime import timedelta
from uuid import uuid4

from events import actions
from events.actions import SentScan
from events.models import DoorDevice, Event
from kosna.core import clock
from kosna.demo.people import account
from kosna.demo.registrations import EVERYBODY, place_of
from kosna.demo.story import Story

TODAY = "citizen-sns-class-11"
FRONT, BACK = ("정문 태블릿", "정문"), ("후문 휴대전화", "후문")


def tell(story: Story) -> None:
    story.at(story.now - timedelta(minutes=20), _add_devices)
    story.at(story.now, _scans)


def _add_devices() -> None:
    event = Event.objects.get(slug=TODAY)
    for label, door in (FRONT, BACK):
        actions.add_device(
            event=event, label=label, door=door, kind=DoorDevice.Kind.DOOR, by=account("hq")
        )


def _scans() -> None:
    """What both hand in at last, the tablet at the back after the other."""
    devices = DoorDevice.objects.select_related("event", "added_by")
    front, back = (devices.get(event__slug=TODAY, door=door) for _label, door in (FRONT, BACK))
    for device in (front, back):
        actions.device_of(actions.token_of(device))
    walkers = EVERYBODY[4:9]
    handed_in = [_walk(key, 15 - index) for index, key in enumerate(walkers)]
    handed_in += [_walk(walkers[0], 8, "out", "left"), _walk(walkers[0], 3, "in", "returned")]
    handed_in.append(_unknown("K7QM-2RTX", 5))
    actions.sync_scans(device=front, scans=handed_in)
    actions.sync_scans(device=back, scans=[_walk(walkers[1], 2), _unknown("지난달 초대권", 1)])


def _walk(key: str, minutes: int, direction: str = "in", told: str = "admitted") -> SentScan:
    at = clock.now() - timedelta(minutes=minutes)
    return SentScan(uuid4(), at, direction, told, place=place_of(key, TODAY).pk)


def _unknown(code: str, minutes: int) -> SentScan:
    return SentScan(uuid4(), clock.now() - timedelta(minutes=minutes), told="unknown", code=code)
