"""Introductions: asked with a message, answered or let be; addresses only once accepted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from members.directory import actions
from members.directory.models import Audience, Block, Introduction, Profile
from members.models import Seat
from tests import factories
from tests.conftest import Cast
from tests.members.directory.entries import make_entry, make_request

pytestmark = pytest.mark.django_db

Login = Callable[[str], Client]
Status = Introduction.Status
BOX = "/me/introductions/"


@pytest.fixture
def asked(cast: Cast) -> Profile:
    """Of Busan's member."""
    return make_entry(cast.regular_member)


@pytest.fixture
def asker(cast: Cast) -> Profile:
    """Of the company."""
    return make_entry(cast.company)


def ask(client: Client, asked: Profile, **typed: Any) -> Any:
    return client.post(f"{asked.get_absolute_url()}ask/", {"message": "반갑습니다", **typed})


def mails(template: str) -> list[str]:
    rows = Message.objects.filter(template=template).order_by("pk")
    return [row.to for row in rows]


def text_of(template: str) -> str:
    subject, text, _html = post.render(Message.objects.filter(template=template).latest("pk"))
    return subject + text


def test_accepted_each_sees_the_others_address(
    cast: Cast, login: Login, asked: Profile, asker: Profile
) -> None:
    answer = ask(login("company_rep"), asked)
    row = Introduction.objects.get()
    assert answer["Location"] == f"{BOX}{row.pk}/"
    assert mails("introduction_asked") == ["regular@example.test"]
    told = text_of("introduction_asked")
    assert "반갑습니다" in told and "㈜가온소셜랩" in told and "company_rep@" not in told
    for who, other in (("company_rep", "regular@"), ("regular", "company_rep@")):
        assert other not in login(who).get(f"{BOX}{row.pk}/").content.decode()

    assert login("regular").post(f"{BOX}{row.pk}/accept/").status_code == 302
    for who, other in (("company_rep", "regular@"), ("regular", "company_rep@")):
        page = login(who).get(f"{BOX}{row.pk}/").content.decode()
        assert f"mailto:{other}example.test" in page
    assert set(mails("introduction_accepted")) == {
        "company_rep@example.test",
        "regular@example.test",
    }
    assert "company_rep@example.test" in text_of("introduction_accepted")
    verbs = Entry.objects.filter(verb__in=["directory.ask", "directory.accept"])
    assert {entry.branch for entry in verbs} == {cast.busan}
    assert login("regular").post(f"{BOX}{row.pk}/decline/").status_code == 303  # too late


def test_what_was_introduced_stays(
    cast: Cast, login: Login, asked: Profile, asker: Profile
) -> None:
    row = make_request(asker, asked, by=cast.company_rep)
    Profile.objects.filter(pk=asked.pk).update(email="own@x.test", email_for=Audience.NOBODY)
    Profile.objects.filter(pk=asker.pk).update(email="office@x.test")
    actions.accept(row, by=cast.regular)
    assert (row.asker_email, row.asked_email) == ("office@x.test", "regular@example.test")
    actions.close_entry(asked, by=cast.regular)
    page = login("company_rep").get(f"{BOX}{row.pk}/").content.decode()
    assert "mailto:regular@example.test" in page
    assert asked.get_absolute_url() not in page


def test_another_persons_request_does_not_exist(
    cast: Cast, login: Login, asked: Profile, asker: Profile
) -> None:
    row = make_request(asker, asked, by=cast.company_rep)
    for deed in ("accept", "decline", "block", "report"):
        for who in ("company_rep", "company_seat", "head_office"):
            assert login(who).post(f"{BOX}{row.pk}/{deed}/").status_code == 404
    assert login("regular").post(f"{BOX}{row.pk}/withdraw/").status_code == 404
    assert login("company_seat").get(f"{BOX}{row.pk}/").status_code == 404
    row.refresh_from_db()
    assert row.status == Status.WAITING


