"""The office of the library: a report goes its whole way over two desks and is stopped wherever
something is missing; a leak leads back to a reader; the figures tell who uses what."""

import io
from datetime import datetime, timedelta

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile

from kosna.branches.models import Appointment
from kosna.core import clock
from kosna.payments.models import Order
from research.models import Download, Report
from tests import factories
from tests.flows.person import Person

FACTS = {
    "title_ko": "메타버스 이용 실태",
    "slug": "worlds",
    "topic": "technology",
    "edition": "1.0",
    "authors_ko": "서지안",
    "abstract_ko": "가상 세계를 쓰는 사람들.",
}


def upload(content: bytes, name: str = "worlds.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def told(person: Person) -> str:
    """All that the page says, messages above it too."""
    return person.page.body.text_content()


def test_a_report_is_stopped_until_all_is_there_and_two_have_seen_it(portal, people, enter):
    editor = enter("editor").open("/staff/reports/").open("/staff/reports/new/")
    editor.press("title_ko", pdf=upload(b"not a PDF at all"), **FACTS)
    assert not Report.objects.exists()
    editor.open("/staff/reports/new/").press("title_ko", **FACTS)
    report = Report.objects.get()
    desk = f"/staff/reports/{report.pk}/"
    assert editor.url == desk

    # Everything that is missing is said at once, and again until it is there.
    editor.press("/submit/")
    for missing in ("PDF를 먼저", "영어 요약을 쓰거나", "누가 읽을 수 있는지"):
        assert missing in told(editor)
    editor.open(f"{desk}edit/").press(
        "title_ko", pdf=upload(factories.make_pdf(2)), is_public=True, price="10000"
    )
    editor.press("/submit/")
    assert "PDF를 먼저" not in told(editor) and "판매하지 않" in told(editor)
    editor.open(f"{desk}edit/").press(
        "title_ko", is_public=[], tiers=str(people.regular_tier.pk), no_english="국내 조사"
    )
    editor.press("/submit/")
    report.refresh_from_db()
    assert report.status == Report.Status.REVIEW

    # It is sent back once. Who has a hand in it does not approve it, neither with an old page nor
    # without any.
    assert not editor.forms("/publish/")
    office = enter("head_office").open(desk)
    office.press("/return/", 422, reason=" ")
    office.press("/return/", reason="저자 영문명 누락")
    assert "저자 영문명 누락" in editor.open(desk).text
    editor.press("/submit/")
    factories.appoint(people.reviewer, Appointment.Role.EDITOR, people.hq)
    colleague, elsewhere = enter("reviewer").open(desk), enter("reviewer")
    elsewhere.open(f"{desk}edit/").press("title_ko", authors_en="Seo Ji-an")
    colleague.press("/publish/")
    assert not colleague.open(desk).forms("/publish/")
    [token, *_more] = colleague.page.xpath("//input[@name='csrfmiddlewaretoken']/@value")
    colleague.ask("POST", f"{desk}publish/", {"csrfmiddlewaretoken": [token]})
    enter("regular").open("/research/worlds/", 404)
    enter("officer").open(desk, 403)
    office.open(desk).press("/publish/")
    assert "Seo, J.-a." in enter("regular").open("/research/worlds/").text
    assert portal.problems() == {}


def test_a_report_is_scheduled_comes_out_and_is_withdrawn(portal, people, enter, stand_at):
    today = clock.today()
    out = datetime.combine(today + timedelta(days=3), datetime.min.time(), clock.KST)
    report = factories.make_report(
        "worlds", tiers=(people.regular_tier,), status=Report.Status.DRAFT, published_at=None,
        title_ko="메타버스 이용 실태",
    )  # fmt: skip
    desk = f"/staff/reports/{report.pk}/"
    editor = enter("editor").open(f"{desk}edit/")
    editor.press("title_ko", keywords_ko="메타버스").press("/submit/")
    second = enter("head_office").open(desk)

    # It is written on while the second person reads: that is not what was looked at.
    editor.open(f"{desk}edit/").press("title_ko", abstract_ko="고쳐 쓴 요약")
    second.press("/publish/", at=f"{out:%Y-%m-%dT%H:%M}")
    assert "공개 예정" not in second.text and "고쳐 쓴 요약" in second.text
    second.open(desk).press("/publish/", at=f"{out:%Y-%m-%dT%H:%M}")
    assert "공개 예정" in second.text
    reader = enter("regular").open("/research/worlds/", 404)
    assert "메타버스" not in reader.open("/research/").text
    stand_at(out)
    assert "고쳐 쓴 요약" in reader.open("/research/worlds/").text
    assert reader.download("/research/worlds/download/").startswith(b"%PDF")
    steps = [(row[1], row[2]) for row in tables(editor.open(desk)) if len(row) == 4]
    assert steps == [
        ("승인", "head_office"), ("작성", "editor"), ("검토 요청", "editor"), ("작성", "editor"),
    ]  # fmt: skip

    editor.press("/withdraw/", reason="표본 오류")
    assert "표본 오류" in editor.text and "철회" in editor.text
    for address in ("", "download/", "cite/ris/", "cover/ko.png"):
        reader.open(f"/research/worlds/{address}", 404)
    assert b"worlds" not in enter().open("/research/feed/").content
    assert (
        "메타버스" not in reader.open("/research/?q=메타버스").page.find(".//main").text_content()
    )
    assert Download.objects.get().serial in reader.open("/me/downloads/").text  # stays on record
    assert "철회" in reader.text
    editor.open(desk).press("/submit/")
    second.open(desk).press("/publish/")
    reader.open("/research/worlds/")
    assert portal.problems() == {}


def test_a_leak_leads_back_to_its_reader(portal, people, enter):
    factories.make_report(
        "worlds", tiers=(people.regular_tier, people.company_tier), content=factories.make_pdf(2)
    )
    copies = {
        who: enter(who).download("/research/worlds/download/") for who in ("regular", "company_rep")
    }
    serials = dict(Download.objects.values_list("user__email", "serial"))
    mine, others = serials[people.regular.email], serials[people.company_rep.email]
    with pikepdf.open(io.BytesIO(copies["regular"])) as whole, pikepdf.new() as page:
        page.pages.append(whole.pages[1])
        page.save(scrap := io.BytesIO())

    auditor = enter("auditor")
    for leaked in (copies["regular"], scrap.getvalue()):
        auditor.open("/staff/downloads/").open("/staff/downloads/trace/")
        auditor.press("pdf", pdf=upload(leaked))
        assert mine in auditor.text and others not in auditor.text
        assert people.regular_member.number in auditor.text
    auditor.open("/staff/downloads/trace/").press("pdf", pdf=upload(factories.make_pdf()))
    assert "협회의 사본이 아닙니다" in auditor.text
    for typed in (mine.lower(), people.regular_member.number):
        auditor.open(f"/staff/downloads/?q={typed}")
        assert mine in auditor.text and others not in auditor.text
    auditor.open("/staff/downloads/?report=worlds")
    assert mine in auditor.text and others in auditor.text

    # Whose copy it was can see that somebody looked; who has no business there sees nothing.
    assert "auditor" in enter("regular").open("/me/looks/").text
    for who in ("regular", "officer", "treasurer"):
        enter(who).open("/staff/downloads/trace/", 403)
    assert portal.problems() == {}


def test_figures_tell_who_uses_what(portal, people, enter):
    old = clock.now() - timedelta(days=40)
    factories.make_report(
        "worlds", tiers=(people.regular_tier,), title_ko="가상 세계", price=30_000
    )
    factories.make_report("dusty", tiers=(people.regular_tier,), title_ko="먼지", published_at=old)
    regular, account, visitor = enter("regular"), enter("account"), enter()
    for _ in range(2):
        regular.open("/research/worlds/").download("/research/worlds/download/")
    for reader in (account, visitor, visitor):
        reader.open("/research/worlds/")
    account.open("/research/worlds/buy/").press("/buy/")
    order = Order.objects.get()
    account.press("/pay/", method="card").press("outcome", outcome="paid")
    portal.work()
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    account.download("/research/worlds/download/")

    office = enter("head_office").open("/staff/reports/figures/")
    rows = tables(office)
    assert ["regular 회원", "2", "1", "가상 세계 2"] in rows
    assert ["busan 지부", "2", "1", "가상 세계 2"] in rows
    assert ["회원 아님", "1", "1", "가상 세계 1"] in rows
    assert ["가상 세계", "3"] in rows  # what people without a membership met locked
    assert any(row[0] == "먼지" for row in rows)
    assert "30,000원" in office.text
    office.open(f"/staff/reports/{Report.objects.get(slug='worlds').pk}/")
    assert "구매1 · 30,000원" in office.text
    before = clock.today() - timedelta(days=30)
    office.open(f"/staff/reports/figures/?since={before}&until={before}")
    assert ["가상 세계", "3"] not in tables(office)
    assert "30,000원" not in office.text
    assert enter("auditor").open("/staff/reports/figures/").text
    enter("officer").open("/staff/reports/figures/", 403)
    assert portal.problems() == {}


def tables(person: Person) -> list[list[str]]:
    """The rows of all tables of a page, cell by cell."""
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th | ./td")]
        for row in person.page.xpath("//main//tbody/tr")
    ]
