"""Projects: written by their branch, opened to participants, applied to and decided."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.numbering import next_number
from kosna.mail import post
from members.access import entitlement
from members.actions.periods import locked
from members.models import Clock, Member, Opening, Right, Tier
from members.programmes.entitled import is_paid, members_applying
from members.programmes.models import Project, ProjectApplication, ProjectFigure

Status = ProjectApplication.Status


@transaction.atomic
def write_project(project: Project, *, fields: Collection[str], by: User) -> Project:
    """Keeps a new project, or those ``fields`` of one that changed."""
    if project.pk is None:
        project.written_by = by
        project.save()
    else:
        project.save(update_fields=list(fields))
    audit.record("programmes.write_project", project, by=by, changed=sorted(fields))
    return project


@transaction.atomic
def call_for_participants(
    project: Project,
    *,
    first_at: datetime | None,
    opens_at: datetime,
    ends_on: date,
    places: int,
    by: User,
) -> None:
    """Opens a project to participants, or changes its call: from ``first_at`` on for members whose
    tier registers first, from ``opens_at`` on for every member, until a last day (KST). Raises
    Refused for times out of order, and for fewer places than are taken."""
    stored = lock_project(project.pk)
    if first_at and first_at >= opens_at:
        raise Refused(_("Priority begins before the call is open to all."), field="first_at")
    if ends_on < clock.kst_date(opens_at):
        raise Refused(_("The last day lies before the opening."), field="ends_on")
    taken = stored.applications.accepted().count()
    if places < taken:
        raise Refused(
            _("%(n)d are taken on already: there cannot be fewer places.") % {"n": taken},
            field="places",
        )
    if stored.call is None:
        stored.call = Clock.objects.create(name=stored.title_ko)
    stored.call.openings.all().delete()
    times: list[tuple[Tier | None, datetime]] = [(None, opens_at)]
    if first_at:
        times += [(tier, first_at) for tier in Tier.objects.filter(rights__right=Right.PRIORITY)]
    Opening.objects.bulk_create(
        [Opening(clock=stored.call, tier=tier, opens_at=at) for tier, at in times]
    )
    stored.call_ends_on, stored.places = ends_on, places
    stored.save(update_fields=["call", "call_ends_on", "places"])
    audit.record(
        "programmes.call_for_participants",
        stored,
        by=by,
        first_at=first_at.isoformat() if first_at else "",
        opens_at=opens_at.isoformat(),
        ends_on=ends_on.isoformat(),
        places=places,
    )


@transaction.atomic
def add_figure(project: Project, figure: ProjectFigure, *, by: User) -> ProjectFigure:
    """A value of a day, with its source. Raises Refused where the day has one."""
    twins = project.figures.filter(name_ko=figure.name_ko, on=figure.on)
    lock_project(project.pk)
    if twins.exists():
        raise Refused(_("There is a value of this day already."), field="on")
    figure.project = project
    figure.save()
    audit.record(
        "programmes.add_figure", project, by=by, name=figure.name_ko, value=figure.value,
        on=figure.on.isoformat(),
    )  # fmt: skip
    return figure


@transaction.atomic
def remove_figure(figure: ProjectFigure, *, by: User) -> None:
    """A value that was wrong; what it was stays in the record."""
    audit.record(
        "programmes.remove_figure", figure.project, by=by, name=figure.name_ko, value=figure.value,
        on=figure.on.isoformat(),
    )  # fmt: skip
    figure.delete()


def lock_project(key: int) -> Project:
    """Participants are taken on one at a time: a call has so many places."""
    return Project.objects.select_for_update().get(pk=key)


@transaction.atomic
def apply_to_project(
    project: Project, *, member: Member, plan: str, by: User
) -> ProjectApplication:
    """접수, by the server's clock. Raises Refused before the call is open to this person, after
    its last day, for whoever may not apply, and for a second application of a member."""
    member, now = locked(member.pk), clock.now()
    if project.call is None or not project.is_calling:
        raise Refused(_("This project takes no applications today."))
    decision = entitlement(by, project, now)
    if not decision.allowed:
        raise Refused(decision.reason)
    if member.pk not in {each.pk for each in members_applying(by, now)}:
        raise Refused(_("This membership cannot apply at present."), field="member")
    if member.project_applications.filter(
        project=project, status__in=[Status.RECEIVED, Status.ACCEPTED]
    ).exists():
        raise Refused(_("You have applied to this project already."))
    year = clock.today().year
    application = ProjectApplication.objects.create(
        number=f"{year}-{next_number('project application', year):04d}",
        project=project,
        member=member,
        plan=plan,
        was_early=decision.code == "early",
        applied_by=by,
    )
    _record("programmes.apply_to_project", application, by=by)
    _mail("project_received", application)
    return application


@transaction.atomic
def withdraw_application(application: ProjectApplication, *, by: User) -> None:
    """취하, until it is decided."""
    application.move_to(Status.WITHDRAWN)
    _record("programmes.withdraw_application", application, by=by)


@transaction.atomic
def accept_application(application: ProjectApplication, *, by: User) -> None:
    """선정. Raises Refused while dues are unpaid, and where all places are taken."""
    _not_ones_own(application, by)
    project = lock_project(application.project_id)
    if not is_paid(application.member, clock.now()):
        raise Refused(_("The dues of this member are unpaid. It is taken on once they are paid."))
    if project.places is None or project.applications.accepted().count() >= project.places:
        raise Refused(_("All places of this project are taken."))
    application.move_to(Status.ACCEPTED, decided_at=clock.now(), decided_by=by)
    _record("programmes.accept_application", application, by=by)
    _mail("project_accepted", application)


@transaction.atomic
def decline_application(application: ProjectApplication, *, reason: str, by: User) -> None:
    """미선정, with the reason that the applicant reads."""
    _not_ones_own(application, by)
    application.move_to(Status.DECLINED, decided_at=clock.now(), decided_by=by, reason=reason)
    _record("programmes.decline_application", application, by=by, reason=reason)
    _mail("project_declined", application, reason=reason)


def _not_ones_own(application: ProjectApplication, by: User) -> None:
    is_theirs = Member.objects.of(by).filter(pk=application.member_id).exists()
    if by.pk == application.applied_by_id or is_theirs:
        raise Refused(_("Nobody decides about their own request."))


def _record(verb: str, application: ProjectApplication, **facts: Any) -> None:
    audit.record(
        verb, application, branch=application.project.branch_id,
        subjects=[application.applied_by_id], **facts,
    )  # fmt: skip


def _mail(template: str, application: ProjectApplication, **facts: Any) -> None:
    user, project = application.applied_by, application.project
    title = project.title_en or project.title_ko if user.language == "en" else project.title_ko
    post.send(
        template,
        [user.email],
        language=user.language,
        context={
            "name": user.name,
            "number": application.number,
            "title": title,
            "member": application.member.name,
            "url": settings.SITE_URL + reverse("projects:applications"),
            **facts,
        },
        user=user,
        branch=project.branch,
    )
