"""Somebody comes without a ticket: held, paid, let in, once; at the price that the offers say."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from events import actions
from events.actions import Seller, WalkIn
from events.models import (
    AddOn,
    CheckIn,
    DoorSale,
    DoorScan,
    Event,
    FormAnswer,
    FormQuestion,
    Registration,
    Ticket,
)
from kosna.accounts.models import Guest
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.models import LedgerEntry, Order, Payment, Refund, Taking, Till
from kosna.verify import verify
from tests import factories
from tests.conftest import Cast
from tests.events.doors import NOON, make_device

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def standing():
    with clock.standing_at(NOON + timedelta(hours=1)):
        yield


@pytest.fixture
def event(cast: Cast) -> Event:
    return factories.make_event(
        "doors", branch=cast.busan, starts_at=NOON, registration_ends_at=NOON - timedelta(days=1)
    )


@pytest.fixture
def ticket(event: Event, cast: Cast) -> Ticket:
    return factories.make_ticket(
        event, capacity=2, prices={None: 30_000, cast.regular_tier: 20_000}
    )


def hold(ticket: Ticket, by: Any, **fields: Any) -> DoorSale:
    facts = {"key": uuid4(), "who": WalkIn("나그네"), **fields}
    return actions.hold_place(
        event=ticket.event, ticket=ticket.pk, seller=Seller(by, fields.pop("device", None)),
        **{name: value for name, value in facts.items() if name != "device"},
    )  # fmt: skip


def taken(ticket: Ticket) -> int:
    return Ticket.objects.get(pk=ticket.pk).taken


def test_cash_is_booked_the_seat_taken_and_the_guest_let_in_once(cast, ticket):
    key = uuid4()
    who = WalkIn("나그네", email="walk@x.test", phone="+821055500000")
    sales = [hold(ticket, cast.doorkeeper, key=key, who=who) for _again in range(2)]
    assert sales[0] == sales[1]
    assert taken(ticket) == 1
    sale = DoorSale.objects.with_order().get()
    assert [actions.take_payment(sale, way="cash", slip="") for _again in range(2)] == [
        "admitted", "admitted",
    ]  # fmt: skip
    payment = Payment.objects.get()
    assert (payment.provider, payment.method, payment.amount) == ("till", "cash", 30_000)
    assert (payment.recorded_by, payment.taking.till.keeper) == (cast.doorkeeper, cast.doorkeeper)
    order = Order.objects.get()
    assert (order.status, order.method, order.branch) == ("paid", "door", cast.busan)
    assert LedgerEntry.objects.get().account == "cash:till"
    assert Document.objects.filter(kind=Document.Kind.RECEIPT).count() == 1
    assert CheckIn.objects.get().by == cast.doorkeeper
    mails = Message.objects.order_by("template").values_list("template", "to")
    assert list(mails) == [
        ("payment_received", "walk@x.test"), ("registration_confirmed", "walk@x.test"),
    ]  # fmt: skip
    assert Entry.objects.filter(verb="events.sell_at_door").count() == 1
    assert not any(verify().values())


def test_without_an_address_nothing_is_mailed(cast, ticket):
    sale = hold(ticket, cast.doorkeeper)
    actions.take_payment(sale, way="card", slip="30012345")
    assert Message.objects.count() == 0
    assert Guest.objects.get().email == ""
    assert Payment.objects.get().note == "30012345"


def test_a_member_pays_their_own_price_into_their_own_account(cast, ticket, event):
    member = actions.find_buyer(event, cast.regular_member.number, by=cast.doorkeeper)
    assert member == cast.regular
    sale = hold(ticket, cast.doorkeeper, who=WalkIn(member=member))
    assert actions.order_of(sale).total == 20_000
    assert sale.registration.user == cast.regular
    with pytest.raises(Refused):
        hold(ticket, cast.doorkeeper, who=WalkIn(member=member))
    found = Entry.objects.get(verb="events.find_buyer")
    assert found.subjects == [cast.regular.pk]
    assert found.looks.get().user_id == cast.regular.pk  # who was looked up is told
    with pytest.raises(Refused):
        actions.find_buyer(event, "99-99999", by=cast.doorkeeper)
    missed = Entry.objects.filter(verb="events.find_buyer").latest("pk")
    assert (missed.subjects, missed.facts) == ([], {"is_found": False})


def test_a_full_house_is_refused_and_leaves_nothing_behind(cast, ticket):
    for _n in range(2):
        hold(ticket, cast.doorkeeper)
    with pytest.raises(Refused):
        hold(ticket, cast.doorkeeper)
    assert Guest.objects.count() == Order.objects.count() == DoorSale.objects.count() == 2
    actions.give_up_sale(DoorSale.objects.with_order().first())
    assert taken(ticket) == 1
    hold(ticket, cast.doorkeeper)


def test_what_is_free_lets_in_at_once(cast, event):
    free = factories.make_ticket(event, prices={None: 0})
    hold(free, cast.doorkeeper)
    assert CheckIn.objects.count() == 1
    assert not Till.objects.exists()
    assert Order.objects.get().method == "free"


def test_not_before_the_day_nor_after_the_end(cast, ticket, event):
    for wrong in (NOON - timedelta(days=1), event.ends_at):
        with clock.standing_at(wrong), pytest.raises(Refused):
            hold(ticket, cast.doorkeeper)
    Event.objects.update(status=Event.Status.CANCELLED)
    with pytest.raises(Refused):
        hold(ticket, cast.doorkeeper)


def test_hidden_tickets_and_those_on_application_are_not_sold(cast, ticket):
    for field in ("is_hidden", "needs_approval"):
        Ticket.objects.update(is_hidden=False, needs_approval=False)
        Ticket.objects.update(**{field: True})
        with pytest.raises(Refused):
            hold(ticket, cast.doorkeeper)


def test_money_after_the_hold_is_kept_and_seated_if_there_is_a_seat(cast, ticket):
    sale = hold(ticket, cast.doorkeeper)
    with clock.standing_at(NOON + timedelta(hours=3)):
        payments.expire_due()
        late = DoorSale.objects.with_order().get(pk=sale.pk)
        assert actions.take_payment(late, way="cash", slip="") == "admitted"
    assert Order.objects.get().status == "paid"


def test_money_after_the_hold_without_a_seat_is_kept_for_the_treasurer(cast, ticket):
    sale = hold(ticket, cast.doorkeeper)
    with clock.standing_at(NOON + timedelta(hours=3)):
        payments.expire_due()
        Ticket.objects.update(capacity=0)
        late = DoorSale.objects.with_order().get(pk=sale.pk)
        assert actions.take_payment(late, way="cash", slip="") == "unpaid"
    assert Order.objects.get().status == "review"
    assert Taking.objects.count() == 1


def test_one_slip_is_one_sale(cast, ticket):
    first, second = hold(ticket, cast.doorkeeper), hold(ticket, cast.doorkeeper)
    actions.take_payment(first, way="card", slip="1a")
    with pytest.raises(Refused):
        actions.take_payment(second, way="card", slip=" 1 A ")
    assert actions.order_of(second).payments.count() == 0


def test_what_was_paid_online_meanwhile_is_not_taken_again(cast, ticket):
    sale = hold(ticket, cast.doorkeeper)
    payments.record_payment(
        order=actions.order_of(sale), provider="stripe", reference="ch", method="card",
        amount=30_000, received_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(Refused):
        actions.take_payment(sale, way="cash", slip="")
    assert Payment.objects.count() == 1


def test_a_transfer_of_much_needs_two_people(cast, ticket, settings):
    settings.TWO_PERSON_DEPOSIT_WON = 30_000
    sale = hold(ticket, cast.doorkeeper)
    with pytest.raises(Refused):
        actions.take_payment(sale, way="transfer", slip="나그네")
    settings.TWO_PERSON_DEPOSIT_WON = 30_001
    assert actions.take_payment(sale, way="transfer", slip="나그네") == "admitted"
    assert Payment.objects.typed_by_hand().get().provider == "bank"


@pytest.mark.parametrize(("way", "slip"), [("cash", ""), ("card", "77")])
def test_a_refund_goes_back_by_hand(cast, ticket, way, slip):
    sale = hold(ticket, cast.doorkeeper)
    actions.take_payment(sale, way=way, slip=slip)
    order = actions.order_of(sale)
    refund = payments.request_refund(
        order=order, line=order.lines.get(), amount=30_000, reason="x", by=cast.head_office
    )
    assert payments.needs_account(refund.payment) == (way == "cash")
    if way == "cash":
        payments.name_account(order, bank="004", number="12345678", holder="나", by=cast.officer)
    payments.approve_refund(refund, by=cast.treasurer)
    payments.send_refund(refund, by=cast.treasurer)
    payments.complete_bank_refund(refund, reference="9", by=cast.treasurer)
    assert Refund.objects.get().status == "done"
    assert Registration.objects.get().status == "cancelled"
    assert LedgerEntry.objects.count() == 2
    assert taken(ticket) == 0
    assert not any(verify().values())


# --- pages ---


def sold_by(client: Client, ticket: Ticket, **typed: str) -> Any:
    url = reverse("events_staff:sell", args=["doors"])
    facts = {
        "ticket": ticket.pk,
        "key": uuid4(),
        "name": "나그네",
        "language": "ko",
        "agrees": "on",
    }
    return client.post(url, {**facts, **typed})


def test_the_last_seat_sold_to_a_form_that_is_sent_again_is_told_again(
    cast, ticket, device, login: Callable[[str], Client]
):
    Ticket.objects.update(capacity=1)
    key = str(uuid4())
    sales = [sold_by(login("doorkeeper"), ticket, key=key) for _again in range(2)]
    assert [sale.status_code for sale in sales] == [302, 302]
    Ticket.objects.update(capacity=2)
    guest = {"key": str(uuid4()), "ticket": ticket.pk, "name": "나그네", "agrees": True}
    held = ask(device, "", guest).json()
    assert ask(device, "", guest).json() == held
    late = ask(device, "", {**guest, "key": str(uuid4())})
    assert late.status_code == 409
    assert taken(ticket) == 2


def test_add_ons_are_sold_and_questions_asked_at_the_door(
    cast, ticket, event, device, login: Callable[[str], Client]
):
    lunch = factories.make_addon(event, price=12_000, capacity=2)
    often = FormQuestion.objects.create(
        event=event, kind="several", text_ko="채널", choices_ko="A\nB", is_required=True
    )
    name = f"asked_{often.pk}_me"
    asked = ask(device, "offers/", {}).json()["asked"]
    assert f'name="{name}"' in asked
    assert f'value="{lunch.pk}"' in asked
    guest = {"key": str(uuid4()), "ticket": [str(ticket.pk)], "name": ["나그네"], "agrees": ["on"]}
    assert ask(device, "", guest).status_code == 409  # not answered
    sent = {**guest, name: ["1", "2"], "extras": [str(lunch.pk)]}
    assert ask(device, "", sent).json()["price"].startswith("42,000")
    told = ask(device, f"{guest['key']}/paid/", {"way": "cash"}).json()
    assert [extra["name"] for extra in told["extras"]] == ["만찬"]
    assert FormAnswer.objects.get().value == "1,2"
    at_desk = login("doorkeeper")
    assert sold_by(at_desk, ticket, extras=str(lunch.pk)).status_code == 422
    typed = {"extras": str(lunch.pk), name: "2"}
    assert sold_by(at_desk, ticket, **typed).status_code == 302
    Ticket.objects.update(capacity=3)
    assert "만찬" in sold_by(at_desk, ticket, **typed).content.decode()  # none is left
    assert (taken(ticket), AddOn.objects.get().taken) == (2, 2)


def test_the_desk_sells_in_two_pages(cast, ticket, login: Callable[[str], Client]):
    client = login("doorkeeper")
    assert "20,000" not in client.get("/staff/checkin/doors/sell/").content.decode()
    priced = client.get("/staff/checkin/doors/sell/", {"member": cast.regular_member.number})
    assert "20,000" in priced.content.decode()
    assert client.get("/staff/checkin/doors/sell/", {"member": "nobody"}).status_code == 422
    assert sold_by(client, ticket, agrees="").status_code == 422
    sale = sold_by(client, ticket)
    assert sale.status_code == 302
    page = client.get(sale["Location"])
    assert "30,000" in page.content.decode()
    assert login("officer").get(sale["Location"]).status_code == 404
    wrong = client.post(f"{sale['Location']}paid/", {"way": "card", "slip": ""})
    assert wrong.status_code == 422
    done = client.post(f"{sale['Location']}paid/", {"way": "card", "slip": "5"}, follow=True)
    assert Registration.objects.get().door_code in done.content.decode()
    client.post(f"{sale['Location']}drop/")
    assert Order.objects.get().status == "paid"
    for _seat in range(2):
        last = sold_by(client, ticket)
    assert last.status_code == 422
    assert taken(ticket) == 2


def ask(device: Any, path: str, sent: Any) -> Any:
    return Client().post(
        reverse("door:sell") + path, json.dumps(sent), content_type="application/json",
        headers={"Authorization": f"Bearer {device.key}"},
    )  # fmt: skip


@pytest.fixture
def device(event: Event, cast: Cast) -> Any:
    device = make_device(event, by=cast.officer, cashier=cast.doorkeeper)
    device.key = actions.token_of(device)
    return device


def test_a_device_sells_in_the_name_of_its_cashier(cast, ticket, device):
    offers = ask(device, "offers/", {"member": ""}).json()["offers"]
    assert [offer["ticket"] for offer in offers] == [ticket.pk]
    guest = {"key": str(uuid4()), "ticket": ticket.pk, "name": "나그네", "agrees": True}
    held = ask(device, "", guest).json()
    assert (held["is_in"], held["name"]) == (False, "나*네")
    assert ask(device, "", guest).json() == held
    for _again in range(2):
        paid = ask(device, f"{guest['key']}/paid/", {"way": "cash"}).json()
    assert (paid["is_in"], paid["outcome"]) == (True, "admitted")
    assert Till.objects.get().keeper == cast.doorkeeper
    assert (DoorScan.objects.get().device, taken(ticket)) == (device, 1)
    refused = ask(device, "", {**guest, "key": str(uuid4()), "name": ""})
    assert (refused.status_code, len(refused.json()["reasons"])) == (409, 1)
    member = {"key": str(uuid4()), "ticket": ticket.pk, "member": cast.regular_member.number}
    assert ask(device, "", member).json()["price"].startswith("20,000")
    assert ask(device, f"{member['key']}/unsold/", {}).status_code == 200
    assert taken(ticket) == 1
    assert ask(device, "", "x").status_code == 409


@pytest.mark.parametrize(("sent", "kept"), [({}, "ko"), ({"language": "en"}, "en")])
def test_a_device_sells_a_ticket_in_the_language_of_the_guest(ticket, device, sent, kept):
    guest = {"key": str(uuid4()), "ticket": ticket.pk, "name": "Sam", "agrees": True, **sent}
    assert ask(device, "", guest).status_code == 200
    assert Order.objects.get().user.language == kept


def test_a_device_without_a_cashier_in_office_sells_nothing(cast, ticket, device, event):
    cast.doorkeeper.appointments.all().delete()
    assert ask(device, "offers/", {}).status_code == 409
    other = make_device(event, "후문", by=cast.officer)
    other.key = actions.token_of(other)
    assert ask(other, "offers/", {}).status_code == 409
    with pytest.raises(Refused):
        make_device(event, "옆문", by=cast.officer, cashier=cast.regular)


def test_a_device_learns_what_became_of_its_own_sale(cast, ticket, event, device):
    guest = {"key": str(uuid4()), "ticket": ticket.pk, "name": "나그네", "agrees": True}

    def became(of: Any = device) -> tuple[int, str, str]:
        answer = Client().get(
            reverse("door:sold", args=[guest["key"]]),
            headers={"Authorization": f"Bearer {of.key}"},
        )
        told = answer.json() if answer.status_code == 200 else {}
        return answer.status_code, told.get("status", ""), told.get("outcome", "")

    assert became() == (404, "", "")
    held = ask(device, "", guest).json()
    assert became() == (200, "pending", "")
    assert held["name"] == "나*네"
    other = make_device(event, "후문", by=cast.officer, cashier=cast.doorkeeper)
    other.key = actions.token_of(other)
    assert became(other) == (404, "", "")
    ask(device, f"{guest['key']}/paid/", {"way": "cash"})
    assert became() == (200, "paid", "admitted")
