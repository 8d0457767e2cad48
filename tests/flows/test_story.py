"""The main job, from the first visit to the certificate, as its people click through it."""

import re
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum

from events.models import Registration
from kosna.core import clock
from kosna.documents.models import Document
from kosna.payments.models import LedgerEntry, Order, Payment, Refund
from members.models import Application, Member
from tests import factories
from tests.flows.person import Person, text_of
from tests.live import Portal

EMAIL = "newcomer@example.test"
PASSWORD = "a-long-passphrase-7"
APPLICANT = {
    "name": "김하늘",
    "phone": "010-1234-5678",
    "postcode": "48058",
    "address": "부산광역시 해운대구 센텀중앙로 79",
}


BASIS = {
    "approve-meeting": "제12차 이사회",
    "approve-decided_on": "2026-11-20",
    "approve-number": "2026-12호",
}


def sign_up(portal: Portal, language: str = "") -> Person:
    """A visitor becomes an account, by the code in the mail."""
    person = Person(portal, language=language).open("/accounts/signup/")
    person.press(
        "password1",
        email=EMAIL,
        password1=PASSWORD,
        name="김하늘",
        born_on="1990-05-05",
        agrees_to_terms=True,
    )
    person.press("code", code=portal.code_for(EMAIL))
    return person.open("/me/")


def apply(person: Person, tier: str = "regular", **changes) -> Application:
    person.open(f"/members/apply/?tier={tier}")
    person.press("postcode", declaration=True, intent="submit", **APPLICANT | changes)
    return Application.objects.get(applicant__email=EMAIL)


def approve(reviewer: Person, application: Application) -> None:
    reviewer.open(f"/staff/applications/{application.number}/")
    reviewer.press("/approve/", **BASIS)


def pay_by_card(person: Person, order: Order) -> None:
    """To the payment page and back; the success page or the webhook books it, whoever is first."""
    person.open(f"/orders/{order.code}/")
    person.press("/pay/", method="card")
    person.press("outcome", outcome="paid")
    person.portal.work()
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def books_agree() -> None:
    booked = LedgerEntry.objects.aggregate(sum=Sum("amount"))["sum"]
    paid = Payment.objects.aggregate(sum=Sum("amount"))["sum"]
    refunded = Refund.objects.filter(status=Refund.Status.DONE).aggregate(sum=Sum("amount"))["sum"]
    assert booked == paid - (refunded or 0)


