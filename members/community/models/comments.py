"""What members answer below a post of the exchange."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.models import Stateful
from members.community.models.posts import Post


class CommentQuerySet(models.QuerySet):
    def in_order(self) -> "CommentQuerySet":
        return self.order_by("written_at", "pk")


class Comment(Stateful):
    """Removed or taken down, its place stays in the thread and its text on record."""

    class Status(models.TextChoices):
        SHOWN = "shown", pgettext_lazy("a comment", "Shown")
        TAKEN_DOWN = "taken_down", pgettext_lazy("a post", "Taken down")
        REMOVED = "removed", pgettext_lazy("a post", "Removed by its author")

    TRANSITIONS: ClassVar = {
        Status.SHOWN: {Status.TAKEN_DOWN, Status.REMOVED},
        Status.TAKEN_DOWN: set(),
        Status.REMOVED: set(),
    }
    TONES: ClassVar = {Status.TAKEN_DOWN: "danger"}

    post = models.ForeignKey(Post, models.PROTECT, related_name="comments")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")  # that of its author
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments")
    status = models.CharField(max_length=10, choices=Status, default=Status.SHOWN)
    body = models.TextField(_("comment"), max_length=2000)
    written_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_reason = models.CharField(max_length=300, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, status="shown")
                | Q(
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                    status__in=["taken_down", "removed"],
                ),
                name="comment_end_paired",
            )
        ]

    def __str__(self) -> str:
        return self.body[:60]

    def get_absolute_url(self) -> str:
        return f"{self.post.get_absolute_url()}#comment-{self.pk}"
