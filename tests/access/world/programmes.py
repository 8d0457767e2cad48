"""A partner of Busan."""

from typing import Any

from tests.conftest import Cast
from tests.members.programmes.partners import make_partner


def programmes(cast: Cast) -> dict[str, Any]:
    return {"partner": make_partner(cast.busan, by=cast.officer).pk}
