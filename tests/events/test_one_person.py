"""An account and a guest of its verified address are one person: they ask for places once, wait
once and come once, whoever of the two is first."""

from contextlib import nullcontext
from threading import Barrier
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection

from events import actions
from events.actions import (
    Attendee,
    limits,
    requesting,
    requesting_guests,
    waiting,
    waiting_guests,
)
from events.models import PlaceRequest, Registration, Ticket, WaitlistEntry
from kosna.accounts import guests
from kosna.accounts.models import User
from kosna.core.errors import Refused
from kosna.payments.models import Order
from tests import factories
from tests.events.test_rushes import at_once
from tests.events.test_waiting import buy, fresh, more_seats

pytestmark = pytest.mark.django_db
OWN = "owner@example.test"
ME = Attendee("나그네", OWN, is_buyer=True)
FRIEND = Attendee("동료", "friend@example.test")


@pytest.fixture
def owner() -> User:
    return factories.make_user(email=OWN)


@pytest.fixture
def asked_for() -> Ticket:
    return factories.make_ticket(factories.make_event("rush"), capacity=9, needs_approval=True)


@pytest.fixture
def full() -> Ticket:
    return factories.make_ticket(factories.make_event("rush"), capacity=0)


def typed(act, ticket: Ticket, who: Attendee = ME, *, email: str = OWN) -> tuple:
    return act(
        ticket=fresh(ticket), attendees=[who], name="나그네", email=email, phone="",
        form_key=uuid4(), language="ko", ip=None,
    )  # fmt: skip


def opened(act, ticket: Ticket, who: Attendee = ME):
    """What a guest has typed, and opened the link of."""
    guest, row = typed(act, ticket, who)
    guests.confirm(guest)
    return type(row).objects.select_related("user__guest").get(pk=row.pk)


def ask(ticket: Ticket, user: User, who: Attendee = ME) -> PlaceRequest:
    return actions.request_places(ticket=fresh(ticket), attendees=[who], by=user)


def join(ticket: Ticket, user: User, who: Attendee = ME) -> WaitlistEntry:
    return actions.join(ticket=fresh(ticket), attendees=[who], by=user)


def prove_request(asked: PlaceRequest) -> None:
    actions.prove_request(asked, by=asked.user)


def prove_wait(entry: WaitlistEntry) -> None:
    actions.prove(entry, by=entry.user)


# --- asking ---


def test_a_guest_of_an_account_that_has_asked_asks_no_second_time(asked_for, owner):
    mine = ask(asked_for, owner)
    theirs = opened(actions.request_as_guest, asked_for)
    with pytest.raises(Refused, match="이미"):
        prove_request(theirs)
    assert PlaceRequest.objects.undecided().get() == mine
    actions.withdraw_request(mine, by=owner)
    prove_request(theirs)
    assert PlaceRequest.objects.undecided().get() == theirs


def test_an_account_whose_guest_has_asked_asks_no_second_time(asked_for, owner):
    theirs = opened(actions.request_as_guest, asked_for)
    prove_request(theirs)
    for who in (ME, FRIEND):
        with pytest.raises(Refused):
            ask(asked_for, owner, who)
    assert PlaceRequest.objects.undecided().get() == theirs
    actions.claim_request(theirs, by=owner)
    assert PlaceRequest.objects.undecided().get().user == owner


def test_what_nobody_proved_stands_in_nobodys_way(asked_for, owner):
    typed(actions.request_as_guest, asked_for)
    boaster = factories.make_user()
    boaster.emailaddress_set.create(email="other@example.test", verified=False)
    ask(asked_for, boaster)
    guest, asked = typed(actions.request_as_guest, asked_for, email="other@example.test")
    guests.confirm(guest)
    prove_request(PlaceRequest.objects.select_related("user__guest").get(pk=asked.pk))
    ask(asked_for, owner)
    assert PlaceRequest.objects.undecided().count() == 3
    typed(actions.request_as_guest, asked_for)  # and whoever types it is told nothing


def test_who_comes_by_a_guests_link_is_given_no_second_seat(cast, asked_for, owner):
    theirs = opened(actions.request_as_guest, asked_for)
    prove_request(theirs)
    actions.approve_request(theirs, by=cast.officer)
    with pytest.raises(Refused):
        ask(asked_for, owner)
    late = ask(asked_for, owner, FRIEND)  # for somebody else
    actions.approve_request(late, by=cast.officer)
    assert Registration.objects.of_attendees([owner.pk, theirs.user_id]).count() == 1


