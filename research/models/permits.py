"""Who may read a report besides its members: who bought it, and who was let in for a reason."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum, Value
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.payments.models import OrderLine, Refund
from research.models.reports import Report


def _is_claimed_back() -> Q:
    claims = Refund.objects.filter(line=OuterRef("line"), status__in=Refund.CLAIMS).order_by()
    claimed = claims.values("line", "line__amount").annotate(claimed=Sum("amount"))
    whole = claimed.filter(claimed__gte=F("line__amount"))
    return Q(Exists(whole)) | Q(Exists(claims.filter(ends_line=True)))


class PermitQuerySet(models.QuerySet["Permit"]):
    def current(self, at: datetime) -> "PermitQuerySet":
        """Those that open their report at an instant."""
        begun = self.standing().filter(since__lte=at)
        return begun.filter(Q(until=None) | Q(until__gt=at))

    def claimed_back(self) -> "PermitQuerySet":
        """Those that end once the money has gone back that is claimed (``Refund.takes_back``)."""
        return self.filter(_is_claimed_back(), ended_at=None)

    def standing(self) -> "PermitQuerySet":
        """Neither ended nor claimed back."""
        return self.filter(~_is_claimed_back(), ended_at=None)

    def bought(self) -> "PermitQuerySet":
        return self.exclude(line=None)

    def given(self) -> "PermitQuerySet":
        return self.filter(line=None)


class Permit(models.Model):
    """One person may read one report. Bought: from the payment on, for good, until a refund takes
    it back. Let in: for a reason that is on record, until an instant."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="permits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="permits")
    # Of a purchase; who was let in has a reason instead.
    line = models.OneToOneField(OrderLine, models.PROTECT, null=True, related_name="permit")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=clock.now)
    since = models.DateTimeField(null=True)  # None: ordered, not paid yet
    until = models.DateTimeField(null=True)  # None: for good
    ended_at = models.DateTimeField(null=True)  # refunded, lapsed or taken back

    objects = PermitQuerySet.as_manager()

    class Meta:
        verbose_name = _("right to read")
        verbose_name_plural = _("rights to read")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(line__isnull=False, given_by=None, until=None)
                | (
                    Q(line=None, given_by__isnull=False, since__isnull=False, until__isnull=False)
                    & ~Q(reason="")
                ),
                name="permit_bought_or_given",
            ),
            models.UniqueConstraint(
                fields=["report", "user"],
                condition=Q(ended_at=None, line__isnull=False),
                name="permit_bought_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.report_id}"

    @property
    def is_bought(self) -> bool:
        return self.line_id is not None


class DailyCap(models.Model):
    """How many copies a reader may take on one day of Seoul; no tier means everyone else."""

    tier = models.OneToOneField("members.Tier", models.CASCADE, null=True, related_name="+")
    copies = models.PositiveSmallIntegerField(_("copies a day"))

    class Meta:
        verbose_name = _("daily cap")
        verbose_name_plural = _("daily caps")
        constraints: ClassVar = [
            models.UniqueConstraint(Value(1), condition=Q(tier=None), name="cap_of_everyone_else")
        ]

    def __str__(self) -> str:
        return f"{self.tier_id}: {self.copies}"