def test_from_the_first_visit_to_the_certificate(portal, people, enter, settings, tmp_path):
    # A newcomer signs up, applies with a paper, is asked for a clearer one, and sends it.
    newcomer = sign_up(portal)
    proof = SimpleUploadedFile("증명서.pdf", factories.make_pdf(), "application/pdf")
    application = apply(newcomer, proof=proof, branch=people.busan.pk)
    officer = enter("officer").open("/staff/applications/")
    assert application.number in officer.text
    officer.open(f"/staff/applications/{application.number}/")
    words = {"revise-named": "proof", "revise-reason": "더 또렷한 증명서를 보내 주세요."}
    officer.press("/revision/", **words)
    assert not officer.forms("/approve/")
    other = enter("other_officer")
    other.open(f"/staff/applications/{application.number}/", 404)

    newcomer.open(f"/members/apply/{application.number}/edit/")
    assert "더 또렷한 증명서를 보내 주세요." in newcomer.text
    clearer = SimpleUploadedFile("clearer.pdf", factories.make_pdf(2), "application/pdf")
    newcomer.press("proof", declaration=True, intent="submit", proof=clearer)
    assert application.files.count() == 2

    # The reviewer approves; that is an order, and the money makes a member.
    approve(enter("reviewer"), application)
    application.refresh_from_db()
    order = application.order
    assert (order.status, order.total) == (Order.Status.PENDING, 200_000)
    pay_by_card(newcomer.open(f"/members/apply/{application.number}/"), order)
    member = Member.objects.get(user__email=EMAIL)
    assert member.status == Member.Status.ACTIVE
    assert member.number in newcomer.open("/me/").text

    # The card says who it is, and anybody can check it.
    assert {"김하늘", member.number} <= set(text_of(newcomer.download("/members/card.pdf")).split())
    card = Document.objects.get(kind=Document.Kind.MEMBERSHIP_CARD, subject=member.user)
    visitor = enter()
    visitor.open("/verify/").press("code", code=card.code)
    assert "김*늘" in visitor.text and "김하늘" not in visitor.text

    # A report that only members read, stamped for this reader.
    report = factories.make_report("trends", tiers=(people.regular_tier,))
    outsider = enter("account").open(report.get_absolute_url())
    outsider.open("/research/trends/download/", 403)
    copy = newcomer.download("/research/trends/download/")
    assert "김하늘" in text_of(copy) and member.number in text_of(copy)

    # A conference in the members' priority window, at the member's price.
    now = clock.now()
    opens = {people.regular_tier: now - timedelta(days=1), None: now + timedelta(days=3)}
    event = factories.make_event("conference", clock=factories.make_clock(opens))
    prices = {people.regular_tier: 33_000, None: 55_000}
    ticket = factories.make_ticket(event, prices=prices)
    register = "/events/conference/register/"
    assert not outsider.open(register).forms("ticket")
    outsider.client.handler.enforce_csrf_checks = False
    answer = outsider.client.post(register, {"ticket": ticket.pk, "myself": "on", "rows": 1})
    assert answer.status_code == 422 and not Registration.objects.exists()
    newcomer.open("/events/conference/")
    newcomer.open(register).press("ticket", ticket=ticket.pk, myself=True)
    place = Registration.objects.get()
    assert place.line.order.total == 33_000
    newcomer.open(place.get_absolute_url())
    newcomer.open(f"/tickets/{place.secret}.pdf", 404)
    pay_by_card(newcomer, place.line.order)

    # A ticket with a QR, which the door admits once; then, and not before the event, there is a
    # certificate.
    newcomer.open(place.get_absolute_url())
    [code] = newcomer.page.xpath("//*[contains(@class, 'ticket-code')]//*[local-name()='svg']")
    assert code is not None and place.door_code in newcomer.text
    assert place.door_code in text_of(newcomer.download(f"/tickets/{place.secret}.pdf"))
    newcomer.open(f"/tickets/{place.secret}/certificate.pdf", 404)
    door = enter("doorkeeper").open("/staff/checkin/conference/")
    door.press("code", code=portal.url + place.get_absolute_url())
    assert not hasattr(Registration.objects.get(), "check_in")
    door.press("is_early")  # the event is weeks ahead: the doorkeeper is asked, and says yes
    assert door.page.xpath("//*[@role='status']//*[contains(@class, 'good')]")
    door.press("code", code=place.door_code)
    assert door.page.xpath("//*[@role='status']//*[contains(@class, 'warning')]")
    newcomer.open(f"/tickets/{place.secret}/certificate.pdf", 404)
    settings.KOSNA_CLOCK = str(tmp_path / "clock")
    (tmp_path / "clock").write_text(event.starts_at.isoformat())
    paper = text_of(newcomer.download(f"/tickets/{place.secret}/certificate.pdf"))
    assert "김하늘" in paper and "소셜 데이터 컨퍼런스" in paper

    # A receipt; and the treasurer returns the fee.
    receipt = text_of(newcomer.download(f"/orders/{place.line.order.code}/receipt.pdf"))
    assert "33,000" in receipt and "삼만삼천" in receipt.replace(" ", "")
    refund_everything(enter("treasurer"), place.line.order)
    place.refresh_from_db()
    books_agree()
    assert portal.problems() == {}


def refund_everything(treasurer: Person, order: Order) -> None:
    line = order.lines.get()
    treasurer.open(f"/staff/orders/{order.code}/refund/")
    treasurer.press("amount", line=line.pk, amount=line.amount, reason="주최 측 사정")
    refund = order.refunds.get()
    treasurer.open(f"/staff/refunds/{refund.pk}/").press("/approve/")
    treasurer.press("/send/")
    treasurer.portal.work()
    order.refresh_from_db()
    assert order.status == Order.Status.REFUNDED


def test_a_colleague_comes_along(portal, people, enter):
    """Once everybody may register, one order holds two places, each at its own price."""
    event = factories.make_event("conference")
    ticket = factories.make_ticket(event, prices={people.regular_tier: 33_000, None: 55_000})
    regular = enter("regular").open("/events/conference/register/")
    regular.press("ticket", people="2")
    regular.press(
        "ticket",
        ticket=ticket.pk,
        myself=True,
        name_1="박서준",
        email_1="colleague@example.test",
    )
    order = Order.objects.get()
    assert sorted(line.amount for line in order.lines.all()) == [33_000, 55_000]
    pay_by_card(regular, order)
    [mail] = portal.mails("colleague@example.test")
    [address] = re.findall(r"/tickets/[^/\s]+/", mail.body)
    assert "박서준" in enter().open(address).text
    assert portal.problems() == {}


