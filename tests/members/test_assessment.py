"""What members should owe for a year: worked out from dated facts, booked once, taken back when it
falls away; and the order, the standing and the books that follow from it."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions.settlement import record_payment
from kosna.payments.models import Order, Refund
from kosna.verify import dues_agree
from members import actions, register
from members.models import Charge, DuesRate, Exemption, Member, Period, RegisterEntry
from members.standing import standing_of
from tests import factories
from tests.members.conftest import make_application

pytestmark = pytest.mark.django_db
YEAR = 2026


def at(year: int, month: int, day: int, hour: int = 10):
    return clock.standing_at(datetime(year, month, day, hour, tzinfo=clock.KST))


def pay(order: Order, amount: int | None = None) -> Order:
    record_payment(
        order=order,
        provider="bank",
        reference=f"{order.code}:{order.payments.count()}",
        method="bank",
        amount=order.total if amount is None else amount,
        received_at=clock.now(),
        by=None,
    )
    order.refresh_from_db()
    return order


def owed(member: Member, year: int = YEAR) -> int:
    return sum(charge.open for charge in member.charges.filter(year=year).standing().with_open())


@pytest.fixture
def hq(db):
    person = factories.make_user("사무국")
    factories.appoint(person, "secretariat", factories.make_branch("hq"))
    return person


@pytest.fixture
def unpaid(db) -> Member:
    return factories.make_member(paid_until=date(YEAR - 1, 12, 31))


def test_assessing_books_the_years_dues_and_again_nothing(hq, unpaid):
    first = actions.assess(year=YEAR, by=hq)
    again = actions.assess(year=YEAR, by=hq)

    [charge] = Charge.objects.all()
    assert (charge.member, charge.amount, charge.reason) == (unpaid, 100_000, "annual")
    assert (charge.starts_on, charge.ends_on) == (date(YEAR, 1, 1), date(YEAR, 12, 31))
    assert charge.due_on == date(YEAR, 3, 31)
    assert (first.added, first.total) == (1, 100_000)
    assert vars(again) == {"added": 0, "changed": 0, "reversed": 0, "total": 0}
    assert owed(unpaid) == 100_000
    assert dues_agree() == []


def test_only_the_branch_that_is_asked_for(hq, unpaid):
    other = factories.make_member(branch=factories.make_branch("daegu"), paid_until=None)

    actions.assess(year=YEAR, branch=other.branch, by=hq)

    assert [charge.member for charge in Charge.objects.all()] == [other]


def test_a_changed_rate_reverses_and_books_anew(hq, unpaid):
    actions.assess(year=YEAR, by=hq)
    DuesRate.objects.create(tier=unpaid.tier, from_year=YEAR, annual_dues=120_000)

    outcome = actions.assess(year=YEAR, by=hq)

    assert (outcome.changed, outcome.total) == (1, 20_000)
    rows = list(Charge.objects.order_by("pk").values_list("amount", "turn"))
    assert rows == [(100_000, 1), (-100_000, 1), (120_000, 2)]
    assert owed(unpaid) == 120_000
    assert dues_agree() == []


@pytest.mark.parametrize(
    ("status", "ended_on", "amount"),
    [
        ("withdrawn", date(2025, 12, 31), 0),
        ("withdrawn", date(2026, 1, 1), 0),
        ("withdrawn", date(2026, 3, 31), 0),
        ("withdrawn", date(2026, 4, 1), 100_000),
        ("expelled", date(2026, 9, 1), 100_000),
        ("deceased", date(2026, 9, 1), 0),
        ("voided", date(2026, 9, 1), 0),
    ],
)
def test_who_leaves_by_the_due_date_owes_nothing(hq, unpaid, status, ended_on, amount):
    actions.assess(year=YEAR, by=hq)
    Member.objects.filter(pk=unpaid.pk).update(status=status, ended_on=ended_on)

    actions.assess(year=YEAR, by=hq)

    assert owed(unpaid) == amount
    assert Charge.objects.aggregate(sum=Sum("amount"))["sum"] == amount


def test_what_was_paid_stays_charged_when_it_falls_away(hq, unpaid):
    with at(2026, 2, 1):
        actions.assess(year=YEAR, by=hq)
        pay(actions.renew(unpaid, by=unpaid.user))
        actions.withdraw(unpaid, by=unpaid.user)

        actions.assess(year=YEAR, by=hq)
        again = actions.assess(year=YEAR, by=hq)

    assert Charge.objects.standing().get().amount == 100_000
    assert owed(unpaid) == 0
    assert again.total == again.changed == 0
    assert dues_agree() == []


@pytest.mark.parametrize(
    ("first_year", "joined_on", "amount"),
    [
        ("full", date(2026, 10, 31), 100_000),
        ("full", date(2026, 11, 1), 0),  # the next year's dues include the rest of this one
        ("half", date(2026, 6, 30), 100_000),
        ("half", date(2026, 7, 1), 50_000),
        ("monthly", date(2026, 1, 1), 100_000),
        ("monthly", date(2026, 6, 1), 58_000),
        ("full", date(2027, 1, 1), 0),
        ("full", date(2025, 12, 31), 100_000),
    ],
)
def test_first_year_by_the_rule_of_the_tier(hq, first_year, joined_on, amount):
    tier = factories.make_tier("t", first_year=first_year)
    member = factories.make_member(tier=tier, joined_on=joined_on, paid_until=None)

    actions.assess(year=YEAR, by=hq)

    assert owed(member) == amount


def test_joining_order_says_what_the_first_year_costs(hq):
    tier = factories.make_tier("t", first_year="monthly")
    person = factories.make_user()
    with at(2026, 6, 29):
        application = make_application(person, tier, factories.make_branch("hq"), submitted=True)
        order = actions.approve_application(application, basis="이사회", by=hq)
    with at(2026, 7, 2):
        pay(order)
        actions.assess(year=YEAR, by=hq)

    [charge] = Charge.objects.all()
    assert (charge.amount, charge.reason) == (58_000, "ordered")  # seven months, as on 29 June
    assert charge.due_on == date(2026, 7, 2)
    assert owed(charge.member) == 0


def test_who_joins_in_november_pays_the_next_year_once(hq):
    person = factories.make_user()
    with at(2026, 11, 3):
        application = make_application(
            person, factories.make_tier(), factories.make_branch("hq"), submitted=True
        )
        pay(actions.approve_application(application, basis="이사회", by=hq))
        actions.assess(year=2026, by=hq)
    with at(2027, 1, 2):
        actions.assess(year=2027, by=hq)

    [charge] = Charge.objects.all()
    assert (charge.year, charge.amount) == (2027, 100_000)
    assert owed(charge.member, 2027) == 0


def test_days_bought_with_dues_of_another_year_cost_nothing_more(hq):
    """Ordered in October, paid in November: the payment buys the next year, too."""
    person = factories.make_user()
    with at(2026, 10, 30):
        application = make_application(
            person, factories.make_tier(), factories.make_branch("hq"), submitted=True
        )
        order = actions.approve_application(application, basis="이사회", by=hq)
    with at(2026, 11, 2):
        pay(order)
        actions.assess(year=2026, by=hq)
    with at(2027, 1, 2):
        actions.assess(year=2027, by=hq)

    assert [(charge.year, charge.amount) for charge in Charge.objects.all()] == [(2026, 100_000)]
    assert Period.objects.get().ends_on == date(2027, 12, 31)


def test_periods_paid_elsewhere_settle_their_year(hq):
    member = factories.make_member(paid_until=date(YEAR, 12, 31))
    half = factories.make_member(paid_until=date(YEAR, 6, 30))

    actions.assess(year=YEAR, by=hq)

    assert (owed(member), owed(half)) == (0, 100_000)
    assert Charge.objects.unpaid().get().member == half
    assert dues_agree() == []


def test_tier_of_the_beginning_of_the_year_counts(hq, unpaid):
    dear = factories.make_tier("dear", annual_dues=300_000)
    with at(2026, 5, 1):
        Member.objects.filter(pk=unpaid.pk).update(tier=dear)
        register.enter(unpaid, RegisterEntry.Kind.TIER, on=date(2026, 5, 1), by=hq)

        actions.assess(year=2026, by=hq)
        actions.assess(year=2027, by=hq)

    assert (owed(unpaid, 2026), owed(unpaid, 2027)) == (100_000, 300_000)


def test_suspended_members_owe_on(hq, unpaid):
    with at(2026, 1, 5):
        actions.suspend(unpaid, starts_on=date(2026, 1, 5), reason="x", basis="이사회", by=hq)
        actions.assess(year=YEAR, by=hq)

    assert owed(unpaid) == 100_000


def test_approved_and_lifelong_and_free_members_are_not_charged(hq):
    for_life = factories.make_tier("life", is_for_life=True)
    free = factories.make_tier("free", annual_dues=0)
    factories.make_member(tier=for_life, paid_until=None)
    factories.make_member(tier=free, paid_until=None)
    factories.make_member(status="admitted", number=None, joined_on=None, paid_until=None)

    assert actions.assess(year=YEAR, by=hq).added == 0


def test_anniversary_dues_are_charged_for_the_year_that_begins_then(hq):
    tier = factories.make_tier("a", dues_basis="anniversary", due_days=30)
    member = factories.make_member(tier=tier, joined_on=date(2024, 5, 10), paid_until=None)
    Period.objects.create(
        member=member, tier=tier, starts_on=date(2024, 5, 10), ends_on=date(2025, 5, 9)
    )
    Period.objects.create(
        member=member, tier=tier, starts_on=date(2025, 5, 10), ends_on=date(2026, 5, 9)
    )

    with at(2026, 4, 20):
        actions.assess(year=2026, by=hq)
        [charge] = Charge.objects.all()
        assert (charge.starts_on, charge.ends_on) == (date(2026, 5, 10), date(2027, 5, 9))
        assert charge.due_on == date(2026, 6, 8)
        pay(actions.renew(member, by=member.user))

    assert owed(member, 2026) == 0
    latest = member.periods.latest("starts_on")
    assert (latest.starts_on, latest.ends_on) == (date(2026, 5, 10), date(2027, 5, 9))
    with at(2026, 12, 31):
        assert actions.assess(year=2026, by=hq).total == 0


def test_missing_rate_is_named(hq, unpaid):
    unpaid.tier.rates.all().delete()

    with pytest.raises(Refused, match="regular 회원"):
        actions.assess(year=YEAR, by=hq)


# The order that pays it -----------------------------------------------------------------------


def test_renewal_asks_for_what_is_booked_and_buys_its_days(hq, unpaid):
    DuesRate.objects.create(tier=unpaid.tier, from_year=2025, annual_dues=80_000)
    DuesRate.objects.create(tier=unpaid.tier, from_year=2026, annual_dues=100_000)
    Period.objects.all().delete()
    with at(2026, 12, 1):
        for year in (2025, 2026):
            actions.assess(year=year, by=hq)
        order = actions.renew(unpaid, by=unpaid.user)

        assert [(line.dues_year, line.amount) for line in order.lines.all()] == [
            (2025, 80_000),
            (2026, 100_000),
        ]
        assert actions.renew(unpaid, by=unpaid.user) == order
        pay(order)

        # 2025 is over; the dues of 2026 buy what is left of it, and no other year.
        period = unpaid.periods.get()
        assert (period.starts_on, period.ends_on) == (date(2026, 12, 1), date(2026, 12, 31))
        assert (owed(unpaid, 2025), owed(unpaid, 2026)) == (0, 0)
        assert actions.renew(unpaid, by=unpaid.user).lines.get().dues_year == 2027
    assert dues_agree() == []


def test_dues_of_years_that_are_over_buy_no_days(hq, unpaid):
    Period.objects.all().delete()
    with at(2025, 6, 1):
        actions.assess(year=2025, by=hq)
    with at(2026, 1, 1, 0):
        order = pay(actions.renew(unpaid, by=unpaid.user))

    assert order.status == Order.Status.PAID
    assert not unpaid.periods.exists()
    assert owed(unpaid, 2025) == 0


@pytest.mark.parametrize(
    ("hour", "days"), [(23, [(date(2026, 12, 31), date(2026, 12, 31))]), (24, [])]
)
def test_the_last_hour_of_the_year_still_buys_its_day(hq, unpaid, hour, days):
    actions.assess(year=2026, by=hq)
    midnight = datetime(2027, 1, 1, tzinfo=clock.KST)
    with at(2026, 12, 20):
        order = actions.renew(unpaid, by=unpaid.user)
    with clock.standing_at(midnight if hour == 24 else at_hour(2026, 12, 31, hour)):
        pay(order)

    begun = unpaid.periods.exclude(line=None).values_list("starts_on", "ends_on")
    assert list(begun) == days
    assert owed(unpaid, 2026) == 0


def at_hour(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, 59, 59, tzinfo=clock.KST)


def test_order_that_became_wrong_is_replaced_unless_money_came(hq, unpaid):
    other = factories.make_member(paid_until=None)
    with at(2026, 2, 1):
        actions.assess(year=YEAR, by=hq)
        wrong = actions.renew(unpaid, by=unpaid.user)
        begun = pay(actions.renew(other, by=other.user), amount=30_000)
        DuesRate.objects.create(tier=unpaid.tier, from_year=YEAR, annual_dues=120_000)

        actions.assess(year=YEAR, by=hq)

        wrong.refresh_from_db()
        begun.refresh_from_db()
        assert (wrong.status, begun.status) == (Order.Status.CANCELLED, Order.Status.PENDING)
        newer = Order.objects.get(renewal__member=unpaid, status=Order.Status.PENDING)
        assert (newer.total, newer.user) == (120_000, unpaid.user)
        with pytest.raises(Refused, match=begun.code):
            actions.renew(other, by=other.user)


def test_paid_year_is_not_paid_twice(hq, unpaid):
    with at(2026, 2, 1):
        actions.assess(year=YEAR, by=hq)
        order = actions.renew(unpaid, by=unpaid.user)
        Period.objects.create(
            member=unpaid, tier=unpaid.tier, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
        )
        paid_twice = pay(order)

    assert paid_twice.status == Order.Status.REVIEW  # a person decides where the money goes
    assert unpaid.periods.filter(ends_on=date(2026, 12, 31)).count() == 1
    assert dues_agree() == []


def test_refunded_dues_are_open_again(hq, unpaid):
    with at(2026, 2, 1):
        actions.assess(year=YEAR, by=hq)
        order = pay(actions.renew(unpaid, by=unpaid.user))
        line = order.lines.get()
        refund = Refund.objects.create(
            order=order,
            payment=order.payments.get(),
            line=line,
            amount=line.amount,
            reason="착오",
            status=Refund.Status.DONE,
        )
        factories.book(refund)

    assert owed(unpaid) == 100_000
    assert dues_agree() == []


# Exemptions -----------------------------------------------------------------------------------


def test_exempt_member_owes_nothing_and_keeps_the_rights(hq, unpaid):
    with at(2026, 2, 1):
        actions.assess(year=2026, by=hq)
        exemption = actions.exempt(
            unpaid, from_year=2026, until_year=2027, reason="만 65세 이상", by=hq
        )

        assert owed(unpaid) == 0
        assert actions.assess(year=2026, by=hq).total == 0
        assert actions.assess(year=2027, by=hq).total == 0
    assert standing_of(fresh(unpaid), date(2027, 12, 31)).code == "good"
    assert standing_of(fresh(unpaid), date(2028, 7, 1)).code == "arrears"

    with at(2026, 12, 31, 23):
        actions.end_exemption(exemption, until_year=2026, by=hq)
        actions.assess(year=2027, by=hq)
    assert owed(unpaid, 2027) == 100_000
    assert standing_of(fresh(unpaid), date(2027, 7, 1)).code == "arrears"
    assert dues_agree() == []


def fresh(member: Member) -> Member:
    return Member.objects.select_related("tier").get(pk=member.pk)


def test_exemption_for_good_then_ended_before_it_began(hq, unpaid):
    with at(2026, 2, 1):
        exemption = actions.exempt(unpaid, from_year=2027, until_year=None, reason="명예", by=hq)
        assert exemption.period.ends_on is None
        with pytest.raises(Refused, match="이미 면제"):
            actions.exempt(unpaid, from_year=2030, until_year=None, reason="명예", by=hq)

        actions.end_exemption(exemption, until_year=2026, by=hq)

    assert not Exemption.objects.of_year(2027).exists()
    assert not unpaid.periods.valid().filter(ends_on=None).exists()


def test_arrears_are_paid_by_who_is_let_off_for_good_afterwards(hq, unpaid):
    with at(2026, 2, 1):
        actions.assess(year=2026, by=hq)
        actions.exempt(unpaid, from_year=2027, until_year=None, reason="명예", by=hq)
        assert owed(unpaid, 2026) == 100_000
        order = pay(actions.renew(unpaid, by=unpaid.user))

    assert order.status == Order.Status.PAID
    assert owed(unpaid, 2026) == 0
    assert standing_of(fresh(unpaid), date(2026, 12, 31)).code == "good"


def test_nobody_lets_themselves_off(hq):
    own = factories.make_member(hq, paid_until=None)

    with pytest.raises(Refused, match="본인의 회원 자격은 본인이 결정할 수 없습니다"):
        actions.exempt(own, from_year=2026, until_year=None, reason="x", by=hq)


def test_assessing_takes_as_many_queries_for_many_as_for_few(hq):
    def queries(count: int) -> int:
        for _ in range(count):
            factories.make_member(paid_until=None)
        with CaptureQueriesContext(connection) as captured:
            assert actions.assess(year=YEAR, by=hq).added == count
        return len(captured)

    queries(1)  # what is made once, such as the row that locks
    assert queries(1) == queries(7)
