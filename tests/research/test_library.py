"""The shelves: what is found, and the one answer about who may read it."""

from datetime import datetime, timedelta
from itertools import combinations

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from events.actions import publish, unpublish
from events.models import Event
from kosna.core import clock
from kosna.core.pagecache import pages
from members.access import entitlement
from members.models import Member
from research.actions import withdraw_report
from research.models import Report
from tests import factories
from tests.conftest import PEOPLE, Cast


def test_readable_by_agrees_with_the_row_entitlement(cast: Cast, make_report) -> None:
    """Exhaustive: the cast and a visitor, against every set of tiers with every kind of clock."""
    now = clock.now()
    past, future = now - timedelta(days=1), now + timedelta(days=1)
    tiers = (cast.regular_tier, cast.associate_tier, cast.company_tier)
    clocks = [
        None,
        factories.make_clock({}),
        factories.make_clock({None: past}),
        factories.make_clock({None: future}),
        factories.make_clock({cast.regular_tier: past}),
        factories.make_clock({cast.regular_tier: past, None: future}),
        factories.make_clock({cast.associate_tier: future, None: past}),
    ]
    for size in range(4):
        for chosen in combinations(tiers, size):
            for row in clocks:
                make_report(tiers=chosen, clock=row)
                make_report(tiers=chosen, clock=row, is_public=False)
    make_report(published_at=future)
    make_report(status=Report.Status.WITHDRAWN)

    answers = set()
    for user in [AnonymousUser(), *(getattr(cast, name) for name in PEOPLE)]:
        by_row = {
            report.pk
            for report in Report.objects.published(now).with_access()
            if entitlement(user, report, now).allowed
        }
        assert set(Report.objects.readable_by(user, now).values_list("pk", flat=True)) == by_row
        answers.add(frozenset(by_row))
    assert len(answers) == 4  # nobody's, an associate's, a regular's and a company's shelf differ
    # What a visitor meets locked is counted by a column of the kept page's one statement.
    told = Report.objects.published(now).with_lock(now).filter(is_open=True)
    assert set(told) == set(Report.objects.readable_by(AnonymousUser(), now))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("숏폼", {"short"}),
        ("여론", {"opinion"}),
        ("ㅅㅍ", {"short"}),
        ("ㅅㅅㄱㅇ", {"short"}),
        ("ㅇㄹ 탐지", {"opinion"}),
        ("OPINION", {"opinion"}),
        ("ｏｐｉｎｉｏｎ", {"opinion"}),
        ("서지안", {"opinion"}),
        ("가나다", set()),
        ("%", {"percent"}),
        ("_", set()),
        ("", {"short", "opinion", "percent"}),
    ],
)
def test_search(make_report, query: str, found: set[str]) -> None:
    make_report("short", title_ko="숏폼 시대 소상공인 콘텐츠 전략", title_en="Short video")
    make_report(
        "opinion",
        title_ko="소셜 여론 왜곡 탐지",
        title_en="Distorted opinion",
        authors_ko="서지안",
    )
    make_report("percent", title_ko="이용률 40% 조사", title_en="Usage")
    assert set(Report.objects.search(query).values_list("slug", flat=True)) == found


def test_list_says_what_each_report_is_to_the_reader(cast: Cast, login, make_report) -> None:
    at = datetime(2031, 3, 1, 9, tzinfo=clock.KST)
    make_report("open", tiers=(), title_ko="공개")
    make_report("members", tiers=(cast.regular_tier,), title_ko="회원")
    make_report(
        "later",
        tiers=(cast.regular_tier,),
        clock=factories.make_clock({cast.regular_tier: at}),
        title_ko="예정",
    )
    shown = {}
    for name in ("visitor", "account", "associate", "regular", "lapsed"):
        page = login(name).get("/research/")
        shown[name] = {
            entry.report.slug: entry.decision.code for entry in page.context_data["shelved"]
        }
    assert shown == {
        "visitor": {"open": "open", "members": "login", "later": "login"},
        "account": {"open": "open", "members": "tier", "later": "tier"},
        "associate": {"open": "open", "members": "tier", "later": "tier"},
        "regular": {"open": "open", "members": "open", "later": "later"},
        "lapsed": {"open": "open", "members": "renew", "later": "renew"},
    }
    assert "2031. 3. 1.(토)" in login("regular").get("/research/").content.decode()


