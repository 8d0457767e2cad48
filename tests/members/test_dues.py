"""What a membership costs and how long it lasts, by the rules that stand in the tables."""

from datetime import UTC, date, datetime

import pytest

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions import record_payment
from kosna.payments.models import Order
from members import actions, dues
from members.models import DuesCalendar, Member, Tier
from members.standing import standing_of
from tests import factories
from tests.members.conftest import make_application

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(settings, tmp_path):
    """``at("2026-11-01")`` stands on noon of that day in Korea; with a time, on that instant."""

    def stand(text: str) -> None:
        instant = datetime.fromisoformat(text if "T" in text else f"{text}T12:00+09:00")
        (tmp_path / "clock").write_text(instant.astimezone(UTC).isoformat())
        settings.KOSNA_CLOCK = str(tmp_path / "clock")

    return stand


def pay(order: Order) -> Order:
    record_payment(
        order=order,
        provider="bank",
        reference=f"deposit-{order.code}",
        method="bank",
        amount=order.total,
        received_at=clock.now(),
    )
    order.refresh_from_db()
    return order


def join(cast, tier: Tier) -> Member:
    application = make_application(cast.applicant, tier, cast.busan, submitted=True)
    pay(actions.approve_application(application, basis="이사회", by=cast.reviewer))
    return Member.objects.get(user=cast.applicant)


@pytest.mark.parametrize(
    ("rule", "on", "amount"),
    [
        ("full", date(2026, 7, 1), 120_000),
        ("half", date(2026, 6, 30), 120_000),
        ("half", date(2026, 7, 1), 60_000),
        ("half", date(2026, 11, 1), 120_000),  # the next year is included
        ("monthly", date(2026, 1, 31), 120_000),
        ("monthly", date(2026, 2, 1), 110_000),
        ("monthly", date(2026, 10, 31), 30_000),
        ("monthly", date(2026, 11, 1), 120_000),
    ],
)
def test_the_first_year_costs_what_the_tier_says(rule, on, amount):
    tier = factories.make_tier("t", admission_fee=0, annual_dues=120_000, first_year=rule)

    assert [line.amount for line in dues.quote(tier, on, first=True)] == [amount]
    assert [line.amount for line in dues.quote(tier, on, first=False)] == [120_000]


@pytest.mark.parametrize(
    ("unit", "amount"), [(1_000, 41_000), (100, 41_600), (1, 41_666), (10_000, 40_000)]
)
def test_months_are_rounded_down_as_the_calendar_says(unit, amount):
    DuesCalendar.objects.create(from_year=2000, rounded_to=unit)
    tier = factories.make_tier("t", admission_fee=0, annual_dues=100_000, first_year="monthly")

    assert [line.amount for line in dues.quote(tier, date(2026, 8, 1), first=True)] == [amount]


def test_half_and_the_included_year_begin_when_the_calendar_says():
    DuesCalendar.objects.create(from_year=2000, half_from_month=9, next_year_from_month=None)
    tier = factories.make_tier("t", admission_fee=0, annual_dues=100_000, first_year="half")

    [august] = dues.quote(tier, date(2026, 8, 31), first=True)
    [december] = dues.quote(tier, date(2026, 12, 31), first=True)

    assert (august.amount, august.dues_year) == (100_000, 2026)
    assert (december.amount, december.dues_year) == (50_000, 2026)


def test_each_won_is_explained():
    tier = factories.make_tier("t", annual_dues=120_000, first_year="monthly")

    whys = [
        (each.line.amount, each.why) for each in dues.explained(tier, date(2026, 9, 3), first=True)
    ]

    assert whys == [
        (100_000, "입회할 때 한 번 납부하며, 탈퇴 후 다시 입회하면 다시 납부합니다."),
        (40_000, "2026년분: 120,000원의 12개월 중 4개월분, 1,000원 미만 버림."),
    ]


def test_a_reduced_first_year_buys_no_other_year(cast, at):
    tier = factories.make_tier("t", annual_dues=120_000, first_year="monthly")
    at("2026-10-30")
    application = make_application(cast.applicant, tier, cast.busan, submitted=True)
    order = actions.approve_application(application, basis="이사회", by=cast.reviewer)
    at("2026-11-02")
    pay(order)

    assert Member.objects.get(user=cast.applicant).periods.get().ends_on == date(2026, 12, 31)


