"""What another tier costs: never below nought, never more credit than was paid, each won told."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions import record_payment, request_refund
from kosna.payments.payables import Share
from members import actions, tier_quotes
from members.models import DuesCalendar, Member, Period, ShareRule, Tier
from members.shares import share_of
from members.tier_quotes import credit_of, quote
from tests import factories
from tests.conftest import Cast

pytestmark = pytest.mark.django_db

# A machine that runs other tests as well is slow, and that proves nothing.
LOADED = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
won = st.integers(0, 10_000_000)
days = st.integers(1, 800)


@settings(LOADED)
@given(paid=won, left=st.integers(-5, 900), of=days)
def test_credit_lies_between_nought_and_what_was_paid(paid: int, left: int, of: int) -> None:
    credit = credit_of(paid, left, of)
    assert 0 <= credit <= paid
    assert credit <= credit_of(paid, left + 1, of)  # more unused days are never worth less
    assert credit <= credit_of(paid + 1, left, of)
    assert credit_of(paid, of, of) == paid and credit_of(paid, 0, of) == 0


@settings(LOADED)
@given(amount=won, percent=st.integers(0, 100))
def test_shares_are_whole_won_and_leave_the_rest_to_the_head_office(
    amount: int, percent: int
) -> None:
    share = Share(percent, "").of(amount)
    assert 0 <= share <= amount
    assert 0 <= amount * percent - share * 100 < 100


def member_with(paid: int, first: date, last: date, branch: Branch | None = None) -> Member:
    """Of a tier of its own, whose dues are what was paid for these days."""
    tier = factories.make_tier(f"t{Tier.objects.count()}", admission_fee=10_000, annual_dues=paid)
    member = factories.make_member(tier=tier, branch=branch, paid_until=None)
    Period.objects.create(member=member, tier=tier, starts_on=first, ends_on=last)
    return member


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    paid=st.integers(0, 3_000_000),
    dues=st.integers(0, 3_000_000),
    fee=st.integers(0, 500_000),
    rule=st.sampled_from(Tier.FirstYear.values),
    basis=st.sampled_from(Tier.Basis.values),
    on=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    percent=st.integers(0, 100),
)
def test_a_quote_is_never_negative_and_each_won_of_it_is_told(
    db: Any,
    paid: int,
    dues: int,
    fee: int,
    rule: str,
    basis: str,
    on: date,
    percent: int,
) -> None:
    branch = factories.make_branch("busan")
    ShareRule.objects.update_or_create(
        branch=branch, tier=None, valid_from=date(2020, 1, 1), defaults={"percent": percent}
    )
    member = member_with(paid, date(2026, 1, 1), date(2026, 12, 31), branch)
    new = factories.make_tier(
        f"t{Tier.objects.count()}",
        admission_fee=fee,
        annual_dues=dues,
        first_year=rule,
        dues_basis=basis,
    )
    found = quote(member, new, on)

    assert found.total >= 0 and 0 <= found.credit <= paid
    assert sum(step.amount for step in found.steps) == found.total
    assert sum(line.amount for line in tier_quotes.lines(found)) == found.total
    assert found.branch_share + found.head_office_share == found.total
    assert sum(line.branch_share or 0 for line in tier_quotes.lines(found)) == found.branch_share
    assert found.admission_fee == max(fee - 10_000, 0)
    assert found.is_deferred == (found.credit > found.dues or dues < paid)
    if found.is_deferred:
        assert (found.effective_on, found.net_dues) == (date(2027, 1, 1), 0)
    elif on < date(2026, 10, 31) and rule == "full":  # the same dues on the next day
        assert quote(member, new, on + timedelta(days=1)).total >= found.total


@pytest.mark.parametrize(
    ("at", "left"),
    [
        ("2026-06-30T23:59:59+09:00", 185),
        ("2026-07-01T00:00:00+09:00", 184),
        ("2026-12-31T23:59:59+09:00", 1),
        ("2027-01-01T00:00:00+09:00", 0),
    ],
)
def test_days_turn_at_midnight_in_korea(cast: Cast, at: str, left: int) -> None:
    member = member_with(365_000, date(2026, 1, 1), date(2026, 12, 31))
    with clock.standing_at(clock.datetime.fromisoformat(at)):
        found = quote(member, factories.make_tier("dear", annual_dues=900_000), clock.today())
    assert found.credit == left * 1_000


def test_an_upgrade_in_july_is_told_line_by_line(cast: Cast) -> None:
    """준회원 30,000 paid for the year, on 1 July: 184 of 365 days are credited."""
    member = factories.make_member(tier=cast.associate_tier, branch=cast.busan, paid_until=None)
    Period.objects.create(
        member=member,
        tier=cast.associate_tier,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )
    ShareRule.objects.create(percent=30, valid_from=date(2020, 1, 1))
    found = quote(member, cast.regular_tier, date(2026, 7, 1))
    assert [(step.kind, step.amount) for step in found.steps] == [
        ("dues", 100_000),
        ("credit", -15_123),  # floor(30,000 x 184 / 365)
        ("admission_fee", 100_000),
    ]
    assert (found.total, found.ends_on) == (184_877, date(2026, 12, 31))
    assert (found.branch_share, found.head_office_share) == (25_463, 159_414)


def test_late_in_the_year_the_new_dues_cover_the_next_one(cast: Cast) -> None:
    DuesCalendar.objects.get_or_create(from_year=2012)
    member = factories.make_member(tier=cast.associate_tier, paid_until=date(2026, 12, 31))
    assert quote(member, cast.regular_tier, date(2026, 10, 31)).ends_on == date(2026, 12, 31)
    assert quote(member, cast.regular_tier, date(2026, 11, 1)).ends_on == date(2027, 12, 31)
    monthly = factories.make_tier("monthly", first_year="monthly", annual_dues=120_000)
    assert quote(member, monthly, date(2026, 7, 1)).dues == 60_000


def test_a_membership_for_life_stays(cast: Cast) -> None:
    life = factories.make_tier("life", is_for_life=True)
    member = factories.make_member(tier=life, paid_until=None)
    Period.objects.create(member=member, tier=life, starts_on=date(2026, 1, 1), ends_on=None)
    with pytest.raises(Refused, match="평생"):
        quote(member, cast.regular_tier, date(2026, 7, 1))
    found = quote(cast.regular_member, life, date(2026, 7, 1))
    assert (found.ends_on, found.dues_year) == (None, None)


def test_what_was_given_back_is_not_credited(cast: Cast) -> None:
    member = factories.make_member(tier=cast.associate_tier, branch=cast.busan, paid_until=None)
    order = actions.renew(member, by=member.user)
    record_payment(
        order=order,
        provider="bank",
        reference="1",
        method="bank",
        amount=order.total,
        received_at=clock.now(),
    )
    [period] = member.periods.all()
    assert tier_quotes.worth_of(period) == 30_000
    facts = {"order": order, "reason": "x", "by": cast.treasurer}
    request_refund(amount=10_000, line=order.lines.get(), **facts)
    assert tier_quotes.worth_of(period) == 20_000


@pytest.mark.parametrize(
    ("tier", "branch", "expected"),
    [
        ("regular", "busan", 50),
        ("associate", "busan", 50),
        ("regular", "daegu", 40),
        ("x", "daegu", 30),
        ("regular", "hq", 0),
    ],
)
def test_the_nearest_share_rule_holds(cast: Cast, tier: str, branch: str, expected: int) -> None:
    day = date(2026, 1, 1)
    for percent, rule in (
        (30, {}),
        (40, {"tier": cast.regular_tier}),
        (50, {"branch": cast.busan}),
        (90, {"branch": cast.busan, "valid_from": date(2027, 1, 1)}),
    ):
        ShareRule.objects.create(percent=percent, **{"valid_from": day} | rule)
    chosen = factories.make_tier(tier)
    share = share_of("dues", chosen.code, factories.make_branch(branch), date(2026, 6, 1))
    assert (share.percent if share else 0) == expected
