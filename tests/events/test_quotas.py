"""Seats that several tickets share, and how many one order and one buyer may have."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from events import actions, brochures, offers, waiting_rank
from events.actions import Attendee, QuotaTerms
from events.models import Event, Quota, Registration, Ticket, WaitingPlace
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order
from kosna.verify import verify
from tests import factories
from tests.events.test_registering import pay
from tests.events.test_waiting import fresh, me, wait

FRIENDS = [Attendee(f"동료{n}") for n in range(6)]


@pytest.fixture
def event(cast) -> Event:
    return factories.make_event("fair", branch=cast.busan)


@pytest.fixture
def tickets(event) -> dict[str, Ticket]:
    """``both`` sits in the hall and eats; ``hall`` and ``meal`` share one of the two with it, and
    ``own`` shares nothing. Each has ten seats of its own."""
    return {
        name: factories.make_ticket(event, name_ko=name, name_en=name, capacity=10)
        for name in ("hall", "meal", "both", "own")
    }


@pytest.fixture
def quotas(event, tickets) -> dict[str, Quota]:
    """Four places in the hall, two meals."""
    return {
        "hall": factories.make_quota(event, tickets["hall"], tickets["both"], capacity=4),
        "meal": factories.make_quota(event, tickets["meal"], tickets["both"], capacity=2),
    }


def buy(ticket: Ticket, count: int = 1) -> Order:
    buyer = factories.make_user()
    return actions.register(ticket=fresh(ticket), attendees=FRIENDS[:count], by=buyer)


def counts(quotas: dict[str, Quota]) -> dict[str, tuple[int, int]]:
    """Taken and waited for."""
    assert verify()["quotas_match_their_tickets"] == []
    rows = {name: Quota.objects.get(pk=quota.pk) for name, quota in quotas.items()}
    return {name: (row.taken, row.awaited) for name, row in rows.items()}


def test_a_seat_is_taken_of_each_quota_that_its_ticket_draws_on(tickets, quotas):
    buy(tickets["both"])
    assert counts(quotas) == {"hall": (1, 0), "meal": (1, 0)}
    buy(tickets["hall"], 2)
    buy(tickets["own"], 3)
    assert counts(quotas) == {"hall": (3, 0), "meal": (1, 0)}
    buy(tickets["meal"])
    with pytest.raises(Refused):
        buy(tickets["both"])  # a place in the hall is free, but no meal
    with pytest.raises(Refused):
        buy(tickets["hall"], 2)
    assert counts(quotas) == {"hall": (3, 0), "meal": (2, 0)}
    assert {t.name_ko: fresh(t).taken for t in tickets.values()} == {
        "hall": 2, "meal": 1, "both": 1, "own": 3,
    }  # fmt: skip


def test_the_database_itself_oversells_no_quota(quotas):
    for over in ({"taken": 5}, {"taken": 3, "blocked": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Quota.objects.filter(pk=quotas["hall"].pk).update(**over)


def test_seats_come_back_to_every_quota_once(cast, tickets, quotas):
    order = buy(tickets["both"], 2)
    ended = clock.now() - timedelta(minutes=1)
    Order.objects.update(expires_at=ended, release_at=ended)
    payments.expire_due()
    payments.expire_due()
    assert counts(quotas) == {"hall": (0, 0), "meal": (0, 0)}
    pay(order)  # late, and still free
    assert counts(quotas) == {"hall": (2, 0), "meal": (2, 0)}
    place = Registration.objects.with_event().first()
    actions.cancel_registration(registration=place, by=order.user)
    assert counts(quotas) == {"hall": (1, 0), "meal": (1, 0)}


def test_late_money_without_a_seat_in_one_quota_takes_none_in_the_other(tickets, quotas):
    order = buy(tickets["both"], 2)
    ended = clock.now() - timedelta(minutes=1)
    Order.objects.update(expires_at=ended, release_at=ended)
    payments.expire_due()
    buy(tickets["meal"])
    pay(order)
    assert order.status == Order.Status.REVIEW
    assert counts(quotas) == {"hall": (0, 0), "meal": (1, 0)}


def test_everyone_sees_what_the_tightest_quota_leaves(cast, event, tickets, quotas, login):
    buy(tickets["hall"], 3)
    seen = brochures.live(event.slug)
    left = {name: seen.left[ticket.pk] for name, ticket in tickets.items()}
    assert left == {"hall": 1, "meal": 2, "both": 1, "own": 10}
    listed = offers.invitations(offers.with_offers(Event.objects.all()), cast.account, clock.now())
    assert {o.ticket.name_ko: o.seats_left for o in listed[0].offers} == left
    before = brochures.live(event.slug).key
    buy(tickets["meal"])
    assert brochures.live(event.slug).key != before
    page = login("account").get(reverse("events:register", args=[event.slug]))
    with translation.override("ko"):
        shown = {o.ticket.name_ko: o.seats_left for o in page.context["invitation"].offers}
    assert shown == {"hall": 1, "meal": 1, "both": 1, "own": 10}


# --- the waiting list ---


def test_what_one_ticket_waits_for_is_not_sold_as_another(tickets, quotas):
    buy(tickets["both"], 2)
    with pytest.raises(Refused):  # there are seats enough in the hall
        wait(tickets["hall"], factories.make_user())
    first = wait(tickets["meal"], factories.make_user("첫째"))
    assert counts(quotas) == {"hall": (2, 0), "meal": (2, 1)}
    Quota.objects.filter(pk=quotas["meal"].pk).update(capacity=3)
    with pytest.raises(Refused):  # the third meal is kept for whoever waits
        buy(tickets["both"])
    buy(tickets["hall"])
    assert actions.serve_lists() == 1
    assert WaitingPlace.objects.offered().get().entry == first
    assert counts(quotas) == {"hall": (3, 0), "meal": (3, 0)}


def test_tickets_that_share_seats_are_waited_for_in_one_order(cast, event, tickets, quotas):
    buy(tickets["both"], 2)
    buy(tickets["hall"], 2)
    wait(tickets["both"], cast.account)
    wait(tickets["hall"], cast.regular)  # a member: before
    wait(tickets["meal"], cast.applicant)
    listed = waiting_rank.list_of(event, clock.now())
    assert [(row.entry.user.name, row.number) for row in listed] == [
        ("regular", 1),
        ("account", 2),  # behind one who waits for the hall
        ("applicant", 2),  # behind one who waits for hall and meal, not behind the hall
    ]
    order = Order.objects.order_by("pk").first()
    payments.cancel_order(order, by=order.user, reason="")
    actions.serve_lists()
    offered = WaitingPlace.objects.offered().values_list("entry__user__name", flat=True)
    assert sorted(offered) == ["account", "applicant", "regular"]
    assert counts(quotas) == {"hall": (4, 0), "meal": (2, 0)}


def test_a_seat_that_the_first_may_not_take_goes_to_the_next(tickets, quotas):
    buy(tickets["both"], 2)
    order = buy(tickets["hall"], 2)
    wait(tickets["both"], factories.make_user("둘다"))  # there is no meal for them
    wait(tickets["hall"], factories.make_user("자리만"))
    payments.cancel_order(order, by=order.user, reason="")
    assert actions.serve_lists() == 1
    assert WaitingPlace.objects.offered().get().entry.user.name == "자리만"


def test_leaving_the_list_gives_the_seats_to_the_public(tickets, quotas):
    buy(tickets["meal"], 2)
    entry = wait(tickets["both"], factories.make_user())
    assert counts(quotas)["meal"] == (2, 1)
    actions.leave(entry, by=entry.user)
    assert counts(quotas) == {"hall": (0, 0), "meal": (2, 0)}


# --- at the desk ---


def form(*rows: dict, initial: int = 0) -> dict:
    data = {"quotas-TOTAL_FORMS": len(rows), "quotas-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"quotas-{number}-{name}": value for name, value in row.items()}
    return data


def test_the_desk_shares_seats_that_are_sold_already(event, tickets, login):
    buy(tickets["hall"], 2)
    url = reverse("events_staff:quotas", args=[event.slug])
    office = login("officer")
    keys = [tickets["hall"].pk, tickets["both"].pk]
    row = {"name_ko": "본관", "name_en": "Hall", "capacity": 1, "tickets": keys}
    page = office.post(url, form(row))
    assert page.status_code == 422
    assert "본관" in page.content.decode()
    assert not Quota.objects.exists()
    assert office.post(url, form(row | {"capacity": 3})).status_code == 302
    quota = Quota.objects.get()
    assert counts({"hall": quota}) == {"hall": (2, 0)}
    assert fresh(tickets["both"]).draws_on == str(quota.pk)
    assert Entry.objects.filter(verb="events.change_quotas").count() == 1
    gone = row | {"id": quota.pk, "capacity": 3, "DELETE": "on"}
    assert office.post(url, form(gone, initial=1)).status_code == 302
    assert not Quota.objects.exists()
    assert fresh(tickets["both"]).draws_on == ""
    assert verify()["quotas_match_their_tickets"] == []


def test_a_ticket_of_another_event_shares_nothing(event, tickets, login):
    other = factories.make_ticket(factories.make_event("other"))
    url = reverse("events_staff:quotas", args=[event.slug])
    row = {"name_ko": "본관", "capacity": 3, "tickets": [other.pk]}
    assert login("officer").post(url, form(row)).status_code == 422
    assert not Quota.objects.exists()


def test_a_ticket_read_before_its_quota_was_changed_sells_nothing(event, tickets, quotas, cast):
    seen = fresh(tickets["own"])
    factories.make_quota(event, seen, capacity=0)
    with pytest.raises(Refused):
        actions.register(ticket=seen, attendees=FRIENDS[:1], by=cast.account)


def test_a_kept_quota_changes_its_size_and_its_tickets(event, tickets, quotas, cast):
    buy(tickets["both"])
    hall = quotas["hall"]
    keys = frozenset({tickets["own"].pk, tickets["both"].pk})
    actions.change_quotas(event, [QuotaTerms(hall.pk, "별관", "", 9, keys)], by=cast.officer)
    assert Quota.objects.get().capacity == 9
    assert counts({"hall": hall}) == {"hall": (1, 0)}
    assert fresh(tickets["hall"]).draws_on == ""


# --- how many in an order, how many for a person ---


def test_an_order_has_its_fewest_and_its_most(cast, event):
    ticket = factories.make_ticket(event, min_per_order=2, max_per_order=3)
    for count in (1, 4):
        with pytest.raises(Refused, match="2"):
            actions.register(ticket=fresh(ticket), attendees=FRIENDS[:count], by=cast.account)
    actions.register(ticket=fresh(ticket), attendees=FRIENDS[:2], by=cast.account)
    assert fresh(ticket).taken == 2


def test_the_form_begins_with_as_many_rows_as_the_smallest_order(event, login):
    factories.make_ticket(event, min_per_order=3)
    page = login("account").get(reverse("events:register", args=[event.slug]))
    assert 'name="name_2"' in page.content.decode()


@pytest.mark.parametrize("price", [0, 10_000])
def test_one_buyer_has_at_most_so_many_whatever_the_orders(cast, event, price):
    ticket = factories.make_ticket(event, prices={None: price}, max_per_person=3)

    def buy_two() -> Order:
        order = actions.register(ticket=fresh(ticket), attendees=FRIENDS[:2], by=cast.account)
        if order.total:
            pay(order)
        return order

    buy_two()
    with pytest.raises(Refused, match="3"):
        buy_two()
    place = Registration.objects.with_event().first()
    actions.cancel_registration(registration=place, by=cast.account)
    buy_two()
    assert fresh(ticket).taken == 3


def test_nobody_waits_for_more_than_one_buyer_may_have(cast, event):
    ticket = factories.make_ticket(event, capacity=1, max_per_person=1)
    actions.register(ticket=fresh(ticket), attendees=[me(cast.account)], by=cast.account)
    with pytest.raises(Refused, match="1"):
        actions.join(ticket=fresh(ticket), attendees=FRIENDS[:1], by=cast.account)


def test_a_hidden_ticket_is_neither_shown_nor_sold(cast, event, login):
    factories.make_ticket(event)
    hidden = factories.make_ticket(event, name_ko="초청석", is_hidden=True)
    url = reverse("events:register", args=[event.slug])
    client = login("account")
    assert "초청석" not in client.get(event.get_absolute_url()).content.decode()
    assert "초청석" not in client.get(url).content.decode()
    assert client.post(url, {"ticket": hidden.pk, "myself": "on"}).status_code == 422
    with pytest.raises(Refused):
        actions.register(ticket=fresh(hidden), attendees=[me(cast.account)], by=cast.account)
    with pytest.raises(Refused):
        actions.join(ticket=fresh(hidden), attendees=[me(cast.account)], by=cast.account)
    assert not Order.objects.exists()