def test_declined_kindly_and_not_asked_again_at_once(
    cast: Cast, login: Login, asked: Profile, asker: Profile
) -> None:
    ask(login("company_rep"), asked)
    row = Introduction.objects.get()
    login("regular").post(f"{BOX}{row.pk}/decline/")
    assert mails("introduction_declined") == ["company_rep@example.test"]
    assert "이번에는" in text_of("introduction_declined")
    assert "regular@" not in text_of("introduction_declined")
    refused = ask(login("company_rep"), asked)
    assert refused.status_code == 422 and Introduction.objects.count() == 1
    assert "부터 다시 요청" in refused.content.decode()
    with clock.standing_at(clock.now() + timedelta(days=30)):
        assert len(actions.why_not_ask(asker, asked)) == 1
        assert actions.why_not_ask(asked, asker) == []  # the other way round it is open
    Introduction.objects.update(closed_at=clock.now() - timedelta(days=91))
    assert actions.why_not_ask(asker, asked) == []


def test_one_open_request_whoever_asked(cast: Cast, asked: Profile, asker: Profile) -> None:
    actions.ask(asker=asker, asked=asked, message="x", by=cast.company_rep)
    for one, other, by in ((asker, asked, cast.company_rep), (asked, asker, cast.regular)):
        with pytest.raises(Refused):
            actions.ask(asker=one, asked=other, message="x", by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_request(asker, asked, by=cast.company_rep)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_request(asked, asked, by=cast.regular)
    with pytest.raises(Refused, match="자신의"):
        actions.ask(asker=asked, asked=asked, message="x", by=cast.regular)
    Introduction.objects.all().delete()
    factories.make_seat(cast.company, cast.regular, Seat.Role.CONTACT)
    with pytest.raises(Refused, match="자신의"):  # nor an organisation that one runs
        actions.ask(asker=asked, asked=asker, message="x", by=cast.regular)


def test_whoever_asks_shows_who_they_are(cast: Cast, login: Login, asked: Profile) -> None:
    page = login("company_rep").get(asked.get_absolute_url())
    assert not page.context["can_ask"] and "먼저 자신의 등록을 열어" in page.content.decode()
    closed = make_entry(cast.company, is_open=False)
    for who in ("company_rep", "company_seat"):
        assert ask(login(who), asked).status_code in (303, 422)
    assert actions.why_not_ask(closed, asked) and not Introduction.objects.exists()


def test_a_message_is_asked_for(login: Login, asked: Profile, asker: Profile) -> None:
    for message in ("", " ", "가" * 601):
        answer = ask(login("company_rep"), asked, message=message)
        assert (answer.status_code, set(answer.context["ask_form"].errors)) == (422, {"message"})


def test_a_day_has_its_cap(cast: Cast, asker: Profile) -> None:
    others = [
        make_entry(factories.make_member(factories.make_user(f"{n}"), branch=cast.busan))
        for n in range(actions.DAILY_CAP + 1)
    ]
    for other in others[:-1]:
        row = actions.ask(asker=asker, asked=other, message="x", by=cast.company_rep)
    actions.withdraw(row, by=cast.company_rep)  # which wins nothing back
    with pytest.raises(Refused, match="내일"):
        actions.ask(asker=asker, asked=others[-1], message="x", by=cast.company_rep)
    Introduction.objects.update(asked_at=clock.start_of(clock.today()) - timedelta(seconds=1))
    assert actions.why_not_ask(asker, others[-1]) == []


def test_blocked_one_is_not_told_so(
    cast: Cast, login: Login, asked: Profile, asker: Profile
) -> None:
    row = make_request(asker, asked, by=cast.company_rep)
    assert login("regular").post(f"{BOX}{row.pk}/block/").status_code == 302
    row.refresh_from_db()
    assert (row.status, mails("introduction_declined")) == (
        Status.DECLINED,
        ["company_rep@example.test"],
    )
    blocked = actions.why_not_ask(asker, asked)
    Profile.objects.filter(pk=asked.pk).update(takes_requests=False)
    Block.objects.all().delete()
    Introduction.objects.all().delete()
    asked.refresh_from_db()
    assert actions.why_not_ask(asker, asked) == blocked  # as of who takes none of anybody


def test_block_is_taken_back(cast: Cast, login: Login, asked: Profile, asker: Profile) -> None:
    row = make_request(asker, asked, by=cast.company_rep)
    actions.block(row, by=cast.regular)
    with pytest.raises(Refused):
        actions.block(row, by=cast.regular)
    block = Block.objects.get()
    page = login("regular").get("/me/directory/").content.decode()
    assert f"/me/directory/blocks/{block.pk}/end/" in page
    assert login("company_rep").post(f"/me/directory/blocks/{block.pk}/end/").status_code == 404
    assert login("regular").post(f"/me/directory/blocks/{block.pk}/end/").status_code == 302
    assert not Block.objects.exists()


def test_request_without_an_answer_ends(
    cast: Cast, login: Login, asked: Profile, asker: Profile
) -> None:
    row = make_request(asker, asked, by=cast.company_rep)
    with clock.standing_at(row.expires_at - timedelta(seconds=1)):
        assert actions.expire_due() == 0
    with clock.standing_at(row.expires_at):
        with pytest.raises(Refused):  # before the job has run, too
            actions.accept(row, by=cast.regular)
        assert (actions.expire_due(), actions.expire_due()) == (1, 0)
    row.refresh_from_db()
    assert (row.status, row.closed_by) == (Status.EXPIRED, None)
    assert mails("introduction_expired") == ["company_rep@example.test"]
    assert "14일" in login("company_rep").get(f"{BOX}{row.pk}/").content.decode()


def test_nobody_is_introduced_to_who_has_left_the_directory(
    cast: Cast, asked: Profile, asker: Profile
) -> None:
    row = make_request(asker, asked, by=cast.company_rep)
    actions.close_entry(asked, by=cast.regular)
    with pytest.raises(Refused, match="자신의 등록"):
        actions.accept(row, by=cast.regular)
    with pytest.raises(Refused):
        actions.ask(asker=asker, asked=asked, message="x", by=cast.company_rep)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [1, 0]),
        ("?box=sent", [0]),
        ("?box=received", [1]),
        ("?status=waiting", [0]),
        ("?box=sent&status=accepted", []),
        ("?box=x&status=y&page=z", [1, 0]),
    ],
)
def test_own_requests_are_filtered(
    cast: Cast, login: Login, asked: Profile, asker: Profile, query: str, shown: list[int]
) -> None:
    third = make_entry(factories.make_member(factories.make_user("셋째"), branch=cast.busan))
    rows = [
        make_request(asked, asker, by=cast.regular),
        make_request(third, asked, by=third.member.user),
    ]
    actions.accept(rows[1], by=cast.regular)
    make_request(third, asker, by=third.member.user)
    found = login("regular").get(f"{BOX}{query}").context["page"]
    assert list(found) == [rows[number] for number in shown]


