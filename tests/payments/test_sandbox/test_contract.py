"""Everything that the sandbox says, held against Stripe's own description by a reader that shares
no code with it."""

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe
from django.conf import settings
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from kosna.payments.sandbox import Sandbox

from .conftest import PARAMS

CONTRACT = Path(settings.BASE_DIR) / "tests" / "contracts" / "stripe-contract.json"
DOCUMENT = json.loads(CONTRACT.read_text(encoding="utf-8"))
OPERATIONS = {(verb.upper(), path) for path, verbs in DOCUMENT["paths"].items() for verb in verbs}
SESSIONS, REFUNDS = "/v1/checkout/sessions", "/v1/refunds"


def with_nulls(node: Any) -> Any:
    """OpenAPI's ``nullable`` as JSON Schema says it (see the README beside the contract)."""
    if isinstance(node, list):
        return [with_nulls(item) for item in node]
    if not isinstance(node, dict):
        return node
    rest = {name: with_nulls(item) for name, item in node.items() if name != "nullable"}
    return {"anyOf": [rest, {"type": "null"}]} if node.get("nullable") is True else rest


READABLE = DRAFT202012.create_resource(with_nulls(DOCUMENT))
REGISTRY = Registry().with_resource("urn:contract", READABLE)


def complaints(pointer: str, body: object) -> list[str]:
    schema = {"$ref": f"urn:contract#{pointer}"}
    reader = Draft202012Validator(schema, registry=REGISTRY)
    return [error.message for error in reader.iter_errors(body)]


def folded(body: Any, inner: list[dict[str, Any]]) -> Any:
    """An answer with what was expanded in it taken out again (into ``inner``) and its id put back:
    charges are not in the contract, and each object is held against its own description."""
    if isinstance(body, list):
        return [folded(item, inner) for item in body]
    if not isinstance(body, dict):
        return body
    whole = {name: folded(item, inner) for name, item in body.items()}
    for name in ("payment_intent", "latest_charge", "charge"):
        if isinstance(whole.get(name), dict):
            inner.append(whole[name])
            whole[name] = whole[name]["id"]
    return whole


def wrong_in(verb: str, path: str, status: int, body: dict[str, Any]) -> list[str]:
    inner: list[dict[str, Any]] = []
    found = complaints(pointer_to(verb, path, status), folded(body, inner))
    for thing in inner:
        if thing["object"] in DOCUMENT["components"]["schemas"]:
            found += complaints(f"/components/schemas/{thing['object']}", thing)
    return found


def pointer_to(verb: str, path: str, status: int) -> str:
    if status != 200:
        return "/components/schemas/error"
    place = path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
    return f"/paths/{place}/{verb.lower()}/responses/200/content/application~1json/schema"


class Wire:
    """Speaks HTTP by hand and keeps every answer: (verb, path of the contract, status, body)."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.host = sandbox.url.removeprefix("http://")
        self.answers: list[tuple[str, str, int, dict[str, Any]]] = []

    def ask(
        self, verb: str, path: str, ids: dict[str, str] | None = None, key: str = "", **params: Any
    ) -> dict[str, Any]:
        connection = http.client.HTTPConnection(self.host, timeout=10)
        address, encoded = path.format(**ids or {}), flat(params)
        headers = {"Authorization": "Bearer sk_test_wire"} | (
            {"Idempotency-Key": key} if key else {}
        )
        if verb == "GET":
            connection.request(verb, f"{address}?{encoded}", headers=headers)
        else:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request(verb, address, encoded, headers | form)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        self.answers.append((verb, path, answer.status, body))
        return body


def flat(params: Any, prefix: str = "") -> str:
    """Nested parameters in Stripe's form encoding."""

    def pairs(value: Any, name: str) -> Iterator[tuple[str, Any]]:
        if isinstance(value, dict):
            for key, item in value.items():
                yield from pairs(item, f"{name}[{key}]" if name else key)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from pairs(item, f"{name}[{index}]")
        else:
            yield name, value

    return urlencode(list(pairs(params, prefix)))


