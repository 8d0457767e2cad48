"""`/v1/…`: Stripe's API over the engine, with keys, versions, idempotency, expansion and faults.

The order is Stripe's: who are you, which operation, do the parameters fit the contract, has this
idempotency key been used, and only then the effect, whose answer is kept under that key.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from .calls import Answer, Calls
from .contract import Contract, Operation
from .engine import Engine, current_request
from .errors import StripeError
from .shapes import new_id
from .store import Body
from .web import Request, Response

EXPANDABLE = {
    "checkout.session": {"payment_intent": "payment_intent"},
    "payment_intent": {"latest_charge": "charge"},
    "refund": {"charge": "charge", "payment_intent": "payment_intent"},
    "charge": {"payment_intent": "payment_intent"},
}


class Api(Calls):
    def __init__(self, engine: Engine, contract: Contract) -> None:
        self.engine = engine
        self.store = engine.store
        self.contract = contract
        self.operations: dict[str, Callable[..., Body]] = {
            "GET /v1/checkout/sessions": self._list_sessions,
            "POST /v1/checkout/sessions": lambda params: engine.create_session(params),
            "GET /v1/checkout/sessions/{session}": lambda params, session: engine.get(
                "checkout.session", session, param="session"
            ),
            "POST /v1/checkout/sessions/{session}": lambda params, session: engine.update_session(
                session, params
            ),
            "POST /v1/checkout/sessions/{session}/expire": (
                lambda params, session: engine.expire_session(session)
            ),
            "GET /v1/payment_intents/{intent}": lambda params, intent: engine.get(
                "payment_intent", intent, param="intent"
            ),
            "GET /v1/refunds": self._list_refunds,
            "POST /v1/refunds": lambda params: engine.create_refund(params),
            "GET /v1/refunds/{refund}": lambda params, refund: engine.get("refund", refund),
            "GET /v1/events": self._list_events,
            "GET /v1/events/{id}": lambda params, id: engine.get("event", id),
        }

    def __call__(self, request: Request) -> Response:
        request_id = new_id("req", 14)
        headers = [("Request-Id", request_id), ("Stripe-Version", self.contract.version)]
        try:
            status, body, more = self._answer(request, request_id)
        except StripeError as refusal:
            status, body, more = refusal.status, refusal.body, []
            self.contract.check_error(body)
        if body is None:
            return Response.cut()
        return Response.json(body, status=status, headers=headers + more)

    def _answer(
        self, request: Request, request_id: str
    ) -> tuple[int, Body | None, list[tuple[str, str]]]:
        """(status, body, headers); no body when the connection is to be cut."""
        account = self._authenticate(request)
        operation, ids = self.contract.match(request.method, request.path)
        encoded = request.query if request.method == "GET" else request.text
        params = self.contract.read(operation, encoded)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if key is None:
            status, body = self._run(operation, params, ids, request_id, None)
            return status, body, []
        if len(key) > 255:
            raise StripeError("Idempotency keys have at most 255 characters.")
        claim = f"{account}:{key}"
        fingerprint = hashlib.sha256(
            f"{request.method} {request.path}\n{json.dumps(params, sort_keys=True)}".encode()
        ).hexdigest()
        headers = [("Idempotency-Key", key), ("Original-Request", request_id)]
        if earlier := self.claim(claim, key, fingerprint):
            return *earlier, [*headers, ("Idempotent-Replayed", "true")]
        status, body = self._run(operation, params, ids, request_id, claim, key)
        return status, body, headers

    def _authenticate(self, request: Request) -> str:
        """The key must be a test key: this is no place for a real one."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise StripeError("You did not provide an API key.", status=401)
        if not key.startswith("sk_test_"):
            raise StripeError(
                f"Invalid API Key provided: {key[:8]}***. The sandbox takes sk_test_… only.",
                status=401,
            )
        version = request.headers.get("stripe-version", self.contract.version)
        if version != self.contract.version:
            raise StripeError(f"Invalid Stripe API version: {version}")
        return key

    def _run(
        self,
        operation: Operation,
        params: dict[str, Any],
        ids: dict[str, str],
        request_id: str,
        claim: str | None,
        key: str | None = None,
    ) -> Answer:
        def effect() -> Body:
            body = self.operations[str(operation)](params, **ids)
            self.contract.check_answer(operation, body)
            return self._expand(body, params.get("expand", []))

        token = current_request.set((request_id, key))
        try:
            return self.run(str(operation), claim, effect)
        finally:
            current_request.reset(token)

    # Stripe's words for what every API has to say

    def broken(self, message: str) -> StripeError:
        return StripeError(message, status=500, type="api_error")

    def key_of_another(self, key: str) -> StripeError:
        return StripeError(
            "Keys for idempotent requests can only be used with the same parameters they were "
            f"first used with. Try using a key other than '{key}' if you meant to execute a "
            "different request.",
            type="idempotency_error",
        )

    def key_in_use(self) -> StripeError:
        return StripeError(
            "There is currently another in-progress request using this Idempotent Key. Please "
            "try again later.",
            status=409,
            type="idempotency_error",
            code="idempotency_key_in_use",
        )

    def senseless(self, message: str) -> StripeError:
        return StripeError(message)

    def check_error(self, body: Body) -> None:
        self.contract.check_error(body)

    # Lists and expansion

    def _list_sessions(self, params: dict[str, Any]) -> Body:
        return self._page("checkout.session", "/v1/checkout/sessions", params, ("status",))

    def _list_refunds(self, params: dict[str, Any]) -> Body:
        return self._page("refund", "/v1/refunds", params, ("charge",))

    def _list_events(self, params: dict[str, Any]) -> Body:
        return self._page("event", "/v1/events", params, ("type", "types"))

    def _page(self, kind: str, url: str, params: dict[str, Any], filters: tuple[str, ...]) -> Body:
        known = {"created", "ending_before", "expand", "limit", "starting_after", *filters}
        known |= set() if kind == "event" else {"payment_intent"}
        if unknown := sorted(set(params) - known):
            raise StripeError(f"The sandbox does not support {unknown[0]} here.", param=unknown[0])
        limit = params.get("limit", 10)
        if not 1 <= limit <= 100:
            raise StripeError("Invalid limit: must be between 1 and 100", param="limit")
        conditions: list[tuple[str, object]] = []
        for name in filters:
            if name == "types" and name in params:
                conditions.append((
                    "json_extract(body, '$.type') IN (SELECT value FROM json_each(?))",
                    json.dumps(params[name]),
                ))  # fmt: skip
            elif name in params:
                conditions.append((f"json_extract(body, '$.{name}') = ?", params[name]))
        created = params.get("created", {})
        ranges = created if isinstance(created, dict) else {"gte": created, "lte": created}
        signs = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
        conditions += [
            (f"json_extract(body, '$.created') {signs[name]} ?", value)
            for name, value in ranges.items()
        ]
        self.engine.tick()
        found = self.store.search(
            kind,
            intent=params.get("payment_intent"),
            conditions=tuple(conditions),
            after=params.get("starting_after"),
            before=params.get("ending_before"),
            limit=limit + 1,
        )
        has_more = len(found) > limit
        backwards = "ending_before" in params
        data = found[1:] if has_more and backwards else found[:limit]
        return {"object": "list", "data": data, "has_more": has_more, "url": url}

    def _expand(self, body: Body, paths: list[str]) -> Body:
        """Ids become the objects they stand for, each checked against its own schema."""
        if len(paths) > 20 or any(path.count(".") > 3 for path in paths):
            raise StripeError("Too many or too deep expansions.", param="expand")
        for path in paths:
            self._expand_path(body, path.split("."), path)
        return body

    def _expand_path(self, body: Body, parts: list[str], path: str) -> None:
        name, *rest = parts
        if body["object"] == "list":
            if name != "data" or not rest:
                raise StripeError(f"This property cannot be expanded ({path}).", param="expand")
            for item in body["data"]:
                self._expand_path(item, rest, path)
            return
        if body["object"] == "checkout.session" and name == "line_items" and not rest:
            body[name] = {
                "object": "list",
                "data": self.store.notes(body["id"])["lines"],
                "has_more": False,
                "url": f"/v1/checkout/sessions/{body['id']}/line_items",
            }
            self.contract.check_object(body | {"payment_intent": None})
            return
        kind = EXPANDABLE.get(body["object"], {}).get(name)
        if kind is None:
            raise StripeError(f"This property cannot be expanded ({path}).", param="expand")
        if isinstance(body[name], str):
            body[name] = self.store.get(kind, body[name])
            self.contract.check_object(body[name])
        if rest and body[name] is not None:
            self._expand_path(body[name], rest, path)
