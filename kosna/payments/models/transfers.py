"""대량이체: refunds that one file hands to the bank together."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.core.models import Stateful, WonField


class TransferFile(Stateful):
    """Which refunds, and their sum; never the accounts: those are read when it is downloaded. A
    refund is in one file at a time that was not handed in yet, so that nobody wires it twice."""

    class Status(models.TextChoices):
        MADE = "made", _("To be handed in")
        HANDED_IN = "handed_in", _("Handed in at the bank")
        DROPPED = "dropped", _("Dropped")

    TRANSITIONS: ClassVar = {
        Status.MADE: {Status.HANDED_IN, Status.DROPPED},
        Status.HANDED_IN: set(),
        Status.DROPPED: set(),
    }
    TONES: ClassVar = {Status.MADE: "warning", Status.HANDED_IN: "good"}

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    status = models.CharField(max_length=10, choices=Status, default=Status.MADE)
    number = models.PositiveIntegerField()  # of refunds
    total = WonField()
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    handed_in_at = models.DateTimeField(null=True)
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("bulk transfer")
        verbose_name_plural = _("bulk transfers")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="handed_in", handed_in_at__isnull=False)
                & Q(handed_in_by__isnull=False)
                | ~Q(status="handed_in") & Q(handed_in_at=None, handed_in_by=None),
                name="transfer_file_handed_in_by",
            )
        ]

    def __str__(self) -> str:
        return f"{clock.kst_date(self.created_at):%Y%m%d}-{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("payments_staff:transfer-file", args=[self.uuid])
