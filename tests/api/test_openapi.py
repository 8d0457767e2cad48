"""Every operation of the OpenAPI document, asked by schemathesis with a key and with none: in
process, so that the test's transaction undoes what was written."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS31Validator
from schemathesis import GenerationMode, checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks as rules

from events import actions
from kosna.api import actions as api
from kosna.wsgi import application
from tests import factories
from tests.api.programs import issue
from tests.events.doors import make_device

pytestmark = pytest.mark.django_db
CHECKS = [
    checks.not_a_server_error,
    rules.status_code_conformance,
    rules.content_type_conformance,
    rules.response_headers_conformance,
    rules.response_schema_conformance,
    rules.negative_data_rejection,
]
EXAMPLES = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OPERATIONS = [
    "list_events", "create_event", "show_event", "change_event", "publish_event",
    "unpublish_event", "list_registrations", "show_roster", "hand_in_scans", "show_arrivals",
    "list_reports", "show_report", "list_series", "show_series", "list_values",
]  # fmt: skip


def _served(environ: dict[str, Any], start: Any) -> Any:
    """As a server hands a request over: with the sender's address, which goes on record."""
    return application(environ | {"REMOTE_ADDR": "127.0.0.1"}, start)


def _sent_wrong(case: Any, *, is_at_home: bool) -> bool:
    """Whether something wrong was sent that this test has not put right: the key always is its
    own, and a known slug (`is_at_home`) is not the one that was drawn."""
    put_right = {ParameterLocation.HEADER}
    if is_at_home:
        put_right.add(ParameterLocation.PATH)
    return any(case.meta.is_negative_at(where) for where in set(case.meta.components) - put_right)


def _checks(case: Any, *, is_known: bool, is_wrong: bool) -> list[Any]:
    """What is to be written may fit the document and still break a rule of events."""
    if is_wrong:
        return CHECKS
    may_be_refused = case.method != "GET" or not is_known
    return CHECKS[:-1] if may_be_refused else [*CHECKS[:-1], rules.positive_data_acceptance]


@pytest.fixture
def schema(db: None) -> Iterator[Any]:
    """The end of a request closes the connection, and with it the test's transaction: not here, as
    in Django's own client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", _served)
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def keys(cast: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Of a program and of a device, at an event where somebody is expected."""
    monkeypatch.setattr(api, "MOST_A_MINUTE", 10_000)
    event = factories.make_event("seminar", branch=cast.busan)
    factories.make_place(factories.make_ticket(event))
    factories.make_event("draft", branch=cast.busan, status="draft")
    factories.make_report("seminar")
    factories.make_values(factories.make_series("seminar"), {"2025": "12.3"})
    return {"program": issue(cast), "device": actions.token_of(make_device(event, by=cast.officer))}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_answers_as_it_is_described(
    name: str, schema: Any, keys: dict[str, str]
) -> None:
    operation = schema.find_operation_by_id(name)
    is_of_the_door = name in ("show_roster", "hand_in_scans")
    key = keys["device" if is_of_the_door else "program"]
    asked: set[int] = set()

    right, wrong = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @given(st.one_of(right, wrong), st.sampled_from(["seminar", "draft", None]))
    @EXAMPLES
    def ask(case: Any, slug: str | None) -> None:
        for parameter in case.path_parameters or ():
            case.path_parameters[parameter] = slug or case.path_parameters[parameter]
        for header, is_known in ((f"Bearer {key}", True), ("Bearer kosna_none", False)):
            response = case.call(headers={"Authorization": header})
            is_wrong = is_known and _sent_wrong(case, is_at_home=bool(slug))
            asked_of = _checks(case, is_known=is_known, is_wrong=is_wrong)
            case.validate_response(response, checks=asked_of)
            if is_known:
                asked.add(response.status_code)
            else:  # an address that is none, or holds a NUL, is not asked for a key
                assert response.status_code in (400, 401, 404)

    ask()
    assert asked - {401}


@pytest.mark.parametrize("cursor", ["0", "007", "1", "9" * 18, "MTI", "１", "9" * 19, "-1"])
def test_a_cursor_is_taken_where_the_document_says_so(
    cursor: str, client: Any, keys: dict[str, str]
) -> None:
    key = {"Authorization": f"Bearer {keys['program']}"}
    for path in ("events", "reports"):
        document = client.get("/api/v1/openapi.json").json()
        parameters = document["paths"][f"/{path}"]["get"]["parameters"]
        [schema] = [row["schema"] for row in parameters if row["name"] == "after"]
        fits = OAS31Validator(schema).is_valid(cursor)
        answer = client.get(f"/api/v1/{path}", {"after": cursor}, headers=key)
        assert answer.status_code == (200 if fits else 422), path


def test_the_document_names_every_operation_and_is_itself_right(schema: Any, client: Any) -> None:
    document = client.get("/api/v1/openapi.json", headers={"Accept-Language": "en"}).json()
    assert document["openapi"] == "3.1.0"
    told = [
        operation["operationId"]
        for methods in document["paths"].values()
        for method, operation in methods.items()
        if method != "parameters"
    ]
    assert told == OPERATIONS
    for component in document["components"]["schemas"].values():
        OAS31Validator.check_schema(component)
    page = client.get("/api/v1/").content.decode()
    assert [name for name in told if f'id="{name}"' not in page] == []
    assert "<style" not in page and "https://" not in page.replace("https://schema.org", "")