def test_my_page_says_how_many_wait(
    cast: Cast, login: Login, asked: Profile, asker: Profile
) -> None:
    assert login("regular").get("/me/").context["introductions_waiting"] == 0
    make_request(asker, asked, by=cast.company_rep)
    assert login("regular").get("/me/").context["introductions_waiting"] == 1
    assert login("company_rep").get("/me/").context["introductions_waiting"] == 0


def test_names_in_a_mail_are_text(cast: Cast, login: Login, asked: Profile, asker: Profile) -> None:
    asker.member.__class__.objects.filter(pk=asker.member_id).update(name="{{ url }} <b>&x")
    ask(login("company_rep"), asked, message="{{ 1 }} [x](http://evil.test)")
    told = text_of("introduction_asked")
    assert "{{ url }} <b>&x" in told and "{{ 1 }} [x](http://evil.test)" in told


def test_whoever_asked_for_a_company_and_left_it_is_not_told_of(cast: Cast) -> None:
    company, other = make_entry(cast.company), make_entry(cast.regular_member)
    row = actions.ask(asker=company, asked=other, message="인사드립니다.", by=cast.company_rep)
    successor = factories.make_user("successor")
    seats = Seat.objects.filter(member=cast.company, user=cast.company_rep)
    seats.update(user=successor)
    actions.accept(row, by=cast.regular)
    row.refresh_from_db()
    assert row.asker_email == successor.email
