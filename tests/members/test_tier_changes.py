"""A change of tier from the approval to its effect, and back again by a refund."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.payments.actions import (
    approve_refund,
    complete_bank_refund,
    expire_due,
    record_payment,
    request_full_refund,
    request_refund,
    send_refund,
)
from kosna.payments.models import LedgerEntry, Order, Refund, Task
from kosna.verify import ledger_matches_money, periods_are_paid_and_single
from members import actions, register, tier_quotes
from members.access import memberships_of
from members.models import Member, Period, RegisterEntry, ShareRule, TierChange
from tests import factories
from tests.conftest import Cast
from tests.payments.shop import account_for

pytestmark = pytest.mark.django_db
JULY = clock.datetime(2026, 7, 1, 12, tzinfo=clock.KST)


@pytest.fixture(autouse=True)
def standing() -> Any:
    with clock.standing_at(JULY):
        yield


@pytest.fixture
def member(cast: Cast) -> Member:
    """An associate of Busan who has paid this year by a transfer; 30 percent are the branch's."""
    ShareRule.objects.create(percent=30, valid_from=date(2020, 1, 1))
    member = factories.make_member(tier=cast.associate_tier, branch=cast.busan, paid_until=None)
    with clock.standing_at(clock.datetime(2026, 1, 1, 9, tzinfo=clock.KST)):
        pay(actions.renew(member, by=member.user))
    return member


def pay(order: Order) -> None:
    record_payment(
        order=order,
        provider="bank",
        reference=order.code,
        method="bank",
        amount=order.total,
        received_at=clock.now(),
    )
    order.refresh_from_db()


def approved(cast: Cast, member: Member, tier: Any = None) -> TierChange:
    change = actions.request_tier_change(member, to_tier=tier or cast.regular_tier, by=member.user)
    actions.approve_tier_change(change, basis="제12차 이사회", by=cast.reviewer)
    change.refresh_from_db()
    return change


def days(member: Member) -> list[tuple[str, date, date | None]]:
    rows = member.periods.valid().order_by("starts_on", "pk")
    return [(row.tier.code, row.starts_on, row.ends_on) for row in rows]


def give_back(cast: Cast, order: Order, **line: Any) -> None:
    if line:
        request_refund(order=order, reason="민원", by=cast.head_office, **line)
    else:
        request_full_refund(order, reason="민원", by=cast.head_office)
    for number, refund in enumerate(order.refunds.filter(status=Refund.Status.REQUESTED)):
        approve_refund(account_for(refund), by=cast.treasurer)
        refund = send_refund(refund, by=cast.treasurer)
        complete_bank_refund(refund, reference=f"{order.code}-{number}", by=cast.treasurer)


BEFORE = [("associate", date(2026, 1, 1), date(2026, 12, 31))]


def test_paid_it_closes_the_old_days_and_opens_the_new(cast: Cast, member: Member) -> None:
    actions.issue_card(member, member.periods.get(), holder=member.user)
    change = approved(cast, member)
    assert days(member) == BEFORE and member.tier == cast.associate_tier
    assert [held.tier.code for held in memberships_of(member.user, clock.now())] == ["associate"]
    pay(change.order)
    change.refresh_from_db()
    member.refresh_from_db()
    assert change.status == TierChange.Status.EFFECTIVE
    assert days(member) == [
        ("associate", date(2026, 1, 1), date(2026, 6, 30)),
        ("regular", date(2026, 7, 1), date(2026, 12, 31)),
    ]
    fresh = type(member.user).objects.get(pk=member.user.pk)
    assert [held.tier.code for held in memberships_of(fresh, clock.now())] == ["regular"]
    assert register.as_of(clock.today()).get(member=member).tier == cast.regular_tier
    cards = Document.objects.filter(kind=Document.Kind.MEMBERSHIP_CARD, subject=member.user)
    assert [card.status for card in cards.order_by("pk")] == ["void", "valid"]
    assert [row.branch_share for row in change.order.lines.all()] == [25_463, 0]
    assert [row.share_percent for row in change.order.lines.all()] == [30, None]
    assert ledger_matches_money() == periods_are_paid_and_single() == []


def test_given_back_everything_is_as_it_was(cast: Cast, member: Member) -> None:
    change = approved(cast, member)
    pay(change.order)
    give_back(cast, change.order)
    change.refresh_from_db()
    member.refresh_from_db()
    assert change.status == TierChange.Status.REVERSED
    assert days(member) == BEFORE and member.tier == cast.associate_tier
    kinds = RegisterEntry.objects.filter(member=member).order_by("pk").values_list("kind", "tier")
    assert list(kinds)[-2:] == [
        ("tier", cast.regular_tier.pk),
        ("tier", cast.associate_tier.pk),
    ]
    assert sum(row.amount for row in LedgerEntry.objects.filter(order=change.order)) == 0
    assert ledger_matches_money() == periods_are_paid_and_single() == []
    card = actions.issue_card(member, member.periods.valid().get(), holder=member.user)
    assert card.status == Document.Status.VALID


