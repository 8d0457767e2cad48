"""No list of the desk shows people's data without a trace."""

from dataclasses import dataclass

import pytest
from django.core.paginator import Paginator

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.audit.listed import DEPTH, _rows
from kosna.audit.models import Entry, Look
from members.models import Member
from tests import factories
from tests.members.conftest import make_application

pytestmark = pytest.mark.django_db


def looked_at(page: str) -> list[Entry]:
    return [
        entry for entry in Entry.objects.filter(verb="privacy.list") if entry.facts["page"] == page
    ]


@pytest.fixture
def lists(cast):
    """A row in each list, of somebody of Busan."""
    make_application(cast.account, cast.regular_tier, cast.busan, submitted=True)
    factories.make_place(
        factories.make_ticket(factories.make_event(branch=cast.busan)), cast.regular
    )


@pytest.mark.miscounts
@pytest.mark.parametrize(
    ("path", "whose"),
    [
        ("/staff/members/", "regular"),
        ("/staff/applications/", "account"),
        ("/staff/orders/", "regular"),
    ],
)
def test_a_list_says_whose_data_it_showed(cast, login, lists, path, whose):
    login("officer").get(path, {"q": "", "page": "1"})

    entry = looked_at(path)[-1]
    assert getattr(cast, whose).pk in entry.subjects
    assert entry.actor_id == cast.officer.pk
    assert entry.ip
    assert entry.branch == cast.busan


def test_what_was_looked_for_is_on_record(cast, login):
    login("officer").get("/staff/members/", {"q": cast.regular.name, "page": "1"})

    assert looked_at("/staff/members/")[0].facts["filters"] == {"q": cast.regular.name}


def test_an_empty_list_is_no_look(cast, login):
    login("officer").get("/staff/members/", {"q": "그런 사람 없음"})

    assert looked_at("/staff/members/") == []


def test_a_page_that_names_its_people_is_not_noted_twice(cast, login):
    member = Member.objects.get(user=cast.regular)
    login("officer").get(f"/staff/members/{member.pk}/")

    assert Entry.objects.filter(verb="privacy.view").count() == 1
    assert not Entry.objects.filter(verb="privacy.list").exists()


def test_whoever_is_in_a_list_is_told(cast, login):
    """When the entry is sealed, once, under the name of what was listed."""
    login("officer").get("/staff/members/")
    audit.seal()
    audit.seal()

    assert Look.objects.filter(user_id=cast.regular.pk).count() == 1
    page = login("regular").get("/me/looks/").content.decode()
    assert str(Member._meta.verbose_name_plural) in page


def test_members_of_the_public_leave_no_trace(cast, login):
    login("regular").get("/me/")

    assert not Entry.objects.filter(verb="privacy.list").exists()


@dataclass
class Line:
    member: Member
    note: str


def test_rows_are_found_wherever_a_template_has_them(cast):
    """In a page, in pairs, in a table of columns, in a queryset that was gone through."""
    member = Member.objects.get(user=cast.regular)
    users = User.objects.filter(pk=cast.regular.pk)
    assert list(_rows(users, DEPTH)) == []
    list(users)

    page = Paginator([(member, "정회원")], 20).get_page(1)
    for shown in (page, {"rows": [member]}, [Line(member, "x")], Line(member, "x"), member):
        assert list(_rows(shown, DEPTH)) == [member]
    assert list(_rows(users, DEPTH)) == [cast.regular]
