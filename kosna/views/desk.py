"""The desk: what waits today in the branches where this person works."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from kosna.branches.access import staff_view
from kosna.branches.models import Scope
from kosna.core import clock
from kosna.core.specimens import specimens
from kosna.views.desk_queues import QUEUES

SHOWN = 5


@staff_view("desk.open")
def desk(request: HttpRequest) -> HttpResponse:
    """Only the queues whose work this person may do; each with its count and its oldest rows."""
    queues = []
    for queue in QUEUES:
        if not any(Scope.of(request.user, verb) for verb in queue.verb.split()):
            continue
        rows = queue.rows(request.user)
        queues.append(
            {
                "queue": queue,
                "count": rows.count(),
                "rows": list(rows.order_by(queue.order)[:SHOWN]),
            }
        )
    return TemplateResponse(
        request, "staff/desk.html", {"queues": queues, **_events_of(request.user)}
    )


def _events_of(user: Any) -> dict[str, Any]:
    """The day, and where this person may open an event's page or its door."""
    return {
        "today": clock.today(),
        "may_view": Scope.of(user, "events.view_event"),
        "may_admit": Scope.of(user, "events.check_in"),
    }


def components(request: HttpRequest) -> HttpResponse:
    """Every component of the design system; only where DEBUG is on."""
    return TemplateResponse(request, "staff/components.html", specimens())
