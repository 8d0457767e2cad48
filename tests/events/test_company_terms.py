"""A company's people come on the terms of its membership, whatever else those are who order."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from events import actions, certificates, numbers
from events.actions import Attendee
from events.changes import choices_for
from events.models import AddOn, BoothBooking, CheckIn, Event, Registration, Ticket
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.core.templatetags.ui import kdatetime
from kosna.payments.models import Order
from members.models import Member, Right, Seat, Tier
from tests import factories
from tests.events.test_registering import pay

FRIEND = Attendee("박서준", "friend@example.test")


def text_of(page) -> str:
    """What stands in it, as it is read."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def me(user: User) -> Attendee:
    return Attendee(user.name, user.email, is_buyer=True)


def company_of(tier: Tier, name: str, branch, **fields) -> Member:
    fields = {"paid_until": date(clock.today().year, 12, 31), **fields}
    organisation = factories.make_organisation(name)
    return factories.make_member(organisation=organisation, tier=tier, branch=branch, **fields)


@pytest.fixture
def city(cast) -> Member:
    """It has the member's price and no priority; its contact is a member too, who has both."""
    special = factories.make_tier("special", holder="organisation", rights=(Right.MEMBER_PRICE,))
    city = company_of(special, "누리시청", cast.hq)
    factories.make_seat(city, cast.regular, Seat.Role.CONTACT)
    return city


@pytest.fixture
def opens_at() -> datetime:
    return clock.now().replace(microsecond=0) + timedelta(days=5)


@pytest.fixture
def ticket(cast, city, opens_at) -> Ticket:
    opening = factories.make_clock(
        {cast.regular_tier: clock.now() - timedelta(days=1), None: opens_at}
    )
    return factories.make_ticket(
        factories.make_event("conf", branch=cast.busan, clock=opening),
        prices={None: 55_000, cast.regular_tier: 20_000, city.tier: 44_000},
        capacity=100,
        max_per_order=50,
    )


def order_of(ticket: Ticket, by: User, *attendees: Attendee) -> Order:
    return actions.register(
        ticket=Ticket.objects.select_related("event__branch", "event__clock").get(pk=ticket.pk),
        attendees=attendees,
        by=User.objects.get(pk=by.pk),
    )


# --- time and price ---


def test_a_contacts_own_membership_gives_colleagues_neither_time_nor_price(
    cast, ticket, opens_at, login, monkeypatch
):
    client, url = login("regular"), reverse("events:register-list", args=["conf"])

    def paste():
        people = "\n".join(f"직원{n}, s{n}@nuri.example.test, 홍보과" for n in range(20))
        return client.post(url, {"ticket": ticket.pk, "people": people, "form_key": uuid4()})

    refused = paste()
    assert refused.status_code == 422
    assert "직원0 님은" in refused.context["form"].errors["__all__"][0]  # waits until then
    page = client.get(reverse("events:register", args=["conf"]))
    assert page.context["companions_from"] == opens_at
    assert order_of(ticket, cast.regular, me(cast.regular)).total == 20_000  # their own place

    monkeypatch.setattr(clock, "now", lambda: opens_at)
    page = client.get(reverse("events:register", args=["conf"])).content.decode()
    assert "소속 법인회원의 조건으로" in page
    assert paste().status_code == 302
    order = Order.objects.latest("pk")
    assert {line.amount for line in order.lines.all()} == {44_000}
    assert order.total == 20 * 44_000


def test_a_place_at_a_companys_price_goes_to_colleagues_and_one_at_ones_own_does_not(
    cast, ticket, opens_at, monkeypatch
):
    monkeypatch.setattr(clock, "now", lambda: opens_at)
    order = order_of(ticket, cast.regular, me(cast.regular), FRIEND)
    own, theirs = Registration.objects.filter(line__order=order).order_by("pk")
    assert [own.line.amount, theirs.line.amount] == [20_000, 44_000]
    pay(order)
    new = Attendee("새사람", "new@example.test")
    actions.hand_over(theirs, new, by=cast.regular)
    with pytest.raises(Refused):
        actions.hand_over(own, new, by=cast.regular)


