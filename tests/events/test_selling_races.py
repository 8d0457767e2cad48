"""Two taps and two devices at one instant, with real threads and commits; each guard with its
negative twin."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError

from events import actions
from events.actions import Seller, WalkIn, selling
from events.models import CheckIn, DoorSale, Ticket
from kosna.accounts.models import Guest
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions import tills
from kosna.payments.models import Payment, Taking, Till
from kosna.verify import verify
from tests import factories
from tests.events.test_rushes import assert_seats, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ticket() -> Ticket:
    starts_at = clock.now() - timedelta(hours=1)
    return factories.make_ticket(factories.make_event("doors", starts_at=starts_at), capacity=1)


def holding(ticket, key, by):
    return lambda: actions.hold_place(
        event=ticket.event, ticket=ticket.pk, who=WalkIn("나그네"), key=key, seller=Seller(by)
    )


def test_one_form_sent_four_times_holds_one_seat_and_is_paid_once(ticket):
    by, key = factories.make_user("접수"), uuid4()
    sales = at_once(*[holding(ticket, key, by)] * 4)
    assert len({sale.pk for sale in sales}) == 1
    assert_seats(ticket, 1)

    def paying():
        sale = DoorSale.objects.with_order().get()
        return actions.take_payment(sale, way="cash", slip="")

    assert at_once(*[paying] * 4) == ["admitted"] * 4
    assert Payment.objects.count() == Taking.objects.count() == CheckIn.objects.count() == 1
    assert not any(verify().values())


def test_the_last_seat_goes_to_one_of_four_doors(ticket):
    doors = [factories.make_user(f"접수 {n}") for n in range(4)]
    answers = at_once(*[holding(ticket, uuid4(), by) for by in doors])
    kinds = Counter(type(answer) for answer in answers)
    assert kinds == {DoorSale: 1, Refused: 3}
    assert Guest.objects.count() == 1
    assert_seats(ticket, 1)


@pytest.mark.miscounts
def test_twin_a_seat_that_nobody_counts_is_sold_twice(ticket, monkeypatch):
    monkeypatch.setattr(selling, "take_seats", lambda ticket, count: True)
    doors = [factories.make_user(f"접수 {n}") for n in range(2)]
    at_once(*[holding(ticket, uuid4(), by) for by in doors])
    assert actions.recount(ticket) == 2 > 1


def test_a_till_is_counted_while_it_takes_money(ticket):
    """Whatever comes first: what was counted is what its takings sum to."""
    Ticket.objects.update(capacity=9)
    by = factories.make_user("접수")
    keys = [uuid4() for _n in range(5)]
    for key in keys:
        holding(ticket, key, by)()

    def paying(key):
        def pay():
            sale = DoorSale.objects.with_order().get(key=key)
            return actions.take_payment(sale, way="cash", slip="")

        return pay

    paying(keys[0])()
    till = Till.objects.get()

    def counting():
        return tills.count_till(till, cash=55_000, cards=0, reason="셈", by=by)

    at_once(*map(paying, keys[1:]), counting)
    till.refresh_from_db()
    assert till.expected_cash == sum(tills.expected(till))
    assert Taking.objects.count() == 5
    assert verify()["tills_hold_what_was_taken"] == []


@pytest.mark.miscounts
def test_twin_a_till_that_is_not_looked_at_again_takes_after_its_count(ticket, monkeypatch):
    by = factories.make_user("접수")
    sale = holding(ticket, uuid4(), by)()
    till = Till.objects.create(
        branch=ticket.event.branch, occasion="doors", title_ko="x", day=clock.today(), keeper=by
    )
    tills.count_till(till, cash=0, cards=0, reason="", by=by)
    monkeypatch.setattr(tills, "_open_till", lambda *args: till)
    actions.take_payment(sale, way="cash", slip="")
    assert verify()["tills_hold_what_was_taken"] != []


def test_a_key_of_another_sale_is_refused(ticket):
    key = uuid4()
    holding(ticket, key, factories.make_user("접수"))()
    with pytest.raises(Refused):
        holding(ticket, key, factories.make_user("다른 접수"))()
    with pytest.raises(IntegrityError):
        DoorSale.objects.create(**{
            name: getattr(DoorSale.objects.get(), name)
            for name in ("key", "event", "registration", "by")
        })  # fmt: skip
