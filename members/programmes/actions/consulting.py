"""Asking for consulting, and what the office and the asker say to a request."""

from datetime import date
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
from members.actions.periods import locked
from members.models import Member
from members.programmes.entitled import members_asking
from members.programmes.models import ConsultingRequest, ConsultingRound

Status = ConsultingRequest.Status


@transaction.atomic
def ask_consulting(
    member: Member,
    *,
    field: str,
    topic: str,
    question: str,
    first_on: date,
    second_on: date | None = None,
    hours: str = ConsultingRequest.Hours.ANY,
    is_in_g_valley: bool = False,
    round: ConsultingRound | None = None,
    by: User,
) -> ConsultingRequest:
    """접수: a member asks, or for a company who represents or runs it; in a ``round`` or by
    itself. Raises Refused for whoever may not ask, while another request in the same field is on
    its way, and for a round that is not open or not for them."""
    member = locked(member.pk)
    if member.pk not in {each.pk for each in members_asking(by, clock.now())}:
        raise Refused(_("This membership does not include consulting at present."))
    if member.consulting_requests.open().filter(field=field).exists():
        raise Refused(
            _("A request of yours in this field is on its way. Wait for its end, or withdraw it."),
            field="field",
        )
    if round:
        _may_enter(round, is_in_g_valley)
    year = clock.today().year
    request = ConsultingRequest.objects.create(
        number=f"{year}-{next_number('consulting', year):04d}",
        branch=round.branch if round else member.branch,
        member=member,
        round=round,
        field=field,
        topic=topic,
        question=question,
        first_on=first_on,
        second_on=second_on,
        hours=hours,
        is_in_g_valley=is_in_g_valley,
        asked_by=by,
    )
    record("programmes.ask_consulting", request, by=by, field=field)
    to_asker("consulting_received", request)
    return request


def _may_enter(entered: ConsultingRound, is_in_g_valley: bool) -> None:
    if entered.state_on(clock.today()) != ConsultingRound.State.OPEN:
        raise Refused(_("This round does not take requests today."), field="round")
    if entered.is_for_g_valley and not is_in_g_valley:
        raise Refused(
            _("This round is for tenants of G-Valley. Say so below, or choose no round."),
            field="round",
        )


@transaction.atomic
def withdraw_consulting(request: ConsultingRequest, *, by: User) -> None:
    """취하 by whoever may ask for this member; a consultant who had it is told."""
    had = request.consultant
    request.move_to(Status.WITHDRAWN, ended_at=clock.now(), ended_by=by)
    record("programmes.withdraw_consulting", request, by=by)
    if had:
        to_consultant("consulting_withdrawn", request)


@transaction.atomic
def decline_consulting(request: ConsultingRequest, *, reason: str, by: User) -> None:
    """미선정, with the reason that the asker reads."""
    not_ones_own(request, by)
    request.move_to(Status.DECLINED, ended_at=clock.now(), ended_by=by, reason=reason)
    record("programmes.decline_consulting", request, by=by, reason=reason)
    to_asker("consulting_declined", request, reason=reason)


@transaction.atomic
def rate_consulting(request: ConsultingRequest, *, rating: int, words: str = "", by: User) -> None:
    """The asker's answer, once: from 1 to 5, and words; with it the request is over."""
    request.move_to(Status.CLOSED, rating=rating, words=words, ended_at=clock.now(), ended_by=by)
    record("programmes.rate_consulting", request, by=by)


@transaction.atomic
def close_consulting(request: ConsultingRequest, *, reason: str, by: User) -> None:
    """The office ends a request whose report nobody has answered."""
    not_ones_own(request, by)
    request.move_to(Status.CLOSED, ended_at=clock.now(), ended_by=by, reason=reason)
    record("programmes.close_consulting", request, by=by, reason=reason)


def not_ones_own(request: ConsultingRequest, by: User) -> None:
    """Raises Refused for who asked, and for whoever belongs to the member that it is for."""
    if by.pk == request.asked_by_id or Member.objects.of(by).filter(pk=request.member_id).exists():
        raise Refused(_("Nobody decides about their own request."))


def record(verb: str, request: ConsultingRequest, **facts: Any) -> None:
    audit.record(verb, request, subjects=[request.asked_by_id], **facts)


def to_asker(template: str, request: ConsultingRequest, **facts: Any) -> None:
    """A mail to who asked."""
    _send(template, request, request.asked_by, reverse("consulting:request", args=[request.number]),
          **facts)  # fmt: skip


def to_consultant(template: str, request: ConsultingRequest, **facts: Any) -> None:
    """A mail to the consultant who has, or a moment ago had, this request."""
    assert request.consultant is not None
    address = reverse("consulting:assignment", args=[request.number])
    _send(template, request, request.consultant.user, address, **facts)


def _send(template: str, request: ConsultingRequest, user: User, path: str, **facts: Any) -> None:
    post.send(
        template,
        [user.email],
        language=user.language,
        context={
            "name": user.name,
            "number": request.number,
            "topic": request.topic,
            "member": request.member.name,
            "url": settings.SITE_URL + path,
            **facts,
        },
        user=user,
        branch=request.branch,
    )
