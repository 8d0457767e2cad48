"""Dues and changes of tier whose money turned out to be another's: days, papers, number, tier and
the register are as they were, and the next payment buys them again."""

from datetime import date

from kosna.core import clock
from kosna.documents.models import Document
from kosna.payments.models import Order
from members import actions as members
from members.models import Charge, Member, Period, RegisterEntry, TierChange
from members.standing import standing_of
from tests.members.conftest import make_application
from tests.payments.test_unmatching import all_is_well, facts, pay, take_back


def test_dues_taken_back_take_their_days(cast):
    member = cast.lapsed_member
    members.assess(year=clock.today().year, branch=cast.daegu, by=cast.head_office)
    order = members.renew(member, by=cast.lapsed)

    def state() -> tuple:
        open_ = Charge.objects.standing().with_open().filter(member=member)
        return (
            standing_of(Member.objects.get(pk=member.pk), clock.today()).code,
            member.periods.valid().count(),
            sum(open_.values_list("open", flat=True)),
            facts(order)["status"],
        )

    before = state()
    match = pay(cast, order)
    assert state()[0] == "good"
    take_back(cast, match)
    assert state() == before and all_is_well()
    pay(cast, order)
    assert state()[0] == "good" and all_is_well()


def test_who_became_a_member_by_it_waits_again(cast):
    application = make_application(cast.applicant, cast.regular_tier, cast.busan, submitted=True)
    order = members.approve_application(application, basis="이사회", by=cast.reviewer)
    match = pay(cast, order)
    member = Member.objects.get(applications=application)
    number = member.number
    assert member.status == Member.Status.ACTIVE
    take_back(cast, match)
    member.refresh_from_db()
    assert (member.status, member.joined_on) == (Member.Status.ADMITTED, None)
    assert not member.periods.valid().exists()
    assert not RegisterEntry.objects.in_force(clock.today()).members().filter(member=member)
    assert not Document.objects.valid().exclude(kind=Document.Kind.RECEIPT).exists()
    assert all_is_well()
    pay(cast, order)
    member.refresh_from_db()
    assert (member.status, member.number) == (Member.Status.ACTIVE, number)
    assert RegisterEntry.objects.in_force(clock.today()).members().filter(member=member)
    assert all_is_well()


def test_a_change_of_tier_waits_again(cast):
    associate = Member.objects.get(user=cast.associate)
    change = members.request_tier_change(
        associate, to_tier=cast.regular_tier, reason="x", by=cast.associate
    )
    members.approve_tier_change(change, basis="이사회", by=cast.reviewer)
    order = Order.objects.get(tier_change=change)

    def state() -> tuple:
        row = TierChange.objects.get(pk=change.pk)
        days: list[tuple[date, date | None]] = list(
            Period.objects.valid().filter(member=associate).values_list("starts_on", "ends_on")
        )
        member = Member.objects.get(pk=associate.pk)
        return row.status, row.effective_on, member.tier_id, days, facts(order)["status"]

    before = state()
    match = pay(cast, order)
    assert state()[0] == TierChange.Status.EFFECTIVE
    take_back(cast, match)
    assert state() == before and all_is_well()
    pay(cast, order)
    assert state()[0] == TierChange.Status.EFFECTIVE and all_is_well()
