"""How many places of a ticket one person may have, also without an account: by their address, which
nobody else learns anything of."""

from contextlib import nullcontext
from datetime import timedelta
from threading import Barrier
from types import SimpleNamespace
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client

from events import actions
from events.actions import Attendee, Seller, WalkIn, limits, selling
from events.changes import quote_change
from events.models import DoorSale, Registration, Ticket, WaitlistEntry
from kosna.accounts.actions import current_policy
from kosna.accounts.models import Guest, Policy, User
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post as post_office
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.models import Order
from tests import factories
from tests.events.doors import NOON
from tests.events.test_guests import link, typed
from tests.events.test_registering import pay
from tests.events.test_rushes import at_once
from tests.events.test_waiting import buy, fresh, me, more_seats
from tests.events.test_waiting_guests import link as link_to

URL = "/events/conference/register/guest/"
SENT = "/events/conference/register/guest/sent/"
OWN = "guest@example.test"


@pytest.fixture(params=[0, 55_000], ids=["free", "paid"])
def ticket(cast, request) -> Ticket:
    event = factories.make_event("conference", branch=cast.busan)
    return factories.make_ticket(event, capacity=9, prices={None: request.param}, max_per_person=1)


@pytest.fixture
def paid(cast) -> Ticket:
    event = factories.make_event("conference", branch=cast.busan)
    return factories.make_ticket(event, capacity=9, prices={None: 55_000}, max_per_person=1)


def order_as(ticket: Ticket, email: str = OWN) -> Order:
    """Typed by anybody: a link goes to the address."""
    client = Client()
    assert client.post(URL, typed(ticket, email)).url == SENT
    order = Order.objects.latest("pk")
    assert client.get(order.get_absolute_url()).status_code == 302  # to sign in, as everybody
    return order


def opened(order: Order) -> tuple[Client, Order]:
    """By whoever reads the mail, and says that the order is theirs."""
    client, address = Client(), address_of(order)
    client.get(address)
    assert client.post(f"{address}mine/").url == order.get_absolute_url()
    order.refresh_from_db()
    return client, order


def address_of(order: Order) -> str:
    message = Message.objects.get(key__startswith=f"guest_order:{order.code}")
    address = post_office.render(message)[1].partition("/orders/guest/")[2].split("/")[0]
    return f"/orders/guest/{address}/"


def standing(ticket: Ticket) -> int:
    assert fresh(ticket).taken == actions.recount(ticket)
    return Registration.objects.filter(ticket=ticket).holding_seats().count()


def placed(ticket: Ticket, user: User) -> Order:
    return actions.register(ticket=fresh(ticket), attendees=[me(user)], by=user)


def verified(user: User, email: str, *, verified: bool = True) -> User:
    EmailAddress.objects.create(user=user, email=email, verified=verified)
    return user


def test_beyond_the_limit_is_given_up_once_the_link_is_opened_and_told_by_mail(ticket):
    first = order_as(ticket)
    _client, first = opened(first)
    assert (first.status, standing(ticket)) == ("pending", 1)
    second = order_as(ticket, OWN.upper())
    assert standing(ticket) == 2
    client, second = opened(second)
    assert (second.status, standing(ticket)) == ("cancelled", 1)
    assert "넘으므로 취소했습니다" in client.get(second.get_absolute_url()).content.decode()
    assert Entry.objects.filter(verb="payments.cancel_order").count() == 1
    assert Client().get(link("limit_reached")).url == first.get_absolute_url()
    assert second.code in post_office.render(Message.objects.get(template="limit_reached"))[1]
    opened(second)  # once more changes nothing
    assert Message.objects.filter(template="limit_reached").count() == 1

    payments.cancel_order(first, by=first.user, reason="")
    _client, third = opened(order_as(ticket))
    assert third.status == "pending"


