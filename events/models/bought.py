"""What a line of an order buys of an event: a place or a booth, held first and confirmed once it is
paid for."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.ladders import Ladder, ladder_of
from kosna.core import clock
from kosna.core.models import Stateful

# Of the CHECK constraint that each kind has under a name of its own.
RELEASED_AS_STATUS_SAYS = Q(status__in=["held", "confirmed"], released_at=None) | Q(
    status__in=["cancelled", "expired"], released_at__isnull=False
)


class Bought(Stateful):
    class Status(models.TextChoices):
        HELD = "held", _("Awaiting payment")
        CONFIRMED = "confirmed", _("Confirmed")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    TRANSITIONS: ClassVar = {
        Status.HELD: {Status.CONFIRMED, Status.EXPIRED, Status.CANCELLED},
        Status.CONFIRMED: {Status.CANCELLED},
        Status.EXPIRED: {Status.CONFIRMED},  # paid late, and it was still free
        Status.CANCELLED: set(),
    }
    RESTORES: ClassVar = {Status.CONFIRMED: {Status.HELD, Status.EXPIRED}}
    TONES: ClassVar = {Status.HELD: "warning", Status.CONFIRMED: "good"}

    line: Any  # of the order, one for each
    status = models.CharField(max_length=10, choices=Status, default=Status.HELD)
    created_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # Set once, when it is free again: a second cancellation cannot return it twice.
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def ladder(self) -> Ladder:
        """The one that was frozen in the order."""
        return ladder_of(self.line.refund_policy)
