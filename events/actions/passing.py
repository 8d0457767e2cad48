"""A person walks through the door, in or out, and may do so on several devices that have not spoken
with each other: every scan is kept, and what they come to together is reckoned anew with each.

The place's row is locked by whoever calls this (``find_place``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from uuid import UUID

from events import passages
from events.actions.unearned import void_unearned
from events.models import (
    PASSAGES,
    CheckIn,
    Direction,
    DoorDevice,
    DoorScan,
    Event,
    Outcome,
    Registration,
)
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.prepared import Prepared, insert, insert_if_new

Status = Registration.Status


@dataclass(frozen=True)
class Walk:
    """A scan, wherever it was made. ``told``: what a device said by itself, "" where it asks."""

    uuid: UUID
    at: datetime
    by: User
    direction: str = Direction.IN
    device: DoorDevice | None = None
    told: str = ""
    door: str = ""


class UuidTaken(Exception):
    """A scan has this uuid already, and it was of something else: nothing is kept of the new one,
    and nobody is let in by it."""


def why_not(
    place: Registration | None, event: Event, at: datetime, *, may_be_early: bool
) -> Outcome | None:
    """Why a ticket opens no door of an event at an instant, whoever has walked through with it.
    ``may_be_early``: before the first day too, as somebody says so or nobody comes in anew."""
    if place is None:
        return Outcome.UNKNOWN
    if place.event_id != event.pk:
        return Outcome.OTHER_EVENT
    if place.status in (Status.HELD, Status.EXPIRED):
        return Outcome.UNPAID
    if place.status == Status.CANCELLED:
        return Outcome.CANCELLED
    if not place.name:
        return Outcome.NAMELESS
    if place.ticket.day and place.ticket.day != clock.kst_date(at):
        return Outcome.WRONG_DAY
    if not may_be_early and clock.kst_date(at) < event.first_day:
        return Outcome.EARLY
    return None


_scans: Prepared[DoorScan] = Prepared(
    lambda place: DoorScan.objects.filter(registration=place).order_by("at", "pk"), place=int
)
_check_ins: Prepared[CheckIn] = Prepared(
    lambda place: CheckIn.objects.filter(registration=place), place=int
)


def walk_through(place: Registration, walk: Walk, *, event: Event) -> DoorScan:
    """Keeps a scan of a place of this event, once, and says what it comes to. Raises UuidTaken."""
    known = list(_scans(place=place.pk))
    came = _came(place)
    is_seen = came is not None and not came.is_from_roll  # the roll is no walk through a door
    if came and is_seen and all(scan.at != came.at for scan in _walks(known)):
        known.append(_written_down(came, place, event))
    mine = next((scan for scan in known if scan.uuid == walk.uuid), None)
    if mine:
        return _heard_again(mine, known, place, came, walk)
    is_new = came is None and walk.direction == Direction.IN
    scan = _judged(known, place, walk, event, may_be_early=not is_new)
    if not insert_if_new(scan):
        raise UuidTaken
    if scan.passed and scan.outcome in PASSAGES:
        _settle([*known, scan], place, came, by=walk)
    return scan


def turn_away(
    outcome: Outcome, walk: Walk, *, event: Event, place: Registration | None = None
) -> DoorScan:
    """Keeps the scan of a code that is nobody's, or of another event: no person is named in it.
    ``place``: whose replaced ticket it was. Raises UuidTaken."""
    scan = _scan_of(walk, event, outcome=outcome, passed=walk.told in PASSAGES)
    if insert_if_new(scan):
        return scan
    first = DoorScan.objects.get(uuid=walk.uuid)
    is_same = place and first.registration_id == place.pk  # before the ticket was handed over
    if first.event_id != event.pk or not (is_same or _is_same_refusal(first, scan)):
        raise UuidTaken
    return first


def _is_same_refusal(first: DoorScan, scan: DoorScan) -> bool:
    return first.registration_id is None and first.outcome == scan.outcome


def _scan_of(walk: Walk, event: Event, **facts: object) -> DoorScan:
    return DoorScan(
        uuid=walk.uuid,
        event=event,
        device=walk.device,
        by=walk.by,
        door=walk.door,
        direction=walk.direction,
        at=walk.at,
        told=walk.told,
        **facts,
    )


def _judged(
    known: Sequence[DoorScan],
    place: Registration,
    walk: Walk,
    event: Event,
    *,
    may_be_early: bool,
) -> DoorScan:
    scan = _scan_of(walk, event, registration=place)
    reason = why_not(place, event, walk.at, may_be_early=may_be_early)
    beside = _outcome_beside(known, scan)
    if walk.told:  # it has happened, whatever we think of it
        scan.passed = walk.told in PASSAGES
        scan.outcome = (reason or beside) if scan.passed else Outcome(walk.told)
    elif reason:
        scan.outcome = reason
    elif beside == Outcome.TWICE:
        scan.outcome = Outcome.ALREADY
    else:
        # Whoever goes out unseen may have come in by a door that has not told of it yet.
        scan.outcome, scan.passed = beside, True
    return scan


def _outcome_beside(known: Sequence[DoorScan], scan: DoorScan) -> Outcome:
    walks = _walks([*known], also=scan)
    return passages.tell(walks).outcomes[walks.index(scan)]


def _walks(scans: Sequence[DoorScan], also: DoorScan | None = None) -> list[DoorScan]:
    walks = [scan for scan in scans if scan.passed and scan.outcome in PASSAGES]
    if also:
        walks.append(also)
    return sorted(walks, key=lambda scan: (scan.at, scan.pk or inf))


def _heard_again(
    mine: DoorScan,
    known: Sequence[DoorScan],
    place: Registration,
    came: CheckIn | None,
    walk: Walk,
) -> DoorScan:
    """The same scan once more. A device that never heard our answer has decided by itself since:
    then it is what happened that counts, whether it let the person in or turned them away. It may
    tell of it by a new key, as one of the same event."""
    if mine.told or not walk.told or (mine.device is None) != (walk.device is None):
        return mine
    mine.told = walk.told
    was_walk = mine.passed
    mine.passed = walk.told in PASSAGES
    if was_walk and not mine.passed:
        mine.outcome = Outcome(walk.told)
    elif mine.passed and not was_walk and mine.outcome in (Outcome.ALREADY, Outcome.OUTSIDE):
        mine.outcome = Outcome.TWICE
    mine.save(update_fields=["told", "passed", "outcome"])
    if was_walk or (mine.passed and mine.outcome in PASSAGES):
        _settle(known, place, came, by=walk)
    return mine


def _came(place: Registration) -> CheckIn | None:
    return next(iter(_check_ins(place=place.pk)), None)


def _written_down(came: CheckIn, place: Registration, event: Event) -> DoorScan:
    """The desk's own page admits without a scan, in as few statements as it can. Once a ticket is
    scanned again, that admission is written down as the scan that it was."""
    scan = DoorScan(
        event=event,
        registration=place,
        by_id=came.by_id,
        at=came.at,
        received_at=came.at,
        passed=True,
        outcome=Outcome.ADMITTED,
    )
    insert([scan])
    return scan


def _settle(
    scans: Sequence[DoorScan], place: Registration, came: CheckIn | None, *, by: Walk
) -> None:
    """Writes what all walks of a place come to; with no walk in, nobody came, unless the roll says
    so."""
    walks = _walks(scans)
    story = passages.tell(walks)
    for scan, outcome in zip(walks, story.outcomes, strict=True):
        if scan.outcome != outcome:
            scan.outcome = outcome
            DoorScan.objects.filter(pk=scan.pk).update(outcome=outcome)
    if story.first is None:
        if came and not came.is_from_roll:
            _withdraw(came, place)
            tell_record(place, "events.withdraw_check_in", by=by.by, device=by.device)
        elif came and walks:  # out, whom no door has seen come in
            CheckIn.objects.filter(pk=came.pk).update(inside_since=None)
        return
    first = story.first
    stands = {"at": first.at, "by_id": first.by_id, "door": first.door}
    stands |= {"inside_since": story.inside_since, "is_from_roll": False}
    if came is None:
        insert([CheckIn(registration=place, **stands)])
    elif any(getattr(came, name) != value for name, value in stands.items()):
        CheckIn.objects.filter(pk=came.pk).update(**stands)
    if came is None or came.is_from_roll:
        tell_record(place, by=first.by, device=first.device)


def _withdraw(came: CheckIn, place: Registration) -> None:
    """What the door said falls; what the roll says stands (``certifying.mark_attendance``)."""
    sat = place.attendances.select_related("session").order_by("session__starts_at", "pk").first()
    if sat is None:
        came.delete()
        void_unearned([place], reason="입장 취소")
    else:
        CheckIn.objects.filter(pk=came.pk).update(
            at=sat.session.starts_at,
            by=sat.by_id,
            door="",
            inside_since=None,
            is_from_roll=True,
        )


def tell_record(
    place: Registration,
    verb: str = "events.check_in",
    *,
    by: User,
    device: DoorDevice | None = None,
) -> None:
    audit.record(
        verb,
        place,
        by=by,
        branch=place.event.branch_id,
        subjects=[place.user_id] if place.user_id else [],
        **({"device": str(device)} if device else {}),
    )
