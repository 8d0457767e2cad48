"""Stripe's own description of its API, and the checks that we draw from it.

Every request that reaches the sandbox and every answer that leaves it passes through here, so
what the portal learns to say to the sandbox is what Stripe understands. The description covers
shapes, not behaviour; behaviour is in `engine`.
"""

import json
import re
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from jsonschema.exceptions import ValidationError, best_match
from openapi_schema_validator import OAS31Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from .errors import ContractBroken, StripeError

DEFAULT_PATH = Path(__file__).resolve().parents[3] / "tests" / "contracts" / "stripe-contract.json"
ROOT = "urn:stripe"
FORM = "application/x-www-form-urlencoded"


class Operation(NamedTuple):
    """One method on one path of the contract, for example `POST /v1/checkout/sessions`."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Contract:
    """The parsed description, with its validators compiled once and kept."""

    def __init__(self, path: Path = DEFAULT_PATH) -> None:
        document = json.loads(path.read_text(encoding="utf-8"))
        self.version: str = document["info"]["version"]
        self._document = _strict(document)
        self._registry = Registry().with_resource(ROOT, DRAFT202012.create_resource(self._document))
        self._validators: dict[str, OAS31Validator] = {}

    @cached_property
    def _routes(self) -> list[tuple[re.Pattern[str], Operation]]:
        # Literal paths first: /v1/refunds/{refund} must not be tried before /v1/refunds.
        return [
            (
                re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)),
                Operation(verb.upper(), path),
            )
            for path in sorted(self._document["paths"], key=lambda path: path.count("{"))
            for verb in self._document["paths"][path]
        ]

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation that a request means, and the ids in its path."""
        for pattern, operation in self._routes:
            if operation.method == method and (found := pattern.fullmatch(path)):
                return operation, found.groupdict()
        raise StripeError(
            f"Unrecognized request URL ({method}: {path}).", status=404, code="url_invalid"
        )

    def read(self, operation: Operation, encoded: str) -> dict[str, Any]:
        """Form-encoded parameters as typed values; StripeError when the contract forbids them."""
        pointer, schema = self._request_schema(operation)
        params = self._typed(decode(encoded), schema)
        if error := best_match(self._validator(pointer).iter_errors(params)):
            raise _refusal(error)
        return params

    def check_answer(self, operation: Operation, body: object) -> None:
        """A success of this operation; refusals go through `check_error`."""
        verb = operation.method.lower()
        self._check(
            body,
            _pointer("paths", operation.path, verb, "responses", "200", "content",
                     "application/json", "schema"),
        )  # fmt: skip

    def check_error(self, body: object) -> None:
        self._check(body, _pointer("components", "schemas", "error"))

    def check_object(self, body: dict[str, Any]) -> None:
        """An object by its own `object` name; charges and disputes are not in the contract."""
        if body["object"] in self._document["components"]["schemas"]:
            self._check(body, _pointer("components", "schemas", body["object"]))

    def _check(self, body: object, pointer: str) -> None:
        if error := best_match(self._validator(pointer).iter_errors(body)):
            raise ContractBroken(f"{error.json_path}: {error.message}")

    def _validator(self, pointer: str) -> OAS31Validator:
        if pointer not in self._validators:
            self._validators[pointer] = OAS31Validator(
                {"$ref": ROOT + pointer}, registry=self._registry
            )
        return self._validators[pointer]

    def _request_schema(self, operation: Operation) -> tuple[str, dict[str, Any]]:
        verb = operation.method.lower()
        pointer = _pointer("paths", operation.path, verb, "requestBody", "content", FORM, "schema")
        return pointer, self._document["paths"][operation.path][verb]["requestBody"]["content"][
            FORM
        ]["schema"]

    def _typed(self, value: Any, schema: dict[str, Any]) -> Any:
        """Form values are all text; the schema says which of them are numbers, lists, yes or no."""
        if "$ref" in schema:
            *_, name = schema["$ref"].split("/")
            return self._typed(value, self._document["components"]["schemas"][name])
        if "anyOf" in schema:
            candidates = [self._typed(value, choice) for choice in schema["anyOf"]]
            fits = (
                candidate
                for candidate, choice in zip(candidates, schema["anyOf"], strict=True)
                if OAS31Validator(choice, registry=self._registry).is_valid(candidate)
            )
            return next(fits, candidates[0])
        match schema.get("type"), value:
            case "integer", str() if re.fullmatch(r"-?\d{1,18}", value):
                return int(value)
            case "boolean", "true" | "false":
                return value == "true"
            case "array", dict() if all(index.isdigit() for index in value):
                items = [value[index] for index in sorted(value, key=int)]
                return [self._typed(item, schema["items"]) for item in items]
            case "array", list():
                return [self._typed(item, schema["items"]) for item in value]
            case "object", dict():
                known, rest = schema.get("properties", {}), schema.get("additionalProperties")
                return {
                    key: self._typed(item, known.get(key) or rest or {})
                    for key, item in value.items()
                }
        return value