def test_who_has_only_to_pay_the_first_dues_is_told_so(cast: Cast, login, make_report) -> None:
    make_report("for-regular", tiers=(cast.regular_tier,))
    make_report("for-companies", tiers=(cast.company_tier,))
    Member.objects.filter(pk=cast.regular_member.pk).update(
        status=Member.Status.ADMITTED, joined_on=None
    )
    told = "회비를 납부하시면 회원 자격이 시작됩니다."

    def page(name: str, slug: str) -> str:
        return login(name).get(f"/research/{slug}/").content.decode()

    assert told in page("regular", "for-regular")
    assert told not in page("regular", "for-companies")
    assert told not in page("associate", "for-regular")


def test_filters_come_from_the_address(cast: Cast, login, make_report) -> None:
    make_report("a", topic="market", published_at=datetime(2025, 12, 31, 14, tzinfo=clock.KST))
    make_report(
        "b",
        topic="technology",
        tiers=(cast.regular_tier,),
        published_at=datetime(2026, 1, 1, 0, tzinfo=clock.KST),
    )

    def slugs(client: Client, query: str) -> list[str]:
        page = client.get(f"/research/{query}")
        assert page.status_code == 200
        return [entry.report.slug for entry in page.context_data["shelved"]]

    visitor, regular = login("visitor"), login("regular")
    assert slugs(visitor, "") == ["b", "a"]
    assert slugs(visitor, "?topic=market") == ["a"]
    assert slugs(visitor, "?year=2026") == ["b"]
    assert slugs(visitor, "?mine=1") == ["a"]
    assert slugs(regular, "?mine=1") == ["b", "a"]
    assert slugs(visitor, "?q=%EC%88%8F%ED%8F%BC&year=2025") == ["a"]
    assert slugs(visitor, "?topic=../&year=x&page=99") == ["b", "a"]
    empty = visitor.get("/research/?q=없는말")
    assert empty.context_data["page"].paginator.count == 0
    assert "/research/" in empty.content.decode()


@pytest.mark.parametrize(("name", "queries"), [("visitor", 6), ("regular", 9)])
@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_count(
    cast: Cast, login, make_report, django_assert_num_queries, rows: int, name: str, queries: int
) -> None:
    row = factories.make_clock({None: clock.now() - timedelta(days=1)})
    for _report in range(rows):
        make_report(tiers=(cast.regular_tier, cast.associate_tier), clock=row)
    client = login(name)
    client.get("/research/")  # this process reads the shelf
    with django_assert_num_queries(queries):
        assert len(client.get("/research/?q=숏폼").context_data["shelved"]) == rows


def test_kept_page_costs_one_query_and_follows_the_report(
    cast: Cast, make_report, django_assert_num_queries
) -> None:
    report = make_report("kept", tiers=(cast.regular_tier,), title_ko="처음 제목")
    first = Client().get("/research/kept/")
    assert not first.cookies
    with django_assert_num_queries(1):
        assert Client().get("/research/kept/").content == first.content

    Report.objects.filter(pk=report.pk).update(title_ko="바뀐 제목", version=2)
    assert "바뀐 제목" in Client().get("/research/kept/").content.decode()
    Report.objects.filter(pk=report.pk).update(status=Report.Status.WITHDRAWN)
    assert Client().get("/research/kept/").status_code == 404
    pages.clear()


