"""Joining: what applicants may do, what reviewers may do, and what nobody may."""

import re

import pytest
from django.core import mail
from django.test import Client

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments.actions import expire_order, record_payment
from kosna.payments.models import Order
from members import actions
from members.models import Application, Member, Organisation, Seat
from tests.members.conftest import COMPANY, PERSON, make_application, upload

pytestmark = pytest.mark.django_db
Status = Application.Status


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


def test_apply_as_person_is_received_and_numbered(cast, login):
    client = login("account")

    response = client.post("/members/apply/?tier=regular", PERSON)

    application = Application.objects.get()
    assert response.status_code == 302
    assert response.url == f"/members/apply/{clock.today().year}-0001/"
    assert application.status == Status.SUBMITTED
    assert application.phone == "+821000000003"
    assert application.branch == cast.busan or application.branch == cast.hq
    assert Message.objects.get().template == "application_received"
    assert Entry.objects.get(verb="members.submit_application").subjects == [cast.account.pk]


def test_apply_suggests_the_branch_of_the_address(cast, login):
    region = cast.busan.regions.get()
    region.name_ko, region.name_en = "부산광역시", "Busan"
    region.save()

    login("account").post("/members/apply/?tier=regular", PERSON)
    login("applicant").post(
        "/members/apply/?tier=regular", PERSON | {"address": "제주특별자치도 제주시 첨단로 1"}
    )

    assert [a.branch for a in Application.objects.order_by("pk")] == [cast.busan, cast.hq]


def test_apply_refuses_all_mistakes_at_once_and_keeps_nothing(login):
    response = login("account").post(
        "/members/apply/?tier=regular",
        PERSON | {"phone": "010-12", "postcode": "123", "name": "", "declaration": ""},
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"phone", "postcode", "name", "declaration"}
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "number", ["123-45-67890", "000-00-00000", "206-18-12345", "101-81-34618", "12345"]
)
def test_apply_as_organisation_refuses_a_wrong_business_number(login, number):
    response = login("account").post(
        "/members/apply/?tier=company", COMPANY | {"business_number": number}
    )

    assert set(response.context["form"].errors) == {"business_number"}
    assert not Application.objects.exists()


def test_apply_as_organisation_accepts_a_number_however_it_is_typed(login):
    login("account").post(
        "/members/apply/?tier=company", COMPANY | {"business_number": " １３４-86 72683\n"}
    )

    assert Application.objects.get().business_number == "1348672683"


def test_apply_with_a_needed_proof(cast, login):
    cast.company_tier.needs_proof = True
    cast.company_tier.save()
    client = login("account")

    refused = client.post("/members/apply/?tier=company", COMPANY)
    assert set(refused.context["form"].errors) == {"proof"}
    disguised = client.post(
        "/members/apply/?tier=company", COMPANY | {"proof": upload("scan.pdf", b"MZ\x90\x00")}
    )
    assert set(disguised.context["form"].errors) == {"proof"}
    assert not Application.objects.exists()

    client.post("/members/apply/?tier=company", COMPANY | {"proof": upload()})

    file = Application.objects.get().files.get()
    assert file.name == "사업자등록증.pdf"
    assert re.fullmatch(r"applications/[\w-]{32}\.pdf", file.file.name)


def test_draft_is_kept_half_filled_and_then_submitted(login):
    client = login("account")

    client.post("/members/apply/?tier=regular", {"name": "박서준", "intent": "save"})
    draft = Application.objects.get()
    assert draft.status == Status.DRAFT
    assert client.get("/members/apply/").url == draft.get_absolute_url()
    assert not Message.objects.exists()

    response = client.post(f"/members/apply/{draft.number}/edit/", PERSON)

    draft.refresh_from_db()
    assert response.url == draft.get_absolute_url()
    assert draft.status == Status.SUBMITTED


def test_what_is_typed_in_a_second_tab_is_shown_and_not_lost(cast, login):
    client = login("account")
    client.post("/members/apply/?tier=regular", {"name": "박서준", "intent": "save"})
    draft = Application.objects.get()
    typed = {"name": "박 서준", "address": "부산광역시 해운대구 APEC로 55", "intent": "submit"}
    answer = client.post("/members/apply/?tier=associate", typed)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"이미 작성 중인 입회신청서({cast.regular_tier.name})" in page
    assert 'value="박 서준"' in page and 'value="부산광역시 해운대구 APEC로 55"' in page
    assert f'action="/members/apply/{draft.number}/edit/"' in page
    draft.refresh_from_db()
    assert (draft.name, draft.address, Application.objects.count()) == ("박서준", "", 1)

    client.post(f"/members/apply/{draft.number}/edit/", PERSON)
    draft.refresh_from_db()
    answer = client.post("/members/apply/?tier=associate", typed, follow=True)
    assert answer.redirect_chain == [(draft.get_absolute_url(), 302)]
    assert "방금 보낸 내용은 반영하지 않았습니다" in answer.content.decode()
    assert client.get("/members/apply/?tier=associate").status_code == 302


