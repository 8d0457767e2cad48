"""Statements that are written once and sent all day. The ORM takes longer to write such a statement
than the database to answer it, so it is written once in a process and only its values change."""

import re
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ValuesListIterable
from django.db.models.sql import UpdateQuery

Row = TypeVar("Row")


class Part:
    """Among the types: text that the statement looks for by ``contains`` or ``icontains``."""


@dataclass(frozen=True)
class _Written:
    query: Any  # as it was built
    compiler: Any
    sql: str
    parameters: tuple[tuple[str, Any], ...]  # whose value goes here; without a name, a constant


class _Statement:
    """A statement as the ORM writes it for marks that stand for the values."""

    def __init__(self, build: Callable[..., Any], **types: type) -> None:
        self._build, self._types = build, types
        self._marks = {name: _mark(name, number, types) for number, name in enumerate(types)}

    def _sent(self, name: str, value: Any) -> Any:
        """As the ORM hands a value of its field, or what stands for it, to the database."""
        if self._types[name] is Part:
            return f"%{connection.ops.prep_for_like_query(value)}%"
        return _adapted(value)

    def _filled(self, values: dict[str, Any]) -> tuple[Any, ...]:
        given = {name: self._sent(name, value) for name, value in values.items()}
        written = self._written.parameters
        return tuple(given[name] if name else constant for name, constant in written)

    @cached_property
    def _written(self) -> _Written:
        query, compiler = self._compiled(self._build(**self._marks))
        sql, parameters = compiler.as_sql()
        names = {self._sent(name, mark): name for name, mark in self._marks.items()}
        marked = [(names.get(value, ""), value) for value in parameters]
        if {name for name, _value in marked} - {""} != set(self._marks):
            raise LookupError("a value of a prepared query is not among its parameters")
        return _Written(query, compiler, *_with_constants(sql, marked))

    def _compiled(self, built: Any) -> tuple[Any, Any]:
        raise NotImplementedError


class Prepared(_Statement, Generic[Row]):
    """``Prepared(build, user=int, day=date)`` wraps a function of named values that returns a
    queryset; called with values, it returns the rows.

    The statement's shape must not depend on the values: no ``if`` on one, no list of them.
    """

    def _compiled(self, built: QuerySet) -> tuple[Any, Any]:
        return built, built.query.get_compiler(DEFAULT_DB_ALIAS)

    def __call__(self, **values: Any) -> list[Row]:
        written = self._written
        parameters = self._filled(values)
        compiler = copy(written.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # each thread has its own
        if written.query._iterable_class is ValuesListIterable:
            return self._plain(compiler, parameters)
        compiler.as_sql = lambda: (written.sql, parameters)
        compiler.get_converters = lambda _columns: self._converters
        query: Any = copy(written.query.query)
        query.get_compiler = lambda using: compiler
        asked: Any = QuerySet(model=query.model, query=query, using=DEFAULT_DB_ALIAS)
        asked._iterable_class = written.query._iterable_class
        return list(asked)

    def _plain(self, compiler: Any, parameters: tuple[Any, ...]) -> list[Any]:
        """Values alone need no queryset around them."""
        with compiler.connection.cursor() as cursor:
            cursor.execute(self._written.sql, parameters)
            rows: list[Any] = cursor.fetchall()
        if not self._converters:
            return rows
        return [tuple(row) for row in compiler.apply_converters(rows, self._converters)]

    @cached_property
    def _converters(self) -> dict[int, Any]:
        """What makes Python's values of the database's, by the place of the column."""
        compiler = self._written.compiler
        found: dict[int, Any] = compiler.get_converters(
            [column for column, *_sql in compiler.select[: compiler.col_count]]
        )
        return found


class PreparedUpdate(_Statement):
    """The same for an UPDATE: ``build`` returns the queryset and what changes in its rows; called
    with values, it returns how many rows did."""

    def _compiled(self, built: tuple[QuerySet, dict[str, Any]]) -> tuple[Any, Any]:
        rows, changes = built
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(changes)
        return query, query.get_compiler(DEFAULT_DB_ALIAS)

    def __call__(self, **values: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(self._written.sql, self._filled(values))
            return cursor.rowcount


def insert(rows: Sequence[Model]) -> None:
    """Writes new rows of one model in one statement, as ``bulk_create`` does in a third of its
    time, and gives them their keys. The model's key counts up and its fields are plain columns."""
    _insert(rows)


def insert_if_new(row: Model) -> bool:
    """The same for one row, unless there is one already that its unique constraints forbid beside
    it; whoever writes the same at this moment is waited for. Needs no savepoint. Returns whether
    it was written."""
    return _insert([row], unless=" ON CONFLICT DO NOTHING") == 1


def _insert(rows: Sequence[Model], unless: str = "") -> int:
    if not rows:
        return 0
    fields, into, values = _insertion(type(rows[0]))
    own = connections[DEFAULT_DB_ALIAS]  # looked up once, not at every value
    parameters = [
        field.get_db_prep_save(field.pre_save(row, True), own) for row in rows for field in fields
    ]
    key: Any = rows[0]._meta.pk
    returning = own.ops.quote_name(key.column)
    with own.cursor() as cursor:
        cursor.execute(
            f"{into} VALUES {', '.join([values] * len(rows))}{unless} RETURNING {returning}",
            parameters,
        )
        keys = cursor.fetchall()
    for row, (number,) in zip(rows, keys, strict=not unless):
        row.pk = number
        row._state.adding = False
        row._state.db = DEFAULT_DB_ALIAS
    return len(keys)


@cache
def _insertion(model: type[Model]) -> tuple[list[Any], str, str]:
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = [connection.ops.quote_name(field.column) for field in fields]
    table = connection.ops.quote_name(model._meta.db_table)
    return (
        fields,
        f"INSERT INTO {table} ({', '.join(names)})",
        f"({', '.join(['%s'] * len(fields))})",
    )


def _with_constants(
    sql: str, marked: Sequence[tuple[str, Any]]
) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """Words and numbers that never change stand in the statement itself: where a partial index
    might serve a value that is handed over beside it, SQLite plans the statement anew each time."""
    parameters = iter(marked)
    handed_over = []

    def written(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        name, value = next(parameters)
        if not name and isinstance(value, str | int) and not isinstance(value, bool):
            return _literal(value)
        handed_over.append((name, value))
        return "%s"

    return re.sub("%[%s]", written, sql), tuple(handed_over)


def _literal(value: str | int) -> str:
    if isinstance(value, int):
        return f"{value:d}"
    return "'{}'".format(str.__str__(value).replace("'", "''").replace("%", "%%"))


def _mark(name: str, number: int, types: dict[str, type]) -> Any:
    """A value that stands for a parameter while the statement is written; no query holds it."""
    day = date(1, 1, 2) + timedelta(days=number)
    marks = {
        int: -7_919_104_729 - number,
        date: day,
        datetime: datetime(day.year, day.month, day.day, tzinfo=UTC),
        str: f"\x01{name}\x01",
        Part: f"\x01{name}\x01",
    }
    return marks[types[name]]


def _adapted(value: Any) -> Any:
    """As the ORM hands a value of its field to the database."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
