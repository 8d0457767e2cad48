"""A form that is sent twice orders once: by a second click, by going back, at the same instant."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from events import actions
from events.actions import Attendee
from events.models import Registration
from kosna.payments.models import Order
from tests import factories
from tests.conftest import Cast
from tests.events.test_changing import change
from tests.events.test_rushes import at_once
from tests.events.test_waiting import fresh


@pytest.fixture
def ticket(db):
    return factories.make_ticket(factories.make_event("twice"), capacity=3)


def test_a_form_sent_again_shows_what_it_has_ordered(cast: Cast, login, ticket) -> None:
    client: Client = login("account")
    page = reverse("events:register", args=["twice"])
    form = client.get(f"{page}?people=2").context["form"]
    key = str(form["form_key"].value())
    assert f'value="{key}"' in str(form["form_key"])
    wanted = {
        "ticket": ticket.pk,
        "rows": 2,
        "name_1": "동료",
        "email_1": "colleague@example.test",
        "form_key": key,
    }
    first = client.post(page, wanted)
    assert first.status_code == 302
    assert client.post(page, wanted).url == first.url
    # Another person who has the key orders for themselves, and a new form is a new order.
    assert login("regular").post(page, wanted).url != first.url
    assert client.post(page, wanted | {"form_key": str(uuid4())}).url != first.url
    assert Order.objects.count() == Registration.objects.count() == 3
    # The seats are gone now, some of them to this very form.
    assert client.post(page, wanted | {"form_key": str(uuid4())}).status_code == 422
    assert client.post(page, wanted).url == first.url
    # What makes no sense as a key is no key.
    assert client.post(page, wanted | {"form_key": "x"}).status_code == 422


def test_a_form_sent_again_leads_to_the_order_in_place_of_its_own(
    cast: Cast, login, ticket
) -> None:
    client, page = login("account"), reverse("events:register", args=["twice"])
    wanted = {"ticket": ticket.pk, "myself": "on", "rows": 1, "form_key": str(uuid4())}
    first = client.post(page, wanted)
    other = factories.make_ticket(ticket.event)
    for _n in range(2):  # a change of what is unpaid replaces its order
        order = change(Registration.objects.get(), other)
        other = ticket
        assert client.post(page, wanted).url == order.get_absolute_url() != first.url
    assert Order.objects.get(status="pending") == order


def test_a_list_sent_again_registers_nobody_twice(cast: Cast, login, ticket) -> None:
    client: Client = login("company_rep")
    page = reverse("events:register-list", args=["twice"])
    key = str(client.get(page).context["form"]["form_key"].value())
    wanted = {"ticket": ticket.pk, "people": "하나, one@example.test\n둘, two@example.test"}
    answers = [client.post(page, wanted | {"form_key": key}) for _n in range(2)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.url for answer in answers}) == 1
    assert Registration.objects.count() == 2


def sends(ticket, key):
    buyer, seen = factories.make_user("손님"), fresh(ticket)
    who = [Attendee("동료", "colleague@example.test")]
    return lambda: actions.register(ticket=seen, attendees=who, by=buyer, form_key=key)


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_orders_once(ticket) -> None:
    send = sends(ticket, uuid4())
    assert {answer.pk for answer in at_once(send, send)} == {Order.objects.get().pk}
    assert actions.recount(ticket) == fresh(ticket).taken == 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_key_it_orders_twice(ticket) -> None:
    send = sends(ticket, None)
    at_once(send, send)
    assert Order.objects.count() == fresh(ticket).taken == 2
