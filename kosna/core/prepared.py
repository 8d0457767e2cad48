"""Queries that are written once and asked all day. The ORM takes longer to write such a statement
than the database to answer it, so it is written once in a process and only its values change."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet

Row = TypeVar("Row")


@dataclass(frozen=True)
class _Written:
    queryset: Any
    compiler: Any
    sql: str
    parameters: tuple[tuple[str, Any], ...]  # whose value goes here; without a name, a constant


class Prepared(Generic[Row]):
    """``Prepared(build, user=int, day=date)`` wraps a function of named values that returns a
    queryset; called with values, it returns the rows.

    The statement's shape must not depend on the values: no ``if`` on one, no list of them.
    """

    def __init__(self, build: Callable[..., QuerySet], **types: type) -> None:
        self._build = build
        self._marks = {name: _mark(name, number, types) for number, name in enumerate(types)}
        self._written: _Written | None = None

    def __call__(self, **values: Any) -> list[Row]:
        written = self._written or self._write()
        given = {name: _adapted(value) for name, value in values.items()}
        parameters = tuple(
            given[name] if name else constant for name, constant in written.parameters
        )
        compiler = copy(written.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # each thread has its own
        compiler.as_sql = lambda: (written.sql, parameters)
        query: Any = copy(written.queryset.query)
        query.get_compiler = lambda using: compiler
        asked: Any = QuerySet(model=query.model, query=query, using=DEFAULT_DB_ALIAS)
        asked._iterable_class = written.queryset._iterable_class
        asked._fields = written.queryset._fields
        return list(asked)

    def _write(self) -> _Written:
        queryset = self._build(**self._marks)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        names = {_adapted(mark): name for name, mark in self._marks.items()}
        marked = tuple((names.get(value, ""), value) for value in parameters)
        if {name for name, _value in marked} - {""} != set(self._marks):
            raise LookupError("a value of a prepared query is not among its parameters")
        self._written = _Written(queryset, compiler, sql, marked)
        return self._written


def _mark(name: str, number: int, types: dict[str, type]) -> Any:
    """A value that stands for a parameter while the statement is written; no query holds it."""
    day = date(1, 1, 2) + timedelta(days=number)
    marks = {
        int: -7_919_104_729 - number,
        date: day,
        datetime: datetime(day.year, day.month, day.day, tzinfo=UTC),
        str: f"\x01{name}\x01",
    }
    return marks[types[name]]


def _adapted(value: Any) -> Any:
    """As the ORM hands a value of its field to the database."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
