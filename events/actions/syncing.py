"""What is handed in from the doors, by devices and by programs of the branch: scans that were
decided with no network, and scans for which somebody asks. Each is kept once, by the uuid that its
maker gave it (docs/decisions/0032)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events.actions.clocks import SenderClock, paired_since
from events.actions.devices import is_same
from events.actions.door import HAS_EXTRAS, find_place
from events.actions.passing import UuidTaken, Walk, turn_away, walk_through
from events.models import Direction, DoorDevice, DoorScan, Event, Outcome, Registration
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.prepared import Prepared

MOST_AT_ONCE = 200
# Said of a scan that is not kept, and so has no Outcome.
CONFLICT = "conflict"
# A door code has 39 bits: nobody guesses one in so few tries.
WRONG_CODES, WITHIN = 5, timedelta(minutes=5)


@dataclass(frozen=True)
class SentScan:
    """As a device sends it. It names the ticket by ``code``, as scanned or typed, or by ``place``
    of its roster, with the ``digest`` of the secret that was scanned if it was not typed.
    ``told``: what the device said by itself; "" asks."""

    uuid: UUID
    at: datetime
    direction: str = Direction.IN
    told: str = ""
    code: str = ""
    place: int | None = None
    digest: str = ""


@dataclass(frozen=True)
class ScanAnswer:
    """What became of a scan. ``scan`` is None where its uuid had come with another ticket or code:
    nothing is kept of it. The place is there only if it is of this event."""

    uuid: UUID
    scan: DoorScan | None = None
    place: Registration | None = None

    @property
    def outcome(self) -> str:
        return self.scan.outcome if self.scan else CONFLICT


def _place_of(place: int, event: int) -> QuerySet[Registration]:
    return (
        Registration.objects.filter(pk=place, event=event)
        .annotate(has_extras=HAS_EXTRAS)
        .select_related("event", "ticket")
        .select_for_update(of=("self",))
    )


_placed: Prepared[Registration] = Prepared(_place_of, place=int, event=int)


@dataclass(frozen=True)
class Post:
    """Where at an event scans are made, and who answers for them. ``since``: when its device came
    there."""

    event: Event
    by: User
    door: str
    device: DoorDevice | None = None
    since: datetime | None = None

    @classmethod
    def of(cls, device: DoorDevice, former: Sequence[str] = ()) -> "Post":
        since = paired_since(device, former)
        return cls(device.event, device.added_by, device.door, device, since)


def sync_scans(
    *,
    device: DoorDevice,
    scans: Sequence[SentScan],
    sent_at: datetime | None = None,
    former: Sequence[str] = (),
) -> list[ScanAnswer]:
    """As ``keep_scans``, of a device and the tokens that it had before. Raises Refused for a kiosk,
    where guests try codes."""
    if device.is_kiosk:
        raise Refused(_("A kiosk checks in one guest at a time."))
    return keep_scans(Post.of(device, former), scans, sent_at)


def keep_scans(
    post: Post, scans: Sequence[SentScan], sent_at: datetime | None = None
) -> list[ScanAnswer]:
    """Keeps scans, the earliest first, each in its own transaction: what is kept stays kept if the
    next fails. Answered in the order in which they were sent. ``sent_at``: what the sender's clock
    said then (``SenderClock``)."""
    theirs = SenderClock.of(post.event, post.since, sent_at)
    answers = {}
    for n, sent in sorted(enumerate(scans), key=lambda numbered: numbered[1].at):
        try:
            answers[n] = _keep(post, sent, theirs.put_right(sent.at))
        except UuidTaken:
            answers[n] = ScanAnswer(sent.uuid)
    return [answers[n] for n in range(len(scans))]


@transaction.atomic
def _keep(post: Post, sent: SentScan, at: datetime) -> ScanAnswer:
    event = post.event
    walk = Walk(sent.uuid, at, post.by, sent.direction, post.device, sent.told, post.door)
    if sent.place is not None:
        place = next(iter(_placed(place=sent.place, event=event.pk)), None)
    else:
        place = find_place(event.slug, sent.code)
    if place is None:
        return ScanAnswer(sent.uuid, turn_away(Outcome.UNKNOWN, walk, event=event))
    if place.event_id != event.pk:
        return ScanAnswer(sent.uuid, turn_away(Outcome.OTHER_EVENT, walk, event=event))
    if sent.digest and not is_same(sent.digest, place.secret):
        scan = turn_away(Outcome.REPLACED, walk, event=event, place=place)
        return ScanAnswer(sent.uuid, scan)
    return ScanAnswer(sent.uuid, walk_through(place, walk, event=event), place)


def check_in_oneself(*, device: DoorDevice, uuid: UUID, code: str) -> ScanAnswer:
    """A guest at a kiosk comes in, by the code of their ticket. Raises Refused after too many wrong
    codes on this kiosk, on a device that is none, and for a uuid that came with another code."""
    if not device.is_kiosk:
        raise Refused(_("This device is not a kiosk."))
    at = clock.now()
    lately = device.scans.filter(received_at__gte=at - WITHIN, outcome=Outcome.UNKNOWN)
    if lately.count() >= WRONG_CODES:
        raise Refused(
            _("Too many wrong codes. Please go to the information desk, or wait five minutes.")
        )
    try:
        return _keep(Post.of(device), SentScan(uuid, at, code=code), at)
    except UuidTaken:
        raise Refused(_("This scan was sent before with another code. Scan again.")) from None