def decode(encoded: str) -> dict[str, Any]:
    """`a[b][0]=x` as nested dicts, `a[]=x` as a list, in the way that Stripe reads a form."""
    decoded: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True, max_num_fields=2000):
        head, *rest = re.findall(r"^[^\[\]]+|\[[^\[\]]*\]", name) or [name]
        keys = [head, *(part[1:-1] for part in rest)]
        place = decoded
        for key, following in pairwise(keys):
            if following == "":
                break
            place = place.setdefault(key, {})
            if not isinstance(place, dict):
                raise StripeError(f"Invalid {name}", param=name)
        if keys[-1] == "" and len(keys) > 1:
            place = place.setdefault(keys[-2], [])
            if not isinstance(place, list):
                raise StripeError(f"Invalid array: {name}", param=name)
            place.append(value)
        elif isinstance(place.get(keys[-1]), dict | list):
            raise StripeError(f"Invalid {name}", param=name)
        else:
            place[keys[-1]] = value
    return decoded


def _strict(node: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable` spelled out, query parameters as one object.

    Objects that list their properties are closed: a name that Stripe does not know is refused in
    a request, and never leaves in an answer.
    """
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "responses" in node:
        node = node | {"requestBody": {"content": {FORM: {"schema": _one_object(node)}}}}
        return {key: _strict(node[key]) for key in ("requestBody", "responses")}
    closed = {key: _strict(item) for key, item in node.items() if key != "nullable"}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    if node.get("nullable") is True:
        return {"anyOf": [closed, {"type": "null"}]}
    return closed


def _one_object(operation: dict[str, Any]) -> dict[str, Any]:
    """Query parameters and body parameters of an operation as one object schema."""
    body = operation.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
    queries = [item for item in operation.get("parameters", []) if item["in"] == "query"]
    return {
        "type": "object",
        "properties": {item["name"]: item["schema"] for item in queries}
        | body.get("properties", {}),
        "required": [item["name"] for item in queries if item.get("required")]
        + body.get("required", []),
    }


@cache
def _pointer(*parts: str) -> str:
    escaped = (part.replace("~", "~0").replace("/", "~1") for part in parts)
    return "#/" + "/".join(part.replace("{", "%7B").replace("}", "%7D") for part in escaped)


def _refusal(error: ValidationError) -> StripeError:
    """What JSON Schema found, in Stripe's words."""
    param = _bracketed([str(part) for part in error.absolute_path])
    if error.validator == "required":
        name = next(name for name in error.validator_value if name not in error.instance)
        param = _bracketed([*map(str, error.absolute_path), name])
        return StripeError(
            f"Missing required param: {param}.", code="parameter_missing", param=param
        )
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        name = next(name for name in error.instance if name not in known)
        param = _bracketed([*map(str, error.absolute_path), name])
        return StripeError(
            f"Received unknown parameter: {param}", code="parameter_unknown", param=param
        )
    if error.validator == "type" and error.validator_value == "integer":
        return StripeError(
            f"Invalid integer: {error.instance}", code="parameter_invalid_integer", param=param
        )
    if error.validator == "enum":
        choices = ", ".join(str(choice) for choice in error.validator_value)
        return StripeError(f"Invalid {param}: must be one of {choices}", param=param)
    return StripeError(f"Invalid {param}: {error.message}", param=param)


def _bracketed(parts: list[str]) -> str:
    return "".join(f"[{part}]" if index else part for index, part in enumerate(parts))
