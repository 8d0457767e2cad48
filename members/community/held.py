"""What the boards hold about a person: their own words, what they reported, and whether they are
named. What the staff wrote for the association is the association's."""

from django.utils.translation import gettext_lazy as _

from kosna.accounts.own_data import register
from members.community.models import (
    AbuseReport,
    Attachment,
    Board,
    Comment,
    Contributor,
    Post,
    WeeklyMail,
)


def tell() -> None:
    register(
        "exchange_posts",
        _("Posts in the exchange"),
        lambda user: Post.objects.on(Board.EXCHANGE).filter(author=user),
        *("status", "written_at", "changed_at", "ended_at", "end_reason"),
        heading="title_ko",
        text="body_ko",
        branch="branch__name_ko",
    )
    register(
        "exchange_comments",
        _("Comments in the exchange"),
        lambda user: Comment.objects.filter(author=user),
        *("status", "body", "written_at", "changed_at", "ended_at", "end_reason"),
        branch="branch__name_ko",
    )
    register(
        "exchange_files",
        _("Files in the exchange"),
        lambda user: Attachment.objects.filter(added_by=user, post__board=Board.EXCHANGE),
        *("file_name", "content_type", "size", "added_at"),
    )
    register(
        "exchange_reports",
        _("Reports of abuse"),
        lambda user: AbuseReport.objects.filter(reported_by=user),
        *("kind", "words", "status", "reported_at", "decided_at"),
    )
    register(
        "weekly_mail",
        _("Weekly mail"),
        lambda user: WeeklyMail.objects.filter(user=user),
        *("asked_at", "told_until"),
    )
    register(
        "contributor",
        _("Contributor"),
        lambda user: Contributor.objects.filter(user=user),
        *("intro", "agreed_at", "named_at"),
    )
