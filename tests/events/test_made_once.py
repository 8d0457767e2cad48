"""A form of a booth, a proposal or vouchers that is sent twice makes once what it makes: by a
second click, later, at the same instant. Registrations: ``test_sent_twice``."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events import actions
from events.actions import Company, VoucherTerms
from events.models import Booth, BoothBooking, BoothType, Call, Event, Proposal, Voucher
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.payments.models import Order
from tests import factories
from tests.conftest import Cast
from tests.events.test_rushes import at_once
from tests.events.test_waiting import fresh

TALK = {"title_ko": "골목의 말", "abstract_ko": "석 달 동안 모은 자료입니다.", "minutes": 30}


@pytest.fixture
def expo(db: None) -> Event:
    """With three booths of a kind."""
    event = factories.make_event("expo", kind=Event.Kind.EXHIBITION)
    for number in ("A1", "A2", "A3"):
        factories.make_booth(event, number)
    return event


@pytest.fixture
def call(db: None) -> Call:
    starts_at = clock.now() + timedelta(days=60)
    return factories.make_call(factories.make_event("forum", starts_at=starts_at))


def key_of(client: Client, page: str) -> str:
    """As it stands on the page that was drawn."""
    answer = client.get(page)
    key = str(answer.context["form"]["form_key"].value())
    assert f'name="form_key" value="{key}"' in answer.content.decode()
    return key


# --- one after the other ---


@pytest.mark.parametrize("booth", ["any/S", "A1"])
def test_a_form_sent_again_shows_the_booth_that_it_has_ordered(expo, login, booth) -> None:
    client: Client = login("account")
    page = f"/events/expo/booths/{booth}/"
    wanted = {"name": "㈜두번", "form_key": key_of(client, page)}
    first = client.post(page, wanted)
    assert first.status_code == 302
    assert client.post(page, wanted).url == first.url
    # Another person who has the key orders for themselves, and a new form is a new order.
    assert (
        client.post("/events/expo/booths/A2/", wanted | {"form_key": str(uuid4())}).url != first.url
    )
    assert login("regular").post("/events/expo/booths/A3/", wanted).url != first.url
    assert Order.objects.count() == BoothBooking.objects.count() == 3
    # None is left now, and this person may hold no more.
    assert client.post(page, wanted | {"form_key": str(uuid4())}).status_code == 422
    assert client.post(page, wanted).url == first.url
    Booth.objects.update(is_offered=False)
    assert client.post(page, wanted).url == first.url
    assert client.post(page, wanted | {"form_key": "x"}).status_code == 422
    assert Order.objects.count() == 3


def test_a_proposal_sent_again_is_handed_in_once(call, login) -> None:
    client: Client = login("account")
    new, listed = (
        reverse(f"events:{name}", args=["forum"]) for name in ("proposal-new", "proposals")
    )
    wanted = TALK | {"form_key": key_of(client, new)}
    assert [client.post(new, wanted).url for _n in range(2)] == [listed] * 2
    row = Proposal.objects.get()
    assert Entry.objects.filter(verb="events.propose").count() == 1
    client.post(new, TALK | {"form_key": str(uuid4())})
    login("regular").post(new, wanted)
    assert Proposal.objects.count() == 3
    # It was sent before the call closed, whenever it is sent again; and changing it draws no key.
    Call.objects.update(closes_at=clock.now())
    assert client.post(new, wanted).url == listed
    assert client.post(new, TALK | {"form_key": str(uuid4())}).status_code == 422
    Call.objects.update(closes_at=clock.now() + timedelta(days=1))
    change = reverse("events:proposal", args=["forum", row.pk])
    assert "form_key" not in client.get(change).content.decode()
    assert client.post(change, wanted | {"title_ko": "골목의 목소리"}).url == listed
    row.refresh_from_db()
    assert (row.title_ko, row.form_key) == ("골목의 목소리", UUID(wanted["form_key"]))


def test_a_batch_of_vouchers_sent_again_is_made_once(cast: Cast, login) -> None:
    event = factories.make_event("gala", branch=cast.busan)
    ticket = factories.make_ticket(event, capacity=6)
    office: Client = login("officer")
    new, listed = (
        reverse(f"events_staff:{name}", args=["gala"]) for name in ("voucher-new", "vouchers")
    )
    wanted = {
        "purpose": "후원사", "count": 2, "max_uses": 1, "effect": "none",
        "ticket": ticket.pk, "reserves_seats": "on", "form_key": key_of(office, new),
    }  # fmt: skip
    assert [office.post(new, wanted).url for _n in range(2)] == [listed] * 2
    page = office.get(listed).content.decode()
    assert "코드 2개를 만들었습니다." in page and "두 번 전송되었습니다" in page
    assert Voucher.objects.count() == fresh(ticket).blocked == 2
    assert Entry.objects.filter(verb="events.make_vouchers").count() == 1
    own = wanted | {"count": 1, "code": "SPRING-26", "form_key": str(uuid4())}
    assert [office.post(new, own).url for _n in range(2)] == [listed] * 2
    assert office.post(new, own | {"form_key": str(uuid4())}).status_code == 422  # has been made
    login("head_office").post(new, wanted)
    assert Voucher.objects.count() == fresh(ticket).blocked == 5


def test_vouchers_sent_again_past_their_end_lead_to_those_that_were_made(
    cast: Cast, login, monkeypatch
) -> None:
    event = factories.make_event("gala", branch=cast.busan)
    office: Client = login("officer")
    new = reverse("events_staff:voucher-new", args=["gala"])
    until = timezone.localtime(clock.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    wanted = {
        "purpose": "후원사", "count": 1, "max_uses": 1, "effect": "none", "valid_until": until,
        "form_key": key_of(office, new),
    }  # fmt: skip
    first = office.post(new, wanted)
    assert first.status_code == 302
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert office.post(new, wanted).url == first.url
    assert office.post(new, wanted | {"form_key": str(uuid4())}).status_code == 422
    assert event.vouchers.count() == 1


def test_a_booth_given_by_staff_twice_is_given_once(cast: Cast, login) -> None:
    expo = factories.make_event("expo", kind=Event.Kind.EXHIBITION, branch=cast.busan)
    factories.make_booth(expo, "A1")
    office: Client = login("officer")
    page = reverse("events_staff:booth", args=["expo", "A1"])
    wanted = {
        "email": cast.account.email, "name": "㈜두번",
        "until": f"{clock.today() + timedelta(days=3):%Y-%m-%d}",
        "form_key": key_of(office, page),
    }  # fmt: skip
    assert [office.post(page, wanted).status_code for _n in range(2)] == [302, 302]
    assert BoothBooking.objects.count() == 1
    assert office.post(page, wanted | {"form_key": str(uuid4())}).status_code == 422


# --- at the same instant, and the twin without the key ---


def booked(expo: Event, key: UUID | None, number: str) -> Callable[[], Any]:
    who = factories.make_user("대표")
    company = Company(who, None, "㈜동시")
    if number:
        seen = Booth.objects.select_related("event__branch", "event__clock", "booth_type")
        booth = seen.get(number=number)
        return lambda: actions.book_booth(booth, company=company, form_key=key, by=who)
    kind = BoothType.objects.select_related("event__branch", "event__clock").get()
    return lambda: actions.book_any_booth(kind, company=company, form_key=key, by=who)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", ["", "A1"])
def test_a_booth_sent_twice_at_once_is_ordered_once(expo, number) -> None:
    send = booked(expo, uuid4(), number)
    assert at_once(send, send) == [Order.objects.get()] * 2
    assert BoothBooking.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_key_two_booths_are_ordered(expo) -> None:
    send = booked(expo, None, "")
    at_once(send, send)
    assert Order.objects.count() == BoothBooking.objects.count() == 2


def proposed(call: Call, key: UUID | None) -> Callable[[], Any]:
    who = factories.make_user("발표자")
    return lambda: actions.propose(call, form_key=key, by=who, **TALK)


@pytest.mark.django_db(transaction=True)
def test_a_proposal_sent_twice_at_once_is_handed_in_once(call) -> None:
    send = proposed(call, uuid4())
    assert at_once(send, send) == [Proposal.objects.get()] * 2


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_key_it_is_handed_in_twice(call) -> None:
    send = proposed(call, None)
    at_once(send, send)
    assert Proposal.objects.count() == 2


def made(expo: Event, key: UUID | None) -> Callable[[], Any]:
    who = factories.make_user("사무국")
    terms = VoucherTerms(purpose="초청")
    return lambda: actions.make_vouchers(expo, terms, count=3, form_key=key, by=who)


@pytest.mark.django_db(transaction=True)
def test_vouchers_sent_twice_at_once_are_made_once(expo) -> None:
    send = made(expo, uuid4())
    assert sorted(len(codes) for codes in at_once(send, send)) == [0, 3]
    assert Voucher.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_key_vouchers_are_made_twice(expo) -> None:
    send = made(expo, None)
    at_once(send, send)
    assert Voucher.objects.count() == 6
