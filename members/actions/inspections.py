"""Requests to inspect the register of members: from the letter to the last look."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.numbering import next_number
from kosna.mail import post
from members.models import Inspection, InspectionLook

INSPECTION_LINK = "inspection_link"


@transaction.atomic
def request_inspection(
    *,
    name: str,
    email: str,
    purpose: str,
    by: User,
    affiliation: str = "",
    requester: User | None = None,
) -> Inspection:
    """접수: of a member who asks for themselves, or of a stranger whose letter the desk enters.

    Raises Refused while an earlier request of this member waits for its answer.
    """
    if requester and Inspection.objects.visible_to(requester).waiting().exists():
        raise Refused(_("An earlier request of yours waits for its answer."))
    year = clock.today().year
    inspection = Inspection.objects.create(
        number=f"{year}-{next_number('inspection', year):04d}",
        branch=Branch.objects.get(is_head_office=True),
        requester=requester,
        name=name,
        email=email,
        affiliation=affiliation,
        purpose=purpose,
        language=requester.language if requester else "ko",
        entered_by=by,
    )
    audit.record(
        "members.request_inspection", inspection, by=by, subjects=[requester] if requester else []
    )
    _mail("inspection_received", inspection, answer_by=inspection.answer_by.isoformat())
    return inspection


@transaction.atomic
def grant_inspection(
    inspection: Inspection,
    *,
    fields: Sequence[str],
    as_of: date,
    expires_on: date,
    reason: str,
    by: User,
) -> None:
    """허용: these fields of the register of one day, to be looked at until the end of another.

    Raises Refused for a day that has not come, for an end that is past, or about oneself.
    """
    _not_by_oneself(inspection, by)
    reasons = []
    if as_of > clock.today():
        reasons.append(_("The register can be shown as of today or an earlier day."))
    if expires_on < clock.today():
        reasons.append(_("Choose a last day that has not passed."))
    if reasons:
        raise Refused(*reasons)
    inspection.move_to(
        Inspection.Status.GRANTED,
        fields=[name for name in Inspection.Field.values if name in fields],
        as_of=as_of,
        expires_on=expires_on,
        reason=reason,
        decided_at=clock.now(),
        decided_by=by,
    )
    audit.record(
        "members.grant_inspection",
        inspection,
        by=by,
        reason=reason,
        subjects=_subjects(inspection),
        fields=inspection.fields,
        as_of=as_of.isoformat(),
        expires_on=expires_on.isoformat(),
    )
    _mail(
        "inspection_granted",
        inspection,
        url=post.secretly(INSPECTION_LINK, str(inspection.pk)),
        as_of=as_of.isoformat(),
        expires_on=expires_on.isoformat(),
        reason=reason,
    )


def inspection_link(seed: str) -> str:
    """Drawn into the mail as it leaves; the outbox says only which request it is of."""
    return settings.SITE_URL + Inspection.objects.get(pk=seed).get_absolute_url()


@transaction.atomic
def refuse_inspection(inspection: Inspection, *, reason: str, by: User) -> None:
    """거부, with the reason that the requester is told."""
    _not_by_oneself(inspection, by)
    inspection.move_to(
        Inspection.Status.REFUSED, reason=reason, decided_at=clock.now(), decided_by=by
    )
    audit.record(
        "members.refuse_inspection",
        inspection,
        by=by,
        reason=reason,
        subjects=_subjects(inspection),
    )
    _mail("inspection_refused", inspection, reason=reason)


@transaction.atomic
def end_inspection(inspection: Inspection, *, reason: str, by: User) -> None:
    """Takes the page away before its last day; the grant and its looks stay on record."""
    inspection.move_to(Inspection.Status.ENDED)
    audit.record(
        "members.end_inspection", inspection, by=by, reason=reason, subjects=_subjects(inspection)
    )
    _mail("inspection_ended", inspection, reason=reason)


@transaction.atomic
def withdraw_inspection(inspection: Inspection, *, by: User) -> None:
    """취하 by who asked."""
    inspection.move_to(Inspection.Status.WITHDRAWN)
    audit.record("members.withdraw_inspection", inspection, by=by, subjects=_subjects(inspection))


@transaction.atomic
def record_look(
    inspection: Inspection, *, page: int, query: str, by: User | None, ip: str | None, rows: int
) -> None:
    """One look at what was granted: in the request's own log, and in the record."""
    InspectionLook.objects.create(inspection=inspection, ip=ip, page=page, query=query)
    audit.record(
        "members.inspect_register",
        inspection,
        by=by,
        subjects=_subjects(inspection),
        ip=ip,
        rows=rows,
        fields=inspection.fields,
    )


def _subjects(inspection: Inspection) -> list[int]:
    return [inspection.requester_id] if inspection.requester_id else []


def _not_by_oneself(inspection: Inspection, by: User) -> None:
    if by.pk == inspection.requester_id:
        raise Refused(_("Nobody decides about their own request."))


def _mail(template: str, inspection: Inspection, **facts: Any) -> None:
    post.send(
        template,
        [inspection.email],
        language=inspection.language,
        key=f"{template}:{inspection.pk}",
        context={"name": inspection.name, "number": inspection.number, **facts},
        user=inspection.requester,
        branch=inspection.branch,
    )
