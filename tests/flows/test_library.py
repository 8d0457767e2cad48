"""A report from its draft to a reader who buys it, and back; what is looked for and found; a copy
that leaked."""

import io

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile

from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments.models import Order
from research.models import Download, Report
from tests import factories
from tests.flows.person import text_of
from tests.research.readers import come


def test_from_the_desk_to_a_buyer_and_back(portal, people, enter):
    report = factories.make_report(
        "outlook", tiers=(people.regular_tier,), status=Report.Status.DRAFT, published_at=None
    )
    editor = enter("editor").open(f"/staff/reports/{report.pk}/edit/")
    editor.press("title_ko", price="30000")
    editor.press("/submit/")
    assert "다른 담당자" in editor.text
    office = enter("head_office").open(f"/staff/reports/{report.pk}/")
    office.press("/return/", reason="차례 보완")
    assert "차례 보완" in editor.open(f"/staff/reports/{report.pk}/").text
    editor.press("/submit/")
    office.open(f"/staff/reports/{report.pk}/").press("/publish/")
    office.open(f"/staff/reports/as/?tier={people.associate_tier.pk}")
    assert "30,000원" in office.text

    office.open("/staff/view-as/").press("standing", tier=str(people.regular_tier.pk))
    assert "내려받기" in office.open("/research/outlook/").text
    assert office.url == "/research/outlook/"
    office.open("/research/outlook/download/", 403).press("/staff/view-as/end/")
    assert "내려받기" not in office.open("/research/outlook/").text

    reader = enter("account").open("/research/outlook/")
    assert "30,000원" in reader.text
    reader.open("/research/outlook/buy/").press("/buy/")
    order = Order.objects.get()
    reader.press("/pay/", method="card").press("outcome", outcome="paid")
    portal.work()
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert reader.download("/research/outlook/download/").startswith(b"%PDF")
    assert Download.objects.get().serial in reader.open("/me/downloads/").text

    editor.open(f"/staff/reports/{report.pk}/access/?who=account@example.test")
    assert "구매" in editor.text
    editor.open(f"/staff/reports/{report.pk}/editions/").press(
        "/errata/", place="1쪽", text_ko="고칩니다"
    )
    assert "고칩니다" in enter().open("/research/outlook/").text

    office.open("/staff/reports/figures/")
    assert report.title_ko in office.text  # what non-members tried to open
    editor.open(f"/staff/reports/{report.pk}/").press("/withdraw/", reason="오류 발견")
    reader.open("/research/outlook/download/", 404)
    assert portal.problems() == {}


def test_found_read_followed_and_traced(portal, people, enter):
    reader = enter("regular").open("/research/?q=ㅇㄹㅈㅅ")
    [save] = reader.page.xpath("//a[contains(@href, '/research/saved/new/')]/@href")
    reader.open(save).press("mails", name="여론조사")
    event = factories.make_event("forum", branch=people.busan)
    come(people.account, event, people.doorkeeper)
    report = factories.make_report(
        "polls", tiers=(people.regular_tier,), status=Report.Status.DRAFT, published_at=None,
        title_ko="여론 조사의 표본", authors_ko="서지안",
    )  # fmt: skip
    editor, office = enter("editor"), enter("head_office")
    desk = f"/staff/reports/{report.pk}/"
    editor.open(f"{desk}edit/").press("title_ko", events=str(event.pk), audience="public")
    editor.press("/submit/")
    office.open(desk).press("/publish/")
    portal.work()
    mail = Message.objects.get(template="search_fits")
    assert "/research/polls/" in post.render(mail)[1]
    assert "여론 조사의 표본" in reader.open("/research/?q=ㅇㄹㅈㅅ&audience=public").text
    assert "서지안" in enter().open("/research/authors/서지안/").text

    # Who came reads it, whatever the tiers say; who did not is told how.
    enter("account").download("/research/polls/download/")
    assert "회원 종류 비교" in enter("associate").open("/research/polls/download/", 403).text

    editor.open(f"{desk}editions/").press("pages", pages="1")
    assert "/research/polls/pages/1/" in enter().open("/research/polls/").content.decode()
    editor.open(f"{desk}editions/").press(
        "/editions/new/", label="2.0", note_ko="표본을 늘렸습니다",
        pdf=SimpleUploadedFile("r.pdf", factories.make_pdf(2)),
    )  # fmt: skip
    office.open(f"{desk}editions/").press("/release/")
    assert "미리보기 쪽은 아직 이전 판의 것" in office.content.decode()
    assert "표본을 늘렸습니다" in reader.open("/research/polls/").text
    reader.download("/research/polls/download/?edition=1.0")

    # A page of a copy turns up somewhere.
    copy = reader.download("/research/polls/download/")
    serial = Download.objects.order_by("-pk")[0].serial
    assert serial in text_of(copy)
    with pikepdf.open(io.BytesIO(copy)) as whole, pikepdf.new() as page:
        page.pages.append(whole.pages[0])
        leaked = io.BytesIO()
        page.save(leaked)
    auditor = enter("auditor").open("/staff/downloads/trace/")
    auditor.press("pdf", pdf=SimpleUploadedFile("found.pdf", leaked.getvalue()))
    assert people.regular.name in auditor.text and serial in auditor.text
    assert serial in auditor.open(f"/staff/downloads/?q={serial.lower()}").text
    assert serial in reader.open("/me/downloads/").text
    assert portal.problems() == {}
