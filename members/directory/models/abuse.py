"""Members report an entry or a request that should not be; the branch of the member decides."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.lists import WaitingFirst
from kosna.core.models import Stateful
from members.directory.models.introductions import Introduction
from members.directory.models.profiles import Profile


class AbuseReportQuerySet(BranchScoped):
    branch_field = "about__member__branch"

    def open(self) -> "AbuseReportQuerySet":
        return self.filter(status=AbuseReport.Status.OPEN)

    def waiting_first(self) -> WaitingFirst:
        return WaitingFirst(self, Q(status=AbuseReport.Status.OPEN))

    def with_sides(self) -> "AbuseReportQuerySet":
        return self.select_related("about__member__branch", "reported_by", "introduction")


class AbuseReport(Stateful):
    """``about`` is the entry, or whose request it was, where ``introduction`` names one."""

    class Status(models.TextChoices):
        OPEN = "open", _("To decide")
        UPHELD = "upheld", _("Entry hidden")
        SETTLED = "settled", _("Dealt with already")
        DISMISSED = "dismissed", _("No reason to act")

    TRANSITIONS: ClassVar = {
        Status.OPEN: {Status.UPHELD, Status.SETTLED, Status.DISMISSED},
        Status.UPHELD: set(),
        Status.SETTLED: set(),
        Status.DISMISSED: set(),
    }
    TONES: ClassVar = {Status.OPEN: "warning", Status.UPHELD: "danger"}

    about = models.ForeignKey(Profile, models.PROTECT, related_name="abuse_reports")
    introduction = models.ForeignKey(
        Introduction, models.PROTECT, null=True, blank=True, related_name="abuse_reports"
    )
    reason = models.CharField(_("what is wrong"), max_length=500)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    reported_at = models.DateTimeField(default=clock.now)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(_("decision"), max_length=300, blank=True)

    objects = AbuseReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of abuse")
        verbose_name_plural = _("reports of abuse")
        constraints = [
            models.UniqueConstraint(
                fields=["about", "reported_by"],
                condition=Q(status="open"),
                name="directory_abuse_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status="open", decided_at=None, decided_by=None)
                | (~Q(status="open") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="directory_abuse_decision_paired",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "reported_at"])]

    def __str__(self) -> str:
        return f"{self.about} {self.reported_at:%Y-%m-%d}"
