"""Registering without an account (docs/decisions/0030), and taking such an order into one."""

from collections.abc import Callable
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import actions
from events.forms.guests import GuestRegistrationForm
from events.offers import EVERYONE
from events.views.events import registration_page
from events.views.tickets import unlisted
from kosna.accounts import guests
from kosna.accounts.requests import client_ip
from kosna.core.errors import Refused
from kosna.core.methods import require_POST
from kosna.payments.models import Order

# From one place, and to one address: seats are held before anybody has shown who they are.
ORDERS = {"guest_from": "10/h/ip", "guest_to": "5/h/key"}


@login_not_required
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """At everybody's price. The answer is the same whether or not an account has the address."""
    if request.user.is_authenticated:
        return redirect("events:register", slug)

    def buyer(form: GuestRegistrationForm) -> Callable[..., Order]:
        def buy(**chosen: Any) -> Order:
            refuse_floods(request, form.cleaned_data["email"])
            guest, order = actions.register_guest(
                **chosen,
                language=get_language() or "ko",
                ip=client_ip(request),
                **form.guest(),
            )
            guests.enter(request, guest)
            return order

        return buy

    return unlisted(registration_page(request, slug, EVERYONE, GuestRegistrationForm, buyer))


def refuse_floods(request: HttpRequest, email: str) -> None:
    for action, key in (("guest_from", None), ("guest_to", email.lower())):
        if not ratelimit.consume(
            request, app="kosna.events", action=action, config=ORDERS, key=key
        ):
            raise Refused(
                _("Too many orders came from here. Please wait an hour, or sign in to register.")
            )


@require_POST
def claim(request: HttpRequest, code: str) -> HttpResponse:
    """A guest's order becomes one's own: for the account whose verified address it was."""
    orders = Order.objects.bought_by(guests.guests_of(request)).select_related("user__guest")
    order = get_object_or_404(orders, code=code)
    actions.claim_order(order, by=request.user)
    messages.success(request, _("The order is in your account now."))
    return redirect(order)
