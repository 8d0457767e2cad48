"""The sandbox's memory: one SQLite file of its own, so that a restart forgets nothing.

One connection under one lock: every change is a transaction of its own, and threads take turns.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Body = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    intent TEXT,          -- the PaymentIntent that a session, charge, refund or dispute belongs to
    due REAL,             -- when the clock changes this object by itself
    body TEXT NOT NULL,   -- what Stripe would answer
    notes TEXT NOT NULL   -- what Stripe keeps to itself: line items, the outcome to come
);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_intent ON objects (intent, kind);
CREATE INDEX IF NOT EXISTS objects_due ON objects (due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL,
    state TEXT NOT NULL,  -- held, waiting, sending, delivered, failed
    due REAL NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS deliveries_state ON deliveries (state, due);
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    status INTEGER,       -- empty while the first request still runs
    body TEXT
);
CREATE TABLE IF NOT EXISTS faults (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    operation TEXT NOT NULL,
    kind TEXT NOT NULL,
    moment TEXT NOT NULL,
    seconds REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
TABLES = ("objects", "deliveries", "answers", "faults", "settings")

# What `configure` may change. `refunds`: how new refunds begin. Delays are seconds; an
# `async_delay` of null leaves asynchronous payments open until `settle` is called.
DEFAULTS: dict[str, Any] = {
    "hold": False,
    "delay": 0,
    "copies": 1,
    "async_delay": 5,
    "refunds": "succeeded",
    "clock_offset": 0,
}


class Store:
    """Rows in and out. Callers that change more than one row wrap them in `transaction()`."""

    def __init__(self, path: str = ":memory:") -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        # A killed process loses nothing under NORMAL; only a power cut could, and this is a toy.
        self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {SCHEMA}")
        with self.transaction():
            # Requests and deliveries that a killed process left half-way start anew.
            self.execute("DELETE FROM answers WHERE status IS NULL")
            self.execute("UPDATE deliveries SET state = 'waiting' WHERE state = 'sending'")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, one thread at a time; inner ones join the outermost."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        with self._lock:
            return self._db.execute(sql, values)

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def add(
        self, body: Body, *, intent: str | None = None, due: float | None = None, **notes: Any
    ) -> None:
        self.execute(
            "INSERT INTO objects (id, kind, intent, due, body, notes) VALUES (?, ?, ?, ?, ?, ?)",
            body["id"],
            body["object"],
            intent,
            due,
            _dump(body),
            _dump(notes),
        )

    def save(self, body: Body, *, intent: str | None = None, due: float | None = None) -> None:
        """The object as it is now; `due` is when it next changes by itself, None for never."""
        self.execute(
            "UPDATE objects SET body = ?, due = ?, intent = COALESCE(?, intent) WHERE id = ?",
            _dump(body),
            due,
            intent,
            body["id"],
        )

    def get(self, kind: str, id: str) -> Body | None:
        found = self.rows("SELECT body FROM objects WHERE id = ? AND kind = ?", id, kind)
        return json.loads(found[0]["body"]) if found else None

    def search(
        self,
        kind: str,
        *,
        intent: str | None = None,
        conditions: tuple[tuple[str, object], ...] = (),
        after: str | None = None,
        before: str | None = None,
        limit: int = -1,
    ) -> list[Body]:
        """Newest first, as every list of Stripe's; `conditions` are (SQL over body, value)."""
        where: list[str] = ["kind = ?"]
        values: list[object] = [kind]
        if intent is not None:
            conditions = (("intent = ?", intent), *conditions)
        for condition, value in conditions:
            where.append(condition)
            values.append(value)
        for id, sign in ((after, "<"), (before, ">")):
            if id is not None:
                where.append(f"seq {sign} (SELECT seq FROM objects WHERE id = ?)")
                values.append(id)
        order = "ASC" if before is not None else "DESC"
        found = [
            json.loads(row["body"])
            for row in self.rows(
                f"SELECT body FROM objects WHERE {' AND '.join(where)}"
                f" ORDER BY seq {order} LIMIT ?",
                *values,
                limit,
            )
        ]
        return found[::-1] if before is not None else found

    def due(self, kind: str, now: float) -> list[Body]:
        return [
            json.loads(row["body"])
            for row in self.rows(
                "SELECT body FROM objects WHERE due <= ? AND kind = ? ORDER BY due", now, kind
            )
        ]

    def notes(self, id: str) -> dict[str, Any]:
        return json.loads(self.rows("SELECT notes FROM objects WHERE id = ?", id)[0]["notes"])

    def note(self, id: str, **changes: Any) -> None:
        self.execute(
            "UPDATE objects SET notes = ? WHERE id = ?", _dump(self.notes(id) | changes), id
        )

    def setting(self, name: str) -> Any:
        found = self.rows("SELECT value FROM settings WHERE name = ?", name)
        return json.loads(found[0]["value"]) if found else DEFAULTS[name]

    def set(self, name: str, value: Any) -> None:
        self.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, _dump(value))

    def clear(self) -> None:
        with self.transaction():
            for table in TABLES:
                self.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
