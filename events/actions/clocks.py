"""When something happened at a door, by the clock of whoever tells of it later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from events.models import DoorDevice, Event
from kosna.core import clock, tokens


def paired_since(device: DoorDevice, former: Sequence[str] = ()) -> datetime:
    """Since when a device stands at its event. ``former``: the tokens that it had there before, as
    only the device itself can show, though they open nothing any more."""
    if not former:
        return device.added_at
    known = [tokens.fingerprint(token) for token in former]
    before = DoorDevice.objects.filter(fingerprint__in=known, event=device.event_id)
    first = before.aggregate(at=Min("added_at"))["at"]
    return min(first or device.added_at, device.added_at)


@dataclass(frozen=True)
class SenderClock:
    """A clock that is wrong is put right by what it was ``wrong_by`` when it sent. Nothing is later
    than ``now``, nor earlier than the event's day and the pairing of its device (``paired_since``):
    whoever holds a device cannot write down that somebody came before."""

    wrong_by: timedelta
    earliest: datetime
    now: datetime

    @classmethod
    def of(cls, event: Event, since: datetime | None, sent_at: datetime | None) -> "SenderClock":
        """``since``: when a device was paired; None for what is none. ``sent_at``: what the
        sender's clock said as it sent; None where it is ours."""
        now = clock.now()
        earliest = min(clock.start_of(clock.kst_date(event.starts_at)), now)
        if since:
            earliest = max(earliest, since)
        return cls(now - sent_at if sent_at else timedelta(0), earliest, now)

    def put_right(self, at: datetime) -> datetime:
        return min(max(at + self.wrong_by, self.earliest), self.now)