def test_whoever_types_an_address_learns_nothing_of_it_and_uses_nothing_up(cast, ticket):
    _client, mine = opened(order_as(ticket))
    told, left = [], []
    for email in (OWN, "nobody@example.test"):
        client = Client()
        before = standing(ticket)
        answer = client.post(URL, typed(ticket, email))
        page = client.get(answer.url).content.decode().replace(email, "")
        told.append((answer.status_code, answer.url, page))
        left.append(standing(ticket) - before)  # the page of the event shows how many are left
    assert told[0] == told[1]
    assert left == [1, 1]
    templates = Message.objects.exclude(user=mine.user).values_list("template", flat=True)
    assert list(templates) == ["guest_order"] * 2
    payments.cancel_order(mine, by=mine.user, reason="")
    _client, again = opened(order_as(ticket))  # a stranger's order, never opened, counts for nobody
    assert again.status == "pending"


def test_who_only_opens_a_link_as_scanners_of_mails_do_counts_and_gives_up_nothing(paid):
    owner = verified(factories.make_user(), OWN)
    strangers = order_as(paid)
    scanner = Client()
    page = scanner.get(address_of(strangers))
    assert (page.status_code, page["Referrer-Policy"]) == (200, "same-origin")
    assert scanner.get(strangers.get_absolute_url()).status_code == 302  # and holds no order
    assert Guest.objects.get().confirmed_at is None
    mine = placed(paid, owner)
    scanner.get(address_of(strangers))
    strangers.refresh_from_db()
    assert (strangers.status, mine.status) == ("pending", "pending")
    assert opened(strangers)[1].status == "cancelled"
    # From then on one click, as with any order.
    assert scanner.get(address_of(strangers)).url == strangers.get_absolute_url()


def test_a_guest_takes_what_is_free_and_pays_what_is_not(ticket):
    client, order = opened(order_as(ticket))
    method = "bank" if order.total else "free"
    assert client.post(f"/orders/{order.code}/pay/", {"method": method}).status_code == 303
    if order.total:
        pay(order)
    assert Registration.objects.get().is_ticket
    assert opened(order_as(ticket))[1].status == "cancelled"


def test_more_than_anybody_may_have_is_refused_as_it_is_typed(ticket):
    Ticket.objects.update(max_per_person=2)
    for count, code in ((3, 422), (2, 302)):
        rows = {f"name_{n}": f"동료 {n}" for n in range(1, count)}
        rows |= {f"email_{n}": f"{n}@example.test" for n in range(1, count)}
        answer = Client().post(URL, typed(ticket, rows=count) | rows)
        assert answer.status_code == code
    assert Guest.objects.count() == 1
    assert opened(Order.objects.get())[1].status == "pending"


def test_an_account_and_a_guest_of_its_verified_address_are_one_person(paid):
    owner = verified(factories.make_user(), OWN)
    order = placed(paid, owner)
    assert opened(order_as(paid))[1].status == "cancelled"
    told = Message.objects.get(template="limit_reached")
    assert order.get_absolute_url() in post_office.render(told)[1]
    payments.cancel_order(order, by=owner, reason="")
    _client, mine = opened(order_as(paid))
    with pytest.raises(Refused, match="1"):
        placed(paid, owner)
    actions.claim_order(mine, by=owner)
    with pytest.raises(Refused):
        placed(paid, owner)
    assert standing(paid) == 1


def test_an_address_that_nobody_proved_counts_on_neither_side(paid):
    boaster = verified(factories.make_user(), OWN, verified=False)
    placed(paid, boaster)
    assert opened(order_as(paid))[1].status == "pending"
    owner = verified(factories.make_user(), "other@example.test")
    order_as(paid, "other@example.test")
    assert placed(paid, owner).status == "pending"


def test_nobody_changes_into_a_ticket_beyond_its_limit(cast, paid):
    cheap = factories.make_ticket(paid.event, prices={None: 55_000})
    Client().post(URL, typed(cheap))
    place = Registration.objects.get()

    def change() -> None:
        row = Registration.objects.with_event().get(pk=place.pk)
        quote = quote_change(row, fresh(paid), clock.now())
        told = (quote.new_price, quote.back)
        actions.change_ticket(row, paid, quoted=told, by=row.line.order.user)

    with pytest.raises(Refused, match="메일"):
        change()
    Client().get(link())
    _client, other = opened(order_as(paid))
    with pytest.raises(Refused, match="1"):
        change()
    payments.cancel_order(other, by=other.user, reason="")
    change()
    assert standing(paid) == 1


