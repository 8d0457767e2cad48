"""Contributors (필진): members who let the association name them for what they write."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from members.community.models.boards import Board
from members.models import Member, Seat


class ContributorQuerySet(models.QuerySet):
    def with_posts(self) -> "ContributorQuerySet":
        """With how many of their posts stand in the exchange: the field ``posts``."""
        standing = Q(user__posts__board=Board.EXCHANGE, user__posts__status="published")
        return self.annotate(posts=Count("user__posts", filter=standing))

    def listed(self, day: date) -> "ContributorQuerySet":
        """Who agreed, belongs to the association that day, and was named or has written something
        that stands."""
        members = Member.objects.belonging(day)
        own = members.filter(user=OuterRef("user"))
        seats = Seat.objects.current(day).filter(user=OuterRef("user"), member__in=members)
        rows = self.with_posts().exclude(agreed_at=None).filter(Exists(own) | Exists(seats))
        return rows.filter(Q(posts__gt=0) | Q(named_at__isnull=False))

    def newest(self) -> "ContributorQuerySet":
        return self.order_by("-agreed_at", "-pk")


class Contributor(models.Model):
    """Nobody is shown who has not agreed; what was agreed to can be taken back at any time."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="contributor"
    )
    intro = models.CharField(_("about you"), max_length=200, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    # By the staff, for what somebody wrote elsewhere; null: for posts of their own.
    named_at = models.DateTimeField(null=True, blank=True)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ContributorQuerySet.as_manager()

    class Meta:
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        constraints = [
            models.CheckConstraint(
                condition=Q(named_at=None, named_by=None)
                | Q(named_at__isnull=False, named_by__isnull=False),
                name="contributor_named_paired",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["-agreed_at"])]

    def __str__(self) -> str:
        return str(self.user)
