"""The permission document, executable: every address x every member of the cast -> status.

``open_to`` names who gets ``ok``; a visitor is sent to log in; the rest get 403 where their
offices open nothing of the kind, and 404 where the row is not theirs (``hidden_from``), exactly as
if it did not exist. Rows of staff pages stand in Busan: Daegu's officer must never learn of them.
The rows are in ``tests/access/matrix``, what they speak of in ``tests/access/world``.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from events.models import Proposal, Registration
from kosna.accounts.models import User
from kosna.branches.models import Appointment, Scope
from kosna.payments.models import Order
from kosna.roles import ROLES
from kosna.routes import routes
from members.directory.models import Introduction
from members.models import Application, Inspection
from members.programmes.models import ConsultingRequest, ProjectApplication
from research.models import SavedSearch
from tests.access.account_pages import ACCOUNT_PAGES
from tests.access.matrix import MATRIX
from tests.access.offices import holders
from tests.access.rows import EVERYBODY, SIGNED_IN, STAFF, Row
from tests.access.world import build
from tests.conftest import BACKEND, PEOPLE, Cast, make_cast

# Where time is short, who may what is decided by the same Python on both databases; that PostgreSQL
# answers the same rows, three find out: who owns, who must not see, and who sees all.
ASKING = sorted(
    {"regular", "other_officer", "head_office"}
    if connection.vendor != "sqlite" and os.environ.get("QUICK")
    else EVERYBODY
)


@pytest.fixture(scope="module")
def db(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A world is built once, its files below the path given; each row leaves it as it was."""
    media = tmp_path_factory.mktemp("media")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=media),
        undone(),
    ):
        yield media


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def cast(db: Path) -> Cast:
    return make_cast()


@pytest.fixture(scope="module")
def people(cast: Cast) -> dict[str, User]:
    return {name: getattr(cast, name) for name in PEOPLE} | holders(cast)


@pytest.fixture(scope="module")
def sessions(people: dict[str, User], world: dict[str, Any]) -> dict[str, Client]:
    clients = {who: Client() for who in EVERYBODY}
    for who, person in people.items():
        clients[who].force_login(User.objects.get(pk=person.pk), backend=BACKEND)
    for who, token in (("guest", "guest_token"), ("account", "claim_token")):
        clients[who].get(reverse("tickets:request-link", args=[world[token]]))
    return clients


@pytest.fixture
def login(sessions: dict[str, Client]) -> Callable[[str], Client]:
    def make(name: str) -> Client:
        client = Client()
        client.handler = sessions[name].handler  # whose middleware is there already
        client.cookies.update(sessions[name].cookies)
        return client

    return make


@pytest.fixture(autouse=True)
def _clean_surroundings(settings: Any, db: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = db
    for cache in caches.all():
        cache.clear()
    with undone():
        yield


@pytest.fixture(scope="module")
def world(cast: Cast) -> dict[str, Any]:
    return build(cast)


def address(row: Row, world: dict[str, Any]) -> str:
    return reverse(row.name, kwargs={name: world[key] for name, key in row.args.items()})


def ask(row: Row, client: Client, world: dict[str, Any]) -> int:
    """Leaves everything as the next one must find it."""
    with undone():
        response = getattr(client, row.method)(address(row, world))
        if response.streaming:
            b"".join(response.streaming_content)  # reads to the end, which closes the file
    return response.status_code


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.name)
def test_everybody_gets_the_stated_answer(
    row: Row, world: dict[str, Any], login: Callable[[str], Client]
) -> None:
    answers = {who: ask(row, login(who), world) for who in ASKING}

    assert answers == {who: row.expected(who) for who in ASKING}


def test_every_address_stands_in_the_matrix() -> None:
    ours = {
        route.name
        for route in routes()
        if route.view.split(".")[0] in ("kosna", "members", "events", "research")
        and route.access != "superuser"
    }

    assert {row.name for row in MATRIX} == ours - {"components"}  # DEBUG only


def test_every_office_stands_in_the_matrix(people: dict[str, User]) -> None:
    held = Appointment.objects.filter(user__in=people.values()).values_list("role", flat=True)

    assert set(held) == set(ROLES)


def test_every_place_of_the_desk_opens_for_whom_it_is_offered(
    world: dict[str, Any], login: Callable[[str], Client]
) -> None:
    """The menu, the queues and their oldest rows."""
    refused = {}
    for who in sorted(STAFF):
        client = login(who)
        page = client.get(reverse("desk")).content.decode()
        places = {link.partition("#")[0] for link in re.findall(r'href="(/staff/[^"]*)"', page)}
        refused[who] = {place for place in places if client.get(place).status_code != 200}

    assert refused == {who: set() for who in STAFF}


def absent(key: Any) -> Any:
    """A key of the same form that no row has."""
    if isinstance(key, int):
        return key + 7_654_321
    text = str(key)
    return text[:-1] + ("8" if text[-1] != "8" else "7")


def told(client: Client, url: str) -> tuple[int, bytes]:
    """What is answered, but for the address that a page echoes."""
    with undone():
        page = client.get(url)
        content = page.getvalue() if page.streaming else page.content
    for echoed in {url, quote(url), quote(url, safe="")}:
        content = content.replace(echoed.encode(), b"")
    return page.status_code, content


