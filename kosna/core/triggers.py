"""Migration operations: the database itself refuses to change or delete append-only rows, and to
change what is frozen in others."""

from typing import Any

from django.db import migrations

POSTGRES = """
CREATE OR REPLACE FUNCTION kosna_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION kosna_append_only();
"""
SQLITE = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""


class OnTables(migrations.RunPython):
    """Asks for no models: Django draws all of them anew for each ``RunPython``."""

    code: Any
    reverse_code: Any

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self.code(None, schema_editor)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self.reverse_code(None, schema_editor)


def append_only(*tables: str) -> OnTables:
    """Guards tables against UPDATE and DELETE, on PostgreSQL and on SQLite."""

    def create(apps, editor):
        vendor = editor.connection.vendor
        with editor.connection.cursor() as cursor:
            for table in tables:
                if vendor == "postgresql":
                    cursor.execute(POSTGRES.format(table=table))
                else:
                    for statement in SQLITE.format(table=table).split("END;")[:-1]:
                        cursor.execute(statement + "END;")

    def drop(apps, editor):
        with editor.connection.cursor() as cursor:
            for table in tables:
                if editor.connection.vendor == "postgresql":
                    cursor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
                else:
                    cursor.execute(f"DROP TRIGGER {table}_no_update")
                    cursor.execute(f"DROP TRIGGER {table}_no_delete")

    return OnTables(create, drop)


def append_only_again(*tables: str) -> OnTables:
    """SQLite builds an altered table anew, and its triggers are gone. Put it before and after what
    alters guarded tables: there and back again, they are guarded. PostgreSQL keeps its triggers."""

    def restore(apps, editor):
        if editor.connection.vendor == "postgresql":
            return
        with editor.connection.cursor() as cursor:
            for table in tables:
                text = SQLITE.format(table=table).replace("TRIGGER", "TRIGGER IF NOT EXISTS")
                for statement in text.split("END;")[:-1]:
                    cursor.execute(statement + "END;")

    return OnTables(restore, restore)


FROZEN_POSTGRES = """
CREATE OR REPLACE FUNCTION kosna_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is frozen there', TG_TABLE_NAME; END $$;
CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table}
FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION kosna_frozen();
"""
FROZEN_SQLITE = """
CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} WHEN {changed}
BEGIN SELECT RAISE(ABORT, '{table} is frozen there'); END;
"""


def frozen(table: str, *columns: str) -> OnTables:
    """Guards some columns against any change of what was once written; others may be updated."""

    def create(apps, editor):
        is_postgres = editor.connection.vendor == "postgresql"
        differs = "IS DISTINCT FROM" if is_postgres else "IS NOT"
        changed = " OR ".join(f'OLD."{name}" {differs} NEW."{name}"' for name in columns)
        statement = FROZEN_POSTGRES if is_postgres else FROZEN_SQLITE
        with editor.connection.cursor() as cursor:
            cursor.execute(statement.format(table=table, changed=changed))

    def drop(apps, editor):
        on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        with editor.connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {table}_frozen{on}")

    return OnTables(create, drop)
