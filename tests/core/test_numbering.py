"""Numbers without gaps, also when callers fail, and when eight come at once."""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from threading import Barrier

import pytest
from django.db import connection, transaction

from kosna.core.models import Counter
from kosna.core.numbering import next_number

THREADS, EACH = 8, 5


def take(number: int) -> int:
    with transaction.atomic():
        return next_number("test", 2026)


def by_threads(taker) -> list[int]:
    def worker(number: int) -> list[int]:
        try:
            return [taker(number) for _each in range(EACH)]
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return sorted(chain.from_iterable(pool.map(worker, range(THREADS))))


@pytest.mark.django_db
def test_numbers_start_at_one_for_each_kind_and_year() -> None:
    with transaction.atomic():
        assert [next_number("a", 2026) for _again in range(3)] == [1, 2, 3]
        assert next_number("a", 2027) == 1
        assert next_number("b", 2026) == 1


@pytest.mark.django_db(transaction=True)
def test_rolled_back_caller_gives_its_number_back() -> None:
    take(0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert next_number("test", 2026) == 2
        raise ZeroDivisionError
    assert take(0) == 2


@pytest.mark.django_db(transaction=True)
def test_number_belongs_to_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        next_number("test", 2026)


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_leave_no_gap_and_no_double() -> None:
    def sometimes_fails(number: int) -> int:
        try:
            with transaction.atomic():
                next_number("test", 2026)
                raise ZeroDivisionError
        except ZeroDivisionError:
            return take(number)

    assert by_threads(sometimes_fails) == list(range(1, THREADS * EACH + 1))


@pytest.mark.django_db(transaction=True)
def test_reading_then_writing_gives_numbers_twice() -> None:
    """The twin that must fail: all read before anybody writes."""
    Counter.objects.create(kind="test", year=2026)
    barrier = Barrier(THREADS)

    def naive(_number: int) -> int:
        row = Counter.objects.get(kind="test", year=2026)
        barrier.wait()
        Counter.objects.filter(pk=row.pk).update(value=row.value + 1)
        barrier.wait()
        return row.value + 1

    assert by_threads(naive) == sorted(list(range(1, EACH + 1)) * THREADS)