def test_the_admission_fee_alone_given_back_takes_nothing(cast: Cast, member: Member) -> None:
    change = approved(cast, member)
    pay(change.order)
    give_back(cast, change.order, line=change.order.lines.get(kind="admission_fee"), amount=100_000)
    member.refresh_from_db()
    assert member.tier == cast.regular_tier


def test_a_change_upon_a_change_is_not_undone_by_machine(cast: Cast, member: Member) -> None:
    first = approved(cast, member)
    pay(first.order)
    third = factories.make_tier("gold", admission_fee=100_000, annual_dues=500_000)
    member.refresh_from_db()
    second = approved(cast, member, third)
    # What the first change had credited is credited again: the value is not lost.
    assert second.credit == 100_000
    pay(second.order)
    give_back(cast, first.order)
    member.refresh_from_db()
    assert member.tier == third
    assert Task.objects.filter(order=first.order, status=Task.Status.OPEN).exists()
    assert periods_are_paid_and_single() == []


def test_days_that_were_credited_and_then_given_back_are_looked_at(
    cast: Cast, member: Member
) -> None:
    change = approved(cast, member)
    pay(change.order)
    give_back(cast, Order.objects.get(renewal__member=member))
    assert Task.objects.get(order=change.order).note.endswith("refunded")


def test_unpaid_it_lapses_and_late_money_asks_a_person(cast: Cast, member: Member) -> None:
    change = approved(cast, member)
    with clock.standing_at(change.order.release_at + timedelta(minutes=1)):
        expire_due()
        change.refresh_from_db()
        assert change.status == TierChange.Status.LAPSED
        pay(change.order)
    assert change.order.status == Order.Status.REVIEW
    assert days(member) == BEFORE
    assert ledger_matches_money() == []


def test_other_days_paid_meanwhile_ask_a_person(cast: Cast, member: Member) -> None:
    change = approved(cast, member)
    Period.objects.create(
        member=member,
        tier=member.tier,
        starts_on=date(2027, 1, 1),
        ends_on=date(2027, 12, 31),
    )
    pay(change.order)
    assert change.order.status == Order.Status.REVIEW
    member.refresh_from_db()
    assert member.tier == cast.associate_tier


def test_days_paid_ahead_give_way_whole_and_come_back(cast: Cast, member: Member) -> None:
    with clock.standing_at(clock.datetime(2026, 11, 15, 12, tzinfo=clock.KST)):
        pay(actions.renew(member, by=member.user))
        before = days(member)
        change = approved(cast, member)
        pay(change.order)
        assert days(member) == [
            ("associate", date(2026, 1, 1), date(2026, 11, 14)),
            ("regular", date(2026, 11, 15), date(2027, 12, 31)),
        ]
        give_back(cast, change.order)
        assert days(member) == before


def test_stepping_down_costs_nothing_and_the_next_year_is_cheaper(cast: Cast) -> None:
    member = factories.make_member(tier=cast.regular_tier, branch=cast.busan)
    change = approved(cast, member, cast.associate_tier)
    assert (change.status, change.order.total) == (TierChange.Status.PAID, 0)
    assert change.effective_on == date(2027, 1, 1)
    with clock.standing_at(clock.datetime(2026, 12, 31, 23, 59, tzinfo=clock.KST)):
        assert actions.take_due() == 0
        order = actions.renew(member, by=member.user)
        assert order.total == 30_000
        pay(order)
    with clock.standing_at(clock.datetime(2027, 1, 1, 0, 0, tzinfo=clock.KST)):
        assert (actions.take_due(), actions.take_due()) == (1, 0)
    member.refresh_from_db()
    assert member.tier == cast.associate_tier
    assert days(member) == [
        ("regular", date(2026, 1, 1), date(2026, 12, 31)),
        ("associate", date(2027, 1, 1), date(2027, 12, 31)),
    ]


def test_a_free_change_may_be_taken_back_until_its_day(cast: Cast) -> None:
    member = factories.make_member(tier=cast.regular_tier, branch=cast.busan)
    change = approved(cast, member, cast.associate_tier)
    actions.withdraw_tier_change(change, by=member.user)
    with clock.standing_at(clock.datetime(2027, 1, 1, 12, tzinfo=clock.KST)):
        assert actions.take_due() == 0


