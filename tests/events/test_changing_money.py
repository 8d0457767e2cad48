"""Money that comes late, was another's or goes back, for places whose ticket was changed."""

from datetime import timedelta

import pytest
from django.db import transaction

from events import actions
from events.actions import Attendee
from events.models import AddOn, Event, Ticket
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.models import Order, Payment, Refund, Task
from kosna.verify import sessions_match_sign_ups
from tests import factories
from tests.events.test_changing import (  # noqa: F401
    Status,
    broken,
    change,
    hall,
    place_of,
    refunds,
    seats,
)
from tests.events.test_changing_halls import in_a_full_hall
from tests.events.test_giving_up import bought, stand_at  # noqa: F401
from tests.events.test_registering import pay
from tests.events.test_waiting import wait


def test_money_for_an_order_that_was_replaced_seats_nobody_a_second_time(cast, hall):  # noqa: F811
    """The page that could not be closed was paid after all: a person gives it back."""
    me = Attendee("me", "me@example.test", is_buyer=True)
    old = actions.register(ticket=hall.general, attendees=[me], by=cast.account)
    new = change(place_of(old), hall.patron)
    pay(old)
    assert old.status == "review"
    with pytest.raises(Refused):
        payments.try_again(old, by=cast.treasurer)
    old.refresh_from_db()
    assert (old.status, place_of(new).status) == ("review", Status.HELD)
    assert broken() == {}


def test_money_of_a_place_is_not_another_s_while_a_paid_change_hangs_on_it(cast, hall):  # noqa: F811
    """Else the difference would be kept for a place that nobody has."""
    order = actions.register(
        ticket=hall.general,
        attendees=[Attendee("me", "me@example.test", is_buyer=True)],
        by=cast.account,
    )
    payments.confirm_deposit(
        order, amount=33_000, received_on=clock.today(), depositor="me",
        nonce="n1", seen=0, by=cast.treasurer,
    )  # fmt: skip
    pay(change(place_of(order), hall.patron))
    with pytest.raises(Refused, match="차액"):
        payments.retract_deposit(order.payments.get(), reason="착오", by=cast.treasurer)
    order.refresh_from_db()
    place = place_of(order)
    assert (order.status, place.status, place.ticket) == ("paid", Status.CONFIRMED, hall.patron)
    assert broken() == {}


def test_what_comes_back_of_both_orders_of_a_place_counts_together(cast, hall, settings):  # noqa: F811
    settings.TWO_PERSON_REFUND_WON = 50_000
    first = bought(hall.general, cast.account)
    pay(change(place_of(first), hall.patron))
    lines = [place_of(first).line_id]
    actions.cancel_places(first, lines, quoted=55_000, reason="x", by=cast.treasurer)
    for refund in Refund.objects.select_related("order", "payment"):
        payments.name_account(
            refund.order, refund=refund, bank="088", number="110123456789", holder="x",
            by=cast.account,
        )  # fmt: skip
        with pytest.raises(Refused):
            payments.approve_refund(refund, by=cast.treasurer)
        payments.approve_refund(refund, by=cast.head_office)
    assert refunds() == [("ticket", 33_000), ("ticket_change", 22_000)]


def test_a_place_that_ends_with_its_own_line_leaves_nobodys_difference(cast, hall):  # noqa: F811
    """A treasurer, or the payer's bank, took the first price back alone: somebody is asked about
    the second."""
    first = bought(hall.general, cast.account)
    later = change(place_of(first), hall.patron)
    pay(later)
    refund = payments.request_refund(
        order=first, line=first.lines.get(), amount=33_000, reason="x", by=cast.officer
    )
    payments.name_account(
        first, refund=refund, bank="088", number="110123456789", holder="x", by=cast.account
    )
    payments.approve_refund(refund, by=cast.treasurer)
    refund = payments.send_refund(
        Refund.objects.select_related("order", "payment").get(), by=cast.treasurer
    )
    payments.complete_bank_refund(refund, reference="W1", by=cast.treasurer)
    assert place_of(first).status == Status.CANCELLED
    task = Task.objects.get()
    assert (task.order.code, task.kind, task.status) == (later.code, "refused", "open")
    payments.request_line_refund(
        later, later.lines.get(), amount=22_000, reason="x", by=cast.treasurer
    )
    assert broken() == {}


