"""How an XML part of a stranger's file begins, and nothing further of it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from xml.parsers import expat


class DocumentType(Exception):
    """It declares one, by which entities could be made."""


class _Begun(Exception):
    """The first element has begun: no document type can follow."""


def root_of(xml: Any) -> str:
    """The namespace and the name of the first element. Raises DocumentType, or ExpatError."""
    found: list[str] = []

    def begun(name: str, _attributes: object) -> None:
        found.append(name)
        raise _Begun

    with suppress(_Begun):
        _parse(xml, begun)
    return found[0]


def elements_of(xml: Any) -> set[str]:
    """The names of all elements, with their namespaces. Raises as ``root_of`` does."""
    found: set[str] = set()
    _parse(xml, lambda name, _attributes: found.add(name))
    return found


def _parse(xml: Any, begun: Callable[[str, object], None]) -> None:
    def refused(*_args: object) -> None:
        raise DocumentType

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = begun
    parser.StartDoctypeDeclHandler = refused
    parser.ParseFile(xml)
