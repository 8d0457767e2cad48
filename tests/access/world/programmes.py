"""A partner, a consultant, a round and requests of Busan."""

from typing import Any

from tests.conftest import Cast
from tests.members.programmes.consulting import make_consultant, make_request, make_round
from tests.members.programmes.partners import make_partner


def programmes(cast: Cast) -> dict[str, Any]:
    consultant = make_consultant(cast.busan, by=cast.officer, user=cast.editor)
    asked = {"member": cast.regular_member, "by": cast.regular}
    given = {"consultant": consultant, **asked}
    return {
        "partner": make_partner(cast.busan, by=cast.officer).pk,
        "consultant": consultant.pk,
        "round": make_round(cast.busan, by=cast.officer).pk,
        "consulting_asked": make_request(**asked).number,
        "consulting_given": make_request(status="assigned", field="crisis", **given).number,
        "consulting_agreed": make_request(status="scheduled", field="content", **given).number,
        "consulting_advised": make_request(status="reported", **given).number,
    }
