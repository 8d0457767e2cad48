"""Devices at the doors of an event: added, known by their token, revoked."""

import hmac
import json
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from events.actions.groups import group_mark
from events.actions.handing import extras_by_place
from events.models import DoorDevice, Event, Registration
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.audit.models import Look
from kosna.core import clock, tokens
from kosna.core.errors import Refused
from kosna.core.korean import mask_name
from kosna.core.prepared import Prepared

Status = Registration.Status
MOST_DEVICES = 50
SEEN_EVERY = timedelta(minutes=1)
# Order of the group that P-256 works in.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@transaction.atomic
def add_device(
    *, event: Event, label: str, door: str, kind: str, by: User, cashier: User | None = None
) -> DoorDevice:
    """A device that waits to be paired: ``token_of`` is what it is shown, once. While tokens live a
    device that was revoked may need a new key to hand in what it holds. Raises Refused."""
    if clock.now() > event.ends_at + DoorDevice.TOKEN_LIVES:
        raise Refused(_("This event is over: it needs no more devices."))
    if cashier and not cashier.has_perm("payments.take_money", event.branch_id):
        raise Refused(_("This person may not take money here."), field="cashier")
    if event.devices.active().count() >= MOST_DEVICES:
        raise Refused(_("An event has at most %(most)s devices.") % {"most": MOST_DEVICES})
    seed = tokens.new_seed()
    device = DoorDevice.objects.create(
        event=event,
        label=label,
        door=door,
        kind=kind,
        cashier=cashier,
        seed=seed,
        fingerprint=tokens.fingerprint(tokens.token(seed)),
        added_by=by,
    )
    facts: dict[str, Any] = {"cashier": cashier.name} if cashier else {}
    audit.record(
        "events.add_device",
        device,
        by=by,
        branch=event.branch_id,
        event=event.slug,
        **facts,
    )
    return device


def token_of(device: DoorDevice) -> str:
    """What a device that waits is to show; "" once it has."""
    return tokens.token(device.seed) if device.seed and not device.revoked_at else ""


@transaction.atomic
def revoke_device(device: DoorDevice, *, by: User) -> None:
    """Its next request is refused. What it has not handed in by then stays on it."""
    revoked = DoorDevice.objects.filter(pk=device.pk, revoked_at=None)
    if revoked.update(revoked_at=clock.now(), revoked_by=by, seed=""):
        audit.record(
            "events.revoke_device", device, by=by, branch=device.event.branch_id,
            event=device.event.slug,
        )  # fmt: skip


_devices: Prepared[DoorDevice] = Prepared(
    lambda fingerprint: DoorDevice.objects.filter(
        fingerprint=fingerprint, revoked_at=None
    ).select_related("event", "added_by", "cashier"),
    fingerprint=str,
)


def device_of(token: str) -> DoorDevice | None:
    """Whose token this is; None when nobody's, when it was revoked, and long after the event."""
    at = clock.now()
    device = next(iter(_devices(fingerprint=tokens.fingerprint(token))), None)
    if device is None or at > device.token_ends_at:
        return None
    if device.seed or device.seen_at is None or at - device.seen_at > SEEN_EVERY:
        DoorDevice.objects.filter(pk=device.pk).update(seed="", seen_at=at)
        device.seed, device.seen_at = "", at
    return device


# --- the roster ---


@dataclass(frozen=True)
class SignedRoster:
    """``text`` is JSON, exactly as it was signed; ``signature`` is r and s, as WebCrypto reads."""

    text: str
    signature: bytes


def _signing_key(device: DoorDevice) -> ec.EllipticCurvePrivateKey:
    """A device's own, which follows from SECRET_KEY as its token does: nothing more to keep."""
    digest = salted_hmac("kosna.roster", device.fingerprint, algorithm="sha512").digest()
    number = int.from_bytes(digest) % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def roster_key(device: DoorDevice) -> bytes:
    """The public half, as an uncompressed point: what the device checks its rosters with. It gets
    there on the organiser's screen together with the token, not with the roster."""
    return (
        _signing_key(device)
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )


def secret_digest(secret: str) -> str:
    """What a roster and a device know of a ticket's secret, which holds 144 random bits."""
    return sha256(secret.encode()).hexdigest()


@transaction.atomic
def roster(device: DoorDevice) -> SignedRoster:
    """What a doorkeeper needs to know with no network, and nothing else: no addresses, no prices,
    names masked. Raises Refused for a kiosk, which stands among the guests, and after the event."""
    event, at = device.event, clock.now()
    if device.is_kiosk:
        raise Refused(_("A kiosk gets no list of names."))
    if at > device.roster_ends_at:
        raise Refused(_("This event is over."))
    places = list(
        event.registrations.order_by("pk").select_related("ticket", "check_in", "line__order")
    )
    sizes = Counter(place.line.order_id for place in places if _comes_along(place))
    extras = extras_by_place(event)
    facts = {
        "title": event.title,
        "first_day": event.first_day.isoformat(),
        "device": device.pk,
        "label": device.label,
        "door": device.door,
        "sells": device.may_sell,
        "issued_at": at.isoformat(),
        "expires_at": device.roster_ends_at.isoformat(),
        "places": [
            roster_entry(place)
            | _coming(place)
            | _group_of(place, sizes)
            | _extras_of(place, extras)
            for place in places
        ],
    }
    _note_the_look(device, places)
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    r, s = decode_dss_signature(_signing_key(device).sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return SignedRoster(text, r.to_bytes(32) + s.to_bytes(32))


def roster_entry(place: Registration) -> dict[str, object]:
    """What a device knows of a place, but for whether the person came: that it sees itself."""
    return {
        "id": place.pk,
        "digest": secret_digest(place.secret),
        "code": place.code,
        "name": mask_name(place.name),
        "affiliation": place.affiliation,
        "ticket": place.ticket.name,
        "day": place.ticket.day.isoformat() if place.ticket.day else "",
        "status": place.status,
    }


def _coming(place: Registration) -> dict[str, str]:
    came = place.check_in if place.has_come else None
    return {
        "came_at": came.at.isoformat() if came else "",
        "inside_since": came.inside_since.isoformat() if came and came.inside_since else "",
    }


def _comes_along(place: Registration) -> bool:
    """Whether it stands among those of its order: who has not paid is told so, not unknown."""
    return bool(place.name) and place.status in (Status.CONFIRMED, Status.HELD)


def _group_of(place: Registration, sizes: Counter[int]) -> dict[str, str]:
    """The digest of the one code of its order, where several of them come."""
    order = place.line.order
    if not _comes_along(place) or sizes[order.pk] < 2:
        return {}
    return {"group": secret_digest(group_mark(order.code))}


def _extras_of(
    place: Registration, extras: dict[int, list[dict[str, object]]]
) -> dict[str, object]:
    mine = extras.get(place.pk)
    return {"extras": mine} if mine and place.is_ticket else {}


def _note_the_look(device: DoorDevice, places: list[Registration]) -> None:
    """Every download is on record; in a person's own list of looks a device stands once."""
    people = sorted({place.user_id for place in places if place.user_id})
    entry = audit.record(
        "events.fetch_roster",
        device,
        by=device.added_by,
        branch=device.event.branch_id,
        subjects=[] if device.roster_at else people,
        places=len(places),
    )
    if not device.roster_at:
        Look.objects.bulk_create(Look(entry=entry, user_id=pk) for pk in people)
    DoorDevice.objects.filter(pk=device.pk).update(roster_at=clock.now())


def is_same(digest: str, secret: str) -> bool:
    return hmac.compare_digest(digest, secret_digest(secret))
