"""The boards: what the staff write, who may read it, and where it stands."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from lxml import etree

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.views import home
from members.community import actions
from members.community.models import Attachment, Board, Post
from members.models import Right, TierRight
from tests import factories
from tests.conftest import Cast
from tests.core.hangul_files import make_hwp, make_hwpx
from tests.members.community.boards import (
    make_attachment,
    make_comment,
    make_exchange,
    make_post,
)
from tests.members.test_desk import queries_of

pytestmark = pytest.mark.django_db
Login = Callable[[str], Client]
ATOM = "{http://www.w3.org/2005/Atom}"


def titles(client: Client, address: str) -> list[str]:
    return [one.row.title_ko for one in client.get(address).context["page"]]


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {"branch": cast.hq.pk, "title_ko": "알림", "body_ko": "글입니다.", **changes}


def test_what_is_written_is_a_draft_until_it_is_published(
    cast: Cast, login: Login, client: Client
) -> None:
    desk = login("head_office")
    answer = desk.post("/staff/community/new/notices/", typed(cast, is_pinned="on"))
    post = Post.objects.get()
    assert answer.url == f"/staff/community/{post.pk}/"
    assert (post.state, post.author, post.branch) == ("draft", cast.head_office, cast.hq)
    assert titles(client, "/community/notices/") == []
    assert client.get(post.get_absolute_url()).status_code == 404
    desk.post(f"/staff/community/{post.pk}/publish/", {"on": ""})
    assert titles(client, "/community/notices/") == ["알림"]
    assert "글입니다." in client.get(post.get_absolute_url()).content.decode()

    desk.post(f"/staff/community/{post.pk}/", {"title_ko": "새 알림", "body_ko": "고쳤습니다."})
    post.refresh_from_db()
    assert (post.title_ko, post.is_pinned, post.version) == ("새 알림", False, 3)
    assert post.changed_at
    down = f"/staff/community/{post.pk}/take-down/"
    assert desk.post(down, {"reason": ""}).status_code == 422
    assert desk.post(down, {"reason": "오류"}).status_code == 302
    assert client.get(post.get_absolute_url()).status_code == 404
    assert desk.post(down, {"reason": "오류"}).status_code == 422  # somebody was faster
    assert desk.post(f"/staff/community/{post.pk}/", typed(cast)).status_code == 422
    desk.post(f"/staff/community/{post.pk}/restore/", {"reason": "착오"})
    assert titles(client, "/community/notices/") == ["새 알림"]
    verbs = Entry.objects.filter(verb__startswith="community.").order_by("pk")
    assert [row.verb.partition(".")[2] for row in verbs] == [
        "write_post", "publish_post", "write_post", "take_down_post", "restore_post",
    ]  # fmt: skip


def test_a_day_that_lies_ahead_is_awaited(cast: Cast, login: Login, client: Client) -> None:
    today = clock.today()
    post = make_post(cast.hq, by=cast.head_office, status="draft", published_at=None)
    desk, address = login("head_office"), f"/staff/community/{post.pk}/publish/"
    desk.post(f"/staff/community/{post.pk}/", typed(cast, until_on=str(today + timedelta(days=3))))
    refused = desk.post(address, {"on": str(today + timedelta(days=4))})
    assert set(refused.context["publish_form"].errors) == {"on"}
    assert desk.post(address, {"on": str(today + timedelta(days=2))}).status_code == 302
    states = {}
    for days in (0, 1, 2, 3, 4):
        with clock.standing_at(clock.start_of(today + timedelta(days=days, hours=1))):
            post = Post.objects.get()
            states[days] = post.state
            assert bool(titles(client, "/community/notices/")) == (post.state == "shown")
            for state in Post.State:
                found = Post.objects.in_state(state, clock.now())
                assert list(found) == ([post] if state == post.state else [])
    assert list(states.values()) == ["planned", "planned", "shown", "shown", "over"]


def test_a_branch_writes_calls_and_files_for_itself(cast: Cast, login: Login) -> None:
    officer = login("officer")
    offered = officer.get("/staff/community/new/").context["boards"]
    assert offered == [Board.CALLS, Board.FILES]
    assert officer.post("/staff/community/new/notices/", typed(cast)).status_code == 404
    assert login("head_office").get("/staff/community/new/exchange/").status_code == 404
    refused = officer.post("/staff/community/new/calls/", typed(cast, branch=cast.daegu.pk))
    assert set(refused.context["form"].errors) == {"branch"}
    assert officer.post("/staff/community/new/calls/", typed(cast, branch=cast.busan.pk)).url
    post = Post.objects.get()
    notice = make_post(cast.busan, by=cast.officer, status="draft", published_at=None)
    for row, by in ((post, cast.other_officer), (notice, cast.officer)):
        with pytest.raises(Refused):
            actions.write_post(row, fields=["title_ko"], by=by)
    assert officer.get(f"/staff/community/{notice.pk}/").context["form"] is None
    assert officer.post(f"/staff/community/{notice.pk}/publish/").status_code == 404
    assert login("other_officer").get("/staff/community/").context["page"].object_list.count() == 0


@pytest.mark.parametrize(
    ("board", "missing"),
    [
        ("press", {"outlet_ko", "printed_on", "url"}),
        ("faq", {"topic"}),
        ("notices", set()),
    ],
)
def test_each_board_asks_for_what_is_its_own(
    cast: Cast, login: Login, board: str, missing: set[str]
) -> None:
    answer = login("head_office").post(f"/staff/community/new/{board}/", typed(cast))
    assert (set(answer.context["form"].errors) if missing else set()) == missing
    assert Post.objects.exists() == (not missing)


def test_press_is_a_summary_with_its_source(cast: Cast, login: Login, client: Client) -> None:
    facts = {
        "outlet_ko": "가상일보",
        "printed_on": "2011-11-29",
        "url": "https://news.example.test/a",
    }
    desk = login("head_office")
    for wrong, field in (({"body_ko": "가" * 301}, "body_ko"), ({"url": "javascript:1"}, "url")):
        answer = desk.post("/staff/community/new/press/", typed(cast, **facts | wrong))
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    desk.post("/staff/community/new/press/", typed(cast, **facts))
    actions.publish_post(Post.objects.get(), on=None, by=cast.head_office)
    page = client.get(Post.objects.get().get_absolute_url()).content.decode()
    assert 'href="https://news.example.test/a" rel="noopener noreferrer nofollow"' in page
    assert "가상일보 · 2011. 11. 29." in page
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.update(outlet_ko="")


def test_no_resident_number_is_kept(cast: Cast, login: Login) -> None:
    answer = login("head_office").post(
        "/staff/community/new/notices/", typed(cast, body_ko="번호 800101-1234567 입니다")
    )
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"body_ko"})
    assert not Post.objects.exists()


def test_links_are_made_safe(cast: Cast, client: Client) -> None:
    post = make_post(
        cast.hq, by=cast.head_office,
        title_ko="<b>굵게</b>", body_ko="<script>1</script>\n\nhttps://a.example.test/?x=1&y=2",
    )  # fmt: skip
    page = client.get(post.get_absolute_url()).content.decode()
    assert "<script>1" not in page and "<b>굵게" not in page
    assert '<a href="https://a.example.test/?x=1&amp;y=2" rel="nofollow">' in page


# What is kept for members -------------------------------------------------------------------------


@pytest.fixture
def kept(cast: Cast) -> Post:
    post = make_post(
        cast.hq, by=cast.head_office, board=Board.FILES, for_members=True, body_ko="회원만 봅니다"
    )
    make_attachment(post, by=cast.head_office)
    return post


def test_what_is_for_members_shows_its_title_alone(cast: Cast, login: Login, kept: Post) -> None:
    file = f"{kept.get_absolute_url()}attachments/{kept.attachments.get().pk}/"
    for who, reads in {"regular": True, "lapsed": False, "account": False, "": False}.items():
        client = login(who) if who else Client()
        page = client.get(kept.get_absolute_url())
        assert page.status_code == 200 and kept.title_ko in page.content.decode()
        assert ("회원만 봅니다" in page.content.decode()) == reads, who
        answer = client.get(file)
        assert answer.status_code == (200 if reads else 403), who
        if reads:
            assert answer["Content-Security-Policy"] == "default-src 'none'"
            assert b"".join(answer.streaming_content).startswith(b"%PDF")
        assert titles(client, "/community/files/") == [kept.title_ko]
    assert "회원만" not in Client().get("/community/files/feed/").content.decode()
    TierRight.objects.filter(right=Right.DIRECTORY).delete()
    assert login("regular").get(file).status_code == 403


def test_search_finds_no_word_of_what_is_for_members(cast: Cast, login: Login, kept: Post) -> None:
    for client, found in ((Client(), []), (login("account"), []), (login("regular"), [kept])):
        shown = [post.title_ko for post in found]
        assert titles(client, "/community/files/?q=봅니다") == shown
        assert titles(client, f"/community/files/?q={kept.title_ko}") == [kept.title_ko]


def test_a_call_without_an_end_is_shown(cast: Cast, client: Client) -> None:
    call = make_post(
        cast.hq, by=cast.head_office, board=Board.CALLS, deadline_on=date(9999, 12, 31)
    )
    assert client.get(call.get_absolute_url()).status_code == 200


def test_files_are_checked_and_few(cast: Cast, login: Login, monkeypatch: Any) -> None:
    monkeypatch.setattr("members.community.actions.files.MOST_FILES", 1)
    post = make_post(cast.busan, by=cast.officer, board=Board.FILES)
    officer, address = login("officer"), f"/staff/community/{post.pk}/attachments/"

    def send(name: str, content: bytes) -> Any:
        return officer.post(address, {"upload": SimpleUploadedFile(name, content)})

    for name, content in (("a.pdf", b"MZ"), ("a.exe", factories.make_pdf()), ("a.pdf", b"")):
        answer = send(name, content)
        assert (answer.status_code, set(answer.context["upload_form"].errors)) == (422, {"upload"})
    assert send("안내.pdf", factories.make_pdf()).status_code == 302
    assert set(send("둘째.pdf", factories.make_pdf()).context["upload_form"].errors) == {"upload"}
    row = Attachment.objects.get()
    assert row.file_name == "안내.pdf" and "안내" not in row.file.name
    assert login("other_officer").get(f"/staff/community/attachments/{row.pk}/").status_code == 404
    assert officer.post(f"/staff/community/attachments/{row.pk}/remove/").status_code == 302
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("신청서.hwpx", make_hwpx(), "application/hwp+zip"),
        ("신청서.hwp", make_hwp(), "application/x-hwp"),
    ],
)
def test_documents_of_hangul_are_saved_and_never_shown(
    cast: Cast, login: Login, client: Client, name: str, content: bytes, content_type: str
) -> None:
    post = make_post(cast.busan, by=cast.officer, board=Board.FILES)
    address = f"/staff/community/{post.pk}/attachments/"
    sent = login("officer").post(address, {"upload": SimpleUploadedFile(name, content)})
    assert sent.status_code == 302
    file = post.attachments.get()
    answer = client.get(file.get_absolute_url())
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'"


# Finding ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["고정 안내", "부산 영상 지원", "컨설팅 모집"]),
        ("?q=영상", ["부산 영상 지원"]),
        ("?q=ㅋㅅㅌ", ["컨설팅 모집"]),
        ("?q=PLAN", ["컨설팅 모집"]),
        ("?branch=busan", ["부산 영상 지원"]),
        ("?open=on", ["고정 안내", "부산 영상 지원"]),
        ("?q=없는말", []),
        ("?branch=nowhere&open=maybe&page=x&topic=y", ["고정 안내", "부산 영상 지원"]),
    ],
)
def test_calls_are_found(cast: Cast, client: Client, query: str, found: list[str]) -> None:
    now, today = clock.now(), clock.today()
    facts = {"board": Board.CALLS, "by": cast.head_office}
    make_post(
        cast.hq, title_ko="고정 안내", is_pinned=True, published_at=now - timedelta(days=9), **facts
    )
    make_post(
        cast.hq, title_ko="컨설팅 모집", body_en="A Plan", published_at=now - timedelta(days=2),
        deadline_on=today - timedelta(days=1), **facts,
    )  # fmt: skip
    make_post(
        cast.busan, title_ko="부산 영상 지원", published_at=now - timedelta(days=1),
        deadline_on=today, **facts,
    )  # fmt: skip
    assert titles(client, f"/community/calls/{query}") == found
    page = client.get(f"/community/calls/{query}").content.decode()
    assert ('class="empty"' in page) == (not found)


def test_answers_stand_by_topic(cast: Cast, client: Client) -> None:
    for topic in ("payments", "membership", "events"):
        make_post(cast.hq, by=cast.head_office, board=Board.FAQ, topic=topic, title_ko=topic)
    assert titles(client, "/community/faq/") == ["membership", "events", "payments"]
    assert titles(client, "/community/faq/?topic=events") == ["events"]


def test_a_feed_tells_what_is_open_to_everybody(cast: Cast, client: Client) -> None:
    told = "본문\x0c <b>A&B</b>\n둘째 줄"
    made = [make_post(cast.hq, by=cast.head_office, body_ko=told) for _number in range(2)]
    make_exchange(cast.busan, by=cast.regular)
    feed = client.get("/community/notices/feed/")
    entries = etree.fromstring(feed.content).findall(f"{ATOM}entry")
    assert [row.findtext(f"{ATOM}title") for row in entries] == [
        post.title_ko for post in reversed(made)
    ]
    summary = entries[0].findtext(f"{ATOM}summary")
    assert summary == "<p>본문  &lt;b&gt;A&amp;B&lt;/b&gt;<br>둘째 줄</p>"
    for board in ("exchange", "nothing"):
        assert client.get(f"/community/{board}/feed/").status_code == 404
    assert client.get("/community/nothing/").status_code == 404


def test_home_and_the_site_map_name_what_is_announced(cast: Cast, client: Client) -> None:
    versions = [home.version()]
    post = make_post(cast.hq, by=cast.head_office, title_ko="협회 소식")
    secret = make_exchange(cast.busan, by=cast.regular)
    versions.append(home.version())
    assert "협회 소식" in client.get("/").content.decode()
    post.body_ko = "다릅니다."
    actions.write_post(post, fields=["body_ko"], by=cast.head_office)
    versions.append(home.version())
    told = client.get("/sitemap.xml").content.decode()
    assert f"{post.get_absolute_url()}</loc>" in told and "/community/faq/</loc>" in told
    assert secret.get_absolute_url() not in told and "/exchange/" not in told
    actions.take_down_post(post, reason="오류", by=cast.head_office)
    assert "협회 소식" not in client.get("/").content.decode()
    assert len(set(versions)) == 3 and home.version() == versions[0]


@pytest.mark.parametrize("who", ["regular", "visitor"])
def test_lists_have_a_constant_query_count(cast: Cast, login: Login, who: str) -> None:
    public = [f"/community/{board}/" for board in Board.values if board != "exchange"]
    addresses = ["/community/", "/community/contributors/", *public]
    addresses += ["/community/exchange/"] * (who == "regular")
    desk = ["/staff/community/"] * (who == "regular")
    counts = []
    for rows in (1, 2):
        for _number in range(rows):
            for board in Board:
                post = make_post(cast.busan, by=factories.make_user(), board=board)
            thread = make_exchange(cast.busan, by=cast.company_seat)
            for author in (cast.regular, factories.make_user()):
                make_comment(thread, by=author)
                make_comment(post, by=author)
        client = login(who)
        counts.append(
            [queries_of(client, address) for address in addresses]
            + [queries_of(login("head_office"), address) for address in desk]
        )
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
