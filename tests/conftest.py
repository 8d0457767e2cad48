"""The cast: who owns, who may, and who must never. A client for each."""

import gc
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client, TransactionTestCase

from events.models import Ticket
from kosna.accounts.models import User
from kosna.branches.models import Appointment, Branch
from kosna.core import clock
from kosna.verify import COUNTS
from members.models import Member, Seat, Tier
from tests import databases, factories
from tests.emptying import Emptying
from tests.stage import Stage

# Workers are handed one file after the other (scripts/test.sh). Those that take long go first, so
# that nobody is left alone with one of them at the end: these, and all that commit.
SLOW = {
    "test_access.py", "test_demo.py", "test_image.py", "test_lifecycle_machine.py",
    "test_lists.py", "test_nonsense.py", "test_openapi.py", "test_rendering.py",
}  # fmt: skip
# The suite tells hypothesis' stories alike each time, so that what fails is what was changed; who
# looks for others says so: ``EXPLORE=1 pytest …``.
hypothesis.settings.register_profile(
    "suite",
    derandomize=not os.environ.get("EXPLORE"),
    # How fast examples are made says how busy the machine is.
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")
# Python looks through all that lives for what nobody can reach, again and again; here that took a
# quarter of the time. It looks after every file instead, and in between when much has come.
MUCH = (50_000, 20, 20)
Role = Appointment.Role
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class Cast:
    """One person for every way of standing towards the association."""

    hq: Branch
    busan: Branch
    daegu: Branch
    regular_tier: Tier
    associate_tier: Tier
    company_tier: Tier
    account: User
    applicant: User
    associate: User
    regular: User
    lapsed: User
    company_rep: User
    company_seat: User
    officer: User
    other_officer: User
    reviewer: User
    treasurer: User
    editor: User
    doorkeeper: User
    auditor: User
    head_office: User
    regular_member: Member
    lapsed_member: Member
    company: Member


PEOPLE = [
    "account",
    "applicant",
    "associate",
    "regular",
    "lapsed",
    "company_rep",
    "company_seat",
    "officer",
    "other_officer",
    "reviewer",
    "treasurer",
    "editor",
    "doorkeeper",
    "auditor",
    "head_office",
]


def make_cast() -> Cast:
    hq, busan, daegu = (factories.make_branch(code) for code in ("hq", "busan", "daegu"))
    regular_tier = factories.make_tier("regular", is_sawon=True)
    associate_tier = factories.make_tier(
        "associate", admission_fee=0, annual_dues=30_000, rights=("read_reports",)
    )
    company_tier = factories.make_tier(
        "company", admission_fee=300_000, annual_dues=1_000_000, seats=5, holder="organisation"
    )
    people = {name: factories.make_user(name, email=f"{name}@example.test") for name in PEOPLE}
    this_year, last_year = clock.today().year, clock.today().year - 2
    regular_member = factories.make_member(
        people["regular"], tier=regular_tier, branch=busan, paid_until=date(this_year, 12, 31)
    )
    factories.make_member(
        people["associate"], tier=associate_tier, branch=busan, paid_until=date(this_year, 12, 31)
    )
    lapsed_member = factories.make_member(
        people["lapsed"], tier=regular_tier, branch=daegu, paid_until=date(last_year, 12, 31)
    )
    company = factories.make_member(
        organisation=factories.make_organisation(),
        tier=company_tier,
        branch=hq,
        paid_until=date(this_year, 12, 31),
    )
    factories.make_seat(company, people["company_rep"], Seat.Role.REPRESENTATIVE)
    factories.make_seat(company, people["company_seat"])
    for name, role, branch in [
        ("officer", Role.BRANCH_OFFICER, busan),
        ("other_officer", Role.BRANCH_OFFICER, daegu),
        ("reviewer", Role.REVIEWER, hq),
        ("treasurer", Role.TREASURER, hq),
        ("editor", Role.EDITOR, hq),
        ("doorkeeper", Role.DOORKEEPER, hq),
        ("auditor", Role.AUDITOR, hq),
        ("head_office", Role.SECRETARIAT, hq),
    ]:
        factories.appoint(people[name], role, branch)
    return Cast(
        hq=hq,
        busan=busan,
        daegu=daegu,
        regular_tier=regular_tier,
        associate_tier=associate_tier,
        company_tier=company_tier,
        regular_member=regular_member,
        lapsed_member=lapsed_member,
        company=company,
        **people,
    )


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    stage = Stage(make_cast)
    yield stage
    with django_db_blocker.unblock():
        stage.strike()


@pytest.fixture
def _set_stage(request: pytest.FixtureRequest, stage: Stage, django_db_blocker: Any) -> None:
    """For tests that ask for the cast and commit nothing. ``standing`` is the fixture of a module
    whose clock stands: the cast is made on its day."""
    names = request.fixturenames
    if "standing" in names:
        request.getfixturevalue("standing")
    with django_db_blocker.unblock():
        if "shared_cast" in names and not commits(request.node):
            stage.set()
        else:
            stage.strike()


@pytest.fixture
def _django_db_helper(_set_stage: None, _django_db_helper: None) -> None:
    """pytest-django's, which opens the test's own transaction: the stage is set before."""


@pytest.fixture
def shared_cast(db: None, stage: Stage) -> Cast:
    return stage.cast()


@pytest.fixture
def cast(shared_cast: Cast) -> Cast:
    return shared_cast


@pytest.fixture
def login(cast: Cast) -> Callable[[str], Client]:
    """``login("officer")`` is a client in which that member of the cast is logged in;
    ``login("visitor")`` is one in which nobody is."""

    def make(name: str) -> Client:
        client = Client()
        if name != "visitor":
            user = User.objects.get(pk=getattr(cast, name).pk)
            client.force_login(user, backend=BACKEND)
        return client

    return make


@pytest.fixture(autouse=True)
def _clean_surroundings(settings, tmp_path: Path) -> Iterator[None]:
    """Files of a test die with it; nothing is left in the cache for the next one."""
    settings.MEDIA_ROOT = tmp_path / "media"
    for cache in caches.all():
        cache.clear()
    yield
    for cache in caches.all():
        cache.clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        databases.share(patch)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Tests that commit delete their rows afterwards: on SQLite the triggers that forbid it are
    taken away. Those that forbid UPDATE stay, and PostgreSQL keeps both."""
    with django_db_blocker.unblock():
        databases.hand_out()
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT name FROM sqlite_master"
                    " WHERE type = 'trigger' AND name LIKE '%_no_delete'"
                )
                for (name,) in cursor.fetchall():
                    cursor.execute(f'DROP TRIGGER "{name}"')
        empty = Emptying()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: empty())
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Everything runs on both databases but for what is about SQLite. QUICK leaves out on the other
    one what asks for no database, or for nothing of it that could differ."""
    if connection.vendor != "sqlite":
        again = needs_database if os.environ.get("QUICK") else of_another_database
        config.hook.pytest_deselected(items=[item for item in items if not again(item)])
        items[:] = [item for item in items if again(item)]
    slow = {item.path for item in items if commits(item) or item.path.name in SLOW}
    size = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in slow, -size[item.path], item.path))


def pytest_configure() -> None:
    gc.set_threshold(*MUCH)


def pytest_collection_finish() -> None:
    keep()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    if nextitem and nextitem.path != item.path:
        keep()


def keep() -> None:
    """What lives now is not looked at again: modules, models, templates."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """After every test the counters of seats equal a recount; ``miscounts`` marks those that show
    what happens without a guard, or write rows past the actions."""
    result = yield
    may_differ = item.get_closest_marker("miscounts") or not needs_database(item)
    # The end of a response that a test has closed closes the connection, too.
    if not may_differ and not connection.closed_in_transaction and Ticket.objects.exists():
        assert [problem for check in COUNTS for problem in check()] == []
    return result


def commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or bool(marker and marker.kwargs.get("transaction"))


def of_another_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("of_sqlite") is None


def needs_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("one_database") or not of_another_database(item):
        return False
    asked = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None
