"""What branches get of dues: rules with their days, and the months of each branch, the older ones
locked and paid out, the last one approved, this one running."""

from collections.abc import Callable
from datetime import date, timedelta

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.demo.people import account, approver_of
from kosna.demo.story import Story
from kosna.payments import actions
from kosna.payments.models import Statement
from kosna.payments.statement_figures import due_of
from members.actions import enter_share_rule
from members.models import ShareRule, Tier

YEARS = 7  # nobody joined before
BASIS = "제{n}차 이사회, {day}, {year}-{n}호"


def tell(story: Story) -> None:
    _the_rules(story)
    _the_months(story)
    _the_adjustments(story)


def _the_rules(story: Story) -> None:
    def enter(tier: str, branch: str, percent: int, begins: date) -> Callable[[], object]:
        def deed() -> None:
            today = clock.today()
            rule = ShareRule(
                tier=Tier.objects.get(code=tier),
                branch=Branch.objects.filter(code=branch).first(),
                percent=percent,
                valid_from=begins,
                basis=BASIS.format(n=today.year % 100 + 3, day=today, year=today.year),
            )
            enter_share_rule(rule, by=account("hq"))

        return deed

    decided = story.past(2, 2, 10)
    begins = clock.kst_date(decided) + timedelta(days=19)
    story.at(decided, enter("company", "", 20, begins))
    story.at(decided, enter("regular", "busan", 35, begins))
    story.at(story.ago(9, 14), enter("regular", "", 35, date(story.today.year + 1, 1, 1)))


def _the_months(story: Story) -> None:
    this = story.today.replace(day=1)
    last = _before(this)
    month = date(story.today.year - YEARS, 1, 1)
    while month < last:
        following = clock.next_month(month)
        story.at(clock.start_of(following) + timedelta(days=4, hours=10), _close(month, locks=True))
        story.at(clock.start_of(following) + timedelta(days=9, hours=11), _pay_out(month))
        month = following
    closed = clock.start_of(this) + timedelta(days=4, hours=10)
    story.at(min(closed, story.now), _close(last, locks=False))


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _close(month: date, *, locks: bool) -> Callable[[], object]:
    """Prepared by the treasurer, approved by the branch's president, or the head office."""

    def deed() -> None:
        for row in Statement.objects.filter(month=month).select_related("branch"):
            treasurer = account("treasurer")
            president = row.branch.code in ("busan", "daegu", "daejeon")
            approver = approver_of(row.branch.code) if president else account("hq")
            actions.prepare_statement(row, by=treasurer)
            actions.approve_statement(row, by=approver)
            if locks:
                actions.lock_statement(row, by=treasurer)

    return deed


def _pay_out(month: date) -> Callable[[], object]:
    def deed() -> None:
        for row in Statement.objects.filter(month=month).select_related("branch"):
            if due := due_of(row):
                actions.match_payout(
                    row,
                    reference=f"{clock.today():%Y%m%d}-{row.branch.code}",
                    paid_on=clock.today(),
                    amount=due,
                    by=account("treasurer"),
                )

    return deed


def _the_adjustments(story: Story) -> None:
    this = story.today.replace(day=1)
    last = _before(this)
    before = _before(last)
    for month, amount, reason in (
        (before, 80_000, "지부 공동 세미나 경비 분담분 가산"),
        (last, 45_000, "지부 신입회원 환영회 경비 분담분 가산"),
    ):
        instant = clock.start_of(month) + timedelta(days=14, hours=15)
        story.at(instant, _adjust("busan", amount, reason))
    instant = min(clock.start_of(this) + timedelta(days=2, hours=15), story.now)
    story.at(instant, _adjust("busan", -12_000, "탈퇴 회원 회비 배분 착오 환수", corrects=before))
    story.at(
        min(instant + timedelta(minutes=20), story.now),
        _adjust("daegu", 1_200_000, "지부 사무실 이전 지원금 반영"),
    )


def _adjust(
    branch: str, amount: int, reason: str, corrects: date | None = None
) -> Callable[[], object]:
    def deed() -> None:
        today = clock.today()
        row = Branch.objects.get(code=branch)
        actions.enter_adjustment(
            branch=row,
            amount=amount,
            reason=reason,
            basis=BASIS.format(n=today.month, day=today, year=today.year),
            corrects=Statement.objects.filter(branch=row, month=corrects).first(),
            by=account("treasurer"),
        )

    return deed
