"""Changes of tickets while others buy, change and give up, on whichever database the suite runs on;
each guard with its negative twin."""

import re
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from events import actions
from events.actions import changing, seats
from events.changes import quote_change
from events.models import Registration, Ticket
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.models import Order
from tests import factories
from tests.events.test_giving_up import bought
from tests.events.test_registering import pay
from tests.events.test_rushes import at_once
from tests.events.test_waiting import fresh, me, wait

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tickets() -> tuple[Ticket, Ticket]:
    """One at 33,000 won with seats for all, one at 55,000 with a single seat."""
    event = factories.make_event("rush")
    general = factories.make_ticket(event, name_ko="g", prices={None: 33_000})
    return general, factories.make_ticket(event, name_ko="p", capacity=1)


def place_on(ticket: Ticket) -> Registration:
    buyer = factories.make_user("손님")
    return Registration.objects.get(line__order=bought(fresh(ticket), buyer, me(buyer)))


def changes(place: Registration, ticket: Ticket) -> Callable[[], Order | None]:
    seen = Registration.objects.with_event().get(pk=place.pk)
    quote = quote_change(seen, Ticket.objects.with_room().get(pk=ticket.pk), clock.now())
    quoted, by = (quote.new_price, quote.back), seen.line.order.user
    return lambda: actions.change_ticket(seen, ticket, quoted=quoted, by=by)


def agree(*tickets: Ticket) -> list[int]:
    counted = [Ticket.objects.get(pk=ticket.pk).taken for ticket in tickets]
    assert counted == [actions.recount(ticket) for ticket in tickets]
    return counted


def test_the_last_seat_of_the_new_kind_goes_to_one(tickets):
    general, patron = tickets
    rush = [changes(place_on(general), patron) for _n in range(6)]
    answers = at_once(*rush)
    assert sum(isinstance(answer, Order) for answer in answers) == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == 5
    assert agree(general, patron) == [6, 1]


@pytest.mark.miscounts
def test_twin_without_the_guarded_counter_it_goes_to_several(tickets, monkeypatch):
    general, patron = tickets
    rush = [changes(place_on(general), patron) for _n in range(3)]
    monkeypatch.setattr(changing, "take_seats", lambda _ticket, _count: True)
    at_once(*rush)
    assert actions.recount(patron) == 3 > patron.capacity


def test_two_who_change_the_opposite_way_do_not_wait_for_each_other(tickets):
    general, _patron = tickets
    other = factories.make_ticket(general.event, name_ko="o", prices={None: 33_000})
    there, back = [place_on(general) for _n in range(4)], [place_on(other) for _n in range(4)]
    rush = [changes(place, other) for place in there] + [changes(row, general) for row in back]
    assert at_once(*rush) == [None] * 8
    assert agree(general, other) == [4, 4]


def test_in_a_full_hall_for_which_somebody_waits_all_change_at_once(tickets):
    general, _patron = tickets
    other = factories.make_ticket(general.event, name_ko="o", prices={None: 33_000})
    there, back = [place_on(general) for _n in range(4)], [place_on(other) for _n in range(3)]
    third = factories.make_ticket(general.event, name_ko="t")
    hall = factories.make_quota(general.event, general, other, third, capacity=7)
    wait(third, factories.make_user("기다림"))
    rush = [changes(place, other) for place in there] + [changes(row, general) for row in back]
    assert at_once(*rush) == [None] * 7
    assert agree(general, other) == [3, 4]
    hall.refresh_from_db()
    assert (hall.taken, hall.awaited) == (7, 1)


def test_a_change_against_giving_up_leaves_one_of_them(tickets):
    general, _patron = tickets
    cheaper = factories.make_ticket(general.event, name_ko="c", prices={None: 11_000})
    for _round in range(4):
        place = place_on(general)
        give_up = lambda row=place: actions.cancel_registration(  # noqa: E731
            registration=row, by=row.line.order.user
        )
        at_once(changes(place, cheaper), give_up)
        assert Registration.objects.get(pk=place.pk).status == "cancelled"
        claimed = sum(place.line.refunds.values_list("amount", flat=True))
        assert claimed == 33_000
    assert agree(general, cheaper) == [0, 0]


def test_paying_the_difference_against_giving_up_loses_no_seat(tickets):
    general, patron = tickets
    for _round in range(4):
        place = place_on(general)
        order = changes(place, patron)()
        give_up = lambda row=place: actions.cancel_registration(  # noqa: E731
            registration=row, by=row.line.order.user
        )
        at_once(lambda due=order: pay(due), give_up)
        place.refresh_from_db()
        if place.status == "confirmed":  # paid first: the cancellation saw it and was refused
            actions.cancel_registration(registration=place, by=place.line.order.user)
        assert agree(general, patron) == [0, 0]


def test_the_difference_paid_twice_at_once_changes_once(tickets):
    general, patron = tickets
    place = place_on(general)
    order = changes(place, patron)()
    at_once(lambda: pay(order), lambda: pay(order))
    assert agree(general, patron) == [0, 1]


def test_places_are_locked_before_any_counter(tickets):
    """The order of ``events.actions``; on SQLite the transaction is the lock."""
    general, patron = tickets
    cheaper = factories.make_ticket(general.event, name_ko="c", prices={None: 11_000})
    place = place_on(general)
    changes(place, patron)()
    with CaptureQueriesContext(connection) as seen:
        actions.cancel_registration(registration=place, by=place.line.order.user)
    other = place_on(general)
    change = changes(other, cheaper)
    with CaptureQueriesContext(connection) as seen_then:
        change()
    for statements in (seen, seen_then):
        locked = [row["sql"] for row in statements if "FOR UPDATE" in row["sql"]]
        tables = [re.search(r'FROM "(\w+)"', sql)[1] for sql in locked]
        counters = [row["sql"].startswith('UPDATE "events_ticket"') for row in statements]
        if connection.features.has_select_for_update:
            assert tables[:3] == ["payments_order", "payments_order", "events_registration"]
            first = next(n for n, row in enumerate(statements) if row["sql"] == locked[2])
            assert first < counters.index(True)


def test_a_seat_goes_back_to_the_ticket_that_its_place_has_by_then(tickets):
    """``give_back`` reads which ticket a place has once it has ended."""
    general, _patron = tickets
    cheaper = factories.make_ticket(general.event, name_ko="c", prices={None: 33_000})
    place = place_on(general)
    stale = Registration.objects.get(pk=place.pk)
    changes(place, cheaper)()
    with transaction.atomic():
        seats.give_back([stale], "cancelled", clock.now())
    assert agree(general, cheaper) == [0, 0]
