"""How readers come by a report, each on their own way: by paying their dues, by their branch, by an
event that they came to, and as staff with a reason. What they take away: the copy, or the rest of
one that broke off, the feed, and how the report is cited."""

from datetime import timedelta

import pytest
from lxml import etree

from kosna.audit.models import Entry
from kosna.core import clock
from research.models import Download, Permit
from tests import factories
from tests.flows.person import Person
from tests.research.readers import come

ATOM = "{http://www.w3.org/2005/Atom}"


def shelf(reader: Person, query: str = "mine=1") -> set[str]:
    """The reports of three that a list shows."""
    page = reader.open(f"/research/?{query}").page
    links = page.xpath("//main//h3/a/@href | //main//*[@class='results']//a/@href")
    return {slug for slug in ("dues", "busan", "came") if f"/research/{slug}/" in links}


def test_who_renews_reads_at_once(portal, people, enter):
    factories.make_report("dues", tiers=(people.regular_tier,))
    reader = enter("lapsed").open("/research/dues/")
    assert "회비 납부 후 열람" in reader.text
    english = enter("lapsed", language="en").open("/research/dues/")
    assert "Renew to read" in english.text
    reader.open("/research/dues/download/", 403)
    assert shelf(reader) == set()

    [href] = reader.open("/research/dues/").page.xpath(
        "//*[@id='access']//a[contains(@class, 'primary')]/@href"
    )
    reader.open(href)
    assert "/members/renew/" in reader.content.decode()
    reader.open("/members/renew/").press("member")
    reader.press("/pay/", method="card").press("outcome", outcome="paid")
    portal.work()

    assert "회비 납부 후 열람" not in reader.open("/research/dues/").text
    assert shelf(reader) == {"dues"}
    assert reader.download("/research/dues/download/").startswith(b"%PDF")
    assert people.lapsed_member.number in reader.open("/me/card/").text
    assert Download.objects.get().member_number == people.lapsed_member.number
    assert portal.problems() == {}


def test_each_reads_what_is_opened_to_them(portal, people, enter):
    """A branch's own report is for its members of any tier; that of an event for who came; both are
    told by the editor on one form, and taken back there."""
    event = factories.make_event("forum", branch=people.busan, title_ko="부산 토론회")
    come(people.account, event, people.doorkeeper)
    factories.make_report("dues", tiers=(people.regular_tier,))
    busan = factories.make_report("busan", tiers=(people.company_tier,))
    came = factories.make_report("came", tiers=(people.company_tier,))
    editor = enter("editor").open(f"/staff/reports/{busan.pk}/edit/")
    editor.press("title_ko", tiers=[], branches=str(people.busan.pk))
    editor.open(f"/staff/reports/{came.pk}/edit/").press("title_ko", events=str(event.pk))
    assert "부산 토론회" in editor.text

    readers = {
        "account": {"came"}, "associate": {"busan"}, "regular": {"dues", "busan"},
        "company_seat": {"came"}, "lapsed": set(), "officer": set(),
    }  # fmt: skip
    for who, slugs in readers.items():
        reader = enter(who)
        assert (who, shelf(reader)) == (who, slugs)
        assert shelf(reader, "q=숏폼&mine=1") == slugs
        for slug in ("dues", "busan", "came"):
            reader.open(f"/research/{slug}/download/", 200 if slug in slugs else 403)
    assert len(shelf(enter(), "q=숏폼")) == 3  # the abstracts are everybody's
    assert "부산 토론회" in enter().open("/research/came/").text
    assert "busan 지부" in enter().open("/research/busan/").text
    assert not enter().open("/research/").page.xpath("//a[contains(@href, 'mine=1')]")

    # The one goes to another branch, the other is no longer the event's: both close at once.
    associate, account = enter("associate"), enter("account")
    editor.open(f"/staff/reports/{busan.pk}/edit/")
    editor.press("title_ko", branches=str(people.daegu.pk))
    associate.open("/research/busan/download/", 403)
    editor.open(f"/staff/reports/{came.pk}/edit/").press("title_ko", events=[])
    account.open("/research/came/download/", 403)
    assert shelf(associate) == shelf(account) == set()
    assert portal.problems() == {}


