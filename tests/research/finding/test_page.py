"""The page of results: what stands in its address, who is shown which line."""

import re
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from kosna.core import clock
from research import actions
from research.finding.snippets import excerpt, marked
from research.finding.words import words_of
from research.models import Report
from research.views import finding, library
from tests import factories
from tests.conftest import PEOPLE, Cast

SECRET = "비밀문장"


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("소셜 여론 조사", "여론", "소셜 <mark>여론</mark> 조사"),
        ("<b>여론</b> & 조사", "여론", "&lt;b&gt;<mark>여론</mark>&lt;/b&gt; &amp; 조사"),
        ("Opinions, an opinion", "opinion", "<mark>Opinion</mark>s, an <mark>opinion</mark>"),
        ("AI, aim", "ai", "<mark>AI</mark>, aim"),
        ("소셜 빅 데이터", "ㅂㄷㅇㅌ", "소셜 <mark>빅 데이터</mark>"),
        ("여론조사", "여론 론조", "<mark>여론</mark>조사"),
        ("a.b", "a.b x", "<mark>a</mark>.<mark>b</mark>"),
    ],
)
def test_words_are_marked_and_everything_else_escaped(text: str, query: str, shown: str) -> None:
    assert marked(text, words_of(query)) == shown


def test_excerpt_is_a_line_around_the_first_word() -> None:
    text = "앞말 " * 100 + "<여론> " + "뒷말 " * 100
    line = excerpt(text, words_of("여론"))
    assert line.startswith("… 앞말")
    assert "&lt;<mark>여론</mark>&gt;" in line
    assert line.endswith("뒷말…")
    assert len(line) < 220
    assert excerpt(text, words_of("없는")) == ""


def test_a_word_in_two_lines_is_shown_whole(login, written) -> None:
    written("cut", "결과가 같았으나 크\n기는 항목마다 달\n랐다")
    for typed, shown in (("크기", "<mark>크기</mark>는 항목"), ("달랐", "<mark>달랐</mark>다")):
        answer = login("visitor").get(f"/research/?q={typed}")
        assert shown in answer.context_data["hits"][0].text


def test_line_of_the_text_is_for_who_may_read_it(cast: Cast, login, written) -> None:
    """Exhaustive: the cast, against reports of every kind that only their text leads to."""
    later = {cast.regular_tier: clock.now() + timedelta(days=1)}
    written("open", f"앞 {SECRET} 뒤")
    written("gated", f"앞 {SECRET} 뒤", tiers=(cast.regular_tier,))
    written(
        "later", f"앞 {SECRET} 뒤", tiers=(cast.regular_tier,), clock=factories.make_clock(later)
    )
    shown = {}
    for name in ("visitor", *PEOPLE):
        answer = login(name).get(f"/research/?q={SECRET[:2]}")
        hits = answer.context_data["hits"]
        assert len(hits) == 3
        assert all(hit.is_in_text for hit in hits)
        for hit in hits:
            assert bool(hit.text) is hit.shelved.decision.allowed
        shown[name] = {hit.shelved.report.slug for hit in hits if hit.text}
        assert answer.content.decode().count("앞 <mark>비밀</mark>문장 뒤") == len(shown[name])
    assert shown["visitor"] == shown["account"] == shown["lapsed"] == {"open"}
    assert shown["regular"] == {"open", "gated"}


def test_a_line_ends_with_the_edition_and_the_right(cast: Cast, login, written) -> None:
    report = written("gated", f"앞 {SECRET} 뒤", tiers=(cast.regular_tier,))
    client = login("regular")
    assert client.get(f"/research/?q={SECRET}").context_data["hits"][0].text
    Report.objects.update(sha256="0" * 64)  # another edition, not read yet
    assert not client.get(f"/research/?q={SECRET}").context_data["hits"][0].text
    Report.objects.update(sha256=report.sha256)
    cast.regular_member.periods.all().delete()
    assert not client.get(f"/research/?q={SECRET}").context_data["hits"][0].text


