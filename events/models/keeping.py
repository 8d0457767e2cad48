"""How long what participants answered is kept: rows, of which the latest is in force."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet

# What nobody has decided yet: a quarter, for those who settle the event.
DAYS = 90


class KeepingRuleQuerySet(AppendOnlyQuerySet):
    def in_force(self) -> "KeepingRule":
        return KeepingRule.objects.order_by("-pk").first() or KeepingRule()


class KeepingRule(AppendOnly):
    """A decision about how many days after an event the answers on its registration form are
    erased (개인정보 보호법 §21: once they have served). It takes the place of the one before."""

    days = models.PositiveSmallIntegerField(
        _("Days after the event"), default=DAYS, validators=[MaxValueValidator(1830)]
    )
    reason = models.CharField(_("Decided by (meeting, date)"), max_length=300)
    decided_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = KeepingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule for keeping answers")
        verbose_name_plural = _("rules for keeping answers")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.days}"

    def kept_until(self, ends_at: datetime) -> datetime:
        return ends_at + timedelta(days=self.days)