def test_a_foreign_row_answers_as_a_missing_one(
    world: dict[str, Any], login: Callable[[str], Client]
) -> None:
    """Body and all, whichever part of the address names it: an officer of another branch cannot
    tell the two apart."""
    client, who, differ = login("other_officer"), "other_officer", []
    rows = [row for row in MATRIX if row.method == "get" and row.expected(who) == 404 and row.args]
    for row in rows:
        keys = {name: world[key] for name, key in row.args.items()}
        foreign = told(client, address(row, world))
        assert foreign[0] == 404
        for name, key in keys.items():
            missing = reverse(row.name, kwargs={**keys, name: absent(key)})
            if told(client, missing) != foreign:
                differ.append((row.name, name))

    assert differ == []
    assert len(rows) > 120


def test_twin_without_the_scope_another_branch_reads_it(
    world: dict[str, Any], login: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hides the rows of Busan is the scope of the verb, and the matrix would notice."""
    names = ("members_staff:application", "members_staff:member", "payments_staff:order")
    rows = [row for row in MATRIX if row.name in names]
    assert [row.expected("other_officer") for row in rows] == [404] * 3
    monkeypatch.setattr(Scope, "narrow", lambda scope, rows, *_path: rows)
    assert [ask(row, login("other_officer"), world) for row in rows] == [200] * 3


def test_twin_without_the_verb_nobody_is_refused(
    world: dict[str, Any], login: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each 403 that a member meets is that of the verb, and the matrix would notice."""
    rows = [row for row in MATRIX if row.method == "get" and row.expected("regular") == 403]
    assert len(rows) > 200
    monkeypatch.setattr(Scope, "union", lambda scopes: Scope(everywhere=True))
    client = login("regular")
    client.raise_request_exception = False  # what a member has no business with may well break
    assert [row.name for row in rows if ask(row, client, world) == 403] == []


# Whose rows they are, by the queryset's word for it, and an address that would show another's.
PERSONAL = [
    (Application, "visible_to", "members:application", 200),
    (Inspection, "visible_to", "me:inspection-withdraw", 302),
    (Introduction, "visible_to", "directory_me:introduction", 200),
    (ConsultingRequest, "visible_to", "consulting:request", 200),
    (ProjectApplication, "visible_to", "projects:withdraw", 302),
    (Proposal, "visible_to", "events:proposal", 200),
    (SavedSearch, "visible_to", "research:saved-delete", 302),
    (Order, "visible_to", "me:booth-give-up", 200),
    (Order, "bought_by", "payments:order", 200),
    (Registration, "bought_by", "tickets:ticket-cancel", 200),
]


@pytest.mark.parametrize(("model", "word", "name", "shown"), PERSONAL)
def test_twin_without_an_owner_everybody_reads_it(
    model: Any,
    word: str,
    name: str,
    shown: int,
    world: dict[str, Any],
    login: Callable[[str], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (row,) = (row for row in MATRIX if row.name == name)
    assert row.expected("associate") == 404
    monkeypatch.setattr(type(model.objects.all()), word, lambda rows, _whose: rows)
    assert ask(row, login("associate"), world) == shown


@pytest.mark.parametrize("who", ["visitor", "account", "lapsed", "other_officer"])
def test_who_may_not_read_a_staff_page_may_not_send_it(
    who: str, world: dict[str, Any], login: Callable[[str], Client]
) -> None:
    """Most pages of the desk answer to both, and the matrix asks for them only once."""
    both = {
        route.name for route in routes()
        if route.pattern.startswith("/staff/") and set(route.methods) == {"GET", "POST"}
    }  # fmt: skip
    rows = [
        replace(row, method="post") for row in MATRIX
        if row.name in both and row.method == "get" and row.expected(who) in (302, 403, 404)
        and who not in row.open_to
    ]  # fmt: skip
    assert len(rows) > 80
    client = login(who)
    answers = {row.name: ask(row, client, world) for row in rows}
    assert answers == {row.name: row.expected(who) for row in rows}
    if who == "visitor":
        sent_to = {client.post(address(row, world)).url.partition("?")[0] for row in rows}
        assert sent_to == {reverse("account_login")}


def test_operators_pages_are_shut_to_everybody_else(login: Callable[[str], Client]) -> None:
    """The head office too; and nobody is told which of them there are."""
    addresses = [
        re.sub(r"<[^>]*>", "1", route.pattern)
        for route in routes()
        if route.access == "superuser" and "(?P" not in route.pattern
    ]
    inner = [address for address in addresses if "/log" not in address]
    assert len(inner) > 100
    for who in ("visitor", "head_office"):
        client = login(who)
        assert {client.get(address).status_code for address in inner} == {302}
    assert login("head_office").get("/admin/login/").status_code == 403


def test_pages_of_the_account_are_everybodys_own(login: Callable[[str], Client]) -> None:
    """No office and no membership opens or shuts one of allauth's, and of rows each person has only
    their own: there is none with this key."""
    found = {}
    for route in routes():
        if route.view.startswith("allauth"):
            address = re.sub(r"<[^>]*>", "1", route.pattern)
            answers = {who: login(who).get(address) for who in ASKING}
            people = {answers[who].status_code for who in ASKING if who in SIGNED_IN}
            visitor = login("visitor").get(address)
            found[route.name] = (visitor.status_code, *people)
            if route.access == "login":
                assert visitor.url.partition("?")[0] == reverse("account_login"), address
    assert found == ACCOUNT_PAGES
