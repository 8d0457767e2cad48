"""What people without an account do in Chromium: they ask for a place, prove it by the link in a
mail, pay, and take what they did into an account of the same address."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from events.models import PlaceRequest, Registration
from kosna.payments.models import Order
from tests import factories
from tests.browser.tab import Tab
from tests.browser.test_events import card, link
from tests.flows.test_changed_tickets import _link

FORM = "/events/fair/register/guest/"
OWN = "account@example.test"  # of an account


@pytest.fixture
def enter(enter) -> Callable[..., Tab]:
    """Without the colours the other way round, which are the same on every page."""
    return partial(enter, both_ways=False)


def typed(**more: Any) -> dict[str, Any]:
    return {
        "myself": True, "name": "나그네", "email": "guest@example.test", "phone": "010-1234-5678",
        "agrees": True, **more,
    }  # fmt: skip


def status() -> str:
    return PlaceRequest.objects.latest("pk").status


def test_a_guest_asks_for_a_place_proves_it_and_takes_it_back(enter, people, portal):
    fair = factories.make_event("fair", branch=people.busan)
    talk = factories.make_ticket(fair, name_ko="대담", needs_approval=True)
    guest = link(enter().open("/events/fair/"), "/register/guest/")
    guest.press("form_key", ticket=talk.pk, **typed()).look()
    assert guest.page.url.endswith("/register/guest/sent/")
    assert "guest@example.test" in guest.page.locator(".messages").inner_text()
    portal.work()
    desk = enter("officer").open("/staff/events/fair/requests/").look()
    assert not desk.page.locator("form[action$='/approve/']").count()

    guest.open(_link("request_guest", "tickets/requests")).look()
    assert status() == PlaceRequest.Status.UNPROVEN
    guest.press("/requested/confirm/")
    assert status() == PlaceRequest.Status.ASKED
    guest.press("/requested/withdraw/").look()
    assert status() == PlaceRequest.Status.WITHDRAWN

    guest.open(FORM).press("form_key", ticket=talk.pk, **typed())
    portal.work()
    guest.open(_link("request_guest", "tickets/requests")).press("/requested/confirm/")
    desk.open("/staff/events/fair/requests/").press("/approve/")
    portal.work()
    other = enter().open(_link("request_approved", "orders/guest"))  # another device
    card(other)
    place = Registration.objects.get()
    assert place.is_ticket
    link(other.open("/events/fair/requested/"), place.line.order.get_absolute_url())
    assert portal.problems() == {}


def test_what_a_guest_asked_for_and_bought_goes_into_the_account(enter, people, portal):
    fair = factories.make_event("fair", branch=people.busan)
    prices = {None: 55_000, people.regular_tier: 33_000}
    general = factories.make_ticket(fair, prices=prices)
    salon = factories.make_event("salon", branch=people.busan)
    talk = factories.make_ticket(salon, name_ko="대담", needs_approval=True)
    guest = enter().open(FORM)
    guest.press("form_key", ticket=general.pk, **typed(email=OWN))
    card(guest)
    order = Order.objects.get()
    assert (order.status, order.total, order.user.is_guest) == ("paid", 55_000, True)
    guest.open("/events/salon/register/guest/")
    guest.press("form_key", ticket=talk.pk, **typed(email=OWN))
    portal.work()

    owner = enter("account").open(_link("guest_order", "orders/guest")).look()
    owner.press("/claim/")
    order.refresh_from_db()
    assert order.user == people.account
    link(owner.open("/me/tickets/"), Registration.objects.get().get_absolute_url())
    owner.open(_link("request_guest", "tickets/requests")).press("/requested/confirm/").look()
    owner.press("/requested/claim/")
    asked = PlaceRequest.objects.get()
    assert (asked.user, asked.status) == (people.account, PlaceRequest.Status.ASKED)
    guest.open(order.get_absolute_url(), 404)  # it is no guest's any more
    assert portal.problems() == {}


def test_one_person_has_only_so_many_with_an_account_and_without(enter, people, portal):
    fair = factories.make_event("fair", branch=people.busan)
    ticket = factories.make_ticket(fair, prices={None: 0}, max_per_person=1)
    buyer = enter("account").open("/events/fair/register/?people=2")
    friend = {"name_1": "최유나", "email_1": "friend@example.test"}
    buyer.press("ticket", ticket=ticket.pk, myself=True, **friend).look()
    assert buyer.page.locator("main .form-errors, main [role=alert]").first.is_visible()
    assert not Order.objects.exists()
    buyer.open("/events/fair/register/").press("ticket", ticket=ticket.pk, myself=True)
    assert Registration.objects.get().user == people.account

    guest = enter().open(FORM)
    guest.press("form_key", ticket=ticket.pk, **typed(email=OWN))
    assert guest.page.url.endswith("/register/guest/sent/")  # as for everybody else
    portal.work()
    guest.open(_link("guest_order", "orders/guest")).look()
    assert Order.objects.latest("pk").status == "pending"
    guest.press("/mine/").look()
    second = Order.objects.latest("pk")
    assert (second.status, guest.page.url.endswith(second.get_absolute_url())) == (
        "cancelled",
        True,
    )
    assert Registration.objects.filter(status=Registration.Status.CONFIRMED).count() == 1
    assert portal.problems() == {}
