"""Projects as tests need them: what you name is what you get."""

import itertools
from datetime import date, datetime, timedelta
from typing import Any

from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core import clock
from members.models import Clock, Member, Opening, Tier
from members.programmes.models import Project, ProjectApplication

_numbers = itertools.count(1)


def make_project(branch: Branch, *, by: User, **fields: Any) -> Project:
    number = next(_numbers)
    facts = {
        "slug": f"project-{number}",
        "area": Project.Area.EDUCATION,
        "title_ko": f"시민 교실 {number}",
        "text_ko": "함께 배웁니다.",
        "lead_ko": "한국소셜네트워크협회",
        "starts_on": date(2024, 3, 4),
        "is_public": True,
        **fields,
    }
    return Project.objects.create(branch=branch, written_by=by, **facts)


def open_call(
    project: Project,
    *,
    opens_at: datetime,
    first: dict[Tier, datetime] | None = None,
    places: int = 2,
    ends_on: date | None = None,
) -> Project:
    project.call = Clock.objects.create(name=project.title_ko)
    for tier, at in {**(first or {}), None: opens_at}.items():
        Opening.objects.create(clock=project.call, tier=tier, opens_at=at)
    project.places = places
    project.call_ends_on = ends_on or clock.today() + timedelta(days=20)
    project.save()
    return project


def make_application(project: Project, member: Member, *, by: User, **fields: Any) -> Any:
    facts = {"number": f"2020-{next(_numbers):04}", "plan": "강사를 보냅니다.", **fields}
    return ProjectApplication.objects.create(project=project, member=member, applied_by=by, **facts)
