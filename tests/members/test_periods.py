"""Dues paid, given back and paid again: the days that membership lasts follow."""

from datetime import UTC, date, datetime

import pytest

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.payments.actions import record_payment
from kosna.payments.models import Order, Payment, Refund
from members import actions, dues
from members.models import Member, Period
from members.standing import standing_of
from tests import factories
from tests.members.conftest import make_application

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(settings, tmp_path):
    """``at(2026, 11, 1)`` stands on noon of that day in Korea."""

    def stand(year: int, month: int, day: int) -> None:
        moment = tmp_path / "clock"
        moment.write_text(datetime(year, month, day, 3, tzinfo=UTC).isoformat())
        settings.KOSNA_CLOCK = str(moment)

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


def join(cast, tier=None) -> Order:
    application = make_application(
        cast.applicant, tier or cast.regular_tier, cast.busan, submitted=True
    )
    return actions.approve_application(application, basis="이사회", by=cast.reviewer)


@pytest.mark.parametrize(
    ("paid_on", "ends_on"),
    [
        ((2026, 1, 2), date(2026, 12, 31)),
        ((2026, 10, 31), date(2026, 12, 31)),
        ((2026, 11, 1), date(2027, 12, 31)),
        ((2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_first_payment_makes_a_member_until_the_end_of_the_year(cast, at, paid_on, ends_on):
    at(*paid_on)

    pay(join(cast))

    member = Member.objects.get(user=cast.applicant)
    period = member.periods.get()
    assert (period.starts_on, period.ends_on) == (date(*paid_on), ends_on)
    assert (member.status, member.joined_on) == (Member.Status.ACTIVE, date(*paid_on))
    assert member.number.startswith("26-")
    assert standing_of(member, clock.today()).code == "good"


def test_payment_issues_card_certificate_and_one_mail(cast):
    order = pay(join(cast))
    pay(order)

    member = Member.objects.get(user=cast.applicant)
    card = Document.objects.get(kind="membership_card")
    assert card.facts["member_number"] == member.number
    assert card.valid_until == member.periods.get().ends_on
    assert Document.objects.get(kind="approval").subject == cast.applicant
    assert Message.objects.filter(template="membership_started").count() == 1
    assert Payment.objects.count() == 1


def test_term_for_life_never_ends(cast):
    tier = factories.make_tier("life", admission_fee=0, annual_dues=1_000_000, is_for_life=True)

    pay(join(cast, tier))

    member = Member.objects.get(user=cast.applicant)
    assert member.periods.get().ends_on is None
    with pytest.raises(Refused):
        actions.renew(member, by=cast.applicant)


def test_tier_without_dues_begins_with_the_approval(cast):
    tier = factories.make_tier("honorary", admission_fee=0, annual_dues=0)

    order = join(cast, tier)

    assert order.status == Order.Status.PAID
    assert Member.objects.get(user=cast.applicant).status == Member.Status.ACTIVE
    assert Payment.objects.get().amount == 0


def test_rates_follow_the_year(cast, at):
    cast.regular_tier.rates.create(from_year=2027, admission_fee=50_000, annual_dues=120_000)

    at(2026, 10, 1)
    assert [line.amount for line in dues.quote(cast.regular_tier, clock.today(), first=True)] == [
        100_000,
        100_000,
    ]
    cast.regular_tier.refresh_from_db()
    at(2026, 11, 1)
    assert [line.amount for line in dues.quote(cast.regular_tier, clock.today(), first=False)] == [
        120_000
    ]


def test_renewal_follows_on_the_paid_days(cast, at, login):
    at(2026, 11, 20)
    member = factories.make_member(cast.account, tier=cast.regular_tier, branch=cast.busan)
    client = login("account")
    assert "120,000" not in client.get("/members/renew/").content.decode()

    first = client.post("/members/renew/", {"member": member.pk})
    second = client.post("/members/renew/", {"member": member.pk})

    order = Order.objects.get()
    assert first.url == second.url == order.get_absolute_url()
    pay(order)
    period = member.periods.get(line__order=order)
    assert (period.starts_on, period.ends_on) == (date(2027, 1, 1), date(2027, 12, 31))
    assert Message.objects.filter(template="membership_renewed").count() == 1
    with pytest.raises(Refused, match="2027-11-01"):
        actions.renew(member, by=cast.account)


def test_renewal_of_lapsed_member_begins_on_the_day_of_payment(cast, at):
    at(2026, 8, 15)
    member = factories.make_member(cast.account, paid_until=date(2024, 12, 31))
    assert standing_of(member, clock.today()).code == "arrears"

    pay(actions.renew(member, by=cast.account))

    period = member.periods.order_by("-pk").first()
    assert (period.starts_on, period.ends_on) == (date(2026, 8, 15), date(2026, 12, 31))
    member = Member.objects.get(pk=member.pk)
    assert standing_of(member, clock.today()).code == "good"


def test_renewal_is_for_those_who_run_the_membership(cast, at, login):
    at(2026, 11, 20)

    ok = login("company_rep").post("/members/renew/", {"member": cast.company.pk})
    seat = login("company_seat").post("/members/renew/", {"member": cast.company.pk})
    stranger = login("regular").post("/members/renew/", {"member": cast.company.pk})

    assert ok.status_code == 302
    assert (seat.status_code, stranger.status_code) == (404, 404)


def test_year_paid_by_two_orders_is_recorded_and_asked_about(cast, at):
    at(2026, 11, 20)
    member = factories.make_member(cast.account)
    first = actions.renew(member, by=cast.account)
    Order.objects.filter(pk=first.pk).update(status=Order.Status.EXPIRED)
    second = actions.renew(member, by=cast.account)

    assert pay(second).status == Order.Status.PAID
    assert pay(first).status == Order.Status.REVIEW
    assert Period.objects.filter(member=member).count() == 2


def test_refunded_dues_take_days_and_papers_back(cast):
    order = pay(join(cast))
    line = order.lines.get(kind="dues")
    refund = Refund.objects.create(
        order=order, payment=order.payments.get(), line=line, amount=line.amount, reason="착오납"
    )

    actions.dues_refunded(refund)
    actions.dues_refunded(refund)

    member = Member.objects.get(user=cast.applicant)
    assert member.periods.get().voided_at is not None
    assert standing_of(member, clock.today()).code == "arrears"
    papers = Document.objects.filter(kind__in=["membership_card", "approval"])
    assert {paper.status for paper in papers} == {"void"}


@pytest.mark.parametrize("says_so", [False, True])
def test_a_part_of_the_dues_takes_days_only_where_the_treasurer_says_so(cast, says_so):
    order = pay(join(cast))
    refund = Refund.objects.create(
        order=order,
        payment=order.payments.get(),
        line=order.lines.get(kind="dues"),
        ends_line=says_so,
        amount=1_000,
        reason="감면",
    )

    actions.dues_refunded(refund)

    assert (Period.objects.get(line__order=order).voided_at is not None) == says_so
    papers = Document.objects.filter(kind="membership_card")
    assert {paper.status for paper in papers} == {"void" if says_so else "valid"}


def test_refunded_money_alone_takes_nothing(cast):
    order = pay(join(cast))
    refund = Refund.objects.create(
        order=order, payment=order.payments.get(), amount=1_000, reason="초과입금"
    )

    actions.dues_refunded(refund)

    assert Period.objects.get(line__order=order).voided_at is None


def test_card_is_for_paid_days_only(cast, login):
    assert login("regular").get("/members/card.pdf").content.startswith(b"%PDF-")
    assert login("company_seat").get("/members/card.pdf").status_code == 200
    assert Document.objects.filter(subject=cast.company_seat).get().facts["organisation"]
    for nobody in ("lapsed", "account"):
        assert login(nobody).get("/members/card.pdf").status_code == 404


def test_certificate_of_admission_is_for_the_new_member(cast, login):
    order = join(cast)
    url = f"{order.application.get_absolute_url()}certificate.pdf"
    assert login("applicant").get(url).status_code == 404

    pay(order)

    assert login("applicant").get(url).content.startswith(b"%PDF-")
    assert login("regular").get(url).status_code == 404


@pytest.mark.parametrize(
    ("who", "name", "organisation"),
    [("regular", "regular", ""), ("company_seat", "홍길동", "㈜가온소셜랩")],
)
def test_card_names_whom_the_association_knows(cast, login, who, name, organisation):
    """A name typed into the profile is that of a seat, and nobody else's."""
    client = login(who)
    client.post("/accounts/profile/", {"name": "홍길동", "name_en": "", "language": "ko"})

    assert client.get("/members/card.pdf").status_code == 200

    card = Document.objects.get()
    assert (card.facts["name"], card.facts["organisation"]) == (name, organisation)