def test_a_colleagues_place_is_changed_at_the_companys_price(
    cast, city, ticket, opens_at, monkeypatch
):
    monkeypatch.setattr(clock, "now", lambda: opens_at)
    factories.make_ticket(
        Event.objects.get(), prices={None: 90_000, cast.regular_tier: 30_000, city.tier: 70_000}
    )
    order = order_of(ticket, cast.regular, FRIEND)
    place = Registration.objects.with_event().get(line__order=order)
    [quote] = choices_for(place, clock.now())
    assert (quote.old_price, quote.new_price) == (44_000, 70_000)


def test_the_list_and_the_form_show_what_colleagues_pay_and_ones_own_price_beside(
    cast, ticket, opens_at, login, monkeypatch
):
    monkeypatch.setattr(clock, "now", lambda: opens_at)
    client, url = login("regular"), reverse("events:register-list", args=["conf"])
    people = {"ticket": ticket.pk, "people": f"직원, s@nuri.example.test\n나, {cast.regular.email}"}
    for page in (client.get(url), client.post(url, people | {"check": "1"})):
        ((offer, mine),) = page.context["offers"]
        assert (offer.price, mine.price) == (44_000, 20_000)
        assert ["44,000원 ·" in text_of(page), "본인 자리: 20,000원" in text_of(page)] == [True] * 2
    page = client.get(reverse("events:register", args=["conf"]) + "?people=3")
    ((offer, theirs),) = page.context["offers"]
    assert (offer.price, theirs.price) == (20_000, 44_000)
    assert "동료 1명당 44,000원" in text_of(page)
    client.post(url, people)
    assert Order.objects.get().total == 64_000


def test_the_list_is_closed_until_the_time_of_colleagues_has_come(
    cast, ticket, opens_at, login, monkeypatch
):
    client, url = login("regular"), reverse("events:register-list", args=["conf"])
    page = client.get(url)
    assert page.context["companions_from"] == opens_at
    assert kdatetime(opens_at) in text_of(page)
    assert ["<textarea" in page.content.decode(), "20,000" in text_of(page)] == [False, False]
    monkeypatch.setattr(clock, "now", lambda: opens_at)
    page = client.get(url)
    assert page.context["companions_from"] is None
    assert "<textarea" in page.content.decode()


def test_the_list_says_of_a_members_ticket_that_each_registers_alone(cast, login):
    event = factories.make_event("conf")
    factories.make_ticket(event, prices={cast.regular_tier: 20_000})
    page = login("regular").get(reverse("events:register-list", args=["conf"]))
    assert "이 참가권은 회원 본인만" in text_of(page)
    assert "<textarea" not in page.content.decode()
    event = factories.make_event("talk")
    factories.make_ticket(event, prices={None: 10_000})
    factories.make_ticket(event, prices={cast.regular_tier: 20_000})
    page = login("regular").get(reverse("events:register-list", args=["talk"]))
    assert "회원 본인만 등록할 수 있습니다" in text_of(page)
    assert "<textarea" in page.content.decode()


def test_whose_colleagues_pay_the_same_reads_one_price(cast, login):
    factories.make_ticket(factories.make_event("talk"), prices={None: 55_000})
    for url in ("/events/talk/register/?people=2", "/events/talk/register/list/"):
        page = login("account").get(url)
        assert [beside for _offer, beside in page.context["offers"]] == [None]


# --- on which membership ---


def lines_of(order: Order) -> list[tuple[int, str]]:
    return list(order.lines.order_by("pk").values_list("amount", "tier"))


def test_each_line_names_the_membership_that_it_is_on(cast, ticket, opens_at, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: opens_at)
    dinner = AddOn.objects.create(event=Event.objects.get(), name_ko="만찬", price=9_000)
    friend = replace(FRIEND, extras=(dinner.pk,))
    order = order_of(ticket, cast.regular, me(cast.regular), friend, replace(friend, name="동료"))
    assert lines_of(order) == [
        (20_000, "regular"), (44_000, "special"), (44_000, "special"),
        (9_000, "special"), (9_000, "special"),
    ]  # fmt: skip


def test_a_members_companion_is_on_no_membership(cast):
    event = factories.make_event("talk")
    ticket = factories.make_ticket(event, prices={None: 55_000, cast.regular_tier: 33_000})
    order = order_of(ticket, cast.regular, me(cast.regular), FRIEND)
    assert lines_of(order) == [(33_000, "regular"), (55_000, "")]


