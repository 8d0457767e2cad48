"""Calls that have opened, for the weekly mail: to each those that they may answer."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from members.access import AsIf
from members.models import Right
from members.news import News, Shelf, opened
from members.programmes.entitled import PAYING
from members.programmes.models import ConsultingRound, Project


def calls(since: datetime, until: datetime) -> Iterator[Shelf]:
    projects = [_of_project(project, since, until) for project in _calling(since, until)]
    yield Shelf(_("Calls for participants"), reverse("programmes:projects"), projects)
    path = reverse("programmes:consulting")
    rounds = ConsultingRound.objects.announced(clock.today())
    began = [row for row in rounds if since < clock.start_of(row.opens_on) <= until]
    yield Shelf(
        _("Consulting rounds"),
        path,
        [News(row.name_ko, row.name_en, path, _may_ask) for row in began],
    )


def _calling(since: datetime, until: datetime) -> list[Project]:
    """Shown to everybody and calling today, with a time of their clock between two instants."""
    rows = Project.objects.public().filter(
        call_ends_on__gte=clock.today(),
        call__openings__opens_at__gt=since,
        call__openings__opens_at__lte=until,
    )
    return list(rows.distinct().prefetch_related("call__openings").order_by("call_ends_on", "pk"))


def _of_project(project: Project, since: datetime, until: datetime) -> News:
    has_opened = opened(project, since, until, out_at=since)

    def is_for(reader: AsIf) -> bool:
        return any(one.standing in PAYING for one in reader.held) and has_opened(reader)

    return News(project.title_ko, project.title_en, project.get_absolute_url(), is_for)


def _may_ask(reader: AsIf) -> bool:
    return any(Right.CONSULTING in one.rights for one in reader.held)
