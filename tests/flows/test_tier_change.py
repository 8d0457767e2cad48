"""An associate becomes a regular member, and another steps down, seeing each won beforehand."""

from datetime import date, timedelta

from django.db.models import Sum

from kosna.core import clock, jobs
from kosna.payments.models import LedgerEntry, Order
from kosna.verify import ledger_matches_money, periods_are_paid_and_single
from members import tier_quotes
from members.models import Member, RegisterEntry, TierChange
from tests import factories
from tests.flows.test_story import BASIS, books_agree, pay_by_card

REJECT = {"reject-reason": "서류가 맞지 않습니다.", "reject-meeting": "제12차 이사회"}


def ask(enter, who: str, tier: str):
    person = enter(who).open("/me/").open("/me/tier/")
    assert tier in person.content.decode()
    person.open(f"/me/tier/?tier={tier}").press("reason", reason="투표권을 얻고자 합니다.")
    return person


def test_an_associate_becomes_a_regular_member(portal, people, enter):
    member = Member.objects.get(user=people.associate)
    report = factories.make_report("trends", tiers=(people.regular_tier,))
    quote = tier_quotes.quote(member, people.regular_tier, clock.today())
    person = ask(enter, "associate", "regular")
    change = TierChange.objects.get()
    assert change.status == TierChange.Status.REQUESTED
    person.open("/research/trends/download/", 403)

    enter("other_officer").open(f"/staff/tier-changes/{change.pk}/", 404)
    enter("officer").open(f"/staff/tier-changes/{change.pk}/")
    reviewer = enter("reviewer").open("/staff/")
    assert member.name in reviewer.text
    reviewer.open("/staff/tier-changes/").open(f"/staff/tier-changes/{change.pk}/")
    assert f"{quote.total:,}원" in reviewer.text
    reviewer.press("/approve/", 422, **BASIS | {"approve-number": ""})
    reviewer.press("/approve/", **BASIS)
    change.refresh_from_db()
    order = change.order
    assert (order.status, order.total) == (Order.Status.PENDING, quote.total)
    assert sum(step["amount"] for step in change.quote) == order.total

    # Money makes it so: rights at the next request, days that never overlap, a line in the books.
    pay_by_card(person.open("/me/tier/"), order)
    member.refresh_from_db()
    assert member.tier == people.regular_tier
    person.open(report.get_absolute_url()).download("/research/trends/download/")
    today = clock.today()
    old, new = member.periods.valid().order_by("starts_on")
    assert (old.ends_on, new.starts_on) == (today - timedelta(days=1), today)
    assert RegisterEntry.objects.filter(member=member).latest("pk").kind == "tier"
    lines = order.lines.aggregate(sum=Sum("amount"))["sum"]
    booked = LedgerEntry.objects.filter(order=order).aggregate(sum=Sum("amount"))["sum"]
    assert lines == booked == order.total
    assert ledger_matches_money() == periods_are_paid_and_single() == []
    books_agree()


def test_stepping_down_waits_for_the_next_year(portal, people, enter):
    """Where the unused days are worth more than the new dues nothing is paid back."""
    member = people.regular_member
    year = clock.today().year
    member.periods.update(starts_on=date(year + 1, 1, 1), ends_on=date(year + 1, 12, 31))
    factories.Period.objects.create(
        member=member,
        tier=member.tier,
        starts_on=date(year, 1, 1),
        ends_on=date(year, 12, 31),
    )
    person = ask(enter, "regular", "associate")
    change = TierChange.objects.get()
    enter("reviewer").open(f"/staff/tier-changes/{change.pk}/").press("/approve/", **BASIS)
    change.refresh_from_db()
    assert (change.status, change.order.total) == (TierChange.Status.PAID, 0)
    assert change.effective_on == date(year + 2, 1, 1)
    member.refresh_from_db()
    assert member.tier == people.regular_tier
    assert f"{year + 2}. 1. 1." in person.open("/me/tier/").text
    with clock.standing_at(clock.start_of(change.effective_on)):
        jobs.run_due(every_job=True)
        jobs.run_due(every_job=True)
    member.refresh_from_db()
    assert member.tier == people.associate_tier
    assert RegisterEntry.objects.filter(member=member, kind="tier").count() == 1
    assert periods_are_paid_and_single() == []


def test_rejected_withdrawn_and_lapsed(portal, people, enter):
    person = ask(enter, "associate", "regular")
    change = TierChange.objects.get()
    reviewer = enter("reviewer").open(f"/staff/tier-changes/{change.pk}/")
    reviewer.press("/reject/", **REJECT, **{"reject-decided_on": "2026-11-20"})
    assert "서류가 맞지 않습니다." in person.open("/me/tier/").text
    person.open("/me/tier/?tier=regular").press("reason", reason="다시 신청합니다.")
    person.press("/withdraw/")
    person.open("/me/tier/?tier=regular").press("reason", reason="또 신청합니다.")
    change = TierChange.objects.latest("pk")
    enter("reviewer").open(f"/staff/tier-changes/{change.pk}/").press("/approve/", **BASIS)
    change.refresh_from_db()
    with clock.standing_at(change.order.release_at + timedelta(minutes=1)):
        jobs.run_due(every_job=True)
        change.refresh_from_db()
        assert change.status == TierChange.Status.LAPSED
        assert person.open("/me/tier/").forms  # may be asked for again
    assert Member.objects.get(user=people.associate).tier == people.associate_tier
