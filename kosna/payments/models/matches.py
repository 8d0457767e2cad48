"""Which order a deposit was for, who said so and why, and what was learnt from it."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet, WonField
from kosna.payments.models.bank import BankLine, Deposit
from kosna.payments.models.money import Payment, Refund
from kosna.payments.models.orders import Order
from kosna.payments.models.shares import Payout


class ThroughDepositQuerySet(BranchScoped):
    branch_field = "deposit__line__account__branch"


class MatchedQuerySet(BranchScoped):
    def standing(self) -> Self:
        return self.filter(unmatched_at=None)

    def taken_back(self) -> Self:
        return self.exclude(unmatched_at=None)


class Matched(models.Model):
    """A line of the bank and what it was found to show. Un-matched by a date, never deleted."""

    unmatched_at = models.DateTimeField(null=True, blank=True)
    unmatched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    unmatched_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def stands(self) -> bool:
        return self.unmatched_at is None


class MatchQuerySet(ThroughDepositQuerySet, MatchedQuerySet):  # type: ignore[override]
    pass


class Match(Matched):
    """Won of a deposit for an order. It made a payment, or it found the one that somebody had typed
    by hand (``is_found``)."""

    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="matches")
    order = models.ForeignKey(Order, models.PROTECT, related_name="matches")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="matches")
    number = models.PositiveSmallIntegerField()  # of this deposit
    amount = WonField()
    is_found = models.BooleanField(default=False)
    why = models.JSONField(default=list)  # codes of kosna.payments.matching
    before = models.JSONField(default=dict)  # the order as it stood
    matched_at = models.DateTimeField(default=clock.now)
    # Nobody: it was the only one that fitted.
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [
            models.UniqueConstraint(fields=["deposit", "number"], name="match_once"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(unmatched_at=None), name="match_one_for_a_payment"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="match_positive"),
            models.CheckConstraint(
                condition=Q(unmatched_at=None, unmatched_by=None)
                | Q(unmatched_at__isnull=False, unmatched_by__isnull=False),
                name="match_unmatching_paired",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["matched_by", "-matched_at"])]

    def __str__(self) -> str:
        return f"{self.deposit_id} → {self.order_id}: {self.amount:,}"


class DepositReturnQuerySet(ThroughDepositQuerySet, AppendOnlyQuerySet):  # type: ignore[override]
    pass


class DepositReturn(AppendOnly):
    """Won that nobody claimed, wired back to where they came from."""

    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="returns")
    amount = WonField()
    reason = models.CharField(max_length=300)
    # The bank's line that shows it; needed for much money.
    evidence = models.OneToOneField(
        BankLine, models.PROTECT, null=True, blank=True, related_name="returned"
    )
    returned_at = models.DateTimeField(default=clock.now)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = DepositReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("returned deposit")
        verbose_name_plural = _("returned deposits")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="deposit_return_positive")
        ]

    def __str__(self) -> str:
        return f"{self.deposit_id} -{self.amount:,}"


class OutgoingMatchQuerySet(MatchedQuerySet):
    branch_field = "line__account__branch"


class OutgoingMatch(Matched):
    """The bank's line by which a payout or a refund left us. Each line bears out one of them, and
    each of them is borne out once."""

    line = models.ForeignKey(BankLine, models.PROTECT, related_name="outgoing_matches")
    payout = models.ForeignKey(Payout, models.PROTECT, null=True, related_name="matches")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="matches")
    why = models.JSONField(default=list)  # codes of kosna.payments.outgoing
    matched_at = models.DateTimeField(default=clock.now)
    matched_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OutgoingMatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("matched outgoing line")
        verbose_name_plural = _("matched outgoing lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(payout=None) ^ Q(refund=None), name="outgoing_match_one_cause"
            ),
            models.UniqueConstraint(
                fields=["line"], condition=Q(unmatched_at=None), name="outgoing_match_line_once"
            ),
            models.UniqueConstraint(
                fields=["payout"], condition=Q(unmatched_at=None), name="outgoing_match_payout_once"
            ),
            models.UniqueConstraint(
                fields=["refund"], condition=Q(unmatched_at=None), name="outgoing_match_refund_once"
            ),
            models.CheckConstraint(
                condition=Q(unmatched_at=None, unmatched_by=None)
                | Q(unmatched_at__isnull=False, unmatched_by__isnull=False),
                name="outgoing_match_unmatching_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} → {self.payout or self.refund}"


class Alias(models.Model):
    """Whose money a text on the bank's list was: learnt when a person matched it, forgotten when
    that was wrong."""

    text = models.CharField(max_length=100, db_index=True)  # folded
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # The folded name of an organisation that this person ordered for; whoever orders for it next.
    buyer = models.CharField(max_length=120, blank=True)
    match = models.ForeignKey(Match, models.CASCADE, related_name="+")
    learnt_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("learnt name")
        verbose_name_plural = _("learnt names")
        constraints = [models.UniqueConstraint(fields=["text", "user"], name="alias_once")]

    def __str__(self) -> str:
        return f"{self.text} → {self.user_id}"
