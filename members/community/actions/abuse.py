"""Reports of abuse: a reader makes one, the staff of the post's branch decide it."""

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from members.community.access import may_read
from members.community.actions.posts import take_down_comment, take_down_post
from members.community.models import AbuseReport, Comment, Post

MOST_REPORTS = 10  # a day in Seoul and person
Status = AbuseReport.Status
DECIDED = {
    Status.UPHELD: "community.uphold_report",
    Status.DISMISSED: "community.dismiss_report",
}


@transaction.atomic
def report_abuse(
    post: Post, comment: Comment | None = None, *, kind: str, words: str, by: User
) -> AbuseReport:
    """Of a post, or of a comment below it. Raises Refused for one's own, for what is reported
    already, and after so many a day."""
    decision = may_read(by, clock.now())
    if not decision.allowed:
        raise Refused(decision.reason)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if (comment or post).author_id == by.pk:
        raise Refused(_("This is your own. You may change or remove it yourself."))
    mine = AbuseReport.objects.filter(reported_by=by)
    if mine.waiting().filter(post=post, comment=comment).exists():
        raise Refused(_("You have reported this already. We are looking at it."))
    if mine.filter(reported_at__gte=clock.start_of(clock.today())).count() >= MOST_REPORTS:
        raise Refused(
            _("You have reported %(n)s things today. Please write to us for more.")
            % {"n": MOST_REPORTS}
        )
    row = AbuseReport.objects.create(
        post=post, comment=comment, kind=kind, words=words, reported_by=by
    )
    audit.record("community.report_abuse", row, by=by, branch=post.branch_id, kind=kind)
    return row


@transaction.atomic
def uphold_report(report: AbuseReport, *, reason: str, by: User) -> None:
    """What was reported is taken down, and with it every report of the same is closed."""
    row = _to_decide(report, by)
    if row.comment and row.comment.status == Comment.Status.SHOWN:
        take_down_comment(row.comment, reason=reason, by=by)
    elif not row.comment and row.post.status == Post.Status.PUBLISHED:
        take_down_post(row.post, reason=reason, by=by)
    for same in AbuseReport.objects.same_target(row).waiting():
        _decide(same, Status.UPHELD, reason, by)


@transaction.atomic
def dismiss_report(report: AbuseReport, *, reason: str, by: User) -> None:
    """It stays where it is; the reason stays on record."""
    _decide(_to_decide(report, by), Status.DISMISSED, reason, by)


def _to_decide(report: AbuseReport, by: User) -> AbuseReport:
    """The post is locked first, so that two who decide about the same take turns."""
    Post.objects.select_for_update().get(pk=report.post_id)
    rows = AbuseReport.objects.select_for_update(of=("self",)).for_pages()
    row = rows.get(pk=report.pk)
    if row.status != Status.OPEN:
        raise Refused(_("Somebody else was faster: this report is decided already."))
    if by.pk in (row.target.author_id, row.reported_by_id):
        raise Refused(_("This concerns yourself: a colleague decides it."))
    return row


def _decide(row: AbuseReport, status: AbuseReport.Status, reason: str, by: User) -> None:
    row.move_to(status, decided_at=clock.now(), decided_by=by, note=reason)
    audit.record(
        DECIDED[status],
        row,
        by=by,
        branch=row.post.branch_id,
        reason=reason,
        subjects=[row.reported_by_id, row.target.author_id],
    )
