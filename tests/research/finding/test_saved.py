"""Searches that people keep, and the one mail when something new fits."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from research import actions
from research.actions import keep_text
from research.actions import searches as module
from research.forms.library import MOST_LETTERS
from research.models import Placed, Report, SavedSearch
from tests import factories
from tests.conftest import Cast

QUERY = quote("여론")


@pytest.fixture
def publish(make_report) -> Callable[..., Report]:
    """A report that comes out now, its text read."""

    def make(slug: str, text: str = "", **fields) -> Report:
        report = make_report(slug, published_at=clock.now(), **fields)
        keep_text(report, [text])
        return report

    return make


def told() -> list[tuple[str, str, list[str]]]:
    rows = Message.objects.filter(template="search_fits").order_by("pk")
    return [(row.to, row.context["title_ko"], row.context["searches"]) for row in rows]


def test_a_search_is_saved_changed_made_again_and_deleted(cast: Cast, login, make_report) -> None:
    make_report(title_ko="여론")
    client: Client = login("regular")
    address = f"/research/saved/new/?topic=market&q={QUERY}&sort=newest&page=3&x=1"
    page = client.get(address).content.decode()
    assert "“여론” · 시장동향" in page
    assert 'value="여론"' in page
    for name in ("여론 조사", "시장 여론"):  # twice: one search, with its new name
        answer = client.post(address, {"name": name, "mails": "on"})
        assert answer.url == "/research/saved/"
    search = SavedSearch.objects.get()
    assert (search.name, search.query, search.mails) == (
        "시장 여론",
        f"q={QUERY}&topic=market",
        True,
    )
    page = client.get("/research/saved/").content.decode()
    assert "“여론” · 시장동향" in page
    assert search.get_absolute_url().replace("&", "&amp;") in page
    client.post(f"/research/saved/{search.pk}/", {f"{search.pk}-name": "둘째"})
    search.refresh_from_db()
    assert (search.name, search.mails) == ("둘째", False)
    for name in ("account", "visitor"):
        assert login(name).post(f"/research/saved/{search.pk}/delete/").status_code in (404, 302)
    assert SavedSearch.objects.exists()
    client.post(f"/research/saved/{search.pk}/delete/")
    assert not SavedSearch.objects.exists()


def test_a_search_of_as_many_letters_as_may_be_searched_is_saved(cast: Cast, login) -> None:
    letters = "가" * MOST_LETTERS
    query = f"q={quote(letters)}&topic=market&access=members&language=en&sort=newest"
    answer = login("regular").post(f"/research/saved/new/?{query}", {"name": "긴 검색"})
    assert answer.status_code == 302
    search = SavedSearch.objects.get()
    search.full_clean()
    assert search.query == query.replace("&sort=newest", "")


def test_nothing_and_too_much_are_refused(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    with pytest.raises(Refused):
        actions.save_search({"sort": "newest"}, name="x", mails=True, by=cast.regular)
    actions.save_search({"q": "a"}, name="x", mails=True, by=cast.regular)
    with pytest.raises(Refused):
        actions.save_search({"q": "b"}, name="x", mails=True, by=cast.regular)
    actions.save_search({"q": "a"}, name="y", mails=True, by=cast.regular)


def test_what_was_typed_is_kept_beside_the_reason(cast: Cast, login) -> None:
    client: Client = login("regular")
    for address, name, reason in (
        (f"?q={QUERY}", "x" * 81, "80"),
        (f"?q={QUERY}", "", "필수"),
    ):
        answer = client.post(f"/research/saved/new/{address}", {"name": name})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert name in page
        assert reason in page
    assert not SavedSearch.objects.exists()


def test_a_search_for_nothing_is_led_to_the_library(cast: Cast, login) -> None:
    client: Client = login("regular")
    for ask in (client.get, client.post):
        for asked in ("", "?sort=newest", "?topic=nonsense"):
            answer = ask(f"/research/saved/new/{asked}")
            assert (answer.status_code, answer.url) == (302, "/research/")
            assert "먼저" in client.get("/research/").content.decode()
    assert not SavedSearch.objects.exists()


def test_a_name_that_is_too_long_stays_where_it_was_typed(cast: Cast, login) -> None:
    first, second = (
        actions.save_search({"q": word}, name=word, mails=True, by=cast.regular) for word in "ab"
    )
    page = login("regular").post(f"/research/saved/{first.pk}/", {f"{first.pk}-name": "긴" * 81})
    assert page.status_code == 422
    forms = {row: form for row, _spoken, form in page.context_data["rows"]}
    assert list(forms[first].errors) == ["name"]
    assert (forms[first]["name"].value(), forms[first]["mails"].value()) == ("긴" * 81, False)
    assert not forms[second].is_bound
    words = page.content.decode()
    assert words.count('<details class="confirm" open>') == 1
    assert ("긴" * 81 in words, "수정" in words, "변경 내용" in words) == (True, True, False)
    first.refresh_from_db()
    assert first.name == "a"


def test_one_mail_for_a_report_and_a_person(cast: Cast, publish) -> None:
    publish("before", title_ko="여론 이전")
    for user, query, name in (
        (cast.regular, {"q": "여론"}, "하나"),
        (cast.regular, {"topic": "market"}, "둘"),
        (cast.regular, {"q": "없는말"}, "셋"),
        (cast.account, {"q": "본문에만"}, "본문"),
        (cast.associate, {"q": "ㅇㄹ", "topic": "technology"}, "기술"),
    ):
        actions.save_search(query, name=name, mails=True, by=user)
    report = publish("fits", "본문에만 있는 말", title_ko="여론 조사")
    for _twice in range(2):
        actions.announce()
    assert told() == [
        (cast.regular.email, "여론 조사", ["하나", "둘"]),
        (cast.account.email, "여론 조사", ["본문"]),
    ]
    # Withdrawn and out again, or another worker that knows nothing of the first: no second mail.
    Placed.objects.update(announced_at=None)
    actions.announce()
    assert len(told()) == 2
    _subject, text, _html = post.render(Message.objects.order_by("pk")[0])
    assert f"/research/{report.slug}/" in text


@pytest.mark.parametrize("left", ["blocked", "off", "stopped"])
def test_who_wants_no_mail_gets_none(cast: Cast, publish, left: str) -> None:
    actions.save_search({"q": "여론"}, name="x", mails=left != "off", by=cast.regular)
    if left == "blocked":
        cast.regular.is_active = False
        cast.regular.save()
    if left == "stopped":
        path = actions.stop_link(str(cast.regular.pk)).partition("/research/")[2]
        visitor = Client(enforce_csrf_checks=True)  # as a mail program's own button posts
        assert visitor.get(f"/research/{path}").status_code == 200
        assert SavedSearch.objects.get().mails  # who only looks changes nothing
        assert visitor.post(f"/research/{path}").status_code == 200
        assert visitor.post(f"/research/{path[:-3]}xx/").status_code == 404
    publish("fits", title_ko="여론")
    actions.announce()
    assert told() == []


def test_mail_waits_until_it_is_out_and_read(cast: Cast, make_report) -> None:
    actions.save_search({"q": "여론"}, name="x", mails=True, by=cast.regular)
    later = clock.now() + timedelta(hours=2)
    report = make_report("later", title_ko="여론", published_at=later)
    keep_text(report, [])
    actions.announce()
    assert told() == []
    with clock.standing_at(later + timedelta(minutes=1)):
        actions.announce()
    assert len(told()) == 1
    make_report("unread", title_ko="여론 둘", published_at=clock.now())
    actions.announce()
    assert len(told()) == 1


def test_what_i_can_read_is_asked_of_the_one_answer(cast: Cast, publish) -> None:
    for user in (cast.regular, cast.lapsed):
        actions.save_search({"mine": "1", "q": "여론"}, name="x", mails=True, by=user)
    publish("gated", title_ko="여론", tiers=(cast.regular_tier,))
    later = factories.make_clock({cast.regular_tier: clock.now() + timedelta(days=9)})
    publish("later", title_ko="여론 둘", tiers=(cast.regular_tier,), clock=later)
    actions.announce()
    mine = [(to, title) for to, title, _names in told()]
    assert mine == [(cast.regular.email, "여론"), (cast.regular.email, "여론 둘")]


@pytest.mark.parametrize("rows", [1, 3])
def test_saved_query_count(cast: Cast, login, django_assert_num_queries, rows: int) -> None:
    client = login("account")
    for number in range(rows):
        actions.save_search({"q": f"{number}"}, name="x", mails=True, by=cast.account)
    with django_assert_num_queries(3):
        assert len(client.get("/research/saved/").context_data["rows"]) == rows


def test_a_report_that_is_dated_back_is_told_of_when_it_comes_out(cast: Cast, make_report) -> None:
    """Once each; what was out already, brought in from elsewhere or published again, is no news."""
    ago = clock.now() - timedelta(days=400)
    with clock.standing_at(clock.now() - timedelta(days=30)):
        actions.save_search({"q": "여론"}, name="x", mails=True, by=cast.regular)
    keep_text(make_report("old-holding", title_ko="여론 소장", published_at=ago), [])
    actions.announce()
    assert told() == []
    review = Report.Status.REVIEW
    report = make_report("dated-back", title_ko="여론 소급", status=review, published_at=None)
    with clock.standing_at(clock.now() - timedelta(days=60)):  # an approval that was taken back
        actions.approve_report(report, at=clock.now() + timedelta(days=50), by=cast.head_office)
        report.abstract_ko = "다른 요약"
        actions.save_report(report, tiers=[cast.regular_tier], by=cast.editor)
    report.refresh_from_db()
    actions.approve_report(report, at=ago, by=cast.head_office)
    actions.save_search({"q": "소급"}, name="y", mails=True, by=cast.account)  # it is out by then
    keep_text(report, [])
    for _twice in range(2):
        actions.announce()
    assert told() == [(cast.regular.email, "여론 소급", ["x"])]
    actions.withdraw_report(report, reason="오류", by=cast.head_office)
    Placed.objects.all().delete()  # the index written anew meanwhile
    actions.submit_report(report, by=cast.editor)
    actions.approve_report(report, by=cast.head_office)
    keep_text(report, [])
    actions.announce()
    assert told() == [(cast.regular.email, "여론 소급", ["x"])]
