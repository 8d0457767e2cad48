"""Registering without an account (docs/decisions/0030), and taking such an order into one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import actions, brochures
from events.forms.guests import GuestRegistrationForm
from events.models import Ticket
from events.offers import EVERYONE
from events.views.events import live_or_404, registration_page
from events.views.tickets import unlisted
from kosna.accounts import guests
from kosna.accounts.models import Guest
from kosna.accounts.requests import client_ip
from kosna.core.errors import Refused
from kosna.core.methods import require_POST, require_safe
from kosna.payments.models import Order

# From one place, where a whole class may sit, and to one address: seats are held before anybody has
# shown who they are. How many from one place, ``limits.refuse_hoarding_from`` says.
GUESTS = {"guest_from": "40/h/ip", "guest_to": "5/h/key"}


@login_not_required
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """At everybody's price. The answer is the same whether or not an account has the address, and
    whatever was ordered with it before."""
    if request.user.is_authenticated:
        return redirect("events:register", slug)

    def buyer(form: GuestRegistrationForm) -> Callable[..., Order | str]:
        def buy(*, ticket: Ticket, **chosen: Any) -> Order | str:
            place = actions.request_as_guest if ticket.needs_approval else actions.register_guest
            with paced(request, form):
                guest, placed = place(
                    ticket=ticket,
                    **chosen,
                    language=get_language() or "ko",
                    ip=client_ip(request),
                    **form.guest(),
                )
            if asks_by_mail(ticket):
                tell_sent(request, form.cleaned_data["email"])
                return reverse("events:guest-sent", args=[slug])
            guests.enter(request, guest)
            return placed

        return buy

    return unlisted(registration_page(request, slug, EVERYONE, GuestRegistrationForm, buyer))


def asks_by_mail(ticket: Ticket) -> bool:
    """Whether what becomes of it depends on what the address has: then it is shown to whoever opens
    the link, and not to whoever typed the address."""
    return ticket.needs_approval or ticket.max_per_person is not None


def tell_sent(request: HttpRequest, email: str) -> None:
    """With the address as it was typed, so that a slip is seen."""
    messages.info(request, _("We have sent a link to %(email)s.") % {"email": email})


@login_not_required
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """A link is on its way: all that whoever typed an address is told."""
    state = live_or_404(slug)
    event = brochures.brochure(state.event_id, state.version)
    facts = {"event": event, "hold_minutes": settings.SEAT_HOLD_MINUTES}
    return unlisted(TemplateResponse(request, "events/guest_sent.html", facts))


def _too_many() -> Refused:
    return Refused(
        _("Too many orders came from here. Please wait an hour, or sign in to register.")
    )


@contextmanager
def paced(request: HttpRequest, form: GuestRegistrationForm) -> Iterator[None]:
    """Counts the guest that is opened within: a form that is refused, or was sent before, costs
    nothing. Raises Refused where there are too many."""
    if Guest.objects.filter(form_key=form.cleaned_data["form_key"]).exists():
        yield
        return
    with ExitStack() as counted:
        for action, key in (("guest_from", None), ("guest_to", form.cleaned_data["email"].lower())):
            usage = ratelimit.consume(
                request, app="kosna.events", action=action, config=GUESTS, key=key
            )
            if not usage:
                raise _too_many()
            counted.callback(usage.rollback)
        yield
        counted.pop_all()


def chosen(request: HttpRequest, name: str, slug: str, among: QuerySet[Any]) -> Any:
    """The row that a form names, of those given at an event: of several guests in one browser, each
    has one."""
    key = request.POST.get(name, "")
    if key.isdecimal() and len(key) < 16:
        among = among.filter(pk=key)
    found = among.filter(event__slug=slug).order_by("pk").select_related("user").first()
    if found is None:
        raise Http404
    return found


@require_POST
def claim(request: HttpRequest, code: str) -> HttpResponse:
    """A guest's order becomes one's own: for the account whose verified address it was."""
    orders = Order.objects.bought_by(guests.guests_of(request)).select_related("user__guest")
    order = get_object_or_404(orders, code=code)
    stays_a_name = actions.claim_order(order, by=request.user)
    messages.success(request, _("The order is in your account now."))
    if stays_a_name:
        messages.info(
            request,
            _(
                "You have a place of your own at this event, so the one of this order stays under "
                "the name that was typed. Say who comes instead, or give it up."
            ),
        )
    return redirect(order)
