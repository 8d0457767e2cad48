"""Memberships that end against the member's will: proposed by one, decided by another."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.lists import WaitingFirst
from kosna.core.models import Stateful
from members.models.membership import Member


class RemovalQuerySet(BranchScoped):
    branch_field = "member__branch"

    def proposed(self) -> "RemovalQuerySet":
        return self.filter(status=Removal.Status.PROPOSED)

    def waiting_first(self) -> WaitingFirst:
        """What somebody must decide, then the newest."""
        return WaitingFirst(self, Q(status=Removal.Status.PROPOSED))

    def expulsions(self) -> "RemovalQuerySet":
        return self.filter(kind=Removal.Kind.EXPULSION)

    def forfeitures(self) -> "RemovalQuerySet":
        return self.filter(kind=Removal.Kind.FORFEITURE)


class Removal(Stateful):
    """An expulsion (제명) or a forfeiture for arrears (자격상실) on its way to a decision."""

    class Kind(models.TextChoices):
        EXPULSION = "expulsion", _("Expulsion")  # 제명
        FORFEITURE = "forfeiture", _("Forfeiture")  # 자격상실

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        DONE = "done", _("Decided")
        DROPPED = "dropped", _("Dropped")

    TRANSITIONS: ClassVar = {
        Status.PROPOSED: {Status.DONE, Status.DROPPED},
        Status.DONE: set(),
        Status.DROPPED: set(),
    }
    TONES: ClassVar = {Status.PROPOSED: "warning", Status.DONE: "danger"}

    member = models.ForeignKey(Member, models.PROTECT, related_name="removals")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.PROPOSED)
    reason = models.CharField(_("reason"), max_length=300)
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    proposed_at = models.DateTimeField(default=clock.now)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=300, blank=True)  # why it was dropped

    objects = RemovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="proposed", decided_at=None, decided_by=None)
                | (~Q(status="proposed") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="removal_decision_paired",
            ),
            models.CheckConstraint(
                condition=~Q(kind="expulsion", status="done") | ~Q(decided_by=F("proposed_by")),
                name="removal_expulsion_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | ~Q(basis=""), name="removal_has_a_basis"
            ),
            models.UniqueConstraint(
                fields=["member"], condition=Q(status="proposed"), name="removal_one_open"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "kind", "proposed_at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.member}"

    def get_absolute_url(self) -> str:
        return reverse("members_staff:removal", args=[self.pk])
