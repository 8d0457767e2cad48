"""The ways of joining: revision of named fields, payment first, and who was expelled."""

from datetime import date, timedelta

import pytest

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail.models import Message
from kosna.payments.actions import (
    approve_refund,
    complete_bank_refund,
    record_payment,
    send_refund,
)
from kosna.payments.models import LedgerEntry, Order, Refund
from members import actions
from members.forms import ApproveForm, BasisForm
from members.models import Application, Member
from members.readmission import with_expulsion
from tests import factories
from tests.members.conftest import PERSON, make_application, upload
from tests.payments.shop import account_for

pytestmark = pytest.mark.django_db
Status = Application.Status


def pay(order: Order, *amounts: int) -> Order:
    for index, amount in enumerate(amounts or (order.total,)):
        record_payment(
            order=order,
            provider="bank",
            reference=f"deposit-{order.code}-{index}",
            method="bank",
            amount=amount,
            received_at=clock.now(),
        )
    order.refresh_from_db()
    return order


def give_back(refund: Refund, by) -> None:
    approve_refund(account_for(refund), by=by)
    send_refund(refund, by=by)
    complete_bank_refund(refund, reference=f"wire-{refund.pk}", by=by)


# A revision names its fields -------------------------------------------------------------------


def test_only_named_fields_can_be_changed_whatever_is_posted(cast, application, login):
    application.files.create(
        kind="student", file="x.pdf", name="x.pdf", content_type="application/pdf", size=1
    )
    actions.request_revision(
        application, named=["phone"], reason="휴대전화를 확인해 주세요.", by=cast.reviewer
    )
    before = Application.objects.get(pk=application.pk)
    client = login("applicant")
    page = client.get(f"{application.get_absolute_url()}edit/")

    assert set(page.context["form"].fields) == {"phone", "declaration"}
    assert "보완 요청: 휴대전화를 확인해 주세요." in page.content.decode()

    tampered = PERSON | {
        "phone": "010-7777-7777",
        "name": "다른사람",
        "address": "서울특별시 금천구 1",
        "branch": cast.daegu.pk,
        "proof": upload(),
    }
    client.post(f"{application.get_absolute_url()}edit/", tampered)

    application.refresh_from_db()
    assert (application.status, application.phone) == (Status.SUBMITTED, "+821077777777")
    assert application.revise_fields == []
    assert application.files.count() == 1
    for name in Application.WRITTEN:
        if name != "phone":
            assert getattr(application, name) == getattr(before, name), name


def test_the_action_writes_named_fields_alone(cast, application):
    actions.request_revision(application, named=["phone"], reason="x", by=cast.reviewer)
    row = Application.objects.get(pk=application.pk)
    row.phone, row.name, row.tier = "+821077777777", "다른사람", cast.associate_tier

    actions.save_draft(row, proof=None, by=cast.applicant)

    row.refresh_from_db()
    assert (row.phone, row.name, row.tier) == ("+821077777777", "applicant", cast.regular_tier)


@pytest.mark.parametrize("named", [[], ["status"], ["tier"], ["phone", "number"]])
def test_a_revision_names_fields_that_an_application_has(cast, application, named):
    with pytest.raises(Refused):
        actions.request_revision(application, named=named, reason="x", by=cast.reviewer)


def test_the_desk_offers_the_fields_of_the_form(cast, application, login):
    url = f"/staff/applications/{application.number}/"
    form = login("officer").get(url).context["revise_form"]
    offered = {value for value, _label in form.fields["named"].choices}
    assert offered == {
        "name", "name_en", "phone", "affiliation", "position", "topics",
        "postcode", "address", "address_detail", "branch", "proof",
    }  # fmt: skip

    refused = login("officer").post(f"{url}revision/", {"revise-reason": "x"})
    assert refused.status_code == 422
    words = {"revise-reason": "주소를 확인해 주세요.", "revise-named": ["address", "postcode"]}
    assert login("officer").post(f"{url}revision/", words).status_code == 302
    application.refresh_from_db()
    assert application.revise_fields == ["address", "postcode"]


