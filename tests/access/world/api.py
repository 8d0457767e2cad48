"""A key of a program of Busan."""

from typing import Any

from kosna.api.actions import issue_token
from kosna.api.models import Scope
from tests.conftest import Cast


def api(cast: Cast) -> dict[str, Any]:
    token, _secret = issue_token(
        branch=cast.busan, label="누리집", scopes=Scope.values, days=30, by=cast.officer
    )
    return {"api_token": token.pk}
