"""A place becomes one of another kind of ticket: at once, on the order of the difference, or, not
paid yet, on another order in place of the first."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from events import actions
from events.actions import Attendee
from events.changes import choices_for, parts_of, quote_change, worth
from events.models import CheckIn, Event, Registration, Ticket, TicketChange
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.models import Order, Refund
from kosna.verify import verify
from tests import factories
from tests.api.programs import Program, issue
from tests.events.test_giving_up import at, bought, stand_at  # noqa: F401
from tests.events.test_registering import pay

Status = Registration.Status


@pytest.fixture
def mails():
    def of(template: str) -> set[str]:
        return set(Message.objects.filter(template=template).values_list("to", flat=True))

    return of


class Hall:
    """A conference on 20 May: 33,000 won, 55,000, 11,000 and nothing."""

    def __init__(self) -> None:
        self.event = factories.make_event("talk", starts_at=at("2027-05-20 14:00"))
        prices = {"general": 33_000, "patron": 55_000, "student": 11_000, "free": 0}
        for name, price in prices.items():
            ticket = factories.make_ticket(self.event, prices={None: price}, name_ko=name)
            setattr(self, name, ticket)


@pytest.fixture
def hall(cast, stand_at) -> Hall:  # noqa: F811
    stand_at("2027-05-01 12:00")
    return Hall()


def quoted(place: Registration, ticket: Ticket):
    place = Registration.objects.with_event().get(pk=place.pk)
    return quote_change(place, Ticket.objects.with_room().get(pk=ticket.pk), clock.now())


def change(place: Registration, ticket: Ticket, by=None, **kwargs):
    quote = quoted(place, ticket)
    return actions.change_ticket(
        place,
        ticket,
        quoted=(quote.new_price, quote.back),
        by=by or place.line.order.user,
        **kwargs,
    )


def place_of(order: Order) -> Registration:
    return Registration.objects.with_event().get(line__order=order)


def broken() -> dict[str, list[str]]:
    """What the recount finds wrong; that no worker seals the record here is no fault of it."""
    return {name: told for name, told in verify().items() if told and name != "audit_chain_holds"}


def seats(*tickets: Ticket) -> list[int]:
    return [Ticket.objects.get(pk=ticket.pk).taken for ticket in tickets]


def refunds() -> list[tuple[str, int]]:
    return [(row.line.kind, row.amount) for row in Refund.objects.order_by("pk")]


def test_a_dearer_ticket_is_held_until_its_difference_is_paid(cast, hall, mails):
    place = place_of(bought(hall.general, cast.account))
    assert quoted(place, hall.patron).difference == 22_000
    order = change(place, hall.patron)
    assert (order.total, order.placed_lines[0].title_ko.endswith("general → patron")) == (
        22_000,
        True,
    )
    assert seats(hall.general, hall.patron) == [1, 1]  # both, until it is paid
    assert place_of(place.line.order).ticket == hall.general
    pay(order)
    assert place_of(place.line.order).ticket == hall.patron
    assert seats(hall.general, hall.patron) == [0, 1]
    assert mails("ticket_changed") == {"me@example.test"}
    assert broken() == {}


def test_its_difference_unpaid_leaves_the_place_as_it_was(cast, hall):
    place = place_of(bought(hall.general, cast.account))
    order = change(place, hall.patron)
    payments.cancel_order(order, by=cast.account, reason="")
    assert place_of(place.line.order).ticket == hall.general
    assert seats(hall.general, hall.patron) == [1, 0]
    assert TicketChange.objects.waiting().count() == 0
    assert broken() == {}


def test_a_place_changed_and_then_given_up_brings_back_what_was_paid_in_all(cast, hall, stand_at):  # noqa: F811
    order = bought(hall.general, cast.account)
    pay(change(place_of(order), hall.patron))
    stand_at("2027-05-15 12:00")  # half
    assert [quote.back for quote in actions.quote(order)] == [16_500, 11_000]
    actions.cancel_places(order, [place_of(order).line_id], quoted=27_500, by=cast.account)
    assert refunds() == [("ticket", 16_500), ("ticket_change", 11_000)]
    assert seats(hall.general, hall.patron) == [0, 0]
    assert broken() == {}


def test_a_cheaper_ticket_brings_back_the_difference_by_the_ladder(cast, hall, stand_at):  # noqa: F811
    order = bought(hall.patron, cast.account)
    stand_at("2027-05-15 12:00")  # half
    quote = quoted(place_of(order), hall.student)
    assert (quote.difference, quote.back, quote.stays) == (-44_000, 22_000, 22_000)
    assert change(place_of(order), hall.student) is None
    assert refunds() == [("ticket", 22_000)]
    assert seats(hall.patron, hall.student) == [0, 1]
    # Of what the place is worth now, half again; never of what was taken from it.
    assert [quote.back for quote in actions.quote(order)] == [5_500]


def test_changing_up_and_down_keeps_count_of_both_orders(cast, hall):
    order = bought(hall.general, cast.account)
    pay(change(place_of(order), hall.patron))
    assert change(place_of(order), hall.student) is None  # 44,000 back: 22,000 of each
    assert refunds() == [("ticket_change", 22_000), ("ticket", 22_000)]
    assert [part.amount for part in parts_of(place_of(order))] == [11_000, 0]
    assert sum(quote.back for quote in actions.quote(order)) == 11_000


def test_lists_show_what_was_paid_in_all(cast, hall, login):
    Event.objects.update(branch=cast.busan)
    place = place_of(bought(hall.general, cast.account))
    factories.make_place(hall.patron)
    pay(change(place, hall.patron))

    def listed(client, query: str = "") -> list[int]:
        page = client.get(reverse("events_staff:event", args=["talk"]) + query)
        return [row.price for row in page.context["page"] if row.pk == place.pk]

    staff = login("head_office")
    assert (listed(staff), listed(staff, "?home=-")) == ([55_000], [55_000])
    url = reverse("events_staff:export", args=["talk"])
    assert "55000" in staff.post(url, {"reason": "audit"}).getvalue().decode("utf-8-sig")
    change(place_of(place.line.order), hall.student)  # 44,000 back
    assert (listed(staff), worth(place_of(place.line.order))) == ([11_000], 11_000)
    ask = Program(issue(cast, "registrations:read"))
    rows = ask("GET", "events/talk/registrations").json()["items"]
    assert {row["id"]: row["amount"] for row in rows}[place.pk] == 11_000


def test_what_was_paid_for_a_change_opens_the_place_that_it_was_for(cast, hall):
    order = bought(hall.free, cast.account)
    factories.make_place(hall.free)
    pay(change(place_of(order), hall.patron))
    change(place_of(order), hall.general)
    Refund.objects.update(status=Refund.Status.DONE)
    factories.book(Refund.objects.get())
    rows = hall.event.registrations
    assert [list(rows.in_state(state)) for state in ("paid", "refunded")] == [[place_of(order)]] * 2


def test_a_place_that_was_changed_to_a_free_ticket_outlives_its_refund(cast, hall):
    order = bought(hall.student, cast.account)
    change(place_of(order), hall.free)
    refund = Refund.objects.get()
    Order.objects.filter(pk=order.pk).update(status="refunded")  # as its end does
    actions.on_refunded(Refund.objects.select_related("order", "line").get(pk=refund.pk))
    place = place_of(order)
    assert (place.status, place.ticket) == (Status.CONFIRMED, hall.free)
    assert broken() == {}


def test_at_the_same_price_it_is_done_at_once(cast, hall):
    other = factories.make_ticket(hall.event, prices={None: 33_000})
    order = bought(hall.general, cast.account)
    secret = place_of(order).secret
    assert change(place_of(order), other) is None
    assert (place_of(order).ticket, place_of(order).secret) == (other, secret)
    assert refunds() == []


def test_an_unpaid_place_is_held_by_another_order_no_longer_than_before(cast, hall):
    two = [Attendee("me", "me@example.test", is_buyer=True), Attendee("박서준")]
    old = actions.register(ticket=hall.general, attendees=two, by=cast.account)
    mine = Registration.objects.get(line__order=old, user=cast.account)
    order = change(mine, hall.patron)
    assert (order.total, order.expires_at) == (88_000, old.expires_at)
    assert Order.objects.get(pk=old.pk).status == "cancelled"
    assert seats(hall.general, hall.patron) == [1, 1]
    pay(order)
    assert Registration.objects.filter(line__order=order, status=Status.CONFIRMED).count() == 2
    assert broken() == {}


@pytest.mark.parametrize("was_in_time", [True, False])
def test_an_order_with_two_kinds_that_is_paid_late_seats_each_in_its_own(cast, hall, was_in_time):
    two = [Attendee("me", "me@example.test", is_buyer=True), Attendee("박서준")]
    old = actions.register(ticket=hall.general, attendees=two, by=cast.account)
    order = change(Registration.objects.get(line__order=old, user=cast.account), hall.patron)
    received_at = clock.now()
    Order.objects.filter(pk=order.pk).update(
        expires_at=received_at if was_in_time else order.created_at - timedelta(minutes=1),
        release_at=received_at,
    )
    payments.expire_order(Order.objects.get(pk=order.pk))
    assert seats(hall.general, hall.patron) == [0, 0]
    pay(order)
    assert Order.objects.get(pk=order.pk).status == "paid"
    assert seats(hall.general, hall.patron) == [1, 1]
    assert broken() == {}


@pytest.mark.miscounts
def test_a_hold_on_two_kinds_is_not_prolonged_while_somebody_waits_for_one(cast, hall):
    two = [Attendee("me", "me@example.test", is_buyer=True), Attendee("박서준")]
    old = actions.register(ticket=hall.general, attendees=two, by=cast.account)
    order = change(Registration.objects.get(line__order=old, user=cast.account), hall.patron)
    assert payments.extension_of(order)
    Ticket.objects.filter(pk=hall.general.pk).update(awaited=1)
    assert payments.extension_of(order) is None


@pytest.mark.miscounts
def test_the_hold_of_a_change_is_prolonged_as_that_of_a_sale(cast, hall, stand_at):  # noqa: F811
    order = change(place_of(bought(hall.general, cast.account)), hall.patron)
    ends = order.expires_at
    Event.objects.update(starts_at=ends + timedelta(minutes=30))
    for until in (ends + timedelta(minutes=20), ends + timedelta(minutes=30)):
        assert payments.extension_of(order) == until
        order = payments.extend_hold(order, by=cast.account)
    assert payments.extension_of(order) is None
    Event.objects.update(starts_at=ends + timedelta(days=1))
    Order.objects.filter(pk=order.pk).update(expires_at=ends)
    order.refresh_from_db()
    assert payments.extension_of(order)
    Ticket.objects.filter(pk=hall.patron.pk).update(awaited=1)
    assert payments.extension_of(order) is None


def test_a_request_that_was_approved_leads_to_the_order_in_place_of_its_own(cast, hall):
    asked = factories.make_ticket(hall.event, needs_approval=True, prices={None: 55_000})
    me = Attendee("me", "me@example.test", is_buyer=True)
    request = actions.request_places(ticket=asked, attendees=[me], by=cast.account)
    old = actions.approve_request(request, by=cast.officer)
    order = change(place_of(old), hall.general)
    request.refresh_from_db()
    assert (request.order, order.status) == (order, "pending")


def test_money_that_waits_for_a_second_person_keeps_its_order(cast, hall, settings):
    settings.TWO_PERSON_DEPOSIT_WON = 30_000
    old = actions.register(
        ticket=hall.general, attendees=[Attendee("me", is_buyer=True)], by=cast.account
    )
    payments.confirm_deposit(
        old, amount=33_000, received_on=clock.today(), depositor="me", nonce="1", seen=0,
        by=cast.treasurer,
    )  # fmt: skip
    with pytest.raises(Refused):
        change(place_of(old), hall.patron)
    assert Order.objects.get().status == "pending"


def test_the_difference_paid_twice_changes_once_and_goes_back_once(cast, hall):
    place = place_of(bought(hall.general, cast.account))
    order = change(place, hall.patron)
    pay(order)
    payments.record_payment(
        order=order, provider="bank", reference="second", method="bank",
        amount=22_000, received_at=clock.now(),
    )  # fmt: skip
    assert seats(hall.general, hall.patron) == [0, 1]
    assert order.tasks.get().kind == "overpaid"


def test_a_difference_paid_after_the_place_was_given_up_is_reviewed(cast, hall):
    first = bought(hall.general, cast.account)
    order = change(place_of(first), hall.patron)
    actions.cancel_places(first, [place_of(first).line_id], quoted=33_000, by=cast.account)
    assert Order.objects.get(pk=order.pk).status == "cancelled"
    assert seats(hall.general, hall.patron) == [0, 0]
    pay(order)
    assert Order.objects.get(pk=order.pk).status == "review"


def test_money_that_was_anothers_takes_the_change_back(cast, hall):
    place = place_of(bought(hall.general, cast.account))
    order = change(place, hall.patron)
    pay(order)
    Order.objects.filter(pk=order.pk).update(status="pending")
    actions.on_change_unpaid(Order.objects.get(pk=order.pk))
    assert place_of(place.line.order).ticket == hall.general
    assert seats(hall.general, hall.patron) == [1, 1]
    pay_again = TicketChange.objects.waiting().get()
    assert pay_again.becomes == hall.patron


def test_what_is_refused_says_why(cast, hall):
    order = bought(hall.general, cast.account)
    place = place_of(order)
    addon = factories.make_addon(hall.event)
    addon.tickets.set([hall.general])
    factories.make_ticket(hall.event, name_ko="vat", vat_class="taxable", prices={None: 44_000})
    factories.make_ticket(hall.event, name_ko="asked", needs_approval=True)
    factories.make_ticket(hall.event, name_ko="hidden", is_hidden=True)
    Ticket.objects.filter(pk=hall.patron.pk).update(taken=10)
    told = {quote.ticket.name_ko: quote.refusals for quote in choices_for(place, clock.now())}
    assert set(told) == {"patron", "student", "free", "vat", "asked"}
    assert {name for name, why in told.items() if why} == {"patron", "vat", "asked"}
    with pytest.raises(Refused, match="아무것도 변경하지"):
        actions.change_ticket(place, hall.student, quoted=(1, 0), by=cast.account)
    Ticket.objects.filter(pk=hall.patron.pk).update(taken=0)
    CheckIn.objects.create(registration=place, by=cast.officer)
    with pytest.raises(Refused, match="입장에 사용된"):
        change(place, hall.student)


def test_what_was_paid_for_a_change_is_not_taxed_otherwise_by_the_next(cast, hall):
    place = place_of(bought(hall.free, cast.account))
    pay(change(place, hall.general))
    book = factories.make_ticket(hall.event, prices={None: 11_000}, vat_class="exempt")
    Ticket.objects.filter(pk=hall.general.pk).update(vat_class="taxable")
    with pytest.raises(Refused, match="과세 구분이 다릅니다"):
        change(place, book)


def test_a_place_of_a_voucher_is_not_changed(cast, hall):
    voucher = factories.make_voucher(hall.event, effect="price", value=10_000)
    me = Attendee("me", "me@example.test", is_buyer=True)
    order = actions.register(ticket=hall.general, attendees=[me], by=cast.account, voucher=voucher)
    pay(order)
    with pytest.raises(Refused, match="바우처"):
        change(place_of(order), hall.patron)


def test_one_change_at_a_time_and_no_hand_over_meanwhile(cast, hall):
    place = place_of(bought(hall.general, cast.account))
    change(place, hall.patron)
    with pytest.raises(Refused, match="결제를 기다리는"):
        change(place, hall.student)
    assert actions.handing_refusals(place_of(place.line.order))


def test_an_event_that_is_called_off_gives_both_orders_back(cast, hall):
    order = bought(hall.general, cast.account)
    pay(change(place_of(order), hall.patron))
    other = bought(hall.general, cast.regular)
    change(place_of(other), hall.patron)
    actions.cancel_event(event=hall.event, reason="", by=cast.officer)
    assert sorted(refunds()) == [("ticket", 33_000), ("ticket", 33_000), ("ticket_change", 22_000)]
    assert seats(hall.general, hall.patron) == [0, 0]


def test_the_page_quotes_first_and_sends_to_the_order(cast, hall, login):
    place = place_of(bought(hall.general, cast.account))
    url = reverse("tickets:ticket-change", args=[place.secret])
    page = login("account").get(url)
    assert "55,000" in page.content.decode()
    page = login("account").get(url, {"ticket": hall.patron.pk})
    assert "22,000" in page.content.decode()
    form = {"ticket": hall.patron.pk, "price": 55_000, "back": 0, "confirm": "on"}
    answer = login("account").post(url, form)
    order = Order.objects.get(payable=actions.CHANGE_PAYABLE)
    assert answer.headers["Location"] == order.get_absolute_url()


def test_staff_change_a_ticket_with_a_reason(cast, hall, login, mails):
    place = place_of(bought(hall.general, cast.account))
    url = reverse("events_staff:place-change", args=[hall.event.slug, place.pk])
    form = {"ticket": hall.patron.pk, "price": 55_000, "back": 0, "confirm": "on"}
    assert login("head_office").post(url, form).status_code == 422
    assert login("head_office").post(url, form | {"reason": "전화로 요청"}).status_code == 302
    assert mails("ticket_change_asked") == {cast.account.mailbox}
    assert TicketChange.objects.get().reason == "전화로 요청"


def test_staff_are_not_spoken_to_as_the_buyer(cast, hall, login):
    place = place_of(bought(hall.general, cast.account))
    url = reverse("events_staff:place-change", args=[hall.event.slug, place.pk])
    client = login("head_office")
    client.cookies["language"] = "en"
    for ticket in (hall.patron, hall.student):
        page = client.get(url, {"ticket": ticket.pk}).content.decode()
        main = page.partition("<main")[2].partition("</main>")[0]
        assert "55,000" in main
        assert set(re.findall(r"\byou\w*\b", main.lower())) <= {"you"}  # "You are here"
