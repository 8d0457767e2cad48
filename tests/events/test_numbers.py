"""The organiser's numbers: they add up, and each figure opens its rows."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import actions, numbers
from events.models import CheckIn, Event
from kosna.core import clock
from kosna.payments.models import OrderLine, Payment, Refund
from tests import factories
from tests.events.test_booths import other
from tests.events.test_handing import extra_for
from tests.events.test_registering import pay


@pytest.fixture
def event(cast):
    return factories.make_event(
        "forum", branch=cast.busan, starts_at=clock.now() - timedelta(days=1)
    )


@pytest.fixture
def sold(cast, event):
    """Two kinds of ticket; a member, somebody of a company, a stranger who paid and gave up, and
    one who has not paid."""
    general, student = factories.make_ticket(event), factories.make_ticket(event, name_ko="학생")
    member = factories.make_place(general, cast.regular, tier="regular", amount=33_000)
    factories.make_place(general, cast.company_rep, tier="company", amount=33_000)
    stranger = factories.make_place(
        general, cast.account, amount=55_000, status="cancelled", released_at=clock.now()
    )
    held = factories.make_place(student, amount=20_000, status="held", confirmed_at=None)
    held.line.order.change(paid_at=None, status="pending")
    CheckIn.objects.create(registration=member, by=cast.officer)
    order = stranger.line.order
    payment = Payment.objects.create(
        order=order, provider="bank", reference="x", method="bank_transfer", amount=55_000,
        received_at=clock.now(),
    )  # fmt: skip
    factories.book(payment)
    for amount, status in ((27_500, "done"), (1_000, "requested")):
        refund = Refund.objects.create(
            order=order, payment=payment, line=stranger.line, amount=amount, reason="x",
            status=status,
        )  # fmt: skip
        if status == "done":
            factories.book(refund)
    return event


def figures(line: numbers.Line) -> tuple[int, ...]:
    return (line.sold, line.held, line.came, line.given_up, line.paid, line.refunded)


@pytest.mark.miscounts
def test_the_numbers_add_up_in_every_table(cast, sold):
    tables = numbers.tables(sold)
    total = figures(numbers.total(tables))
    assert total == (2, 1, 1, 1, 121_000, 27_500)
    for table in tables:
        assert tuple(map(sum, zip(*map(figures, table.lines), strict=True))) == total
    by_ticket, by_tier, by_home = ([line.query for line in table.lines] for table in tables)
    assert len(by_ticket) == 2
    assert set(by_tier) == {"tier=-", "tier=regular", "tier=company"}
    assert set(by_home) == {"home=-", "home=hq", "home=busan"}


@pytest.mark.miscounts
def test_each_figure_opens_just_its_rows(cast, sold, login):
    client = login("officer")
    page = client.get(reverse("events_staff:numbers", args=["forum"])).content.decode()
    links = re.findall(r'href="([^"]*/forum/\?[^"]*)">([\d,]+)</a>', page)
    assert len(links) > 10
    for href, shown in links:
        listed = client.get(href.replace("&amp;", "&")).context["page"].paginator.count
        assert listed == int(shown), href


@pytest.mark.miscounts
def test_money_opens_the_places_that_it_was_for(cast, sold, login):
    client, rows = login("officer"), reverse("events_staff:event", args=["forum"])
    for status, count in [("paid", 3), ("refunded", 1), ("came", 1), ("held", 1)]:
        page = client.get(rows, {"status": status})
        assert page.context["page"].paginator.count == count, status


@pytest.mark.miscounts
def test_booths_and_add_ons_are_money_of_the_event_too(cast, sold, login):
    place = sold.registrations.get(line__tier="regular")
    extra_for(place, "만찬", 12_000)
    people = {"㈜첫째": cast.company_rep, "㈜둘째": cast.account, "㈜셋째": cast.lapsed}
    companies = [other(user, name) for name, user in people.items()]
    booths = [factories.make_booth(sold, number) for number in ("A1", "A2", "A3")]
    for booth in booths:
        booth.booth_type.event = booth.event = sold
    future = clock.now() + timedelta(days=9)
    Event.objects.update(starts_at=future, ends_at=future + timedelta(hours=1))
    sold.refresh_from_db()
    orders = [
        actions.book_booth(booth, company=company, by=company.contact)
        for booth, company in zip(booths, companies, strict=True)
    ]
    for order in orders[:2]:
        pay(order)
    payment = orders[1].payments.get()
    refund = Refund.objects.create(
        order=orders[1], payment=payment, line=orders[1].lines.get(), amount=100_000, reason="x",
        status="done",
    )  # fmt: skip
    factories.book(refund)

    page = login("officer").get(reverse("events_staff:numbers", args=["forum"]))
    told = [(line.label, line.paid, line.refunded) for line in page.context["money"]]
    assert told == [
        ("자리", 121_000, 27_500), ("추가 상품", 12_000, 0), ("부스", 2_200_000, 100_000),
    ]  # fmt: skip
    [booths] = page.context["booths"]
    assert (booths.label, booths.sold, booths.held) == ("기본 부스", 2, 1)
    whole = page.context["all_money"]
    paid = OrderLine.objects.filter(order__paid_at__isnull=False)
    back = Refund.objects.filter(status="done")
    assert whole.paid == sum(line.amount for line in paid)
    assert whole.refunded == sum(row.amount for row in back)
    assert f"{whole.kept:,}" in page.content.decode()


def test_an_event_without_registrations_says_so(cast, event, login):
    page = login("officer").get(reverse("events_staff:numbers", args=["forum"]))
    assert 'class="empty' in page.content.decode()


def test_numbers_take_as_many_statements_for_many_places_as_for_one(cast, event, login):
    client, url = login("officer"), reverse("events_staff:numbers", args=["forum"])
    ticket = factories.make_ticket(event)
    counts = []
    for more in (1, 2):
        for _n in range(more):
            factories.make_place(ticket)
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.miscounts
def test_the_desk_counts_the_places_of_one_event(cast, login, sold):
    """Not those of another, and none where there are none."""
    factories.make_event("empty", branch=cast.busan)
    client = login("officer")

    counted = client.get("/staff/events/forum/").context_data
    none = client.get("/staff/events/empty/").context_data

    assert counted["numbers"] == {"all": 4, "held": 1, "confirmed": 2, "came": 1}
    assert counted["page"].paginator.count == 4
    assert none["numbers"] == {"all": 0, "held": 0, "confirmed": 0, "came": 0}