def of_another_s_money(order: Order, status: str) -> None:
    """What the money had brought about is undone, as the deposit's retraction does."""
    Order.objects.filter(pk=order.pk).update(status=status, paid_at=None)
    with transaction.atomic():
        actions.on_change_unpaid(Order.objects.get(pk=order.pk))


@pytest.mark.parametrize("status", ["pending", "expired"])
def test_the_way_back_in_a_full_hall_takes_the_seat_that_the_change_gave(cast, hall, status):  # noqa: F811
    """Both tickets draw on the hall's seats: one is room enough, whoever waits for others."""
    first = bought(hall.general, cast.account)
    later = change(place_of(first), hall.patron)
    pay(later)
    in_a_full_hall(hall, hall.general, hall.patron)
    wait(hall.general, cast.regular)
    of_another_s_money(later, status)
    assert (place_of(first).ticket, seats(hall.general, hall.patron)) == (hall.general, [1, 0])
    quota = hall.event.quotas.get()
    assert (quota.taken, quota.awaited) == (1, 1)
    assert broken() == {}
    later.refresh_from_db()
    pay(later)  # after all; in time, or late for seats that nobody can have had meanwhile
    assert (later.status, place_of(first).ticket) == ("paid", hall.patron)
    assert seats(hall.general, hall.patron) == [0, 1]
    assert broken() == {}


def test_the_way_back_holds_the_new_seat_where_the_hall_has_another(cast, hall):  # noqa: F811
    first = bought(hall.general, cast.account)
    later = change(place_of(first), hall.patron)
    pay(later)
    quota = factories.make_quota(hall.event, hall.general, hall.patron, capacity=2)
    of_another_s_money(later, "pending")
    assert seats(hall.general, hall.patron) == [1, 1]
    quota.refresh_from_db()
    assert quota.taken == 2
    assert broken() == {}


def test_there_is_no_way_back_to_a_ticket_whose_own_seats_are_gone(cast, hall):  # noqa: F811
    first = bought(hall.general, cast.account)
    later = change(place_of(first), hall.patron)
    pay(later)
    factories.make_place(hall.general, cast.regular)
    Ticket.objects.filter(pk=hall.general.pk).update(capacity=1)
    in_a_full_hall(hall, hall.general, hall.patron)
    for status in ("pending", "expired"):
        with pytest.raises(Refused, match="매진"):
            of_another_s_money(later, status)
    assert (place_of(first).ticket, seats(hall.general, hall.patron)) == (hall.patron, [1, 1])
    assert hall.event.quotas.get().taken == 2


@pytest.mark.parametrize("was_in_time", [True, False])
def test_a_difference_that_had_lapsed_changes_one_seat_of_a_full_hall_for_the_other(
    cast,
    hall,  # noqa: F811
    was_in_time,
):
    first = bought(hall.general, cast.account)
    later = change(place_of(first), hall.patron)
    ended = {} if was_in_time else {"expires_at": clock.now() - timedelta(minutes=1)}
    Order.objects.filter(pk=later.pk).update(status="expired", **ended)
    actions.on_change_expired(later)
    later.refresh_from_db()
    in_a_full_hall(hall, hall.general, hall.patron)
    wait(hall.general, cast.regular)
    pay(later)
    assert (later.status, place_of(first).ticket) == ("paid", hall.patron)
    assert seats(hall.general, hall.patron) == [0, 1]
    quota = hall.event.quotas.get()
    assert (quota.taken, quota.awaited) == (1, 1)
    assert broken() == {}


def charged_back(order: Order, cast) -> None:
    """It was paid by a transfer that was another's."""
    payments.confirm_deposit(
        order, amount=order.total, received_on=clock.today(), depositor="me",
        nonce=str(Payment.objects.count()), seen=0, by=cast.treasurer,
    )  # fmt: skip
    order.refresh_from_db()
    paid = order.payments.order_by("pk").last()
    payments.retract_deposit(paid, reason="착오", by=cast.treasurer)
    order.refresh_from_db()


def told() -> list[tuple[str, str, list[str]]]:
    """Which mails of a change went out, with the ticket that they name and what was lost by it."""
    mails = Message.objects.filter(template__startswith="ticket_change").order_by("pk")
    return [(mail.template, mail.context["ticket"], mail.context["lost"]) for mail in mails]


