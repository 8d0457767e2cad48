"""Rules of branches' shares: dated, added and never changed, without gaps or contradictions."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kosna.audit.models import Entry
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions import record_payment
from kosna.payments.models import ShareEntry
from members import actions
from members.models import ShareRule
from members.shares import share_of
from tests import factories
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
PAGE = "/staff/tiers/shares/"
NEW = f"{PAGE}new/"


def day(ahead: int) -> date:
    return clock.today() + timedelta(days=ahead)


@pytest.fixture
def general() -> ShareRule:
    return ShareRule.objects.create(percent=30, valid_from=date(2020, 1, 1), basis="창립총회")


def typed(**changes: object) -> dict[str, object]:
    facts = {"tier": "", "branch": "", "percent": 40, "valid_from": day(1), "basis": "제3차 이사회"}
    return facts | changes


def enter(cast: Cast, **facts: object) -> ShareRule:
    rule = ShareRule(**{"percent": 40, "valid_from": day(1), "basis": "x"} | facts)
    return actions.enter_share_rule(rule, by=cast.head_office)


def percent(cast: Cast, on: date, branch: Branch | None = None) -> int | None:
    share = share_of("dues", "regular", branch or cast.busan, on)
    return share.percent if share else None


def test_dues_are_divided_by_the_rule_of_the_day_on_which_they_were_ordered(cast, general):
    enter(cast, tier=cast.regular_tier)
    member = factories.make_member(tier=cast.regular_tier, branch=cast.busan, paid_until=None)
    order = actions.renew(member, by=member.user)
    line = order.lines.get()
    assert (line.branch_share, line.share_rule) == (30_000, "2020-01-01 · 창립총회")
    with clock.standing_at(clock.start_of(day(2))):
        order.change(expires_at=clock.end_of(day(9)), release_at=clock.end_of(day(9)))
        record_payment(
            order=order,
            provider="bank",
            reference="1",
            method="bank_transfer",
            amount=order.total,
            received_at=clock.now(),
        )
        assert ShareEntry.objects.get().amount == 30_000
        other = factories.make_member(tier=cast.regular_tier, branch=cast.busan, paid_until=None)
        assert actions.renew(other, by=other.user).lines.get().branch_share == 40_000


def test_admission_fees_and_branches_that_are_being_set_up_have_no_share(cast, general):
    assert share_of("admission_fee", "regular", cast.busan, day(0)) is None
    assert percent(cast, day(0)) == 30
    for status in (Branch.Status.PLANNED, Branch.Status.PREPARING, Branch.Status.CLOSED):
        cast.busan.status = status
        assert percent(cast, day(0)) is None
    assert percent(cast, day(0), cast.hq) is None


def test_a_rule_ends_and_the_wider_one_holds_again(cast, general):
    enter(cast, branch=cast.busan, percent=50)
    enter(cast, branch=cast.busan, percent=None, valid_from=day(10))
    enter(cast, branch=cast.busan, percent=60, valid_from=day(20))
    days = (0, 1, 9, 10, 19, 20)
    assert [percent(cast, day(n)) for n in days] == [30, 50, 50, 30, 30, 60]
    assert percent(cast, day(5), cast.daegu) == 30


@pytest.mark.parametrize("ahead", [0, -1, -400])
def test_the_past_is_not_changed(cast, general, ahead):
    with pytest.raises(Refused) as refusal:
        enter(cast, valid_from=day(ahead))
    assert refusal.value.field == "valid_from" and ShareRule.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("valid_from", {"valid_from": 5}),  # there is one of that day
        ("percent", {"percent": 40, "valid_from": 6}),  # it holds already
        ("ends", {"percent": None, "branch": True, "valid_from": 6}),  # it has none of its own
        ("ends", {"percent": None, "valid_from": 6}),  # the widest: nothing would be left
    ],
)
def test_what_contradicts_or_leaves_a_gap_is_refused_at_its_field(cast, general, field, facts):
    enter(cast, valid_from=day(5))
    facts = dict(facts, valid_from=day(facts["valid_from"]))
    if facts.get("branch"):
        facts["branch"] = cast.busan
    with pytest.raises(Refused) as refusal:
        enter(cast, **facts)
    assert refusal.value.field == field and ShareRule.objects.count() == 2


def test_the_first_rule_leaves_no_days_without_one(cast):
    with pytest.raises(Refused) as refusal:
        enter(cast, tier=cast.regular_tier, valid_from=day(30))
    assert refusal.value.field == "valid_from"
    enter(cast, tier=cast.regular_tier, percent=0)
    enter(cast, tier=cast.regular_tier, valid_from=day(30))
    with pytest.raises(Refused) as refusal:  # nothing wider is there
        enter(cast, tier=cast.regular_tier, percent=None, valid_from=day(40))
    assert refusal.value.field == "ends"


def test_what_has_not_begun_is_taken_back_and_what_has_stands(cast, general):
    rule = enter(cast, branch=cast.busan)
    end = enter(cast, branch=cast.busan, percent=None, valid_from=day(9))
    with pytest.raises(Refused):
        actions.withdraw_share_rule(general, by=cast.head_office)
    with clock.standing_at(clock.start_of(day(1))), pytest.raises(Refused):
        actions.withdraw_share_rule(rule, by=cast.head_office)
    actions.withdraw_share_rule(end, by=cast.head_office)
    actions.withdraw_share_rule(rule, by=cast.head_office)
    actions.withdraw_share_rule(rule, by=cast.head_office)  # a second click
    assert list(ShareRule.objects.all()) == [general]
    verbs = Entry.objects.filter(verb__endswith="share_rule").values_list("verb", flat=True)
    assert sorted(verbs) == ["members.enter_share_rule"] * 2 + ["members.withdraw_share_rule"] * 2


def test_without_the_wider_one_an_ended_rule_would_leave_a_gap(cast):
    enter(cast, tier=cast.regular_tier)
    wide = enter(cast, percent=20, valid_from=day(1))
    enter(cast, tier=cast.regular_tier, percent=None, valid_from=day(9))
    with pytest.raises(Refused):
        actions.withdraw_share_rule(wide, by=cast.head_office)


def test_a_rule_is_entered_on_its_page_once_it_was_looked_at(cast, login, general):
    client = login("head_office")
    wrong = client.post(NEW, typed(percent="", ends=""))
    assert wrong.status_code == 422 and wrong.context["form"].errors["percent"]
    for field, changes in (
        ("percent", {"percent": 101}),
        ("percent", {"ends": "on"}),
        ("valid_from", {"valid_from": day(0)}),
        ("basis", {"basis": ""}),
        ("percent", {"percent": 30}),
    ):
        answer = client.post(NEW, typed(**changes))
        assert answer.status_code == 422 and answer.context["form"].errors[field], changes
    looked = client.post(NEW, typed(tier="regular", branch="busan"))
    assert looked.status_code == 200 and not ShareRule.objects.exclude(pk=general.pk).exists()
    assert "1" in looked.context["touches"]
    assert client.post(NEW, typed(tier="regular", confirmed="yes")).status_code == 302
    rule = ShareRule.objects.get(tier=cast.regular_tier)
    assert (rule.percent, rule.entered_by, rule.basis) == (40, cast.head_office, "제3차 이사회")
    assert "40%" in client.get("/staff/tiers/regular/").content.decode()
    officer = login("officer").get(PAGE).content.decode()
    assert "40%" in officer and f"{rule.pk}/withdraw/" not in officer
    assert client.post(f"{PAGE}{rule.pk}/withdraw/").status_code == 302
    assert client.post(f"{PAGE}{general.pk}/withdraw/").status_code == 303  # it has begun


def test_the_list_costs_as_much_for_three_rules_as_for_one(cast, login, general):
    client = login("auditor")
    costs = []
    for tier in (None, cast.regular_tier, cast.associate_tier):
        if tier:
            enter(cast, tier=tier, branch=cast.busan)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        costs.append(len(queries))
    assert len(set(costs)) == 1 and costs[0] <= 8
