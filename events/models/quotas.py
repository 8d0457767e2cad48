"""Seats that several kinds of ticket share."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.tickets import Ticket
from kosna.core.models import localized


class Quota(models.Model):
    """So many seats for all tickets that draw on it: a hall, a workshop's tables. A ticket may draw
    on several, and is sold while each of them has a seat (docs/decisions/0029).

    ``taken``, ``blocked`` and ``awaited`` count what those of its tickets do (see ``Ticket``); they
    change in the transaction that changes the ticket's, after it, by ascending key.
    """

    event = models.ForeignKey("Event", models.CASCADE, related_name="quotas")
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    capacity = models.PositiveIntegerField(_("seats in all"))
    taken = models.PositiveIntegerField(default=0, editable=False)
    blocked = models.PositiveIntegerField(default=0, editable=False)
    awaited = models.PositiveIntegerField(default=0, editable=False)
    tickets = models.ManyToManyField(
        Ticket, related_name="quotas", verbose_name=_("tickets that draw on it")
    )

    name = localized("name")

    class Meta:
        verbose_name = _("shared quota")
        verbose_name_plural = _("shared quotas")
        ordering: ClassVar = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity") - F("blocked")), name="quota_never_oversold"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def seats_left(self) -> int:
        return self.capacity - self.taken - self.blocked