# A basis is a meeting, a day and a number -----------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, set()),
        ({"meeting": ""}, {"meeting"}),
        ({"decided_on": ""}, {"decided_on"}),
        ({"decided_on": "2999-01-01"}, {"decided_on"}),
        ({"decided_on": "어제"}, {"decided_on"}),
        ({"number": ""}, {"number"}),
        ({"number": "호"}, {"number"}),
    ],
)
def test_a_basis_is_checked_part_by_part(changes, wrong):
    typed = {"meeting": "제12차 이사회", "decided_on": "2026-11-20", "number": "2026-3호"}

    form = BasisForm(typed | changes)

    assert set(form.errors) == wrong
    if not wrong:
        assert form.cleaned_data == {"basis": "제12차 이사회, 2026-11-20, 2026-3호"}


# Payment first --------------------------------------------------------------------------------


@pytest.fixture
def paid_first(cast) -> Application:
    tier = factories.make_tier("prepaid", joining="pay_first")
    return make_application(cast.applicant, tier, cast.busan, submitted=True)


def test_payment_first_waits_for_the_approval_that_opens_the_membership(cast, paid_first, login):
    order = pay(paid_first.order)

    assert order.status == Order.Status.PAID
    assert not Member.objects.filter(user=cast.applicant).exists()
    assert Message.objects.filter(template="application_paid").count() == 1
    page = login("applicant").get(paid_first.get_absolute_url()).content.decode()
    assert "200,000원" in page

    actions.approve_application(paid_first, basis="이사회", by=cast.reviewer)

    member = Member.objects.get(user=cast.applicant)
    assert (member.status, member.joined_on) == ("active", clock.today())
    assert member.periods.get().line.order == order
    assert not Message.objects.filter(template="application_approved").exists()
    assert Message.objects.filter(template="membership_started").count() == 1


def test_payment_first_approved_unpaid_is_paid_afterwards(cast, paid_first):
    actions.approve_application(paid_first, basis="이사회", by=cast.reviewer)
    assert Member.objects.get(user=cast.applicant).status == "admitted"

    pay(Order.objects.get(application=paid_first))

    assert Member.objects.get(user=cast.applicant).status == "active"
    assert Order.objects.count() == 1


@pytest.mark.parametrize("amounts", [(200_000,), (150_000, 50_000), (1, 199_999)])
@pytest.mark.parametrize("ends", ["rejected", "withdrawn"])
def test_payment_first_goes_back_in_full(cast, paid_first, amounts, ends):
    order = pay(paid_first.order, *amounts)
    if ends == "rejected":
        actions.reject_application(paid_first, reason="x", basis="이사회", by=cast.reviewer)
    else:
        actions.withdraw_application(paid_first, by=cast.applicant)

    claims = Refund.objects.filter(order=order)
    assert sum(claim.amount for claim in claims) == 200_000
    assert all(claim.line_id and claim.status == Refund.Status.REQUESTED for claim in claims)
    for claim in claims:
        give_back(claim, cast.treasurer)

    order.refresh_from_db()
    assert order.status == Order.Status.REFUNDED
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0
    assert not Member.objects.filter(user=cast.applicant).exists()


def test_payment_first_unpaid_and_refused_is_cancelled(cast, paid_first):
    order = paid_first.order

    actions.reject_application(paid_first, reason="x", basis="이사회", by=cast.reviewer)

    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert not Refund.objects.exists()
    assert pay(order).status == Order.Status.REVIEW  # whoever pays all the same is asked about


def test_payment_first_lapsed_gets_another_order_before_the_decision(cast, paid_first):
    Order.objects.filter(pk=paid_first.order_id).update(status=Order.Status.EXPIRED)

    order = actions.reissue_order(paid_first, by=cast.applicant)

    assert order.pk != paid_first.order_id
    assert pay(order).status == Order.Status.PAID


