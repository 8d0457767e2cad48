"""Add-ons that were given out at a door: a lunch, a kit of materials."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Min
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.addons import Extra, ExtraQuerySet
from events.models.door import DoorDevice
from kosna.core import clock


class HandOut(models.Model):
    """One giving, as its device made it: the device makes the uuid, so that what is sent twice is
    kept once. An add-on is given once: of several givings, by devices that had no network, the
    earliest counts, and the organiser sees that there are more."""

    uuid = models.UUIDField(unique=True)
    extra = models.ForeignKey(Extra, models.PROTECT, related_name="hand_outs")
    at = models.DateTimeField()  # by the device's clock, put right by ours
    received_at = models.DateTimeField(default=clock.now)
    # None: on the page of the desk.
    device = models.ForeignKey(
        DoorDevice, models.PROTECT, null=True, blank=True, related_name="hand_outs"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    door = models.CharField(pgettext_lazy("of a building", "door"), max_length=40, blank=True)
    # Decided by the device alone.
    was_told = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("hand-out of an add-on")
        verbose_name_plural = _("hand-outs of add-ons")
        indexes: ClassVar = [models.Index(fields=["extra", "at"])]

    def __str__(self) -> str:
        return f"{self.extra_id} @ {self.at}"


def with_hand_outs(extras: ExtraQuerySet) -> ExtraQuerySet:
    """``given_at`` (None: not yet) and ``times`` as annotations."""
    return extras.annotate(given_at=Min("hand_outs__at"), times=Count("hand_outs")).order_by("pk")