def test_staff_read_for_a_reason_that_stays_on_record(portal, people, enter, stand_at):
    report = factories.make_report("dues", tiers=(people.regular_tier,))
    desk, reason = f"/staff/reports/{report.pk}/access/", "표절 제보 확인"
    office = enter("head_office")
    office.open("/research/dues/download/", 403).open(desk)
    office.press("/read/", 422, reason=" ")
    office.open("/research/dues/download/", 403)
    assert not Permit.objects.exists()

    office.open(desk).press("/read/", reason=reason)
    assert office.url == "/research/dues/"
    assert office.download("/research/dues/download/").startswith(b"%PDF")
    auditor = enter("auditor").open("/staff/audit/")
    entry = Entry.objects.get(verb="research.let_in")
    [href] = auditor.page.xpath(f"//main//a[contains(@href, '/{entry.pk}/')]/@href")
    assert reason in auditor.open(href).text and people.head_office.name in auditor.text
    assert Download.objects.get().serial in auditor.open("/staff/downloads/").text
    assert reason in office.open(desk).text
    enter("officer").open(desk, 403)  # of a branch: the library is the head office's
    enter("regular").open(desk, 403)

    stand_at(clock.now() + timedelta(hours=23, minutes=59))
    office.open("/research/dues/download/")
    stand_at(clock.now() + timedelta(minutes=2))
    office.open("/research/dues/download/", 403)
    assert reason not in office.open(desk).text  # it has ended
    assert portal.problems() == {}


def test_a_copy_that_broke_off_is_gone_on_with(portal, people, enter):
    factories.make_report("dues", tiers=(people.regular_tier,))
    url, reader = "/research/dues/download/", enter("regular")
    for who, status in (("account", 403), ("lapsed", 403), ("regular", 200)):
        head = enter(who).client.head(url)
        assert (who, head.status_code, b"".join(head)) == (who, status, b"")
    assert not Download.objects.exists()  # who only asks takes nothing

    whole = reader.client.get(url)
    copy, content = Download.objects.get(), b"".join(whole)
    assert (whole["Accept-Ranges"], whole["ETag"]) == ("bytes", f'"{copy.serial}"')
    rest = {"If-Range": whole["ETag"], "Range": "bytes=100-"}
    part = reader.client.get(url, headers=rest)
    assert (part.status_code, content[:100] + b"".join(part)) == (206, content)
    assert part["Content-Range"] == f"bytes 100-{len(content) - 1}/{len(content)}"
    last = reader.client.get(url, headers=rest | {"Range": "bytes=-10"})
    assert (last.status_code, b"".join(last)) == (206, content[-10:])
    beyond = reader.client.get(url, headers=rest | {"Range": f"bytes={len(content)}-"})
    assert (beyond.status_code, b"".join(beyond)) == (416, b"")
    assert list(Download.objects.all()) == [copy]  # it is the same copy, once on record

    # With another one's tag nobody gets another one's copy.
    other = enter("company_seat").client.get(url, headers=rest)
    assert other.status_code == 403 and b"%PDF" not in b"".join(other)
    people.regular_member.periods.update(voided_at=clock.now())
    refused = reader.client.get(url, headers=rest)
    assert (refused.status_code, refused["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert "회비" in b"".join(refused).decode()
    assert portal.problems() == {}


@pytest.mark.parametrize("who", ["", "account", "regular"])
def test_feed_and_citations_are_everybodys_and_lead_to_no_file(portal, people, enter, who):
    factories.make_report(
        "dues", tiers=(people.regular_tier,), title_en="Dues & media", title_ko="회비와 매체",
        authors_ko="백나린", authors_en="Baek Na-rin", abstract_ko="요약 <그림>",
    )  # fmt: skip
    factories.make_report("came", topic="technology", title_ko="기술 동향")
    reader = enter(who).open("/research/")
    [href] = reader.page.xpath("//link[@type='application/atom+xml']/@href")
    feed = etree.fromstring(reader.download(href))
    assert {entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")} == {
        "회비와 매체", "기술 동향",
    }  # fmt: skip
    links = {link.get("href") for link in feed.iter(f"{ATOM}link")}
    assert f"{portal.url}/research/dues/" in links and not any("download" in it for it in links)
    assert "요약 <그림>" in {entry.findtext(f"{ATOM}summary") for entry in feed.iter()}
    assert b"dues" not in reader.download(f"{href}?topic=technology")

    reader.open("/research/dues/")
    assert "백나린, 「회비와 매체」" in reader.text and "Baek, N.-r." in reader.text
    bib, ris = reader.page.xpath("//a[contains(@href, '/cite/')]/@href")
    bibtex = reader.download(bib).decode()
    assert bibtex.startswith("@techreport{kosna-dues,\n") and r"{Dues \& media}" in bibtex
    lines = reader.download(ris).decode().split("\r\n")
    assert {"TY  - RPRT", "TI  - Dues & media", "AU  - Baek, Na-rin"} <= set(lines)
    assert f"UR  - {portal.url}/research/dues/" in lines
    reader.open("/research/dues/cite/docx/", 404)
    assert portal.problems() == {}
