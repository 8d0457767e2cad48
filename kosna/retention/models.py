"""Accounts that were closed, and destructions of what has been kept long enough."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kosna.accounts.retention import BASES, Basis, due_of
from kosna.core import clock
from kosna.core.models import Stateful


class ClosedAccount(models.Model):
    """What the law keeps of whoever closed their account, apart from everything else (개인정보
    보호법 §21 ③): name, address and number, sealed (``kosna.core.sealing``), and only where there
    was a contract. ``sealed`` is null where there was none, or once it was destroyed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="closed_account"
    )
    closed_at = models.DateTimeField(default=clock.now)
    sealed = models.BinaryField(null=True)  # JSON: name, email, phone

    class Meta:
        verbose_name = _("closed account")
        verbose_name_plural = _("closed accounts")
        indexes: ClassVar = [models.Index(fields=["closed_at"])]

    def __str__(self) -> str:
        return f"{self.user_id}"

    @property
    def is_kept(self) -> bool:
        return self.sealed is not None


class DestructionQuerySet(models.QuerySet["Destruction"]):
    def in_status(self, status: str) -> "DestructionQuerySet":
        return self.filter(status=status) if status else self

    def proposed(self) -> "DestructionQuerySet":
        return self.filter(status=Destruction.Status.PROPOSED)

    def open(self) -> "DestructionQuerySet":
        return self.filter(status__in=Destruction.OPEN)

    def for_decider(self, user: Any) -> "DestructionQuerySet":
        """Those that this person may decide: proposed by somebody else."""
        return self.proposed().exclude(proposed_by=user)


class Destruction(Stateful):
    """One proposal to destroy what was due at an instant (파기). It destroys nothing until another
    person has approved it: the two-person rule of domain.md §2.7."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("To be approved")
        APPROVED = "approved", _("Being destroyed")
        DONE = "done", _("Destroyed")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Proposal withdrawn")

    TRANSITIONS: ClassVar = {
        Status.PROPOSED: {Status.APPROVED, Status.REFUSED, Status.WITHDRAWN},
        Status.APPROVED: {Status.DONE},
        Status.DONE: set(),
        Status.REFUSED: set(),
        Status.WITHDRAWN: set(),
    }
    TONES: ClassVar = {
        Status.PROPOSED: "warning",
        Status.APPROVED: "info",
        Status.DONE: "good",
        Status.REFUSED: "danger",
    }
    OPEN: ClassVar = (Status.PROPOSED, Status.APPROVED)

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROPOSED)
    as_of = models.DateTimeField(default=clock.now)  # what was due then, and nothing else
    proposed_at = models.DateTimeField(default=clock.now)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)  # of a refusal
    done_at = models.DateTimeField(null=True, blank=True)

    objects = DestructionQuerySet.as_manager()

    class Meta:
        verbose_name = _("destruction")
        verbose_name_plural = _("destructions")
        ordering: ClassVar = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="proposed", decided_at=None, decided_by=None)
                | (~Q(status="proposed") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="destruction_decision_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "done", "refused"])
                | ~Q(decided_by=F("proposed_by")),
                name="destruction_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(status="done") ^ Q(done_at=None), name="destruction_done_has_time"
            ),
            # One at a time: two would name the same rows.
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="proposed"), name="destruction_one_proposed"
            ),
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="approved"), name="destruction_one_running"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def number_of_rows(self) -> int:
        return sum(item.number for item in self.items.all())

    def get_absolute_url(self) -> str:
        return reverse("retention_staff:destruction", args=[self.pk])


class DestructionItem(models.Model):
    """One kind in a destruction: how many rows were due, on which ground, and how many went. The
    keys are of the rows as they were proposed: nobody approves what they were not shown."""

    destruction = models.ForeignKey(Destruction, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=30)  # of kosna.accounts.retention
    basis = models.CharField(max_length=20)
    years = models.PositiveSmallIntegerField()
    cutoff = models.DateTimeField()
    number = models.PositiveIntegerField()
    keys = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)  # of the keys, how many were dealt with
    destroyed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("kind in a destruction")
        verbose_name_plural = _("kinds in a destruction")
        ordering: ClassVar = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["destruction", "kind"], name="destruction_kind_once"),
            models.CheckConstraint(
                condition=Q(destroyed__lte=F("number")), name="destruction_not_more_than_shown"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.number}"

    @property
    def title(self) -> str | Promise:
        return due_of(self.kind).title

    @property
    def ground(self) -> Basis:
        return BASES[self.basis]
