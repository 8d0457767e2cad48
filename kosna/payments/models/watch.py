"""Comparing our books with a provider's: each look, and what did not agree."""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.core.models import Stateful, WonField


class Reconciliation(models.Model):
    """One comparison, how it went and what it found."""

    class Kind(models.TextChoices):
        RECENT = "recent", _("Every ten minutes")
        NIGHTLY = "nightly", _("Nightly")
        BY_HAND = "by_hand", _("By hand")

    kind = models.CharField(max_length=8, choices=Kind)
    since = models.DateTimeField()  # from where on the provider was asked
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)  # null: running, or its process died
    looked_at = models.PositiveIntegerField(default=0)
    booked = models.PositiveIntegerField(default=0)
    disagreeing = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)  # why it stopped half-way
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("comparison with the provider")
        verbose_name_plural = _("comparisons with the provider")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_running(self) -> bool:
        """Not finished, and not so old that its process must have died."""
        return self.finished_at is None and self.started_at > clock.now() - timedelta(hours=1)


class DisagreementQuerySet(models.QuerySet):
    def standing(self) -> "DisagreementQuerySet":
        return self.filter(status=Disagreement.Status.STANDING)


class Disagreement(Stateful):
    """Something that the provider and our books tell differently. It is mended when a later look
    finds that they agree; the row stays. The same one again later is another row."""

    class Kind(models.TextChoices):
        UNBOOKED = "unbooked", _("Paid there, not booked here")
        MISSING = "missing", _("Booked here, not paid there")
        AMOUNT = "amount", _("Paid, with another amount")
        REFUND_UNBOOKED = "refund_in", _("Refunded there, not booked here")
        REFUND_MISSING = "refund_out", _("Refund booked here, not made there")
        UNSETTLED = "unsettled", _("Money recorded, order not settled")
        SILENT = "silent", _("No answer from the provider")

    class Status(models.TextChoices):
        STANDING = "standing", _("Disagrees")
        MENDED = "mended", _("Agrees again")

    TRANSITIONS: ClassVar = {Status.STANDING: {Status.MENDED}, Status.MENDED: set()}
    TONES: ClassVar = {Status.STANDING: "danger", Status.MENDED: "good"}

    kind = models.CharField(max_length=10, choices=Kind)
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=160)  # the session, charge, refund or order
    order = models.ForeignKey("Order", models.PROTECT, null=True, related_name="disagreements")
    ours = WonField(null=True)  # null: nothing of the kind is there
    theirs = WonField(null=True)
    detail = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.STANDING)
    first_seen_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    mended_at = models.DateTimeField(null=True, blank=True)

    objects = DisagreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("disagreement with the provider")
        verbose_name_plural = _("disagreements with the provider")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind", "reference"],
                condition=Q(status="standing"),
                name="disagreement_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(status="standing", mended_at=None)
                | Q(status="mended", mended_at__isnull=False),
                name="disagreement_mended_has_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "-id"], name="disagreement_by_status")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"

    @property
    def subject(self) -> tuple[Any, ...]:
        return (self.provider, self.kind, self.reference)
