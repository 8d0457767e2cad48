"""A device at the door sells tickets: what is on offer, a seat held, the money taken. It needs the
network: a seat that nobody can count is not sold."""

from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from events import actions
from events.door.sale_forms import FindMemberForm, PaidForm, SaleForm
from events.door.views import device_view, sent_by
from events.models import DoorDevice, DoorSale, Outcome
from kosna.accounts.models import User
from kosna.accounts.requests import client_ip
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.korean import mask_name
from kosna.core.methods import require_POST, require_safe
from kosna.core.templatetags.ui import won
from kosna.payments.providers.base import ProviderDown


def _seller(device: DoorDevice) -> actions.Seller:
    if not device.may_sell:
        raise Refused(_("Nobody takes money on this device. Please go to the information desk."))
    assert device.cashier
    return actions.Seller(device.cashier, device)


def _sent(request: HttpRequest) -> dict[str, Any]:
    """Raises Refused for what is no object of JSON."""
    try:
        return sent_by(request)
    except ValueError:
        told = _("The device has sent what nobody can read. Please reload it.")
        raise Refused(told) from None


def _checked(form: Form) -> Form:
    """Raises Refused with every error at once, each behind the name of its field."""
    if not form.is_valid():
        raise Refused(
            *(
                f"{form[name].label}: {error}" if name in form.fields else str(error)
                for name, errors in form.errors.items()
                for error in errors
            )
        )
    return form


def _member(device: DoorDevice, seller: actions.Seller, sent: dict[str, Any]) -> User | None:
    typed = _checked(FindMemberForm(sent)).cleaned_data["member"]
    return actions.find_buyer(device.event, typed, by=seller.by) if typed else None


@csrf_exempt  # the token is the proof, and no browser adds it by itself
@require_POST
@device_view
def offers(request: HttpRequest, device: DoorDevice) -> HttpResponse:
    """``{"member": …}``: a number or address, or nothing for everybody's prices."""
    seller = _seller(device)
    member = _member(device, seller, _sent(request))
    rows = actions.door_offers(device.event, member)
    form = SaleForm(event=device.event, offers=rows, member=member)
    return JsonResponse(
        {
            "member": mask_name(member.name) if member else "",
            "asked": render_to_string("door/sale_asked.html", {"form": form}),
            "offers": [
                {
                    "ticket": offer.ticket.pk,
                    "name": offer.ticket.name,
                    "price": won(offer.price) if offer.is_open else "",
                    "why_not": "" if offer.is_open else offer.reason or str(offer.label),
                }
                for offer in rows
            ],
        }
    )


@csrf_exempt  # as above
@require_POST
@device_view
def sell(request: HttpRequest, device: DoorDevice) -> HttpResponse:
    """``{"key", "ticket", "member", "name", "affiliation", "email", "phone", "language",
    "agrees"}``, Korean without a language, and by its name each field of ``asked``; several values
    of one as a list."""
    seller, sent = _seller(device), _sent(request)
    member = _member(device, seller, sent)
    rows = actions.door_offers(device.event, member)
    typed_in = {"language": "ko", **sent}
    form = SaleForm(
        MultiValueDict({name: _listed(value) for name, value in typed_in.items()}),
        event=device.event,
        offers=rows,
        member=member,
    )
    typed = _checked(form).cleaned_data
    sale = actions.hold_place(
        event=device.event,
        ticket=typed["ticket"],
        who=form.who,
        key=typed["key"],
        seller=seller,
        ip=client_ip(request),
    )
    return JsonResponse(_told(_fresh(device, sale.key)))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _fresh(device: DoorDevice, key: UUID) -> DoorSale:
    return get_object_or_404(DoorSale.objects.with_order(), key=key, device=device)


@csrf_exempt  # as above
@require_POST
@device_view
def paid(request: HttpRequest, device: DoorDevice, key: UUID) -> HttpResponse:
    """``{"way", "slip"}``: the money is in the cashier's hand."""
    _seller(device)
    sale = _fresh(device, key)
    form = _checked(PaidForm(_sent(request)))
    try:
        actions.take_payment(sale, **form.cleaned_data)
    except ProviderDown:
        raise Refused(
            _("It may be being paid online this moment. Please wait a minute and try again.")
        ) from None
    return JsonResponse(_told(_fresh(device, key)))


@csrf_exempt  # as above
@require_POST
@device_view
def unsold(request: HttpRequest, device: DoorDevice, key: UUID) -> HttpResponse:
    _seller(device)
    actions.give_up_sale(_fresh(device, key))
    return JsonResponse({"key": str(key)})


@require_safe
@device_view
def sold(request: HttpRequest, device: DoorDevice, key: UUID) -> HttpResponse:
    """What became of a sale whose answer nobody at the device has seen; 404 where it never came."""
    sale = _fresh(device, key)
    return JsonResponse(_told(sale) | {"status": actions.order_of(sale).status})


def _told(sale: DoorSale) -> dict[str, Any]:
    """As much as the cashier needs to see. The ticket is shown, so that it can be photographed."""
    place, order = sale.registration, actions.order_of(sale)
    told: dict[str, Any] = {
        "key": str(sale.key),
        "order": order.code,
        "price": won(order.total),
        "name": mask_name(place.name),
        "affiliation": place.affiliation,
        "ticket": place.ticket.name,
        "is_in": place.has_come,
    }
    is_early = order.status == order.Status.PAID and clock.today() < sale.event.first_day
    if place.has_come or is_early:
        outcome = Outcome.ADMITTED if place.has_come else Outcome.EARLY
        told |= {"outcome": outcome, "code": place.door_code, "mailed": bool(place.email)}
        told["place"] = actions.roster_entry(place)
        told["extras"] = [actions.told_extra(extra) for extra in actions.extras_of(place)]
    return told
