"""Anything that can happen to a membership, in any order, over New Year and the days of the dues
calendar; what must never be false is asked after every step."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions import (
    approve_refund,
    complete_bank_refund,
    expire_due,
    record_payment,
    request_refund,
    send_refund,
)
from kosna.payments.models import LedgerEntry, Order, Refund
from kosna.verify import balances_are_counted, dues_agree, last_paid_days_are_known
from members import actions, register
from members.access import memberships_of
from members.models import (
    Application,
    Exemption,
    Member,
    Period,
    Removal,
    Suspension,
    Tier,
    TierChange,
    Transfer,
)
from members.standing import FOR_LIFE, forfeitable
from tests import factories
from tests.members.conftest import make_application
from tests.payments.shop import account_for

BASIS = "제12차 이사회, 2026-11-20, 2026-3호"
PEOPLE = 3
GRACE_OF_ANNIVERSARIES = 90

people = st.integers(0, PEOPLE - 1)
picks = st.integers(0, 60)  # one of the rows that there are
tiers = st.sampled_from(["regular", "prepaid", "yearly"])
leaps = st.one_of(
    st.sampled_from([1, 14, 15, 60, 200]),
    st.sampled_from([(1, 1), (3, 31), (4, 1), (6, 30), (7, 1), (10, 31), (11, 1), (12, 31)]),
)


def one_of(rows: list, pick: int):
    return rows[pick % len(rows)]


class Lifecycle(RuleBasedStateMachine):
    """Three people, three tiers (approval first and half dues from July; payment first and dues by
    the month; from anniversary to anniversary), and an office of two."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.today = date(2026, 10, 20)
        self.standing_at = None
        self._stand()
        self.hq = factories.make_branch("hq")
        self.branches = [self.hq, factories.make_branch("busan")]
        self.users = [factories.make_user(f"회원{n}") for n in range(PEOPLE)]
        self.staff = [factories.make_user(f"사무국{n}") for n in range(2)]
        for officer in self.staff:
            factories.appoint(officer, "secretariat", self.hq)
        for code, fields in {
            "regular": {"first_year": "half"},
            "prepaid": {"first_year": "monthly", "joining": "pay_first", "barred_years": 1},
            "yearly": {"dues_basis": "anniversary", "grace_days": GRACE_OF_ANNIVERSARIES},
        }.items():
            factories.make_tier(code, **fields)
        self.history: dict[date, dict[int, tuple]] = {}

    def teardown(self) -> None:
        for day, lines in self.history.items():
            assert self.lines_of(day) == lines, day
        self.standing_at.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # Helpers

    def _stand(self) -> None:
        """Lets the portal's clock stand at noon of the machine's day."""
        if self.standing_at:
            self.standing_at.__exit__(None, None, None)
        noon = datetime.combine(self.today, time(12), clock.KST)
        self.standing_at = clock.standing_at(noon)
        self.standing_at.__enter__()

    def applications(self) -> list[Application]:
        return list(Application.objects.filter(status="submitted").order_by("pk"))

    def members(self, *statuses: str) -> list[Member]:
        return list(Member.objects.filter(status__in=statuses or ["active"]).order_by("pk"))

    def orders(self) -> list[Order]:
        return list(Order.objects.filter(status="pending").order_by("pk"))

    @staticmethod
    def lines_of(day: date) -> dict[int, tuple]:
        """The register as of a day: who stands in it, and how."""
        return {
            line.member_id: (
                line.number,
                line.status,
                line.tier_id,
                line.branch_id,
                line.ended_on,
            )
            for line in register.as_of(day)
        }

    # Joining

    @initialize(codes=st.lists(tiers, min_size=PEOPLE - 1, max_size=PEOPLE - 1))
    def some_are_members(self, codes: list[str]) -> None:
        for who, code in enumerate(codes):
            self.join(who, code)

    @rule(who=people, code=tiers)
    def join(self, who: int, code: str) -> None:
        """All of it in one go; the steps by themselves are rules of their own."""
        running = Member.objects.filter(user=self.users[who], status__in=["admitted", "active"])
        if not running.exists():
            self.apply(who, code)
        row = Application.objects.filter(applicant=self.users[who], status="submitted").first()
        if row:
            self._approve(row)
            self._pay(Order.objects.get(application=row))

    @rule(who=people, code=tiers)
    def apply(self, who: int, code: str) -> None:
        user = self.users[who]
        if Application.objects.filter(applicant=user).open().exists():
            return
        tier = Tier.objects.get(code=code)
        expulsions = Member.objects.filter(user=user, status="expelled")
        ended = max((row.ended_on for row in expulsions), default=None)
        is_barred = ended and self.today < clock.years_after(ended, tier.barred_years)
        is_member = Member.objects.filter(user=user, status__in=["admitted", "active"]).exists()
        draft = make_application(user, tier, self.hq)
        try:
            actions.submit_application(draft, by=user)
        except Refused:
            assert is_barred or is_member
            actions.withdraw_application(draft, by=user)
        else:
            assert not is_barred and not is_member
            if code == "prepaid":
                assert Order.objects.get(application=draft).status == "pending"

    @precondition(applications)
    @rule(pick=picks, named=st.sampled_from(["phone", "address"]))
    def revise(self, pick: int, named: str) -> None:
        row = one_of(self.applications(), pick)
        actions.request_revision(row, named=[named], reason="x", by=self.staff[0])
        row = Application.objects.get(pk=row.pk)
        setattr(row, named, "+821077777777")
        actions.save_draft(row, proof=None, by=row.applicant)
        actions.submit_application(row, by=row.applicant)

    @precondition(applications)
    @rule(pick=picks)
    def approve(self, pick: int) -> None:
        self._approve(one_of(self.applications(), pick))

    def _approve(self, row: Application) -> None:
        was_expelled = Member.objects.filter(user=row.applicant, status="expelled").exists()
        try:
            actions.approve_application(row, basis=BASIS, by=self.staff[0])
        except Refused:
            assert was_expelled
            note = "제명 사유 해소"
            actions.approve_application(row, basis=BASIS, readmission=note, by=self.staff[0])
        else:
            assert not was_expelled

    @precondition(applications)
    @rule(pick=picks, by_applicant=st.booleans())
    def refuse(self, pick: int, by_applicant: bool) -> None:
        row = one_of(self.applications(), pick)
        held = row.order.sum_paid() if row.order else 0
        if by_applicant:
            actions.withdraw_application(row, by=row.applicant)
        else:
            actions.reject_application(row, reason="x", basis=BASIS, by=self.staff[0])
        claims = Refund.objects.filter(order=row.order_id) if row.order else Refund.objects.none()
        assert (claims.aggregate(sum=Sum("amount"))["sum"] or 0) == held

    # Money

    @precondition(orders)
    @rule(pick=picks)
    def pay(self, pick: int) -> None:
        self._pay(one_of(self.orders(), pick))

    def _pay(self, order: Order) -> None:
        record_payment(
            order=order,
            provider="bank",
            reference=f"deposit-{order.code}",
            method="bank",
            amount=order.total,
            received_at=clock.now(),
        )

    @precondition(lambda self: Refund.objects.filter(status="requested").exists())
    @rule()
    def refunds_go_out(self) -> None:
        for refund in Refund.objects.filter(status="requested"):
            approve_refund(account_for(refund), by=self.staff[1])
            send_refund(refund, by=self.staff[1])
            complete_bank_refund(refund, reference=f"wire-{refund.pk}", by=self.staff[1])

    @precondition(members)
    @rule(pick=picks)
    def give_dues_back(self, pick: int) -> None:
        """A payment by mistake: the days that it bought go with it."""
        period = one_of(self.members(), pick).periods.valid().last()
        line = period and period.line
        if line and line.amount and not line.refunds.exists():
            request_refund(
                order=line.order, amount=line.amount, reason="착오납", line=line, by=self.staff[0]
            )
            self.refunds_go_out()

    @precondition(members)
    @rule(pick=picks, is_paid=st.booleans())
    def renew(self, pick: int, is_paid: bool) -> None:
        member = one_of(self.members(), pick)
        try:
            order = actions.renew(member, by=member.user)
        except Refused:
            ends = [p.ends_on or FOR_LIFE for p in member.periods.valid()]
            is_paid = ends and (max(ends) > self.today or max(ends).year == self.today.year)
            assert is_paid or member.tier_changes.open().exists()
            return
        assert order.status == "pending"
        if is_paid:
            self._pay(order)

    @rule(back=st.integers(0, 1))
    def assess(self, back: int) -> None:
        """Books what the year's dues should be; run again, there is nothing left to book."""
        year = self.today.year - back
        actions.assess(year=year, by=self.staff[0])
        again = actions.assess(year=year, by=self.staff[0])
        assert (again.added, again.changed, again.reversed, again.total) == (0, 0, 0, 0)

    @precondition(members)
    @rule(pick=picks, years=st.none() | st.integers(0, 2), back=st.integers(-1, 1))
    def exempt(self, pick: int, years: int | None, back: int) -> None:
        member = one_of(self.members(), pick)
        since = self.today.year - back
        until = None if years is None else since + years
        try:
            actions.exempt(member, from_year=since, until_year=until, reason="x", by=self.staff[0])
        except Refused:
            assert member.exemptions.exists()

    @precondition(lambda self: Exemption.objects.filter(member__status="active").exists())
    @rule(pick=picks)
    def end_exemption(self, pick: int) -> None:
        rows = Exemption.objects.filter(member__status="active").order_by("pk")
        row = one_of(list(rows), pick)
        try:
            actions.end_exemption(row, until_year=self.today.year, by=self.staff[0])
        except Refused:
            until = row.until_year or 9999
            assert until <= self.today.year or row.from_year > self.today.year + 1

    # Another tier, another branch

    @precondition(members)
    @rule(pick=picks, code=tiers)
    def ask_for_tier(self, pick: int, code: str) -> None:
        member = one_of(self.members(), pick)
        before = member.tier_changes.open().count()
        try:
            actions.request_tier_change(member, to_tier=Tier.objects.get(code=code), by=member.user)
        except Refused:
            assert member.tier_changes.open().count() == before

    def changes(self, *statuses: str) -> list[TierChange]:
        return list(TierChange.objects.filter(status__in=statuses).order_by("pk"))

    @precondition(lambda self: self.changes("requested"))
    @rule(pick=picks, is_paid=st.booleans())
    def approve_tier(self, pick: int, is_paid: bool) -> None:
        change = one_of(self.changes("requested"), pick)
        try:
            order = actions.approve_tier_change(change, basis=BASIS, by=self.staff[0])
        except Refused:
            actions.reject_tier_change(change, reason="x", by=self.staff[0])
            return
        if is_paid and order.status == "pending":
            self._pay(order)

    @precondition(lambda self: self.changes("requested", "approved", "paid"))
    @rule(pick=picks)
    def withdraw_tier(self, pick: int) -> None:
        change = one_of(self.changes("requested", "approved", "paid"), pick)
        try:
            actions.withdraw_tier_change(change, by=change.requested_by)
        except Refused:
            assert change.order.total or change.effective_on <= self.today

    @precondition(lambda self: self.changes("effective"))
    @rule(pick=picks)
    def give_tier_back(self, pick: int) -> None:
        change = one_of(self.changes("effective"), pick)
        line = change.order.lines.filter(kind="dues").first()
        if line and line.amount > 0 and not line.refunds.exists():
            request_refund(
                order=line.order, amount=line.amount, reason="x", line=line, by=self.staff[0]
            )
            self.refunds_go_out()

    @precondition(members)
    @rule(pick=picks, to=st.integers(0, 1), waits=st.integers(0, 40), is_kept=st.booleans())
    def move(self, pick: int, to: int, waits: int, is_kept: bool) -> None:
        member = one_of(self.members(), pick)
        try:
            transfer = actions.request_transfer(
                member, to_branch=self.branches[to], reason="x", by=member.user
            )
        except Refused:
            open_ = member.transfers.open().exists()
            assert open_ or member.branch_id == self.branches[to].pk
            return
        if is_kept:
            actions.refuse_transfer(transfer, reason="x", by=self.staff[0])
            return
        actions.clear_transfer(transfer, waiver="x", by=self.staff[0])
        moves_on = self.today + timedelta(days=waits)
        actions.accept_transfer(transfer, moves_on=moves_on, by=self.staff[1])

    # Resting and ending

    @precondition(members)
    @rule(pick=picks, starts_in=st.integers(0, 40), days=st.none() | st.integers(0, 60))
    def suspend(self, pick: int, starts_in: int, days: int | None) -> None:
        member = one_of(self.members(), pick)
        starts_on = self.today + timedelta(days=starts_in)
        ends_on = None if days is None else starts_on + timedelta(days=days)
        try:
            actions.suspend(
                member,
                starts_on=starts_on,
                ends_on=ends_on,
                reason="x",
                basis=BASIS,
                by=self.staff[0],
            )
        except Refused:
            assert member.suspensions.filter(restored_on=None).exists()

    @precondition(lambda self: Suspension.objects.open(self.today).exists())
    @rule(pick=picks)
    def restore(self, pick: int) -> None:
        member = one_of(list(Suspension.objects.open(self.today)), pick).member
        if member.status == "active":
            actions.restore(member, reason="x", basis=BASIS, by=self.staff[1])
            assert not member.suspensions.on(self.today).exists()

    @precondition(lambda self: self.members("admitted", "active"))
    @rule(pick=picks)
    def withdraw(self, pick: int) -> None:
        member = one_of(self.members("admitted", "active"), pick)
        actions.withdraw(member, by=member.user)

    @precondition(members)
    @rule(pick=picks, is_confirmed=st.booleans())
    def expel(self, pick: int, is_confirmed: bool) -> None:
        member = one_of(self.members(), pick)
        removal = actions.propose_expulsion(member, reason="x", basis=BASIS, by=self.staff[0])
        with pytest.raises(Refused):
            actions.confirm_expulsion(removal, by=self.staff[0])
        if is_confirmed:
            actions.confirm_expulsion(removal, by=self.staff[1])
        else:
            actions.drop_removal(removal, note="x", by=self.staff[1])

    @precondition(lambda self: forfeitable(Member.objects.all(), self.today).exists())
    @rule()
    def forfeit(self) -> None:
        rows = list(forfeitable(Member.objects.all(), self.today).order_by("pk"))
        removals = actions.propose_forfeitures(rows, reason="x", by=self.staff[0])
        lost, kept = actions.decide_forfeitures(removals, basis=BASIS, by=self.staff[1])
        assert ([member.pk for member in lost], kept) == ([row.pk for row in rows], [])

    @precondition(lambda self: self.members("admitted", "active"))
    @rule(pick=picks, was_error=st.booleans())
    def end_otherwise(self, pick: int, was_error: bool) -> None:
        member = one_of(self.members("admitted", "active"), pick)
        if was_error:
            actions.void_membership(member, reason="x", by=self.staff[0])
        else:
            actions.record_death(member, on=self.today, reason="x", by=self.staff[0])

    # Days pass

    @precondition(lambda self: self.today.year < 2031)
    @rule()
    def nobody_pays_for_years(self) -> None:
        """As far as the board's list, should nobody pay."""
        self.days_pass(300)
        self.days_pass((7, 1))
        self.days_pass((7, 1))

    @precondition(lambda self: self.today.year < 2031)
    @rule(leap=leaps)
    def days_pass(self, leap: int | tuple[int, int]) -> None:
        self.history[self.today] = self.lines_of(self.today)
        if isinstance(leap, int):
            self.today += timedelta(days=leap)
        else:
            day = date(self.today.year, *leap)
            self.today = day if day > self.today else day.replace(year=day.year + 1)
        self._stand()
        expire_due()
        actions.move_due()
        actions.take_due()

    # What must never be false

    @invariant()
    def one_membership_and_one_period_at_a_time(self) -> None:
        for user in self.users:
            assert Member.objects.filter(user=user, status__in=["admitted", "active"]).count() <= 1
        for member in Member.objects.all():
            rows = member.periods.valid().order_by("starts_on")
            days = [(p.starts_on, p.ends_on or FOR_LIFE) for p in rows]
            assert all(before[1] < after[0] for before, after in pairwise(days)), days

    @invariant()
    def no_right_without_a_dated_fact(self) -> None:
        """Rights on a day: yesterday's, today's and next year's, each by its own reckoning."""
        for day in (self.today - timedelta(days=1), self.today, self.today + timedelta(days=300)):
            noon = datetime.combine(day, time(12), clock.KST)
            for user in self.users:
                held = memberships_of(User.objects.get(pk=user.pk), noon)
                rights = {each.member.pk for each in held if each.rights}
                entitled = {
                    member.pk
                    for member in Member.objects.filter(user=user).select_related("tier")
                    if self.is_entitled(member, day)
                }
                assert rights == entitled, day

    def is_entitled(self, member: Member, day: date) -> bool:
        if member.status in ("admitted", "voided") or member.joined_on is None:
            return False
        if member.joined_on > day or (member.ended_on and member.ended_on <= day):
            return False
        for row in Suspension.objects.filter(member=member, starts_on__lte=day):
            is_over = row.ends_on and row.ends_on < day
            is_lifted = row.restored_on and row.restored_on <= day
            if not is_over and not is_lifted:
                return False
        ends = [p.ends_on or FOR_LIFE for p in member.periods.valid() if p.starts_on <= day]
        if not ends or FOR_LIFE in ends:
            return bool(ends)
        if member.tier.code == "yearly":
            return day <= max(ends) + timedelta(days=GRACE_OF_ANNIVERSARIES)
        return day <= date(max(ends).year + 1, 6, 30)

    @invariant()
    def the_register_is_the_history(self) -> None:
        now = {
            member.pk: (
                member.number,
                member.status,
                member.tier_id,
                member.branch_id,
                member.ended_on,
            )
            for member in Member.objects.exclude(number=None)
        }
        assert self.lines_of(self.today) == now
        for day in list(self.history)[-2:]:
            assert self.lines_of(day) == self.history[day], day

    @invariant()
    def the_books_hold_what_the_lines_say(self) -> None:
        booked = LedgerEntry.objects.aggregate(sum=Sum("amount"))["sum"] or 0
        kept = 0
        for order in Order.objects.filter(status__in=["paid", "refunded", "review"]):
            for line in order.lines.all():
                back = line.refunds.filter(status="done").aggregate(sum=Sum("amount"))["sum"]
                kept += line.amount - (back or 0)
        assert booked == kept
        standing = Period.objects.valid().filter(line__isnull=False)
        assert not standing.filter(line__refunds__status="done").exists()

    @invariant()
    def no_case_outlives_its_membership(self) -> None:
        ended = Member.objects.filter(status__in=Member.ENDED)
        assert not Transfer.objects.open().filter(member__in=ended).exists()
        assert not TierChange.objects.open().filter(member__in=ended).exists()

    @invariant()
    def dues_and_what_is_kept_of_them_agree(self) -> None:
        """Σ charged − Σ paid = Σ open, in the facts and in what lists show; the last paid days."""
        assert dues_agree() + balances_are_counted() + last_paid_days_are_known() == []

    @invariant()
    def numbers_are_given_once_and_endings_have_their_day(self) -> None:
        numbers = [n for n in Member.objects.values_list("number", flat=True) if n]
        assert len(numbers) == len(set(numbers))
        assert not Member.objects.filter(status__in=Member.ENDED, ended_on=None).exists()
        for removal in Removal.objects.filter(status="done"):
            assert removal.basis and removal.member.status in ("expelled", "forfeited")


@pytest.mark.django_db
def test_whatever_happens_to_memberships():
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=16,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
