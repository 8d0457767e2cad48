"""A place that becomes one of another kind of ticket."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.registrations import Registration
from events.models.tickets import Ticket
from kosna.core import clock
from kosna.core.models import WonField
from kosna.payments.models import OrderLine


class TicketChangeQuerySet(models.QuerySet["TicketChange"]):
    def waiting(self) -> "TicketChangeQuerySet":
        """Whose difference is not paid yet: each holds a seat of the new kind."""
        return self.filter(done_at=None, ended_at=None)

    def done(self) -> "TicketChangeQuerySet":
        return self.filter(done_at__isnull=False)

    def of_order(self, order: object) -> "TicketChangeQuerySet":
        """Of the places that an order bought."""
        return self.filter(registration__line__order=order)


class TicketChange(models.Model):
    """From one kind of ticket to another, at the prices of its moment (whole won; the old one is
    what had been paid for the place in all). A dearer one has a line of an order of its own. Of a
    place that was not paid yet, both are the price that its line says by now."""

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="changes")
    was = models.ForeignKey(Ticket, models.PROTECT, related_name="changes_away")
    becomes = models.ForeignKey(Ticket, models.PROTECT, related_name="changes_here")
    old_price = WonField()
    new_price = WonField()
    line = models.OneToOneField(
        OrderLine, models.PROTECT, null=True, blank=True, related_name="ticket_change"
    )
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=clock.now)
    # The place is one of the new kind since; or the difference was not paid, and it stays.
    done_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TicketChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a ticket")
        verbose_name_plural = _("changes of tickets")
        ordering: ClassVar = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(ended_at=None), name="ticket_change_ends_one_way"
            ),
            models.CheckConstraint(
                condition=Q(new_price__gt=F("old_price"), line__isnull=False)
                | Q(new_price__lte=F("old_price"), line=None),
                name="ticket_change_dearer_has_its_line",
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(done_at=None, ended_at=None),
                name="ticket_change_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id}: {self.was_id} → {self.becomes_id}"

    @property
    def is_waiting(self) -> bool:
        """As ``waiting`` says of many."""
        return self.done_at is None and self.ended_at is None