def test_paying_by_bank_transfer(portal, people, enter):
    newcomer = sign_up(portal)
    application = apply(newcomer)
    approve(enter("reviewer"), application)
    application.refresh_from_db()
    order = application.order
    newcomer.open(f"/orders/{order.code}/").press("/pay/", method="bank")
    order.refresh_from_db()
    for fact in ("한누리은행", "000-000000-00-000", order.depositor_name):
        assert fact in newcomer.text
    assert len(portal.mails(EMAIL)) == 4  # code, received, approved, account

    treasurer = enter("treasurer").open("/staff/deposits/orders/")
    assert order.depositor_name in treasurer.text
    treasurer.open(f"/staff/deposits/{order.code}/").press("amount")
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Member.objects.get(user__email=EMAIL).status == Member.Status.ACTIVE
    receipt = text_of(newcomer.download(f"/orders/{order.code}/receipt.pdf"))
    assert "이십만" in receipt.replace(" ", "")
    assert portal.problems() == {}


def test_a_company_joins(portal, people, enter):
    contact = sign_up(portal)
    company = {
        "organisation_name": "㈜가온소셜랩",
        "representative": "오세린",
        "size": "small",
        "business_number": factories.BUSINESS_NUMBERS[1],
    }
    contact.open("/members/apply/?tier=company")
    number = {"business_number": "123-45-67890"}
    contact.press(
        "postcode", 422, declaration=True, intent="submit", **APPLICANT | company | number
    )
    contact.press("postcode", declaration=True, intent="submit", **company)
    application = Application.objects.get()
    approve(enter("reviewer"), application)
    application.refresh_from_db()
    contact.open(f"/orders/{application.order.code}/").press("/pay/", method="card")
    # Paid, and the browser is closed before it comes back: the webhook alone tells us.
    portal.sandbox.pay(application.order.attempts.get().session, "kr_card")
    portal.work()
    member = Member.objects.get(organisation__business_number=company["business_number"])
    assert member.number in contact.open("/me/").text
    report = factories.make_report("trends", tiers=(people.company_tier,))
    assert "김하늘" in text_of(contact.download(f"/research/{report.slug}/download/"))
    assert portal.problems() == {}


def test_a_lapsed_member_renews_and_reads_at_once(portal, people, enter):
    factories.make_report("trends", tiers=(people.regular_tier,))
    lapsed = enter("lapsed").open("/research/trends/download/", 403)
    lapsed.open("/members/renew/").press("member")
    pay_by_card(lapsed, Order.objects.get())
    assert people.lapsed_member.number in text_of(lapsed.download("/research/trends/download/"))
    assert portal.problems() == {}


def test_a_rejected_applicant_reads_why(portal, people, enter):
    newcomer = sign_up(portal)
    application = apply(newcomer)
    reviewer = enter("reviewer").open(f"/staff/applications/{application.number}/")
    reviewer.press("/reject/", 422, **{"reject-reason": "", "reject-meeting": ""})
    reason = "정관 제6조의 자격에 맞지 않습니다."
    basis = {"reject-meeting": "심사위원회, 정관 제6조", "reject-decided_on": "2026-11-20"}
    reviewer.press("/reject/", **{"reject-reason": reason, **basis})
    assert reason in newcomer.open(f"/members/apply/{application.number}/").text
    assert reason in portal.mails(EMAIL)[-1].body
    assert not Order.objects.exists() and not Member.objects.filter(user__email=EMAIL).exists()
    assert portal.problems() == {}


def test_a_seat_that_nobody_pays_for_returns(portal, people, enter, settings, tmp_path):
    event = factories.make_event("conference")
    ticket = factories.make_ticket(event, capacity=1)
    first = enter("regular").open("/events/conference/register/")
    first.press("ticket", ticket=ticket.pk, myself=True)
    second = enter("account").open("/events/conference/register/")
    assert not second.forms("ticket")

    order = Order.objects.get()
    settings.KOSNA_CLOCK = str(tmp_path / "clock")
    (tmp_path / "clock").write_text((order.release_at + timedelta(minutes=1)).isoformat())
    portal.work()
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED
    first.open(f"/orders/{order.code}/")
    assert not first.forms("/pay/")
    second.open("/events/conference/register/").press("ticket", ticket=ticket.pk, myself=True)
    assert list(Registration.objects.holding_seats().values_list("user", flat=True)) == [
        people.account.pk
    ]
    assert portal.problems() == {}
