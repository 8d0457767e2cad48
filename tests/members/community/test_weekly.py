"""The weekly mail: on Mondays at nine, to who has asked for it, what is new to each of them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kosna.core import clock, jobs
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from kosna.retention.actions import close_account
from members.community import actions
from members.community.actions import weekly as module
from members.community.models import Board, Post, WeeklyMail
from members.models import Clock, Member, Opening, Period
from tests import factories
from tests.conftest import Cast
from tests.members.community.boards import make_exchange, make_post
from tests.members.programmes.consulting import make_round
from tests.members.programmes.projects import make_project, open_call
from tests.members.test_desk import queries_of

pytestmark = pytest.mark.django_db
Login = Callable[[str], Client]
PAGE = "/community/weekly/"
NOW = datetime(2026, 11, 26, 15, tzinfo=clock.KST)  # a Thursday
MONDAY = datetime(2026, 11, 30, 9, tzinfo=clock.KST)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def standing() -> Iterator[None]:
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def asked(cast: Cast) -> Cast:
    for person in (cast.regular, cast.associate, cast.lapsed):
        actions.ask_weekly(by=person)
    return cast


def send(at: datetime = MONDAY) -> str:
    with clock.standing_at(at):
        return actions.send_weekly()


def told() -> dict[str, list[tuple[str, list[str]]]]:
    """By the first part of the address: of each kind the titles."""
    return {
        row.to.partition("@")[0]: [
            (kind["heading"], [one["title"] for one in kind["rows"]])
            for kind in row.context["kinds"]
        ]
        for row in Message.objects.filter(template="weekly_news").order_by("pk")
    }


@pytest.mark.parametrize(
    ("at", "monday"),
    [
        (MONDAY, MONDAY),
        (MONDAY - MINUTE, MONDAY - 7 * DAY),
        (MONDAY + 6 * DAY, MONDAY),
        (datetime(2026, 11, 30, 0, tzinfo=clock.KST), MONDAY - 7 * DAY),
    ],
)
def test_the_mail_is_due_on_mondays_at_nine_in_seoul(at: datetime, monday: datetime) -> None:
    assert actions.last_monday(at) == monday


def test_it_is_asked_for_and_given_up(cast: Cast, login: Login) -> None:
    member, other = login("regular"), login("account")
    assert f"{PAGE}ask/" in member.get(PAGE).content.decode()
    assert f"{PAGE}ask/" not in other.get(PAGE).content.decode()
    assert other.post(f"{PAGE}ask/").status_code == 303
    for _twice in range(2):
        assert member.post(f"{PAGE}ask/").status_code == 302
    row = WeeklyMail.objects.get()
    assert (row.user, row.told_until) == (cast.regular, MONDAY - 7 * DAY)
    assert f"{PAGE}end/" in member.get(PAGE).content.decode()
    assert member.get(f"{PAGE}ask/").status_code == 405
    assert member.post(f"{PAGE}end/").status_code == 302
    assert not WeeklyMail.objects.exists()
    with pytest.raises(Refused):
        actions.ask_weekly(by=cast.account)


def test_each_is_told_what_they_may_read(asked: Cast) -> None:
    hq, by = asked.hq, asked.head_office
    make_post(hq, by=by, title_ko="공지")
    make_post(hq, by=by, board=Board.CALLS, title_ko="회원 공고", for_members=True)
    make_exchange(asked.busan, by=asked.regular, title_ko="질문")
    factories.make_report(title_ko="공개 보고서", published_at=NOW)
    factories.make_report(title_ko="정회원 보고서", published_at=NOW, tiers=(asked.regular_tier,))
    open_call(make_project(hq, by=by, title_ko="모집"), opens_at=NOW)
    assert send(MONDAY - MINUTE) == "" and send() == "3 mails"
    public = [("공지사항", ["공지"]), ("연구자료", ["공개 보고서"])]
    assert told()["lapsed"] == public
    assert told()["associate"] == [("참여사 모집", ["모집"]), *public]
    assert told()["regular"] == [
        ("참여사 모집", ["모집"]),
        ("공지사항", ["공지"]),
        ("정보교류", ["질문"]),
        ("사업공고", ["회원 공고"]),
        ("연구자료", ["정회원 보고서", "공개 보고서"]),
    ]


def test_only_what_is_new_and_still_there(asked: Cast) -> None:
    def notice(title: str, **fields: Any) -> Post:
        return make_post(asked.hq, by=asked.head_office, title_ko=title, **fields)

    notice("지난주", published_at=MONDAY - 7 * DAY)
    notice("첫 순간", published_at=MONDAY - 7 * DAY + MINUTE)
    notice("끝 순간", published_at=MONDAY)
    notice("다음 주", published_at=MONDAY + MINUTE)
    notice("끝난 것", until_on=NOW.date())
    notice("초안", status="draft", published_at=None)
    ended = {"ended_at": NOW, "ended_by": asked.head_office}
    notice("내린 것", status="taken_down", **ended)
    send(MONDAY + 3 * DAY)  # the worker stood still until Thursday
    assert told()["regular"] == [("공지사항", ["끝 순간", "첫 순간"])]


def test_what_opens_by_the_clock_is_told_in_the_week_in_which_it_opens(asked: Cast) -> None:
    actions.ask_weekly(by=asked.company_rep)
    first, last = NOW + DAY, NOW + 9 * DAY
    call = make_project(asked.hq, by=asked.head_office, title_ko="모집")
    open_call(call, opens_at=last, first={asked.regular_tier: first})
    times = Clock.objects.create(name="x")
    Opening.objects.create(clock=times, tier=asked.regular_tier, opens_at=first)
    Opening.objects.create(clock=times, tier=asked.company_tier, opens_at=last)
    factories.make_report(title_ko="보고서", clock=times, published_at=NOW - 30 * DAY)
    make_project(asked.hq, by=asked.head_office, title_ko="모집 없음")
    open_call(
        make_project(asked.hq, by=asked.head_office, title_ko="비공개", is_public=False),
        opens_at=first,
    )
    send()
    both = [("참여사 모집", ["모집"]), ("연구자료", ["보고서"])]
    assert told() == {"regular": both}
    Message.objects.all().delete()
    send(MONDAY + 7 * DAY)
    assert told() == {"associate": both[:1], "company_rep": both}


def test_a_consulting_round_is_told_to_whom_it_is_for(asked: Cast) -> None:
    day = NOW.date()
    facts = {"by": asked.head_office, "closes_on": day + 20 * DAY}
    make_round(asked.hq, name_ko="이번 주", opens_on=day + 2 * DAY, **facts)
    make_round(asked.hq, name_ko="지난주", opens_on=day - 8 * DAY, **facts)
    make_round(asked.hq, name_ko="다음 주", opens_on=day + 6 * DAY, **facts)
    send()
    assert told() == {"regular": [("컨설팅 차수", ["이번 주"])]}


def test_nothing_new_is_no_mail_and_nobody_is_told_twice(asked: Cast) -> None:
    assert send() == "" and told() == {}
    make_post(asked.hq, by=asked.head_office, published_at=MONDAY - MINUTE)  # dated back
    assert send(MONDAY + 2 * DAY) == ""  # that week is over
    make_post(asked.hq, by=asked.head_office, published_at=MONDAY + DAY)
    assert send(MONDAY + 7 * DAY) == "3 mails"
    assert send(MONDAY + 7 * DAY) == send(MONDAY + 8 * DAY) == ""
    WeeklyMail.objects.update(told_until=MONDAY)  # as another worker saw it
    send(MONDAY + 8 * DAY)
    assert Message.objects.count() == 3


def test_another_worker_that_has_read_the_same_rows_tells_nobody(asked: Cast) -> None:
    make_post(asked.hq, by=asked.head_office)
    rows = list(WeeklyMail.objects.select_related("user"))
    send()
    Message.objects.all().delete()
    reader = module.AsIf.holding(module.memberships_of(asked.regular, MONDAY))
    with clock.standing_at(MONDAY):
        shelves = module.news.told(MONDAY - 7 * DAY, MONDAY)
        assert [module._tell(row, reader, shelves, MONDAY) for row in rows] == [0, 0, 0]
    assert not Message.objects.exists()


def test_a_worker_that_died_in_the_middle_leaves_the_rest_to_the_next(
    asked: Cast, monkeypatch: Any
) -> None:
    make_post(asked.hq, by=asked.head_office)
    whole = post.send

    def dies(template: str, to: list[str], **facts: Any) -> None:
        if to == ["associate@example.test"]:
            raise MemoryError
        whole(template, to, **facts)

    with monkeypatch.context() as patched:
        patched.setattr(post, "send", dies)
        with pytest.raises(MemoryError):
            send()
    assert set(told()) == {"regular"}
    send(MONDAY + MINUTE)
    assert set(told()) == {"regular", "associate", "lapsed"} and Message.objects.count() == 3


@pytest.mark.parametrize("left", ["blocked", "left", "given up"])
def test_who_is_no_longer_there_gets_none(asked: Cast, left: str) -> None:
    WeeklyMail.objects.exclude(user=asked.regular).delete()
    make_post(asked.hq, by=asked.head_office)
    if left == "blocked":
        asked.regular.is_active = False
        asked.regular.save()
    if left == "left":
        Period.objects.filter(member=asked.regular_member).update(ends_on=NOW.date())
        Member.objects.filter(pk=asked.regular_member.pk).update(
            status=Member.Status.WITHDRAWN, ended_on=NOW.date()
        )
    if left == "given up":
        actions.stop_weekly(asked.regular.pk)
    send()
    assert told() == {}


def test_the_mail_is_in_the_readers_language_and_stopped_without_signing_in(asked: Cast) -> None:
    asked.regular.language = "en"
    asked.regular.save()
    post_of = make_post(asked.hq, by=asked.head_office, title_ko="공지", title_en="A notice")
    make_post(asked.hq, by=asked.head_office, title_ko="한국어")
    send()
    mail = Message.objects.get(to="regular@example.test")
    subject, text, _html = post.render(mail)
    assert subject == "New this week: 2 things"
    assert "Notices\n- 한국어\n  " in text and "- A notice\n" in text
    assert post_of.get_absolute_url() in text
    assert "이번 주" in post.render(Message.objects.get(to="associate@example.test"))[0]
    assert "stop/…" not in text and "…" in post.render(mail, kept=True)[1]

    path = text.partition(f"{PAGE}stop/")[2].split()[0]
    visitor = Client(enforce_csrf_checks=True)  # as a mail program's own button posts
    assert visitor.get(f"{PAGE}stop/{path}").status_code == 200
    assert WeeklyMail.objects.filter(user=asked.regular).exists()  # who only looks changes nothing
    assert visitor.post(f"{PAGE}stop/{path[:-4]}xxx/").status_code == 404
    for _twice in range(2):
        assert visitor.post(f"{PAGE}stop/{path}").status_code == 200
    assert not WeeklyMail.objects.filter(user=asked.regular).exists()
    assert WeeklyMail.objects.count() == 2


def test_of_many_the_first_are_told_and_how_many_more_there_are(asked: Cast) -> None:
    for _number in range(module.MOST + 3):
        make_post(asked.hq, by=asked.head_office)
    send()
    mail = Message.objects.get(to="regular@example.test")
    [kind] = mail.context["kinds"]
    assert (len(kind["rows"]), kind["more"], mail.context["count"]) == (20, 3, 23)
    assert f"{settings.SITE_URL}/community/notices/" in post.render(mail)[1].split()


def test_it_takes_as_many_statements_for_many_things(asked: Cast) -> None:
    def statements(monday: datetime) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert send(monday) == "1 mails"
        return len(captured)

    WeeklyMail.objects.exclude(user=asked.regular).delete()
    make_post(asked.hq, by=asked.head_office)
    send()
    for _number in range(4):
        make_post(asked.hq, by=asked.head_office, published_at=MONDAY + DAY)
        factories.make_report(published_at=MONDAY + DAY)
    first = statements(MONDAY + 7 * DAY)
    for _number in range(9):
        make_post(asked.hq, by=asked.head_office, published_at=MONDAY + 8 * DAY)
        make_exchange(asked.busan, by=asked.regular, published_at=MONDAY + 8 * DAY)
        factories.make_report(published_at=MONDAY + 8 * DAY)
    assert first == statements(MONDAY + 14 * DAY) <= 30


def test_the_worker_sends_it_within_the_hour(asked: Cast) -> None:
    assert "community.weekly" in jobs.names()
    make_post(asked.hq, by=asked.head_office)
    call_command("run_due", "--now", (MONDAY - MINUTE).isoformat())
    assert told() == {}
    call_command("run_due", "--now", MONDAY.isoformat())
    assert set(told()) == {"regular", "associate", "lapsed"}
    call_command("run_due", "--now", (MONDAY + MINUTE).isoformat())
    assert Message.objects.filter(template="weekly_news").count() == 3


def test_it_goes_with_the_account() -> None:
    person = factories.make_user("손님")
    WeeklyMail.objects.create(user=person, told_until=MONDAY)
    close_account(ip=None, by=person)
    assert not WeeklyMail.objects.exists()


def test_the_page_takes_constant_statements(asked: Cast, login: Login) -> None:
    client = login("regular")
    before = queries_of(client, PAGE)
    actions.ask_weekly(by=asked.company_rep)
    assert queries_of(client, PAGE) == before <= 10
