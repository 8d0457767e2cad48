"""A member on my page: certificates in two clicks, renewal in two clicks, a card on the phone."""

from kosna.core import batches
from kosna.documents.models import Document
from kosna.payments.models import Order, Refund
from tests.flows.person import text_of
from tests.flows.test_story import APPLICANT, apply, approve, pay_by_card, sign_up

Kind = Document.Kind


def test_a_member_takes_papers_and_they_end_with_a_refund(portal, people, enter):
    newcomer = sign_up(portal)
    assert "/members/" in newcomer.open("/me/").content.decode()
    application = apply(newcomer)
    approve(enter("reviewer"), application)
    order = Order.objects.get()
    assert f"/orders/{order.code}/" in newcomer.open("/me/").content.decode()
    pay_by_card(newcomer, order)
    member = order.application.member

    newcomer.open("/me/documents/")
    prefix = f"{Kind.DUES}-{member.pk}"
    newcomer.press(f"{prefix}-language", **{f"{prefix}-language": "ko"})
    shown = text_of(newcomer.content)
    assert (
        "회비를 납부하였음을" in shown and "금 일십만원정" in shown and APPLICANT["name"] in shown
    )
    newcomer.open("/me/documents/")
    prefix = f"{Kind.MEMBERSHIP}-{member.pk}"
    newcomer.press(f"{prefix}-language", **{f"{prefix}-language": "en", f"{prefix}-purpose": "bid"})
    assert "is a member of our association" in text_of(newcomer.content)

    certificate = Document.objects.get(kind=Kind.MEMBERSHIP)
    newcomer.open("/me/documents/").press(f"{certificate.code}/reissue/")
    again = text_of(newcomer.download(f"/verify/{certificate.code}/document.pdf"))
    assert "Reissued (1)" in again and certificate.serial_in("en") in again
    anybody = enter().open(f"/verify/{certificate.code}/")
    assert APPLICANT["name"] not in anybody.text and member.number not in anybody.text

    card = newcomer.open("/me/card/")
    assert member.number in card.text and "정상" in card.text
    assert "사원명부" in newcomer.open("/me/history/").text

    treasurer = enter("treasurer").open(f"/staff/orders/{order.code}/refund/")
    line = order.lines.get(kind="dues")
    treasurer.press("amount", line=line.pk, amount=line.amount, reason="중복 납부")
    refund = Refund.objects.get()
    treasurer.open(f"/staff/refunds/{refund.pk}/").press("/approve/").press("/send/")
    portal.work()
    for paper in Document.objects.of_memberships():
        assert "무효" in enter().open(f"/verify/{paper.code}/").text
    assert "휴대전화용" not in newcomer.open("/me/").text
    assert "/members/renew/" in newcomer.open("/me/card/").content.decode()
    assert portal.problems() == {}


def test_renewal_is_two_clicks_from_my_page_to_the_choice_of_payment(portal, people, enter):
    lapsed = enter("lapsed").open("/me/")
    [button] = lapsed.page.xpath("//main//a[contains(@class, 'primary')]")
    lapsed.open(button.get("href"))
    lapsed.press("member")
    assert lapsed.forms("/pay/", method="card") and lapsed.forms("/pay/", method="bank")


def test_the_desk_makes_the_cards_of_its_branch(portal, people, enter):
    officer = enter("officer").open("/staff/documents/batch/")
    officer.press("mails", kind=Kind.MEMBERSHIP_CARD, mails=True)
    assert batches.run_all() == 1
    officer.open(officer.url)
    assert officer.download(officer.url + "file/").startswith(b"%PDF")
    officer.open("/staff/documents/?kind=membership_card")
    assert people.regular_member.name in officer.text
    regular = people.regular_member
    assert enter("other_officer").open("/staff/documents/").text.count(regular.name) == 0
    mails = [mail.subject for mail in portal.mails("regular@example.test")]
    assert mails and "문서가 발급되었습니다" in mails[-1]
