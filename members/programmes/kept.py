"""What becomes of consulting and of applications to projects when an account is closed. What was
given stays as long as contracts do; then the words go, and that there was one is left."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.accounts.models import User
from kosna.accounts.retention import (
    CONTRACT,
    NOBODY,
    RECORD,
    Fate,
    Obstacle,
    destroys,
    on_closing,
    rule,
    settle_first,
)
from kosna.core import clock
from members.models import Member
from members.programmes.models import Consultant, ConsultingRequest, ProjectApplication

# Its runners read on what one of them asked for it.
OF_A_RUNNING_COMPANY = Q(member__organisation__isnull=False, member__status__in=Member.RUNNING)


def tell() -> None:
    rule(Fate.STAYS, CONTRACT, "consulting_requests", "consulting_given", "project_applications")
    rule(Fate.THINS, RECORD, "consultant")
    settle_first(_in_hand)
    on_closing(_erase)
    destroys(
        "consulting",
        gettext_lazy("Consulting of closed accounts"),
        CONTRACT,
        _consulting_due,
        _thin_consulting,
    )
    destroys(
        "project_applications",
        gettext_lazy("Applications to projects of closed accounts"),
        CONTRACT,
        _applications_due,
        _thin_applications,
    )


def _in_hand(user: User) -> Iterator[Obstacle]:
    asked = ConsultingRequest.objects.visible_to(user).open().filter(asked_by=user)
    for request in asked.order_by("pk"):
        yield Obstacle(
            _("Your consulting request %(number)s is under way.") % {"number": request.number},
            request.get_absolute_url(),
            _("Withdraw it"),
        )
    for request in ConsultingRequest.objects.in_hand().filter(consultant__user=user).order_by("pk"):
        yield Obstacle(
            _("You advise in %(number)s. The office takes it back.") % {"number": request.number},
            reverse("consulting:assigned"),
            _("To what you advise"),
        )
    waiting = ProjectApplication.objects.visible_to(user).waiting().filter(applied_by=user)
    for application in waiting.order_by("pk"):
        yield Obstacle(
            _("Your application %(number)s to a project is not decided yet.")
            % {"number": application.number},
            reverse("projects:applications"),
            _("Withdraw it"),
        )


def _erase(user: User) -> None:
    mine = Consultant.objects.filter(user=user)
    mine.active().update(retired_at=clock.now(), retired_by=user)
    mine.update(affiliation="", about="")


def _consulting_due(at: datetime) -> QuerySet[ConsultingRequest]:
    of_closed = ConsultingRequest.objects.filter(asked_by__closed_at__isnull=False)
    ended = of_closed.filter(ended_at__lt=CONTRACT.cutoff(at)).exclude(topic=NOBODY)
    return ended.exclude(OF_A_RUNNING_COMPANY)


def _thin_consulting(keys: Collection[int]) -> None:
    rows = ConsultingRequest.objects.filter(pk__in=keys)
    rows.exclude(report="").update(report=NOBODY)
    rows.update(topic=NOBODY, question=NOBODY, place="", words="", reason="")


def _applications_due(at: datetime) -> QuerySet[ProjectApplication]:
    of_closed = ProjectApplication.objects.filter(applied_by__closed_at__isnull=False)
    ended = of_closed.exclude(status=ProjectApplication.Status.RECEIVED).exclude(plan=NOBODY)
    return ended.filter(applied_at__lt=CONTRACT.cutoff(at)).exclude(OF_A_RUNNING_COMPANY)


def _thin_applications(keys: Collection[int]) -> None:
    ProjectApplication.objects.filter(pk__in=keys).update(plan=NOBODY, reason="")
