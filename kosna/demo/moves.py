"""Who moves to another branch or another tier, and who holds which honour from when to when."""

from collections.abc import Callable
from datetime import date, timedelta

from django.conf import settings

from kosna.branch_actions import add_term
from kosna.branches.forms import TermForm
from kosna.branches.models import Branch, Term
from kosna.core import clock
from kosna.demo import money
from kosna.demo.people import account, approver_of
from kosna.demo.story import Story
from kosna.payments.models import Order
from members import actions
from members.models import Member, Tier, TierChange, Transfer
from members.standing import GOOD, standing_of

REASON = "직장을 옮겨 이사하였습니다."
BASIS = "제{n}차 이사회, {day}, {year}-{n}호"
Title = Term.Title
# branch, title, committee in Korean and English, name in Korean and English, years before and days
# from now of the term's two ends
OFFICERS = (
    ("hq", Title.VICE_PRESIDENT, "", "", "현서준", "Hyeon Seo-jun", 1, 700),
    ("hq", Title.DIRECTOR, "", "", "오세린", "Oh Se-rin", 1, 700),
    ("hq", Title.DIRECTOR, "", "", "윤다온", "Yoon Da-on", 2, 35),
    ("hq", Title.AUDITOR, "", "", "함주아", "Ham Ju-a", 1, 700),
    ("hq", Title.COMMITTEE_CHAIR, "소셜컴퓨팅", "Social computing", "심온유", "Sim On-yu", 1, 330),
    ("busan", Title.BRANCH_PRESIDENT, "", "", "마루한", "Ma Ru-han", 2, 52),
    ("busan", Title.BRANCH_VICE_PRESIDENT, "", "", "서나린", "Seo Na-rin", 1, 420),
    ("daegu", Title.BRANCH_PRESIDENT, "", "", "표나래", "Pyo Na-rae", 1, 640),
    ("daejeon", Title.BRANCH_PRESIDENT, "", "", "석하진", "Seok Ha-jin", 1, 500),
)  # fmt: skip


def tell(story: Story) -> None:
    _the_officers(story)
    _the_transfers(story)
    _the_changes_of_tier(story)


def _the_officers(story: Story) -> None:
    president = settings.ASSOCIATION
    names = (president["president_ko"], president["president_en"])
    for years, branch, title, field, person, last in (
        (3, "hq", Title.PRESIDENT, ("", ""), names, story.today + timedelta(days=400)),
        (5, "daegu", Title.BRANCH_PRESIDENT, ("", ""), ("길한솔", ""), None),
        *(
            (years, branch, title, (ko, en), (name_ko, name_en), story.today + timedelta(days=ends))
            for branch, title, ko, en, name_ko, name_en, years, ends in OFFICERS
        ),
    ):
        begins = story.past(years, 3, 2)
        ends = last or story.past(1, 3, 1).date()
        story.at(begins, _elector(branch, title, field, person, ends))


def _elector(
    branch: str, title: Title, field: tuple[str, str], person: tuple[str, str], ends: date
) -> Callable[[], object]:
    def elect() -> None:
        today = clock.today()
        form = TermForm(
            {
                "title": title,
                "field_ko": field[0],
                "field_en": field[1],
                "name_ko": person[0],
                "name_en": person[1],
                "valid_from": today,
                "valid_to": ends,
                "basis": BASIS.format(n=today.year % 100 + 1, day=today, year=today.year),
                "is_public": True,
            }
        )
        assert form.is_valid(), form.errors
        add_term(form, branch=Branch.objects.get(code=branch), by=account("hq"))

    return elect


def somebody(branch: str, tier: str) -> Member:
    """A member of the background who has paid and has no case on the way."""
    rows = Member.objects.active().filter(
        branch__code=branch, tier__code=tier, user__email__startswith="member"
    )
    busy = {
        *Transfer.objects.values_list("member", flat=True),
        *TierChange.objects.values_list("member", flat=True),
    }
    for member in rows.exclude(pk__in=busy).select_related("tier", "branch").order_by("pk"):
        if standing_of(member, clock.today()).code == GOOD and not actions.open_dues(member):
            return member
    raise LookupError(f"nobody of {tier} at {branch}")


def _the_transfers(story: Story) -> None:
    _transfer(story, "busan", "daegu", days=2, until="asked")
    _transfer(story, "busan", "daejeon", days=6, until="cleared")
    _transfer(story, "daejeon", "busan", days=5, until="cleared")
    _transfer(story, "hq", "daegu", days=4, until="cleared")
    _transfer(story, "daegu", "busan", days=9, until="accepted")
    _transfer(story, "hq", "busan", days=40, until="moved")


def _transfer(story: Story, old: str, new: str, *, days: int, until: str) -> None:
    cases: list[Transfer] = []

    def ask() -> None:
        member = somebody(old, "regular")
        to_branch = Branch.objects.get(code=new)
        cases.append(
            actions.request_transfer(member, to_branch=to_branch, reason=REASON, by=member.user)
        )

    def accept() -> None:
        later = timedelta(days=0 if until == "moved" else days + 20)
        actions.accept_transfer(cases[0], moves_on=clock.today() + later, by=approver_of(new))

    story.at(story.ago(days), ask)
    if until != "asked":
        clear = lambda: actions.clear_transfer(cases[0], by=account("hq"))  # noqa: E731
        story.at(story.ago(days - 1), clear)
    if until in ("accepted", "moved"):
        story.at(story.ago(days - 2), accept)


def _the_changes_of_tier(story: Story) -> None:
    def ask_for_more() -> None:
        user = account("associate")
        _ask(Member.objects.active().get(user=user), "regular", "의결권을 얻고자 합니다.")

    story.at(story.ago(1, 14), ask_for_more)
    _change(story, "associate", "regular", days=35)
    _change(story, "regular", "associate", days=12)


def _ask(member: Member, tier: str, reason: str) -> TierChange:
    to_tier = Tier.objects.get(code=tier)
    return actions.request_tier_change(member, to_tier=to_tier, reason=reason, by=member.user)


def _change(story: Story, old: str, new: str, *, days: int) -> None:
    """Asked, approved the next day and, where there is something to pay, paid the day after."""
    cases: list[TierChange] = []

    def approve() -> None:
        basis = BASIS.format(n=31, day=clock.today(), year=clock.today().year)
        actions.approve_tier_change(cases[0], basis=basis, by=account("reviewer"))

    def pay() -> None:
        order = Order.objects.get(tier_change=cases[0])
        if order.status == Order.Status.PENDING:
            money.pay_by_card(order)

    story.at(
        story.ago(days),
        lambda: cases.append(_ask(somebody("hq", old), new, "활동이 달라졌습니다.")),
    )
    story.at(story.ago(days - 1), approve)
    story.at(story.ago(days - 2), pay)