def test_kept_page_ends_when_a_related_report_opens(cast: Cast, make_report) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        opens = clock.now() + timedelta(minutes=2)
        make_report("kept", is_public=True)
        make_report("other", is_public=True, clock=factories.make_clock({None: opens}))
        first = Client().get("/research/kept/")
        assert Client().get("/research/kept/").content == first.content
        traveller.shift(121)
        opened = Client().get("/research/kept/").context_data["related"]
    assert [entry.decision.code for entry in first.context_data["related"]] == ["later"]
    assert [entry.decision.allowed for entry in opened] == [True]
    pages.clear()


def test_kept_page_shows_no_related_report_that_was_withdrawn(cast: Cast, make_report) -> None:
    make_report("kept")
    other = make_report("other")
    assert "/research/other/" in Client().get("/research/kept/").content.decode()
    withdraw_report(other, reason="오류", by=cast.editor)
    assert "/research/other/" not in Client().get("/research/kept/").content.decode()
    pages.clear()


def test_reader_and_approver_are_told_for_whom_it_is(cast: Cast, login, make_report) -> None:
    report = make_report("at-home", is_public=False, price=9_000)
    report.branches.add(cast.busan)
    event = factories.make_event("forum", title_ko="가을 포럼")
    report.occasions.create(event=event.pk)
    for page in (
        Client().get("/research/at-home/"),
        login("head_office").get(f"/staff/reports/{report.pk}/"),
    ):
        told = page.content.decode()
        assert all(word in told for word in (cast.busan.name, "가을 포럼", "9,000원"))
    pages.clear()


def test_an_event_that_is_a_draft_again_is_named_to_no_reader(
    cast: Cast, login, make_report
) -> None:
    report = make_report("tied", is_public=False)
    event = factories.make_event("forum", title_ko="가을 포럼")
    other = factories.make_event("talk", title_ko="겨울 대담")
    for row in (event, other):
        report.occasions.create(event=row.pk)

    def named(client: Client, url: str = "/research/tied/") -> list[str]:
        told = client.get(url).content.decode()
        return [row.title_ko for row in (event, other) if row.title_ko in told]

    both = ["가을 포럼", "겨울 대담"]
    readers = [Client(), login("regular"), login("account")]
    assert [named(client) for client in readers] == [both] * 3
    unpublish(event=event, by=cast.officer)
    assert [named(client) for client in readers] == [["겨울 대담"]] * 3
    assert named(login("editor"), f"/staff/reports/{report.pk}/") == both  # who chose them
    publish(event=event, by=cast.officer)
    over = clock.now() - timedelta(days=3)
    Event.objects.filter(pk=event.pk).update(starts_at=over, ends_at=over + timedelta(hours=1))
    assert [named(client) for client in readers] == [both] * 3
    pages.clear()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("visitor", "/accounts/login/?next=/research/gated/"),
        ("account", "/members/"),
        ("lapsed", "/me/"),
        ("regular", "/research/gated/download/"),
    ],
)
def test_page_names_the_next_step(cast: Cast, login, make_report, name: str, words: str) -> None:
    make_report("gated", tiers=(cast.regular_tier,))
    page = login(name).get("/research/gated/").content.decode()
    access = page.partition('id="access"')[2].partition("</section>")[0]
    assert words in access
    assert ("/download/" in access) is (name == "regular")


def test_page_is_hidden_until_it_is_published(make_report) -> None:
    make_report("draft", status=Report.Status.DRAFT)
    make_report("scheduled", published_at=clock.now() + timedelta(hours=1))
    for slug in ("draft", "scheduled", "missing"):
        assert Client().get(f"/research/{slug}/").status_code == 404


def test_page_in_english_has_no_korean_text(make_report) -> None:
    make_report(
        "both", authors_en="Seo Ji-an", contents_ko="서론", contents_en="Introduction",
        keywords_ko="여론", keywords_en="opinion",
    )  # fmt: skip
    client = Client()
    client.cookies["language"] = "en"
    page = client.get("/research/both/").content.decode()
    main = page.partition("<main")[2].partition("</main>")[0]
    assert "Introduction" in main
    assert not any("가" <= letter <= "힣" for letter in main)
