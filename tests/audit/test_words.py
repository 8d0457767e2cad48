"""The record speaks in words: every verb that the code records has its own."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from kosna.audit import actions as audit
from kosna.audit.words import VERBS
from tests.conftest import Cast

ROOMS = ("kosna", "members", "events", "research")
RECORDERS = {"record", "record_seen", "_record", "ListExport"}


def recorded() -> Iterator[tuple[str, set[str]]]:
    """Where something is recorded, and the verbs that are written there: in the call of a recorder
    itself, or in the module's table that it reads."""
    for room in ROOMS:
        for path in (settings.BASE_DIR / room).rglob("*.py"):
            module = ast.parse(path.read_text("utf-8"))
            for call in ast.walk(module):
                if isinstance(call, ast.Call) and call.args and named(call.func) in RECORDERS:
                    verb = call.args[0]
                    if isinstance(verb, ast.Name) and verb.id == "verb":
                        continue  # written out by whoever called
                    table = named(verb.value) if isinstance(verb, ast.Subscript) else ""
                    source = [verb] if not table else assigned(module, table)
                    yield f"{path}:{call.lineno}", {text for part in source for text in texts(part)}


def named(node: ast.AST) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def assigned(module: ast.Module, name: str) -> list[ast.expr]:
    return [
        row.value
        for row in module.body
        if isinstance(row, ast.Assign) and named(row.targets[0]) == name
    ]


def texts(node: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}


def test_every_recorded_verb_has_words() -> None:
    verbs: set[str] = set()
    for place, written in recorded():
        assert written, f"{place}: no verb is written here"
        verbs |= written
    assert {"privacy.view", "payments.fail_refund", "members.expel"} <= verbs
    assert sorted(verbs - VERBS.keys()) == []


def test_verbs_are_said_in_both_languages() -> None:
    for verb, words in VERBS.items():
        with translation.override("ko"):
            korean = str(words)
        with translation.override("en"):
            assert str(words) != korean, verb


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"), [("ko", "개인정보 열람"), ("en", "Opened personal")]
)
def test_record_is_read_in_words(cast: Cast, login: Any, language: str, words: str) -> None:
    audit.record("privacy.view", cast.company, by=cast.officer)
    client = login("auditor")
    client.cookies["language"] = language
    page = client.get("/staff/audit/").content.decode()
    row = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert words in row
    assert "privacy.view" not in row
