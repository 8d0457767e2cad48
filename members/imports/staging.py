"""Rows of drafts, written and deleted by the thousand: each piece is a short transaction, so that
others, who on SQLite wait for the one write lock, hardly notice."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

from members.imports.drafts import Draft
from members.models import Import, ImportLine, ImportPeriod, ImportRow

PIECE = 1000
_DRAFTED = [
    field.attname
    for field in ImportRow._meta.concrete_fields
    if field.attname not in ("id", "imported_id", "choice")
]


def insert_many(model: type[models.Model], names: Sequence[str], rows: Iterable[tuple]) -> None:
    """Rows of plain values without building a model for each, which would take most of the time."""
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(rows))


def pieces(rows: Iterable[Any], size: int = PIECE) -> Iterator[list[Any]]:
    rows = iter(rows)
    while piece := list(islice(rows, size)):
        yield piece


def keep_lines(imported: Import, lines: list[tuple[int, list[str]]]) -> None:
    insert_many(
        ImportLine,
        ("imported_id", "line", "cells"),
        [(imported.pk, line, json.dumps(cells, ensure_ascii=False)) for line, cells in lines],
    )


def lines_of(imported: Import) -> Iterator[list[tuple[int, list[str]]]]:
    """The lines piece by piece, each by a statement of its own that holds nothing open."""
    last = 0
    while True:
        piece = list(
            imported.lines.filter(line__gt=last)
            .order_by("line")
            .values_list("line", "cells")[: 2 * PIECE]
        )
        if not piece:
            return
        last = piece[-1][0]
        yield piece


def keep_drafts(imported: Import, drafts: list[Draft]) -> None:
    rows = []
    for draft in drafts:
        values = [
            json.dumps(draft.remarks, ensure_ascii=False)
            if name == "remarks"
            else _stored(getattr(draft, name))
            for name in _DRAFTED
        ]
        rows.append((imported.pk, "", *values))
    insert_many(ImportRow, ("imported_id", "choice", *_DRAFTED), rows)
    periods = [
        (imported.pk, draft.line, _stored(starts_on), _stored(ends_on))
        for draft in drafts
        if draft.years and draft.verdict != ImportRow.Verdict.FAULTY
        for starts_on, ends_on in draft.periods()
    ]
    insert_many(ImportPeriod, ("imported_id", "line", "starts_on", "ends_on"), periods)


def _stored(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def clear(imported: Import, *models_: type[models.Model]) -> None:
    """Deletes an import's rows of drafts, a few thousand at a time."""
    for model in models_:
        rows = model._base_manager.filter(imported=imported).order_by("pk")
        while ids := list(rows.values_list("pk", flat=True)[: 5 * PIECE]):
            rows.order_by().filter(pk__gte=ids[0], pk__lte=ids[-1]).delete()


def settle() -> None:
    """Lets PostgreSQL know how many drafts there are: what it guesses about a table that has just
    been filled costs the writing minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (ImportRow, ImportPeriod):
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
