"""Django's SQLite, whose writers of one process take turns (docs/decisions/0037).

SQLite lets those who wait for its one write lock sleep and look again, so among many threads some
never find it free and give up. Here they queue for a lock that wakes the next one; other processes
meet them at SQLite's own, as before.
"""

import os
import threading
from collections import defaultdict
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

# Longer statements are those of imports: each is sent once.
LONGEST_KEPT = 10_000  # characters

# By file: of each database one transaction of this process writes at a time.
_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
# Of a process that is made by forking, nobody holds the turn that was held then.
os.register_at_fork(after_in_child=_turns.clear)


# Whose inner steps their stubs leave out.
_Wrapper: Any = base.DatabaseWrapper
_Cursor: Any = base.SQLiteCursorWrapper


class Cursor(_Cursor):
    """Most statements are sent again and again: how SQLite marks their values is found once."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is None and len(query) <= LONGEST_KEPT:
            return _converted(query)
        return str(super().convert_query(query, param_names=param_names))


@lru_cache(maxsize=1000)
def _converted(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(_Wrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: threading.Lock | None = None

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._end_turn()
            raise

    def _take_turn(self) -> None:
        """Whoever has waited as long as SQLite would let them tries their luck there."""
        if self._turn is None:
            turn = _turns[str(self.settings_dict["NAME"])]
            if turn.acquire(timeout=self.settings_dict["OPTIONS"].get("timeout", 5)):
                self._turn = turn

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn:
            turn.release()

    def _commit(self) -> None:
        """A commit that fails is followed by a rollback."""
        super()._commit()
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._end_turn()
