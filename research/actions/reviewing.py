"""From the desk to the library: handed in, sent back or approved by another person, withdrawn."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from research.actions.buying import end_sales
from research.actions.indexing import place_report
from research.checks import missing
from research.models import Report, Step

Status = Report.Status


def note_step(report: Report, kind: str, by: User, note: str = "") -> None:
    Step.objects.create(report=report, kind=kind, by=by, note=note[:500])


def writers_of(report: Report) -> set[int]:
    """Keys of those who have written on it since it was last approved."""
    return set(report.steps.of_writing().values_list("by", flat=True))


@transaction.atomic
def submit_report(report: Report, *, by: User) -> None:
    """Hands it to a second person. Raises Refused with everything that is still missing."""
    if reasons := missing(report):
        raise Refused(*reasons)
    report.move_to(Status.REVIEW, version=report.version + 1)
    note_step(report, Step.Kind.SUBMITTED, by)
    audit.record("research.submit_report", report, by=by)


@transaction.atomic
def return_report(report: Report, *, reason: str, by: User) -> None:
    """Back to its writers, who are told why."""
    if not reason.strip():
        raise Refused(_("Please state the reason."), field="reason")
    if report.status != Status.REVIEW:
        raise Refused(_("Only a report in review can be sent back."))
    report.move_to(Status.DRAFT, version=report.version + 1)
    note_step(report, Step.Kind.RETURNED, by, reason.strip())
    audit.record("research.return_report", report, by=by, reason=reason.strip())


@transaction.atomic
def approve_report(
    report: Report, *, at: datetime | None = None, seen: int | None = None, by: User
) -> None:
    """Opens the report's page at an instant: ``at``, else when it first came out, else now. One in
    the future schedules it: nothing has to run then. ``seen`` is the version that was looked at.

    Raises Refused to whoever wrote on it, with everything that is missing, where it was written on
    since it was looked at, and for any instant of what came out before: the day on which it first
    did is what citations name.
    """
    report_now = Report.objects.select_for_update().get(pk=report.pk)
    if seen is not None and seen != report_now.version:
        raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
    if at and report_now.has_come_out(clock.now()):
        raise Refused(
            _("This report has come out before: publish it now, or leave it withdrawn."),
            field="at",
        )
    if by.pk in writers_of(report_now):
        raise Refused(_("You have written on this report yourself: another person approves it."))
    if reasons := missing(report_now):
        raise Refused(*reasons)
    report.move_to(
        Status.PUBLISHED,
        published_at=at or report_now.published_at or clock.now(),
        version=report_now.version + 1,
    )
    place_report(report)
    note_step(report, Step.Kind.APPROVED, by)
    audit.record("research.publish_report", report, by=by, published_at=str(report.published_at))


def take_back_approval(report: Report, by: User) -> None:
    """What was approved ahead of its time has been written on: a second person looks again."""
    report.restore_to(Status.REVIEW, published_at=None)
    place_report(report)
    note_step(report, Step.Kind.SUBMITTED, by)
    audit.record("research.submit_report", report, by=by)


@transaction.atomic
def withdraw_report(report: Report, *, reason: str, by: User) -> None:
    """Takes the page and the copies away at once; what was downloaded stays on record. Who is
    buying or has bought it is told why."""
    if not reason.strip():
        raise Refused(_("Please state the reason."), field="reason")
    since = report.published_at if report.has_come_out(clock.now()) else None
    report.move_to(Status.WITHDRAWN, version=report.version + 1, published_at=since)
    place_report(report)
    note_step(report, Step.Kind.WITHDREW, by, reason.strip())
    audit.record("research.withdraw_report", report, by=by, reason=reason.strip())
    end_sales(report, reason=reason.strip(), by=by)
