"""Places on application without an account: asked for once the address is proven, then decided."""

from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import actions
from events.actions import Attendee, limits, requesting_guests
from events.models import Event, FormQuestion, PlaceRequest, Registration, Ticket
from kosna.accounts.guests import confirm
from kosna.accounts.models import Guest
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.mail.models import Message
from kosna.payments.models import Order
from tests import factories
from tests.events.test_guests import typed
from tests.events.test_registering import pay
from tests.events.test_rushes import at_once
from tests.events.test_waiting_guests import link

URL = "/events/conference/register/guest/"
SENT = "/events/conference/register/guest/sent/"
MINE = "/events/conference/requested/"
QUEUE = "/staff/events/conference/requests/"
Status = PlaceRequest.Status


@pytest.fixture
def ticket(cast) -> Ticket:
    event = factories.make_event("conference", branch=cast.busan)
    prices = {None: 55_000, cast.regular_tier: 33_000}
    return factories.make_ticket(
        event, capacity=2, needs_approval=True, hours_to_pay=48, prices=prices
    )


def typed_by(ticket: Ticket, email: str = "guest@example.test") -> Client:
    """Whoever filled the form, be it the guest or somebody who typed their address."""
    client = Client()
    assert client.post(URL, typed(ticket, email)).url == SENT
    return client


def opened(template: str = "request_guest") -> Client:
    client = Client()
    assert client.get(link(template, "tickets/requests")).url == MINE
    return client


def asked(ticket: Ticket, email: str = "guest@example.test") -> Client:
    typed_by(ticket, email)
    client = opened()
    client.post(f"{MINE}confirm/")
    return client


def status() -> str:
    return PlaceRequest.objects.latest("pk").status


def decide(client: Client, verb: str, **typed: str) -> None:
    request = PlaceRequest.objects.latest("pk")
    client.post(reverse(f"events_staff:request-{verb}", args=["conference", request.pk]), typed)


def test_nobody_decides_before_the_address_is_proven(ticket, login):
    stranger = typed_by(ticket)
    assert stranger.get(SENT).status_code == 200
    assert stranger.get(MINE).status_code == 302  # they typed an address, and hold nothing
    officer = login("officer")
    page = officer.get(QUEUE).content.decode()
    assert "guest@example.test" in page
    assert "/approve/" not in page
    decide(officer, "approve")
    decide(officer, "decline", reason="아직 아닙니다.")
    assert (status(), Order.objects.count()) == ("unproven", 0)
    assert not Message.objects.filter(template__startswith="request_d").exists()

    client = opened()
    assert status() == "unproven"  # a scanner of mails asks for nothing
    assert "confirm" in client.get(MINE).content.decode()
    client.post(f"{MINE}confirm/")
    assert status() == "asked"
    assert Entry.objects.get(verb="events.request_places").subjects == [Guest.objects.get().pk]
    assert "/approve/" in officer.get(QUEUE).content.decode()
    assert client.post(f"{MINE}confirm/").status_code == 404


def test_an_approval_reaches_a_guest_who_pays_by_their_link(ticket, login):
    question = FormQuestion.objects.create(event=ticket.event, text_ko="식사")
    Client().post(URL, typed(ticket) | {f"asked_{question.pk}_me": "채식"})
    opened().post(f"{MINE}confirm/")
    assert "/tickets/requests/" not in str(Message.objects.values_list("context", flat=True))
    decide(login("officer"), "approve")
    order = Order.objects.get()
    assert order.total == 55_000
    assert round((order.expires_at - order.created_at) / timedelta(hours=1)) == 48
    client = Client()
    assert client.get(link("request_approved", "orders/guest")).url == order.get_absolute_url()
    assert client.get(order.get_absolute_url()).status_code == 200
    assert order.get_absolute_url() in client.get(MINE).content.decode()
    paid = client.post(reverse("payments:pay", args=[order.code]), {"method": "bank"})
    assert paid.status_code == 303
    pay(order)
    place = Registration.objects.get()
    assert place.is_ticket
    assert place.form_answers.get().value == "채식"


def test_what_is_free_is_theirs_with_the_approval(cast):
    free = factories.make_ticket(
        factories.make_event("conference"), prices={None: 0}, needs_approval=True
    )
    asked(free)
    order = actions.approve_request(PlaceRequest.objects.get(), by=cast.officer)
    assert order.status == Order.Status.PAID
    assert Message.objects.filter(template="registration_confirmed").get().to == (
        "guest@example.test"
    )


