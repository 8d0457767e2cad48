"""One member asks another to be introduced; and whom a member does not want to be asked by."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.core import clock
from kosna.core.models import Stateful
from members.directory.models.profiles import Profile


class IntroductionQuerySet(models.QuerySet):
    def waiting(self) -> "IntroductionQuerySet":
        return self.filter(status=Introduction.Status.WAITING)

    def accepted(self) -> "IntroductionQuerySet":
        return self.filter(status=Introduction.Status.ACCEPTED)

    def overdue(self, at: datetime) -> "IntroductionQuerySet":
        return self.waiting().filter(asked_at__lte=at - Introduction.TERM)

    def visible_to(self, user: Any) -> "IntroductionQuerySet":
        """Of either side; for everybody else there is none."""
        return self.sent_by(user) | self.received_by(user)

    def sent_by(self, user: Any) -> "IntroductionQuerySet":
        return self.filter(asker__in=Profile.objects.kept_by(user).values("pk"))

    def received_by(self, user: Any) -> "IntroductionQuerySet":
        return self.filter(asked__in=Profile.objects.kept_by(user).values("pk"))

    def between(self, one: Profile, other: Profile) -> "IntroductionQuerySet":
        """Whoever asked."""
        return self.filter(Q(asker=one, asked=other) | Q(asker=other, asked=one))

    def with_sides(self) -> "IntroductionQuerySet":
        sides = [
            f"{side}__member__{name}"
            for side in ("asker", "asked")
            for name in ("tier", "branch", "user", "organisation")
        ]
        return self.select_related(*sides)

    def newest(self) -> "IntroductionQuerySet":
        return self.order_by("-asked_at", "-pk")


class Introduction(Stateful):
    """A request between two entries. Accepted, each side keeps the address of the other, whatever
    becomes of the entries."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Awaiting an answer")
        ACCEPTED = "accepted", _("Introduced")
        DECLINED = "declined", _("Not this time")
        WITHDRAWN = "withdrawn", pgettext_lazy("an introduction", "Taken back")
        EXPIRED = "expired", _("Ended without an answer")

    TRANSITIONS: ClassVar = {
        Status.WAITING: {
            Status.ACCEPTED,
            Status.DECLINED,
            Status.WITHDRAWN,
            Status.EXPIRED,
        },
        Status.ACCEPTED: set(),
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
        Status.EXPIRED: set(),
    }
    TONES: ClassVar = {Status.WAITING: "info", Status.ACCEPTED: "good"}
    TERM = timedelta(days=14)

    asker = models.ForeignKey(Profile, models.PROTECT, related_name="requests_sent")
    asked = models.ForeignKey(Profile, models.PROTECT, related_name="requests_received")
    message = models.TextField(_("message"), max_length=600)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Answered, taken back, or over by itself, which is nobody's doing.
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What each side learnt of the other on the day of the acceptance.
    asker_email = models.EmailField(blank=True)
    asked_email = models.EmailField(blank=True)

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("introduction")
        verbose_name_plural = _("introductions")
        constraints = [
            models.CheckConstraint(condition=~Q(asker=F("asked")), name="introduction_of_two"),
            models.UniqueConstraint(
                fields=["asker", "asked"],
                condition=Q(status="waiting"),
                name="introduction_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", closed_at=None, closed_by=None)
                | Q(status="expired", closed_at__isnull=False, closed_by=None)
                | (
                    Q(status__in=["accepted", "declined", "withdrawn"])
                    & Q(closed_at__isnull=False, closed_by__isnull=False)
                ),
                name="introduction_closing_paired",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asker", "-asked_at"]),
            models.Index(fields=["asked", "status"]),
            models.Index(
                fields=["asked_at"], condition=Q(status="waiting"), name="introduction_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asker} → {self.asked}"

    def get_absolute_url(self) -> str:
        return reverse("directory_me:introduction", args=[self.pk])

    @property
    def expires_at(self) -> datetime:
        return self.asked_at + self.TERM


class Block(models.Model):
    """A member takes no further requests of another, who is not told of it."""

    owner = models.ForeignKey(Profile, models.PROTECT, related_name="blocks")
    blocked = models.ForeignKey(Profile, models.PROTECT, related_name="blocked_by")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["owner", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(owner=F("blocked")), name="block_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} × {self.blocked_id}"
