"""A ticket changed for one of another kind by its buyer: chosen, seen with its price, confirmed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import actions
from events.changes import ChangeQuote, choices_for, refusals_of
from events.forms.changing import ChangeForm
from events.models import Registration
from events.sign_ups import lost_with
from events.views.tickets import unlisted
from kosna.accounts.guests import buyers, guests_too
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order
from kosna.payments.providers.base import ProviderDown


@guests_too
def ticket_change(request: HttpRequest, secret: str) -> HttpResponse:
    places = Registration.objects.bought_by(buyers(request)).with_event()
    place = get_object_or_404(places.select_related("line__order__user", "user"), secret=secret)
    form = ChangeForm(request.POST if request.method == "POST" else None)
    by = place.line.order.user
    done, order = confirmed(place, form, by=by)
    if order:
        messages.success(request, _("The new seat is held for you. Please pay to complete it."))
        return redirect(order)
    if done:
        messages.success(request, _("Your ticket was changed."))
        return redirect(place)
    return unlisted(
        TemplateResponse(
            request,
            "tickets/ticket_change.html",
            {"place": place, "event": place.event, "form": form, **shown(request, place, by)},
            status=422 if form.errors else 200,
        )
    )


def confirmed(
    place: Registration, form: ChangeForm, *, by: User, reason: str = ""
) -> tuple[bool, Order | None]:
    """Whether it was done or begun, and the order to be paid for it; refusals stand on the form."""
    if not form.is_bound or not form.is_valid():
        return False, None
    ticket = place.event.tickets.filter(pk=form.cleaned_data["ticket"]).first()
    if ticket is None:
        form.add_error(None, _("Choose another ticket of this event."))
        return False, None
    try:
        if place.status == Registration.Status.HELD:
            _close_pages(place.line.order)
        order = actions.change_ticket(place, ticket, quoted=form.quoted, by=by, reason=reason)
    except Refused as refusal:
        refusal.to_form(form)
        return False, None
    return True, order


def _close_pages(order: Order) -> None:
    """Of an order that another will replace: outside of any transaction."""
    try:
        payments.close_sessions(order)
    except ProviderDown as problem:
        raise Refused(
            _("We are still asking the payment provider. Look again shortly.")
        ) from problem


def shown(request: HttpRequest, place: Registration, by: User) -> dict[str, Any]:
    """All that it could become, and the one that was chosen, with what ends by it."""
    refusals = refusals_of(place)
    quotes = [] if refusals else choices_for(place, clock.now())
    asked = (request.POST if request.method == "POST" else request.GET).get("ticket", "")
    chosen: ChangeQuote | None = next(
        (each for each in quotes if str(each.ticket.pk) == asked and not each.refusals), None
    )
    is_paid = place.status == Registration.Status.CONFIRMED
    return {
        "refusals": refusals,
        "quotes": quotes,
        "chosen": chosen,
        "lost": lost_with(place, chosen.ticket) if chosen else [],
        "is_paid": is_paid,
        "held_until": None if is_paid else actions.held_after(place, by=by),
    }
