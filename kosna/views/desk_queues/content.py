"""What waits at events, on the boards and in the library."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from events.models import PlaceRequest
from kosna.views.desk_queues.queue import Queue
from members.community.models import AbuseReport as PostReport
from research.models import Report, Step


def approvable(user: Any) -> QuerySet[Report]:
    """Reports handed in for review that somebody else has written."""
    own = Step.objects.of_writing().filter(by=user)
    rows = Report.objects.permitted(user, "research.approve_report")
    return rows.in_state(Report.Status.REVIEW, None).exclude(pk__in=own.values("report"))


QUEUES = (
    Queue(
        "requests",
        _("Requests for places to decide"),
        "/staff/events/?asked=on",
        "events.change_event",
        lambda user: (
            PlaceRequest.objects.permitted(user, "events.change_event")
            .undecided()
            .select_related("event", "ticket", "user")
        ),
        "accent",
        "asked_at",
    ),
    Queue(
        "abuse",
        _("Reported posts to decide"),
        "/staff/community/reports/?status=open",
        "community.moderate",
        lambda user: PostReport.objects.permitted(user, "community.moderate").waiting().for_pages(),
        "danger",
        "reported_at",
    ),
    Queue(
        "reports",
        _("Reports to approve"),
        "/staff/reports/?status=review",
        "research.approve_report",
        approvable,
        "accent",
        "pk",
    ),
)
