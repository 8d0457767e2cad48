"""What a device at the door asks for, with its token and no cookie: the page, the signed roster,
and the place where it hands in its scans."""

import base64
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from events import actions
from events.actions import HandOutAnswer, ScanAnswer, SentHandOut, SentScan, told_extra
from events.door import page
from events.door.forms import FIRST, LAST, SelfCheckInForm, SentHandOutForm, SentScanForm
from events.models import DoorDevice, DoorScan
from kosna.core.errors import Refused
from kosna.core.korean import mask_name
from kosna.core.methods import require_POST, require_safe

View = Callable[..., HttpResponse]


def _object_of(request: HttpRequest) -> dict[str, Any]:
    try:
        sent = json.loads(request.body)
        json.dumps(sent)  # what can be read may still be too deep to be written
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(sent, dict):
        raise ValueError("no object")
    return sent


def sent_by(request: HttpRequest) -> dict[str, Any]:
    """The object of JSON that a device sends. Raises ValueError for what is none, and for halves of
    a pair of surrogates, which no database keeps."""
    sent = _object_of(request)
    json.dumps(sent, ensure_ascii=False).encode()
    return sent


def device_view(view: View) -> View:
    """For whoever shows the token of a device that is not revoked; no cookie counts, so no other
    site can act through a browser."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        device = actions.device_of(token) if scheme == "Bearer" and token.isascii() else None
        if device is None:
            return JsonResponse(
                {"error": "revoked"}, status=401, headers={"WWW-Authenticate": "Bearer"}
            )
        try:
            return view(request, device, *args, **kwargs)
        except Refused as refusal:
            return JsonResponse({"error": "refused", "reasons": refusal.reasons}, status=409)

    return login_not_required(guarded)


@login_not_required
@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """The page without any content: that comes with the device's token."""
    return HttpResponse(page.page(get_language() or "ko"))


@login_not_required
@require_safe
def kiosk(request: HttpRequest) -> HttpResponse:
    return HttpResponse(page.kiosk(get_language() or "ko"))


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    text = page.worker(get_language() or "ko")
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    return JsonResponse(page.manifest(), content_type="application/manifest+json")


@require_safe
@device_view
def roster(request: HttpRequest, device: DoorDevice) -> HttpResponse:
    signed = actions.roster(device)
    signature = base64.b64encode(signed.signature).decode()
    return JsonResponse({"roster": signed.text, "signature": signature})


@csrf_exempt  # the token is the proof, and no browser adds it by itself
@require_POST
@device_view
def sync(request: HttpRequest, device: DoorDevice) -> HttpResponse:
    """``{"sent_at": …, "scans": [{uuid, at, direction, told, code, place, digest}, …], "hand_outs":
    [{uuid, at, extra, told}, …]}``. Each is answered; one that makes no sense, or whose uuid has
    come with another ticket, is answered so, and does not hold up the others."""
    try:
        sent = _object_of(request)  # a text that is broken breaks its own row alone
        sent_at = parse_datetime(sent["sent_at"])
        if sent_at is None:
            raise ValueError
        forms = [SentScanForm(row) for row in _rows(sent["scans"])]
        givings = [SentHandOutForm(row) for row in _rows(sent.get("hand_outs", []))]
        former = _tokens(sent.get("former", []))
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": "malformed"}, status=400)
    if sent_at.tzinfo is None or not FIRST <= sent_at <= LAST:
        return JsonResponse({"error": "malformed"}, status=400)
    scans = [SentScan(**form.cleaned_data) for form in forms if form.is_valid()]
    answers = actions.sync_scans(device=device, scans=scans, sent_at=sent_at, former=former)
    given = actions.hand_out_all(
        device=device,
        sent=[SentHandOut(**form.cleaned_data) for form in givings if form.is_valid()],
        sent_at=sent_at,
        former=former,
    )
    wrong = [
        str(form.data.get("uuid", ""))[:64] for form in (*forms, *givings) if not form.is_valid()
    ]
    return JsonResponse(
        {
            "answers": [_told(answer, answer.scan) for answer in answers if answer.scan],
            "hand_outs": [_told_giving(answer) for answer in given],
            "malformed": wrong,
            "conflicts": [str(answer.uuid) for answer in answers if answer.scan is None],
        }
    )


def _rows(sent: Any) -> list[dict[str, Any]]:
    """Raises ValueError for what is no list, or too long a one."""
    if not isinstance(sent, list) or len(sent) > actions.MOST_AT_ONCE:
        raise ValueError
    return [_typed(row) for row in sent if isinstance(row, dict)]


def _tokens(sent: Any) -> list[str]:
    """Raises ValueError for what is no list of them, or too long a one."""
    if not isinstance(sent, list) or len(sent) > actions.MOST_AT_ONCE:
        raise ValueError
    return [token for token in sent if isinstance(token, str) and token.isascii()]


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    """As a form would have sent it: a field of a form reads text."""
    return {
        name: value if isinstance(value, bool | None) else str(value) for name, value in row.items()
    }


@csrf_exempt  # as above
@require_POST
@device_view
def self_check_in(request: HttpRequest, device: DoorDevice) -> HttpResponse:
    """``{"uuid": …, "code": …}`` of a guest at a kiosk."""
    try:
        form = SelfCheckInForm(sent_by(request))
    except ValueError:
        return JsonResponse({"error": "malformed"}, status=400)
    if not form.is_valid():
        return JsonResponse({"error": "malformed"}, status=400)
    answer = actions.check_in_oneself(device=device, **form.cleaned_data)
    assert answer.scan
    return JsonResponse(_told(answer, answer.scan))


def _told(answer: ScanAnswer, scan: DoorScan) -> dict[str, Any]:
    """As much as a doorkeeper needs to see."""
    told: dict[str, Any] = {"uuid": str(answer.uuid), "outcome": answer.outcome}
    if place := answer.place:
        told |= {
            "name": mask_name(place.name),
            "affiliation": place.affiliation,
            "ticket": place.ticket.name,
        }
        if scan.device and scan.device.is_kiosk:
            return told
        told["place"] = actions.roster_entry(place)
        if place.has_extras:
            told["extras"] = [told_extra(extra) for extra in actions.extras_of(place)]
    return told


def _told_giving(answer: HandOutAnswer) -> dict[str, Any]:
    given_at = answer.given_at.isoformat() if answer.given_at else ""
    return {"uuid": str(answer.uuid), "is_given": answer.is_given, "given_at": given_at}