@pytest.fixture
def wire(sandbox: Sandbox) -> Wire:
    return Wire(sandbox)


def a_whole_life(wire: Wire, sandbox: Sandbox) -> None:
    """Every operation, with every state of its object, and refusals of every status."""
    sandbox.configure(async_delay=None)
    paid, slow, lost, over = (wire.ask("POST", SESSIONS, **PARAMS)["id"] for _ in range(4))
    sandbox.decline(paid)
    sandbox.pay(paid)
    sandbox.pay(slow, later="succeeded")
    sandbox.decline(lost)
    wire.ask("POST", SESSIONS + "/{session}", {"session": paid}, metadata={"seat": "3"})
    wire.ask("POST", SESSIONS + "/{session}/expire", {"session": over})
    wire.ask("POST", SESSIONS + "/{session}/expire", {"session": over})  # 400
    wire.ask("GET", SESSIONS + "/{session}", {"session": "cs_test_nobody"})  # 404
    deep = ["payment_intent.latest_charge", "line_items"]
    for session in (paid, slow, lost, over):
        found = wire.ask("GET", SESSIONS + "/{session}", {"session": session}, expand=deep)
        if intent := found["payment_intent"]:
            wire.ask("GET", "/v1/payment_intents/{intent}", {"intent": intent["id"]})
    sandbox.settle(slow)
    intents = [sandbox.engine.get("checkout.session", id)["payment_intent"] for id in (paid, slow)]
    refund = wire.ask("POST", REFUNDS, payment_intent=intents[0], amount=1_000)["id"]
    sandbox.configure(refunds="pending")
    pending = wire.ask("POST", REFUNDS, payment_intent=intents[0], amount=2_000)["id"]
    sandbox.settle_refund(pending, "failed")
    wire.ask("POST", REFUNDS, payment_intent=intents[0], amount=999_999)  # 400
    for id in (refund, pending):
        wire.ask("GET", REFUNDS + "/{refund}", {"refund": id}, expand=["charge"])
    sandbox.close_dispute(sandbox.dispute(intents[1])["id"], "lost")
    wire.ask("GET", SESSIONS, limit=3, expand=["data.payment_intent"])
    wire.ask("GET", REFUNDS, payment_intent=intents[0])
    for event in wire.ask("GET", "/v1/events", limit=100)["data"]:
        wire.ask("GET", "/v1/events/{id}", {"id": event["id"]})
    sandbox.fail_next(operation="POST /v1/refunds")
    wire.ask("POST", REFUNDS, payment_intent=intents[0], amount=1)  # 500
    wire.ask("POST", REFUNDS, key="one", payment_intent=intents[0], amount=10)
    wire.ask("POST", REFUNDS, key="one", payment_intent=intents[0], amount=11)  # 400


def test_every_answer_is_one_that_stripe_would_give(wire, sandbox):
    a_whole_life(wire, sandbox)
    wrong = {
        (verb, path, status): found
        for verb, path, status, body in wire.answers
        if (found := wrong_in(verb, path, status, body))
    }
    assert wrong == {}
    assert {(verb, path) for verb, path, _status, _body in wire.answers} == OPERATIONS
    assert {status for _verb, _path, status, _body in wire.answers} == {200, 400, 404, 500}


@pytest.mark.parametrize(
    ("name", "value"), [("amount_total", "66000"), ("currency", None), ("status", "paid")]
)
def test_twin_an_answer_bent_by_hand_is_caught(wire, sandbox, name, value):
    session = wire.ask("POST", SESSIONS, **PARAMS)
    pointer = pointer_to("GET", SESSIONS + "/{session}", 200)
    assert complaints(pointer, session) == []
    assert complaints(pointer, session | {name: value, "expires_at": None})