def test_an_unpaid_renewal_gives_way_and_none_is_ordered_meanwhile(
    cast: Cast, member: Member
) -> None:
    with clock.standing_at(clock.datetime(2026, 11, 15, 12, tzinfo=clock.KST)):
        renewal = actions.renew(member, by=member.user)
        change = approved(cast, member)
        renewal.refresh_from_db()
        assert renewal.status == Order.Status.CANCELLED
        with pytest.raises(Refused, match="변경"):
            actions.renew(member, by=member.user)
        actions.withdraw_tier_change(change, by=member.user)
        change.order.refresh_from_db()
        assert change.order.status == Order.Status.CANCELLED
        assert actions.renew(member, by=member.user).status == Order.Status.PENDING


def test_nobody_decides_about_their_own(cast: Cast, member: Member) -> None:
    change = actions.request_tier_change(member, to_tier=cast.regular_tier, by=member.user)
    factories.appoint(member.user, "reviewer", cast.hq)
    for decide in (
        lambda: actions.approve_tier_change(change, basis="x", by=member.user),
        lambda: actions.reject_tier_change(change, reason="x", by=member.user),
    ):
        with pytest.raises(Refused):
            decide()
    with pytest.raises(IntegrityError), transaction.atomic():
        TierChange.objects.filter(pk=change.pk).update(
            decided_at=clock.now(), decided_by=member.user
        )


def test_everything_that_is_missing_is_said_at_once(cast: Cast) -> None:
    small = factories.make_tier(
        "small", holder="organisation", seats=1, needs_proof=True, annual_dues=1
    )
    with pytest.raises(Refused) as refusal:
        actions.request_tier_change(cast.company, to_tier=small, by=cast.company_rep)
    assert len(refusal.value.reasons) == 2  # the proof, and a seat too many
    actions.request_tier_change(cast.regular_member, to_tier=cast.associate_tier, by=cast.regular)
    with pytest.raises(Refused):
        actions.request_tier_change(
            cast.regular_member, to_tier=cast.associate_tier, by=cast.regular
        )


def test_a_membership_that_ends_takes_its_cases_with_it(cast: Cast, member: Member) -> None:
    change = approved(cast, member)
    transfer = actions.request_transfer(member, to_branch=cast.daegu, reason="이사", by=member.user)
    actions.withdraw(member, reason="개인 사정", by=member.user)
    for case in (change, transfer):
        case.refresh_from_db()
        assert case.status == "dropped"
    change.order.refresh_from_db()
    assert change.order.status == Order.Status.CANCELLED


def test_each_turn_is_told(cast: Cast, member: Member) -> None:
    change = approved(cast, member)
    pay(change.order)
    give_back(cast, change.order)
    told = Message.objects.filter(template__startswith="tier_change").order_by("pk")
    assert [message.template for message in told] == [
        "tier_change_requested",
        "tier_change_approved",
        "tier_change_effective",
        "tier_change_reversed",
    ]


def test_another_size_class_is_the_organisations_size_from_that_day_on(cast: Cast) -> None:
    """On the day on which it takes effect, on record; a refund brings the former size back."""
    firm = cast.company.organisation
    large = factories.make_tier(
        "large", annual_dues=3_000_000, holder="organisation", seats=10, sizes=["large"]
    )
    change = actions.request_tier_change(cast.company, to_tier=large, by=cast.company_rep)
    actions.approve_tier_change(change, basis="제12차 이사회", by=cast.reviewer)
    change.refresh_from_db()
    firm.refresh_from_db()
    assert firm.size == "small"  # not before it is paid
    pay(change.order)
    firm.refresh_from_db()
    change.refresh_from_db()
    assert (firm.size, change.size_before) == ("large", "small")
    entry = Entry.objects.get(verb="members.change_size")
    assert entry.facts["before"] == "small" and entry.facts["after"] == "large"
    assert register.as_of(clock.today()).get(member=cast.company).tier == large
    give_back(cast, change.order)
    firm.refresh_from_db()
    assert firm.size == "small"


def test_a_tier_of_any_size_leaves_the_size_alone(cast: Cast) -> None:
    partner = factories.make_tier("partner", holder="organisation", seats=10)
    assert tier_quotes.new_size(cast.company, partner) == ""
    fitting = factories.make_tier("fitting", holder="organisation", sizes=["micro", "small"])
    assert tier_quotes.new_size(cast.company, fitting) == ""


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desks_lists_have_a_constant_query_count(
    cast: Cast, login: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for _number in range(rows):
        member = factories.make_member(tier=cast.associate_tier, branch=cast.busan)
        actions.request_tier_change(member, to_tier=cast.regular_tier, by=member.user)
        actions.request_transfer(member, to_branch=cast.daegu, reason="이사", by=member.user)
    client = login("officer")
    for address in ("/staff/tier-changes/", "/staff/transfers/"):
        client.get(address)
        with django_assert_num_queries(7):
            client.get(address)