def test_a_seat_taken_at_the_companys_price_is_the_companys(cast, city):
    event = factories.make_event("talk")
    prices = {None: 55_000, cast.regular_tier: 40_000, city.tier: 33_000}
    ticket = factories.make_ticket(event, prices=prices)
    assert lines_of(order_of(ticket, cast.regular, me(cast.regular))) == [(33_000, "special")]


def test_a_company_in_arrears_pays_as_everyone_and_its_people_are_still_its_own(cast):
    late = company_of(cast.company_tier, "㈜늦은회사", cast.hq, paid_until=date(2020, 12, 31))
    person = factories.make_user("담당")
    factories.make_seat(late, person, Seat.Role.CONTACT)
    ticket = factories.make_ticket(factories.make_event("talk"))
    order = order_of(ticket, person, me(person), FRIEND)
    assert lines_of(order) == [(55_000, "company")] * 2
    assert set(order.lines.values_list("standing", flat=True)) == {"arrears"}


def test_colleagues_at_the_companys_price_are_in_its_numbers_and_certificates(cast, city, login):
    event = factories.make_event("seminar", branch=cast.busan)
    prices = {None: 55_000, cast.regular_tier: 40_000, city.tier: 33_000}
    ticket = factories.make_ticket(event, prices=prices)
    order = order_of(ticket, cast.regular, FRIEND, replace(FRIEND, name="김하늘"))
    pay(order)
    for place in Registration.objects.all():
        CheckIn.objects.create(registration=place, by=cast.officer)
    Event.objects.update(starts_at=clock.now() - timedelta(days=2))
    by_tier = numbers.tables(event)[1]
    assert [(line.query, line.sold) for line in by_tier.lines] == [("tier=special", 2)]
    [attended] = certificates.events_of(city)
    assert (attended.event, attended.people) == (event, 2)
    url = reverse("me:company-certificates", args=[city.pk, "seminar"])
    assert login("regular").post(url).status_code == 302


# --- certificates stay with the company that took the places ---


def leave(member: Member, user: User, *, to: Member, by: User) -> None:
    """Their seat ends now, and they get a plain one elsewhere."""
    seats = Seat.objects.filter(member=member, user=user)
    seats.update(ended_at=clock.now(), ended_by=by, valid_to=clock.today())
    Seat.objects.create(member=to, user=user, valid_from=clock.today())


def people_of(*members: Member) -> list[int]:
    return [sum(row.people for row in certificates.events_of(member)) for member in members]


@pytest.fixture
def movers(cast):
    """A seminar; somebody who runs a company, and another company of the same tier."""
    event = factories.make_event("seminar", starts_at=clock.now() + timedelta(days=1))
    ticket = factories.make_ticket(event, prices={None: 0, cast.company_tier: 0})
    mover = factories.make_user("옮긴이")
    factories.make_seat(cast.company, mover, Seat.Role.CONTACT)
    return ticket, mover, company_of(cast.company_tier, "㈜둘째회사", cast.hq)


def all_came(cast) -> None:
    for place in Registration.objects.filter(check_in=None):
        CheckIn.objects.create(registration=place, by=cast.officer)
    Event.objects.update(starts_at=clock.now() - timedelta(days=2))


def test_a_companys_certificates_stay_its_own_when_its_contact_leaves(cast, movers, login):
    ticket, mover, other = movers
    boss = cast.account
    factories.make_seat(other, boss, Seat.Role.REPRESENTATIVE)
    order_of(ticket, mover, FRIEND, replace(FRIEND, name="김하늘"))
    all_came(cast)
    assert people_of(cast.company, other) == [2, 0]
    leave(cast.company, mover, to=other, by=cast.company_rep)
    assert people_of(cast.company, other) == [2, 0]

    url = reverse("me:company-certificates", args=[other.pk, "seminar"])
    assert login("account").get(reverse("me:certificates")).context["companies"] == [(other, [])]
    login("account").post(url)
    assert not Batch.objects.exists()
    ours = reverse("me:company-certificates", args=[cast.company.pk, "seminar"])
    assert login("company_rep").post(ours).status_code == 302
    assert Batch.objects.get().total == 2


