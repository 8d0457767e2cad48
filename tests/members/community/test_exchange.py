"""The exchange: who reads, who writes, how much, and what becomes of one's words."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from members.access import memberships_of
from members.community import actions
from members.community.access import may_read, may_write, signed
from members.community.actions import exchange
from members.community.models import Comment, Post
from members.models import Member, Period, Right, Suspension, TierRight
from tests import factories
from tests.conftest import Cast
from tests.events.test_rushes import at_once
from tests.members.community.boards import make_attachment, make_comment, make_exchange
from tests.members.test_desk import queries_of

pytestmark = pytest.mark.django_db
Login = Callable[[str], Client]
NEW = "/community/exchange/new/"
TYPED = {"title": "질문 있습니다", "body": "어떻게 하시나요?"}


@pytest.fixture
def reader(cast: Cast) -> Cast:
    """Associates read, as the table of rights says."""
    TierRight.objects.create(tier=cast.associate_tier, right=Right.DIRECTORY, in_grace=True)
    return cast


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [
        ("visitor", "login", "login"),
        ("account", "tier", "tier"),
        ("associate", "open", "tier"),
        ("regular", "open", "open"),
        ("lapsed", "renew", "renew"),
        ("company_rep", "open", "open"),
        ("company_seat", "open", "open"),
        ("officer", "tier", "tier"),
    ],
)
def test_rights_by_tier_and_standing(
    reader: Cast, login: Login, who: str, reads: str, writes: str
) -> None:
    post = make_exchange(reader.busan, by=reader.company_seat, title_ko="회원끼리만")
    now = clock.now()
    if who != "visitor":
        user = getattr(reader, who)
        assert (may_read(user, now).code, may_write(user, now).code) == (reads, writes)
    client = Client() if who == "visitor" else login(who)
    page = client.get("/community/exchange/")
    assert page.status_code == 200
    assert ("회원끼리만" in page.content.decode()) == (reads == "open")
    answer = client.get(post.get_absolute_url())
    assert answer.status_code == (200 if reads == "open" else 403)
    assert ("회원끼리만" in client.get("/community/").content.decode()) == (reads == "open")
    if reads != "open":  # whether it is there is not told
        assert client.get("/community/exchange/999/").status_code == 403
    expected = {"login": 302, "open": 200}.get(writes, 403)
    assert client.get(NEW).status_code == expected
    assert (NEW in page.content.decode()) == (writes == "open")


def test_grace_writes_and_a_suspension_does_not(reader: Cast) -> None:
    today = clock.today()
    Period.objects.filter(member=reader.regular_member).update(ends_on=today - timedelta(days=1))
    reader.regular.__dict__.pop("_memberships", None)
    [held] = memberships_of(reader.regular, clock.now())
    code = may_write(reader.regular, clock.now()).code
    assert (held.standing, code) == ("grace", "open")
    Period.objects.filter(member=reader.regular_member).update(ends_on=date(today.year, 12, 31))
    Suspension.objects.create(
        member=reader.regular_member, starts_on=today, reason="x", decided_by=reader.head_office
    )
    reader.regular.__dict__.pop("_memberships", None)
    assert may_read(reader.regular, clock.now()).code == "suspended"


def test_a_member_writes_and_is_answered(reader: Cast, login: Login) -> None:
    client = login("regular")
    assert client.post(NEW, {"title": "", "body": "x"}).status_code == 422
    answer = client.post(
        NEW, TYPED | {"upload": SimpleUploadedFile("자료.pdf", factories.make_pdf())}
    )
    post = Post.objects.get()
    assert answer.url == post.get_absolute_url()
    assert (post.branch, post.author, post.state) == (reader.busan, reader.regular, "shown")
    assert client.post(NEW, TYPED).status_code == 422  # the same once more
    other = login("company_seat")
    page = other.get(post.get_absolute_url())
    assert "자료.pdf" in page.content.decode() and "regular · busan 지부" in page.content.decode()
    file = f"{post.get_absolute_url()}attachments/{post.attachments.get().pk}/"
    assert b"".join(other.get(file).streaming_content).startswith(b"%PDF")
    assert login("lapsed").get(file).status_code == 403
    comments = f"{post.get_absolute_url()}comments/"
    assert other.post(comments, {"body": ""}).status_code == 422
    assert other.post(comments, {"body": "이렇게 합니다"}).status_code == 302
    assert other.post(comments, {"body": "이렇게 합니다"}).status_code == 422
    assert login("associate").post(comments, {"body": "저도요"}).status_code == 403
    assert "이렇게 합니다" in client.get(post.get_absolute_url()).content.decode()
    entry = Entry.objects.get(verb="community.write_comment")
    assert (entry.actor_id, entry.branch_id) == (reader.company_seat.pk, reader.hq.pk)


@pytest.mark.parametrize("field", ["title", "body"])
def test_no_resident_number_is_kept(reader: Cast, login: Login, field: str) -> None:
    answer = login("regular").post(NEW, TYPED | {field: "저는 8001011234567 입니다"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert not Post.objects.exists()


def test_ones_own_words_are_changed_for_a_day_and_removed_at_any_time(
    reader: Cast, login: Login
) -> None:
    client = login("regular")
    post = make_exchange(reader.busan, by=reader.regular)
    comment = make_comment(post, by=reader.regular)
    make_attachment(post, by=reader.regular)
    edits = (f"{post.get_absolute_url()}edit/", f"/community/comments/{comment.pk}/edit/")
    assert client.post(edits[0], TYPED).status_code == 302
    assert client.post(edits[1], {"body": "고쳤습니다"}).status_code == 302
    post.refresh_from_db()
    comment.refresh_from_db()
    assert (post.title_ko, comment.body) == (TYPED["title"], "고쳤습니다")
    assert post.changed_at and comment.changed_at
    with clock.standing_at(clock.now() + timedelta(hours=24, minutes=1)):
        for address in edits:
            assert client.get(address).status_code == 302
        with pytest.raises(Refused):
            actions.change_own_post(post, title="x", body="x", by=reader.regular)
    for who in ("company_seat", "head_office"):
        for address in edits:
            assert login(who).get(address).status_code == 404
    with pytest.raises(Refused):
        actions.remove_comment(comment, by=reader.company_seat)

    Period.objects.filter(member=reader.regular_member).delete()  # no longer pays, may still
    assert client.get(edits[0]).status_code == 403
    assert client.post(f"/community/comments/{comment.pk}/remove/").status_code == 302
    thread = login("company_seat").get(post.get_absolute_url()).content.decode()
    assert "고쳤습니다" not in thread and "작성자가 삭제한 댓글입니다" in thread
    assert client.post(f"{post.get_absolute_url()}remove/").status_code == 302
    assert login("company_seat").get(post.get_absolute_url()).status_code == 404
    assert not post.attachments.exists()
    with pytest.raises(Refused):
        actions.restore_post(post, reason="x", by=reader.head_office)


def test_who_left_is_not_named_any_more(reader: Cast, login: Login) -> None:
    post = make_exchange(reader.busan, by=reader.regular)
    comment = make_comment(post, by=reader.regular)
    assert [one.is_here for one in signed([post, comment])] == [True, True]
    Member.objects.filter(pk=reader.regular_member.pk).update(
        status=Member.Status.WITHDRAWN, ended_on=clock.today()
    )
    assert [one.is_here for one in signed([post, comment])] == [False, False]
    page = login("company_seat").get(post.get_absolute_url()).content.decode()
    assert "탈퇴한 회원" in page and "regular ·" not in page


def test_comments_take_a_constant_number_of_statements(reader: Cast, login: Login) -> None:
    post, client = make_exchange(reader.busan, by=reader.regular), login("company_seat")
    counts = []
    for _round in range(2):
        for author in (reader.regular, factories.make_user(), reader.company_seat):
            make_comment(post, by=author)
        counts.append(queries_of(client, post.get_absolute_url()))
    assert counts[0] == counts[1] <= 12


def test_so_much_is_written_a_day(reader: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(exchange, "MOST_POSTS", 2)
    monkeypatch.setattr(exchange, "MOST_COMMENTS", 1)

    def write(number: int) -> Post:
        return actions.post_in_exchange(title=f"{number}", body="글", by=reader.regular)

    first, second = write(1), write(2)
    with pytest.raises(Refused, match="2건"):
        write(3)
    actions.write_comment(first, body="하나", by=reader.regular)
    with pytest.raises(Refused, match="1개"):
        actions.write_comment(second, body="둘", by=reader.regular)
    with clock.standing_at(clock.start_of(clock.today() + timedelta(days=1))):
        write(3)
    actions.take_down_post(first, reason="x", by=reader.head_office)
    with pytest.raises(Refused, match="게시가 끝난"):
        actions.write_comment(first, body="셋", by=reader.company_seat)


def many_at_once(cast: Cast, monkeypatch: Any) -> Counter[bool]:
    monkeypatch.setattr(exchange, "MOST_POSTS", 1)

    def write(number: int) -> Callable[[], object]:
        return lambda: actions.post_in_exchange(title=f"{number}", body="글", by=cast.regular)

    answers = at_once(*(write(number) for number in range(4)))
    return Counter(isinstance(answer, Refused) for answer in answers)


@pytest.mark.django_db(transaction=True)
def test_parallel_posts_do_not_pass_the_cap(cast: Cast, monkeypatch: Any) -> None:
    assert many_at_once(cast, monkeypatch) == {True: 3, False: 1}
    assert Post.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twin_who_does_not_take_turns_passes_it(cast: Cast, monkeypatch: Any) -> None:
    counts, meeting = exchange._not_more, Barrier(4)

    def counts_and_meets(*facts: Any) -> None:
        counts(*facts)
        meeting.wait(30)

    monkeypatch.setattr(exchange, "_not_more", counts_and_meets)
    monkeypatch.setattr(exchange, "_take_turns", lambda by: None)
    if connection.vendor == "sqlite":  # the transaction itself keeps them apart
        unlocked = exchange.post_in_exchange.__wrapped__
        monkeypatch.setattr(actions, "post_in_exchange", unlocked)
    assert many_at_once(cast, monkeypatch) == {False: 4}


def test_taken_down_comments_keep_their_place(reader: Cast, login: Login) -> None:
    comment = make_comment(make_exchange(reader.busan, by=reader.regular), by=reader.company_seat)
    address = f"/staff/community/comments/{comment.pk}/take-down/"
    assert login("officer").post(address, {"reason": "광고"}).status_code == 302
    comment.refresh_from_db()
    assert (comment.status, comment.ended_by) == (Comment.Status.TAKEN_DOWN, reader.officer)
    page = login("regular").get(comment.post.get_absolute_url()).content.decode()
    assert comment.body not in page and "사무국이 게시를 중단한" in page
    seen = Entry.objects.filter(verb="community.take_down_comment").get()
    assert (seen.reason, seen.subjects) == ("광고", [reader.company_seat.pk])
