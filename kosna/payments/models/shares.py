"""What branches get: entries that are written once, gathered in one statement (정산서) a month.

The entries of a branch are a running account: shares of what was paid add to what the head office
owes it; what goes back, and what is paid out, takes from it. Whole won, signed.
"""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet, Stateful, WonField
from kosna.payments.models.money import Refund
from kosna.payments.models.orders import OrderLine


class StatementQuerySet(BranchScoped):
    def closed(self) -> "StatementQuerySet":
        """Those of months in which nothing is booked any more."""
        return self.exclude(status=Statement.Status.DRAFT)

    def waiting(self) -> "StatementQuerySet":
        """Those that a second person has to approve."""
        return self.filter(status=Statement.Status.PREPARED)

    def in_year(self, year: int) -> "StatementQuerySet":
        return self.filter(month__year=year)

    def before(self, statement: "Statement") -> "StatementQuerySet":
        """Those of earlier months of the same branch."""
        return self.filter(branch=statement.branch_id, month__lt=statement.month)

    def after(self, statement: "Statement") -> "StatementQuerySet":
        return self.filter(branch=statement.branch_id, month__gt=statement.month)


def unpaired(name: str) -> Q:
    return Q(**{f"{name}_at": None, f"{name}_by": None})


def paired(name: str) -> Q:
    return Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False})


class Statement(Stateful):
    """A branch's month, by the calendar of Seoul. While it runs its figures are those of its
    entries; from its preparation on they are frozen, and the database takes no entry any more."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("statement of a branch", "Running")  # 집계 중
        PREPARED = "prepared", _("Awaits approval")
        APPROVED = "approved", pgettext_lazy("statement of a branch", "Approved")
        LOCKED = "locked", pgettext_lazy("statement of a branch", "Locked")  # 마감

    TRANSITIONS: ClassVar = {
        Status.DRAFT: {Status.PREPARED},
        Status.PREPARED: {Status.APPROVED, Status.DRAFT},
        Status.APPROVED: {Status.LOCKED, Status.DRAFT},
        Status.LOCKED: set(),
    }
    TONES: ClassVar = {
        Status.PREPARED: "warning",
        Status.APPROVED: "info",
        Status.LOCKED: "good",
    }

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="statements")
    month = models.DateField(_("month"))  # its first day
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.DRAFT)
    # What was owed when the month began and ended, and what came between; null while it runs.
    opening = models.BigIntegerField(null=True)
    earned = models.BigIntegerField(null=True)  # of payments, less what went back
    adjusted = models.BigIntegerField(null=True)
    paid_out = models.BigIntegerField(null=True)  # never above 0
    closing = models.BigIntegerField(null=True)
    entry_count = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the entries, as they were approved
    prepared_at = models.DateTimeField(null=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    locked_at = models.DateTimeField(null=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=300, blank=True)  # why it was sent back

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("branch statement")
        verbose_name_plural = _("branch statements")
        constraints = [
            models.UniqueConstraint(fields=["branch", "month"], name="statement_once_a_month"),
            models.CheckConstraint(
                condition=(Q(status="draft", closing=None) & unpaired("prepared"))
                | (~Q(status="draft") & Q(closing__isnull=False) & paired("prepared")),
                name="statement_frozen_when_prepared",
            ),
            models.CheckConstraint(
                condition=(Q(status__in=["draft", "prepared"]) & unpaired("approved"))
                | (Q(status__in=["approved", "locked"]) & paired("approved")),
                name="statement_approval_paired",
            ),
            models.CheckConstraint(
                condition=(~Q(status="locked") & unpaired("locked"))
                | (Q(status="locked") & paired("locked")),
                name="statement_lock_paired",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("prepared_by")),
                name="statement_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(closing=None)
                | Q(closing=F("opening") + F("earned") + F("adjusted") + F("paid_out")),
                name="statement_adds_up",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["month", "branch"])]

    def __str__(self) -> str:
        return f"{self.branch} {self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        return reverse("payments_staff:statement", args=[self.pk])

    @property
    def last_day(self) -> date:
        return clock.last_of_month(self.month)

    @property
    def is_over(self) -> bool:
        return clock.today() > self.last_day


class AdjustmentQuerySet(BranchScoped):
    def waiting(self) -> "AdjustmentQuerySet":
        return self.filter(status=Adjustment.Status.PROPOSED)

    def for_decider(self, user: object) -> "AdjustmentQuerySet":
        return self.exclude(proposed_by=user)


class Adjustment(Stateful):
    """A correction of what a branch gets, of a month that is closed or of none: booked on its own
    day, in the month that runs then. Much money waits for a second person."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("To be confirmed")
        BOOKED = "booked", _("Booked")
        REFUSED = "refused", _("Refused")

    TRANSITIONS: ClassVar = {
        Status.PROPOSED: {Status.BOOKED, Status.REFUSED},
        Status.BOOKED: set(),
        Status.REFUSED: set(),
    }
    TONES: ClassVar = {
        Status.PROPOSED: "warning",
        Status.BOOKED: "good",
        Status.REFUSED: "danger",
    }

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="adjustments")
    amount = models.BigIntegerField(_("amount"))  # above 0: the branch gets more
    reason = models.CharField(_("reason"), max_length=300)
    basis = models.CharField(_("basis"), max_length=200)
    # The closed month that it puts right, where it is about one.
    corrects = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.PROPOSED)
    proposed_at = models.DateTimeField(default=clock.now)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)  # why it was refused

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="adjustment_of_something"),
            models.CheckConstraint(
                condition=(Q(status="proposed") & unpaired("decided"))
                | (~Q(status="proposed") & paired("decided")),
                name="adjustment_decision_paired",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["branch", "-id"])]

    def __str__(self) -> str:
        return f"{self.branch} {self.amount:+}"

    def get_absolute_url(self) -> str:
        return reverse("payments_staff:adjustment", args=[self.pk])