def test_a_guest_asks_on_application_for_no_more_than_the_limit(cast, paid):
    Ticket.objects.update(needs_approval=True)
    mine = "/events/conference/requested/"
    for number in range(2):
        Client().post(URL, typed(paid))
        client = Client()
        client.get(link_to("request_guest", "tickets/requests"))
        client.post(f"{mine}confirm/")
        asked = paid.event.place_requests.latest("pk")
        if number == 0:
            actions.approve_request(asked, by=cast.officer)
    assert asked.status == "unproven"
    assert "1" in client.get(mine).content.decode()
    assert standing(paid) == 1


# --- waiting ---


def test_a_guest_waits_for_no_more_than_the_limit(cast):
    event = factories.make_event("full", branch=cast.busan)
    paid = factories.make_ticket(event, capacity=1, prices={None: 55_000}, max_per_person=1)
    url = "/events/full/waiting/"
    buy(paid, factories.make_user())
    for _time in range(2):
        answer = Client().post(f"{url}guest/", typed(paid))
        assert answer.url == "/events/full/register/guest/sent/"
    first = Client()
    first.get(link_to("waiting_guest", "tickets/waiting"))
    first.post(f"{url}confirm/")
    more_seats(paid)
    actions.serve_lists()
    assert Order.objects.get(user__is_guest=True).status == "pending"
    entry = WaitlistEntry.objects.unproven().get()
    actions.guests.guests.confirm(entry.user.guest)
    with pytest.raises(Refused, match="1"):
        actions.prove(entry, by=entry.user)


def test_nobody_is_offered_beyond_the_limit(cast):
    event = factories.make_event("full", branch=cast.busan)
    paid = factories.make_ticket(event, capacity=1, prices={None: 55_000}, max_per_person=1)
    buy(paid, factories.make_user())
    Client().post("/events/full/waiting/guest/", typed(paid))
    client = Client()
    client.get(link_to("waiting_guest", "tickets/waiting"))
    client.post("/events/full/waiting/confirm/")
    more_seats(paid)
    owner = verified(factories.make_user(), OWN)
    factories.make_place(fresh(paid), buyer=owner)
    Ticket.objects.filter(pk=paid.pk).update(taken=2, capacity=3)
    actions.serve_lists()
    assert not Order.objects.filter(user__is_guest=True).exists()


# --- at the door ---


@pytest.fixture
def at_door(cast) -> Ticket:
    event = factories.make_event("doors", branch=cast.busan, starts_at=NOON)
    return factories.make_ticket(event, capacity=9, prices={None: 30_000}, max_per_person=1)


def hold(ticket: Ticket, by: User, email: str = "", **who: object) -> DoorSale:
    return actions.hold_place(
        event=ticket.event, ticket=ticket.pk, who=WalkIn("나그네", email, **who), key=uuid4(),
        seller=Seller(by),
    )  # fmt: skip


def test_at_the_door_the_address_that_is_typed_counts(cast, at_door):
    with clock.standing_at(NOON + timedelta(hours=1)):
        with pytest.raises(Refused, match="이메일") as refused:
            hold(at_door, cast.doorkeeper)
        assert refused.value.field == "email"
        assert not Guest.objects.exists()
        hold(at_door, cast.doorkeeper, OWN)
        with pytest.raises(Refused, match="1"):
            hold(at_door, cast.doorkeeper, OWN.upper())
        hold(at_door, cast.doorkeeper, "other@example.test")
        hold(at_door, cast.doorkeeper, member=cast.regular)
        with pytest.raises(Refused):
            hold(at_door, cast.doorkeeper, "regular@example.test")
        assert standing(at_door) == 3


