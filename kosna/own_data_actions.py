"""A copy of everything that the portal holds about one person, for that person."""

import io
import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from kosna.accounts import own_data
from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.sheets import write_book

FORMAT = 1  # counts up where the file would mislead a program that reads the one before


def take_own_data(*, by: User, as_xlsx: bool, ip: str | None) -> bytes:
    """The file of whoever asks for it, as JSON (UTF-8, instants in UTC) or as a workbook with a
    sheet for each kind (instants in KST); one statement a kind. That it was taken is recorded."""
    content = _as_xlsx(by) if as_xlsx else _as_json(by)
    audit.record(
        "accounts.take_own_data",
        by,
        by=by,
        subjects=[by],
        ip=ip,
        format="xlsx" if as_xlsx else "json",
        size=len(content),
    )
    return content


def _as_json(user: User) -> bytes:
    told = {
        kind.code: [dict(zip(kind.facts, row, strict=True)) for row in kind.told(user)]
        for kind in own_data.kinds()
    }
    content = {"format": FORMAT, "written_at": clock.now(), "kinds": told}
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def _as_xlsx(user: User) -> bytes:
    file = io.BytesIO()
    write_book(file, ((kind.code, [*kind.facts], _cells(kind, user)) for kind in own_data.kinds()))
    return file.getvalue()


def _cells(kind: own_data.Kind, user: User) -> Iterator[list[Any]]:
    for row in kind.told(user):
        yield [_flat(value) for value in row]


def _flat(value: Any) -> Any:
    """What is a list or a table itself, as JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
