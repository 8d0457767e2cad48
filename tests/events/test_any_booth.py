"""Any booth of a kind: ordered without a number, assigned one later; never more than there are."""

import pytest
from django.urls import resolve

from events import actions
from events.actions import Company, any_booth
from events.models import Booth, BoothBooking, BoothType, Event
from kosna.core.errors import Refused
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.models import Order
from kosna.verify import verify
from tests import factories
from tests.events.test_registering import pay
from tests.events.test_rushes import at_once


@pytest.fixture
def kind(db) -> BoothType:
    """Two booths of it."""
    event = factories.make_event("expo", kind=Event.Kind.EXHIBITION)
    first, _second = (factories.make_booth(event, number) for number in ("A1", "A2"))
    return first.booth_type


def fresh(kind: BoothType) -> BoothType:
    return BoothType.objects.select_related("event__branch", "event__clock").get(pk=kind.pk)


def company() -> Company:
    return Company(factories.make_user(), None, "㈜아무데나")


def order_any(kind: BoothType, who: Company | None = None) -> BoothBooking:
    who = who or company()
    order = actions.book_any_booth(fresh(kind), company=who, by=who.contact)
    return BoothBooking.objects.with_event().get(line__order=order)


def booth(number: str) -> Booth:
    rows = Booth.objects.select_related("event__branch", "event__clock", "booth_type")
    return rows.get(number=number)


def book(number: str) -> Order:
    who = company()
    return actions.book_booth(booth(number), company=who, by=who.contact)


def test_it_is_ordered_paid_and_assigned_its_number_later(kind, cast):
    booking = order_any(kind)
    assert (booking.booth, booking.line.amount, booking.kind) == (None, 1_100_000, kind)
    pay(booking.line.order)
    booking = BoothBooking.objects.with_event().get()
    assert booking.status == "confirmed"
    actions.assign_number(booking, booth("A2"), by=cast.officer)
    assert BoothBooking.objects.get().booth == booth("A2")
    assert set(Message.objects.values_list("template", flat=True)) >= {
        "booth_confirmed",
        "booth_numbered",
    }
    with pytest.raises(Refused):
        actions.assign_number(booking, booth("A1"), by=cast.officer)


def test_what_is_promised_is_not_sold_by_its_number(kind, cast):
    order_any(kind)
    book("A1")
    with pytest.raises(Refused):
        book("A2")
    with pytest.raises(Refused):
        order_any(kind)
    with pytest.raises(Refused):
        actions.withhold_booth(booth("A2"), by=cast.officer)
    with pytest.raises(Refused):
        actions.draw_plan(kind.event, [actions.Cell("A1", 1, 1)], by=cast.officer)
    assert verify()["booths_keep_their_promises"] == []


def test_an_order_that_lapses_promises_nothing_and_paid_late_only_what_is_left(kind):
    late = order_any(kind)
    Order.objects.filter(pk=late.line.order_id).update(
        expires_at=late.line.order.created_at, release_at=late.line.order.created_at
    )
    payments.expire_order(Order.objects.get(pk=late.line.order_id))
    assert any_booth.free_of(kind) == 2
    book("A1")
    book("A2")
    pay(late.line.order)
    assert Order.objects.get(pk=late.line.order_id).status == "review"
    assert verify()["booths_keep_their_promises"] == []


def test_a_withheld_booth_may_be_assigned_and_one_of_another_kind_not(kind, cast):
    booking = order_any(kind)
    other = BoothType.objects.create(event=kind.event, code="P", name_ko="프리미엄")
    Booth.objects.create(event=kind.event, booth_type=other, number="P1", row=2, column=1)
    with pytest.raises(Refused):
        actions.assign_number(booking, booth("P1"), by=cast.officer)
    corner = factories.make_booth(kind.event, "A3", is_offered=False)
    actions.assign_number(booking, corner, by=cast.officer)
    assert any_booth.free_of(kind) == 2


def test_it_is_given_up_by_the_ladder_without_a_number(kind):
    booking = order_any(kind)
    pay(booking.line.order)
    order = Order.objects.get(pk=booking.line.order_id)
    [quote] = actions.quote_booths(order)
    assert quote.back == 1_100_000
    actions.give_up_booth(order, quoted=1_100_000, by=order.user)
    assert any_booth.free_of(kind) == 2


def test_the_pages_order_and_assign(kind, cast, login):
    client = login("account")
    page = client.get("/events/expo/booths/any/S/")
    assert "2" in page.content.decode()
    answer = client.post("/events/expo/booths/any/S/", {"name": "㈜부스", "company": "other"})
    booking = BoothBooking.objects.get()
    assert answer.url == booking.line.order.get_absolute_url()
    assert "추후 배정" in client.get("/me/booths/").content.decode()
    staff = login("head_office")
    assert "추후 배정" in staff.get("/staff/events/expo/booths/").content.decode()
    url = f"/staff/events/expo/booth-bookings/{booking.pk}/"
    assert staff.get(url).status_code == 200
    assert staff.post(url, {"booth": "A1"}).status_code == 302
    assert BoothBooking.objects.get().booth == booth("A1")


# --- many at once ---


def rush(kind: BoothType, count: int = 8) -> list[object]:
    calls = []
    for _n in range(count):
        who, seen = company(), fresh(kind)
        calls.append(
            lambda who=who, seen=seen: actions.book_any_booth(seen, company=who, by=who.contact)
        )
    numbers = [lambda number=number: book(number) for number in ("A1", "A2") * 2]
    return at_once(*calls, *numbers)


@pytest.mark.django_db(transaction=True)
def test_the_last_booths_go_to_as_many_as_there_are_numbered_or_not(kind):
    answers = rush(kind)
    assert all(isinstance(answer, Order | Refused) for answer in answers)
    assert sum(isinstance(answer, Order) for answer in answers) == 2
    assert BoothBooking.objects.current().count() == 2
    assert verify()["booths_keep_their_promises"] == []


@pytest.mark.django_db(transaction=True)
def test_twin_without_counting_what_is_promised_too_many_are_sold(kind, monkeypatch):
    monkeypatch.setattr(any_booth, "free_of", lambda _kind: 1)
    rush(kind, 4)
    assert BoothBooking.objects.current().count() > 2


@pytest.mark.django_db(transaction=True)
def test_one_number_is_assigned_to_one(kind, cast):
    bookings = [order_any(kind) for _n in range(2)]
    answers = at_once(
        *[
            lambda row=row: actions.assign_number(row, booth("A1"), by=cast.officer)
            for row in bookings
        ]
    )
    assert sum(answer is None for answer in answers) == 1
    assert BoothBooking.objects.filter(booth__number="A1").count() == 1


def test_a_booth_numbered_any_keeps_its_address():
    found = {url: resolve(f"/events/expo/booths/{url}/").view_name for url in ("any", "any/S")}
    assert found == {"any": "events:booth", "any/S": "events:booth-any"}
