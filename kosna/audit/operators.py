"""What operators see and set in the admin, on record."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from kosna.accounts.requests import client_ip
from kosna.audit import actions as audit
from kosna.core import admin


def looked(request: HttpRequest, target: Model, subjects: set[int], **facts: Any) -> None:
    audit.viewed(request, target, subjects=subjects, **facts)


def written(verb: str, request: Any, row: Model, values: dict[str, Any]) -> None:
    audit.record(verb, row, by=request.user, ip=client_ip(request), values=values)


def tell() -> None:
    admin.record_with(looked=looked, written=written)
