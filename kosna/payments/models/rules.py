"""What the association has decided about money, as rows: the latest is in force."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet


class MoneyRuleQuerySet(AppendOnlyQuerySet):
    def in_force(self) -> "MoneyRule":
        """The latest decision; what nobody has decided yet is asked about, case by case."""
        return MoneyRule.objects.order_by("-pk").first() or MoneyRule()


class MoneyRule(AppendOnly):
    """A decision about money that arrives when nobody may have the thing any more. It takes the
    place of the one before, which stays on record."""

    class LateMoney(models.TextChoices):
        ASK = "ask", _("A money task: the treasurer decides")
        RETURN = "return", _("Returned at once to where it came from")

    late_money = models.CharField(
        _("Paid after the deadline, and the place is gone"),
        max_length=6,
        choices=LateMoney,
        default=LateMoney.ASK,
    )
    reason = models.CharField(_("Decided by (meeting, date)"), max_length=300)
    decided_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = MoneyRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment rule")
        verbose_name_plural = _("payment rules")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return str(self.get_late_money_display())

    @property
    def returns_late_money(self) -> bool:
        return self.late_money == self.LateMoney.RETURN
