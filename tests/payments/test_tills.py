"""Tills at doors: what was taken, counted and handed over, by two people."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions, treasury
from kosna.payments.actions import Occasion, take_money
from kosna.payments.models import Payment, Till
from kosna.verify import verify
from tests.conftest import Cast
from tests.members.test_desk import queries_of
from tests.payments import shop

pytestmark = pytest.mark.django_db
FAIR = Occasion("fair", "박람회", "Fair")


def take(cast: Cast, won: int, way: str = "cash", slip: str = "", **facts: Any) -> Till:
    facts = {"branch": cast.busan, "by": cast.doorkeeper, "occasion": FAIR, **facts}
    order = shop.order_of(cast.account, facts.pop("branch"), won)
    return take_money(order, way=way, slip=slip, **facts).taking.till


def test_a_till_is_of_one_person_on_one_day_at_one_occasion(cast):
    first = take(cast, 1_000)
    assert take(cast, 2_000, "card", "1") == first
    others = [take(cast, 4_000, by=cast.officer)]
    others.append(take(cast, 8_000, occasion=Occasion("other", "x", "")))
    with clock.standing_at(clock.now() + timedelta(days=1)):
        others.append(take(cast, 16_000))
    assert len({first, *others}) == 4
    found = {till.pk: till.takings for till in Till.objects.with_takings()}
    assert found[first.pk] == (1_000, 2_000, 0)
    assert Till.objects.all().took() == (1_000 + 4_000 + 8_000 + 16_000, 2_000, 0)


@pytest.mark.parametrize("way", ["cash", "card", "transfer"])
def test_nobody_takes_money_for_their_own_order(cast, way):
    with pytest.raises(Refused, match="본인 주문"):
        take(cast, 10_000, way, slip="" if way == "cash" else "12345678", by=cast.account)
    assert not Payment.objects.exists()


def test_what_was_given_back_is_not_taken_again(cast):
    """Another press of the button, after the refund: no money is written down for it, nor lost."""
    order = shop.order_of(cast.account, cast.busan, 30_000)
    taking = {"way": "cash", "slip": "", "occasion": FAIR, "by": cast.doorkeeper}
    take_money(order, **taking)
    refund = actions.request_refund(order=order, amount=30_000, reason="취소", by=cast.officer)
    shop.account_for(refund)
    actions.approve_refund(refund, by=cast.treasurer)
    refund = actions.send_refund(type(refund).objects.get(pk=refund.pk), by=cast.treasurer)
    actions.complete_bank_refund(refund, reference="W1", by=cast.treasurer)
    for way, slip in (("cash", ""), ("card", "9")):
        with pytest.raises(Refused):
            take_money(order, **{**taking, "way": way, "slip": slip})
    assert order.payments.count() == 1


def test_counted_and_received_by_two_people(cast):
    till = take(cast, 30_000)
    take(cast, 5_000, "card", "1")
    with pytest.raises(Refused):
        actions.receive_till(till, cash=30_000, cards=5_000, by=cast.treasurer)
    with pytest.raises(Refused) as refusal:
        actions.count_till(till, cash=29_000, cards=5_000, reason=" ", by=cast.doorkeeper)
    assert refusal.value.field == "reason"
    till = actions.count_till(till, cash=29_000, cards=5_000, reason="거스름", by=cast.doorkeeper)
    assert (till.difference, till.cash_difference, till.status) == (-1_000, -1_000, "counted")
    for wrong in (cast.doorkeeper,):
        with pytest.raises(Refused):
            actions.receive_till(till, cash=29_000, cards=5_000, by=wrong)
    with pytest.raises(Refused):
        actions.receive_till(till, cash=30_000, cards=5_000, by=cast.treasurer)
    till = actions.count_till(till, cash=30_000, cards=5_000, reason="x", by=cast.doorkeeper)
    assert (till.difference, till.reason) == (0, "")
    till = actions.receive_till(till, cash=30_000, cards=5_000, by=cast.treasurer)
    assert (till.status, till.received_by) == ("handed", cast.treasurer)
    with pytest.raises(Refused):
        actions.count_till(till, cash=0, cards=0, reason="x", by=cast.doorkeeper)
    assert take(cast, 1_000) != till
    verbs = Entry.objects.filter(verb__contains="till").values_list("verb", flat=True)
    assert sorted(verbs) == ["payments.count_till"] * 2 + ["payments.receive_till"]
    assert verify()["tills_hold_what_was_taken"] == []


def test_what_went_back_of_a_sale_is_not_owed_again(cast):
    """Pressed again after one of two things was given back: it is still the sale that was paid."""
    order = shop.order_of(cast.account, cast.busan, 30_000, 11_000)
    taking = {"way": "cash", "slip": "", "occasion": FAIR, "by": cast.doorkeeper}
    first = take_money(order, **taking)
    refund = actions.request_refund(
        order=order, line=order.lines.last(), amount=11_000, reason="x", by=cast.officer
    )
    shop.account_for(refund)
    actions.approve_refund(refund, by=cast.treasurer)
    for again in ({}, {"way": "card", "slip": "9"}):
        assert take_money(order, **{**taking, **again}) == first
    assert order.payments.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "handed"},
        {"counted_cash": 1},
        {"status": "counted"},
        {"reason": "x"},
    ],
)
def test_the_database_keeps_what_a_till_says(cast, wrong):
    till = take(cast, 1_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        Till.objects.filter(pk=till.pk).update(**wrong)


def test_who_took_it_cannot_be_who_received_it(cast):
    till = take(cast, 1_000)
    actions.count_till(till, cash=1_000, cards=0, reason="", by=cast.treasurer)
    for wrong in (cast.doorkeeper, cast.treasurer):
        with pytest.raises(IntegrityError), transaction.atomic():
            Till.objects.update(status="handed", received_at=clock.now(), received_by=wrong)


# --- pages ---


def test_each_sees_the_tills_that_they_may(cast, login: Callable[[str], Client]):
    mine, other = take(cast, 1_000), take(cast, 2_000, by=cast.officer)
    far = take(cast, 4_000, branch=cast.daegu, by=cast.other_officer)
    seen = {
        "doorkeeper": {mine}, "officer": {other}, "other_officer": {far},
        "treasurer": {mine, other, far}, "auditor": {mine, other, far},
    }  # fmt: skip
    for who, tills in seen.items():
        page = login(who).get("/staff/tills/")
        assert set(page.context["page"].object_list) == tills, who
        for till in (mine, other, far):
            status = login(who).get(till.get_absolute_url()).status_code
            assert status == (200 if till in tills else 404), who
    looks = Entry.objects.filter(verb="privacy.view", subjects=[cast.account.pk])
    assert looks.filter(target_id=str(far.pk)).count() == 3


def test_the_list_narrows_and_takes_constant_statements(cast, login):
    client = login("treasurer")
    take(cast, 1_000)
    few = queries_of(client, "/staff/tills/")
    take(cast, 2_000, by=cast.officer)
    till = take(cast, 4_000, occasion=Occasion("other", "세미나", ""))
    assert queries_of(client, "/staff/tills/") == few
    detail = queries_of(client, till.get_absolute_url())
    for slip in "12":
        take(cast, 1_000, "card", slip, occasion=Occasion("other", "세미나", ""))
    assert queries_of(client, till.get_absolute_url()) == detail
    actions.count_till(till, cash=3_000, cards=2_000, reason="x", by=cast.doorkeeper)
    for query, count in (
        ("q=세미나", 1), ("status=differing", 1), ("status=open", 2), ("since=2099-01-01", 0),
        ("until=x", 3),
    ):  # fmt: skip
        page = client.get(f"/staff/tills/?{query}").context["page"]
        assert page.paginator.count == count, query


def test_a_till_is_counted_and_received_on_its_page(cast, login):
    till = take(cast, 30_000)
    url = till.get_absolute_url()
    keeper, treasurer = login("doorkeeper"), login("treasurer")
    assert treasurer.post(f"{url}receive/", {"receive-cash": 1}).status_code == 422
    assert keeper.post(f"{url}count/", {"cash": "29000", "cards": "0"}).status_code == 422
    typed = {"cash": "29000", "cards": "0", "reason": "거스름돈 착오"}
    assert keeper.post(f"{url}count/", typed).status_code == 302
    assert keeper.post(f"{url}receive/", {}).status_code == 403
    assert "거스름돈 착오" in treasurer.get(url).content.decode()
    figures = {figure.label: figure for figure in treasury.tills(cast.treasurer)}
    assert [(f.count, f.won) for f in figures.values()] == [(0, 0), (1, 30_000), (1, -1_000)]
    received = {"receive-cash": "29000", "receive-cards": "0"}
    assert treasurer.post(f"{url}receive/", received).status_code == 302
    assert Till.objects.get().status == "handed"


def test_the_treasurers_page_has_what_came_at_doors(cast, login):
    take(cast, 30_000)
    take(cast, 7_000, "card", "1")
    client = login("treasurer")
    page = client.get("/staff/treasury/")
    rows = {row.label: row.this for row in page.context["cash"].by_method}
    assert sorted(row.won for row in rows.values()) == [7_000, 30_000]
    for row in rows.values():
        ledger = client.get(row.url).context["page"]
        assert [entry.entry.amount for entry in ledger] == [row.won]
    open_ones = page.context["tills"][0]
    assert (open_ones.count, open_ones.won) == (1, 37_000)
    assert client.get(open_ones.url).context["page"].paginator.count == 1
