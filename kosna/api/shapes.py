"""What JSON looks like: declared once; from that it is read, written and described in OpenAPI."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kosna.core import clock

Schema = dict[str, Any]
Wrong = list[tuple[str, str]]
DAY = r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
INSTANT = DAY[:-1] + r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$"  # fmt: skip  # noqa: E501
# What no database holds: NUL, and halves of a pair.
UNHELD = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Kind:
    """One kind of value. ``parse`` raises ValueError; ``expected`` says what would be right."""

    facts: Schema
    parse: Callable[[Any], Any]
    expected: Callable[[], str]
    write: Callable[[Any], Any] = lambda value: value

    def schema(self) -> Schema:
        return dict(self.facts)

    def shapes(self) -> "Iterator[Shape]":
        return iter(())

    def read(self, value: Any, at: str, wrong: Wrong) -> Any:
        try:
            return self.parse(value)
        except ValueError:
            wrong.append((at, self.expected()))
            return None


def _checked(is_right: bool, value: Any) -> Any:
    if not is_right:
        raise ValueError
    return value


def text(most: int, *, least: int = 0, pattern: str = "") -> Kind:
    facts: Schema = {"type": "string", "maxLength": most}
    if least:
        facts["minLength"] = least
    facts["pattern"] = pattern or r"^[^\u0000]*$"

    def parse(value: Any) -> str:
        is_right = (
            isinstance(value, str)
            and least <= len(value) <= most
            and not UNHELD.search(value)
            and (not pattern or re.fullmatch(pattern, value, re.ASCII))
        )
        return _checked(bool(is_right), value)

    return Kind(
        facts,
        parse,
        lambda: (
            _("Text of the form %(pattern)s is expected.") % {"pattern": pattern}
            if pattern
            else _("Text of %(least)s to %(most)s characters is expected.")
            % {"least": least, "most": most}
        ),
    )


def choice(*values: str) -> Kind:
    return Kind(
        {"type": "string", "enum": list(values)},
        lambda value: _checked(isinstance(value, str) and value in values, value),
        lambda: _("One of these is expected: %(values)s.") % {"values": ", ".join(values)},
    )


def whole(least: int, most: int) -> Kind:
    def parse(value: Any) -> int:
        is_whole = type(value) is int or (isinstance(value, float) and value.is_integer())
        return int(_checked(is_whole and least <= value <= most, value))

    return Kind(
        {"type": "integer", "minimum": least, "maximum": most},
        parse,
        lambda: (
            _("A whole number from %(least)s to %(most)s is expected.")
            % {"least": least, "most": most}
        ),
    )


def truth() -> Kind:
    return Kind(
        {"type": "boolean"},
        lambda value: _checked(isinstance(value, bool), value),
        lambda: _("true or false is expected."),
    )


def instant() -> Kind:
    """With its offset, in this century: neither arithmetic nor a database chokes on it."""

    def parse(value: Any) -> datetime:
        is_one = isinstance(value, str) and re.fullmatch(INSTANT, value, re.ASCII)
        return datetime.fromisoformat(_checked(bool(is_one), value))

    return Kind(
        {"type": "string", "format": "date-time", "pattern": INSTANT},
        parse,
        lambda: (
            _("An instant like %(example)s is expected.") % {"example": "2026-11-26T10:00:00+09:00"}
        ),
        lambda value: value.astimezone(clock.KST).isoformat(timespec="seconds"),
    )


def day() -> Kind:
    def parse(value: Any) -> date:
        is_one = isinstance(value, str) and re.fullmatch(DAY, value, re.ASCII)
        return date.fromisoformat(_checked(bool(is_one), value))

    return Kind(
        {"type": "string", "format": "date", "pattern": DAY},
        parse,
        lambda: _("A day like %(example)s is expected.") % {"example": "2026-11-26"},
        lambda value: value.isoformat(),
    )


def uuid() -> Kind:
    pattern = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

    def parse(value: Any) -> UUID:
        return UUID(_checked(isinstance(value, str) and bool(re.fullmatch(pattern, value)), value))

    return Kind({"type": "string", "format": "uuid"}, parse, lambda: _("A UUID is expected."), str)


def address() -> Kind:
    return Kind({"type": "string", "format": "uri"}, str, str)


def maybe(kind: "Kind | Shape") -> Kind:
    """Or ``null``."""
    facts = kind.schema()
    known = facts.get("type")
    facts = (
        facts | {"type": [known, "null"]}
        if known and "enum" not in facts
        else {"anyOf": [facts, {"type": "null"}]}
    )
    simple: Any = kind
    return Kind(
        facts,
        lambda value: None if value is None else simple.parse(value),
        simple.expected,
        lambda value: None if value is None else simple.write(value),
    )


@dataclass(frozen=True)
class Several:
    """A list of one kind."""

    kind: "Kind | Shape"
    most: int

    def schema(self) -> Schema:
        return {"type": "array", "items": self.kind.schema(), "maxItems": self.most}

    def shapes(self) -> "Iterator[Shape]":
        return self.kind.shapes()

    def read(self, value: Any, at: str, wrong: Wrong) -> list[Any]:
        if not isinstance(value, list) or len(value) > self.most:
            wrong.append((at, _("A list of at most %(most)s is expected.") % {"most": self.most}))
            return []
        return [self.kind.read(one, f"{at}/{n}", wrong) for n, one in enumerate(value)]

    def write(self, values: Any) -> list[Any]:
        return [self.kind.write(value) for value in values]


@dataclass(frozen=True)
class Part:
    """A member of an object. ``of``: where an answer finds it; the attribute of its name if not
    said."""

    kind: "Kind | Several | Shape"
    of: Callable[[Any], Any] | None = None
    required: bool = True
    about: str | Promise = ""

    def described(self) -> Schema:
        facts = self.kind.schema()
        return facts | {"description": str(self.about)} if self.about else facts


@dataclass(frozen=True)
class Shape:
    """An object with a name of its own in the OpenAPI document."""

    name: str
    parts: Mapping[str, Part]

    def schema(self) -> Schema:
        return {"$ref": f"#/components/schemas/{self.name}"}

    def component(self) -> Schema:
        return {
            "type": "object",
            "properties": {name: part.described() for name, part in self.parts.items()},
            "required": [name for name, part in self.parts.items() if part.required],
            "additionalProperties": False,
        }

    def shapes(self) -> "Iterator[Shape]":
        yield self
        for part in self.parts.values():
            yield from part.kind.shapes()

    def read(self, value: Any, at: str, wrong: Wrong) -> dict[str, Any]:
        if not isinstance(value, dict):
            wrong.append((at, _("An object is expected.")))
            return {}
        wrong += [(f"{at}/{name}", _("This is not known.")) for name in sorted(value.keys() - self.parts.keys())]  # fmt: skip  # noqa: E501
        read = {}
        for name, part in self.parts.items():
            if name in value:
                read[name] = part.kind.read(value[name], f"{at}/{name}", wrong)
            elif part.required:
                wrong.append((f"{at}/{name}", _("This is missing.")))
        return read

    def write(self, row: Any) -> dict[str, Any]:
        return {
            name: part.kind.write(part.of(row) if part.of else getattr(row, name))
            for name, part in self.parts.items()
        }


def page_of(name: str, shape: Shape, most: int) -> Shape:
    """A page of a list; ``next`` is the cursor of the next one."""
    return Shape(
        name,
        {
            "items": Part(Several(shape, most), of=lambda page: page.rows),
            "next": Part(maybe(text(40))),
        },
    )


def of_model(model: type[models.Model], name: str) -> Kind:
    """As a column of ours holds it."""
    field: Any = model._meta.get_field(name)
    kind = _of_field(field)
    return maybe(kind) if field.null else kind


def _of_field(field: Any) -> Kind:
    if field.choices:
        return choice(*(value for value, _label in field.choices))
    if isinstance(field, models.SlugField):
        return text(field.max_length or 20_000, least=1, pattern="^[-a-zA-Z0-9_]+$")
    if isinstance(field, models.CharField | models.TextField):
        return text(field.max_length or 20_000, least=0 if field.blank else 1)
    if isinstance(field, models.BooleanField):
        return truth()
    if isinstance(field, models.DateTimeField):
        return instant()
    if isinstance(field, models.DateField):
        return day()
    return whole(*_bounds(field))


def _bounds(field: Any) -> tuple[int, int]:
    """The same on every database."""
    least, most = BaseDatabaseOperations.integer_field_ranges[field.get_internal_type()]
    for validator in field._validators:
        if isinstance(validator, MinValueValidator):
            least = max(least, validator.limit_value)
        elif isinstance(validator, MaxValueValidator):
            most = min(most, validator.limit_value)
    return least, most
