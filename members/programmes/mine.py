"""What my page tells of programmes: a statement for each card, however much there is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, Q, Subquery

from members.programmes.models import ConsultingRequest, Project, ProjectApplication

Status = ProjectApplication.Status


@dataclass(frozen=True)
class Call:
    """A project and, where this member has applied, where that stands."""

    project: Project
    application: ProjectApplication | None


def consulting_of(members: Collection[int], most: int) -> list[ConsultingRequest]:
    """What memberships (by their keys) have asked and is not over, the newest first."""
    rows = ConsultingRequest.objects.filter(member__in=members).running()
    return list(rows.defer("question", "report").order_by("-pk")[:most])


def calls_for(members: Collection[int], day: date, most: int) -> list[Call]:
    """Projects that look for participants on a day, and those that these memberships have applied
    to and that are not over for them: these first, then by their last day."""
    own = ProjectApplication.objects.filter(project=OuterRef("pk"), member__in=members)
    newest = own.exclude(status=Status.WITHDRAWN).order_by("-pk").values("status")
    takes_part = Q(applied=Status.ACCEPTED) & (Q(ends_on=None) | Q(ends_on__gte=day))
    rows = Project.objects.annotate(applied=Subquery(newest[:1])).filter(
        Q(is_public=True, call_ends_on__gte=day) | Q(applied=Status.RECEIVED) | takes_part
    )
    first = rows.order_by(
        F("applied").asc(nulls_last=True), F("call_ends_on").asc(nulls_last=True), "pk"
    )
    return [
        Call(row, ProjectApplication(status=row.applied) if row.applied else None)
        for row in first.defer("text_ko", "text_en")[:most]
    ]
