"""What the money machine's hands need: a process that dies between two statements, people, and
something of everything that is there. A rule that finds nothing does nothing: which rules may come
hangs on no row, as the rows of stories before are there too, and hypothesis tells what it has told
once the same again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

from django.db import connection
from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from kosna.core.errors import Refused
from kosna.payments.actions.card import Quarantined
from kosna.payments.models import Order
from kosna.payments.providers.base import ProviderDown, ProviderRefused
from kosna.payments.sandbox.errors import StripeError
from tests import factories

# What a page or a job answers to people; whatever else comes out of a step is a fault of ours.
ANSWERS = (Refused, ProviderDown, ProviderRefused, Quarantined, StripeError)
SYLLABLES = "가나다라마바자차카타파하"

picks = st.integers(0, 60)
deaths = st.one_of(st.none(), st.none(), st.integers(1, 45))  # before which statement
numbers = count(1)


class Killed(BaseException):
    """SIGKILL: no handler of ours may catch it."""


@contextmanager
def dying_before(statement: int | None) -> Iterator[None]:
    """The process dies before it sends that statement; what was committed stays."""
    sent = 0

    def execute(run: Callable, sql: str, *args: Any) -> Any:
        nonlocal sent
        sent += not sql.startswith(("ROLLBACK", "RELEASE", "SAVEPOINT"))
        if sent == statement:
            raise Killed
        return run(sql, *args)

    try:
        with connection.execute_wrapper(execute):
            yield
    except Killed:
        assert not connection.in_atomic_block


class Hands(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.people: list[int] = []

    def _person(self) -> Any:
        """Nobody is named as another, and the bank's list can be read by names."""
        number = next(numbers)
        name = "".join(SYLLABLES[number // 12**place % 12] for place in (3, 2, 1, 0))
        person = factories.make_user(name, email=f"person{number}@example.test")
        self.people.append(person.pk)
        return person

    @staticmethod
    def _sum(rows: Any) -> int:
        return rows.aggregate(sum=Sum("amount"))["sum"] or 0

    @staticmethod
    def _one(rows: Any, pick: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[pick % len(found)] if found else None

    def _orders(self) -> Any:
        return Order.objects.filter(user__in=self.people)

    def _order(self, pick: int) -> Order | None:
        return self._one(self._orders(), pick)

    @staticmethod
    def _do(dies: int | None, call: Callable[[], object]) -> None:
        with dying_before(dies), suppress(ANSWERS):
            call()
