"""Editions, errata, authors, labels, sample pages, citations and the feed."""

import io

import pytest
from django.test import Client
from PIL import Image

from kosna.audit.models import Entry
from kosna.core import clock, covers
from kosna.core.errors import Refused
from research import actions, citations, library, pictures, samples
from research.models import Author, Download, Edition, Report, SamplePage
from tests.conftest import Cast
from tests.research.conftest import checked


def test_new_edition_follows_and_the_old_one_can_be_had(cast: Cast, login, make_report) -> None:
    report = make_report("kept", tiers=(cast.regular_tier,))
    edition = actions.prepare_edition(
        report, label="2.0", upload=checked(5), note_ko="표를 고쳤습니다.", by=cast.editor
    )
    with pytest.raises(Refused):
        actions.prepare_edition(report, label="3.0", upload=checked(5), by=cast.editor)
    with pytest.raises(Refused):
        actions.release_edition(edition, by=cast.editor)
    client = login("regular")
    assert client.get("/research/kept/download/?edition=2.0").status_code == 404  # not out yet
    actions.release_edition(edition, by=cast.head_office)
    now = Report.objects.get()
    assert (now.edition, now.pages, now.version) == ("2.0", 5, 2)
    former = Edition.objects.get()
    assert (former.label, former.sha256, former.published_at) == (
        "1.0", report.sha256, report.published_at,
    )  # fmt: skip
    assert client.get("/research/kept/download/").status_code == 200
    assert client.get("/research/kept/download/?edition=1.0").status_code == 200
    assert client.get("/research/kept/download/?edition=9").status_code == 404
    copies = list(now.downloads.order_by("pk").values_list("edition", "original_sha256"))
    assert copies == [("2.0", now.sha256), ("1.0", report.sha256)]
    assert login("account").get("/research/kept/download/?edition=1.0").status_code == 403
    # What is new was told by who prepared it, and readers are told.
    assert former.note_ko == "표를 고쳤습니다."
    assert "표를 고쳤습니다." in Client().get("/research/kept/").content.decode()
    now.edition = "1.0"
    with pytest.raises(Refused):  # two of one name could not be told apart
        actions.save_report(now, tiers=[cast.regular_tier], by=cast.editor)


def test_a_part_is_of_the_edition_that_is_asked_for(cast: Cast, login, make_report) -> None:
    report = make_report("kept", tiers=(cast.regular_tier,))
    edition = actions.prepare_edition(report, label="2.0", upload=checked(5), by=cast.editor)
    actions.release_edition(edition, by=cast.head_office)
    client = login("regular")
    addresses = ("/research/kept/download/", "/research/kept/download/?edition=1.0")
    whole = {address: client.get(address).content for address in addresses}
    for address in addresses:
        part = client.get(address, headers={"Range": "bytes=20-"})
        assert (part.status_code, part.content) == (206, whole[address][20:])
        assert client.head(address).status_code == 200
    assert Download.objects.count() == 2
    assert client.head("/research/kept/download/?edition=9").status_code == 404


def test_edition_is_given_up(cast: Cast, make_report) -> None:
    report = make_report()
    edition = actions.prepare_edition(report, label="2.0", upload=checked(1), by=cast.editor)
    actions.drop_edition(edition, by=cast.editor)
    assert not Edition.objects.exists()
    with pytest.raises(Refused):
        actions.prepare_edition(report, label="1.0", upload=checked(1), by=cast.editor)


def test_sample_pages_are_those_that_were_chosen(cast: Cast, make_report) -> None:
    report = make_report("kept")
    actions.choose_samples(report, pages="2", by=cast.editor)
    client = Client()
    answer = client.get("/research/kept/pages/2/")
    picture = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    page = SamplePage.objects.get()
    assert picture.size == (page.width, page.height)
    assert client.get("/research/kept/pages/1/").status_code == 404
    Report.objects.update(status=Report.Status.WITHDRAWN)
    assert client.get("/research/kept/pages/2/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "numbers"), [("", []), ("1-3, 7", [1, 2, 3, 7]), ("2 2,1", [1, 2])]
)
def test_page_numbers(typed: str, numbers: list[int]) -> None:
    assert samples.page_numbers(typed, 9) == numbers


@pytest.mark.parametrize("typed", ["0", "10", "a", "1-99999", "3-"])
def test_senseless_page_numbers_are_refused(typed: str) -> None:
    with pytest.raises(Refused):
        samples.page_numbers(typed, 9)


def test_draft_is_leafed_through_and_what_is_out_is_not(cast: Cast, login, make_report) -> None:
    draft = make_report("draft", status=Report.Status.DRAFT, published_at=None)
    out = make_report("out")
    client = login("editor")
    assert client.get(f"/staff/reports/{draft.pk}/preview/1/")["Content-Type"] == "image/png"
    assert client.get(f"/staff/reports/{draft.pk}/preview/3/").status_code == 404
    assert client.get(f"/staff/reports/{out.pk}/preview/1/").status_code == 404