def test_reduced_dues_of_a_year_that_ended_before_the_decision_go_back(cast, settings, tmp_path):
    def stand(text: str) -> None:
        (tmp_path / "clock").write_text(text)
        settings.KOSNA_CLOCK = str(tmp_path / "clock")

    stand("2026-10-30T12:00:00+09:00")
    tier = factories.make_tier("prepaid", joining="pay_first", first_year="monthly")
    application = make_application(cast.applicant, tier, cast.busan, submitted=True)
    first = pay(application.order)
    stand("2027-01-04T12:00:00+09:00")

    second = actions.approve_application(application, basis="이사회", by=cast.reviewer)

    assert sum(Refund.objects.filter(order=first).values_list("amount", flat=True)) == first.total
    assert [line.dues_year for line in second.lines.filter(kind="dues")] == [2027]
    pay(second)
    member = Member.objects.get(user=cast.applicant)
    assert (member.status, member.periods.get().ends_on) == ("active", date(2027, 12, 31))


# Who was expelled -----------------------------------------------------------------------------


@pytest.fixture
def expelled(cast) -> Member:
    return factories.make_member(
        cast.applicant,
        status="expelled",
        ended_on=clock.today().replace(day=1) - timedelta(days=900),
    )


def test_an_expelled_applicant_is_held_for_the_head_office(cast, expelled, application, login):
    president = factories.make_user("지부장")
    factories.appoint(president, "branch_president", cast.busan)
    with pytest.raises(Refused):
        actions.approve_application(application, basis="x", readmission="y", by=president)
    with pytest.raises(Refused):
        actions.approve_application(application, basis="x", by=cast.reviewer)
    assert not Member.objects.filter(user=cast.applicant, status="admitted").exists()

    url = f"/staff/applications/{application.number}/"
    assert "심사 보류" in login("officer").get(url).content.decode()
    assert "보류: 제명 이력" in login("officer").get("/staff/applications/").content.decode()
    basis = {
        "approve-meeting": "제12차 이사회",
        "approve-decided_on": "2026-11-20",
        "approve-number": "2026-3호",
    }
    assert login("reviewer").post(f"{url}approve/", basis).status_code == 422
    words = {"approve-readmission": "2024년 제명 사유가 해소되었음을 확인함"}
    assert login("reviewer").post(f"{url}approve/", basis | words).status_code == 302
    application.refresh_from_db()
    assert application.readmission == words["approve-readmission"]


def test_an_expelled_applicant_is_barred_for_the_years_of_the_tier(cast):
    expulsion = factories.make_member(
        cast.applicant, status="expelled", ended_on=clock.today() - timedelta(days=700)
    )
    draft = make_application(cast.applicant, cast.regular_tier, cast.busan)

    with pytest.raises(Refused, match="제명"):
        actions.submit_application(draft, by=cast.applicant)

    cast.regular_tier.barred_years = 1
    cast.regular_tier.save()
    assert actions.submit_application(draft, by=cast.applicant).status == Status.SUBMITTED
    assert expulsion.number


@pytest.mark.parametrize("found_by", ["account", "name and phone", "business number", "nothing"])
def test_an_expulsion_is_found_however_they_come_back(cast, found_by):
    ended = {"status": "expelled", "ended_on": date(2020, 1, 1)}
    company = found_by == "business number"
    if found_by == "account":
        factories.make_member(cast.applicant, **ended)
    elif found_by == "name and phone":
        other = factories.make_user("applicant", phone="+821000000003")
        factories.make_member(other, **ended)
    elif company:
        organisation = factories.make_organisation("온담", business_number="1348672683")
        factories.make_member(organisation=organisation, **ended)
    else:
        factories.make_member(factories.make_user("applicant"), **ended)
    application = make_application(
        cast.applicant,
        cast.company_tier if company else cast.regular_tier,
        cast.busan,
        submitted=True,
        business_number="1348672683" if company else "",
        organisation_name="온담" if company else "",
    )

    row = with_expulsion(Application.objects.all()).get(pk=application.pk)

    assert row.is_held == (found_by != "nothing")
    assert ("readmission" in ApproveForm(application=row).fields) == row.is_held


def test_a_former_member_who_left_is_not_held(cast):
    factories.make_member(cast.applicant, status="withdrawn", ended_on=date(2026, 1, 1))
    application = make_application(cast.applicant, cast.regular_tier, cast.busan, submitted=True)

    actions.approve_application(application, basis="이사회", by=cast.reviewer)

    assert Member.objects.get(user=cast.applicant, status="admitted")
