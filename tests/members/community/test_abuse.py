"""Reports of abuse, and contributors."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kosna.accounts import own_data
from kosna.audit.models import Entry
from kosna.branches.models import Appointment
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post as mail
from kosna.mail.models import Message
from members.community import actions
from members.community.actions import abuse
from members.community.models import AbuseReport, Comment, Contributor, Post
from members.models import Member
from tests import factories
from tests.conftest import Cast
from tests.members.community.boards import make_abuse, make_comment, make_exchange
from tests.members.test_desk import queries_of
from tests.test_desk import queue, rows

pytestmark = pytest.mark.django_db
Login = Callable[[str], Client]
KIND = {"kind": "advert", "words": "광고입니다"}


@pytest.fixture
def thread(cast: Cast) -> Post:
    return make_exchange(cast.busan, by=cast.regular, title_ko="질문")


def test_a_report_waits_at_the_branch_and_is_upheld(cast: Cast, login: Login, thread: Post) -> None:
    comment = make_comment(thread, by=cast.company_seat, body="팔로워를 팝니다")
    address = f"/community/comments/{comment.pk}/report/"
    assert login("company_seat").post(address, KIND).status_code == 422  # their own
    assert login("regular").post(address, {"kind": ""}).status_code == 422
    assert login("regular").post(address, KIND).status_code == 302
    assert login("regular").post(address, KIND).status_code == 422  # reported already
    also = login("company_rep").post(address, KIND)
    assert also.status_code == 302
    first, second = AbuseReport.objects.order_by("pk")
    assert rows(login("officer"), "abuse") == [first.pk, second.pk]
    assert rows(login("other_officer"), "abuse") == []
    assert queue(login("auditor"), "abuse") is None
    page = login("officer").get(f"/staff/community/reports/{first.pk}/")
    assert "팔로워를 팝니다" in page.content.decode()
    seen = Entry.objects.filter(verb="privacy.view").latest("pk")
    assert seen.subjects == sorted([cast.regular.pk, cast.company_seat.pk])
    assert login("auditor").get(f"/staff/community/reports/{first.pk}/").status_code == 200

    uphold = f"/staff/community/reports/{first.pk}/uphold/"
    assert login("officer").post(uphold, {"uphold-reason": ""}).status_code == 422
    assert login("officer").post(uphold, {"uphold-reason": "광고 금지"}).status_code == 302
    assert login("officer").post(uphold, {"uphold-reason": "광고 금지"}).status_code == 422
    comment.refresh_from_db()
    assert comment.status == Comment.Status.TAKEN_DOWN
    assert set(AbuseReport.objects.values_list("status", flat=True)) == {"upheld"}
    letter = Message.objects.get(template="post_taken_down")
    assert letter.to == cast.company_seat.email
    for language, word in (("ko", "댓글의 게시가 중단"), ("en", "your comment on “질문”")):
        letter.language = language
        _subject, text, _html = mail.render(letter)
        assert word in text and "광고 금지" in text and "regular" not in text


def test_what_is_dismissed_stays(cast: Cast, login: Login, thread: Post) -> None:
    report = make_abuse(thread, by=cast.company_seat)
    address = f"/staff/community/reports/{report.pk}/dismiss/"
    assert login("head_office").post(address, {"dismiss-reason": "문제 없음"}).status_code == 302
    thread.refresh_from_db()
    report.refresh_from_db()
    assert (thread.state, report.status, report.note) == ("shown", "dismissed", "문제 없음")
    assert not Message.objects.filter(template="post_taken_down").exists()
    again = actions.report_abuse(thread, kind="other", words="", by=cast.company_seat)
    assert again.pk != report.pk


def test_nobody_decides_what_concerns_themselves(cast: Cast, thread: Post) -> None:
    report = make_abuse(thread, by=cast.company_seat)
    for by in (cast.regular, cast.company_seat):
        with pytest.raises(Refused):
            actions.uphold_report(report, reason="x", by=by)


def test_nobody_puts_back_what_was_theirs(cast: Cast) -> None:
    mine = make_exchange(cast.busan, by=cast.officer)
    actions.take_down_post(mine, reason="광고", by=cast.head_office)
    with pytest.raises(Refused):
        actions.restore_post(mine, reason="다시", by=cast.officer)
    actions.restore_post(mine, reason="다시", by=cast.head_office)


def test_so_much_is_reported_a_day(cast: Cast, thread: Post, monkeypatch: Any) -> None:
    monkeypatch.setattr(abuse, "MOST_REPORTS", 1)
    comment = make_comment(thread, by=cast.regular)
    actions.report_abuse(thread, kind="other", words="", by=cast.company_seat)
    with pytest.raises(Refused, match="1건"):
        actions.report_abuse(thread, comment, kind="other", words="", by=cast.company_seat)
    with clock.standing_at(clock.now() + timedelta(days=1)):
        actions.report_abuse(thread, comment, kind="other", words="", by=cast.company_seat)
    with pytest.raises(Refused):
        actions.report_abuse(thread, kind="other", words="", by=cast.lapsed)
    for target in (None, comment):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_abuse(thread, by=cast.company_seat, comment=target)


def test_reports_are_filtered_and_take_a_constant_number_of_statements(
    cast: Cast, login: Login
) -> None:
    counts = []
    for _round in range(2):
        for branch in (cast.busan, cast.daegu):
            make_abuse(make_exchange(branch, by=cast.regular), by=cast.company_seat)
        counts.append(queries_of(login("head_office"), "/staff/community/reports/"))
    assert counts[0] == counts[1]
    oldest = AbuseReport.objects.earliest("pk")
    actions.dismiss_report(oldest, reason="x", by=cast.head_office)

    def shown(who: str, query: str = "") -> list[AbuseReport]:
        return list(login(who).get(f"/staff/community/reports/{query}").context["page"])

    assert shown("head_office")[-1] == oldest  # what waits stands first
    assert shown("head_office", "?status=dismissed") == [oldest]
    assert len(shown("officer")) == len(shown("other_officer")) == 2
    assert len(shown("head_office", f"?branch={cast.daegu.pk}")) == 2


# Contributors -------------------------------------------------------------------------------------


def named(client: Client) -> list[str]:
    return [row.user.name for row in client.get("/community/contributors/").context["page"]]


def test_nobody_is_named_who_has_not_agreed(cast: Cast, login: Login, client: Client) -> None:
    mine = "/community/contributors/mine/"
    typed = {"intro": "영상 이야기를 씁니다", "agree": "on"}
    member = login("regular")
    assert member.post(mine, typed).status_code == 422  # has written nothing
    thread = make_exchange(cast.busan, by=cast.regular)
    assert named(client) == []
    assert member.post(mine, {"intro": "글"}).status_code == 422  # has not agreed
    assert member.post(mine, typed).status_code == 302
    assert named(client) == ["regular"]
    assert "영상 이야기를 씁니다" in client.get("/community/contributors/").content.decode()
    actions.take_down_post(thread, reason="x", by=cast.head_office)
    assert named(client) == []
    actions.restore_post(thread, reason="x", by=cast.head_office)
    Member.objects.filter(pk=cast.regular_member.pk).update(
        status=Member.Status.WITHDRAWN, ended_on=clock.today()
    )
    assert named(client) == []
    assert login("account").post(mine, typed).status_code == 422

    Member.objects.filter(pk=cast.regular_member.pk).update(
        status=Member.Status.ACTIVE, ended_on=None
    )
    assert member.post(f"{mine}leave/").status_code == 302
    assert named(client) == [] and Contributor.objects.get().intro == ""
    assert member.post(f"{mine}leave/").status_code == 303


def test_the_head_office_asks_and_the_member_agrees(
    cast: Cast, login: Login, client: Client
) -> None:
    thread = make_exchange(cast.hq, by=cast.company_seat)
    name = f"/staff/community/{thread.pk}/name/"
    assert login("head_office").post(name).status_code == 302
    assert login("head_office").post(name).status_code == 303
    letter = Message.objects.get(template="contributor_named")
    for language, word in (("ko", "필진 페이지"), ("en", "page of contributors")):
        letter.language = language
        assert word in mail.render(letter)[1]
    assert named(client) == []
    actions.remove_own_post(thread, by=cast.company_seat)
    actions.join_contributors(intro="", by=cast.company_seat)
    assert named(client) == ["company_seat"]
    row = Contributor.objects.get()
    end = f"/staff/community/contributors/{row.pk}/end/"
    assert login("head_office").post(end, {"reason": "요청"}).status_code == 302
    assert login("head_office").post(end, {"reason": "요청"}).status_code == 303
    assert named(client) == []
    factories.appoint(cast.account, Appointment.Role.SECRETARIAT, cast.busan)
    of_a_branch = login("account")
    assert of_a_branch.get("/staff/community/contributors/").status_code == 403
    assert of_a_branch.post(end, {"reason": "요청"}).status_code == 403
    assert of_a_branch.post(name).status_code == 403
    counts = [queries_of(login("head_office"), "/staff/community/contributors/")]
    for user in (cast.regular, cast.company_rep):
        Contributor.objects.create(user=user, agreed_at=clock.now())
    counts.append(queries_of(login("head_office"), "/staff/community/contributors/"))
    assert counts[0] == counts[1]


def test_members_are_told_what_the_boards_hold(cast: Cast, thread: Post) -> None:
    make_comment(thread, by=cast.regular)
    make_abuse(thread, by=cast.regular)
    Contributor.objects.create(user=cast.regular, agreed_at=clock.now())
    codes = {"exchange_posts", "exchange_comments", "exchange_reports", "contributor"}
    kinds = {kind.code: kind for kind in own_data.kinds() if kind.code in codes}
    assert {code: kind.count(cast.regular) for code, kind in kinds.items()} == dict.fromkeys(
        codes, 1
    )
    assert {kind.count(cast.company_seat) for kind in kinds.values()} == {0}