def test_draft_without_a_file_says_so(cast: Cast, login, make_report) -> None:
    report = make_report("bare", status=Report.Status.DRAFT)
    urls = (f"/staff/reports/{report.pk}/editions/", "/staff/reports/")
    assert not any("아직 파일이" in login("editor").get(url).content.decode() for url in urls)
    Report.objects.update(file="", sha256="", pages=0)
    for url in urls:
        page = login("editor").get(url).content.decode()
        assert ("아직 파일이 없습니다" in page, "· 0쪽" in page) == (True, False)


def test_second_person_sees_the_pages_of_what_comes_out(cast: Cast, login, make_report) -> None:
    """Of a prepared edition, and of a withdrawn report that is to come out again."""
    report = make_report("kept")

    def pages(who: str) -> list[int]:
        page = login(who).get(f"/staff/reports/{report.pk}/editions/").content.decode()
        return [number for number in range(9) if f"/preview/{number}/" in page]

    assert pages("head_office") == []
    actions.prepare_edition(report, label="2.0", upload=checked(5), by=cast.editor)
    assert pages("head_office") == [1, 2, 3, 4, 5]
    assert pages("auditor") == []
    actions.drop_edition(Edition.objects.get(), by=cast.editor)
    actions.withdraw_report(report, reason="오류", by=cast.editor)
    assert pages("head_office") == [1, 2]  # nobody reads it as readers do
    actions.submit_report(report, by=cast.editor)
    actions.choose_samples(report, pages="2", by=cast.editor)
    assert pages("head_office") == [1, 2]
    page = login("editor").get(f"/staff/reports/{report.pk}/editions/").content.decode()
    assert (page.count("/preview/2/"), "/research/kept/pages/" in page) == (2, False)
    preview = f"/staff/reports/{report.pk}/preview/2/"
    assert login("head_office").get(preview)["Content-Type"] == "image/png"


def test_authors_are_rows_by_the_names_on_the_cover(cast: Cast, make_report) -> None:
    report = make_report("one", authors_ko="서지안, 김서연", authors_en="Seo Ji-an, Maria Santos")
    make_report("two", status=Report.Status.DRAFT, authors_ko="한나래")
    for row in Report.objects.all():
        actions.keep_authors(row)
    assert [row.author.name_ko for row in report.authorships.all()] == ["서지안", "김서연"]
    page = Client().get("/research/authors/서지안/")
    assert [row.report.slug for row in page.context_data["shelved"]] == ["one"]
    assert Client().get("/research/authors/한나래/").status_code == 404  # nothing is out yet
    assert Author.objects.count() == 3


def test_authors_whose_names_differ_in_signs_alone_have_a_page_each(make_report) -> None:
    actions.keep_authors(make_report("one", authors_ko="김서연, 김서연., ★"))
    rows = Author.objects.order_by("pk")
    assert [row.slug for row in rows] == ["김서연", "김서연-2", "author"]
    assert {Client().get(row.get_absolute_url()).status_code for row in rows} == {200}
    assert Client().get("/research/one/").status_code == 200


def test_related_share_fields_first(cast: Cast, make_report) -> None:
    report = make_report("one", topic="market")
    same = make_report("same", topic="market")
    shared = make_report("shared", topic="technology")
    for row in (report, shared):
        actions.keep_labels(row, {"field": ["fund"], "audience": ["business"]})
        actions.place_report(row)
    assert [row.slug for row in library.related(report, clock.now())] == ["shared", "same"]
    found = Client().get("/research/?field=fund&audience=business").context_data["shelved"]
    assert {row.report.slug for row in found} == {"one", "shared"}
    assert same.labels.count() == 0


def test_citations(make_report) -> None:
    report = make_report(
        "cited", title_ko="여론 분석", title_en="Opinion & data", authors_ko="백나린, 마리아",
        authors_en="Baek Na-rin, Maria Santos",
        published_at=clock.datetime(2026, 3, 2, 3, tzinfo=clock.UTC),
    )  # fmt: skip
    assert citations.apa(report).startswith("Baek, N.-r., & Santos, M. (2026). Opinion & data")
    assert citations.chicago(report).startswith("Baek, Na-rin, and Maria Santos. Opinion & data.")
    report.authors_en += ", Yoo Kang-min"
    assert citations.chicago(report).startswith("Baek, Na-rin, Maria Santos, and Yoo Kang-min. ")
    assert citations.korean(report).startswith("백나린·마리아, 「여론 분석」(1.0판), ")
    bib = Client().get("/research/cited/cite/bib/").content.decode()
    assert "author = {Baek, Na-rin and Santos, Maria}" in bib
    assert r"title = {Opinion \& data}" in bib
    ris = Client().get("/research/cited/cite/ris/").content.decode()
    assert ris.startswith("TY  - RPRT\r\nTI  - Opinion & data\r\nAU  - Baek, Na-rin\r\n")
    assert Client().get("/research/cited/cite/doc/").status_code == 404


