"""What twins take away from the database: the keys by which it refuses a second row."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models
from django.test import TransactionTestCase


@contextmanager
def without_key(model: type[models.Model], name: str) -> Iterator[None]:
    """The database without one of its unique indexes. What was committed meanwhile is deleted, as
    after the test (``tests.conftest``): else the index could not come back."""
    [key] = [each for each in model._meta.constraints if each.name == name]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown(None)
        with connection.schema_editor() as editor:
            editor.execute(key.create_sql(model, editor))