class Payout(AppendOnly):
    """A statement's balance was wired to its branch; ``reference`` is the bank's, by which the
    line of its file is found."""

    statement = models.OneToOneField(Statement, models.PROTECT, related_name="payout")
    amount = WonField(_("amount"))
    paid_on = models.DateField(_("paid out on"))
    reference = models.CharField(max_length=100, unique=True)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payout_positive")]

    def __str__(self) -> str:
        return f"{self.statement} {self.amount}"


class ShareEntryQuerySet(AppendOnlyQuerySet):
    def of_lines(self) -> "ShareEntryQuerySet":
        """Shares of what was paid, and of what went back."""
        return self.filter(line__isnull=False)


class ShareEntry(AppendOnly):
    """One movement on a branch's account, booked in the month of its instant in Seoul."""

    class Cause(models.TextChoices):
        PAYMENT = "payment", _("Payment")
        REFUND = "refund", _("Refund")
        RETURN = "return", _("Money that came back")  # a refund that bounced
        ADJUSTMENT = "adjustment", _("Adjustment")
        PAYOUT = "payout", _("Payout")

    OF_A_LINE: ClassVar = (Cause.PAYMENT, Cause.REFUND, Cause.RETURN)

    # Neither the foreign key's own index: (statement, id) serves it, and the page in its order.
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="entries", db_index=False)
    cause = models.CharField(max_length=10, choices=Cause)
    line = models.ForeignKey(OrderLine, models.PROTECT, null=True, related_name="share_entries")
    # What came in or went back of the line's price, and the branch's part of it.
    paid = models.BigIntegerField(default=0)
    amount = models.BigIntegerField()
    turn = models.PositiveSmallIntegerField(null=True)  # of the line: its payment is the first
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="share_entries")
    adjustment = models.OneToOneField(Adjustment, models.PROTECT, null=True, related_name="entry")
    payout = models.OneToOneField(Payout, models.PROTECT, null=True, related_name="entry")
    booked_at = models.DateTimeField(default=clock.now)

    objects = ShareEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("share entry")
        verbose_name_plural = _("share entries")
        constraints = [
            models.CheckConstraint(
                condition=Q(cause="payment", line__isnull=False, turn=1, refund=None, amount__gt=0)
                | Q(cause="refund", line__isnull=False, turn__gt=1, amount__lte=0)
                | Q(cause="return", line__isnull=False, turn__gt=1, amount__gte=0)
                | Q(cause="adjustment", line=None, adjustment__isnull=False)
                | Q(cause="payout", line=None, payout__isnull=False, amount__lt=0),
                name="share_entry_has_its_cause",
            ),
            # What makes booking exactly once: nobody else can write a line's next movement.
            models.UniqueConstraint(fields=["line", "turn"], name="share_turn_of_a_line_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["statement", "id"])]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} {self.amount:+}"
