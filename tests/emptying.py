"""What a test has committed is deleted after it, from the tables that hold something. Django's own
way empties every table and makes content types and permissions anew: on PostgreSQL that takes
seconds, after each test.

What migrations have written stays, since no test commits changes to it. All else goes at once, so
the database need not look, for each row, who refers to it.
"""

from collections.abc import Iterable

from django.db import connection, transaction

# A table that nothing was ever written to has no page. Neither guards nor references are looked at
# until this ends.
AS_SUPERUSER = """DO $$ DECLARE one regclass; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN
        SELECT oid FROM pg_class
        WHERE oid = ANY('{{{tables}}}'::regclass[]) AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE format('DELETE FROM %s', one);
    END LOOP;
END $$"""


class Emptying:
    def __init__(self) -> None:
        """Called when nothing but the migrations has written yet. Not every table has a model."""
        tables = connection.introspection.table_names()
        self.tables = sorted(set(tables) - set(filled(tables)))

    def __call__(self) -> None:
        if connection.vendor == "sqlite":
            statements = [f'DELETE FROM "{table}"' for table in filled(self.tables)]
        elif is_superuser():
            statements = [AS_SUPERUSER.format(tables=",".join(self.tables))]
        else:
            statements = past_guards(filled(self.tables))
        # SQLite looks away, which PostgreSQL cannot.
        with (
            connection.constraint_checks_disabled(),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            for statement in statements:
                cursor.execute(statement)


def past_guards(tables: list[str]) -> list[str]:
    """Triggers that forbid to delete are off meanwhile. They cannot be set up again before the
    references have been looked at."""
    guards = [f'ALTER TABLE "{table}" {{}} TRIGGER USER' for table in tables]
    return [
        *(guard.format("DISABLE") for guard in guards),
        *(f'DELETE FROM "{table}"' for table in tables),
        "SET CONSTRAINTS ALL IMMEDIATE",
        *(guard.format("ENABLE") for guard in guards),
    ]


def filled(tables: Iterable[str]) -> list[str]:
    """Those that hold a row."""
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables]
    return column(" UNION ALL ".join(asked))


def is_superuser() -> bool:
    return column("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [True]


def column(statement: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [value for (value,) in cursor.fetchall()]
