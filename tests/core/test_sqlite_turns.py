"""Many threads that write to SQLite wait for their turn instead of looking again and again."""

import os
import time
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction

from kosna.core.models import Counter
from kosna.core.sqlite3.base import DatabaseWrapper, _turns
from tests.events.test_rushes import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.of_sqlite,
]


def writers(count: int) -> list[object]:
    """What becomes of so many who begin together, each of whom would give up at once."""
    together = Barrier(count)

    def write() -> object:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout=0")
        together.wait(10)
        try:
            with transaction.atomic():
                Counter.objects.create(kind=f"turn {time.perf_counter_ns()}", year=0)
                time.sleep(0.05)
        except OperationalError as error:
            return str(error)
        return True

    return at_once(*[write] * count)


def test_writers_take_turns():
    assert writers(6) == [True] * 6


def test_twin_without_turns_they_find_the_database_locked(monkeypatch):
    monkeypatch.setattr(DatabaseWrapper, "_take_turn", lambda self: None)
    assert "database is locked" in writers(6)


def test_a_turn_ends_with_its_transaction_however_it_ends():
    for ending in (RuntimeError, KeyboardInterrupt):
        with pytest.raises(ending), transaction.atomic():
            raise ending
    with transaction.atomic():
        connection.close()
    assert writers(2) == [True] * 2


def test_a_forked_process_does_not_inherit_a_turn_that_nobody_there_would_end():
    with transaction.atomic():
        assert any(turn.locked() for turn in _turns.values())
        child = os.fork()
        if not child:
            os._exit(len(_turns))
        assert os.waitpid(child, 0)[1] == 0