def test_places_older_than_the_column_are_their_buyers_company_of_that_time(cast, movers):
    ticket, mover, other = movers
    for name in ("가", "나"):
        factories.make_place(ticket, buyer=mover, tier="company", name=name)
    Order.objects.update(created_at=clock.now() - timedelta(days=1))
    leave(cast.company, mover, to=other, by=cast.company_rep)
    all_came(cast)
    assert people_of(cast.company, other) == [2, 0]
    # The company is of another tier since; its days of then are of the old one.
    Member.objects.filter(pk=cast.company.pk).update(tier=cast.regular_tier)
    assert people_of(Member.objects.get(pk=cast.company.pk)) == [2]
    # What the same person takes for the other company, is the other's.
    factories.make_place(ticket, buyer=mover, tier="company", name="다")
    all_came(cast)
    assert people_of(cast.company, other) == [2, 1]


def test_who_sits_in_two_companies_takes_places_for_the_one_whose_price_it_is(cast, movers, city):
    ticket, _mover, _other = movers
    ticket.prices.all().delete()
    for tier, amount in ((cast.company_tier, 30_000), (city.tier, 20_000)):
        ticket.prices.create(tier=tier, amount=amount)
    factories.make_seat(city, cast.company_rep, Seat.Role.CONTACT)
    pay(order_of(ticket, cast.company_rep, me(cast.company_rep), FRIEND))
    all_came(cast)
    assert people_of(cast.company, city) == [0, 2]


# --- booths ---


@pytest.fixture
def late(cast) -> Member:
    """A company in arrears, run by whoever also runs one in good standing."""
    late = company_of(cast.company_tier, "㈜늦은회사", cast.hq, paid_until=date(2020, 12, 31))
    factories.make_seat(late, cast.company_rep, Seat.Role.CONTACT)
    return late


@pytest.fixture
def expo(cast) -> Event:
    expo = factories.make_event("expo", kind=Event.Kind.EXHIBITION, branch=cast.busan)
    factories.make_booth(expo, prices={None: 1_100_000, cast.company_tier: 990_000})
    factories.make_booth(expo, "A2")
    return expo


def test_a_company_in_arrears_pays_for_a_booth_as_everyone_whoever_books_it(
    cast, late, expo, login
):
    client, url = login("company_rep"), reverse("events:booth", args=["expo", "A1"])
    labels = dict(client.get(url).context["form"].fields["company"].choices)
    assert labels[str(late.pk)] == "㈜늦은회사 · 1,100,000원"
    assert labels[str(cast.company.pk)] == f"{cast.company.name} · 990,000원"
    assert client.post(url, {"company": late.pk}).status_code == 302
    second = reverse("events:booth", args=["expo", "A2"])
    assert client.post(second, {"company": cast.company.pk}).status_code == 302
    orders = Order.objects.order_by("pk").values_list("buyer_name", "total", "lines__standing")
    assert list(orders) == [
        ("㈜늦은회사", 1_100_000, "arrears"), (cast.company.name, 990_000, "good"),
    ]  # fmt: skip


def test_a_plain_seat_elsewhere_gives_a_company_neither_price_nor_time(cast, late, expo, login):
    """``company_seat`` sits in the company in good standing and runs the other one alone."""
    factories.make_seat(late, cast.company_seat, Seat.Role.CONTACT)
    client, url = login("company_seat"), reverse("events:booth", args=["expo", "A1"])
    assert client.get(url).context["offer"].price == 1_100_000
    now = clock.now()
    times = {cast.company_tier: now - timedelta(days=1), None: now + timedelta(days=2)}
    Event.objects.update(clock=factories.make_clock(times))
    assert not client.get(url).context["offer"].is_open
    assert client.post(url, {"company": late.pk}).status_code == 422
    anyone = reverse("events:booth-any", args=["expo", "S"])
    assert client.post(anyone, {"company": late.pk}).status_code == 422
    assert not Order.objects.exists()


def test_staff_say_for_which_of_a_contacts_companies_a_booth_is(cast, late, expo, login):
    client, url = login("officer"), reverse("events_staff:booth", args=["expo", "A1"])
    until = (clock.today() + timedelta(days=3)).isoformat()
    typed = {"email": cast.company_rep.email, "until": until}
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["name"]
    assert late.name not in refused.content.decode()  # nor whose contact it is
    assert client.post(url, {**typed, "name": " (주)늦은회사"}).status_code == 302
    booking = BoothBooking.objects.get()
    assert (booking.exhibitor.member, booking.line.amount) == (late, 1_100_000)
    url = reverse("events_staff:booth", args=["expo", "A2"])
    assert client.post(url, {**typed, "name": "㈜남의회사"}).status_code == 302
    assert BoothBooking.objects.latest("pk").exhibitor.member is None
