"""Giving consulting: who does it, when, and what came of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from members.programmes.actions.consulting import (
    Status,
    not_ones_own,
    record,
    to_asker,
    to_consultant,
)
from members.programmes.entitled import is_paid
from members.programmes.models import Consultant, ConsultingRequest, ConsultingRound


def lock_round(key: int) -> ConsultingRound:
    """Requests of a round are taken on one at a time: it has so many places."""
    return ConsultingRound.objects.select_for_update().get(pk=key)


def lock_consultant(key: int) -> Consultant:
    """Nobody takes them out of the pool while they are given something."""
    return Consultant.objects.select_for_update().get(pk=key)


@transaction.atomic
def assign_consulting(request: ConsultingRequest, *, consultant: Consultant, by: User) -> None:
    """배정: the request is taken on and given to a consultant. Raises Refused while dues are
    unpaid, for a consultant of the asker's own, and where the round is full."""
    not_ones_own(request, by)
    lock_consultant(consultant.pk)
    fit = Consultant.objects.active().apart_from(request.member).exclude(user=request.asked_by_id)
    if not fit.filter(pk=consultant.pk).exists():
        raise Refused(
            _("This consultant is with the asker's own company, or has left the pool."),
            field="consultant",
        )
    if not is_paid(request.member, clock.now()):
        raise Refused(_("The dues of this member are unpaid. It is taken on once they are paid."))
    if request.round_id:
        full = lock_round(request.round_id)
        if full.requests.taken().count() >= full.places:
            raise Refused(_("All places of this round are taken."))
    request.move_to(Status.ASSIGNED, consultant=consultant, assigned_at=clock.now(), assigned_by=by)
    record("programmes.assign_consulting", request, by=by, consultant=consultant.user_id)
    to_asker("consulting_assigned", request, consultant=consultant.user.name)
    to_consultant("consulting_given", request)


@transaction.atomic
def return_consulting(request: ConsultingRequest, *, reason: str, by: User) -> None:
    """Takes a request from its consultant, so that it can be given to another. The asker is told
    that it goes on, and the consultant why."""
    not_ones_own(request, by)
    had = request.consultant
    if had is None:
        raise Refused(_("No consultant has this request."))
    to_consultant("consulting_returned", request, reason=reason)
    request.move_to(
        Status.RECEIVED,
        consultant=None,
        assigned_at=None,
        assigned_by=None,
        meets_at=None,
        place="",
        scheduled_at=None,
        scheduled_by=None,
    )
    record("programmes.return_consulting", request, by=by, reason=reason, consultant=had.user_id)
    to_asker("consulting_waits_again", request)


@transaction.atomic
def schedule_consulting(
    request: ConsultingRequest, *, meets_at: datetime, place: str, by: User
) -> None:
    """일정: what consultant and asker have agreed on, or have agreed on anew. Raises Refused for a
    time that has passed, and for what nobody would hear of twice: the same time and place."""
    if meets_at <= clock.now():
        raise Refused(_("Choose a time to come."), field="meets_at")
    facts = {"meets_at": meets_at, "place": place, "scheduled_at": clock.now(), "scheduled_by": by}
    stored = ConsultingRequest.objects.select_for_update().get(pk=request.pk)
    if stored.status == Status.SCHEDULED:
        if (stored.meets_at, stored.place) == (meets_at, place):
            raise Refused(_("It stands like this already."), field="meets_at")
        ConsultingRequest.objects.filter(pk=stored.pk).update(**facts)
    else:
        stored.move_to(Status.SCHEDULED, **facts)
    record("programmes.schedule_consulting", request, by=by, meets_at=meets_at.isoformat())
    to_asker(
        "consulting_scheduled", request, when=meets_at.isoformat(), place=place, consultant=by.name
    )
    to_consultant("consulting_agreed", request, when=meets_at.isoformat(), place=place)


@transaction.atomic
def report_consulting(request: ConsultingRequest, *, report: str, by: User) -> None:
    """보고서: what was advised, for the asker to read. Raises Refused before the meeting."""
    if request.meets_at and clock.now() < request.meets_at:
        raise Refused(_("The report is written after the meeting."), field="report")
    request.move_to(Status.REPORTED, report=report, reported_at=clock.now(), reported_by=by)
    record("programmes.report_consulting", request, by=by)
    to_asker("consulting_reported", request)
