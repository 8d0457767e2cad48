"""The fewest places of a ticket that one buyer has: their first order reaches it, and whoever has
as many may add single ones."""

from uuid import uuid4

import pytest
from django.test import Client

from events import actions
from events.actions import Attendee
from events.models import Registration, Ticket
from kosna.accounts.models import User
from kosna.core.errors import Refused
from kosna.payments.models import Order
from tests import factories
from tests.conftest import Cast
from tests.events.test_changing import change
from tests.events.test_registering import pay
from tests.events.test_waiting import assert_counted, fresh, more_seats, offered_to

FRIENDS = [Attendee(f"동료{n}", f"friend{n}@example.test") for n in range(6)]


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Sold to groups of three and more."""
    event = factories.make_event("conference", branch=cast.busan)
    return factories.make_ticket(event, min_per_order=3, prices={None: 55_000})


def order(ticket: Ticket, by: User, count: int) -> Order:
    return actions.register(ticket=fresh(ticket), attendees=FRIENDS[:count], by=by)


def bought(ticket: Ticket, by: User, count: int) -> Order:
    placed = order(ticket, by, count)
    pay(placed)
    return Order.objects.get(pk=placed.pk)


def give_up(order: Order, count: int) -> None:
    places = Registration.objects.filter(line__order=order).order_by("pk")[:count]
    lines = [place.line_id for place in places]
    actions.cancel_places(order, lines, quoted=None, by=order.user)


def test_whoever_has_a_group_adds_single_places(cast, ticket) -> None:
    with pytest.raises(Refused, match="3~5"):
        order(ticket, cast.account, 2)
    bought(ticket, cast.account, 3)
    bought(ticket, cast.account, 1)
    with pytest.raises(Refused):
        order(ticket, cast.regular, 1)  # another buyer begins with a group
    assert_counted(ticket)
    assert ticket.taken == 4


def test_what_is_not_paid_is_no_group_yet(cast, ticket) -> None:
    """Else it would lapse, and leave a single place behind at the price of a group."""
    first = order(ticket, cast.account, 3)
    with pytest.raises(Refused, match="3"):
        order(ticket, cast.account, 1)
    pay(first)
    assert order(ticket, cast.account, 1).status == "pending"


def test_places_given_up_may_leave_fewer_and_the_next_order_fills_the_group_again(
    cast, ticket
) -> None:
    first = bought(ticket, cast.account, 3)
    give_up(first, 2)
    assert Registration.objects.confirmed().count() == 1
    with pytest.raises(Refused, match="2~5"):
        order(ticket, cast.account, 1)
    bought(ticket, cast.account, 2)
    bought(ticket, cast.account, 1)
    assert Registration.objects.confirmed().count() == 4


def test_the_form_begins_with_as_many_rows_as_this_buyer_must_fill(cast, login, ticket) -> None:
    page = "/events/conference/register/"
    bought(ticket, cast.account, 3)
    rows = {
        who: len(login(who).get(page).context["form"].rows) + 1 for who in ("account", "regular")
    }
    assert rows == {"account": 1, "regular": 3}
    assert len(Client().get(f"{page}guest/").context["form"].rows) + 1 == 3
    buy = {"ticket": ticket.pk, "myself": "on"}
    assert login("account").post(page, buy).status_code == 302
    assert login("regular").post(page, buy).status_code == 422


def held(order: Order) -> list[tuple[str, int]]:
    places = Registration.objects.filter(line__order=order).order_by("pk")
    return [(place.ticket.name_ko, place.line.amount) for place in places.select_related("line")]


def test_an_unpaid_group_does_not_become_single_places_by_changing(cast, ticket) -> None:
    """Neither fewer of the old ticket than one order holds, nor more of the new."""
    one = factories.make_ticket(ticket.event, prices={None: 0}, max_per_order=1, name_ko="하나")
    placed = order(ticket, cast.account, 4)

    mine = Registration.objects.filter(line__order__status="pending", ticket=ticket)
    change(mine.first(), one)
    with pytest.raises(Refused, match="3~5"):
        change(mine.first(), factories.make_ticket(ticket.event))
    assert sorted(held(Order.objects.latest("pk"))) == [("일반", 55_000)] * 3 + [("하나", 0)]
    assert Order.objects.get(pk=placed.pk).status == "cancelled"
    assert_counted(ticket)


def test_no_order_comes_to_hold_more_of_a_ticket_than_one_may(cast, ticket) -> None:
    one = factories.make_ticket(ticket.event, max_per_order=1, name_ko="하나")
    order(factories.make_ticket(ticket.event), cast.account, 3)

    others = Registration.objects.filter(line__order__status="pending").exclude(ticket=one)
    change(others.first(), one)
    with pytest.raises(Refused, match="하나"):
        change(others.first(), one)
    assert others.count() == 2


def test_whoever_has_paid_for_a_group_changes_single_places(cast, ticket) -> None:
    bought(ticket, cast.account, 3)
    order(ticket, cast.account, 2)
    other = factories.make_ticket(ticket.event)
    change(Registration.objects.filter(line__order__status="pending").first(), other)
    assert len(held(Order.objects.get(status="pending"))) == 2
    # And the last one goes without leaving any behind.
    change(Registration.objects.filter(line__order__status="pending", ticket=ticket).get(), other)


def test_places_of_another_ticket_do_not_count(cast, ticket) -> None:
    other = factories.make_ticket(ticket.event)
    bought(other, cast.account, 3)
    with pytest.raises(Refused):
        order(ticket, cast.account, 1)


def test_what_an_address_has_counts_for_its_account_and_for_no_guest_who_types_it(
    cast, ticket
) -> None:
    def typed(count: int) -> Order:
        _guest, placed = actions.register_guest(
            ticket=fresh(ticket), attendees=FRIENDS[:count], name="나그네", phone="",
            email=cast.account.email, form_key=uuid4(), language="ko", ip=None,
        )  # fmt: skip
        return placed

    pay(typed(3))
    assert order(ticket, cast.account, 1).status == "pending"
    with pytest.raises(Refused, match="3"):
        typed(1)


def test_the_list_offers_a_single_seat_to_whoever_has_a_group(cast, ticket) -> None:
    bought(ticket, cast.account, 3)
    Ticket.objects.update(capacity=3)
    for user in (cast.account, cast.regular):
        waiting = actions.join(
            ticket=fresh(ticket), attendees=FRIENDS[: 1 if user == cast.account else 3], by=user
        )
        assert waiting.status == "waiting"
    more_seats(ticket)
    assert actions.serve_lists() == 1
    assert offered_to(ticket) == [cast.account.name]
    assert_counted(ticket)


def test_a_single_place_on_application_is_asked_for_by_whoever_has_a_group(cast, ticket) -> None:
    Ticket.objects.update(needs_approval=True)
    with pytest.raises(Refused, match="3"):
        actions.request_places(ticket=fresh(ticket), attendees=FRIENDS[:1], by=cast.account)
    asked = actions.request_places(ticket=fresh(ticket), attendees=FRIENDS[:3], by=cast.account)
    pay(actions.approve_request(asked, by=cast.officer))
    asked = actions.request_places(ticket=fresh(ticket), attendees=FRIENDS[:1], by=cast.account)
    assert asked.status == "asked"
