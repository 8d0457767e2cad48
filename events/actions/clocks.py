"""When something happened at a door, by the clock of whoever tells of it later."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from events.models import DoorDevice, Event
from kosna.core import clock


@dataclass(frozen=True)
class SenderClock:
    """A clock that is wrong is put right by what it was ``wrong_by`` when it sent. Nothing is later
    than ``now``, nor earlier than the event's day and the pairing of its device: whoever holds a
    device cannot write down that somebody came before."""

    wrong_by: timedelta
    earliest: datetime
    now: datetime

    @classmethod
    def of(cls, event: Event, device: DoorDevice | None, sent_at: datetime | None) -> "SenderClock":
        """``sent_at``: what the sender's clock said as it sent; None where it is ours."""
        now = clock.now()
        earliest = min(clock.start_of(clock.kst_date(event.starts_at)), now)
        if device:
            earliest = max(earliest, device.added_at)
        return cls(now - sent_at if sent_at else timedelta(0), earliest, now)

    def put_right(self, at: datetime) -> datetime:
        return min(max(at + self.wrong_by, self.earliest), self.now)
