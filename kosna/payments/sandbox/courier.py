"""Signed events on their way to the portal: in order, out of order, twice, late or never.

By itself the courier behaves like Stripe: it posts each event soon, and again with growing pauses
while the portal does not answer 2xx. The controls (hold, release, delay, copies) make it misbehave
in the ways that Stripe is known to.
"""

import hashlib
import hmac
import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .errors import StripeError, missing
from .store import Body, Store

RETRY_AFTER = (1, 5, 30, 120)  # seconds; Stripe itself goes on for three days
TIMEOUT = 20
WORKERS = 4
TICK = 0.5


def signature(payload: bytes, secret: str, at: int | None = None) -> str:
    """The `Stripe-Signature` header. Signed with the real time, which is what Stripe's library
    compares with, however old the event is."""
    stamp = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), b"%d." % stamp + payload, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


class Letter(NamedTuple):
    """An event, ready to be posted."""

    url: str
    payload: bytes
    headers: dict[str, str]


class Courier:
    """Delivery rows and the threads that work them off. `writers` say for each kind of event how
    it is posted, or None where nobody wants it."""

    def __init__(
        self,
        store: Store,
        *,
        webhook_url: str = "",
        secret: str = "",
        retry_after: Sequence[float] = RETRY_AFTER,
    ) -> None:
        self.store = store
        self.webhook_url = webhook_url
        self.secret = secret
        self.retry_after = tuple(retry_after)
        self.writers: dict[str, Callable[[Body], Letter | None]] = {"event": self._signed}
        self._work_to_do = threading.Semaphore(0)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, tick: Callable[[], None]) -> None:
        """`tick` lets time pass for sessions and slow payments."""
        self._threads = [
            threading.Thread(target=self._work, name=f"sandbox-courier-{number}", daemon=True)
            for number in range(WORKERS)
        ]
        self._threads.append(
            threading.Thread(target=self._clock, args=(tick,), name="sandbox-clock", daemon=True)
        )
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._work_to_do.release(WORKERS)
        for thread in self._threads:
            thread.join(timeout=TIMEOUT)

    def queue(self, event: str) -> None:
        """A new event, inside the transaction that made it."""
        if self._letter(self._event(event)) is None:
            return
        state = "held" if self.store.setting("hold") else "waiting"
        due = time.time() + self.store.setting("delay")
        for _ in range(self.store.setting("copies")):
            self._add(event, state, due)

    def send(self, event: str, *, delay: float = 0, copies: int = 1) -> None:
        """Once more, now or `delay` seconds from now, whatever happened to it before."""
        self._event(event)
        with self.store.transaction():
            for _ in range(copies):
                self._add(event, "waiting", time.time() + delay)

    def release(
        self,
        order: str | list[str] = "oldest",
        *,
        copies: int = 1,
        concurrently: bool = False,
    ) -> list[dict[str, Any]]:
        """Post held events here and now, and say what the portal answered; no retries.

        `order` is "oldest", "newest" or a list of event ids, which may repeat and need not be
        held. `concurrently` posts all at the same moment, each from a thread of its own.
        """
        with self.store.transaction():
            held = self.store.rows("SELECT event FROM deliveries WHERE state = 'held' ORDER BY seq")
            if isinstance(order, list):
                ids = order
            elif order in ("oldest", "newest"):
                ids = [row["event"] for row in held][:: 1 if order == "oldest" else -1]
            else:
                raise StripeError("order is oldest, newest or a list of event ids", param="order")
            events = [self._event(id) for id in ids for _ in range(copies)]
            for id in ids:
                self.store.execute("DELETE FROM deliveries WHERE event = ? AND state = 'held'", id)
        if concurrently and events:
            barrier = threading.Barrier(len(events))
            with ThreadPoolExecutor(len(events)) as pool:
                answers = list(pool.map(lambda event: self._post(event, barrier), events))
        else:
            answers = [self._post(event) for event in events]
        with self.store.transaction():
            for event, (status, answer) in zip(events, answers, strict=True):
                state = "delivered" if 200 <= status < 300 else "failed"
                self.store.execute(
                    "INSERT INTO deliveries (event, state, due, attempt, answer) "
                    "VALUES (?, ?, ?, 1, ?)",
                    event["id"], state, time.time(), answer,
                )  # fmt: skip
        return [
            {"event": event["id"], "type": event["type"], "status": status}
            for event, (status, _) in zip(events, answers, strict=True)
        ]

    def deliveries(self, event: str) -> list[dict[str, Any]]:
        return [
            dict(row)
            for row in self.store.rows(
                "SELECT state, due, attempt, answer FROM deliveries WHERE event = ? ORDER BY seq",
                event,
            )
        ]

    def wait(self, seconds: float = 10) -> bool:
        """Until nothing is on its way (held events stay); False when that takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.store.rows(
                "SELECT 1 FROM deliveries WHERE state IN ('waiting', 'sending') LIMIT 1"
            ):
                return True
            time.sleep(0.02)
        return False

    def _add(self, event: str, state: str, due: float) -> None:
        self.store.execute(
            "INSERT INTO deliveries (event, state, due) VALUES (?, ?, ?)", event, state, due
        )
        # Whoever wakes up now waits for the end of this transaction, then finds the row.
        self._work_to_do.release()

    def _event(self, id: str) -> Body:
        for kind in self.writers:
            if event := self.store.get(kind, id):
                return event
        raise missing("event", id)

    def _letter(self, event: Body) -> Letter | None:
        return self.writers[event["object"]](event)

    def _signed(self, event: Body) -> Letter | None:
        """As Stripe posts it."""
        if not self.webhook_url:
            return None
        payload = json.dumps(event, ensure_ascii=False, indent=2).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (sandbox)",
            "Stripe-Signature": signature(payload, self.secret),
        }
        return Letter(self.webhook_url, payload, headers)

    def _clock(self, tick: Callable[[], None]) -> None:
        while not self._stopping.wait(TICK):
            tick()

    def _work(self) -> None:
        while not self._stopping.is_set():
            if claimed := self._claim():
                self._deliver(*claimed)
            else:
                self._work_to_do.acquire(timeout=self._pause())

    def _pause(self) -> float:
        """Seconds until the next delivery is due, or until it is worth looking again."""
        found = self.store.rows("SELECT MIN(due) AS due FROM deliveries WHERE state = 'waiting'")
        due = found[0]["due"]
        return TICK if due is None else min(TICK, max(0.01, due - time.time()))

    def _claim(self) -> tuple[int, int, Body] | None:
        with self.store.transaction():
            found = self.store.rows(
                "SELECT seq, attempt, event FROM deliveries WHERE state = 'waiting' AND due <= ? "
                "ORDER BY due, seq LIMIT 1",
                time.time(),
            )
            if not found:
                return None
            seq, attempt, event = found[0]
            self.store.execute("UPDATE deliveries SET state = 'sending' WHERE seq = ?", seq)
            return seq, attempt, self._event(event)

    def _deliver(self, seq: int, attempt: int, event: Body) -> None:
        status, answer = self._post(event)
        if 200 <= status < 300:
            state, due = "delivered", time.time()
        elif attempt < len(self.retry_after):
            state, due = "waiting", time.time() + self.retry_after[attempt]
        else:
            state, due = "failed", time.time()
        self.store.execute(
            "UPDATE deliveries SET state = ?, due = ?, attempt = attempt + 1, answer = ? "
            "WHERE seq = ?",
            state, due, answer, seq,
        )  # fmt: skip

    def _post(self, event: Body, barrier: threading.Barrier | None = None) -> tuple[int, str]:
        """(HTTP status, what to show); status 0 when nobody answered."""
        letter = self._letter(event)
        if letter is None:
            return 0, "nobody wants it"
        url = urlsplit(letter.url)
        secure = url.scheme == "https"
        connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = connect(url.hostname or "", url.port, timeout=TIMEOUT)
        try:
            if barrier:
                barrier.wait(TIMEOUT)
            connection.request("POST", url.path or "/", letter.payload, letter.headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as failure:
            return 0, type(failure).__name__
        finally:
            connection.close()
        return status, str(status)
