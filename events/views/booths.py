"""An exhibition's plan for everyone, and a booth for a company."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from events import actions, booth_offers, offers
from events.forms.booths import BoothForm, GiveUpBoothForm
from events.models import BoothBooking, BoothType, Event
from events.views.events import sent_before
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_safe
from kosna.payments import actions as payments
from kosna.payments.models import Order
from members.viewing import viewing_of


def exhibition_or_404(slug: str) -> Event:
    """A published event that has booths."""
    events = Event.objects.published().select_related("branch", "clock")
    return get_object_or_404(events.exclude(booth_types=None).distinct(), slug=slug)


def _reader(request: HttpRequest, at: Any) -> Any:
    """As the companies that this person runs, whichever has the best terms; else as everyone. Staff
    who look as a tier: as a company of that tier."""
    if viewing := viewing_of(request):
        return offers.companions_as(viewing.reader, at)
    user = request.user
    if not user.is_authenticated:
        return offers.EVERYONE
    return booth_offers.buyer_as(user, booth_offers.companies_of(user), at)


@login_not_required
@require_safe
def booths(request: HttpRequest, slug: str) -> HttpResponse:
    """The plan: each booth with its number, its place and whether it is free."""
    event = exhibition_or_404(slug)
    at = clock.now()
    plan = list(event.booths.on_plan())
    offered = booth_offers.offers_of(event, _reader(request, at), at, plan)
    return TemplateResponse(
        request,
        "events/booths.html",
        {
            "event": event,
            "offers": offered,
            "grid": booth_offers.grid(plan),
            "bookable": {o.booth_type.pk for o in offered if o.is_open and o.free},
        },
    )


def booth(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """One booth: what it is and costs, and the form that books it."""
    event = exhibition_or_404(slug)
    row = get_object_or_404(event.booths.on_plan(), number=number)
    at = clock.now()
    row.event = row.booth_type.event = event
    offer = booth_offers.offer_for(row.booth_type, _reader(request, at), at)
    form = _form(request, row.booth_type)
    if order := _ordered(request, form, partial(actions.book_booth, row)):
        return redirect(order)
    return TemplateResponse(
        request,
        "events/booth.html",
        {"event": event, "booth": row, "offer": offer, "form": form},
        status=422 if form.errors else 200,
    )


def any_booth(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Any booth of a kind, for whoever does not mind where: what it costs, and the form."""
    event = exhibition_or_404(slug)
    kind = get_object_or_404(event.booth_types.prefetch_related("prices"), code=code)
    kind.event, at = event, clock.now()
    offer = booth_offers.offer_for(kind, _reader(request, at), at)
    form = _form(request, kind)
    if order := _ordered(request, form, partial(actions.book_any_booth, kind)):
        return redirect(order)
    return TemplateResponse(
        request,
        "events/booth_any.html",
        {
            "event": event,
            "kind": kind,
            "offer": offer,
            "free": max(actions.free_of(kind), 0),
            "form": form,
        },
        status=422 if form.errors else 200,
    )


def _form(request: HttpRequest, kind: BoothType) -> BoothForm:
    data = request.POST if request.method == "POST" else None
    return BoothForm(data, user=request.user, kind=kind)


def _ordered(request: HttpRequest, form: BoothForm, book: Callable[..., Order]) -> Order | None:
    """The order over what was booked, now or with this very form before; refusals stand on it."""
    if form.is_bound and form.is_valid():
        key = form.cleaned_data["form_key"]
        try:
            return book(company=form.chosen, form_key=key, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
    return sent_before(request, form)


# --- of one's own ---


@require_safe
def my_booths(request: HttpRequest) -> HttpResponse:
    rows = BoothBooking.objects.run_by(request.user).with_event()
    return TemplateResponse(
        request,
        "me/booths.html",
        {"rows": rows.order_by("-event__starts_at", "-pk")[:100]},
    )


def booth_give_up(request: HttpRequest, code: str) -> HttpResponse:
    """For who ordered it: the money goes back to where it came from."""
    orders = Order.objects.visible_to(request.user).filter(payable=actions.BOOTH_PAYABLE)
    order = get_object_or_404(orders, code=code)
    form = GiveUpBoothForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            amount = actions.give_up_booth(
                order,
                quoted=form.cleaned_data["quoted"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            _say_so(request, amount)
            return redirect(_next_page(order))
    quotes = actions.quote_booths(order)
    return TemplateResponse(
        request,
        "me/booth_give_up.html",
        {"order": order, "quotes": quotes, "back": sum(q.back for q in quotes), "form": form},
        status=422 if form.errors else 200,
    )


def _say_so(request: HttpRequest, amount: int) -> None:
    text = _("Your booth is given up.")
    if amount:
        text = f"{text} {_('The refund is on its way to review.')}"
    messages.success(request, text)


def _next_page(order: Order) -> str:
    """Where the buyer says into which account the money goes, if that must be said."""
    if any(account is None for _refund, account in payments.open_to_account(order)):
        return reverse("payments:refund-account", args=[order.code])
    return order.get_absolute_url()
