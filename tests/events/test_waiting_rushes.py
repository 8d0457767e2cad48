"""The waiting list while many act at once, on whichever database the suite runs on; each guard
with its negative twin."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Barrier
from uuid import uuid4

import pytest

from events import actions
from events.actions import Attendee, paying, registering, seats, waiting, waiting_ended
from events.models import Registration, Ticket, WaitingPlace, WaitlistEntry
from kosna.accounts import guests
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order
from tests import factories
from tests.events.test_rushes import at_once
from tests.events.test_waiting import FRIENDS, assert_counted, fresh, me, more_seats, wait

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ticket() -> Ticket:
    return factories.make_ticket(factories.make_event("rush"), capacity=0)


def wait_for_friends(ticket: Ticket, count: int) -> WaitlistEntry:
    """For colleagues alone, so that no rule of one seat a person stands in for a guard."""
    user = factories.make_user("첫째")
    return actions.join(ticket=fresh(ticket), attendees=FRIENDS[:count], by=user)


def buys(ticket: Ticket) -> Callable[[], Order]:
    buyer, seen = factories.make_user("손님"), fresh(ticket)
    return lambda: actions.register(ticket=seen, attendees=[me(buyer)], by=buyer)


def unlock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_ended, "lock_buyer", lambda by: None)
    monkeypatch.setattr(waiting_ended, "lock_entry", lambda key: None)


# --- two freed seats, the same head of the list ---


def test_two_seats_offered_at_once_go_to_the_first_and_to_the_second(ticket):
    head = wait_for_friends(ticket, 1)
    second = wait(ticket, factories.make_user("둘째"))
    more_seats(ticket, 2)
    at_once(actions.serve_lists, actions.serve_lists, actions.serve_lists)
    held = WaitingPlace.objects.offered().values_list("entry", flat=True)
    assert sorted(held) == [head.pk, second.pk]
    assert Registration.objects.count() == Order.objects.count() == 2
    assert_counted(ticket)


def test_a_head_who_wants_both_gets_both_once(ticket):
    head = wait_for_friends(ticket, 2)
    wait(ticket, factories.make_user("둘째"))
    more_seats(ticket, 2)
    at_once(actions.serve_lists, actions.serve_lists, actions.serve_lists)
    held = WaitingPlace.objects.offered().values_list("entry", flat=True)
    assert list(held) == [head.pk, head.pk]
    assert Registration.objects.count() == 2
    assert_counted(ticket)


@pytest.mark.miscounts
def test_twin_without_lock_and_claim_one_place_is_offered_twice(ticket, monkeypatch):
    head = wait_for_friends(ticket, 1)
    more_seats(ticket, 2)
    meeting, may_buy = Barrier(2), waiting._may_buy

    def looks_and_meets(*args):
        found = may_buy(*args)
        meeting.wait(30)
        return found

    monkeypatch.setattr(waiting, "_may_buy", looks_and_meets)
    unlock(monkeypatch)
    monkeypatch.setattr(waiting, "claim", lambda places, held: None)
    # On SQLite the transaction itself keeps the two apart.
    unguarded = waiting.offer.__wrapped__
    at_once(lambda: unguarded(head), lambda: unguarded(head))
    assert Registration.objects.count() == 2


# --- a sale against an offer ---


def test_a_freed_seat_goes_to_who_waits_however_many_would_buy_it(ticket):
    entry = wait(ticket, factories.make_user("첫째"))
    more_seats(ticket)
    answers = at_once(actions.serve_lists, *[buys(ticket) for _n in range(5)])
    assert all(isinstance(answer, Refused) for answer in answers[1:])
    assert WaitingPlace.objects.offered().get().entry == entry
    assert_counted(ticket)


def test_twin_a_sale_that_does_not_ask_who_waits_jumps_the_queue(ticket, monkeypatch):
    wait(ticket, factories.make_user("첫째"))
    more_seats(ticket)
    monkeypatch.setattr(registering, "take_seats", seats.take_back)
    answers = at_once(*[buys(ticket) for _n in range(5)])
    assert sum(isinstance(answer, Order) for answer in answers) == 1
    assert actions.serve_lists() == 0


# --- leaving against an offer ---


def test_leaving_while_an_offer_is_made_ends_in_one_truth(ticket):
    entry = wait_for_friends(ticket, 2)
    more_seats(ticket)
    user = User.objects.get(pk=entry.user_id)
    at_once(actions.serve_lists, lambda: actions.leave(entry, by=user))
    entry.refresh_from_db()
    assert entry.status == "left"  # before the offer, or with one place offered
    assert_counted(ticket)
    assert ticket.awaited == 0


@pytest.mark.miscounts
def test_twin_without_the_lock_the_wait_is_counted_wrong(ticket, monkeypatch):
    entry = wait_for_friends(ticket, 2)
    other = wait(ticket, factories.make_user("둘째"))
    more_seats(ticket)
    moves = WaitlistEntry.move_to

    def an_offer_comes_between(self, status, **changes):
        monkeypatch.setattr(WaitlistEntry, "move_to", moves)
        waiting.offer.__wrapped__(entry)
        moves(self, status, **changes)

    unlock(monkeypatch)
    monkeypatch.setattr(WaitlistEntry, "move_to", an_offer_comes_between)
    actions.leave.__wrapped__(entry, by=entry.user)
    ticket.refresh_from_db()
    assert actions.recount_waiting(ticket) == other.places.count() == 1
    assert ticket.awaited == 0


# --- leaving, and others served, against an offer that lapses with the rest of its group ---


def lapsed_group(ticket: Ticket) -> tuple[WaitlistEntry, Order]:
    """Three of five were offered, and their time is over."""
    Ticket.objects.update(min_per_order=3)
    entry = wait_for_friends(ticket, 5)
    more_seats(ticket, 3)
    assert actions.serve_lists() == 3
    gone = clock.now() - timedelta(minutes=1)
    Order.objects.update(expires_at=gone, release_at=gone)
    return entry, Order.objects.get()


def test_leaving_while_ones_offer_lapses_ends_in_one_truth(ticket):
    entry, order = lapsed_group(ticket)
    other = wait(ticket, factories.make_user("둘째"), friends=2)
    left, ended, *_served = at_once(
        lambda: actions.leave(entry, by=entry.user),
        lambda: payments.expire_order(order),
        *[actions.serve_lists] * 2,
    )
    assert left is None or isinstance(left, Refused)  # where the rest had ended already
    assert ended.status == "expired"
    entry.refresh_from_db()
    assert entry.status == ("ended" if left else "left")
    actions.serve_lists()
    assert WaitingPlace.objects.offered().filter(entry=other).count() == 3
    assert_counted(ticket)
    assert ticket.awaited == 0


def test_twin_without_the_lock_an_order_cannot_lapse(ticket, monkeypatch):
    entry, order = lapsed_group(ticket)
    fewest = waiting_ended.fewest_once_paid

    def leaves_meanwhile(*args):
        actions.leave.__wrapped__(entry, by=entry.user)
        return fewest(*args)

    monkeypatch.setattr(waiting_ended, "fewest_once_paid", leaves_meanwhile)
    unlock(monkeypatch)
    with pytest.raises(Refused):
        payments.expire_order(order)


# --- all of it ---


def test_five_seats_go_to_the_first_five_while_others_buy_leave_and_lapse(ticket):
    users = [factories.make_user(f"{n}번") for n in range(10)]
    entries = [wait(ticket, user) for user in users]
    more_seats(ticket, 5)
    at_once(
        *[actions.serve_lists] * 3,
        *[buys(ticket) for _n in range(4)],
        lambda: actions.leave(entries[9], by=users[9]),
    )
    held = WaitingPlace.objects.offered().order_by("pk").values_list("entry", flat=True)
    assert list(held) == [entry.pk for entry in entries[:5]]
    assert_counted(ticket)
    gone = clock.now() - timedelta(minutes=1)
    Order.objects.update(expires_at=gone, release_at=gone)
    at_once(
        actions.serve_lists, *[lambda o=o: payments.expire_order(o) for o in Order.objects.all()]
    )
    actions.serve_lists()
    assert_counted(ticket)
    assert WaitingPlace.objects.offered().count() == 4
    assert ticket.awaited == 0


# --- one address, typed twice, proven twice at once ---


def test_one_address_proven_four_times_at_once_waits_once(ticket):
    proving = []
    for _time in range(4):
        guest, entry = actions.join_as_guest(
            ticket=fresh(ticket), attendees=[Attendee("나그네")], name="나그네",
            email="guest@example.test", phone="", form_key=uuid4(), language="ko", ip=None,
        )  # fmt: skip
        guests.confirm(guest)
        proving.append(partial(actions.prove, entry, by=guest.user))
    at_once(*proving)
    assert WaitlistEntry.objects.waiting().count() == 1
    assert_counted(ticket)


# --- an offer, while the guest's order goes into an account ---


def test_what_is_offered_while_an_account_takes_the_order_in_is_the_accounts(ticket):
    account = factories.make_user("계정")
    guest, entry = actions.join_as_guest(
        ticket=fresh(ticket), attendees=FRIENDS[:3], name="나그네", email=account.email,
        phone="", form_key=uuid4(), language="ko", ip=None,
    )  # fmt: skip
    guests.confirm(guest)
    actions.prove(entry, by=guest.user)
    more_seats(ticket)
    actions.serve_lists()
    order = Order.objects.get()
    more_seats(ticket)
    at_once(actions.serve_lists, partial(actions.claim_order, order, by=account))
    assert list(Order.objects.values_list("user", flat=True)) == [account.pk] * 2
    assert WaitlistEntry.objects.waiting().get().user == account
    assert_counted(ticket)


# --- a seat of one's own against an offer ---


def _who_waits_and_buys(ticket: Ticket) -> tuple[WaitlistEntry, Callable[[], Order]]:
    user = User.objects.get(pk=factories.make_user("첫째").pk)
    other = factories.make_ticket(ticket.event, prices={None: 0})
    entry = wait(ticket, user)
    more_seats(ticket)
    seen = fresh(other)
    return entry, lambda: actions.register(ticket=seen, attendees=[me(user)], by=user)


@pytest.mark.parametrize("_round", range(3))
def test_who_buys_while_they_are_offered_a_seat_comes_once_and_waits_no_more(ticket, _round):
    entry, buy = _who_waits_and_buys(ticket)
    answers = at_once(buy, actions.serve_lists, actions.serve_lists)
    assert Registration.objects.filter(released_at=None).count() == 1
    actions.serve_lists()
    entry.refresh_from_db()
    bought = isinstance(answers[0], Order)
    assert entry.status == ("coming" if bought else "served")
    assert_counted(ticket)
    assert ticket.awaited == 0


def test_twin_where_buying_ends_no_wait_the_seat_is_kept_from_everybody(ticket, monkeypatch):
    _entry, buy = _who_waits_and_buys(ticket)
    monkeypatch.setattr(paying, "end_own_waits", lambda entries, *tickets: None)
    monkeypatch.setattr(waiting_ended, "end_own", lambda entry: None)
    buy()
    assert actions.serve_lists() == 0
    assert isinstance(at_once(buys(ticket))[0], Refused)
