"""Who comes on an order, for its buyer: named later, corrected, handed over."""

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.db.models import Prefetch
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import actions
from events.forms.attendees import DetailsForm, HandOverForm, NamesForm
from events.models import Extra, Registration
from events.views.tickets import unlisted
from kosna.accounts.guests import buyers, guests_too
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_safe
from kosna.core.qr import qr_svg
from kosna.payments.models import Order

# How often somebody may be told that an address is no member's who could take a ticket over.
TRIES = {"hand_over": "10/d/key"}


@guests_too
def order_places(request: HttpRequest, code: str) -> HttpResponse:
    """Every place of an order, and a row for each that has no name yet."""
    orders = Order.objects.bought_by(buyers(request)).filter(payable=actions.PAYABLE)
    order = get_object_or_404(orders.select_related("branch", "user"), code=code)
    rows = Registration.objects.filter(line__order=order).with_event()
    extras = Prefetch("extras", Extra.objects.standing().select_related("addon"), to_attr="has")
    places = list(rows.prefetch_related("changes", extras).order_by("pk"))
    now = clock.now()
    nameless = [
        place
        for place in places
        if not place.name and not place.released_at and place.event.starts_at > now
    ]
    form = NamesForm(
        request.POST if request.method == "POST" else None,
        places=nameless,
        questions=nameless[0].event.form_questions.all() if nameless else (),
    )
    if form.is_bound and form.is_valid():
        try:
            named = actions.name_places(order, form.names, by=order.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            text = ngettext("%(n)s place is named.", "%(n)s places are named.", named)
            messages.success(request, text % {"n": named})
            return redirect(request.path)
    return unlisted(
        TemplateResponse(
            request,
            "tickets/order_places.html",
            {
                "order": order,
                "event": places[0].event if places else None,
                "places": [
                    (place, actions.correcting_refusals(place), actions.handing_refusals(place))
                    for place in places
                ],
                "nameless": nameless,
                "form": form,
                "group_qr": _group_qr(order, places),
            },
            status=422 if form.errors else 200,
        )
    )


@guests_too
@require_safe
def order_ticket(request: HttpRequest, code: str) -> HttpResponse:
    """To the ticket of an order; to all of them where they are several."""
    mine = Registration.objects.bought_by(buyers(request)).filter(line__order__code=code)
    places = list(mine[:2])
    if not places:
        raise Http404
    return redirect(places[0] if len(places) == 1 else reverse("tickets:order-places", args=[code]))


def _group_qr(order: Order, places: list[Registration]) -> str:
    """One code for all who come on an order, where they are several."""
    if sum(place.is_ticket for place in places) < 2:
        return ""
    return qr_svg(actions.group_address(order), title=_("Code of the group"), size=220)


def _place_or_404(request: HttpRequest, secret: str) -> Registration:
    places = Registration.objects.bought_by(buyers(request)).named().with_event()
    return get_object_or_404(places.select_related("line__order__user"), secret=secret)


@guests_too
def ticket_details(request: HttpRequest, secret: str) -> HttpResponse:
    place = _place_or_404(request, secret)
    typed = {"email": place.email, "affiliation": place.affiliation}
    form = DetailsForm(request.POST if request.method == "POST" else None, initial=typed)
    if form.is_bound and form.is_valid():
        try:
            actions.correct_details(place, **form.cleaned_data, by=place.line.order.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Saved."))
            return redirect("tickets:order-places", place.line.order.code)
    refusals = actions.correcting_refusals(place)
    return _page(request, "tickets/ticket_details.html", place, form, refusals)


@guests_too
def ticket_hand_over(request: HttpRequest, secret: str) -> HttpResponse:
    place = _place_or_404(request, secret)
    form = HandOverForm(
        request.POST if request.method == "POST" else None,
        questions=place.event.form_questions.all(),
    )
    if form.is_bound and form.is_valid():
        try:
            _refuse_guessing(request, place)
            actions.hand_over(place, form.attendee, by=place.line.order.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("Handed over: the new ticket is on its way by e-mail."))
            return redirect("tickets:order-places", place.line.order.code)
    refusals = actions.handing_refusals(place)
    return _page(request, "tickets/ticket_hand_over.html", place, form, refusals)


def _refuse_guessing(request: HttpRequest, place: Registration) -> None:
    may_try = not actions.is_for_members(place) or ratelimit.consume(
        request,
        app="kosna.events",
        action="hand_over",
        config=TRIES,
        key=str(place.line.order.user_id),
    )
    if not may_try:
        raise Refused(_("You have tried this often today. Please try again tomorrow."))


def _page(
    request: HttpRequest, template: str, place: Registration, form: Form, refusals: list[str]
) -> HttpResponse:
    stays = actions.handing_refusals(place)
    return unlisted(
        TemplateResponse(
            request,
            template,
            {
                "place": place,
                "event": place.event,
                "form": form,
                "refusals": refusals,
                "stays": stays,
                "can_hand_over": not stays,
                "for_members": actions.is_for_members(place),
            },
            status=422 if form.errors else 200,
        )
    )
