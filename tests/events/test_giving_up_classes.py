"""A recurring class that is paid for gives back what a course does: by how much has passed."""

from datetime import date

import pytest

from events import actions
from events.ladders import BY_DAYS, BY_PROGRESS
from events.models import Event, Registration, Ticket
from kosna.payments.models import Order
from tests import factories
from tests.conftest import Cast
from tests.events.classes import make, make_class
from tests.events.test_giving_up import ME, at, backs, bought, stand_at

__all__ = ["stand_at"]
PRICE = 100_000


@pytest.fixture
def lessons(cast: Cast, stand_at) -> Event:
    """On Tuesdays and Thursdays of December 2026 from seven to nine: ten of them, published."""
    stand_at("2026-11-20 12:00")
    event = make_class(cast.busan)
    make(event, cast.officer)
    factories.make_ticket(event, prices={None: PRICE})
    actions.publish_programme(event, by=cast.officer)
    actions.publish(event=event, by=cast.officer)
    event.refresh_from_db()
    return event


def ticket_of(event: Event, **changes) -> Ticket:
    event.tickets.update(**changes)
    return Ticket.objects.select_related("event__branch", "event__clock").get(event=event)


@pytest.mark.parametrize(
    ("moment", "back"),
    [
        ("2026-12-01 18:59", 100_000),
        ("2026-12-01 19:00", 66_660),
        ("2026-12-08 19:00", 66_660),  # three of ten
        ("2026-12-10 19:00", 50_000),  # four
        ("2026-12-15 19:00", 50_000),  # five: a half
        ("2026-12-17 19:00", 0),
    ],
)
def test_a_recurring_class_counts_its_sessions(cast, lessons, stand_at, moment, back) -> None:
    order = bought(ticket_of(lessons), cast.account)
    assert order.lines.get().refund_policy == BY_PROGRESS
    stand_at(moment)
    [quote] = actions.quote(order)
    assert (quote.back, quote.refusals) == (back, ())


def test_who_has_come_to_a_class_may_leave_it_while_it_runs(cast, lessons, stand_at) -> None:
    order = bought(ticket_of(lessons), cast.account)
    place = Registration.objects.with_event().get()
    stand_at("2026-12-01 18:30")
    actions.check_in(event=lessons, typed=place.code, by=cast.doorkeeper)
    stand_at("2026-12-03 21:30")  # two of ten
    actions.cancel_places(order, [place.line_id], quoted=66_660, by=cast.account)
    assert order.refunds.get().amount == 66_660


def test_a_class_of_one_day_keeps_the_ladder_of_its_event(cast, stand_at, login) -> None:
    stand_at("2026-11-20 12:00")
    event = make_class(cast.busan)
    factories.make_ticket(event, prices={None: PRICE})
    actions.publish(event=event, by=cast.officer)
    order = bought(ticket_of(event), cast.account)
    assert order.lines.get().refund_policy == BY_DAYS
    stand_at("2026-11-28 12:00")
    assert backs(order) == [50_000]


def test_the_page_and_the_desk_tell_the_ladder_that_an_order_freezes(lessons, login) -> None:
    page = login("visitor").get(lessons.get_absolute_url()).content.decode()
    assert "수업 시작 전: 전액 환불" in page and "7일 전" not in page
    form = login("head_office").get("/staff/events/class/edit/").context["form"]
    assert [ladder.by_progress for _name, ladder in form.ladders] == [True]


@pytest.mark.parametrize("is_told", [True, False], ids=["by sessions", "without a programme"])
@pytest.mark.parametrize(
    ("moment", "back"),
    [("2026-12-15 12:00", PRICE), ("2026-12-16 23:59", PRICE), ("2026-12-17 21:00", 0)],
)
def test_a_ticket_of_one_day_counts_that_day_alone(
    cast, lessons, stand_at, moment, back, is_told
) -> None:
    """Nobody who buys the evening of the 17th has used up those before it."""
    if not is_told:
        lessons.sessions.all().delete()
    ticket = ticket_of(lessons, day=date(2026, 12, 17))
    order = bought(ticket, cast.account)
    stand_at(moment)
    assert backs(order) == [back]


def test_an_order_from_before_keeps_the_ladder_that_it_froze(cast, lessons, stand_at) -> None:
    order = bought(ticket_of(lessons), cast.account)
    order.lines.get()
    Event.objects.update(ends_at=at("2026-12-01 21:00"))
    later = bought(ticket_of(lessons), cast.regular, ME)
    stand_at("2026-12-01 18:00")
    assert (backs(Order.objects.get(pk=order.pk)), backs(later)) == ([PRICE], [0])
