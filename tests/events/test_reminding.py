"""Whoever comes tomorrow is told, once of each day."""

from datetime import date, timedelta

import pytest

from events import actions
from events.models import Event, Registration, Ticket
from kosna.mail import post as post_office
from kosna.mail.models import Message
from tests import factories
from tests.events.test_giving_up import at, stand_at  # noqa: F401

SUNDAY = "2027-05-16 09:00"


@pytest.fixture
def place(cast, stand_at) -> Registration:  # noqa: F811
    stand_at("2027-05-01 12:00")
    event = factories.make_event(
        "talk", starts_at=at("2027-05-17 00:00"), ends_at=at("2027-05-19 18:00")
    )
    return factories.make_place(factories.make_ticket(event), cast.regular)


def told() -> list[str]:
    actions.remind_attendees()
    actions.remind_attendees()
    return list(Message.objects.filter(template="event_tomorrow").values_list("to", flat=True))


def test_the_day_before_and_on_no_other(place, stand_at):  # noqa: F811
    stand_at("2027-05-15 23:59")
    assert told() == []
    stand_at(SUNDAY)
    assert told() == ["regular@example.test"]
    stand_at("2027-05-17 08:00")
    assert told() == ["regular@example.test"]
    subject, text = post_office.render(Message.objects.get(template="event_tomorrow"))[:2]
    assert place.event.title_ko in subject
    assert place.door_code in text and place.get_absolute_url() in text


def test_a_ticket_of_one_day_counts_from_that_day(place, stand_at):  # noqa: F811
    Ticket.objects.update(day=date(2027, 5, 18))
    stand_at(SUNDAY)
    assert told() == []
    stand_at("2027-05-17 08:00")
    assert told() == ["regular@example.test"]


def test_an_event_that_was_moved_is_told_of_again(place, stand_at):  # noqa: F811
    stand_at(SUNDAY)
    assert len(told()) == 1
    Event.objects.update(starts_at=at("2027-05-17 00:00") + timedelta(days=2))
    stand_at("2027-05-18 08:00")
    assert len(told()) == 2


@pytest.mark.parametrize("gone", ["unpaid", "nameless", "called off"])
def test_nobody_is_told_who_does_not_come(place, stand_at, gone):  # noqa: F811
    if gone == "unpaid":
        Registration.objects.update(status=Registration.Status.HELD)
    elif gone == "nameless":
        Registration.objects.update(name="")
    else:
        Event.objects.update(status=Event.Status.CANCELLED)
    stand_at(SUNDAY)
    assert told() == []
