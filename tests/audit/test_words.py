"""The record speaks in words: every verb that the code records has its own."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from kosna.audit import actions as audit
from kosna.audit.words import VERBS
from tests.conftest import Cast

ROOMS = ("kosna", "members", "events", "research")


def calls() -> Iterator[tuple[Path, ast.Call]]:
    """Every call of a function named ``record`` or ``_record``."""
    for room in ROOMS:
        for path in (settings.BASE_DIR / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and node.args:
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    if name in {"record", "_record"}:
                        yield path, node


def test_every_recorded_verb_has_words() -> None:
    verbs = set()
    for path, call in calls():
        written = [part.value for part in ast.walk(call.args[0]) if isinstance(part, ast.Constant)]
        # A parameter named ``verb`` was written out by whoever called.
        assert written or getattr(call.args[0], "id", "") == "verb", f"{path}:{call.lineno}"
        verbs.update(written)
    assert {"privacy.view", "payments.fail_refund", "members.renew"} <= verbs
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