def test_the_price_is_that_of_the_day_on_which_the_form_was_sent(cast, ticket, monkeypatch):
    now = clock.now()
    ticket.prices.create(amount=40_000, until=now + timedelta(days=1))
    typed_by(ticket)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))
    opened().post(f"{MINE}confirm/")
    request = PlaceRequest.objects.get()
    assert actions.approve_request(request, by=cast.officer).total == 40_000


def test_a_decline_is_told_with_a_link_and_a_withdrawal_leaves_room_to_ask_again(ticket, login):
    asked(ticket)
    decide(login("officer"), "decline", reason="지역 대상 행사입니다.")
    assert "지역 대상 행사입니다." in opened("request_declined").get(MINE).content.decode()
    client = asked(ticket)
    client.post(f"{MINE}withdraw/")
    assert status() == "withdrawn"
    asked(ticket)
    assert status() == "asked"


def test_of_two_guests_in_one_browser_each_has_their_own_request(ticket):
    client = Client()
    for email in ("one@example.test", "two@example.test"):
        typed_by(ticket, email)
        client.get(link("request_guest", "tickets/requests"))
    first, second = PlaceRequest.objects.order_by("pk")
    client.post(f"{MINE}withdraw/", {"request": second.pk})
    client.post(f"{MINE}confirm/", {"request": first.pk})
    assert list(PlaceRequest.objects.order_by("pk").values_list("status", flat=True)) == [
        "asked", "withdrawn",
    ]  # fmt: skip
    assert Client().post(f"{MINE}withdraw/", {"request": first.pk}).status_code == 302
    assert PlaceRequest.objects.undecided().get() == first


def test_a_form_sent_twice_is_one_request_and_none_of_another_kind(ticket):
    plain, form = factories.make_ticket(ticket.event), typed(ticket)
    for _time in range(2):
        assert Client().post(URL, form).url == SENT
    assert PlaceRequest.objects.count() == Guest.objects.count() == 1
    assert Client().post(URL, form | {"ticket": plain.pk}).status_code == 422
    bought = typed(plain)
    assert Client().post(URL, bought).status_code == 302
    assert Client().post(URL, bought | {"ticket": ticket.pk}).status_code == 422
    assert (PlaceRequest.objects.count(), Order.objects.count()) == (1, 1)


def test_floods_are_stopped_and_a_refusal_leaves_nothing(ticket):
    client = Client()
    answers = [client.post(URL, typed(ticket)).status_code for _n in range(6)]
    assert answers == [302] * 5 + [422]
    Event.objects.update(registration_ends_at=clock.now() - timedelta(minutes=1))
    actions.touch(ticket.event)
    assert client.post(URL, typed(ticket, "late@example.test")).status_code == 422
    assert not Guest.objects.filter(email="late@example.test").exists()


def test_one_address_asks_once_and_only_its_owner_learns_so(ticket):
    asked(ticket)
    told = [
        typed_by(ticket, email).get(SENT).content.decode().replace(email, "")
        for email in ("Guest@Example.test", "nobody@example.test")
    ]
    assert told[0] == told[1]
    typed_by(ticket, "guest@example.test")
    opened().post(f"{MINE}confirm/")
    assert status() == "unproven"
    assert PlaceRequest.objects.undecided().count() == 1


def test_what_is_proven_too_late_is_not_asked_and_a_cancelled_event_tells_all(cast, ticket):
    typed_by(ticket)
    client = opened()
    Event.objects.update(registration_ends_at=clock.now() - timedelta(minutes=1))
    client.post(f"{MINE}confirm/")
    assert status() == "unproven"
    actions.cancel_event(event=Event.objects.get(), reason="태풍", by=cast.officer)
    assert status() == "declined"
    assert "태풍" in opened("request_declined").get(MINE).content.decode()


def test_a_request_goes_into_the_account_of_the_same_proven_address(cast, login, ticket):
    claim = f"{MINE}claim/"
    typed_by(ticket, "account@example.test")
    mine, wrong = login("account"), login("regular")
    assert mine.post(claim).status_code == 404  # without its link
    address = link("request_guest", "tickets/requests")
    for client in (mine, wrong):
        client.get(address)
        assert client.post(claim).status_code == 404  # nothing is asked yet
    mine.post(f"{MINE}confirm/")
    wrong.post(claim)
    assert PlaceRequest.objects.get().user.is_guest
    assert mine.post(claim).url == MINE
    assert PlaceRequest.objects.get().user == cast.account
    assert Entry.objects.filter(verb="events.claim_request").count() == 1
    assert Client().get(address).status_code == 404
    order = actions.approve_request(PlaceRequest.objects.get(), by=cast.officer)
    assert order.user == cast.account


