"""What a provider told us, and what a person must decide."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.core import clock
from kosna.core.models import Stateful
from kosna.payments.models.money import Payment, ThroughOrderQuerySet
from kosna.payments.models.orders import Order


class ProviderEvent(models.Model):
    """A delivery that a provider signed. Its id is unique, so a replay changes nothing."""

    class Outcome(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("notice of a provider", "Received")
        APPLIED = "applied", _("Applied")
        IGNORED = "ignored", _("Nothing to do")
        QUARANTINED = "quarantined", _("Quarantined")  # another account, mode, amount or currency

    TONES: ClassVar[dict[str, str]] = {
        Outcome.RECEIVED: "info",
        Outcome.APPLIED: "good",
        Outcome.QUARANTINED: "danger",
    }

    provider = models.CharField(max_length=20)
    event = models.CharField(max_length=120)
    type = models.CharField(max_length=80)
    payload = models.JSONField()
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.RECEIVED)
    note = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField(default=clock.now)
    # Who applied it after all, or said that nothing is to be done.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("provider event")
        verbose_name_plural = _("provider events")
        constraints = [
            models.UniqueConstraint(fields=["provider", "event"], name="provider_event_once"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="provider_event_decision_paired",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["outcome", "-id"], name="provider_event_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.type}"

    @property
    def amount(self) -> int | None:
        """In won, or in the smallest unit of whatever currency it names."""
        return self.payload.get("amount")

    @property
    def foreign_currency(self) -> str:
        currency = self.payload.get("currency") or "krw"
        return "" if currency == "krw" else currency.upper()

    @property
    def tone(self) -> str:
        return self.TONES.get(self.outcome, "plain")


class Task(Stateful):
    """Something about money that a person must decide: the rules refused what arrived."""

    class Kind(models.TextChoices):
        PAID_AFTER_EXPIRY = "late", _("Paid after the deadline")
        OVERPAID = "overpaid", _("Paid twice or too much")
        AMOUNT_DIFFERS = "amount", _("Another amount than owed")
        REFUSED = "refused", _("Paid, but the rules refuse it")
        REFUND_FAILED = "refund", _("Refund failed")
        DISPUTE = "dispute", _("Disputed by the payer")

    class Status(models.TextChoices):
        OPEN = "open", _("To be decided")
        DONE = "done", _("Done")

    TRANSITIONS: ClassVar = {Status.OPEN: {Status.DONE}, Status.DONE: set()}
    TONES: ClassVar = {Status.OPEN: "danger", Status.DONE: "good"}

    kind = models.CharField(max_length=10, choices=Kind)
    order = models.ForeignKey(Order, models.PROTECT, related_name="tasks")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="tasks")
    note = models.CharField(max_length=500)
    key = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=4, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)  # where others will not wait: a dispute
    done_at = models.DateTimeField(null=True, blank=True)
    # Null when the portal did it by itself.
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    resolution = models.CharField(max_length=300, blank=True)

    objects = ThroughOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("money task")
        verbose_name_plural = _("money tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False),
                name="task_done_paired",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.order_id}"
