"""The doors for the organiser: live arrivals, every scan, and the devices that stand there."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from events import actions
from events.door import arrivals
from events.door.forms import BadgeForm, DeviceForm, ScanFilter
from events.models import DoorDevice, Event
from events.staff_views.events import event_or_404
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Appointment, ask_appointments_of
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe
from kosna.core.qr import qr_svg

LIVE_SECONDS = 15
EXPORT = ListExport(
    "events.export_scans",
    gettext_lazy("Every scan"),
    [
        (gettext_lazy("Name"), lambda scan: scan.registration.name if scan.registration else ""),
        (
            gettext_lazy("Ticket"),
            lambda scan: scan.registration.ticket.name if scan.registration else "",
        ),
        (gettext_lazy("Direction"), lambda scan: scan.get_direction_display()),
        (gettext_lazy("Outcome"), lambda scan: scan.get_outcome_display()),
        (gettext_lazy("Was let in"), lambda scan: _("Yes") if scan.was_wrongly_let_in else ""),
        (gettext_lazy("When"), lambda scan: scan.at),
        (
            pgettext_lazy("of a scan", "Handed in"),
            lambda scan: scan.received_at if scan.told else "",
        ),
        (gettext_lazy("Door of the building"), lambda scan: scan.door or _("Desk")),
        (
            gettext_lazy("Device"),
            lambda scan: scan.device.label if scan.device else scan.by.name,
        ),
    ],
    people=["registration__user"],
)


@staff_view("events.view_event")
@require_safe
def live(request: HttpRequest, slug: str) -> HttpResponse:
    """Numbers only: a page that reloads by itself all day names nobody."""
    event = event_or_404(request, slug, "events.view_event")
    is_over = clock.now() > event.ends_at + DoorDevice.ROSTER_LIVES
    return TemplateResponse(
        request,
        "staff/events/door.html",
        {
            "event": event,
            "numbers": arrivals.numbers(event),
            "arrivals": arrivals.arrivals(event),
            "notices": arrivals.notices(event),
            "addons": arrivals.addons(event),
            "devices": event.devices.active(),
            "at": clock.now(),
            "reload_seconds": None if is_over else LIVE_SECONDS,
            "may_change": request.user.has_perm("events.change_event", event.branch),
        },
    )


@staff_view("events.view_registration")
@require_safe
def scans(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.view_registration")
    form, found = _found(request, event)
    page = page_of(request, found)
    places = [scan.registration for scan in page if scan.registration]
    audit.viewed(
        request,
        event,
        subjects=[place.user_id for place in places if place.user_id],
        registrations=[place.pk for place in places],
    )
    return TemplateResponse(
        request, "staff/events/door_scans.html", {"event": event, "form": form, "page": page}
    )


def _found(request: HttpRequest, event: Event) -> tuple[ScanFilter, Any]:
    form = ScanFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = event.scans.in_state(wanted.get("outcome", "")).at_door(wanted.get("door", ""))
    return form, found.with_place().order_by("-at", "-pk")


@require_POST
@staff_view("events.view_registration")
def scans_export(request: HttpRequest, slug: str) -> HttpResponseBase:
    event = event_or_404(request, slug, "events.view_registration")
    _form, found = _found(request, event)
    return EXPORT.answer(request, found, of=event)


# --- devices ---


def cashiers_of(event: Event) -> QuerySet[User]:
    """Who may take money at the door of an event."""
    offices = Appointment.objects.filter(branch=event.branch)
    offices |= Appointment.objects.filter(branch__is_head_office=True)
    people = list(User.objects.filter(pk__in=offices.values("user"), is_active=True))
    ask_appointments_of(people)
    may = [user.pk for user in people if user.has_perm("payments.take_money", event.branch)]
    return User.objects.filter(pk__in=may).order_by("name", "pk")


@staff_view("events.change_event")
def devices(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    form = DeviceForm(
        request.POST if request.method == "POST" else None,
        cashiers=cashiers_of(event),
    )
    if request.method == "POST" and form.is_valid():
        try:
            device = actions.add_device(event=event, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return redirect("events_staff:door-device", slug, device.pk)
    return TemplateResponse(
        request,
        "staff/events/door_devices.html",
        {"event": event, "form": form, "devices": event.devices.with_scans()},
        status=422 if form.errors else 200,
    )


def _device_or_404(event: Event, pk: int) -> DoorDevice:
    return get_object_or_404(event.devices.select_related("event", "added_by", "cashier"), pk=pk)


@staff_view("events.change_event")
@require_safe
def device(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Shows what the device is to scan, until it has."""
    event = event_or_404(request, slug, "events.change_event")
    device = _device_or_404(event, pk)
    token = actions.token_of(device)
    address = pairing_address(device, token) if token else ""
    return TemplateResponse(
        request,
        "staff/events/door_device.html",
        {
            "event": event,
            "device": device,
            "address": address,
            "qr": qr_svg(address, title=_("Code for the device"), size=260) if address else "",
            "reload_seconds": 10 if address else None,
        },
    )


def pairing_address(device: DoorDevice, token: str) -> str:
    """Behind the #, which no browser sends to a server and no log ever holds."""
    key = actions.roster_key(device).hex()
    where = reverse("door:kiosk" if device.is_kiosk else "door:door")
    return f"{settings.SITE_URL}{where}#{device.pk}.{device.event_id}.{token}.{key}"


@require_POST
@staff_view("events.change_event")
def device_revoke(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    actions.revoke_device(_device_or_404(event, pk), by=request.user)
    messages.success(request, _("The device is refused from now on."))
    return redirect("events_staff:door-devices", slug)


# --- badges ---


@staff_view("events.change_event")
def badges(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks for the paper; the worker draws, and its page says how far it is."""
    event = event_or_404(request, slug, "events.change_event")
    form = BadgeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        language = get_language() or "ko"
        try:
            batch = actions.print_badges(
                event=event, by=request.user, language=language, **form.cleaned_data
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return redirect("batches:batch", batch.uuid)
    return TemplateResponse(
        request,
        "staff/events/badges.html",
        {
            "event": event,
            "form": form,
            "expected": event.registrations.confirmed().named().count(),
        },
        status=422 if form.errors else 200,
    )
