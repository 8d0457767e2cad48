"""Programs that ask the API, for the tests."""

import json
from typing import Any

from django.test import Client

from kosna.api import actions
from kosna.api.models import Scope
from tests.conftest import Cast

NEW = {
    "slug": "spring-seminar",
    "kind": "seminar",
    "title_ko": "봄 세미나",
    "starts_at": "2030-04-01T10:00:00+09:00",
    "ends_at": "2030-04-01T18:00:00+09:00",
    "tickets": [
        {
            "name_ko": "일반",
            "capacity": 40,
            "prices": [
                {"tier": None, "amount": 30000, "until": None},
                {"tier": "regular", "amount": 20000, "until": "2030-03-01T00:00:00+09:00"},
            ],
        }
    ],
}


class Program:
    """Asks with one key; ``last`` is its last answer."""

    def __init__(self, secret: str, **headers: str) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {secret}", **headers}

    def __call__(self, method: str, path: str, sent: Any = None, **headers: str) -> Any:
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            data=b"" if sent is None else json.dumps(sent),
            content_type="application/json",
            headers=self.headers | {name.replace("_", "-"): told for name, told in headers.items()},
        )


def issue(cast: Cast, *scopes: str, label: str = "지부 누리집", by: str = "officer") -> str:
    branch = cast.daegu if by == "other_officer" else cast.busan
    _token, secret = actions.issue_token(
        branch=branch, label=label, scopes=scopes or Scope.values, days=30, by=getattr(cast, by)
    )
    return secret
