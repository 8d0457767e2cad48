"""Structured logs: one JSON object a line; line breaks in values cannot forge a second line."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from django.utils.functional import SimpleLazyObject, empty


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        status = getattr(record, "status_code", None)
        if status:
            entry["status"] = status
        if who := _account(getattr(record, "request", None)):
            entry["account"] = who
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def _account(request: Any) -> int | None:
    """The key of the account that asked, where the request has come to know it: a log line asks the
    database nothing."""
    user = getattr(request, "user", None)
    if isinstance(user, SimpleLazyObject) and user.__dict__["_wrapped"] is empty:
        return None
    return getattr(user, "pk", None)


class News(logging.Filter):
    """Everything but forms that were refused; what was denied (403, 404) is kept."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != 422
