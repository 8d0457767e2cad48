"""The editors' desk: who did what to a report, and how often pages of reports and statistics were
looked at."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.core.models import AppendOnly
from research.models.reports import Report
from research.models.series import Series


class StepQuerySet(models.QuerySet):
    def of_writing(self) -> "StepQuerySet":
        """What was written or handed in since the report was last approved: whoever did so is not
        who approves it."""
        approved = Step.objects.filter(
            report=OuterRef("report"), kind=Step.Kind.APPROVED, pk__gt=OuterRef("pk")
        )
        wrote = self.filter(kind__in=[Step.Kind.WROTE, Step.Kind.SUBMITTED])
        return wrote.filter(~Exists(approved))


class Step(AppendOnly):
    """Somebody wrote, handed in, sent back, approved or withdrew a report or an edition of it."""

    class Kind(models.TextChoices):
        WROTE = "wrote", _("Wrote")
        SUBMITTED = "submitted", _("Handed in for review")
        RETURNED = "returned", _("Sent back")
        APPROVED = "approved", _("Approved")
        WITHDREW = "withdrew", _("Withdrew")
        PREPARED = "prepared", _("Prepared an edition")
        RELEASED = "released", _("Released an edition")
        CORRECTED = "corrected", _("Added an erratum")

    report = models.ForeignKey(Report, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=500, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.report_id}"


class Reader:
    """Kinds of readers beside the codes of tiers: not signed in, without a membership, of the staff
    and without one."""

    VISITOR, ACCOUNT, STAFF = "visitor", "account", "staff"
    OUTSIDERS = (VISITOR, ACCOUNT)


class ViewCount(models.Model):
    """How often a report's page was looked at on a day, by readers of one kind (``Reader``).
    ``locked`` of these could not read it. No row tells who."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="view_counts")
    day = models.DateField()
    reader = models.CharField(max_length=30)
    views = models.PositiveIntegerField(default=0)
    locked = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "day", "reader"], name="viewcount_once")
        ]
        indexes: ClassVar = [models.Index(fields=["day"])]

    def __str__(self) -> str:
        return f"{self.report_id} {self.day} {self.reader}: {self.views}"


class UseCount(models.Model):
    """How often a statistic was looked at, and taken as a file, on a day by readers of one kind
    (``Reader``) and one branch; empty: of none. ``locked`` of all these got no value. No row tells
    who."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="use_counts")
    day = models.DateField()
    reader = models.CharField(max_length=30)
    branch = models.CharField(max_length=30, blank=True)  # code
    views = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    locked = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "day", "reader", "branch"], name="usecount_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["day"])]

    def __str__(self) -> str:
        return f"{self.series_id} {self.day} {self.reader} {self.branch}: {self.views}"
