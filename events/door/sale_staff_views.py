"""The desk sells tickets at the door, and gives add-ons out."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import actions
from events.door.sale_forms import FindMemberForm, PaidForm, SaleForm
from events.models import DoorSale, Event, Extra
from events.staff_views.events import event_or_404
from kosna.accounts.models import User
from kosna.accounts.requests import client_ip
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_POST, require_safe
from kosna.core.qr import qr_svg
from kosna.payments.providers.base import ProviderDown

TAKE = "payments.take_money"


@staff_view(TAKE)
def sell(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is it, and which ticket? A member's price comes with their number or address."""
    event = event_or_404(request, slug, TAKE)
    find = FindMemberForm(request.POST if request.method == "POST" else request.GET)
    member, offers, why_not = None, [], ""
    try:
        member = _member(event, find, request.user)
    except Refused as refusal:
        refusal.to_form(find)
    try:
        offers = actions.door_offers(event, member)
    except Refused as refusal:
        why_not = str(refusal)
    is_sent = request.method == "POST" and "key" in request.POST
    form = SaleForm(
        request.POST if is_sent else None,
        event=event,
        offers=offers,
        member=member,
        initial={"key": uuid4(), "language": "ko"},
    )
    if is_sent and not find.errors and form.is_valid():
        try:
            sale = actions.hold_place(
                event=event,
                ticket=form.cleaned_data["ticket"],
                who=form.who,
                key=form.cleaned_data["key"],
                seller=actions.Seller(request.user),
                ip=client_ip(request),
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return redirect("events_staff:sale", slug, sale.key)
    return TemplateResponse(
        request,
        "staff/events/sell.html",
        {
            "event": event,
            "find": find,
            "form": form,
            "member": member,
            "closed": [offer for offer in offers if not offer.is_open],
            "is_open": any(offer.is_open for offer in offers),
            "why_not": why_not,
        },
        status=422 if is_sent or find.errors else 200,
    )


def _member(event: Event, find: FindMemberForm, by: User) -> User | None:
    typed = find.cleaned_data["member"] if find.is_valid() else ""
    return actions.find_buyer(event, typed, by=by) if typed else None


def _sale(request: HttpRequest, slug: str, key: UUID) -> DoorSale:
    """One's own: nobody answers for the money of another."""
    event_or_404(request, slug, TAKE)
    rows = DoorSale.objects.with_order().filter(event__slug=slug, by=request.user, device=None)
    return get_object_or_404(rows, key=key)


@require_safe
@staff_view(TAKE)
def sale(request: HttpRequest, slug: str, key: UUID) -> HttpResponse:
    return _sale_page(request, _sale(request, slug, key))


def _sale_page(request: HttpRequest, sale: DoorSale, form: PaidForm | None = None) -> HttpResponse:
    place, order = sale.registration, actions.order_of(sale)
    return TemplateResponse(
        request,
        "staff/events/sale.html",
        {
            "event": sale.event,
            "sale": sale,
            "place": place,
            "order": order,
            "is_waiting": order.status == order.Status.PENDING,
            "extras": actions.extras_of(place),
            "qr": qr_svg(place.door_code, title=_("Ticket"), size=180) if place.is_ticket else "",
            "form": form or PaidForm(initial={"way": "cash"}),
        },
        status=422 if form else 200,
    )


@require_POST
@staff_view(TAKE)
def sale_paid(request: HttpRequest, slug: str, key: UUID) -> HttpResponse:
    sale = _sale(request, slug, key)
    form = PaidForm(request.POST)
    if form.is_valid():
        try:
            actions.take_payment(sale, **form.cleaned_data)
        except Refused as refusal:
            refusal.to_form(form)
        except ProviderDown:
            told = _("It may be being paid online this moment. Please wait a minute and try again.")
            form.add_error(None, told)
        else:
            return redirect("events_staff:sale", slug, key)
    return _sale_page(request, sale, form)


@require_POST
@staff_view(TAKE)
def sale_drop(request: HttpRequest, slug: str, key: UUID) -> HttpResponse:
    actions.give_up_sale(_sale(request, slug, key))
    messages.info(request, _("Given up: the seat is free again, and no money was taken."))
    return redirect("events_staff:sell", slug)


# --- add-ons ---


@require_POST
@staff_view("events.check_in")
def hand_out(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A button that is pressed twice gives once, and says so the second time."""
    event = event_or_404(request, slug, "events.check_in")
    extras = Extra.objects.filter(registration__event=event)
    extra = get_object_or_404(extras.select_related("addon", "registration"), pk=pk)
    answer = actions.hand_out(pk, event=event, uuid=uuid4(), at=clock.now(), by=request.user)
    if answer.is_given:
        messages.success(request, _("Given out: %(what)s") % {"what": extra.addon.name})
    elif answer.given_at is None:
        messages.warning(request, _("Not given out: the place or the add-on is no longer valid."))
    else:
        messages.warning(
            request, _("It was given out before: %(what)s") % {"what": extra.addon.name}
        )
    return redirect("events_staff:extras", slug, extra.registration_id)


@require_safe
@staff_view("events.check_in")
def extras(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What one person has beside their place."""
    event = event_or_404(request, slug, "events.check_in")
    place = get_object_or_404(event.registrations.with_event(), pk=pk)
    return TemplateResponse(
        request,
        "staff/events/extras.html",
        {"event": event, "place": place, "extras": actions.extras_of(place)},
    )
