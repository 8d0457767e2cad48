"""What an operator reads: one line for each happening, and who was denied what."""

import json
import logging
from typing import Any

import pytest

from kosna.core.logs import JsonFormatter, News
from tests.conftest import Cast


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return json.loads(text)


def test_a_line_break_forges_no_second_line() -> None:
    record = logging.makeLogRecord({"msg": "%s", "args": ('x\n{"level": "INFO"}',)})
    assert line_of(record)["message"] == 'x\n{"level": "INFO"}'


@pytest.mark.django_db
def test_who_was_denied_is_written_down(cast: Cast, login: Any, caplog: Any) -> None:
    login("account").get("/staff/members/")
    login("visitor").get("/no-such-page/")
    denied, missing = (line_of(row) for row in caplog.records if row.name == "django.request")
    assert (denied["status"], denied["account"]) == (403, cast.account.pk)
    assert "/staff/members/" in denied["message"]
    assert missing["status"] == 404 and "account" not in missing


def test_a_refused_form_is_no_news() -> None:
    refused, denied = (logging.makeLogRecord({"status_code": code}) for code in (422, 403))
    assert not News().filter(refused)
    assert News().filter(denied)
