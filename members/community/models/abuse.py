"""What a reader reports of a post or a comment (신고), and what came of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.models import Stateful
from members.community.models.comments import Comment
from members.community.models.posts import Post


class AbuseReportQuerySet(BranchScoped):
    """They are those of the branch whose post it is, comments below it included."""

    branch_field = "post__branch"

    def waiting(self) -> "AbuseReportQuerySet":
        return self.filter(status=AbuseReport.Status.OPEN)

    def in_status(self, status: str) -> "AbuseReportQuerySet":
        return self.filter(status=status) if status else self

    def same_target(self, report: "AbuseReport") -> "AbuseReportQuerySet":
        return self.filter(post=report.post_id, comment=report.comment_id)

    def waiting_first(self) -> "AbuseReportQuerySet":
        waits = Case(When(status=AbuseReport.Status.OPEN, then=Value(0)), default=Value(1))
        return self.order_by(waits, "-reported_at", "-pk")

    def for_pages(self) -> "AbuseReportQuerySet":
        return self.select_related(
            "post__branch", "post__author", "comment__author", "reported_by", "decided_by"
        )


class AbuseReport(Stateful):
    """Of a post, or with ``comment`` of what stands below it. Its reporter stays unnamed to
    everybody but the staff."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("Personal data of somebody")
        INSULT = "insult", _("Insult or threat")
        ADVERT = "advert", _("Advertising")
        COPYRIGHT = "copyright", _("Somebody else's work")
        OTHER = "other", _("Something else")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("a report of abuse", "Waiting")
        UPHELD = "upheld", pgettext_lazy("a report of abuse", "Taken down")
        DISMISSED = "dismissed", pgettext_lazy("a report of abuse", "Left as it is")

    TRANSITIONS: ClassVar = {
        Status.OPEN: {Status.UPHELD, Status.DISMISSED},
        Status.UPHELD: set(),
        Status.DISMISSED: set(),
    }
    TONES: ClassVar = {Status.OPEN: "warning", Status.UPHELD: "danger"}

    post = models.ForeignKey(Post, models.PROTECT, related_name="abuse_reports")
    comment = models.ForeignKey(
        Comment, models.PROTECT, null=True, blank=True, related_name="abuse_reports"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    words = models.CharField(_("text"), max_length=500, blank=True)
    reported_at = models.DateTimeField(default=clock.now)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="abuse_reports"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)

    objects = AbuseReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of abuse")
        verbose_name_plural = _("reports of abuse")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, status="open")
                | Q(
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    status__in=["upheld", "dismissed"],
                ),
                name="abuse_report_decision_paired",
            ),
            models.UniqueConstraint(
                fields=["post", "reported_by"],
                condition=Q(status="open", comment=None),
                name="abuse_report_of_post_once",
            ),
            models.UniqueConstraint(
                fields=["comment", "reported_by"],
                condition=Q(status="open"),
                name="abuse_report_of_comment_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "-reported_at"])]

    def __str__(self) -> str:
        return str(self.comment or self.post)

    def get_absolute_url(self) -> str:
        return reverse("community_staff:report", args=[self.pk])

    @property
    def target(self) -> Post | Comment:
        return self.comment or self.post
