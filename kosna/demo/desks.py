"""What waits at the desks of the branches: companies under a new name, members who ask for another
tier, an application; and a branch that was closed years ago."""

from collections.abc import Callable
from datetime import date

from kosna.audit import actions as audit
from kosna.branch_actions import change_branch, close_branch
from kosna.branches.forms import BranchForm
from kosna.branches.models import Branch, Region
from kosna.core import clock
from kosna.demo import companies
from kosna.demo.memberships import PEOPLE, apply
from kosna.demo.moves import BASIS, somebody
from kosna.demo.people import account
from kosna.demo.story import Story
from members import actions
from members.models import Member, Tier

CLOSED, OPENED_ON = "pohang", date(2014, 3, 3)
# The contact of a company of Daegu and of one of Busan, and its new name.
RENAMED = (("member10", "㈜이음연결"), ("member20", "㈜새론스튜디오"))


def tell(story: Story) -> None:
    story.at(story.past(6, 2, 3), _open)
    story.at(story.past(5, 12, 30), _close)
    for days, (key, name) in enumerate(RENAMED, 2):
        story.at(story.ago(days, 15), _renames(key, name))
    for days, branch in enumerate(("busan", "daegu", "daejeon"), 2):
        story.at(story.ago(days, 13), _changes_tier(branch))
    story.at(story.ago(6, 11), _sees)
    apply(story, PEOPLE["applicant4"], "regular", "daejeon", story.ago(1, 14))


def _open() -> None:
    """Entered with the day on which it began: the portal is younger."""
    form = BranchForm(
        {
            "code": CLOSED, "name_ko": "포항지부", "name_en": "Pohang branch",
            "status": Branch.Status.OPEN, "opened_on": OPENED_ON,
            "regions": [Region.objects.on(clock.today()).get(code="gyeongbuk").pk],
        }
    )  # fmt: skip
    assert form.is_valid(), form.errors
    change_branch(form, by=account("hq"))


def _close() -> None:
    today = clock.today()
    basis = BASIS.format(n=today.year % 100 + 2, day=today, year=today.year)
    close_branch(Branch.objects.get(code=CLOSED), basis=basis, by=account("hq"))


def _renames(contact: str, name: str) -> Callable[[], object]:
    company = next(row for row in companies.MORE if row.contact == contact)
    return lambda: actions.request_change(
        Member.objects.get(organisation__business_number=company.business_number),
        name=name,
        business_number=company.business_number,
        representative=company.representative,
        note="상호를 바꾸었습니다. 변경된 사업자등록증을 이메일로 보냈습니다.",
        by=account(contact),
    )


def _changes_tier(branch: str) -> Callable[[], object]:
    def ask() -> None:
        member = somebody(branch, "regular")
        actions.request_tier_change(
            member,
            to_tier=Tier.objects.get(code="associate"),
            reason="활동을 줄이게 되었습니다.",
            by=member.user,
        )

    return ask


def _sees() -> None:
    """Busan has opened somebody's page, and the office has taken a list along: who is on it reads
    of both."""
    office, people = account("hq"), [account(key) for key in ("regular", "lapsed", "jeju")]
    member = Member.objects.of(people[0]).get()
    audit.record_seen(
        "privacy.view", member, by=account("busan"), subjects=people[:1], ip="192.0.2.31"
    )
    audit.record_seen(
        "members.export_member", office, by=office, subjects=people, ip="192.0.2.21",
        reason="정기총회 소집 통지 발송", rows=len(people),
    )  # fmt: skip
