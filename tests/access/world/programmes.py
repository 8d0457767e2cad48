"""A partner, a consultant, a round, requests and a project of Busan."""

from typing import Any

from kosna.core import clock
from tests.conftest import Cast
from tests.members.programmes.consulting import make_consultant, make_request, make_round
from tests.members.programmes.partners import make_partner
from tests.members.programmes.projects import make_application, make_project, open_call


def programmes(cast: Cast) -> dict[str, Any]:
    consultant = make_consultant(cast.busan, by=cast.officer, user=cast.editor)
    asked = {"member": cast.regular_member, "by": cast.regular}
    given = {"consultant": consultant, **asked}
    project = open_call(make_project(cast.busan, by=cast.officer), opens_at=clock.now())
    figure = project.figures.create(name_ko="방문", value=1, source_ko="x", on=clock.today())
    return {
        "project": project.pk,
        "project_slug": project.slug,
        "project_figure": figure.pk,
        "project_application": make_application(project, **asked).number,
        "partner": make_partner(cast.busan, by=cast.officer).pk,
        "consultant": consultant.pk,
        "round": make_round(cast.busan, by=cast.officer).pk,
        "consulting_asked": make_request(**asked).number,
        "consulting_given": make_request(status="assigned", field="crisis", **given).number,
        "consulting_agreed": make_request(status="scheduled", field="content", **given).number,
        "consulting_advised": make_request(status="reported", **given).number,
    }
