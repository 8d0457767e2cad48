"""Somebody is let in for a reason: staff for a day, a guest until an instant. All of it is on
record, and ends by itself."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from research.models import Permit, Report

FOR_STAFF = timedelta(hours=24)
LONGEST = timedelta(days=366)


@transaction.atomic
def let_in(report: Report, user: User, *, until: datetime, reason: str, by: User) -> Permit:
    """Opens a report to one person until an instant. Raises Refused without a reason, and where the
    time is over already or longer than a year; for oneself, than a day."""
    at, reason = clock.now(), reason.strip()
    if not reason:
        raise Refused(_("Please state the reason."), field="reason")
    if not at < until <= at + LONGEST:
        raise Refused(_("The time ends in the future, within a year."), field="until")
    if user.pk == by.pk and until > at + FOR_STAFF:
        raise Refused(_("For yourself a report opens for 24 hours at most."), field="until")
    permit = Permit.objects.create(
        report=report, user=user, reason=reason, given_by=by, since=at, until=until
    )
    audit.record(
        "research.let_in", report, by=by, subjects=[user], reason=reason, until=until.isoformat()
    )
    return permit


def read_for_a_reason(report: Report, *, reason: str, by: User) -> Permit:
    """A member of the staff reads what membership does not open, for a day. Raises Refused for what
    is not out: the desk shows its pages."""
    if not report.is_out(clock.now()):
        raise Refused(_("It is not out, so there is nothing to open. The desk shows its pages."))
    return let_in(report, by, until=clock.now() + FOR_STAFF, reason=reason, by=by)


@transaction.atomic
def end_permit(permit: Permit, *, by: User) -> None:
    """Takes back what was given, not what was bought: that ends with its refund."""
    at = clock.now()
    if not Permit.objects.given().current(at).filter(pk=permit.pk).update(ended_at=at):
        raise Refused(_("This has ended already."))
    audit.record("research.end_permit", permit.report, by=by, subjects=[permit.user_id])
