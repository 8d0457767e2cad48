"""What a test has committed is deleted after it, from the tables that hold something. Django's own
way empties every table and makes content types and permissions anew: on PostgreSQL that takes
seconds, after each test.

What migrations have written stays, since no test commits changes to it.
"""

from collections.abc import Iterable

from django.db import connection, transaction


class Emptying:
    def __init__(self) -> None:
        """Called when nothing but the migrations has written yet."""
        tables = connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        self.tables = sorted(set(tables) - set(filled(tables)))

    def __call__(self) -> None:
        tables = filled(self.tables)
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                statements = [f'DELETE FROM "{table}"' for table in tables]
            else:
                # Guards that forbid to delete. They cannot be set up again before the references
                # have been looked at.
                guards = [f'ALTER TABLE "{table}" {{}} TRIGGER USER' for table in tables]
                statements = [
                    *(guard.format("DISABLE") for guard in guards),
                    *(f'DELETE FROM "{table}"' for table in tables),
                    "SET CONSTRAINTS ALL IMMEDIATE",
                    *(guard.format("ENABLE") for guard in guards),
                ]
            for statement in statements:
                cursor.execute(statement)


def filled(tables: Iterable[str]) -> list[str]:
    """Those that hold a row."""
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [table for (table,) in cursor.fetchall()]
