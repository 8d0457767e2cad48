"""A member reports an entry or a request; staff of the branch say what comes of it."""

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from members.directory.actions.telling import keepers_of, subjects_of, tell
from members.directory.models import AbuseReport, Introduction, Profile

Status = AbuseReport.Status
DECIDED = {
    Status.UPHELD: "directory.uphold_report",
    Status.SETTLED: "directory.settle_report",
    Status.DISMISSED: "directory.dismiss_report",
}


@transaction.atomic
def report_abuse(
    about: Profile, *, reason: str, by: User, introduction: Introduction | None = None
) -> AbuseReport:
    """The branch of the entry's member is asked to look. Raises Refused about one's own, and while
    an earlier report of this person about it waits."""
    if by in keepers_of(about):
        raise Refused(_("This is your own entry."))
    try:
        with transaction.atomic():
            report = AbuseReport.objects.create(
                about=about, reason=reason, introduction=introduction, reported_by=by
            )
    except IntegrityError:
        raise Refused(_("You have reported this already. The secretariat looks at it.")) from None
    _record("directory.report_abuse", report, by=by)
    return report


@transaction.atomic
def dismiss_report(report: AbuseReport, *, decision: str, by: User) -> None:
    """There is no reason to act; whoever reported it is told why. Raises Refused about one's own
    report or entry."""
    _decide(report, Status.DISMISSED, decision, by)


@transaction.atomic
def settle_report(report: AbuseReport, *, by: User) -> None:
    """It came when the entry was hidden already, for the reason that is kept with it: whoever
    reported it is told that it is hidden. Raises Refused as ``dismiss_report`` does, and while the
    entry is not hidden."""
    about = Profile.objects.select_for_update().get(pk=report.about_id)
    if not about.hidden_at:
        raise Refused(_("This entry is not hidden."))
    _decide(report, Status.SETTLED, about.hidden_reason, by)


def uphold_reports(profile: Profile, *, decision: str, by: User) -> None:
    """What had been reported about an entry that is hidden now."""
    for report in profile.abuse_reports.open().select_related("reported_by"):
        _decide(report, Status.UPHELD, decision, by)


def _decide(report: AbuseReport, status: AbuseReport.Status, decision: str, by: User) -> None:
    if by == report.reported_by or by in keepers_of(report.about):
        raise Refused(_("Nobody decides about what they have reported, or about their own entry."))
    report.move_to(status, decision=decision, decided_at=clock.now(), decided_by=by)
    _record(DECIDED[status], report, by=by)
    tell(
        "abuse_answered",
        report.about,
        [report.reported_by],
        path=reverse("directory:directory"),
        entry=report.about.member.name,
        is_hidden=status != Status.DISMISSED,
        # Why an entry is hidden is between its member and the branch.
        decision=decision if status == Status.DISMISSED else "",
    )


def _record(verb: str, report: AbuseReport, *, by: User) -> None:
    audit.record(
        verb,
        report,
        by=by,
        branch=report.about.member.branch_id,
        reason=report.decision,
        subjects=subjects_of(report.about),
    )
