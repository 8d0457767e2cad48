"""Lists by the page: a cursor holds the key of the last row, so what is added or goes away
meanwhile makes no page skip or repeat a row."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.api.operations import Call
from kosna.api.problems import Problem
from kosna.api.shapes import Part, text, whole

ROWS, MOST_ROWS = 50, 100
QUERY = {
    "after": Part(
        text(40, pattern="^[A-Za-z0-9_-]{1,40}$"),
        required=False,
        about=gettext_lazy("The cursor of the page before."),
    ),
    "limit": Part(whole(1, MOST_ROWS), required=False, about=gettext_lazy("Rows of a page.")),
}


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next: str | None


def page_by_key(call: Call, rows: QuerySet[Any]) -> Page:
    """Of an operation whose query takes ``QUERY``."""
    limit = call.query.get("limit", ROWS)
    if after := call.query.get("after"):
        rows = rows.filter(pk__gt=_key_of(after))
    found = list(rows.order_by("pk")[: limit + 1])
    more = len(found) > limit
    return Page(found[:limit], _cursor(found[limit - 1].pk) if more else None)


def _cursor(key: int) -> str:
    return base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def _key_of(cursor: str) -> int:
    try:
        digits = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        digits = ""
    if not digits.isdigit() or len(digits) > 18:
        raise Problem(422, errors=[("after", _("This is no cursor of ours."))])
    return int(digits)