def test_application_of_somebody_else_does_not_exist(application, login):
    url = application.get_absolute_url()

    assert login("applicant").get(url).status_code == 200
    for path in (url, f"{url}edit/", f"{url}certificate.pdf", f"{url}files/1/"):
        assert login("regular").get(path).status_code == 404
    for path in (f"{url}withdraw/", f"{url}order/"):
        assert login("regular").post(path).status_code == 404


def test_second_application_while_one_is_on_its_way_is_refused(cast, application):
    other = Application(
        applicant=cast.applicant, tier=cast.associate_tier, branch=cast.busan, name="x"
    )

    with pytest.raises(Refused):
        actions.save_draft(other, proof=None, by=cast.applicant)
    assert Application.objects.count() == 1


def test_member_cannot_apply_again(cast):
    with pytest.raises(Refused):
        make_application(cast.regular, cast.regular_tier, cast.busan, submitted=True)


def test_revision_goes_back_and_forth_under_one_number(cast, application, login):
    actions.request_revision(
        application, named=["address"], reason="주소를 확인해 주세요.", by=cast.reviewer
    )
    client = login("applicant")
    url = application.get_absolute_url()
    assert "주소를 확인해 주세요." in client.get(url).content.decode()

    client.post(f"{url}edit/", PERSON | {"address": "부산광역시 해운대구 센텀중앙로 80"})

    number = application.number
    application.refresh_from_db()
    assert (application.status, application.number) == (Status.SUBMITTED, number)
    assert application.address.endswith("80")
    assert application.reason == ""
    assert [m.template for m in Message.objects.order_by("pk")] == [
        "application_received",
        "application_revision",
        "application_received",
    ]


def test_submitted_application_is_no_longer_editable(application, login):
    url = application.get_absolute_url()

    assert login("applicant").post(f"{url}edit/", PERSON).url == url
    application.refresh_from_db()
    assert application.name != PERSON["name"]


def test_withdrawn_application_can_be_followed_by_another(application, login):
    client = login("applicant")

    client.post(f"{application.get_absolute_url()}withdraw/")

    application.refresh_from_db()
    assert application.status == Status.WITHDRAWN
    assert client.post("/members/apply/?tier=regular", PERSON).status_code == 302
    assert Application.objects.count() == 2


def test_a_member_is_told_before_filling_in_the_form(cast, login):
    client = login("regular")

    page = client.get("/members/apply/?tier=regular", follow=True)

    assert page.redirect_chain == [("/members/apply/", 302)]
    assert "이미 회원 자격이 있습니다" in page.content.decode()
    assert "/members/renew/" in page.content.decode()
    assert client.get("/members/apply/?tier=company").status_code == 200
    Member.objects.filter(pk=cast.regular_member.pk).update(
        status=Member.Status.WITHDRAWN, ended_on=clock.today()
    )
    assert client.get("/members/apply/?tier=regular").status_code == 200


@pytest.mark.parametrize(("tier", "sent"), [("regular", PERSON), ("company", COMPANY)])
def test_a_file_of_a_refused_form_is_asked_for_again(login, tier, sent):
    client, note = login("account"), "파일이 저장되지 않았습니다."

    with_file = client.post(
        f"/members/apply/?tier={tier}", sent | {"phone": "1", "proof": upload()}
    )
    without = client.post(f"/members/apply/?tier={tier}", sent | {"phone": "1"})

    assert (with_file.status_code, without.status_code) == (422, 422)
    assert note in with_file.content.decode()
    assert note not in without.content.decode()


def test_approval_makes_member_and_order(cast, application):
    order = actions.approve_application(application, basis="이사회 2026-3호", by=cast.reviewer)

    member = Member.objects.get(user=cast.applicant)
    assert (member.status, member.number) == (Member.Status.ADMITTED, None)
    assert [(line.kind, line.amount) for line in order.lines.all()] == [
        ("admission_fee", 100_000),
        ("dues", 100_000),
    ]
    assert (clock.kst_date(order.expires_at) - clock.today()).days == 14
    application.refresh_from_db()
    assert application.order == order
    assert application.decided_by == cast.reviewer
    assert Message.objects.order_by("pk").last().template == "application_approved"