def test_the_desk_is_asked_for_an_address_at_its_field(cast, at_door, login):
    with clock.standing_at(NOON + timedelta(hours=1)):
        answer = login("doorkeeper").post(
            "/staff/checkin/doors/sell/",
            {
                "ticket": at_door.pk,
                "name": "나그네",
                "agrees": "on",
                "language": "ko",
                "key": str(uuid4()),
            },
        )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"email"}


# --- at once ---


def _two_orders() -> tuple[Ticket, list[Guest]]:
    ticket = factories.make_ticket(factories.make_event("rush"), capacity=9, max_per_person=1)
    for _n in range(2):
        actions.register_guest(
            ticket=fresh(ticket), attendees=[Attendee("나그네", OWN, is_buyer=True)],
            name="나그네", email=OWN, phone="", form_key=uuid4(), language="ko", ip=None,
        )  # fmt: skip
    return ticket, list(Guest.objects.select_related("user"))


@pytest.mark.django_db(transaction=True)
def test_of_two_orders_whose_links_are_opened_at_once_one_stays():
    ticket, guests = _two_orders()
    at_once(*[lambda each=each: payments.prove(each) for each in guests])
    assert standing(ticket) == 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_of_the_address_not_one_stays(monkeypatch):
    """Both look before either is done: on PostgreSQL neither sees the other, and both stay; on
    SQLite, without its transaction, each sees the other, and none does."""
    ticket, guests = _two_orders()
    meeting, counts = Barrier(2), limits._places_of

    def counts_together(*args) -> int:
        meeting.wait(30)
        found = counts(*args)
        meeting.wait(30)
        return found

    monkeypatch.setattr(limits, "_places_of", counts_together)
    monkeypatch.setattr(limits, "lock_addresses", lambda addresses: None)
    prove = payments.prove if connection.vendor == "postgresql" else payments.prove.__wrapped__
    at_once(*[lambda each=each: prove(each) for each in guests])
    assert standing(ticket) == (2 if connection.vendor == "postgresql" else 0)


@pytest.mark.django_db(transaction=True)
def test_an_account_that_buys_as_its_guests_link_is_opened_has_no_more():
    ticket, [guest, _other] = _two_orders()
    owner = verified(factories.make_user(), OWN)
    at_once(lambda: placed(ticket, owner), lambda: payments.prove(guest))
    counted = Registration.objects.filter(ticket=ticket, released_at=None)
    counted = counted.exclude(
        line__order__user__guest__confirmed_at=None, line__order__user__is_guest=True
    )
    assert counted.count() == 1


def _door() -> tuple[Ticket, User]:
    current_policy(Policy.Kind.PRIVACY)  # written once; else the first to agree makes others wait
    event = factories.make_event("doors", starts_at=clock.now() - timedelta(hours=1))
    ticket = factories.make_ticket(event, capacity=9, prices={None: 30_000}, max_per_person=1)
    return ticket, factories.make_user()


@pytest.mark.django_db(transaction=True)
def test_two_doors_sell_one_place_to_one_address_that_is_new_to_both():
    ticket, seller = _door()
    at_once(*[lambda: hold(ticket, seller, OWN)] * 4)
    assert standing(ticket) == 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_two_doors_sell_to_one_address(monkeypatch):
    ticket, seller = _door()
    looks, meeting = selling.refuse_beyond_limit, Barrier(2)

    def looks_and_meets(*args) -> None:
        looks(*args)
        meeting.wait(30)

    monkeypatch.setattr(selling, "refuse_beyond_limit", looks_and_meets)
    monkeypatch.setattr(limits, "lock_addresses", lambda addresses: None)
    if connection.vendor == "sqlite":  # the transaction itself keeps the two apart
        monkeypatch.setattr(selling, "lock_buyer", lambda by: None)
        monkeypatch.setattr(selling, "transaction", SimpleNamespace(atomic=nullcontext))
    at_once(*[lambda: hold(ticket, seller, OWN)] * 2)
    assert standing(ticket) == 2
