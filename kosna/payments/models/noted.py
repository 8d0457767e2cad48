"""Much money that a treasurer typed and no line of the bank bears out yet: it waits for another."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.core.models import Stateful, WonField
from kosna.payments.models.money import Payment, ThroughOrderQuerySet
from kosna.payments.models.orders import Order
from kosna.payments.models.shares import paired, unpaired


class NotedDepositQuerySet(ThroughOrderQuerySet):
    def waiting(self) -> "NotedDepositQuerySet":
        return self.filter(status=NotedDeposit.Status.WAITING)

    def for_decider(self, user: object) -> "NotedDepositQuerySet":
        return self.exclude(noted_by=user)

    def in_time(self) -> "NotedDepositQuerySet":
        """Received before the deadline of their orders, which outlive it until it is decided."""
        return self.filter(received_at__lte=F("order__expires_at"))

    def of_day(self, day: date) -> "NotedDepositQuerySet":
        return self.filter(received_at__range=(clock.start_of(day), clock.end_of(day)))


class NotedDeposit(Stateful):
    """A deposit that one person typed and another has to confirm. No money is booked for it and its
    order does not change before that; what is then booked is its ``payment``."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits for another person")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")

    TRANSITIONS: ClassVar = {
        Status.WAITING: {Status.CONFIRMED, Status.REFUSED},
        Status.CONFIRMED: set(),
        Status.REFUSED: set(),
    }
    TONES: ClassVar = {
        Status.WAITING: "warning",
        Status.CONFIRMED: "good",
        Status.REFUSED: "danger",
    }

    order = models.ForeignKey(Order, models.PROTECT, related_name="noted")
    amount = WonField(_("amount"))
    received_at = models.DateTimeField()  # noon of the bank's day, or when it was typed before that
    depositor = models.CharField(max_length=60)
    nonce = models.CharField(max_length=40, unique=True)  # of the form: sent twice, noted once
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.WAITING)
    noted_at = models.DateTimeField(default=clock.now)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)  # why it was refused
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="noted")

    objects = NotedDepositQuerySet.as_manager()

    class Meta:
        verbose_name = _("noted deposit")
        verbose_name_plural = _("noted deposits")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="noted_deposit_positive"),
            models.CheckConstraint(
                condition=(Q(status="waiting", payment=None, reason="") & unpaired("decided"))
                | (Q(status="confirmed", payment__isnull=False, reason="") & paired("decided"))
                | (Q(status="refused", payment=None) & ~Q(reason="") & paired("decided")),
                name="noted_deposit_decision_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status="confirmed", decided_by=F("noted_by")),
                name="noted_deposit_needs_two_people",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["noted_at"], condition=Q(status="waiting"), name="noted_to_decide")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.depositor} {self.amount:,}"

    def get_absolute_url(self) -> str:
        return reverse("payments_staff:noted-deposit", args=[self.pk])

    @property
    def received_on(self) -> date:
        return clock.kst_date(self.received_at)
