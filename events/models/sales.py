"""Who came without a ticket and was sold one at the door."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.door import DoorDevice
from events.models.registrations import Registration
from kosna.core import clock


class SaleQuerySet(models.QuerySet["DoorSale"]):
    def with_order(self) -> "SaleQuerySet":
        return self.select_related(
            "event__branch",
            "device__event",
            "by",
            "registration__ticket",
            "registration__line__order__user",
            "registration__check_in",
        )


class DoorSale(models.Model):
    """One sale. Whoever sells makes the key, so a form or a scan that is sent twice sells once.
    What became of it is what became of its place and order."""

    key = models.UUIDField(unique=True)
    event = models.ForeignKey("Event", models.PROTECT, related_name="door_sales")
    registration = models.OneToOneField(Registration, models.PROTECT, related_name="door_sale")
    # None: on the page of the desk.
    device = models.ForeignKey(
        DoorDevice, models.PROTECT, null=True, blank=True, related_name="sales"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = SaleQuerySet.as_manager()

    class Meta:
        verbose_name = _("sale at the door")
        verbose_name_plural = _("sales at the door")
        indexes: ClassVar = [models.Index(fields=["event", "-at"])]

    def __str__(self) -> str:
        return f"{self.registration_id} by {self.by_id}"
