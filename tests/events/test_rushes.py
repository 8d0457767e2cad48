"""Many at once, with real threads and real commits, on whichever database the suite runs on. What
keeps seats sold, given back, called off, hoarded and unpublished has its negative twin: with the
guard off, such a rush must break what the guard keeps."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from threading import Barrier
from threading import Event as Signal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from events import actions
from events.actions import Attendee, cancelling, registering, running, seats
from events.models import CheckIn, Event, Registration, Ticket, TicketPrice
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order
from tests import factories
from tests.events.test_registering import pay

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = 50
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Runs all calls at the same moment, each in a thread and a connection of its own. A refusal
    is an answer; any other exception is a failure."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        try:
            barrier.wait(30)
            return call()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def ticket() -> Ticket:
    return factories.make_ticket(factories.make_event("rush"), capacity=1)


def assert_seats(ticket: Ticket, expected: int) -> None:
    ticket.refresh_from_db()
    assert ticket.taken == expected == actions.recount(ticket)


def test_fifty_buyers_for_the_last_seat(ticket):
    url = reverse("events:register", args=["rush"])
    clients = []
    for _n in range(BUYERS):
        client = Client()
        client.force_login(factories.make_user(), backend=BACKEND)
        clients.append(client)

    def buy(client: Client) -> Callable[[], int]:
        return lambda: client.post(url, {"ticket": ticket.pk, "myself": "on"}).status_code

    answers = Counter(at_once(*map(buy, clients)))
    assert answers == {302: 1, 422: BUYERS - 1}
    assert Order.objects.count() == 1
    assert_seats(ticket, 1)


@pytest.mark.miscounts
def test_twin_a_guard_that_reads_and_then_writes_oversells(ticket, monkeypatch):
    def reads_then_writes(seen: Ticket, count: int) -> bool:
        if seen.taken + count > seen.capacity:
            return False
        Ticket.objects.filter(pk=seen.pk).update(taken=seen.taken + count)
        return True

    monkeypatch.setattr(registering, "take_seats", reads_then_writes)
    buyers = [factories.make_user() for _n in range(5)]

    def buy(buyer) -> Callable[[], Order]:
        seen = Ticket.objects.select_related("event__branch", "event__clock").get()
        me = Attendee(buyer.name, buyer.email, is_buyer=True)
        return lambda: actions.register(ticket=seen, attendees=[me], by=buyer)

    at_once(*map(buy, buyers))
    ticket.refresh_from_db()
    assert actions.recount(ticket) > ticket.capacity


def test_the_same_person_twice_at_once_buys_once(ticket):
    Ticket.objects.update(capacity=5)
    ticket.refresh_from_db()
    buyer = factories.make_user()
    me = Attendee(buyer.name, buyer.email, is_buyer=True)
    at_once(*[lambda: actions.register(ticket=ticket, attendees=[me], by=buyer)] * 4)
    assert Order.objects.count() == 1
    assert_seats(ticket, 1)


def paid_place(ticket: Ticket) -> Registration:
    buyer = factories.make_user()
    me = Attendee(buyer.name, buyer.email, is_buyer=True)
    pay(actions.register(ticket=ticket, attendees=[me], by=buyer))
    return Registration.objects.with_event().get(user=buyer)


def two_paid_places(ticket: Ticket) -> Registration:
    Ticket.objects.update(capacity=2)
    ticket.refresh_from_db()
    paid_place(ticket)
    return paid_place(ticket)


def test_two_cancellations_return_one_seat(ticket):
    place = two_paid_places(ticket)
    buyer = place.user
    answers = at_once(*[lambda: actions.cancel_registration(registration=place, by=buyer)] * 4)
    assert sum(answer == 55_000 for answer in answers) == 1
    assert_seats(ticket, 1)
    assert place.line.refunds.count() == 1


@pytest.mark.miscounts
def test_twin_giving_back_without_looking_returns_two(ticket, monkeypatch):
    place = two_paid_places(ticket)
    buyer = place.user

    def gives_back_blindly(places, status, at) -> int:
        for each in places:
            Registration.objects.filter(pk=each.pk).update(status=status, released_at=at)
            Ticket.objects.filter(pk=each.ticket_id).update(taken=ticket.taken - 1)
            ticket.taken -= 1
        return 1

    ticket.refresh_from_db()
    monkeypatch.setattr(cancelling, "give_back", gives_back_blindly)
    monkeypatch.setattr(cancelling, "cancellation_refusals", lambda place: [])
    monkeypatch.setattr(cancelling.payments, "request_line_refund", lambda *args, **how: 0)
    at_once(*[lambda: actions.cancel_registration(registration=place, by=buyer)] * 2)
    ticket.refresh_from_db()
    assert ticket.taken != actions.recount(ticket)


def test_expiry_against_payment_ends_in_one_truth(ticket):
    """Whoever comes first: the seat is either paid for, or free and the money under review."""
    buyer = factories.make_user()
    me = Attendee(buyer.name, buyer.email, is_buyer=True)
    order = actions.register(ticket=ticket, attendees=[me], by=buyer)
    ended = clock.now() - timedelta(minutes=1)
    Order.objects.update(expires_at=ended, release_at=ended)
    order.refresh_from_db()
    at_once(
        lambda: payments.expire_order(order),
        lambda: pay(Order.objects.get()),
        lambda: pay(Order.objects.get()),
    )
    order.refresh_from_db()
    assert order.status == Order.Status.PAID  # late, but the seat was still free
    assert Registration.objects.get().status == Registration.Status.CONFIRMED
    assert order.payments.count() == 1
    assert_seats(ticket, 1)


def test_two_doors_admit_one_person(ticket):
    place = paid_place(ticket)
    door = factories.make_user("접수요원")
    scans = at_once(
        *[lambda: actions.check_in(event=place.event, typed=place.code, by=door, is_early=True)] * 5
    )
    outcomes = Counter(scan.outcome for scan in scans)
    assert outcomes == {"admitted": 1, "already": 4}
    assert CheckIn.objects.count() == 1


def test_a_sale_against_the_cancellation_of_the_event(ticket):
    Ticket.objects.update(capacity=20)
    ticket.refresh_from_db()
    officer = factories.make_user()
    buyers = [factories.make_user() for _n in range(10)]

    def buy(buyer) -> Callable[[], Order]:
        me = Attendee(buyer.name, buyer.email, is_buyer=True)
        return lambda: actions.register(ticket=ticket, attendees=[me], by=buyer)

    at_once(
        *map(buy, buyers),
        lambda: actions.cancel_event(event=ticket.event, reason="태풍", by=officer),
    )
    assert_seats(ticket, 0)


def called_off_meanwhile(ticket: Ticket, monkeypatch) -> list[object]:
    """Three have seen it open when the event is called off, and take their seats after that."""
    Ticket.objects.update(capacity=20)
    ticket.refresh_from_db()
    buyers, officer = [factories.make_user() for _n in range(3)], factories.make_user()
    have_looked, is_off, looks = Barrier(4), Signal(), registering.refuse_unless_open

    def looks_and_waits(*args) -> None:
        looks(*args)
        have_looked.wait(30)
        is_off.wait(30)

    def buy(buyer) -> Callable[[], Order]:
        me = Attendee(buyer.name, buyer.email, is_buyer=True)
        return lambda: actions.register(ticket=ticket, attendees=[me], by=buyer)

    def call_off() -> None:
        have_looked.wait(30)
        try:
            actions.cancel_event(event=Event.objects.get(), reason="태풍", by=officer)
        finally:
            is_off.set()

    monkeypatch.setattr(registering, "refuse_unless_open", looks_and_waits)
    *answers, _none = at_once(*map(buy, buyers), call_off)
    return answers


def test_who_had_seen_it_open_gets_no_seat_once_it_is_called_off(ticket, monkeypatch):
    answers = called_off_meanwhile(ticket, monkeypatch)
    assert [type(answer) for answer in answers] == [Refused] * 3
    assert_seats(ticket, 0)


def test_twin_a_guard_that_looks_at_seats_alone_sells_what_was_called_off(ticket, monkeypatch):
    monkeypatch.setattr(registering, "take_seats", seats.take_back)  # be it on sale or not
    answers = called_off_meanwhile(ticket, monkeypatch)
    assert [type(answer) for answer in answers] == [Order] * 3
    assert_seats(ticket, 3)


# --- nobody hoards ---

FRIENDS = [Attendee(f"동료{n}") for n in range(3)]


@pytest.fixture
def two_tickets(ticket) -> list[Ticket]:
    """Of one event, with seats enough for everyone; five places an order."""
    Ticket.objects.update(capacity=50)
    factories.make_ticket(ticket.event, capacity=50)
    return list(Ticket.objects.select_related("event__branch", "event__clock"))


def test_one_buyer_at_every_counter_holds_one_orders_places(two_tickets):
    buyer = factories.make_user()
    at_once(
        *[
            lambda each=each: actions.register(ticket=each, attendees=FRIENDS, by=buyer)
            for each in two_tickets * 3
        ]
    )
    assert Registration.objects.count() == 3
    assert Order.objects.count() == 1
    assert sum(actions.recount(each) for each in two_tickets) == 3


def test_twin_without_the_buyers_lock_two_counters_are_fooled(two_tickets, monkeypatch):
    buyer, meeting, looks = factories.make_user(), Barrier(2), actions.refuse_hoarding

    def looks_and_meets(*args) -> None:
        looks(*args)
        meeting.wait(30)

    monkeypatch.setattr(registering, "lock_buyer", lambda by: None)
    monkeypatch.setattr(registering, "refuse_hoarding", looks_and_meets)
    # On SQLite the transaction itself keeps the two apart.
    monkeypatch.setattr(registering, "transaction", SimpleNamespace(atomic=nullcontext))
    at_once(
        *[
            lambda each=each: actions.register(ticket=each, attendees=FRIENDS, by=buyer)
            for each in two_tickets
        ]
    )
    assert Registration.objects.count() == 6


def groups_of_one_buyer(two_tickets) -> int:
    """Free places of a buyer who sends both orders at once."""
    TicketPrice.objects.update(amount=0)
    buyer = factories.make_user()
    at_once(
        *[
            lambda each=each: actions.register(ticket=each, attendees=FRIENDS, by=buyer)
            for each in two_tickets
        ]
    )
    return Registration.objects.filter(status="confirmed").count()


def test_one_buyer_at_every_counter_has_one_orders_free_places(two_tickets):
    assert groups_of_one_buyer(two_tickets) == 3


def test_twin_without_the_buyers_lock_two_counters_give_free_places(two_tickets, monkeypatch):
    meeting, looks = Barrier(2), registering.refuse_more_free_places

    def looks_and_meets(*args) -> None:
        looks(*args)
        meeting.wait(30)

    monkeypatch.setattr(registering, "lock_buyer", lambda by: None)
    monkeypatch.setattr(registering, "refuse_more_free_places", looks_and_meets)
    # On SQLite the transaction itself keeps the two apart.
    monkeypatch.setattr(registering, "transaction", SimpleNamespace(atomic=nullcontext))
    assert groups_of_one_buyer(two_tickets) == 6


# --- an event that goes back to a draft ---


def registering_meanwhile(ticket: Ticket, unpublish: Callable, monkeypatch) -> tuple[object, Event]:
    """Unpublishes while a registration has its seat but is not committed; says how it ended."""
    has_seat, is_unpublished = Signal(), Signal()
    takes, buyer = actions.take_seats, factories.make_user()

    def takes_and_waits(*args) -> bool:
        taken = takes(*args)
        has_seat.set()
        is_unpublished.wait(1)
        return taken

    def unpublishes() -> object:
        has_seat.wait(30)
        try:
            return unpublish(event=Event.objects.get(), by=buyer)
        finally:
            is_unpublished.set()

    monkeypatch.setattr(registering, "take_seats", takes_and_waits)
    me = Attendee(buyer.name, buyer.email, is_buyer=True)
    _order, answer = at_once(
        lambda: actions.register(ticket=ticket, attendees=[me], by=buyer), unpublishes
    )
    return answer, Event.objects.get()


def test_unpublishing_waits_for_a_registration_and_is_refused(ticket, monkeypatch):
    answer, event = registering_meanwhile(ticket, actions.unpublish, monkeypatch)
    assert isinstance(answer, Refused)
    assert event.status == Event.Status.PUBLISHED
    assert Registration.objects.count() == 1


def test_twin_unpublishing_without_locks_leaves_a_place_in_a_draft(ticket, monkeypatch):
    monkeypatch.setattr(running, "show_tickets", lambda *args: None)
    monkeypatch.setattr(running, "lock_event", lambda *args: None)
    answer, event = registering_meanwhile(ticket, actions.unpublish.__wrapped__, monkeypatch)
    assert answer is None
    assert event.status == Event.Status.DRAFT
    assert Registration.objects.count() == 1


def sell_a_ticket_read_before_the_unpublishing() -> None:
    buyer = factories.make_user()
    seen = Ticket.objects.select_related("event__branch", "event__clock").get()
    actions.unpublish(event=Event.objects.get(), by=buyer)
    actions.register(ticket=seen, attendees=FRIENDS[:1], by=buyer)


def test_a_ticket_read_before_the_unpublishing_sells_nothing_after_it(ticket):
    with pytest.raises(Refused):
        sell_a_ticket_read_before_the_unpublishing()
    assert not Order.objects.exists()
    assert_seats(ticket, 0)
    actions.publish(event=Event.objects.get(), by=factories.make_user())
    seen = Ticket.objects.select_related("event__branch", "event__clock").get()
    actions.register(ticket=seen, attendees=FRIENDS[:1], by=factories.make_user())
    assert_seats(ticket, 1)


def test_twin_without_shut_counters_a_draft_sells(ticket, monkeypatch):
    monkeypatch.setattr(running, "show_tickets", lambda *args: None)
    sell_a_ticket_read_before_the_unpublishing()
    assert_seats(ticket, 1)
