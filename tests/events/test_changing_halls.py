"""A ticket changed where several kinds of ticket share the seats of a hall."""

import pytest
from django.db import transaction

from events import actions
from events.actions import Attendee, changing
from events.changes import choices_for
from events.models import Registration, Ticket
from kosna.core import clock
from kosna.core.errors import Refused
from tests import factories
from tests.events.test_changing import (  # noqa: F401
    Hall,
    broken,
    change,
    hall,
    place_of,
    quoted,
    seats,
    stand_at,
)
from tests.events.test_waiting import wait


def in_a_full_hall(hall: Hall, *tickets: Ticket) -> None:  # noqa: F811
    """No seat but those that are taken already."""
    taken = sum(seats(*tickets))
    factories.make_quota(hall.event, *tickets, capacity=taken)


@pytest.mark.parametrize("is_paid", [True, False])
def test_ones_own_seat_is_room_enough_for_another_ticket(cast, hall, is_paid):  # noqa: F811
    buyer = cast.account
    if is_paid:
        place = factories.make_place(hall.general, buyer, amount=33_000)
    else:
        place = place_of(
            actions.register(
                ticket=Ticket.objects.with_room().get(pk=hall.general.pk),
                attendees=[Attendee(buyer.name, buyer.email, is_buyer=True)],
                by=buyer,
            )
        )
    in_a_full_hall(hall, hall.general, hall.student, hall.patron)
    place = Registration.objects.with_event().get(pk=place.pk)
    listed = {row.ticket.pk: row for row in choices_for(place, clock.now())}
    assert listed[hall.student.pk].refusals == ()
    # A dearer ticket is held beside the paid one until its price is there: two seats.
    assert bool(listed[hall.patron.pk].refusals) is is_paid
    change(place, hall.student)
    assert seats(hall.general, hall.student) == [0, 1]
    assert hall.event.quotas.get().taken == 1


def test_a_seat_that_is_not_shared_makes_no_room(cast, hall):  # noqa: F811
    place = factories.make_place(hall.general, cast.account, amount=33_000)
    factories.make_place(hall.student, cast.regular)
    in_a_full_hall(hall, hall.student)
    assert quoted(place, hall.student).refusals
    hall.event.quotas.all().delete()
    Ticket.objects.filter(pk=hall.student.pk).update(capacity=1, draws_on="")
    in_a_full_hall(hall, hall.general, hall.student)
    assert quoted(place, hall.student).refusals  # its own seats are gone


def test_whoever_waits_for_the_hall_keeps_nobody_from_changing_within_it(cast, hall):  # noqa: F811
    """No seat comes free by it, so there is none that they could have."""
    place = factories.make_place(hall.general, cast.account, amount=33_000)
    factories.make_place(hall.student, cast.associate)
    in_a_full_hall(hall, hall.general, hall.student, hall.patron)
    wait(hall.general, cast.regular)
    assert quoted(place, hall.student).refusals == ()
    change(place, hall.student)
    assert seats(hall.general, hall.student) == [0, 2]
    quota = hall.event.quotas.get()
    assert (quota.taken, quota.awaited) == (2, 1)
    wait(hall.patron, cast.lapsed)
    # Of a ticket for which somebody waits there is none to change to.
    for ticket in (hall.general, hall.patron):
        assert quoted(place_of(place.line.order), ticket).refusals
    assert broken() == {}


def test_a_list_for_seats_that_only_the_new_ticket_draws_on_comes_first(cast, hall):  # noqa: F811
    """Of the dinner there is a seat, which somebody waits for through another ticket."""
    place = factories.make_place(hall.general, cast.account, amount=33_000)
    factories.make_place(hall.patron, cast.associate)
    in_a_full_hall(hall, hall.general, hall.student, hall.patron)
    dinner = factories.make_quota(hall.event, hall.student, hall.patron, capacity=2)
    assert quoted(place, hall.student).refusals == ()
    wait(hall.patron, cast.regular)
    assert quoted(place, hall.student).refusals
    dinner.refresh_from_db()
    assert (dinner.taken, dinner.awaited) == (1, 1)
    # In the moment after it was asked.
    with pytest.raises(Refused, match="남은 자리"), transaction.atomic():
        changing._swap(place, hall.student)