def test_tex_is_told_literally(make_report) -> None:
    told = citations.bibtex(make_report("tex", title_en=r"50% of C:\data ~ {x}^2 & more_"))
    assert (
        r"title = {50\% of C:\textbackslash{}data \textasciitilde{} "
        r"\{x\}\textasciicircum{}2 \& more\_}"
    ) in told


def test_shared_link_is_shown_by_the_cover_with_its_title(cast: Cast, login, make_report) -> None:
    report = make_report(
        "shared", tiers=(cast.regular_tier,), title_ko="南宮賢의 커뮤니티 커머스 시장 전망 " * 8
    )
    visitor = Client()
    page = visitor.get("/research/shared/").content.decode()
    assert "/research/shared/cover/ko.png?v=1" in page
    pictures = {
        language: visitor.get(f"/research/shared/cover/{language}.png") for language in ("ko", "en")
    }
    for language, answer in pictures.items():
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert (picture.format, picture.size) == ("PNG", (1200, 630))
        assert answer["Cache-Control"] == "public, max-age=300"
        assert (answer["Content-Language"], answer.cookies) == (language, {})
        assert len(answer.content) < 150_000
    assert pictures["ko"].content != pictures["en"].content
    assert visitor.get("/research/shared/cover/fr.png").status_code == 404
    again = visitor.get("/research/shared/cover/ko.png").content
    assert again == pictures["ko"].content
    Report.objects.update(title_ko="새 제목", version=report.version + 1)
    assert visitor.get("/research/shared/cover/ko.png").content != again
    for status in (Report.Status.DRAFT, Report.Status.REVIEW, Report.Status.WITHDRAWN):
        Report.objects.update(status=status)
        for who in ("visitor", "regular", "editor"):
            assert login(who).get("/research/shared/cover/ko.png").status_code == 404


def test_colours_of_a_picture_are_those_of_the_sheet() -> None:
    palettes = [pictures.palette(number) for number in range(covers.PALETTES)]
    assert len({tuple(palette.values()) for palette in palettes}) == covers.PALETTES


def test_editors_write_what_an_author_page_says(cast: Cast, login, make_report) -> None:
    report = make_report("book", authors_ko="김서연", authors_en="Kim Seoyeon")
    actions.keep_authors(report)
    author = Author.objects.get()
    typed = {
        "name_en": "Seoyeon Kim",
        "affiliation_ko": "연구소",
        "affiliation_en": "Institute",
        "about_ko": "여론을 연구합니다.",
        "about_en": "Studies opinion.",
    }
    page = f"/staff/reports/authors/{author.pk}/"
    assert login("auditor").get(page).status_code == 403
    editor = login("editor")
    assert editor.post(page, typed | {"about_ko": "x" * 1001}).status_code == 422
    assert editor.post(page, typed).status_code == 302
    assert "연구소" in editor.get("/staff/reports/authors/?q=서연").content.decode()
    shown = Client().get(author.get_absolute_url()).content.decode()
    assert "여론을 연구합니다." in shown and "연구소" in shown
    english = Client(headers={"Cookie": "language=en"}).get(author.get_absolute_url())
    assert "Studies opinion." in english.content.decode()
    assert "여론" not in english.content.decode()
    # A kept page of a report names the author as it is written now.
    assert Report.objects.get().version == report.version + 1
    actions.keep_authors(report)
    assert Author.objects.get().affiliation_ko == "연구소"
    assert Entry.objects.filter(verb="research.change_author").count() == 1


def test_feed_is_the_same_for_everybody(cast: Cast, login, make_report) -> None:
    make_report("gated", tiers=(cast.regular_tier,), topic="market")
    make_report("other", topic="technology")
    make_report("draft", status=Report.Status.DRAFT)
    feed = login("regular").get("/research/feed/")
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert feed.content == Client().get("/research/feed/").content
    text = Client().get("/research/feed/?topic=market").content.decode()
    assert ("/research/gated/" in text, "/research/other/" in text) == (True, False)
    assert "/research/draft/" not in feed.content.decode()


def test_what_xml_cannot_hold_shuts_no_feed(make_report) -> None:
    make_report("pasted", title_ko="제목\x0b", abstract_ko="쪽\x0c다음 쪽 \ufffe")
    text = Client().get("/research/feed/").content.decode()
    assert "다음 쪽" in text
    assert "\x0c" not in text
