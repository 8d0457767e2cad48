"""The statements that write staged rows: INSERT … SELECT, with every column's default."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, models

from kosna.accounts.models import User
from members.models import Import, ImportRow

STAGED = ImportRow._meta.db_table


def execute(sql: str, params: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def take_time() -> None:
    """PostgreSQL cancels a page's statement after a minute; these may take longer on a busy day."""
    if connection.vendor == "postgresql":
        execute("SET LOCAL statement_timeout = '10min'", [])


def insert_select(
    model: type[models.Model],
    columns: Mapping[str, str],
    source: str,
    params: list[Any],
    *,
    same: Mapping[str, Any] | None = None,
) -> int:
    """INSERT INTO model … SELECT: ``columns`` are SQL expressions over ``source``, ``same`` are
    values alike for all rows; every other field has its default. Returns how many rows."""
    names, selected, values = [], [], []
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        names.append(connection.ops.quote_name(str(field.column)))
        if field.attname in columns:
            selected.append(columns[field.attname])
            continue
        selected.append("%s")
        value = (same or {}).get(field.attname, field.get_default())
        values.append(field.get_db_prep_save(value, connection))
    table = connection.ops.quote_name(model._meta.db_table)
    sql = f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(selected)} {source}"
    return execute(sql, values + params)


# Each row's account, found or just made.
ACCOUNT = f"LEFT JOIN {User._meta.db_table} u ON u.email = r.email AND r.user_id IS NULL"
USER = "COALESCE(r.user_id, u.id)"


def staged_rows(imported: Import, condition: str = "", *, join: str = "") -> tuple[str, list[Any]]:
    """The staged rows that become members, as ``r``."""
    source = (
        f"FROM {STAGED} r {join} WHERE r.imported_id = %s AND (r.verdict IN (%s, %s)"
        f" OR (r.verdict = %s AND r.choice = %s)) {condition}"
    )
    verdict = ImportRow.Verdict
    return source, [
        imported.pk,
        verdict.NEW_PERSON,
        verdict.NEW_ORGANISATION,
        verdict.LIKELY,
        ImportRow.Choice.APART,
    ]
