"""Add-ons are given out at the door, each once. As scans are, what devices gave out without a
network is kept as it was, and judged together (docs/decisions/0032, 0035)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.actions.clocks import SenderClock, paired_since
from events.models import DoorDevice, Event, Extra, HandOut, Registration, with_hand_outs
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core.errors import Refused


@dataclass(frozen=True)
class SentHandOut:
    """As a device sends it. ``told``: it was given, the device decided so by itself."""

    uuid: UUID
    at: datetime
    extra: int
    told: bool = False


@dataclass(frozen=True)
class HandOutAnswer:
    """``is_given``: by this very giving. ``given_at``: when it was given first, if ever."""

    uuid: UUID
    is_given: bool
    given_at: datetime | None
    extra: Extra | None = None


def extras_of(place: Registration) -> list[Extra]:
    """What somebody has beside their place, and what of it they have been given; nothing while
    the place lets nobody in."""
    if not place.is_ticket:
        return []
    return list(with_hand_outs(place.extras.standing().select_related("addon")))


def told_extra(extra: Extra) -> dict[str, object]:
    """As a device knows it; of a row that ``with_hand_outs`` brought."""
    given_at: datetime | None = extra.given_at  # type: ignore[attr-defined]
    return {
        "id": extra.pk,
        "name": extra.addon.name,
        "given_at": given_at.isoformat() if given_at else "",
    }


def extras_by_place(event: Event) -> dict[int, list[dict[str, object]]]:
    """What everybody of an event has beside their place, by its key, as devices know it; one
    statement."""
    extras = with_hand_outs(Extra.objects.standing().filter(registration__event=event))
    found: dict[int, list[dict[str, object]]] = {}
    for extra in extras.select_related("addon"):
        found.setdefault(extra.registration_id, []).append(told_extra(extra))
    return found


def hand_out_all(
    *,
    device: DoorDevice,
    sent: Sequence[SentHandOut],
    sent_at: datetime,
    former: Sequence[str] = (),
) -> list[HandOutAnswer]:
    """What a device hands in, the earliest first, each in its own transaction; its clock is put
    right as that of scans is. Raises Refused for a kiosk, where nobody gives anything out."""
    if device.is_kiosk and sent:
        raise Refused(_("A kiosk gives nothing out."))
    theirs = SenderClock.of(device.event, paired_since(device, former), sent_at)
    return [
        _hand_out_by(device, row, theirs.put_right(row.at))
        for row in sorted(sent, key=lambda row: row.at)
    ]


def _hand_out_by(device: DoorDevice, sent: SentHandOut, at: datetime) -> HandOutAnswer:
    try:
        return hand_out(
            sent.extra,
            event=device.event,
            uuid=sent.uuid,
            at=at,
            by=device.added_by,
            device=device,
            told=sent.told,
        )
    except IntegrityError:
        if not HandOut.objects.filter(uuid=sent.uuid).exclude(extra=sent.extra).exists():
            raise
        # Its uuid was another add-on's before: nothing is kept of it.
        return HandOutAnswer(sent.uuid, is_given=False, given_at=None)


@transaction.atomic
def hand_out(
    extra: int,
    *,
    event: Event,
    uuid: UUID,
    at: datetime,
    by: User,
    device: DoorDevice | None = None,
    told: bool = False,
) -> HandOutAnswer:
    """Gives an add-on of this event out, by its key, unless it was given before. What a device gave
    out by itself has happened, and is kept whatever the rules say."""
    row = _locked(extra, event)
    if row is None:
        return HandOutAnswer(uuid, is_given=False, given_at=None)
    givings = list(row.hand_outs.order_by("at", "pk"))
    is_known = any(each.uuid == uuid for each in givings)
    may = not givings and row.released_at is None and row.registration.is_ticket
    if (told or may) and not is_known:
        giving = HandOut.objects.create(
            uuid=uuid,
            extra=row,
            at=at,
            by=by,
            device=device,
            door=device.door if device else "",
            was_told=told,
        )
        givings = sorted([*givings, giving], key=lambda each: (each.at, each.pk))
        _note(row, event, by, device)
    first = givings[0] if givings else None
    is_given = first is not None and first.uuid == uuid
    return HandOutAnswer(uuid, is_given, first.at if first else None, row)


def _locked(extra: int, event: Event) -> Extra | None:
    rows = Extra.objects.filter(pk=extra, registration__event=event)
    joined = rows.select_related("addon", "registration__ticket", "registration__event")
    return joined.select_for_update(of=("self",)).first()


def _note(extra: Extra, event: Event, by: User, device: DoorDevice | None) -> None:
    place = extra.registration
    audit.record(
        "events.hand_out",
        place,
        by=by,
        branch=event.branch_id,
        subjects=[place.user_id] if place.user_id else [],
        addon=extra.addon.name_ko,
        **({"device": str(device)} if device else {}),
    )
