"""An empty portal becomes one that can be opened, with one command."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.branch_actions import confirm_proposal, propose
from kosna.branches.models import Appointment, Branch, Region
from kosna.core import clock
from members import dues
from members.forms import suggest_branch
from members.models import DuesCalendar, DuesRate, Tier, TierRight
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TABLES = (Region, Branch, Tier, DuesRate, TierRight, DuesCalendar, Appointment, Entry)


ADMINS = ("one@example.test", "other@example.test")


@pytest.fixture
def admins() -> list[User]:
    return [factories.make_user(name, email=name) for name in ADMINS]


def found(*emails: str) -> None:
    call_command("found", "--admin", *(emails or ADMINS), stdout=StringIO())


def rows() -> dict[str, int]:
    return {table.__name__: table.objects.count() for table in TABLES}


def test_founded_portal_can_be_opened(admins: list[User], client: Client) -> None:
    client.force_login(admins[0], backend=BACKEND)
    assert client.get("/staff/").status_code == 403
    found("ONE@example.test", "other@example.test")
    for page in ("/staff/", "/staff/branches/", "/staff/branches/hq/", "/staff/audit/"):
        assert client.get(page).status_code == 200, page
    client.force_login(factories.make_user("account"), backend=BACKEND)
    for page in ("/members/", "/members/apply/", "/branches/", "/me/"):
        assert client.get(page).status_code == 200, page


def test_founded_portal_takes_members_at_the_rates_of_the_charter(admins: list[User]) -> None:
    found()
    head_office = Branch.objects.get()
    assert suggest_branch("제주특별자치도 제주시") == head_office
    assert suggest_branch("") == head_office
    regular = Tier.objects.get(code="regular")
    lines = dues.quote(regular, clock.today(), first=True)
    assert sum(line.amount for line in lines) == 200_000
    votes = Tier.objects.filter(rights__right="vote").values_list("code", flat=True)
    assert set(votes) == {"regular", "lifetime", "micro", "company", "large"}
    assert not TierRight.objects.filter(right="vote", in_grace=True).exists()


def test_founding_again_changes_nothing(admins: list[User]) -> None:
    found()
    Tier.objects.filter(code="student").update(name_ko="청년회원")
    Branch.objects.update(name_ko="중앙회")
    before = rows()
    found()
    others = [factories.make_user(name) for name in ("third", "fourth")]
    found(*(other.email for other in others))
    assert rows() == before
    assert Tier.objects.get(code="student").name_ko == "청년회원"
    assert Branch.objects.get().name_ko == "중앙회"


def test_first_two_administrators_fill_the_other_offices(admins: list[User]) -> None:
    found()
    told = [(entry.verb, entry.actor, entry.subjects) for entry in Entry.objects.order_by("pk")]
    assert told == [
        ("association.found", "", []),
        *(("branches.appoint", "", [admin.pk]) for admin in admins),
    ]
    one, other = admins
    secretary = factories.make_user()
    row = propose(
        user=secretary,
        branch=Branch.objects.get(),
        role=Appointment.Role.SECRETARIAT,
        valid_from=clock.today(),
        valid_to=None,
        by=one,
    )
    confirm_proposal(row, by=other)
    assert secretary.has_perm("branches.appoint")


@pytest.mark.parametrize("wrong", [ADMINS[:1] * 2, (ADMINS[0], "nobody@example.test")])
def test_nothing_is_founded_without_two_people(admins: list[User], wrong: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        found(*wrong)
    assert not any(rows().values())


def test_an_address_that_nobody_signed_up_with_is_named(admins: list[User]) -> None:
    with pytest.raises(CommandError) as refusal:
        found(ADMINS[0], "nobody@example.test")
    assert str(refusal.value) == (
        "No account has the address nobody@example.test. Nothing was written: let its owner sign up"
        " at the portal first, then run this again."
    )