def test_the_sandbox_serves_what_the_contract_names_and_nothing_else(sandbox):
    assert set(sandbox.api.operations) == {f"{verb} {path}" for verb, path in OPERATIONS}


@pytest.mark.parametrize(
    ("seconds", "is_taken"),
    [
        (29 * 60, False),
        (30 * 60 - 10, False),
        (30 * 60 + 5, True),
        (24 * 3600 - 5, True),
        (24 * 3600 + 10, False),
    ],
)
def test_a_session_lives_thirty_minutes_to_a_day(wire, seconds, is_taken):
    answer = wire.ask("POST", SESSIONS, **PARAMS, expires_at=int(time.time()) + seconds)
    assert ("id" in answer) == is_taken
    assert is_taken or answer["error"]["param"] == "expires_at"


# Idempotency, as docs.stripe.com tells it


def test_a_500_is_replayed_even_when_its_refund_was_made(wire, sandbox, client, session):
    sandbox.pay(session.id)
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    sandbox.fail_next(operation="POST /v1/refunds", moment="after")
    for _ in range(3):
        wire.ask("POST", REFUNDS, key="re:1", payment_intent=intent, amount=1_000)
    assert [status for *_rest, status, _body in wire.answers] == [500] * 3
    assert sandbox.truth()["refunded"] == 1_000
    wire.ask("POST", REFUNDS, key="re:2", payment_intent=intent, amount=1_000)
    assert sandbox.truth()["refunded"] == 2_000  # which is why we look before another key


def test_other_parameters_under_a_key_are_refused_whatever_the_first_answer_was(wire, sandbox):
    sandbox.fail_next()
    first = wire.ask("POST", SESSIONS, key="cs:1", **PARAMS)
    assert first["error"]["type"] == "api_error"
    other = wire.ask("POST", SESSIONS, key="cs:1", **PARAMS | {"locale": "en"})
    assert other["error"]["type"] == "idempotency_error"
    assert sandbox.truth()["sessions"] == []


def test_a_key_belongs_to_its_account(client, sandbox):
    other = stripe.StripeClient("sk_test_other", base_addresses={"api": sandbox.url})
    made = {
        each.v1.checkout.sessions.create(PARAMS, {"idempotency_key": "cs:1"}).id
        for each in (client, other)
    }
    assert len(made) == 2


# Events


def test_an_event_of_three_days_ago_is_signed_today(sandbox, portal, session):
    sandbox.hold()
    sandbox.expire(session.id)
    event = sandbox.events()[0]
    sandbox.advance(72 * 3600)
    assert [answer["status"] for answer in sandbox.release()] == [200]
    assert portal.events[0].created == event["created"] <= time.time()


def test_events_arrive_in_an_order_that_is_named(sandbox, portal, session):
    sandbox.hold()
    sandbox.decline(session.id)
    sandbox.pay(session.id)
    ids = [event["id"] for event in sandbox.events()]
    sandbox.release([ids[2], ids[0], ids[2], ids[1]])
    assert [event.id for event in portal.events] == [ids[2], ids[0], ids[2], ids[1]]


# Disputes, which the contract leaves out


def test_only_a_won_dispute_lets_the_rest_be_refunded(sandbox, client, session):
    sandbox.pay(session.id)
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    client.v1.refunds.create({"payment_intent": intent, "amount": 6_000})
    dispute = sandbox.dispute(intent)
    assert dispute["amount"] == 60_000
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent, "amount": 1})
    assert refusal.value.code == "charge_disputed"
    sandbox.close_dispute(dispute["id"], "won")
    assert client.v1.refunds.create({"payment_intent": intent}).amount == 60_000


def test_what_a_dispute_takes_is_not_there_any_more(sandbox, client, session):
    sandbox.pay(session.id)
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    sandbox.close_dispute(sandbox.dispute(intent)["id"], "lost")
    truth = sandbox.truth()
    assert (truth["captured"], truth["lost"], truth["balance"]) == (66_000, 66_000, 0)
