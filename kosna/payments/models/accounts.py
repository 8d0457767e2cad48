"""Where money goes that cannot go back the way it came."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.payments.banks import bank_name
from kosna.payments.models.money import Refund


class RefundAccountQuerySet(models.QuerySet):
    def standing(self) -> "RefundAccountQuerySet":
        """Those into which money may still go."""
        return self.filter(purged_at=None)


class RefundAccount(models.Model):
    """The account that a buyer named for a refund. Number and holder are sealed
    (``kosna.core.sealing``), and emptied as soon as the refund has ended; bank and last digits stay
    for the paper trail. Another one is another row."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="accounts")
    bank = models.CharField(max_length=3)  # a code of kosna.payments.banks
    last_digits = models.CharField(max_length=4)
    sealed = models.BinaryField(null=True)  # JSON: number, holder
    typed_at = models.DateTimeField(default=clock.now)
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    purged_at = models.DateTimeField(null=True)

    objects = RefundAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund account")
        verbose_name_plural = _("refund accounts")
        ordering = ["-pk"]  # the one that stands, or stood last, first
        constraints = [
            models.UniqueConstraint(
                fields=["refund"], condition=Q(purged_at=None), name="refund_account_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(sealed__isnull=False, purged_at=None)
                | Q(sealed=None, purged_at__isnull=False),
                name="refund_account_purged_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{bank_name(self.bank)} ****{self.last_digits}"
