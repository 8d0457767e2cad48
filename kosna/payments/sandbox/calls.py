"""What every API here does besides its effects: it goes wrong when it is told to, and answers a key
that it knows with what it answered before."""

import json
import time
from collections.abc import Callable, Collection
from typing import Any

from .errors import ApiError, ContractBroken
from .store import Body, Store

FAULTS = ("error", "timeout", "slow")
MOMENTS = ("before", "after")
Answer = tuple[int, Body | None]  # no body when the connection is to be cut


class Calls:
    """The base of an API: its words for what all of them have to say."""

    store: Store
    operations: Collection[str]

    def broken(self, message: str) -> ApiError:
        """A 500."""
        raise NotImplementedError

    def key_of_another(self, key: str) -> ApiError:
        raise NotImplementedError

    def key_in_use(self) -> ApiError:
        raise NotImplementedError

    def senseless(self, message: str) -> ApiError:
        """A control was turned in a way that means nothing."""
        raise NotImplementedError

    def check_error(self, body: Body) -> None:
        """Raises ContractBroken when a refusal is not worded as the original words it."""
        raise NotImplementedError

    def fail_next(
        self,
        *,
        operation: str = "",
        kind: str = "error",
        moment: str = "before",
        seconds: float = 0,
        times: int = 1,
    ) -> None:
        """The next `times` calls of `operation` ("POST /v1/refunds"; any when empty) go wrong.

        kind: "error" is a 500; "timeout" holds the call for `seconds`, then cuts the connection;
        "slow" holds it, then answers as usual. moment: before or after the effect.
        """
        if kind not in FAULTS or moment not in MOMENTS:
            raise self.senseless(f"kind is one of {FAULTS}, moment one of {MOMENTS}")
        if operation and operation not in self.operations:
            raise self.senseless(f"operation is one of {', '.join(self.operations)}")
        with self.store.transaction():
            for _ in range(times):
                self.store.execute(
                    "INSERT INTO faults (operation, kind, moment, seconds) VALUES (?, ?, ?, ?)",
                    operation, kind, moment, seconds,
                )  # fmt: skip

    def claim(self, claim: str, key: str, fingerprint: str) -> tuple[int, Body] | None:
        """The answer that this key already has, or None after reserving it for this request."""
        with self.store.transaction():
            found = self.store.rows("SELECT * FROM answers WHERE key = ?", claim)
            if not found:
                self.store.execute(
                    "INSERT INTO answers (key, fingerprint) VALUES (?, ?)", claim, fingerprint
                )
                return None
        if found[0]["fingerprint"] != fingerprint:
            raise self.key_of_another(key)
        if found[0]["status"] is None:
            raise self.key_in_use()
        return found[0]["status"], json.loads(found[0]["body"])

    def run(self, operation: str, claim: str | None, effect: Callable[[], Any]) -> Answer:
        """`effect` in one transaction, with the fault that was ordered for it, its answer kept."""
        kind, moment, seconds = self._next_fault(operation)
        if moment == "before":
            time.sleep(seconds)
            if kind == "timeout":
                # The call never arrived: its key is still free.
                self.store.execute("DELETE FROM answers WHERE key = ?", claim)
                return 0, None
            if kind == "error":
                return self._refuse(claim, self.broken("The sandbox was told to fail."))
        try:
            with self.store.transaction():
                status, body = 200, effect()
                if kind == "error":
                    error = self.broken("The sandbox was told to fail.")
                    status, body = error.status, error.body
                self._keep(claim, status, body)
        except ApiError as refusal:
            self.check_error(refusal.body)
            status, body = self._refuse(claim, refusal)
        except ContractBroken as mistake:
            problem = self.broken(f"{operation} breaks the contract: {mistake}")
            status, body = self._refuse(claim, problem)
        if moment == "after":
            time.sleep(seconds)
            if kind == "timeout":
                return 0, None
        return status, body

    def _refuse(self, claim: str | None, refusal: ApiError) -> tuple[int, Body]:
        return self._keep(claim, refusal.status, refusal.body)

    def _keep(self, claim: str | None, status: int, body: Body) -> tuple[int, Body]:
        if claim:
            self.store.execute(
                "UPDATE answers SET status = ?, body = ? WHERE key = ?",
                status, json.dumps(body, ensure_ascii=False), claim,
            )  # fmt: skip
        return status, body

    def _next_fault(self, operation: str) -> tuple[str, str, float]:
        with self.store.transaction():
            found = self.store.rows(
                "SELECT * FROM faults WHERE operation IN ('', ?) ORDER BY seq LIMIT 1", operation
            )
            if not found:
                return "", "", 0
            self.store.execute("DELETE FROM faults WHERE seq = ?", found[0]["seq"])
        return found[0]["kind"], found[0]["moment"], found[0]["seconds"]
