"""Add-ons: chosen for each attendee, lines of their own in the order, given back with the place."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from events import actions, numbers
from events.actions import Attendee, cancelling
from events.models import AddOn, Event, Extra, Registration, Ticket
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order, OrderLine, Refund
from kosna.verify import verify
from tests import factories
from tests.events.test_registering import pay
from tests.events.test_rushes import at_once
from tests.events.test_waiting import fresh

FRIEND = Attendee("박서준", "friend@example.test")


@pytest.fixture
def event(cast) -> Event:
    return factories.make_event("gala", branch=cast.busan)


@pytest.fixture
def ticket(event) -> Ticket:
    return factories.make_ticket(event)


@pytest.fixture
def dinner(event) -> AddOn:
    return factories.make_addon(event, name_ko="만찬", price=33_000, capacity=2)


@pytest.fixture
def parking(event) -> AddOn:
    return factories.make_addon(event, name_ko="주차", price=5_000, follows_ladder=False)


def me(user, *addons: AddOn) -> Attendee:
    return Attendee(user.name, user.email, is_buyer=True, extras=tuple(a.pk for a in addons))


def buy(ticket, user, *addons, others=()) -> Order:
    return actions.register(ticket=fresh(ticket), attendees=[me(user, *addons), *others], by=user)


def left(addon: AddOn) -> int | None:
    addon.refresh_from_db()
    return addon.left


def test_each_attendee_chooses_and_each_choice_is_a_line(cast, ticket, dinner, parking):
    friend = Attendee("박서준", "f@example.test", extras=(dinner.pk,))
    order = buy(ticket, cast.account, parking, dinner, others=[friend])
    lines = [(line.kind, line.amount, line.vat_class, line.vat) for line in order.lines.all()]
    assert lines == [
        ("ticket", 55_000, "exempt", 0),
        ("ticket", 55_000, "exempt", 0),
        ("addon", 33_000, "taxable", 3_000),
        ("addon", 5_000, "taxable", 455),
        ("addon", 33_000, "taxable", 3_000),
    ]
    assert order.total == 181_000
    has = {row.name: row.extra_names() for row in Registration.objects.all()}
    assert has == {"account": ["만찬", "주차"], "박서준": ["만찬"]}
    assert (left(dinner), left(parking)) == (0, None)
    assert not [line for line in order.lines.all() if "박서준" in line.title_ko]
    policies = {line.title_ko.split(" · ")[1]: line.refund_policy for line in order.lines.all()}
    assert policies["주차"] == []
    assert policies["만찬"] == ticket.event.refund_policy


def test_no_more_are_sold_than_there_are_and_then_no_seat_either(cast, ticket, dinner):
    buy(ticket, cast.account, dinner, others=[Attendee("박서준", extras=(dinner.pk,))])
    with pytest.raises(Refused, match="만찬"):
        buy(ticket, cast.regular, dinner)
    assert fresh(ticket).taken == 2
    assert Order.objects.count() == 1
    buy(ticket, cast.regular)


def test_what_is_not_sold_with_the_ticket_is_refused(cast, event, ticket, dinner, login):
    other = factories.make_ticket(event)
    dinner.tickets.add(other)
    elsewhere = factories.make_addon(factories.make_event(), price=0)
    shut = factories.make_addon(event, is_on_sale=False)
    for addon in (dinner, elsewhere, shut):
        with pytest.raises(Refused):
            buy(ticket, cast.account, addon)
    url = reverse("events:register", args=[event.slug])
    data = {"ticket": ticket.pk, "myself": "on", "extras_0": [elsewhere.pk]}
    assert login("account").post(url, data).status_code == 422
    assert not Order.objects.exists()
    buy(other, cast.account, dinner)


def test_a_free_place_with_a_paid_dinner_waits_for_its_payment(cast, event, dinner):
    ticket = factories.make_ticket(event, prices={None: 0})
    order = buy(ticket, cast.account, dinner)
    assert (order.status, order.total) == (Order.Status.PENDING, 33_000)
    pay(order)
    assert Registration.objects.get().status == Registration.Status.CONFIRMED


def test_an_unpaid_order_gives_its_add_ons_back_and_late_money_takes_them_again(
    cast, ticket, dinner
):
    order = buy(ticket, cast.account, dinner)
    ended = clock.now() - timedelta(minutes=1)
    Order.objects.update(expires_at=ended, release_at=ended)
    payments.expire_due()
    assert left(dinner) == 2
    pay(order)
    assert (order.status, left(dinner)) == (Order.Status.PAID, 1)


def test_late_money_for_a_dinner_that_is_gone_goes_to_review(cast, ticket, dinner):
    AddOn.objects.update(capacity=1)
    order = buy(ticket, cast.account, dinner)
    ended = clock.now() - timedelta(minutes=1)
    Order.objects.update(expires_at=ended, release_at=ended)
    payments.expire_due()
    buy(ticket, cast.regular, dinner)
    pay(order)
    assert order.status == Order.Status.REVIEW
    assert fresh(ticket).taken == 1


def test_a_place_brings_its_add_ons_back_by_the_ladder_or_not(cast, login, dinner, parking, event):
    Event.objects.filter(pk=event.pk).update(
        starts_at=clock.start_of(clock.today()) + timedelta(days=5),
        ends_at=clock.start_of(clock.today()) + timedelta(days=5, hours=8),
    )
    event.refresh_from_db()
    ticket = factories.make_ticket(event)
    order = buy(ticket, cast.account, dinner, parking, others=[FRIEND])
    pay(order)
    place = Registration.objects.get(user=cast.account)
    url = reverse("tickets:ticket-cancel", args=[place.secret])
    page = login("account").get(url)
    assert (page.context["back"], page.context["stays"]) == (44_000, 49_000)
    assert "만찬" in page.content.decode()
    old = login("account").post(url, {"confirm": "on", "quoted": 27_500})
    assert old.status_code == 422  # the place alone is not what comes back
    assert login("account").post(url, {"confirm": "on", "quoted": 44_000}).status_code == 302
    refunds = Refund.objects.order_by("pk").values_list("line__kind", "amount")
    assert list(refunds) == [("ticket", 27_500), ("addon", 16_500)]
    assert left(dinner) == 2
    assert not Extra.objects.standing().exists()
    place.refresh_from_db()
    with pytest.raises(Refused):
        actions.cancel_registration(registration=place, by=cast.account)


def test_several_places_are_given_up_with_what_hangs_on_them(cast, login, ticket, dinner):
    friend = Attendee("박서준", "f@example.test", extras=(dinner.pk,))
    order = buy(ticket, cast.account, dinner, others=[friend])
    pay(order)
    theirs = Registration.objects.get(name="박서준").line
    url = reverse("tickets:order-cancel", args=[order.code])
    names = login("account").get(reverse("tickets:order-places", args=[order.code]))
    assert names.content.decode().count(dinner.name) == 2
    page = login("account").get(url, {"line": theirs.pk})
    assert (page.context["back"], page.context["places"]) == (88_000, 1)
    data = {"line": theirs.pk, "quoted": 88_000, "confirm": "on"}
    assert login("account").post(url, data).status_code == 302
    assert left(dinner) == 1
    # An add-on is not given up by itself.
    mine = OrderLine.objects.filter(order=order, kind="addon").first()
    data = {"line": mine.pk, "quoted": 33_000, "confirm": "on"}
    assert login("account").post(url, data).status_code == 422


def test_a_refund_of_an_add_on_ends_it_and_leaves_the_place(cast, ticket, dinner):
    order = buy(ticket, cast.account, dinner)
    pay(order)
    line = order.lines.get(kind="addon")
    refund = payments.request_refund(
        order=order, line=line, amount=33_000, reason="알레르기", by=cast.treasurer
    )
    actions.on_refunded(refund)
    actions.on_refunded(refund)
    assert left(dinner) == 2
    assert fresh(ticket).taken == 1


# --- given out ---


def give_out(addon: AddOn, by) -> Extra:
    extra = Extra.objects.select_related("registration__event").get(addon=addon)
    event = extra.registration.event
    answer = actions.hand_out(extra.pk, event=event, uuid=uuid4(), at=clock.now(), by=by)
    assert answer.is_given
    return extra


def counts_hold() -> None:
    assert verify()["addons_match_their_attendees"] == []


def test_what_was_given_out_brings_nothing_back_and_is_sold_to_nobody_else(
    cast, login, event, ticket, dinner, parking
):
    kit = factories.make_addon(event, name_ko="자료집", price=30_000, capacity=1)
    order = buy(ticket, cast.account, dinner, kit)
    pay(order)
    give_out(kit, cast.doorkeeper)
    url = reverse("tickets:order-cancel", args=[order.code])
    line = order.lines.get(kind="ticket").pk
    page = login("account").get(url, {"line": line})
    assert [(q.back, q.stays) for q, _taken in page.context["quotes"]] == [
        (55_000, 0),
        (33_000, 0),
        (0, 30_000),
    ]
    assert "이미 내드린 상품이므로 금액이 환불되지 않습니다." in page.content.decode()
    treasurer = login("treasurer").get(reverse("payments_staff:refund-request", args=[order.code]))
    assert "이미 내드린 상품이므로 금액이 환불되지 않습니다." in treasurer.content.decode()
    data = {"line": line, "quoted": 88_000, "confirm": "on"}
    assert login("account").post(url, data).status_code == 302
    assert sorted(order.refunds.values_list("amount", flat=True)) == [33_000, 55_000]
    assert (left(dinner), left(kit)) == (2, 0)
    with pytest.raises(Refused, match="자료집"):
        buy(ticket, cast.regular, kit)
    sold = {str(row.label): (row.sold, row.given_up) for row in numbers.addon_lines(event)}
    assert sold == {"만찬": (0, 1), "자료집": (1, 0)}
    counts_hold()


def test_an_organiser_gives_its_money_back_and_it_is_not_there_again(cast, event, ticket, dinner):
    order = buy(ticket, cast.account, dinner)
    pay(order)
    extra = give_out(dinner, cast.doorkeeper)
    line = order.lines.get(kind="addon")
    refund = payments.request_refund(
        order=order, line=line, amount=33_000, reason="상한 음식", by=cast.treasurer
    )
    actions.on_refunded(refund)
    assert left(dinner) == 1
    assert Extra.objects.standing().get() == extra
    counts_hold()


def test_a_cancelled_event_pays_for_what_was_given_out(cast, event, ticket, dinner):
    friend = Attendee("박서준", "f@example.test")
    order = buy(ticket, cast.account, dinner, others=[friend])
    pay(order)
    give_out(dinner, cast.doorkeeper)
    actions.cancel_event(event=event, reason="태풍", by=cast.head_office)
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [33_000, 55_000, 55_000]
    assert left(dinner) == 1
    counts_hold()


def test_what_a_device_tells_of_too_late_changes_no_count(cast, event, ticket, dinner):
    order = buy(ticket, cast.account, dinner)
    pay(order)
    extra = Extra.objects.get()
    place = Registration.objects.with_event().get()
    actions.cancel_registration(registration=place, by=cast.account)
    actions.hand_out(
        extra.pk, event=event, uuid=uuid4(), at=clock.now(), by=cast.doorkeeper, told=True
    )
    assert extra.hand_outs.count() == 1
    assert left(dinner) == 2
    counts_hold()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_one_given_out_and_given_up_at_once_goes_one_way(_round):
    dinner, place, door = _sold_dinner()
    given, back = at_once(*_both(place, door))
    assert given.is_given != (back == 88_000)
    assert left(dinner) == (0 if given.is_given else 1)
    counts_hold()


@pytest.mark.django_db(transaction=True)
def test_twin_giving_up_what_was_read_before_pays_for_what_was_given(monkeypatch):
    dinner, place, door = _sold_dinner()
    give, give_up = _both(place, door)
    quotes = cancelling.quote(place.line.order)
    monkeypatch.setattr(cancelling, "quote", lambda _order: quotes)
    assert give().is_given
    assert give_up() == 88_000
    assert left(dinner) == 0


def _sold_dinner():
    event = factories.make_event("gala")
    dinner = factories.make_addon(event, name_ko="만찬", price=33_000, capacity=1)
    buyer = factories.make_user()
    pay(buy(factories.make_ticket(event), buyer, dinner))
    return dinner, Registration.objects.with_event().get(), factories.make_user("접수요원")


def _both(place, door):
    extra, buyer = place.extras.get().pk, place.user
    return (
        lambda: actions.hand_out(extra, event=place.event, uuid=uuid4(), at=clock.now(), by=door),
        lambda: actions.cancel_registration(registration=place, by=buyer),
    )


def test_a_cancelled_event_gives_all_of_it_back(cast, event, ticket, dinner, parking):
    pay(buy(ticket, cast.account, dinner, parking))
    actions.cancel_event(event=event, reason="태풍", by=cast.head_office)
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [5_000, 33_000, 55_000]
    assert left(dinner) == 2


def test_the_ticket_and_the_door_say_what_one_has(cast, event, ticket, dinner, login):
    pay(buy(ticket, cast.account, dinner))
    place = Registration.objects.get()
    page = login("account").get(reverse("tickets:ticket", args=[place.secret]))
    assert "만찬" in page.content.decode()
    door = reverse("events_staff:check-in", args=[event.slug])
    assert (
        "만찬"
        in login("officer").post(door, {"code": place.code, "is_early": "on"}).content.decode()
    )


def test_the_list_as_a_file_says_who_has_what(cast, ticket, dinner, parking, login):
    buy(ticket, cast.account, dinner, parking)
    buy(ticket, cast.regular)
    url = reverse("events_staff:export", args=["gala"])
    answer = login("officer").post(url, {"reason": "만찬 좌석표"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    [_head, first, second] = text.strip().splitlines()
    assert "만찬, 주차" in first and "만찬" not in second


def test_the_form_keeps_what_was_chosen_and_says_what_is_gone(cast, event, ticket, dinner, login):
    url = reverse("events:register", args=[event.slug])
    client = login("account")
    data = {"ticket": ticket.pk, "myself": "on", "extras_0": [dinner.pk], "people": "2"}
    page = client.post(url, data).content.decode()
    assert f'name="extras_0" value="{dinner.pk}"' in page
    assert page.count("checked") >= 2
    assert 'name="extras_1"' in page
    del data["people"]
    assert client.post(url, data).status_code == 302
    assert Extra.objects.get().addon == dinner
    AddOn.objects.update(taken=1, capacity=1)
    late = login("regular")
    assert "만찬 · 33,000원 · 매진" in late.get(url).content.decode()
    answer = late.post(url, data)  # from a page that is older
    assert (answer.status_code, Registration.objects.count()) == (422, 1)
    assert "만찬" in str(answer.context["form"].errors)


def test_the_desk_writes_add_ons_and_loses_none_that_is_sold(cast, event, ticket, login):
    url = reverse("events_staff:addons", args=[event.slug])
    row = {"name_ko": "교재", "price": 10_000, "vat_class": "exempt", "is_on_sale": "on", "sort": 0}

    def form(initial=0, **changes) -> dict:
        head = {"addons-TOTAL_FORMS": 1, "addons-INITIAL_FORMS": initial}
        return head | {f"addons-0-{name}": value for name, value in (row | changes).items()}

    office = login("officer")
    assert office.post(url, form(tickets=[ticket.pk])).status_code == 302
    addon = AddOn.objects.get()
    buy(ticket, cast.account, addon)
    few = office.post(url, form(1, id=addon.pk, capacity=0))
    assert few.status_code == 200
    assert "capacity" in str(few.context["formsets"][0][1].errors)
    assert office.post(url, form(1, id=addon.pk, DELETE="on")).status_code == 422
    assert office.post(url, form(1, id=addon.pk, capacity=9, price=1)).status_code == 302
    addon.refresh_from_db()
    assert (addon.taken, addon.capacity, addon.price) == (1, 9, 1)
    assert Order.objects.get().lines.get(kind="addon").amount == 10_000


def test_of_a_hidden_ticket_nothing_is_told_until_its_voucher_shows_it(
    cast, event, ticket, dinner, parking, login
):
    hidden = factories.make_ticket(event, name_ko="초청석", is_hidden=True)
    lounge = factories.make_addon(event, name_ko="라운지")
    lounge.tickets.add(hidden)
    parking.tickets.add(ticket, hidden)
    factories.make_voucher(event, code="GUEST-1", ticket=hidden, shows_hidden=True)
    client, url = login("account"), reverse("events:register", args=[event.slug])
    page = client.get(url).content.decode()
    assert "만찬" in page and "주차" in page
    assert "초청석" not in page and "라운지" not in page
    data = {"ticket": ticket.pk, "myself": "on", "extras_0": [lounge.pk]}
    assert client.post(url, data).status_code == 422
    shown = client.get(url, {"voucher": "GUEST-1"}).content.decode()
    assert "초청석" in shown and "라운지" in shown
    data |= {"ticket": hidden.pk, "voucher": "GUEST-1"}
    assert client.post(url, data).status_code == 302
