"""What members get says, too, what becomes of it when their account is closed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile

from kosna.accounts import retention
from kosna.accounts.models import Guest, User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.retention.actions import close_account
from members.actions import withdraw
from members.actions.offices import refresh_search
from members.actions.seats import take_seat
from members.community.models import Contributor
from members.directory.models import Block, Introduction, Profile
from members.models import Member, Seat
from members.programmes.models import Consultant, ConsultingRequest, ProjectApplication
from tests import factories
from tests.conftest import Cast
from tests.members.community.boards import make_exchange
from tests.members.directory.entries import make_entry
from tests.members.directory.entries import make_request as make_introduction
from tests.members.programmes.consulting import make_consultant, make_request
from tests.members.programmes.projects import make_application, make_project
from tests.retention.test_destruction import problems

pytestmark = pytest.mark.django_db


def leave(member: Member) -> User:
    """The membership ends, then the account is closed."""
    person = User.objects.get(pk=member.user_id)
    withdraw(member, by=person)
    close_account(ip=None, by=person)
    return person


def test_an_entry_is_emptied_and_nobody_waits_for_its_answer(cast: Cast) -> None:
    mine = make_entry(cast.regular_member, email="me@example.test", phone="+821012345678")
    other = make_entry(factories.make_member())
    answered = make_introduction(
        other, mine, by=other.member.user, status=Introduction.Status.ACCEPTED,
        asked_email="me@example.test", asker_email="you@example.test",
        closed_at=clock.now(), closed_by=cast.regular,
    )  # fmt: skip
    waiting = make_introduction(make_entry(factories.make_member()), mine, by=other.member.user)
    asked = make_introduction(mine, make_entry(factories.make_member()), by=cast.regular)
    Block.objects.create(owner=mine, blocked=other, by=cast.regular)
    leave(cast.regular_member)
    mine = Profile.objects.get(pk=mine.pk)
    assert (mine.headline, mine.email, mine.phone, mine.search_text) == ("", "", "", "")
    assert not mine.is_open
    for row, status in ((waiting, "declined"), (asked, "withdrawn"), (answered, "accepted")):
        row.refresh_from_db()
        assert row.status == status
    assert (answered.asked_email, answered.asker_email) == ("", "you@example.test")
    assert asked.message == retention.NOBODY
    assert not Block.objects.exists()


def test_what_was_written_stays_without_a_name(cast: Cast, login) -> None:
    written = make_exchange(cast.busan, by=cast.regular, title_ko="남는 글")
    Contributor.objects.create(user=cast.regular, agreed_at=clock.now())
    leave(cast.regular_member)
    page = login("company_rep").get(written.get_absolute_url()).content.decode()
    assert "남는 글" in page and cast.regular.name not in page
    assert not Contributor.objects.exists()


def test_what_is_under_way_comes_first(cast: Cast) -> None:
    make_request(cast.regular_member, by=cast.regular)
    make_application(
        make_project(cast.busan, by=cast.officer), cast.regular_member, by=cast.regular
    )
    adviser = make_consultant(cast.busan, by=cast.officer, user=cast.account)
    make_request(factories.make_member(), by=cast.officer, status="assigned", consultant=adviser)
    told = [obstacle.text for obstacle in retention.obstacles(cast.regular)]
    assert sum("컨설팅" in text or "프로젝트" in text for text in told) == 2
    [advising] = retention.obstacles(cast.account)
    assert "맡고" in advising.text


def test_consulting_goes_when_contracts_do(cast: Cast) -> None:
    then = clock.now() - timedelta(days=6 * 366)
    with clock.standing_at(then):
        given = make_request(cast.regular_member, by=cast.regular, status="closed", consultant=(
            make_consultant(cast.busan, by=cast.officer, user=cast.account, about="경력")
        ))  # fmt: skip
        project = make_project(cast.busan, by=cast.officer)
        applied = make_application(
            project, cast.regular_member, by=cast.regular, status="withdrawn", applied_at=then
        )
        close_account(ip=None, by=cast.account)
    assert Consultant.objects.get().about == "" and Consultant.objects.get().retired_at
    kinds = {due.code: due for due in retention.dues()}
    consulting, projects = kinds["consulting"], kinds["project_applications"]
    assert not consulting.due(clock.now()).exists()  # the account of who asked stands
    leave(cast.regular_member)
    for due in (consulting, projects):
        due.destroy(list(due.due(clock.now()).values_list("pk", flat=True)))
        assert not due.due(clock.now()).exists()
    given, applied = ConsultingRequest.objects.get(), ProjectApplication.objects.get()
    assert {given.topic, given.question, given.report, applied.plan} == {retention.NOBODY}
    assert problems() == {}


def test_nobody_is_held_by_a_company_that_has_left(cast: Cast) -> None:
    """Nor kept in what the desk searches by, nor given a seat again."""
    boss = cast.company_rep
    assert len(retention.obstacles(boss)) == 1
    other = factories.make_seat(cast.company, factories.make_user("second"), Seat.Role.CONTACT)
    refresh_search(cast.company)
    close_account(ip=None, by=other.user)
    assert "second" not in Member.objects.get(pk=cast.company.pk).search_text
    with pytest.raises(Refused):
        take_seat(cast.company, User.objects.get(pk=other.user_id))
    Member.objects.filter(pk=cast.company.pk).update(
        status=Member.Status.WITHDRAWN, ended_on=clock.today()
    )
    close_account(ip=None, by=boss)
    assert not Seat.objects.current().filter(user=boss).exists()


def test_what_belongs_to_a_running_company_stays(cast: Cast) -> None:
    then = clock.now() - timedelta(days=6 * 366)
    with clock.standing_at(then):
        asked = make_request(cast.company, by=cast.company_seat, status="declined")
    Seat.objects.filter(user=cast.company_seat).delete()
    assert retention.obstacles(cast.company_seat) == []
    close_account(ip=None, by=cast.company_seat)
    consulting = retention.due_of("consulting")
    assert not consulting.due(clock.now()).exists()
    Member.objects.filter(pk=cast.company.pk).update(
        status=Member.Status.WITHDRAWN, ended_on=clock.today()
    )
    assert list(consulting.due(clock.now())) == [asked]


def test_a_request_under_way_of_a_company_that_somebody_left_is_no_obstacle(cast: Cast) -> None:
    make_request(cast.company, by=cast.company_seat)
    Seat.objects.filter(user=cast.company_seat).delete()
    assert retention.obstacles(cast.company_seat) == []


def test_mails_to_the_guest_that_somebody_was_go_too(cast: Cast) -> None:
    was = factories.make_user("guest")
    Guest.objects.create(
        user=was, email="guest@example.test", claimed_by=cast.account, form_key=uuid4()
    )
    Message.objects.create(
        template="x", to="guest@example.test", user=was, status=Message.Status.SENT, text="안녕"
    )
    close_account(ip=None, by=cast.account)
    assert not Message.objects.filter(to="guest@example.test").exists()


def test_copies_from_before_a_paper_was_issued_again_are_destroyed(
    cast: Cast, django_capture_on_commit_callbacks
) -> None:
    paper = Document.objects.create(
        kind=Document.Kind.RECEIPT, code="K" * 26, year=2020, number=1, name="x", facts={"x": 1},
        subject=cast.account, reissues=1, reissued_at=clock.now(),
    )  # fmt: skip
    storage = Document._meta.get_field("file").storage
    kept = [
        storage.save(f"documents/2020/{name}.pdf", ContentFile(b"x"))
        for name in ("K" * 26, "K" * 26, "L" * 26)
    ]
    with django_capture_on_commit_callbacks(execute=True):
        retention.due_of("documents").destroy([paper.pk])
    assert [storage.exists(name) for name in kept] == [False, False, True]