def test_whose_address_is_verified_later_is_given_no_second_seat(cast, asked_for):
    late = factories.make_user()
    mine = ask(asked_for, late)
    theirs = opened(actions.request_as_guest, asked_for)
    prove_request(theirs)
    late.emailaddress_set.create(email=OWN, verified=True)
    with pytest.raises(Refused):
        actions.claim_request(theirs, by=late)
    actions.approve_request(theirs, by=cast.officer)
    with pytest.raises(Refused):
        actions.approve_request(mine, by=cast.officer)
    actions.claim_order(Order.objects.get(), by=late)
    assert Registration.objects.of_attendees([late.pk]).count() == 1


def test_who_comes_already_claims_no_request_for_themselves(asked_for, owner):
    plain = factories.make_ticket(asked_for.event)
    theirs = opened(actions.request_as_guest, asked_for)
    prove_request(theirs)
    buy(plain, owner)
    with pytest.raises(Refused):
        actions.claim_request(theirs, by=owner)
    assert PlaceRequest.objects.get().user.is_guest


# --- waiting ---


def test_a_guest_of_an_account_that_waits_waits_no_second_time(full, owner):
    mine = join(full, owner)
    theirs = opened(actions.join_as_guest, full)
    with pytest.raises(Refused):
        prove_wait(theirs)
    assert WaitlistEntry.objects.waiting().get() == mine


def test_an_account_whose_guest_waits_waits_no_second_time(full, owner):
    theirs = opened(actions.join_as_guest, full)
    prove_wait(theirs)
    for who in (ME, FRIEND):
        with pytest.raises(Refused):
            join(full, owner, who)
    assert WaitlistEntry.objects.waiting().get() == theirs


def test_who_has_bought_meanwhile_is_offered_no_seat_as_a_guest(full, owner):
    theirs = opened(actions.join_as_guest, full)
    prove_wait(theirs)
    buy(factories.make_ticket(full.event), owner)
    more_seats(full)
    actions.serve_lists()
    assert not Order.objects.filter(user__is_guest=True).exists()


# --- at once ---


@pytest.fixture
def unguarded(monkeypatch):
    """Without the lock of the address; on SQLite without the transaction, which is the lock."""
    meeting = Barrier(2)

    def meets(looks):
        def looks_and_meets(*args) -> None:
            looks(*args)
            meeting.wait(30)

        return looks_and_meets

    asks, waits = meets(requesting.refuse_second_request), meets(waiting.refuse_second_wait)
    for module in (requesting, requesting_guests):
        monkeypatch.setattr(module, "refuse_second_request", asks)
    for module in (waiting, waiting_guests):
        monkeypatch.setattr(module, "refuse_second_wait", waits)
    monkeypatch.setattr(limits, "lock_addresses", lambda addresses: None)
    if connection.vendor == "sqlite":
        for module in (waiting, waiting_guests):
            monkeypatch.setattr(module, "transaction", SimpleNamespace(atomic=nullcontext))
        monkeypatch.setattr(actions, "request_places", actions.request_places.__wrapped__)
        monkeypatch.setattr(actions, "prove_request", actions.prove_request.__wrapped__)


@pytest.mark.django_db(transaction=True)
def test_an_account_that_asks_as_its_guest_proves_has_asked_once(asked_for, owner):
    theirs = opened(actions.request_as_guest, asked_for)
    at_once(lambda: ask(asked_for, owner), lambda: prove_request(theirs))
    assert PlaceRequest.objects.undecided().count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_account_that_waits_as_its_guest_proves_waits_once(full, owner):
    theirs = opened(actions.join_as_guest, full)
    at_once(lambda: join(full, owner), lambda: prove_wait(theirs))
    assert WaitlistEntry.objects.waiting().count() == 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_of_the_address_both_ask(asked_for, owner, request):
    theirs = opened(actions.request_as_guest, asked_for)
    request.getfixturevalue("unguarded")
    at_once(lambda: ask(asked_for, owner), lambda: prove_request(theirs))
    assert PlaceRequest.objects.undecided().count() == 2


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_of_the_address_both_wait(full, owner, request):
    theirs = opened(actions.join_as_guest, full)
    request.getfixturevalue("unguarded")
    at_once(lambda: join(full, owner), lambda: prove_wait(theirs))
    assert WaitlistEntry.objects.waiting().count() == 2