def test_the_facet_of_access_says_for_whom_not_since_when(cast: Cast, login, written) -> None:
    """What is for everyone may be nobody's yet: that each result says for its reader."""
    when = clock.now() + timedelta(days=9)
    written("soon", is_public=True, clock=factories.make_clock({None: when}))
    page = login("account").get("/research/?access=open")
    (group,) = (row for row in page.context_data["groups"] if str(row.name) == "열람")
    assert [str(choice.name) for choice in group.choices] == ["전체 대상"]
    assert [entry.decision.allowed for entry in page.context_data["shelved"]] == [False]


def test_facets_are_links_that_keep_the_rest(written) -> None:
    written("one", title_ko="여론 하나", topic="market")
    written("two", title_ko="여론 둘", topic="technology")
    page = Client().get("/research/?q=여론&sort=newest&access=open&page=9&x=1")
    topics = page.context_data["groups"][0]
    told = {(str(choice.name), choice.count, choice.query) for choice in topics.choices}
    query = quote("여론")
    assert told == {
        (name, 1, f"q={query}&topic={value}&access=open&sort=newest")
        for name, value in (("기술", "technology"), ("시장동향", "market"))
    }
    chosen = Client().get(f"/research/?q={query}&topic=market")
    assert [hit.shelved.report.slug for hit in chosen.context_data["hits"]] == ["one"]
    (choice,) = (row for row in chosen.context_data["groups"][0].choices if row.is_chosen)
    assert (choice.count, choice.query) == (1, f"q={query}")


def test_a_year_of_which_nothing_is_out_is_not_told(cast: Cast, written) -> None:
    """Neither of what is still to come nor of what is gone; it says as much as nonsense."""
    written("now", published_at=clock.now() - timedelta(days=1))
    written("coming", published_at=clock.now().replace(year=2031))
    written("gone", published_at=datetime(2019, 5, 1, tzinfo=clock.KST))
    actions.withdraw_report(Report.objects.get(slug="gone"), reason="오류", by=cast.editor)
    for year in ("2031", "2019", "2001"):
        page = Client().get(f"/research/?year={year}").context_data
        assert (page["wanted"], page["page"].paginator.count) == ({}, 1)
    this = str(clock.kst_date(clock.now() - timedelta(days=1)).year)
    assert Client().get(f"/research/?year={this}").context_data["wanted"] == {"year": this}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("q=없는말", "ㅂㄷㅇㅌ"),
        ("q=여론&topic=technology", "조건을 하나 빼"),
        ("q=%25", "ㅂㄷㅇㅌ"),
    ],
)
def test_what_finds_nothing_says_what_to_do(written, query: str, words: str) -> None:
    written("one", title_ko="여론", topic="market")
    written("two", title_ko="조사", topic="technology")
    page = Client().get(f"/research/?{query}").content.decode()
    assert words in page.partition('class="empty"')[2]


def test_a_long_search_is_cut_and_the_page_says_so(written) -> None:
    written("one", title_ko="여론", topic="market")
    written("two", title_ko="조사", topic="technology")
    long = "여론 " * 33 + "없는말"
    page = Client().get("/research/", {"q": long})
    assert [hit.shelved.report.slug for hit in page.context_data["hits"]] == ["one"]
    words = page.content.decode()
    assert "앞 100자만" in words
    assert f'value="{long}"' in words
    fits = Client().get("/research/", {"q": long[:100]}).content.decode()
    assert "앞 100자만" not in fits


def test_pages_go_on_in_order(written) -> None:
    for number in range(23):
        written(f"r{number}", title_ko="여론", published_at=clock.now() - timedelta(days=number))
    second = Client().get("/research/?q=여론&page=2").context_data
    assert [hit.shelved.report.slug for hit in second["hits"]] == ["r20", "r21", "r22"]


