"""The waiting list: who may join, who is next, what an offer holds, and who jumps whom."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import actions, offers, waiting_rank
from events.actions import Attendee
from events.models import Event, Registration, Ticket, WaitingPlace, WaitlistEntry
from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.models import Order
from kosna.verify import verify
from members.access import memberships_of, memberships_of_all
from tests import factories
from tests.events.test_registering import pay

FRIENDS = [Attendee(f"동료{n}", f"friend{n}@example.test") for n in range(5)]
Status = WaitlistEntry.Status


@pytest.fixture
def event(cast) -> Event:
    return factories.make_event("full", branch=cast.busan)


@pytest.fixture
def ticket(cast, event) -> Ticket:
    """One seat, taken."""
    ticket = factories.make_ticket(
        event, capacity=1, prices={None: 55_000, cast.regular_tier: 33_000}
    )
    buy(ticket, factories.make_user("구매자"))
    return ticket


def me(user: User) -> Attendee:
    return Attendee(user.name, user.email, is_buyer=True)


def buy(ticket: Ticket, user: User) -> Order:
    order = actions.register(ticket=fresh(ticket), attendees=[me(user)], by=user)
    if order.total:
        pay(order)
    return order


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("event__branch", "event__clock").get(pk=ticket.pk)


def wait(ticket: Ticket, user: User, friends: int = 0) -> WaitlistEntry:
    user = User.objects.get(pk=user.pk)
    attendees = [me(user), *FRIENDS[:friends]]
    return actions.join(ticket=fresh(ticket), attendees=attendees, by=user)


def more_seats(ticket: Ticket, count: int = 1) -> None:
    ticket.refresh_from_db()
    Ticket.objects.filter(pk=ticket.pk).update(capacity=ticket.capacity + count)


def offered_to(ticket: Ticket) -> list[str]:
    held = WaitingPlace.objects.offered().filter(entry__ticket=ticket)
    return sorted(held.values_list("entry__user__name", flat=True))


def assert_counted(ticket: Ticket) -> None:
    ticket.refresh_from_db()
    assert ticket.taken == actions.recount(ticket)
    assert ticket.awaited == actions.recount_waiting(ticket)
    checks = verify()
    assert checks["seats_match_registrations"] == checks["waiting_lists_are_counted"] == []


# --- joining and leaving ---


def test_one_waits_for_seats_and_is_told_ones_rank(cast, ticket):
    entry = wait(ticket, cast.account, friends=1)
    assert entry.status == Status.WAITING
    assert_counted(ticket)
    assert ticket.awaited == 2
    mail = Message.objects.get(template="waiting_joined")
    assert (mail.to, mail.context["places"], mail.context["rank"]) == (cast.account.email, 2, 1)
    assert Entry.objects.get(verb="events.join_list").subjects == [cast.account.pk]


def test_nobody_waits_where_there_are_seats_enough(cast, ticket):
    more_seats(ticket, 2)
    with pytest.raises(Refused):
        wait(ticket, cast.account, friends=1)
    assert not WaitlistEntry.objects.exists()
    assert_counted(ticket)


def test_one_waits_once_in_an_event(cast, event, ticket):
    wait(ticket, cast.account)
    other = factories.make_ticket(event, capacity=0)
    for each in (ticket, other):
        with pytest.raises(Refused):
            wait(each, cast.account)
    assert_counted(ticket)
    assert_counted(other)


def test_nobody_waits_for_more_free_places_than_one_order_holds(cast, event):
    free = factories.make_ticket(event, capacity=4, prices={None: 0})
    friends = [Attendee(f"동료{n}") for n in range(4)]
    actions.register(ticket=free, attendees=friends, by=cast.account)
    with pytest.raises(Refused, match="4"):
        actions.join(ticket=fresh(free), attendees=friends[:2], by=cast.account)
    actions.join(ticket=fresh(free), attendees=friends[:1], by=cast.account)
    actions.join(ticket=fresh(free), attendees=friends[:2], by=cast.applicant)
    assert WaitlistEntry.objects.waiting().count() == 2


def test_whoever_has_a_seat_waits_for_colleagues_only(cast, event, ticket):
    other = factories.make_ticket(event, capacity=5)
    buy(other, cast.account)
    with pytest.raises(Refused):
        wait(ticket, cast.account)
    actions.join(ticket=fresh(ticket), attendees=FRIENDS[:1], by=cast.account)
    assert_counted(ticket)


def test_a_members_ticket_is_waited_for_by_members(cast, event):
    ticket = factories.make_ticket(event, capacity=0, prices={cast.regular_tier: 0})
    for name in ("account", "lapsed"):
        with pytest.raises(Refused):
            wait(ticket, getattr(cast, name))
    assert wait(ticket, cast.regular).status == Status.WAITING


def test_the_tier_clock_opens_the_list_as_it_opens_the_sale(cast):
    now = clock.now()
    opening = factories.make_clock(
        {cast.regular_tier: now - timedelta(days=1), None: now + timedelta(days=1)}
    )
    ticket = factories.make_ticket(factories.make_event(clock=opening), capacity=0)
    with pytest.raises(Refused):
        wait(ticket, cast.account)
    assert wait(ticket, cast.regular).status == Status.WAITING


def test_leaving_ends_the_wait_and_opens_the_sale(cast, ticket):
    entry = wait(ticket, cast.account)
    actions.leave(entry, by=cast.account)
    entry.refresh_from_db()
    assert entry.status == Status.LEFT
    with pytest.raises(Refused):
        actions.leave(entry, by=cast.account)
    more_seats(ticket)
    buy(ticket, cast.associate)
    assert_counted(ticket)


# --- the rule ---


def test_the_rank_is_by_tier_then_seniority_then_time(cast, ticket):
    young, old = factories.make_user("새내기"), factories.make_user("오랜회원")
    factories.make_member(young, tier=cast.regular_tier, joined_on=date(2024, 3, 1))
    factories.make_member(old, tier=cast.regular_tier, joined_on=date(2015, 3, 1))
    waiting = [cast.account, cast.lapsed, cast.company_seat, cast.associate, young, old]
    for user in waiting:
        wait(ticket, user)
    names = [row.entry.user.name for row in waiting_rank.queue_of(ticket, clock.now())]
    assert names == ["오랜회원", "새내기", "company_seat", "account", "lapsed", "associate"]


def test_the_number_that_is_told_on_joining_is_the_rank_that_one_has_then(cast, event, ticket):
    other = factories.make_ticket(event, capacity=0)
    factories.make_quota(event, ticket, other, capacity=9)
    apart = factories.make_ticket(event, capacity=0)
    young = factories.make_user("새내기")
    factories.make_member(young, tier=cast.regular_tier, joined_on=date(2024, 3, 1))
    people = [cast.account, cast.lapsed, young, cast.company_seat, cast.associate, cast.regular]
    tickets = [ticket, other, ticket, apart, other, ticket]
    for user, wanted in zip(people, tickets, strict=True):
        entry = wait(wanted, user)
        told = Message.objects.get(template="waiting_joined", user=user).context["rank"]
        ranks = {row.entry: row.number for row in waiting_rank.queue_of(fresh(wanted), clock.now())}
        assert told == ranks[entry]


def test_the_rank_follows_the_standing_of_the_moment(cast, ticket):
    wait(ticket, cast.account)
    wait(ticket, cast.lapsed)
    assert first(ticket) == "account"
    cast.lapsed_member.periods.create(
        tier=cast.regular_tier,
        starts_on=date(clock.today().year, 1, 1),
        ends_on=date(clock.today().year, 12, 31),
    )
    assert first(ticket) == "lapsed"


def first(ticket: Ticket) -> str:
    return waiting_rank.queue_of(ticket, clock.now())[0].entry.user.name


def test_many_memberships_at_once_are_what_each_person_holds(cast):
    people = [cast.account, cast.regular, cast.lapsed, cast.company_rep, cast.company_seat]
    now = clock.now()
    together = memberships_of_all({user.pk for user in people}, now)
    for user in people:
        alone = memberships_of(User.objects.get(pk=user.pk), now)
        assert together.get(user.pk, []) == alone


def test_a_list_is_ranked_in_as_many_statements_for_one_as_for_three(cast, event, ticket):
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            waiting_rank.list_of(event, clock.now())
        return len(queries)

    wait(ticket, cast.regular)
    one = counted()
    wait(ticket, cast.company_seat)
    wait(ticket, cast.account)
    assert counted() == one


# --- offers ---


def test_a_freed_seat_is_offered_to_the_next_and_held_for_24_hours(cast, ticket):
    wait(ticket, cast.account)
    wait(ticket, cast.regular)
    more_seats(ticket)
    assert actions.serve_lists() == 1
    assert actions.serve_lists() == 0
    order = Order.objects.get(user=cast.regular)
    assert order.total == 33_000
    held_for = order.expires_at - order.created_at
    assert abs(held_for - timedelta(hours=24)) < timedelta(seconds=5)
    assert WaitlistEntry.objects.get(user=cast.regular).status == Status.SERVED
    mail = Message.objects.get(template="waiting_offered")
    assert mail.to == cast.regular.email
    assert order.code in mail.context["url"]
    assert_counted(ticket)
    pay(order)
    assert Registration.objects.get(user=cast.regular).status == Registration.Status.CONFIRMED
    assert_counted(ticket)


def test_an_offer_ends_with_registration_at_the_latest(cast, event, ticket):
    closes = clock.now() + timedelta(hours=3)
    Event.objects.filter(pk=event.pk).update(registration_ends_at=closes, offer_hours=5)
    wait(ticket, cast.account)
    more_seats(ticket)
    actions.serve_lists()
    assert Order.objects.get(user=cast.account).expires_at == closes


def test_of_three_wanted_two_are_offered_and_the_third_keeps_its_rank(cast, ticket):
    entry = wait(ticket, cast.regular, friends=2)
    wait(ticket, cast.account)
    more_seats(ticket, 2)
    assert actions.serve_lists() == 2
    entry.refresh_from_db()
    assert entry.status == Status.WAITING
    assert offered_to(ticket) == ["regular", "regular"]
    assert first(ticket) == "regular"
    assert_counted(ticket)
    assert Message.objects.get(template="waiting_offered").context["left"] == 1
    more_seats(ticket)
    assert actions.serve_lists() == 1
    entry.refresh_from_db()
    assert entry.status == Status.SERVED
    assert_counted(ticket)


def test_who_wants_more_than_is_left_is_offered_what_is_left_at_once(cast, ticket):
    more_seats(ticket, 2)
    wait(ticket, cast.account, friends=2)
    assert offered_to(ticket) == ["account", "account"]
    assert_counted(ticket)


def test_a_group_is_offered_no_fewer_seats_than_its_ticket_is_sold_in(cast, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(min_per_order=2)
    entry = wait(ticket, cast.account, friends=2)
    more_seats(ticket)
    assert actions.serve_lists() == 0
    with pytest.raises(Refused, match="최소"):
        actions.offer_now(entry, reason="사유", by=cast.officer)
    assert_counted(ticket)
    more_seats(ticket)
    assert actions.serve_lists() == 2
    more_seats(ticket)
    assert actions.serve_lists() == 0
    pay(Order.objects.get(user=cast.account))
    assert actions.serve_lists() == 1  # the third of a group that has its two
    assert_counted(ticket)


def test_what_lapses_goes_to_the_next_and_its_holder_hears_of_it_once(cast, ticket):
    wait(ticket, cast.regular)
    wait(ticket, cast.account)
    more_seats(ticket)
    actions.serve_lists()
    lapse(Order.objects.get(user=cast.regular))
    assert offered_to(ticket) == ["account"]
    told = Message.objects.filter(to=cast.regular.email)
    assert set(told.values_list("template", flat=True)) == {
        "waiting_joined", "waiting_offered", "waiting_lapsed",
    }  # fmt: skip
    assert_counted(ticket)


def lapse(order: Order) -> None:
    gone = clock.now() - timedelta(minutes=1)
    Order.objects.filter(pk=order.pk).update(expires_at=gone, release_at=gone)
    payments.expire_due()
    actions.serve_lists()


def test_an_offer_that_is_declined_goes_to_the_next(cast, ticket):
    wait(ticket, cast.regular)
    wait(ticket, cast.account)
    more_seats(ticket)
    actions.serve_lists()
    payments.cancel_order(Order.objects.get(user=cast.regular), by=cast.regular, reason="")
    actions.serve_lists()
    assert offered_to(ticket) == ["account"]
    assert_counted(ticket)


def test_whose_standing_rests_is_passed_over_and_stays(cast, event):
    ticket = factories.make_ticket(event, capacity=0, prices={cast.regular_tier: 10_000})
    other = factories.make_user("다음회원")
    factories.make_member(other, tier=cast.regular_tier, joined_on=date(2025, 1, 1))
    entry = wait(ticket, cast.regular)
    wait(ticket, other)
    cast.regular_member.periods.update(starts_on=date(2019, 1, 1), ends_on=date(2019, 12, 31))
    more_seats(ticket)
    actions.serve_lists()
    assert offered_to(ticket) == ["다음회원"]
    entry.refresh_from_db()
    assert entry.status == Status.WAITING
    assert_counted(ticket)


def test_nobody_is_offered_more_unpaid_places_than_one_holds(cast, event, ticket):
    other = factories.make_ticket(event, capacity=9)
    actions.register(ticket=fresh(other), attendees=FRIENDS[:4], by=cast.account)
    actions.join(ticket=fresh(ticket), attendees=FRIENDS[:3], by=cast.account)
    more_seats(ticket, 3)
    assert actions.serve_lists() == 1
    assert_counted(ticket)


def test_a_free_offer_is_accepted_by_hand(cast, event, login):
    ticket = factories.make_ticket(event, capacity=0, prices={None: 0})
    wait(ticket, cast.account)
    more_seats(ticket)
    actions.serve_lists()
    order = Order.objects.get(user=cast.account)
    assert order.status == Order.Status.PENDING
    client = login("account")
    assert 'value="free"' in client.get(order.get_absolute_url()).content.decode()
    pay_url = reverse("payments:pay", args=[order.code])
    assert login("regular").post(pay_url, {"method": "free"}).status_code == 404
    for _twice in range(2):
        client.post(pay_url, {"method": "free"})
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Registration.objects.get().status == Registration.Status.CONFIRMED
    assert order.payments.count() == 1
    assert_counted(ticket)


def test_a_free_offer_cannot_be_kept_by_choosing_a_transfer(cast, event):
    ticket = factories.make_ticket(event, capacity=0, prices={None: 0})
    wait(ticket, cast.account)
    more_seats(ticket)
    actions.serve_lists()
    order = Order.objects.get(user=cast.account)
    with pytest.raises(Refused):
        payments.choose_bank_transfer(order, by=cast.account)
    lapse(order)
    with pytest.raises(Refused):
        payments.accept_free(order, by=cast.account)
    assert_counted(ticket)


def test_no_paid_order_is_accepted_for_nothing(cast, ticket):
    wait(ticket, cast.account)
    more_seats(ticket)
    actions.serve_lists()
    with pytest.raises(Refused):
        payments.accept_free(Order.objects.get(user=cast.account), by=cast.account)


# --- who jumps whom ---


def test_while_somebody_waits_no_freed_seat_is_on_sale(cast, event, ticket, login):
    wait(ticket, cast.account)
    more_seats(ticket)
    with pytest.raises(Refused):
        buy(ticket, cast.regular)
    seen = offers.invite(Event.objects.get(pk=event.pk), cast.regular, clock.now())
    assert seen.state == offers.State.WAITLIST
    client = login("regular")
    page = client.post(
        reverse("events:register", args=["full"]), {"ticket": ticket.pk, "myself": "on"}
    )
    assert page.status_code == 422
    assert_counted(ticket)
    assert ticket.taken == 1


@pytest.mark.parametrize(("minutes", "status"), [(-5, "paid"), (5, "review")])
def test_who_paid_in_time_comes_before_those_who_wait_and_who_paid_late_behind(
    cast, ticket, minutes, status
):
    more_seats(ticket)
    order = actions.register(ticket=fresh(ticket), attendees=[me(cast.regular)], by=cast.regular)
    wait(ticket, cast.account)
    ends = clock.now() - timedelta(minutes=10)
    Order.objects.filter(pk=order.pk).update(expires_at=ends, release_at=ends)
    order.refresh_from_db()
    payments.expire_order(order)
    payments.record_payment(
        order=order,
        provider="bank",
        reference="deposit",
        method="bank_transfer",
        amount=order.total,
        received_at=ends + timedelta(minutes=minutes),
    )
    order.refresh_from_db()
    assert order.status == status
    actions.serve_lists()
    assert offered_to(ticket) == ([] if status == "paid" else ["account"])
    assert_counted(ticket)


# --- who has a seat meanwhile ---


def told_of_own() -> list[tuple[str, int, int]]:
    mails = Message.objects.filter(template="waiting_own_ended").order_by("pk")
    return [(mail.to, mail.context["left"], mail.context["fewest"]) for mail in mails]


def free_seat(ticket: Ticket) -> None:
    order = Order.objects.get(user__name="구매자")
    actions.cancel_places(order, [order.lines.get().pk], quoted=None, by=order.user)


@pytest.mark.parametrize("price", [55_000, 0])
def test_who_buys_a_seat_of_their_own_waits_no_more_and_the_sale_opens(
    cast, login, event, ticket, price
):
    entry = wait(ticket, cast.account)
    other = factories.make_ticket(event, prices={None: price})
    buy(other, cast.account)
    if not price:  # of a free one, the worker sees it within a minute
        assert actions.serve_lists() == 0
    entry.refresh_from_db()
    assert entry.status == Status.COMING
    assert told_of_own() == [(cast.account.email, 0, 1)]
    assert Entry.objects.get(verb="events.end_own_wait").subjects == [cast.account.pk]
    assert_counted(ticket)
    free_seat(ticket)
    assert actions.serve_lists() == 0
    buy(ticket, cast.associate)
    assert_counted(ticket)
    mail = Message.objects.get(template="waiting_own_ended")
    subject, text = post.render(mail)[:2]
    assert "대기를 마칩니다" in subject and "본인 자리가 있습니다" in text and "나머지" not in text


def test_a_seat_that_is_only_held_ends_no_wait(cast, event, ticket):
    entry = wait(ticket, cast.account)
    other = factories.make_ticket(event, capacity=5)
    order = actions.register(ticket=other, attendees=[me(cast.account)], by=cast.account)
    free_seat(ticket)
    assert actions.serve_lists() == 0
    entry.refresh_from_db()
    assert (entry.status, told_of_own()) == (Status.WAITING, [])
    payments.cancel_order(order, by=cast.account, reason="")
    assert actions.serve_lists() == 1
    entry.refresh_from_db()
    assert entry.status == Status.SERVED
    assert_counted(ticket)


def test_colleagues_wait_on_at_their_rank(cast, event, ticket):
    entry = wait(ticket, cast.account, friends=2)
    wait(ticket, factories.make_user("다음"))
    buy(factories.make_ticket(event), cast.account)
    entry.refresh_from_db()
    assert entry.status == Status.WAITING
    assert told_of_own() == [(cast.account.email, 2, 0)]
    assert_counted(ticket)
    assert ticket.awaited == 3
    [mine] = waiting_rank.mine(cast.account, clock.now())
    assert (mine.rank.number, len(mine.waiting)) == (1, 2)
    more_seats(ticket, 2)
    assert actions.serve_lists() == 2
    assert_counted(ticket)
    assert ticket.awaited == 1


def test_what_is_too_small_for_an_order_ends_with_it(cast, event, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(min_per_order=3)
    entry = wait(ticket, cast.account, friends=2)
    buy(factories.make_ticket(event), cast.account)
    entry.refresh_from_db()
    assert entry.status == Status.ENDED
    assert told_of_own() == [(cast.account.email, 2, 3)]
    assert_counted(ticket)
    assert ticket.awaited == 0
    mail = Message.objects.get(template="waiting_own_ended")
    assert "나머지 2석은 한 주문의 최소 수(3석)" in post.render(mail)[1]


def test_however_one_came_to_a_seat_the_list_knows_before_it_is_served(cast, event, ticket):
    wait(ticket, cast.account)
    wait(ticket, cast.regular)
    seller = factories.make_user("양도인")
    buy(factories.make_ticket(event, prices={None: 0}), seller)
    place = Registration.objects.with_event().get(user=seller)
    Registration.objects.filter(pk=place.pk).update(user=cast.account)
    assert told_of_own() == []
    free_seat(ticket)
    assert actions.serve_lists() == 1
    assert offered_to(ticket) == ["regular"]
    assert told_of_own() == [(cast.account.email, 0, 1)]
    assert_counted(ticket)
    assert ticket.awaited == 0


def test_a_guest_who_has_proven_nothing_ends_nobodys_wait(cast, event, ticket):
    entry = wait(ticket, cast.account)
    other = factories.make_ticket(event)
    guest, order = actions.register_guest(
        ticket=fresh(other), attendees=[Attendee("나그네", cast.account.email, is_buyer=True)],
        name="나그네", email=cast.account.email, phone="", form_key=uuid4(), language="ko", ip=None,
    )  # fmt: skip
    pay(order)
    entry.refresh_from_db()
    assert entry.status == Status.WAITING
    guest.confirmed_at = clock.now()
    guest.save(update_fields=["confirmed_at"])
    free_seat(ticket)
    assert actions.serve_lists() == 0
    entry.refresh_from_db()
    assert entry.status == Status.COMING
    assert_counted(ticket)


def test_staff_move_somebody_up_with_a_reason(cast, ticket):
    wait(ticket, cast.regular)
    entry = wait(ticket, cast.account)
    actions.move_up(entry, reason="발표자입니다", by=cast.officer)
    assert first(ticket) == "account"
    assert Entry.objects.get(verb="events.move_up").reason == "발표자입니다"
    with pytest.raises(Refused):
        actions.move_up(entry, reason="또", by=cast.officer)


def test_an_offer_out_of_turn_is_of_a_free_seat_only(cast, ticket):
    wait(ticket, cast.regular)
    entry = wait(ticket, cast.account)
    with pytest.raises(Refused):
        actions.offer_now(entry, reason="발표자입니다", by=cast.officer)
    more_seats(ticket)
    assert actions.offer_now(entry, reason="발표자입니다", by=cast.officer) == 1
    assert offered_to(ticket) == ["account"]
    record = Entry.objects.get(verb="events.offer_seats")
    assert (record.reason, record.actor_id) == ("발표자입니다", cast.officer.pk)
    assert_counted(ticket)


def test_staff_take_somebody_off_the_list_with_a_reason(cast, ticket):
    entry = wait(ticket, cast.account, friends=2)
    actions.remove(entry, reason="연락이 닿지 않습니다", by=cast.officer)
    entry.refresh_from_db()
    assert entry.status == Status.REMOVED
    assert Entry.objects.get(verb="events.remove_from_list").subjects == [cast.account.pk]
    assert_counted(ticket)
    assert ticket.awaited == 0


# --- the end of a list ---


def test_a_list_closes_with_registration(cast, event, ticket):
    wait(ticket, cast.account)
    more_seats(ticket)
    Event.objects.filter(pk=event.pk).update(registration_ends_at=clock.now())
    assert actions.serve_lists() == 0
    assert WaitlistEntry.objects.get().status == Status.CLOSED
    assert not Message.objects.get(template="waiting_closed").context["is_cancelled"]
    assert_counted(ticket)


def test_a_cancelled_event_has_no_list(cast, event, ticket):
    wait(ticket, cast.account)
    wait(ticket, cast.regular)
    more_seats(ticket)
    actions.serve_lists()
    actions.cancel_event(event=Event.objects.get(pk=event.pk), reason="태풍", by=cast.officer)
    assert set(WaitlistEntry.objects.values_list("status", flat=True)) == {"served", "closed"}
    assert not WaitingPlace.objects.offered().exists()
    assert Message.objects.get(template="waiting_closed").context["is_cancelled"]
    assert_counted(ticket)


def test_an_event_with_a_list_goes_back_to_no_draft(cast, event):
    wait(factories.make_ticket(event, capacity=0), cast.account)
    with pytest.raises(Refused):
        actions.unpublish(event=Event.objects.get(pk=event.pk), by=cast.officer)


def test_a_ticket_taken_off_sale_is_offered_to_nobody(cast, ticket):
    wait(ticket, cast.account)
    more_seats(ticket)
    Ticket.objects.update(is_on_sale=False)
    assert actions.serve_lists() == actions.offer_seats(fresh(ticket)) == 0
    assert_counted(ticket)


def test_the_minute_job_serves_every_list(cast, ticket):
    wait(ticket, cast.account)
    more_seats(ticket)
    call_command("run_due")
    assert offered_to(ticket) == ["account"]