def test_a_change_charged_back_leaves_the_sessions_of_other_days_and_is_told(
    cast,
    hall,  # noqa: F811
    stand_at,  # noqa: F811
):
    Event.objects.update(ends_at=hall.event.starts_at + timedelta(days=1, hours=8))
    second = hall.event.first_day + timedelta(days=1)
    Ticket.objects.filter(pk=hall.general.pk).update(day=second)
    general = Ticket.objects.select_related("event__branch", "event__clock")
    first = bought(general.get(pk=hall.general.pk), cast.account)
    later = change(place_of(first), hall.patron)
    pay(later)
    event = Event.objects.get()
    talk, lab = (
        factories.make_session(event, hours=hours, capacity=5, title_ko=title)
        for hours, title in ((1, "강연"), (25, "실습"))
    )
    for session in (talk, lab):
        actions.sign_up(session, place_of(first), by=cast.account)
    of_another_s_money(later, "pending")
    place = place_of(first)
    assert (place.ticket, [row.session for row in place.sign_ups.all()]) == (hall.general, [lab])
    assert sessions_match_sign_ups() == []
    mail = Message.objects.get(template="ticket_change_undone")
    subject, text, _html = post.render(mail)
    assert ("변경 전으로" in subject, "“강연” 세션의 자리가 없어졌습니다" in text) == (True, True)
    # Paid after all, and undone once more: each is told anew.
    stand_at("2027-05-01 12:01")
    later.refresh_from_db()
    pay(later)
    of_another_s_money(later, "pending")
    assert told() == [
        ("ticket_changed", "patron", []),
        ("ticket_change_undone", "general", ["강연"]),
        ("ticket_changed", "patron", []),
        ("ticket_change_undone", "general", []),
    ]


@pytest.mark.parametrize("field", ["is_on_sale", "is_shown"])
def test_the_way_back_leads_to_a_ticket_that_is_sold_no_more(cast, hall, field):  # noqa: F811
    first = bought(hall.general, cast.account)
    later = change(place_of(first), hall.patron)
    Ticket.objects.filter(pk=hall.general.pk).update(**{field: False})
    charged_back(later, cast)
    assert (later.status, place_of(first).ticket) == ("pending", hall.general)
    assert seats(hall.general, hall.patron) == [1, 1]
    assert broken() == {}


def test_a_difference_paid_in_time_has_its_ticket_though_it_is_sold_no_more(cast, hall):  # noqa: F811
    first = bought(hall.general, cast.account)
    later = change(place_of(first), hall.patron)
    Order.objects.filter(pk=later.pk).update(expires_at=clock.now(), release_at=clock.now())
    payments.expire_order(Order.objects.get(pk=later.pk))
    Ticket.objects.filter(pk=hall.patron.pk).update(is_on_sale=False)
    pay(later)
    assert (later.status, place_of(first).ticket) == ("paid", hall.patron)
    assert broken() == {}


@pytest.mark.parametrize("was_in_time", [True, False])
@pytest.mark.parametrize("keeps", [True, False])
def test_what_was_paid_in_time_is_seated_though_it_is_sold_no_more(cast, hall, was_in_time, keeps):  # noqa: F811
    voucher = factories.make_voucher(
        hall.event, max_uses=3, ticket=hall.general, reserves_seats=keeps
    )
    addon = factories.make_addon(hall.event, price=5_000)
    me = Attendee("me", "me@example.test", is_buyer=True, extras=(addon.pk,))
    order = actions.register(
        ticket=Ticket.objects.with_room().get(pk=hall.general.pk),
        attendees=[me],
        by=cast.account,
        voucher=voucher,
    )
    ended = clock.now() if was_in_time else order.created_at - timedelta(minutes=1)
    Order.objects.filter(pk=order.pk).update(expires_at=ended, release_at=clock.now())
    payments.expire_order(Order.objects.get(pk=order.pk))
    Ticket.objects.filter(pk=hall.general.pk).update(is_on_sale=False)
    AddOn.objects.update(is_on_sale=False)
    pay(order)
    assert order.status == ("paid" if was_in_time else "review")
    assert seats(hall.general) == [int(was_in_time)]
    assert broken() == {}
