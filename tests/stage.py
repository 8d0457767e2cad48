"""The cast is made once a module, in a transaction that encloses those of its tests: each of them
finds it as it was made, in objects of its own, and leaves no trace on it."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from kosna.core import clock

# Nobody's module takes so long; a clock that stands elsewhere is further away.
AN_HOUR = timedelta(hours=1)


class Stage:
    """``set`` and ``strike`` are called while no test's own transaction is open."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._atomic: Any = None

    def set(self) -> None:
        # A response that is read to its end closes the connection, and all that was not committed.
        if self._atomic and connection.closed_in_transaction:
            self.strike()
        if self._atomic:
            return
        self._atomic = transaction.atomic()
        self._atomic._from_testcase = True  # as in Django's: ``durable`` blocks may be inside
        self._atomic.__enter__()
        self._made_at = clock.now()
        self._cast = self._make()

    def strike(self) -> None:
        if self._atomic:
            atomic, self._atomic = self._atomic, None
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)

    def cast(self) -> Any:
        """As the members of the cast were when they were made; newly made where nothing is set,
        which is where tests commit."""
        if not self._atomic:
            return self._make()
        assert abs(clock.now() - self._made_at) < AN_HOUR, "call the clock's fixture `standing`"
        return copy.deepcopy(self._cast)
