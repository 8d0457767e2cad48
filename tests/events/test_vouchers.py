"""Vouchers: what a code changes, what it keeps, how often, and what it never opens."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from events import actions
from events.actions import Attendee, VoucherTerms
from events.models import Event, Quota, Registration, Ticket, Voucher, WaitingPlace
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order
from kosna.verify import verify
from tests import factories
from tests.events.test_registering import pay
from tests.events.test_waiting import fresh, me, wait
from tests.members.test_desk import queries_of

FRIENDS = [Attendee(f"동료{n}", f"friend{n}@example.test") for n in range(6)]
make = factories.make_voucher


@pytest.fixture
def event(cast) -> Event:
    return factories.make_event("gala", branch=cast.busan)


@pytest.fixture
def ticket(cast, event) -> Ticket:
    return factories.make_ticket(event, prices={None: 55_000, cast.regular_tier: 33_000})


def buy(ticket, user, voucher=None, count=1) -> Order:
    return actions.register(
        ticket=fresh(ticket), attendees=FRIENDS[:count], by=user, voucher=voucher
    )


def used(voucher: Voucher) -> int:
    voucher.refresh_from_db()
    return voucher.used


def expire(order: Order) -> None:
    ended = clock.now() - timedelta(minutes=1)
    Order.objects.filter(pk=order.pk).update(expires_at=ended, release_at=ended)
    payments.expire_due()


# --- what is paid ---


@pytest.mark.parametrize(
    ("effect", "value", "price"),
    [("none", 0, 55_000), ("percent", 15, 46_750), ("percent", 100, 0), ("off", 5_000, 50_000),
     ("off", 60_000, 0), ("price", 20_000, 20_000), ("price", 90_000, 55_000)],
)  # fmt: skip
def test_a_code_changes_the_price_and_never_upwards(cast, event, ticket, effect, value, price):
    voucher = make(event, effect=effect, value=value)
    order = buy(ticket, cast.account, voucher)
    line = order.lines.get()
    assert (line.amount, line.list_price) == (price, 55_000)
    use = voucher.uses.get()
    assert (use.price_before, use.registration.line, used(voucher)) == (55_000, line, 1)


def test_the_price_is_frozen_when_the_voucher_ends(cast, event, ticket):
    voucher = make(event, effect="percent", value=50)
    order = actions.register(
        ticket=fresh(ticket), attendees=[me(cast.regular)], by=cast.regular, voucher=voucher
    )
    assert order.total == 16_500  # of the member's own price
    actions.withdraw_voucher(voucher, by=cast.officer)
    pay(order)
    assert Registration.objects.get().status == Registration.Status.CONFIRMED


# --- how often, until when, for what ---


def test_a_code_is_good_for_so_many_places(cast, event, ticket):
    voucher = make(event, max_uses=3)
    buy(ticket, cast.account, voucher, 2)
    with pytest.raises(Refused, match="1"):
        buy(ticket, cast.applicant, voucher, 2)
    buy(ticket, cast.applicant, voucher)
    with pytest.raises(Refused):
        buy(ticket, cast.associate, voucher)
    assert used(voucher) == 3
    assert fresh(ticket).taken == 3


def test_a_code_ends_on_its_instant(cast, event, ticket, settings, tmp_path):
    until = clock.now() + timedelta(hours=1)
    voucher = make(event, max_uses=2, valid_until=until)
    settings.KOSNA_CLOCK = str(tmp_path / "clock")
    (tmp_path / "clock").write_text((until - timedelta(seconds=1)).isoformat())
    buy(ticket, cast.account, voucher)
    (tmp_path / "clock").write_text(until.isoformat())
    with pytest.raises(Refused):
        buy(ticket, cast.applicant, voucher)
    assert used(voucher) == 1


def test_a_code_is_for_its_ticket_and_its_event(cast, event, ticket):
    other = factories.make_ticket(event)
    elsewhere = factories.make_ticket(factories.make_event())
    voucher = make(event, ticket=other, effect="price", value=0)
    for wrong in (ticket, elsewhere):
        with pytest.raises(Refused):
            buy(wrong, cast.account, voucher)
    assert used(voucher) == 0
    buy(other, cast.account, voucher)


def test_a_use_comes_back_when_the_order_ends_unpaid_and_never_after_it_was_paid(
    cast, event, ticket
):
    voucher = make(event, max_uses=1)
    first = buy(ticket, cast.account, voucher)
    expire(first)
    assert used(voucher) == 0
    second = buy(ticket, cast.applicant, voucher)
    payments.cancel_order(second, by=cast.applicant, reason="")
    assert used(voucher) == 0
    pay(buy(ticket, cast.associate, voucher))
    place = Registration.objects.confirmed().with_event().get()
    actions.cancel_registration(registration=place, by=cast.associate)
    assert used(voucher) == 1
    assert verify()["vouchers_match_their_uses"] == []


def test_late_money_uses_the_code_once_more_or_not_at_all(cast, event, ticket):
    voucher = make(event, max_uses=1, effect="price", value=10_000)
    late = buy(ticket, cast.account, voucher)
    expire(late)
    pay(late)
    assert (late.status, used(voucher)) == (Order.Status.PAID, 1)
    other = make(event, max_uses=1, effect="price", value=10_000)
    late = buy(ticket, cast.applicant, other)
    expire(late)
    buy(ticket, cast.associate, other)
    pay(late)
    assert (late.status, used(other)) == (Order.Status.REVIEW, 1)


# --- hidden tickets, kept seats ---


def test_a_hidden_ticket_shows_itself_to_its_voucher(cast, event, ticket, login):
    hidden = factories.make_ticket(event, name_ko="초청석", is_hidden=True, prices={None: 0})
    make(event, code="PLAIN-1", ticket=hidden)  # shows nothing
    make(event, code="GUEST-1", ticket=hidden, shows_hidden=True)
    url = reverse("events:register", args=[event.slug])
    client = login("account")
    assert "초청석" not in client.get(url).content.decode()
    assert "초청석" in client.get(url, {"voucher": "guest-1"}).content.decode()
    data = {"ticket": hidden.pk, "myself": "on"}
    assert client.post(url, data).status_code == 422
    assert client.post(url, data | {"voucher": "PLAIN-1"}).status_code == 422
    assert not Order.objects.exists()
    assert client.post(url, data | {"voucher": " guest-1 "}).status_code == 302
    assert Registration.objects.get().ticket == hidden


def test_kept_seats_are_off_the_sale_until_used_or_over(cast, event, ticket):
    Ticket.objects.update(capacity=3)
    quota = factories.make_quota(event, ticket, capacity=3)
    soon = clock.now() + timedelta(hours=1)
    voucher = make(event, ticket=ticket, max_uses=2, reserves_seats=True, valid_until=soon)
    assert fresh(ticket).blocked == 2
    buy(ticket, cast.applicant)
    with pytest.raises(Refused):
        buy(ticket, cast.associate)
    buy(ticket, cast.account, voucher)
    Voucher.objects.update(valid_until=clock.now())
    assert actions.end_vouchers() == 1
    assert actions.end_vouchers() == 0
    assert (fresh(ticket).taken, fresh(ticket).blocked) == (2, 0)
    buy(ticket, cast.associate)
    quota.refresh_from_db()
    assert (quota.taken, quota.blocked) == (3, 0)


def test_a_kept_seat_whose_order_ends_unpaid_is_kept_again_or_sold_once_it_is_over(
    cast, event, ticket
):
    quota = factories.make_quota(event, ticket, capacity=1)
    voucher = make(event, ticket=ticket, reserves_seats=True)
    expire(buy(ticket, cast.account, voucher))
    quota.refresh_from_db()
    assert (quota.taken, quota.blocked, fresh(ticket).blocked) == (0, 1, 1)
    late = buy(ticket, cast.account, voucher)
    actions.withdraw_voucher(voucher, by=cast.officer)
    with pytest.raises(Refused):
        actions.withdraw_voucher(voucher, by=cast.officer)
    expire(late)
    quota.refresh_from_db()
    assert (quota.taken, quota.blocked, fresh(ticket).blocked) == (0, 0, 0)
    buy(ticket, cast.associate)


def test_a_kept_seat_passes_those_who_wait(cast, event, ticket):
    Ticket.objects.update(capacity=1)
    voucher = make(event, ticket=ticket, reserves_seats=True)
    wait(ticket, cast.applicant)
    assert actions.serve_lists() == 0
    buy(ticket, cast.account, voucher)
    assert not WaitingPlace.objects.offered().exists()


def test_no_seat_is_kept_that_is_sold_or_waited_for(cast, event, ticket):
    Ticket.objects.update(capacity=1)
    terms = VoucherTerms("귀빈", ticket=ticket, reserves_seats=True)
    order = buy(ticket, cast.account)
    with pytest.raises(Refused):
        actions.make_vouchers(event, terms, by=cast.officer)
    wait(ticket, cast.applicant)
    payments.cancel_order(order, by=cast.account, reason="")
    with pytest.raises(Refused):
        actions.make_vouchers(event, terms, by=cast.officer)
    assert not Voucher.objects.exists()


def test_no_voucher_opens_anything_before_its_time(cast, event, login):
    now = clock.now()
    event.clock = factories.make_clock(
        {cast.regular_tier: now - timedelta(days=1), None: now + timedelta(days=1)}
    )
    event.save()
    hidden = factories.make_ticket(event, is_hidden=True, prices={None: 0})
    members = factories.make_ticket(event, prices={cast.regular_tier: 0}, is_hidden=True)
    for ticket in (hidden, members):
        voucher = make(event, ticket=ticket, shows_hidden=True, reserves_seats=True)
        with pytest.raises(Refused):
            buy(ticket, cast.account, voucher)
        url = reverse("events:register", args=[event.slug])
        data = {"ticket": ticket.pk, "myself": "on", "voucher": voucher.code}
        assert login("account").post(url, data).status_code == 422
        assert used(voucher) == 0
        assert login("regular").post(url, data).status_code == 302
        Registration.objects.update(user=None)
    assert Order.objects.count() == 2


# --- the page ---


def test_the_page_keeps_what_was_typed_when_a_code_is_applied(cast, event, ticket, login):
    voucher = make(event, effect="percent", value=100, max_uses=5)
    url = reverse("events:register", args=[event.slug])
    data = {"ticket": ticket.pk, "rows": 2, "name_1": "박서준", "voucher": voucher.code.lower()}
    page = login("account").post(url, data | {"apply": "1"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "박서준" in text
    assert "55,000" in text
    assert voucher.code in text
    assert not Order.objects.exists()
    page = login("account").post(url, data | {"apply": "1", "voucher": "NOSUCHCODE"})
    assert page.status_code == 422
    assert "박서준" in page.content.decode()
    page = login("account").post(url, data | {"voucher": "NOSUCHCODE", "email_1": "a@x.test"})
    assert page.status_code == 422
    assert not Order.objects.exists()


def test_guessing_ends_after_ten_codes(event, ticket, login):
    voucher = make(event)
    url = reverse("events:register", args=[event.slug])
    client = login("account")
    for n in range(10):
        assert client.get(url, {"voucher": f"GUESS-{n}"}).status_code == 422
    page = client.get(url, {"voucher": voucher.code})
    assert page.context["entry"].voucher is None
    assert login("applicant").get(url, {"voucher": voucher.code}).context["entry"].voucher
    cache.clear()
    assert client.get(url, {"voucher": voucher.code}).context["entry"].voucher == voucher
    assert client.get(url, {"voucher": "' OR 1=1; --"}).status_code == 422


def test_an_event_of_hidden_tickets_takes_codes(event, login):
    hidden = factories.make_ticket(event, is_hidden=True)
    voucher = make(event, ticket=hidden, shows_hidden=True)
    url = reverse("events:register", args=[event.slug])
    client = login("account")
    assert 'name="voucher"' in client.get(url).content.decode()
    assert f'value="{hidden.pk}"' in client.get(url, {"voucher": voucher.code}).content.decode()


# --- at the desk ---


def test_a_batch_is_made_seen_and_exported_with_a_reason(cast, event, ticket, login):
    office = login("officer")
    new = reverse("events_staff:voucher-new", args=[event.slug])
    data = {"purpose": "후원사", "count": 3, "max_uses": 2, "effect": "percent", "value": 50}
    assert office.post(new, data).status_code == 302
    vouchers = list(Voucher.objects.all())
    assert len({voucher.code for voucher in vouchers}) == 3
    assert {len(voucher.code) for voucher in vouchers} == {12}
    buy(ticket, cast.regular, vouchers[0])
    listed = office.get(reverse("events_staff:vouchers", args=[event.slug]))
    assert "동료0" in listed.content.decode()
    one = office.get(reverse("events_staff:voucher", args=[event.slug, vouchers[0].pk]))
    assert Order.objects.get().code in one.content.decode()
    export = reverse("events_staff:voucher-export", args=[event.slug])
    assert office.post(export).status_code == 303
    answer = office.post(f"{export}?q=후원", {"reason": "후원사 발송"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 4
    assert all(voucher.code in "".join(lines) for voucher in vouchers)
    assert Entry.objects.get(verb="events.export_vouchers").reason == "후원사 발송"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"effect": "percent", "value": 101}, "value"), ({"effect": "off", "value": ""}, "value"),
     ({"reserves_seats": "on"}, "ticket"), ({"code": "ABC"}, "code"),
     ({"code": "ABCDEF", "count": 2}, "count"), ({"max_uses": 0}, "max_uses"),
     ({"valid_until": "2020-01-01T00:00"}, "valid_until"), ({"count": 1001}, "count")],
)  # fmt: skip
def test_what_makes_no_sense_is_said_at_its_field(event, ticket, login, change, field):
    data = {"purpose": "초청", "count": 1, "max_uses": 1, "effect": "none"} | change
    page = login("officer").post(reverse("events_staff:voucher-new", args=[event.slug]), data)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not Voucher.objects.exists()


def test_two_codes_alike_are_refused_and_case_does_not_matter(cast, event, login):
    make(event, code="SPRING-26")
    make(factories.make_event(), code="SPRING-26")
    with pytest.raises(Refused):
        make(event, code="spring-26")
    assert Quota.objects.count() == 0


def test_the_lists_take_constant_statements(cast, event, ticket, login):
    office = login("officer")
    url = reverse("events_staff:vouchers", args=[event.slug])
    Ticket.objects.update(capacity=50)

    def one_more() -> Voucher:
        voucher = make(event, max_uses=5, ticket=ticket)
        buy(ticket, factories.make_user(), voucher, 2)
        return voucher

    one_more()
    one = queries_of(office, url)
    one_more()
    last = one_more()
    assert queries_of(office, url) == one
    page = reverse("events_staff:voucher", args=[event.slug, last.pk])
    few = queries_of(office, page)
    buy(ticket, factories.make_user(), last, 3)
    assert queries_of(office, page) == few
