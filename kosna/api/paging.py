"""Lists by the page: a cursor holds the key of the last row, so what is added or goes away
meanwhile makes no page skip or repeat a row."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from kosna.api.operations import Call
from kosna.api.shapes import Part, text, whole

ROWS, MOST_ROWS = 50, 100
QUERY = {
    "after": Part(
        text(18, pattern="^[0-9]{1,18}$"),
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
        rows = rows.filter(pk__gt=int(after))
    found = list(rows.order_by("pk")[: limit + 1])
    more = len(found) > limit
    return Page(found[:limit], str(found[limit - 1].pk) if more else None)