def test_approval_by_oneself_is_refused(cast, application):
    with pytest.raises(Refused):
        actions.approve_application(application, basis="x", by=cast.applicant)
    with pytest.raises(Refused):
        actions.reject_application(application, reason="x", basis="x", by=cast.applicant)
    with pytest.raises(Refused):
        actions.request_revision(application, named=["name"], reason="x", by=cast.applicant)

    application.refresh_from_db()
    assert application.status == Status.SUBMITTED
    assert not Order.objects.exists()


def test_only_another_organisation_of_the_number_is_warned_of(cast, login):
    number, warning = "1348672683", "이미 등록된 사업자등록번호입니다"
    facts = {"organisation_name": "한빛데이터㈜", "business_number": number, "size": "large"}
    application = make_application(
        cast.applicant, cast.company_tier, cast.hq, submitted=True, representative="윤다온", **facts
    )
    pay(actions.approve_application(application, basis="이사회", by=cast.reviewer))
    page = f"/staff/applications/{application.number}/"

    assert warning not in login("reviewer").get(page).content.decode()
    again = make_application(
        cast.account, cast.company_tier, cast.hq, submitted=False, representative="윤다온", **facts
    )
    again.move_to(Status.SUBMITTED, number="2026-0900", submitted_at=clock.now())
    again.save()
    assert warning in login("reviewer").get("/staff/applications/2026-0900/").content.decode()


def test_second_decision_is_told_that_somebody_was_faster(cast, application):
    actions.reject_application(application, reason="서류", basis="이사회", by=cast.reviewer)

    with pytest.raises(Refused):
        actions.approve_application(application, basis="이사회", by=cast.head_office)
    assert not Order.objects.exists()


def test_approval_of_organisation_makes_it_and_its_contact(cast):
    application = make_application(
        cast.applicant,
        cast.company_tier,
        cast.hq,
        submitted=True,
        organisation_name="한빛데이터㈜",
        business_number="1348672683",
        representative="윤다온",
        size="large",
    )

    order = pay(actions.approve_application(application, basis="이사회", by=cast.reviewer))

    organisation = Organisation.objects.get(business_number="1348672683")
    member = organisation.memberships.get()
    seat = Seat.objects.get(member=member)
    assert (seat.user, seat.role) == (cast.applicant, Seat.Role.CONTACT)
    assert member.status == Member.Status.ACTIVE
    assert order.buyer_name == "한빛데이터㈜"


def test_lapsed_order_can_be_replaced_and_late_money_is_kept_for_staff(
    cast, application, login, settings, tmp_path
):
    first = actions.approve_application(application, basis="이사회", by=cast.reviewer)
    with pytest.raises(Refused):
        actions.reissue_order(application, by=cast.applicant)
    moment = tmp_path / "clock"
    moment.write_text((first.release_at).isoformat())
    settings.KOSNA_CLOCK = str(moment)
    expire_order(first)

    response = login("applicant").post(f"{application.get_absolute_url()}order/")

    application.refresh_from_db()
    assert application.order != first
    assert response.url == application.order.get_absolute_url()
    assert pay(first).status == Order.Status.REVIEW
    assert Member.objects.get(user=cast.applicant).status == Member.Status.ADMITTED
    assert pay(application.order).status == Order.Status.PAID
    assert Member.objects.get(user=cast.applicant).status == Member.Status.ACTIVE


def test_rejected_applicant_reads_the_reason(cast, application, login):
    actions.reject_application(
        application, reason="제출하신 서류를 확인할 수 없습니다.", basis="이사회", by=cast.reviewer
    )

    page = login("applicant").get(application.get_absolute_url()).content.decode()
    assert "제출하신 서류를 확인할 수 없습니다." in page


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_mail_of_a_membership_renders(cast, language, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cast.applicant.language = language
    cast.applicant.save()
    application = make_application(cast.applicant, cast.regular_tier, cast.busan, submitted=True)
    actions.request_revision(
        application, named=["address"], reason="<b>주소</b> & 우편번호", by=cast.reviewer
    )
    actions.submit_application(application, by=cast.applicant)
    pay(actions.approve_application(application, basis="이사회", by=cast.reviewer))

    post.deliver_due()

    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
    assert any("<b>주소</b> & 우편번호" in sent.body for sent in mail.outbox)
    assert all(sent.body.count("\n\n\n") == 0 for sent in mail.outbox if "KOSNA" in sent.subject)


def test_anybody_sees_tiers_and_only_people_with_accounts_apply(cast):
    visitor = Client()

    response = visitor.get("/members/")
    assert response.status_code == 200
    assert not response.cookies
    assert visitor.get("/members/apply/").status_code == 302
