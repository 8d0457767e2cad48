"""What nobody means, in every field of every page of the desk: a clear answer, never a crash.

Filters leave out what makes no sense, forms say so at the field; neither is any one page's affair
(``kosna.core.bounds``, whose own tests run on both databases)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from lxml import html

from tests.access.matrix import MATRIX
from tests.access.world import build
from tests.conftest import BACKEND, make_cast
from tests.test_access import undone

pytestmark = pytest.mark.one_database

# By what a field asks for; else it takes a key, a number or a choice.
DAYS = ["0001-01-01", "9999-12-31", "-1"]
INSTANTS = ["0001-01-01T00:00", "9999-12-31T23:59", "-1"]
NUMBERS = ["99999999999999999999", "2147483648", "-1"]
TEXTS = ["가" * 20_000, NUMBERS[0], "\0"]
NONSENSE = {
    "date": DAYS, "month": DAYS, "datetime-local": INSTANTS,
    "text": TEXTS, "search": TEXTS, "textarea": TEXTS,
}  # fmt: skip
KEPT = {"csrfmiddlewaretoken", "next"}
DESKS = ("head_office", "treasurer", "editor", "officer", "doorkeeper", "auditor")


@pytest.fixture(scope="module")
def db(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """One world for all pages, which each request leaves as it was."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), undone():
        yield


@pytest.fixture(scope="module")
def desk(db: None) -> "Desk":
    return Desk()


class Desk:
    """Every page of the desk, with the forms that stand there, each once: the same fields are the
    same form, whatever row it is about."""

    def __init__(self) -> None:
        cast = make_cast()
        world = build(cast)
        clients = {who: Client(raise_request_exception=False) for who in DESKS}
        for who, client in clients.items():
            client.force_login(getattr(cast, who), backend=BACKEND)
        self.forms: dict[tuple[str, tuple[str, ...]], tuple[Client, str, html.FormElement]] = {}
        for row in MATRIX:
            address = reverse(row.name, kwargs={key: world[of] for key, of in row.args.items()})
            who = next((each for each in DESKS if each in row.open_to), None)
            if row.method == "get" and row.ok == 200 and who and address.startswith("/staff/"):
                self._look(clients[who], address)

    def _look(self, client: Client, address: str) -> None:
        answer = ask(client, "get", address)
        if not answer.headers["Content-Type"].startswith("text/html"):
            return
        for form in html.fromstring(answer.content.decode()).forms:
            where = urlsplit(urljoin(address, form.get("action") or address)).path
            names = tuple(sorted(set(form.fields) - KEPT))
            if names:
                self.forms.setdefault((form.method.lower(), names), (client, where, form))

    def crashes(self, method: str) -> Iterator[tuple[str, dict[str, str]]]:
        """(where, what was typed) of what is not answered."""
        for (how, names), (client, where, form) in self.forms.items():
            if how != method:
                continue
            given: dict[str, list[Any]] = {}
            for name, value in form.form_values():
                given.setdefault(name, []).append(value)
            counts = [name for name in names if name.endswith(("-TOTAL_FORMS", "-INITIAL_FORMS"))]
            nonsense = {name: nonsense_for(form, name) for name in names if name not in counts}
            # All of it at once, of each field another kind; and of what filters, which might leave
            # out one for the sake of another, each alone.
            typed = [{name: nonsense[name][at % 3] for at, name in enumerate(sorted(nonsense))}]
            if method == "get":
                typed += [{name: value} for name, values in nonsense.items() for value in values]
            if counts:
                typed.append(dict.fromkeys(counts, NUMBERS[0]))
            for each in typed:
                if ask(client, method, where, given | each).status_code >= 500:
                    yield where, each


def nonsense_for(form: html.FormElement, name: str) -> list[str]:
    [field, *_more] = form.xpath(f".//*[@name={name!r}]")
    kind = field.get("type", "text") if field.tag == "input" else field.tag
    return NONSENSE.get(kind, NUMBERS)


def ask(client: Client, method: str, address: str, data: Any = None) -> Any:
    """Leaves everything as it was."""
    with undone():
        answer = getattr(client, method)(address, data)
        if answer.streaming:
            b"".join(answer.streaming_content)
    return answer


@pytest.mark.parametrize("method", ["get", "post"])
def test_nonsense_at_the_desk_is_answered(desk: Desk, method: str) -> None:
    assert len([key for key in desk.forms if key[0] == method]) > 30
    assert list(desk.crashes(method)) == []
