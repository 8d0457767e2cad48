"""An empty portal becomes one that can be opened, with one command."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.branches.models import Appointment, Branch, Region
from kosna.core import clock
from members import dues
from members.forms import suggest_branch
from members.models import DuesCalendar, DuesRate, Tier, TierRight
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TABLES = (Region, Branch, Tier, DuesRate, TierRight, DuesCalendar, Appointment, Entry)


@pytest.fixture
def operator() -> User:
    return User.objects.create_superuser("operator@example.test", "password", name="우시온")


def found(email: str = "operator@example.test") -> None:
    call_command("found", admin=email, stdout=StringIO())


def rows() -> dict[str, int]:
    return {table.__name__: table.objects.count() for table in TABLES}


def test_founded_portal_can_be_opened(operator: User, client: Client) -> None:
    client.force_login(operator, backend=BACKEND)
    assert client.get("/staff/branches/").status_code == 403
    found("OPERATOR@example.test")
    operator = User.objects.get(pk=operator.pk)
    client.force_login(operator, backend=BACKEND)
    for page in ("/staff/", "/staff/branches/", "/staff/branches/hq/", "/staff/applications/"):
        assert client.get(page).status_code == 200, page
    account = factories.make_user("account")
    client.force_login(account, backend=BACKEND)
    for page in ("/members/", "/members/apply/", "/branches/", "/me/"):
        assert client.get(page).status_code == 200, page


def test_founded_portal_takes_members_at_the_rates_of_the_charter(operator: User) -> None:
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


def test_founding_again_changes_nothing(operator: User) -> None:
    found()
    Tier.objects.filter(code="student").update(name_ko="청년회원")
    Branch.objects.update(name_ko="중앙회")
    before = rows()
    found()
    other = factories.make_user("other")
    found(other.email)
    assert rows() == before
    assert Tier.objects.get(code="student").name_ko == "청년회원"
    assert Branch.objects.get().name_ko == "중앙회"
    assert not other.appointments.exists()


def test_first_offices_are_on_record(operator: User) -> None:
    found()
    roles = sorted(operator.appointments.values_list("role", flat=True))
    assert roles == ["secretariat", "system_admin"]
    told = [(entry.verb, entry.subjects) for entry in Entry.objects.order_by("pk")]
    assert told == [
        ("association.found", []),
        ("branches.appoint", [operator.pk]),
        ("branches.appoint", [operator.pk]),
    ]


def test_nobody_is_appointed_without_an_account(operator: User) -> None:
    with pytest.raises(CommandError, match="createsuperuser"):
        found("nobody@example.test")
    assert not any(count for count in rows().values())