def test_a_reduced_first_year_paid_after_it_waits_for_staff(cast, at):
    DuesCalendar.objects.create(from_year=2000, next_year_from_month=None)
    tier = factories.make_tier("t", annual_dues=120_000, first_year="monthly")
    at("2026-12-30")
    application = make_application(cast.applicant, tier, cast.busan, submitted=True)
    order = actions.approve_application(application, basis="이사회", by=cast.reviewer)
    at("2027-01-02")

    assert pay(order).status == Order.Status.REVIEW
    assert Member.objects.get(user=cast.applicant).status == Member.Status.ADMITTED


@pytest.mark.parametrize(
    ("instant", "year"),
    [
        ("2026-10-31T23:59:59+09:00", 2026),
        ("2026-11-01T00:00:00+09:00", 2027),
        ("2026-12-31T23:59:59+09:00", 2027),
        ("2027-01-01T00:00:00+09:00", 2027),
    ],
)
def test_the_year_turns_at_midnight_in_seoul(cast, at, instant, year):
    at(instant)
    member = join(cast, cast.regular_tier)

    period = member.periods.get()
    assert period.starts_on == member.joined_on == date.fromisoformat(instant[:10])
    assert period.ends_on == date(year, 12, 31)
    assert member.number[:2] == instant[2:4]


# From anniversary to anniversary ---------------------------------------------------------------


@pytest.fixture
def yearly(db) -> Tier:
    return factories.make_tier(
        "yearly", dues_basis="anniversary", renew_days=60, due_days=30, grace_days=90
    )


@pytest.mark.parametrize(
    ("joined", "ends_on"),
    [
        ("2026-05-10", date(2027, 5, 9)),
        ("2026-11-20", date(2027, 11, 19)),
        ("2027-01-01", date(2027, 12, 31)),
        ("2028-02-29", date(2029, 2, 28)),
    ],
)
def test_an_anniversary_membership_lasts_a_year(cast, at, yearly, joined, ends_on):
    at(joined)

    period = join(cast, yearly).periods.get()

    assert (period.starts_on, period.ends_on) == (date.fromisoformat(joined), ends_on)


@pytest.mark.parametrize(
    ("renewed", "starts_on"),
    [
        ("2027-03-10", date(2027, 5, 10)),  # sixty days before the end
        ("2027-05-09", date(2027, 5, 10)),
        ("2027-08-07", date(2027, 5, 10)),  # the last day of grace keeps the anniversary
        ("2027-08-08", date(2027, 8, 8)),
    ],
)
def test_renewal_keeps_the_anniversary_until_grace_is_over(cast, at, yearly, renewed, starts_on):
    at("2026-05-10")
    member = join(cast, yearly)
    at(renewed)

    order = pay(actions.renew(member, by=cast.applicant))

    period = member.periods.get(line__order=order)
    assert period.starts_on == starts_on
    assert period.ends_on == starts_on.replace(year=2028) - (date(2026, 1, 2) - date(2026, 1, 1))
    member = Member.objects.get(pk=member.pk)
    assert standing_of(member, clock.today()).code == "good"


def test_an_anniversary_is_not_renewed_too_early(cast, at, yearly):
    at("2026-05-10")
    member = join(cast, yearly)
    at("2027-03-09")

    with pytest.raises(Refused, match="2027-03-10"):
        actions.renew(member, by=cast.applicant)


# When it begins --------------------------------------------------------------------------------


def test_membership_begins_on_the_day_that_the_tier_says(cast, at):
    tier = factories.make_tier("early", starts="approval")
    at("2026-05-10T23:59:00+09:00")
    application = make_application(cast.applicant, tier, cast.busan, submitted=True)
    order = actions.approve_application(application, basis="이사회", by=cast.reviewer)
    at("2026-05-20")
    pay(order)

    member = Member.objects.get(user=cast.applicant)
    assert member.joined_on == member.periods.get().starts_on == date(2026, 5, 10)
    assert member.register_entries.get().on == date(2026, 5, 10)


def test_the_admission_fee_is_paid_again_on_rejoining(cast):
    first = join(cast, cast.regular_tier)
    actions.withdraw(first, by=cast.applicant)

    application = make_application(cast.applicant, cast.regular_tier, cast.busan, submitted=True)
    order = pay(actions.approve_application(application, basis="이사회", by=cast.reviewer))

    again = Member.objects.get(user=cast.applicant, status="active")
    assert [line.kind for line in order.lines.all()] == ["admission_fee", "dues"]
    assert again.pk != first.pk and again.number != first.number
