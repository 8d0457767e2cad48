"""A company and its people: how they come in, what they may while they sit there, how they go."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kosna.accounts.models import User
from kosna.core import clock
from kosna.documents.models import Document
from members.models import CompanyChange, Invitation, Member, Seat
from members.register import as_of
from research.models import Download
from tests import factories
from tests.flows.person import Person
from tests.flows.test_story import approve, pay_by_card
from tests.live import Portal

PASSWORD = "a-long-passphrase-7"


@pytest.fixture
def contact(people) -> User:
    user = factories.make_user("한지호", email="contact@example.test")
    factories.make_seat(people.company, user, Seat.Role.CONTACT)
    return user


@pytest.fixture
def enter_as(portal: Portal):
    return lambda user: Person(portal, user)


def link_for(portal: Portal, to: str) -> str:
    """The newest link of an invitation that arrived at an address."""
    for mail in reversed(portal.mails(to)):
        if found := re.search(r"(/members/invitations/[\w-]+/)", mail.body):
            return found[1]
    raise AssertionError(f"no invitation reached {to}")


def invite(runner: Person, name: str, email: str, role: str = "staff") -> None:
    runner.open("/me/company/")
    runner.press(
        "/invite/",
        **{"invite-name": name, "invite-email": email, "invite-role": role},
    )


def test_invited_without_an_account_signs_up_sits_reads_and_leaves(
    portal, people, contact, enter, enter_as
):
    # The contact invites somebody who has no account here.
    runner = enter_as(contact)
    invite(runner, "문보라", "bora@example.test")
    assert "bora@example.test" in runner.text and "초대" in runner.text
    link = link_for(portal, "bora@example.test")

    # A stranger who finds the link learns neither the address nor the name.
    stranger = enter("account").open(link)
    assert "bora@example.test" not in stranger.text and "문보라" not in stranger.text
    assert not stranger.forms("answer")

    # The invited person signs up from the link and comes back to it.
    newcomer = Person(portal).open(link)
    (signup,) = newcomer.page.xpath("//main//a[contains(@href, '/accounts/signup/')]/@href")
    newcomer.open(signup)
    newcomer.press(
        "password1",
        email="bora@example.test",
        password1=PASSWORD,
        name="문보라",
        born_on="1990-05-05",
        agrees_to_terms=True,
    )
    newcomer.press("code", code=portal.code_for("bora@example.test"))
    assert newcomer.url == link
    newcomer.press("answer", answer="accept")
    assert newcomer.url == "/me/company/" and "한지호" in newcomer.text
    assert "contact@example.test" not in newcomer.text

    # The seat opens what the company has: a member's report, and the company's card.
    report = factories.make_report("trends", tiers=(people.company_tier,))
    copy = newcomer.download("/research/trends/download/")
    assert copy.startswith(b"%PDF-")
    newcomer.download("/members/card.pdf")
    used = enter_as(User.objects.get(email="bora@example.test")).open(link)
    assert "이미 사용된 초대입니다" in used.text

    # She buys a place of her own, with her own receipt.
    event = factories.make_event("conference")
    factories.make_ticket(event, prices={None: 55_000})
    newcomer.open("/events/conference/register/")
    newcomer.press("ticket", ticket=event.tickets.get().pk, myself=True)
    order = User.objects.get(email="bora@example.test").orders.get()
    pay_by_card(newcomer, order)

    # The contact ends the seat; her open session opens nothing more at its next request.
    runner.open("/me/company/")
    seat = Seat.objects.get(user__email="bora@example.test")
    runner.press(f"/seats/{seat.pk}/end/", **{f"end{seat.pk}-reason": "퇴사"})
    newcomer.open("/research/trends/download/", 403)
    newcomer.open("/members/card.pdf", 404)
    assert "퇴사" in portal.mails("bora@example.test")[-1].body
    assert "소속된 회사 좌석이 없습니다" in newcomer.open("/me/company/").text

    # What is hers stays hers: receipt, ticket, downloads, papers. The card is void.
    newcomer.download(f"/orders/{order.code}/receipt.pdf")
    assert "소셜 데이터 컨퍼런스" in newcomer.open("/me/tickets/").text
    assert report.title in newcomer.open("/me/downloads/").text
    assert Download.objects.filter(user__email="bora@example.test").count() == 1
    papers = Document.objects.filter(subject__email="bora@example.test")
    states = dict(papers.values_list("kind", "status"))
    assert states["receipt"] == "valid" and states["membership_card"] == "void"
    visitor = enter().open("/verify/")
    visitor.press("code", code=papers.get(kind="membership_card").code)
    assert "무효" in visitor.text

    # Nobody came to harm: the books agree, and the seat can be given again.
    runner.open("/me/company/")
    runner.press(f"/seats/{seat.pk}/restore/")
    newcomer.download("/research/trends/download/")
    assert portal.problems() == {}


def test_a_withdrawn_an_expired_and_a_replaced_link_say_so(portal, people, contact, enter_as):
    runner = enter_as(contact)
    person = factories.make_user("문보라", email="bora@example.test")
    guest = enter_as(person)
    invite(runner, "문보라", person.email)
    first = link_for(portal, person.email)
    row = Invitation.objects.get()

    sent_long_ago = clock.now() + timedelta(days=6)
    Invitation.objects.update(expires_at=sent_long_ago)
    runner.open("/me/company/").press(f"/invitations/{row.pk}/again/")
    second = link_for(portal, person.email)
    assert second != first
    guest.open(first, 404)
    assert "초대를 찾을 수 없습니다" in guest.text

    Invitation.objects.update(expires_at=clock.now())
    guest.open(second)
    assert "유효 기간 7일이 지났습니다" in guest.text and not guest.forms("answer")

    runner.open("/me/company/").press(f"/invitations/{row.pk}/withdraw/")
    assert "취소했습니다" in guest.open(second).text


def test_a_domain_brings_colleagues_who_ask(portal, people, contact, enter, enter_as):
    runner = enter_as(contact).open("/me/company/")
    runner.press("/domains/", 422, **{"domain-mailbox": "a@naver.com"})
    assert "naver.com" in runner.text
    runner.open("/me/company/").press("/domains/", **{"domain-mailbox": "admin@gaon.example"})
    domain = people.company.domains.get()
    code = portal.code_for("admin@gaon.example")
    runner.press("/prove/", 422, **{f"code{domain.pk}-code": "WRONG123"})
    runner.press("/prove/", **{f"code{domain.pk}-code": code.lower()})
    assert "gaon.example 도메인 확인" in runner.text

    colleague = factories.make_user("동료", email="colleague@gaon.example")
    asking = enter_as(colleague).open("/me/")
    asking.press("/ask/" + f"{domain.pk}/")
    assert "㈜가온소셜랩에 좌석을 신청했습니다" in asking.text
    assert not enter("account").open("/me/").forms(f"/ask/{domain.pk}/")
    assert "동료" in portal.mails(contact.email)[-1].body

    runner.open("/me/company/").press("/approve/")
    assert "㈜가온소셜랩" in asking.open("/me/company/").text

    # A second one is declined, and told so.
    other = factories.make_user("둘째", email="second@gaon.example")
    enter_as(other).open("/me/company/").press("/ask/" + f"{domain.pk}/")
    runner.open("/me/company/").press("/decline/")
    assert "승인하지 않았습니다" in portal.mails(other.email)[-1].body


def test_a_list_of_people_is_invited_line_by_line(portal, people, contact, enter_as):
    runner = enter_as(contact).open("/me/company/")
    runner.open(f"/me/company/{people.company.pk}/invite-many/")
    runner.press("people", people="김하나, one@example.test\n이름만\n김둘\ttwo@example.test")
    rows = [" ".join(row.text_content().split()) for row in runner.page.xpath("//tbody/tr")]
    assert len(rows) == 3 and "초대하지 못함" in rows[1]
    assert link_for(portal, "one@example.test") != link_for(portal, "two@example.test")


def test_the_representative_changes_by_both_sides_or_by_the_branch(
    portal, people, contact, enter, enter_as
):
    # Both sides: the present one proposes, the new one accepts.
    present = enter("company_rep")
    assert "representative" not in {
        option
        for form in enter_as(contact).open("/me/company/").forms("/invite/")
        for option in form.xpath(".//select[@name='invite-role']/option/@value")
    }
    successor = factories.make_user("표나래", email="next@example.test")
    invite(present, "표나래", successor.email, "representative")
    accepting = enter_as(successor).open(link_for(portal, successor.email))
    assert "회원명부에 대표자로 기재됩니다" in accepting.text
    accepting.press("answer", answer="accept")
    line = as_of(clock.today()).get(member=people.company)
    assert (line.kind, line.representative) == ("details", "표나래")
    assert "표나래" in portal.mails(contact.email)[-1].body

    # The branch: the contact asks, since that one is gone; officers of elsewhere see nothing.
    runner = enter_as(contact)
    runner.open(f"/me/company/{people.company.pk}/change/")
    seat = Seat.objects.current().get(user=people.company_seat)
    runner.press("note", representative="문보라", seat=seat.pk, note="2026-11-02 대표이사 변경등기")
    change = CompanyChange.objects.get()
    page = f"/staff/members/{people.company.pk}/company/"
    enter("officer").open(page, 404)
    head_office = enter("head_office").open("/staff/company-changes/")
    assert "문보라" in head_office.text
    head_office.open(page)
    head_office.press(f"/changes/{change.pk}/confirm/", **{"confirm-basis": "등기부등본"})
    line = as_of(clock.today()).get(member=people.company)
    assert (line.representative, line.basis) == ("문보라", "등기부등본")
    sitting = Seat.objects.current().get(member=people.company, role="representative")
    assert sitting.user == people.company_seat
    assert "확인하여" in portal.mails(contact.email)[-1].body


def test_the_branch_acts_for_a_company_of_its_own(portal, people, contact, enter):
    Member.objects.filter(pk=people.company.pk).update(branch=people.busan)
    page = f"/staff/members/{people.company.pk}/company/"
    enter("other_officer").open(page, 404)
    officer = enter("officer").open(page)
    officer.press("/seats/", **{"seats-seats": "4", "seats-reason": "협약 2026-3"})
    officer.press(
        "/invite/",
        **{"invite-name": "문보라", "invite-email": "bora@example.test", "invite-role": "staff"},
    )
    row = Invitation.objects.get()
    officer.press(f"/invitations/{row.pk}/withdraw/")
    seat = Seat.objects.get(user=people.company_seat)
    officer.press(f"/seats/{seat.pk}/end/", **{f"end{seat.pk}-reason": "퇴사"})
    assert not Seat.objects.current().filter(user=people.company_seat).exists()
    looks = enter("company_seat").open("/me/looks/")
    assert "officer" in looks.text


def test_the_contact_keeps_the_companys_facts_and_orders_its_dues(
    portal, people, contact, enter_as
):
    runner = enter_as(contact)
    runner.open(f"/me/company/{people.company.pk}/facts/")
    runner.press("postcode", postcode="08592", address="서울특별시 금천구 가산디지털1로 168")
    assert "가산디지털1로 168" in runner.text
    assert as_of(clock.today()).get(member=people.company).address.startswith("(08592)")

    people.company.periods.all().delete()
    runner.open("/members/renew/").press("member", member=people.company.pk)
    order = contact.orders.get()
    pay_by_card(runner, order)
    assert order.title_ko in runner.open("/me/company/").text
    runner.download(f"/orders/{order.code}/receipt.pdf")


def test_an_application_makes_a_company_whose_applicant_runs_it(portal, people, enter):
    applicant = enter("account").open("/members/apply/?tier=company")
    proof = SimpleUploadedFile("등록증.pdf", factories.make_pdf(), "application/pdf")
    applicant.press(
        "postcode",
        organisation_name="달빛콘텐츠",
        business_number="134-86-72683",
        representative="윤다온",
        size="small",
        name="윤다온",
        phone="010-1234-5678",
        postcode="08592",
        address="서울특별시 금천구 가산디지털1로 168",
        proof=proof,
        declaration=True,
        intent="submit",
    )
    approve(enter("reviewer"), people.account.applications.get())
    assert "달빛콘텐츠" in applicant.open("/me/company/").text
    assert Seat.objects.get(user=people.account).role == Seat.Role.REPRESENTATIVE