def test_an_order_takes_its_request_along_into_an_account(cast, ticket):
    asked(ticket, "account@example.test")
    request = PlaceRequest.objects.select_related("user").get()
    order = actions.approve_request(request, by=cast.officer)
    actions.claim_order(order, by=cast.account)
    assert PlaceRequest.objects.get().user == cast.account


@pytest.mark.parametrize("end", ["unproven", "declined", "over"])
def test_who_came_to_nothing_is_erased_after_a_month(cast, ticket, monkeypatch, end):
    typed_by(ticket)
    if end != "unproven":
        opened().post(f"{MINE}confirm/")
        assert actions.erase_guests() == 0
    if end == "declined":
        actions.decline_request(PlaceRequest.objects.get(), reason="다음에", by=cast.officer)
    soon, month = clock.now(), timedelta(days=31)
    if end == "over":
        late = Event.objects.get().ends_at
        monkeypatch.setattr(clock, "now", lambda: soon + month)
        assert actions.erase_guests() == (0 if late > soon else 1)
        soon = late
    monkeypatch.setattr(clock, "now", lambda: soon + month)
    assert actions.erase_guests() == 1
    request = PlaceRequest.objects.get()
    assert (Guest.objects.get().email, request.user.name) == ("", "—")
    assert [(place["name"], place["email"]) for place in request.places] == [("—", "")]
    assert request.status == ("declined" if end == "declined" else "withdrawn")
    assert actions.erase_people() == 0


def test_each_list_takes_as_many_statements_for_one_guest_as_for_three(cast, ticket, login):
    officer, client, counts = login("officer"), Client(), []
    for wanted in (1, 3):
        while PlaceRequest.objects.count() < wanted:
            typed_by(ticket, f"{PlaceRequest.objects.count()}@example.test")
            client.get(link("request_guest", "tickets/requests"))
        for who, url in ((officer, QUEUE), (client, MINE)):
            who.get(url)
            with CaptureQueriesContext(connection) as seen:
                assert who.get(url).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]


def _two_of_one_address() -> list[PlaceRequest]:
    """Proven both, and asked for neither."""
    ticket = factories.make_ticket(factories.make_event("rush"), needs_approval=True)
    for _n in range(2):
        actions.request_as_guest(
            ticket=ticket, attendees=[Attendee("나그네", "g@x.test", is_buyer=True)],
            name="나그네", email="g@x.test", phone="", form_key=uuid4(), language="ko", ip=None,
        )  # fmt: skip
    for guest in Guest.objects.all():
        confirm(guest)
    return list(PlaceRequest.objects.select_related("user__guest"))


@pytest.mark.django_db(transaction=True)
def test_one_address_that_confirms_two_requests_at_once_has_asked_once():
    first, second = _two_of_one_address()
    at_once(
        lambda: actions.prove_request(first, by=first.user),
        lambda: actions.prove_request(second, by=second.user),
    )
    assert PlaceRequest.objects.undecided().count() == 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_of_the_address_both_have_asked(monkeypatch):
    requests, meeting = _two_of_one_address(), Barrier(2)
    monkeypatch.setattr(limits, "lock_addresses", lambda addresses: None)
    monkeypatch.setattr(
        requesting_guests, "refuse_more_than_one_person_may", lambda *args: meeting.wait(30)
    )
    prove = actions.prove_request
    if connection.vendor == "sqlite":  # the transaction itself keeps the two apart
        prove = prove.__wrapped__
    at_once(*[lambda each=each: prove(each, by=each.user) for each in requests])
    assert PlaceRequest.objects.undecided().count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_by_four_at_once_is_one_request():
    ticket = factories.make_ticket(factories.make_event("rush"), needs_approval=True)
    facts = {
        "ticket": ticket, "attendees": [Attendee("나그네", "g@x.test", is_buyer=True)],
        "name": "나그네", "email": "g@x.test", "phone": "", "form_key": uuid4(),
        "language": "ko", "ip": None,
    }  # fmt: skip
    rows = at_once(*[lambda: actions.request_as_guest(**facts)] * 4)
    assert len({asked.pk for _guest, asked in rows}) == PlaceRequest.objects.count() == 1
