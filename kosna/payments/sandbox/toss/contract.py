"""What Toss Payments takes and answers, as schemas (`contract.json`), and the checks that we draw
from them. Shapes only; behaviour is in `engine`."""

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from ..errors import ContractBroken, TossError

PATH = Path(__file__).with_name("contract.json")


class Contract:
    """The parsed schemas, each validator compiled once and kept."""

    def __init__(self) -> None:
        self.document = json.loads(PATH.read_text(encoding="utf-8"))
        self.operations: dict[str, dict[str, str]] = self.document["operations"]
        self._validators: dict[str, Draft202012Validator] = {}

    @cached_property
    def _routes(self) -> list[tuple[str, re.Pattern[str], str]]:
        # Literal paths first: /v1/payments/confirm is no payment's.
        return [
            (verb, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), operation)
            for operation in sorted(self.operations, key=lambda each: each.count("{"))
            for verb, path in [operation.split(" ")]
        ]

    def match(self, verb: str, path: str) -> tuple[str, dict[str, str]]:
        """The operation that a request means, and the ids in its path."""
        for known, pattern, operation in self._routes:
            if known == verb and (found := pattern.fullmatch(path)):
                return operation, found.groupdict()
        raise TossError("NOT_FOUND", "존재하지 않는 정보 입니다.", status=404)

    def read(self, operation: str, query: str, text: str) -> dict[str, Any]:
        """The parameters of a request. Raises TossError when the schema forbids them."""
        try:
            params = json.loads(text) if text else dict(parse_qsl(query))
        except ValueError:
            raise TossError("INVALID_REQUEST", "잘못된 요청입니다.") from None
        if "limit" in params:
            params["limit"] = int(params["limit"]) if params["limit"].isdecimal() else -1
        if problem := self._problem(self.operations[operation]["request"], params):
            raise TossError("INVALID_REQUEST", f"잘못된 요청입니다. {problem}"[:500])
        return params

    def check_answer(self, operation: str, body: object) -> None:
        self.check(self.operations[operation]["answer"], body)

    def check(self, name: str, body: object) -> None:
        if problem := self._problem(name, body):
            raise ContractBroken(f"{name}: {problem}")

    def _problem(self, name: str, body: object) -> str:
        if name not in self._validators:
            schema = {"$ref": f"#/$defs/{name}", "$defs": self.document["$defs"]}
            self._validators[name] = Draft202012Validator(schema)
        error = best_match(self._validators[name].iter_errors(body))
        return f"{error.json_path}: {error.message}" if error else ""