def test_who_searches_too_often_waits(written, monkeypatch) -> None:
    monkeypatch.setattr(library, "SEARCHES", 2)
    monkeypatch.setattr(finding, "TYPED", 1)
    client = Client()
    assert [client.get("/research/?q=a").status_code for _n in range(3)] == [200, 200, 429]
    assert client.get("/research/?q=a").headers["Retry-After"] == "60"
    assert client.get("/research/").status_code == 200
    assert client.get("/research/?q=a", REMOTE_ADDR="192.0.2.9").status_code == 200
    assert [client.get("/research/suggest/?q=a").status_code for _n in range(2)] == [200, 429]


def suggested(typed: str, language: str = "ko") -> list[tuple[str, str]]:
    client = Client()
    client.cookies["language"] = language
    answer = client.get("/research/suggest/", {"q": typed})
    return [(row["label"], row["url"]) for row in answer.json()["found"]]


def test_suggestions_are_of_what_is_listed(make_report) -> None:
    known = {
        "authors_ko": "서지안, 한도윤",
        "keywords_ko": "빅데이터, 여론",
        "keywords_en": "opinion",
    }
    make_report("listed", title_ko="빅데이터 분석", title_en="Big data", **known)
    for slug, fields in (
        ("draft", {"status": Report.Status.DRAFT}),
        ("withdrawn", {"status": Report.Status.WITHDRAWN}),
        ("scheduled", {"published_at": clock.now() + timedelta(hours=1)}),
    ):
        make_report(slug, title_ko=f"빅데이터 {slug}", authors_ko="빅토리", **fields)
    asked = f"/research/?q={quote('빅데이터')}"
    for typed in ("빅데", "ㅂㄷㅇ", "빅데이ㅌ"):
        assert suggested(typed) == [("빅데이터", asked), ("빅데이터 분석", "/research/listed/")]
    assert suggested("ㅅㅈㅇ") == [("서지안", f"/research/?q={quote('서지안')}")]
    for language in ("en", "ko"):  # as it is typed, whatever the page speaks
        assert suggested("op", language) == [("opinion", "/research/?q=opinion")]
        assert suggested("big", language) == [("Big data", "/research/listed/")]
    assert ("빅데이터 분석", "/research/listed/") in suggested("빅데", "en")
    assert suggested("시장") == [("시장동향", "/research/?topic=market")]
    assert suggested("빅토") == suggested("") == suggested("<") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_suggestions_query_count(make_report, django_assert_num_queries, rows: int) -> None:
    for _report in range(rows):
        make_report()
    suggested("숏폼")
    with django_assert_num_queries(3):
        assert suggested("숏폼")


def test_what_is_kept_of_a_page_is_that_of_its_reader_and_its_place(cast: Cast, login) -> None:
    """The menu, the tabs and the foot are drawn once: by language, by section, by who is there."""
    visitor, member = login("visitor"), login("regular")
    found = {}
    for _twice in range(2):
        for language in ("ko", "en"):
            for name, client in (("visitor", visitor), ("member", member)):
                client.cookies["language"] = language
                for path in ("/research/", "/research/statistics/", "/events/"):
                    words = client.get(path).content.decode()
                    marked = re.findall(r'href="([^"]+)" ?aria-current="(?:true|page)"', words)
                    tabs = re.search(r'<nav class="tabs".*?</nav>', words, re.DOTALL)
                    saved = bool(tabs) and "/research/saved/" in tabs.group()
                    foot = {"ko": "이용약관", "en": "Terms of use"}[language] in words
                    told = (marked, saved, foot)
                    assert found.setdefault((language, name, path), told) == told
    for (_language, name, path), (marked, saved, foot) in found.items():
        sections = [at for at in marked if at.count("/") == 2]
        assert foot and saved is (name == "member" and path != "/events/")
        assert set(sections) == ({"/events/"} if path == "/events/" else {"/research/"})
        assert marked.count("/research/statistics/") == (path == "/research/statistics/")
