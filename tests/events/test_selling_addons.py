"""The form of a sale at the door offers the add-ons that may be sold there now, and no others."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from events import actions
from events.models import AddOn, DoorDevice, Event, Extra, Ticket
from kosna.core import clock
from tests import factories
from tests.events.doors import NOON, make_device
from tests.events.test_selling import ask, sold_by

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def standing():
    with clock.standing_at(NOON + timedelta(hours=1)):
        yield


@pytest.fixture
def event(cast) -> Event:
    return factories.make_event(
        "doors", branch=cast.busan, starts_at=NOON, ends_at=NOON + timedelta(hours=30)
    )


@pytest.fixture
def device(event, cast) -> DoorDevice:
    device = make_device(event, cashier=cast.doorkeeper)
    device.key = actions.token_of(device)
    return device


@pytest.fixture
def ticket(event) -> Ticket:
    return factories.make_ticket(event, capacity=9, prices={None: 30_000}, name_ko="일반")


@pytest.fixture
def addons(event, ticket) -> dict[str, AddOn]:
    """One for everybody, one for each of two tickets, and some that are not to be had."""
    student = factories.make_ticket(event, prices={None: 10_000}, name_ko="학생")
    sold_out = factories.make_ticket(event, capacity=0, prices={None: 0})
    hidden = factories.make_ticket(event, prices={None: 0}, is_hidden=True)
    tomorrow = factories.make_ticket(
        event, prices={None: 0}, day=event.first_day + timedelta(days=1)
    )
    rows = {
        "all": factories.make_addon(event),
        "mine": factories.make_addon(event),
        "student": factories.make_addon(event),
        "last": factories.make_addon(event, capacity=1),
        "gone": factories.make_addon(event, capacity=0),
        "shut": factories.make_addon(event, is_on_sale=False),
        "tomorrow": factories.make_addon(event),
        "hidden": factories.make_addon(event),
        "sold_out": factories.make_addon(event),
    }
    with_tickets = {
        "mine": [ticket, tomorrow],
        "student": [student],
        "tomorrow": [tomorrow],
        "hidden": [hidden],
        "sold_out": [sold_out],
    }
    for name, tickets in with_tickets.items():
        rows[name].tickets.set(tickets)
    return rows


def offered(page: str) -> dict[int, list[int]]:
    """By add-on that can be ticked, the tickets to which it is bound."""
    boxes = html.fromstring(page).xpath("//input[@name='extras'][not(@disabled)]")
    return {
        int(box.get("value")): [int(pk) for pk in box.get("data-only-with", "").split()]
        for box in boxes
    }


def test_what_may_be_sold_now_is_offered_with_its_tickets(login, ticket, device, addons):
    student = Ticket.objects.get(name_ko="학생")
    wanted = {
        addons["all"].pk: [],
        addons["mine"].pk: [ticket.pk],
        addons["student"].pk: [student.pk],
        addons["last"].pk: [],
    }
    page = login("doorkeeper").get(reverse("events_staff:sell", args=["doors"]))
    assert offered(page.content.decode()) == wanted
    assert offered(ask(device, "offers/", {}).json()["asked"]) == wanted


@pytest.mark.parametrize("name", ["student", "gone", "shut", "tomorrow", "hidden", "sold_out"])
def test_what_does_not_fit_or_is_gone_is_refused_at_the_field(login, ticket, device, addons, name):
    """As without JavaScript, or from a page that was opened before."""
    wrong = addons[name]
    answer = sold_by(login("doorkeeper"), ticket, extras=str(wrong.pk))
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    (told,) = errors["extras"]
    assert list(errors) == ["extras"]
    shown = html.fromstring(answer.content.decode()).xpath("//*[@class='field'][.//legend]//ul/li")
    assert [row.text for row in shown if row.text == told] == [told]
    guest = {"key": str(uuid4()), "ticket": ticket.pk, "name": "나그네", "agrees": True}
    sent = ask(device, "", {**guest, "extras": [str(wrong.pk)]})
    assert (sent.status_code, sent.json()["reasons"]) == (409, [told])
    assert not Extra.objects.exists()
    assert Ticket.objects.get(pk=ticket.pk).taken == 0


def test_an_add_on_of_another_event_is_no_choice(login, ticket, addons):
    elsewhere = factories.make_addon(factories.make_event("elsewhere"))
    answer = sold_by(login("doorkeeper"), ticket, extras=str(elsewhere.pk))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["extras"])


def test_where_every_one_is_gone_who_ticked_it_is_told_and_nobody_else(login, ticket, event):
    lunch = factories.make_addon(event, capacity=0)
    page = login("doorkeeper").get(reverse("events_staff:sell", args=["doors"]))
    assert "extras" not in page.context["form"].fields
    answer = sold_by(login("doorkeeper"), ticket, extras=str(lunch.pk))
    assert list(answer.context["form"].errors) == ["extras"]
    assert sold_by(login("doorkeeper"), ticket).status_code == 302


def test_the_form_that_sold_the_last_one_is_told_so_again(login, ticket, addons):
    typed = {"key": str(uuid4()), "extras": str(addons["last"].pk)}
    sales = [sold_by(login("doorkeeper"), ticket, **typed) for _again in range(2)]
    assert [sale.status_code for sale in sales] == [302, 302]
    assert Extra.objects.count() == 1
    assert AddOn.objects.get(pk=addons["last"].pk).taken == 1


def test_more_add_ons_cost_no_statement(login, event, ticket):
    client, counts = login("doorkeeper"), []
    for n in (1, 2):
        for _n in range(n):
            factories.make_addon(event).tickets.set([ticket])
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("events_staff:sell", args=["doors"]))
        counts.append(len(seen))
    assert counts[0] == counts[1]
