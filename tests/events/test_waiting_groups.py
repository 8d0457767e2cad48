"""The waiting list of a ticket that is sold to groups: it sells no single place at a group's price,
and nobody waits for what cannot be offered any more."""

from datetime import timedelta
from unicodedata import normalize
from uuid import uuid4

import pytest
from django.test import Client

from events import actions, waiting_rank
from events.actions import Attendee
from events.models import Registration, Ticket, WaitlistEntry
from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.models import Order
from tests import factories
from tests.conftest import Cast
from tests.events.test_changing import change
from tests.events.test_registering import pay
from tests.events.test_waiting import assert_counted, fresh, lapse, more_seats

FRIENDS = [Attendee(f"동료{n}", f"friend{n}@example.test") for n in range(6)]


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Sold to groups of three and more, and sold out."""
    event = factories.make_event("conference", branch=cast.busan)
    ticket = factories.make_ticket(event, min_per_order=3, prices={None: 55_000}, capacity=3)
    pay(actions.register(ticket=fresh(ticket), attendees=FRIENDS[:3], by=cast.regular))
    return ticket


def wait(ticket: Ticket, user: User, count: int) -> WaitlistEntry:
    return actions.join(ticket=fresh(ticket), attendees=FRIENDS[:count], by=user)


def offered(ticket: Ticket, seats: int) -> int:
    more_seats(ticket, seats)
    return actions.serve_lists()


def last_order() -> Order:
    return Order.objects.latest("pk")


def paid_by(user: User) -> int:
    return Registration.objects.confirmed().filter(line__order__user=user).count()


def ranks_of(user: User) -> list[tuple[int, int]]:
    rows = waiting_rank.mine(user, clock.now())
    return [(row.rank.number, len(row.waiting)) for row in rows if row.rank]


def told(user: User) -> list[str]:
    return list(Message.objects.filter(user=user).order_by("pk").values_list("template", flat=True))


# --- the rest waits until its group is paid ---


def test_the_rest_of_a_group_is_offered_once_the_group_is_paid(cast, ticket) -> None:
    entry = wait(ticket, cast.account, 5)
    assert offered(ticket, 4) == 4
    assert offered(ticket, 1) == 0
    assert ranks_of(cast.account) == [(1, 1)]
    with pytest.raises(Refused, match="결제"):
        actions.offer_now(entry, reason="사유", by=cast.officer)
    pay(last_order())
    assert actions.serve_lists() == 1
    pay(last_order())
    assert paid_by(cast.account) == 5
    assert_counted(ticket)


def test_no_single_place_is_had_at_a_groups_price_by_paying_for_the_rest_alone(
    cast, ticket
) -> None:
    entry = wait(ticket, cast.account, 5)
    assert offered(ticket, 4) == 4
    assert offered(ticket, 1) == 0
    payments.cancel_order(last_order(), by=cast.account, reason="")
    assert actions.serve_lists() == 0
    entry.refresh_from_db()
    assert entry.status == "ended"
    assert paid_by(cast.account) == 0
    assert_counted(ticket)


def test_what_a_guest_waits_for_is_held_to_it_too(cast, ticket) -> None:
    guest, entry = actions.join_as_guest(
        ticket=fresh(ticket), attendees=FRIENDS[:5], name="나그네", email="guest@example.test",
        phone="", form_key=uuid4(), language="ko", ip=None,
    )  # fmt: skip
    guest.confirmed_at = clock.now()
    guest.save(update_fields=["confirmed_at"])
    entry = WaitlistEntry.objects.select_related("user__guest", "ticket__event", "event").get(
        pk=entry.pk
    )
    actions.prove(entry, by=entry.user)
    assert offered(ticket, 3) == 3
    assert offered(ticket, 2) == 0
    pay(last_order())
    assert actions.serve_lists() == 2
    assert_counted(ticket)


# --- a rest that is too small ends with the offer ---


def test_a_rest_too_small_for_an_order_ends_with_the_offer_that_lapses(cast, ticket) -> None:
    entry = wait(ticket, cast.account, 5)
    assert offered(ticket, 3) == 3
    lapse(last_order())
    entry.refresh_from_db()
    ticket.refresh_from_db()
    assert (entry.status, ticket.awaited, ranks_of(cast.account)) == ("ended", 0, [])
    assert Entry.objects.get(verb="events.end_rest").subjects == [cast.account.pk]
    assert told(cast.account) == ["waiting_joined", "waiting_offered", "waiting_lapsed"]
    mail = Message.objects.get(template="waiting_lapsed")
    assert [mail.context[name] for name in ("places", "left", "fewest")] == [3, 2, 3]
    words = post.render(mail)[1]
    assert ("나머지 2석은" in words, "순번을 그대로" in words) == (True, False)
    # What became free is on sale again, and they may join again.
    pay(actions.register(ticket=fresh(ticket), attendees=FRIENDS[:3], by=cast.associate))
    assert wait(ticket, cast.account, 3).status == "waiting"
    assert_counted(ticket)


def test_who_declines_the_offer_is_told_that_the_rest_waits_no_more(cast, ticket) -> None:
    wait(ticket, cast.account, 5)
    wait(ticket, cast.associate, 3)
    assert offered(ticket, 3) == 3
    payments.cancel_order(last_order(), by=cast.account, reason="")
    assert told(cast.account) == ["waiting_joined", "waiting_offered", "waiting_ended"]
    mail = Message.objects.get(template="waiting_ended")
    assert [mail.context[name] for name in ("left", "fewest")] == [2, 3]
    words = normalize("NFC", "".join(post.render(mail)))
    assert [word in words for word in ("나머지", "2석", "3석 이상")] == [True] * 3
    assert actions.serve_lists() == 3
    assert ranks_of(cast.associate) == []
    assert_counted(ticket)


def test_a_rest_that_is_enough_for_an_order_waits_on(cast, ticket) -> None:
    Ticket.objects.update(min_per_order=2)
    wait(ticket, cast.account, 5)
    assert offered(ticket, 2) == 2
    gone = clock.now() - timedelta(minutes=1)
    Order.objects.filter(pk=last_order().pk).update(expires_at=gone, release_at=gone)
    payments.expire_due()
    mail = Message.objects.get(template="waiting_lapsed")
    assert [mail.context[name] for name in ("places", "left", "fewest")] == [2, 3, 0]
    assert "순번을 그대로" in post.render(mail)[1]
    assert ranks_of(cast.account) == [(1, 3)]
    assert_counted(ticket)


def test_a_rest_waits_on_for_another_offer_that_may_yet_be_paid(cast, ticket) -> None:
    Ticket.objects.update(min_per_order=2)
    entry = wait(ticket, cast.account, 5)
    assert offered(ticket, 2) == 2
    first = last_order()
    assert offered(ticket, 2) == 2  # enough for an order of their own
    payments.cancel_order(first, by=cast.account, reason="")
    assert ranks_of(cast.account) == [(1, 1)]
    pay(last_order())
    assert actions.serve_lists() == 1
    entry.refresh_from_db()
    assert entry.status == "served"
    assert_counted(ticket)


def test_a_rest_ends_within_the_minute_where_its_group_was_paid_and_given_up(cast, ticket) -> None:
    entry = wait(ticket, cast.account, 4)
    assert offered(ticket, 3) == 3
    pay(last_order())
    order = last_order()
    lines = list(Registration.objects.filter(line__order=order).values_list("line", flat=True))
    actions.cancel_places(order, lines, quoted=None, by=cast.account)
    assert actions.serve_lists() == 0
    entry.refresh_from_db()
    assert (entry.status, fresh(ticket).awaited) == ("ended", 0)
    assert told(cast.account)[-1] == "waiting_ended"
    assert_counted(ticket)


def test_nobody_is_put_off_the_list_by_a_group_that_staff_have_made_larger(cast, ticket) -> None:
    entry = wait(ticket, cast.account, 3)
    Ticket.objects.update(min_per_order=4)
    assert offered(ticket, 5) == 0
    assert ranks_of(cast.account) == [(1, 3)]
    with pytest.raises(Refused, match="적은 자리를 대기"):
        actions.offer_now(entry, reason="사유", by=cast.officer)
    Ticket.objects.update(min_per_order=3)
    assert actions.serve_lists() == 3


def test_staff_are_told_whether_too_few_are_free_or_wanted_or_not_open_to_them(
    cast, ticket
) -> None:
    entry = wait(ticket, cast.account, 5)
    more_seats(ticket, 2)
    with pytest.raises(Refused, match="최소 주문 수보다"):
        actions.offer_now(entry, reason="사유", by=cast.officer)
    Ticket.objects.update(max_per_person=2, min_per_order=3)
    with pytest.raises(Refused, match="살 수 없습니다"):
        actions.offer_now(entry, reason="사유", by=cast.officer)


# --- what follows ---


def test_places_of_the_lists_orders_are_changed_as_any(cast, ticket) -> None:
    """No order of the list is smaller than one of a sale, so none is told to cancel and register
    again for fewer than it has."""
    other = factories.make_ticket(ticket.event)
    wait(ticket, cast.account, 5)
    assert offered(ticket, 3) == 3
    assert offered(ticket, 2) == 0
    pay(last_order())
    assert actions.serve_lists() == 2
    for _each in range(2):
        change(Registration.objects.filter(line__order__status="pending", ticket=ticket)[0], other)
    held = Registration.objects.filter(line__order__status="pending")
    assert {place.ticket for place in held} == {other}
    assert_counted(ticket)


def test_the_rule_says_what_becomes_of_the_rest(cast, ticket) -> None:
    client = Client()
    assert "단체의 나머지 자리는" in client.get("/events/conference/").content.decode()
    client.cookies["language"] = "en"
    page = client.get("/events/conference/").content.decode()
    assert "may join again while they wait for no others" in page
