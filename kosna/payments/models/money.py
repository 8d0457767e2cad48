"""How somebody tries to pay (Attempt), what arrived (Payment), what went back (Refund), and the
books (LedgerEntry)."""

import uuid
from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet, Stateful, WonField

# Ways in which money comes that a person gives back: by the bank (also what was cash), or by
# cancelling it at the card terminal of a door.
WIRED_BACK = ("bank", "till")
BY_HAND = (*WIRED_BACK, "terminal")


class Attempt(Stateful):
    """One try at paying an order through a provider. Its uuid is the idempotency key."""

    class Status(models.TextChoices):
        CREATED = "created", _("Created")
        OPEN = "open", _("In progress")
        PROCESSING = "processing", _("Waiting for the bank")  # agreed to, decided later
        SUCCEEDED = "succeeded", _("Confirmed")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Expired")

    TRANSITIONS: ClassVar = {
        Status.CREATED: {
            Status.OPEN,
            Status.PROCESSING,
            Status.FAILED,
            Status.SUCCEEDED,
            Status.EXPIRED,
        },
        Status.OPEN: {Status.PROCESSING, Status.SUCCEEDED, Status.FAILED, Status.EXPIRED},
        # Back to OPEN when what was approved is an account, into which money comes later.
        Status.PROCESSING: {Status.OPEN, Status.SUCCEEDED, Status.FAILED, Status.EXPIRED},
        # A failed or expired attempt may still be charged later: the provider has the last word.
        Status.FAILED: {Status.SUCCEEDED},
        Status.EXPIRED: {Status.SUCCEEDED},
        Status.SUCCEEDED: set(),
    }
    TONES: ClassVar = {
        Status.OPEN: "info",
        Status.PROCESSING: "warning",
        Status.SUCCEEDED: "good",
        Status.FAILED: "danger",
    }
    UNDECIDED: ClassVar = (Status.CREATED, Status.OPEN, Status.PROCESSING)

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    order = models.ForeignKey("Order", models.PROTECT, related_name="attempts")
    provider = models.CharField(max_length=20)
    method = models.CharField(max_length=4, default="card")  # as the order's: "card" or "va"
    session = models.CharField(max_length=120, unique=True, null=True)
    url = models.URLField(max_length=2000, blank=True)
    amount = WonField()
    language = models.CharField(max_length=2, default="ko")  # of the provider's page
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    created_at = models.DateTimeField(default=clock.now)
    # When its page closes by itself, or the virtual account that was given out on it.
    expires_at = models.DateTimeField()
    error = models.CharField(max_length=500, blank=True)
    # Approvals whose end is known: a provider replays its first answer to a key it knows.
    tries = models.PositiveSmallIntegerField(default=0)
    # 가상계좌: bank, number and holder; empty until one was given out.
    account = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("payment attempt")
        verbose_name_plural = _("payment attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status__in=["created", "open", "processing"]),
                name="attempt_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.provider} {self.uuid}"


class PaymentQuerySet(AppendOnlyQuerySet):
    def standing(self) -> "PaymentQuerySet":
        """What came and is still held to be for its order."""
        return self.filter(reverses=None, reversal=None)

    def typed_by_hand(self) -> "PaymentQuerySet":
        """Deposits that a treasurer typed, and that no line of a bank file has borne out yet."""
        typed = self.standing().filter(provider="bank", reference__startswith="bank:")
        found = models.FilteredRelation("matches", condition=Q(matches__unmatched_at=None))
        return typed.annotate(found=found).filter(found=None)

    def of_one_person(self, user: Any) -> "PaymentQuerySet":
        """What somebody typed by hand that nobody else has looked at."""
        return self.typed_by_hand().filter(recorded_by=user, noted=None)

    def with_matches(self) -> "PaymentQuerySet":
        """For the desk: who noted and recorded it, what took it back, the bank's line behind it."""
        people = ("recorded_by", "noted__noted_by")
        return self.select_related(*people, "reversal").prefetch_related("matches")


class Payment(AppendOnly):
    """Money that arrived. Written first, before any rule has its say, and never changed. What was
    another order's is taken back by a row of the opposite amount."""

    order = models.ForeignKey("Order", models.PROTECT, related_name="payments")
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, related_name="payments")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=160)  # the provider's id of the charge
    method = models.CharField(max_length=30)
    amount = models.BigIntegerField()  # whole won; a reversal's is negative
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal")
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gte=0) | Q(reverses__isnull=False, amount__lt=0),
                name="payment_sign",
            ),
            # What makes every webhook, success page and reconciliation idempotent.
            models.UniqueConstraint(
                fields=["provider", "reference"], name="payment_reference_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"

    @property
    def is_wired_back(self) -> bool:
        """Whether a person wires it back to an account."""
        return self.provider in WIRED_BACK

    @property
    def goes_back_by_hand(self) -> bool:
        """Whether a person gives it back, and then says so."""
        return self.provider in BY_HAND

    @property
    def match(self) -> Any:
        """The match that stands for it, of those at hand (``with_matches``)."""
        return next((match for match in self.matches.all() if match.stands), None)

    @property
    def may_be_retracted(self) -> bool:
        """Typed by hand, not borne out by any line, not taken back yet."""
        is_typed = self.provider == "bank" and self.reference.startswith("bank:")
        return is_typed and not self.match and not hasattr(self, "reversal")


class ThroughOrderQuerySet(BranchScoped):
    branch_field = "order__branch"


class RefundQuerySet(ThroughOrderQuerySet):
    def on_their_way(self) -> "RefundQuerySet":
        """Claimed, and not known to have arrived."""
        return self.filter(status__in=Refund.CLAIMS).exclude(status=Refund.Status.DONE)

    def waiting_first(self) -> "RefundQuerySet":
        """What somebody must do first, then the newest."""
        waiting = Q(
            status__in=[
                Refund.Status.REQUESTED,
                Refund.Status.APPROVED,
                Refund.Status.SENT,
                Refund.Status.FAILED,
            ]
        )
        return self.annotate(
            waits=models.ExpressionWrapper(waiting, models.BooleanField())
        ).order_by("-waits", "-pk")


class Refund(Stateful):
    class Status(models.TextChoices):
        REQUESTED = "requested", _("Refund requested")
        APPROVED = "approved", _("Approved")
        SENT = "sent", _("Sent")  # to the provider, or to the bank
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        REJECTED = "rejected", _("Rejected")

    TRANSITIONS: ClassVar = {
        Status.REQUESTED: {Status.APPROVED, Status.REJECTED},
        # Returned otherwise before it was sent: nothing is left to send.
        Status.APPROVED: {Status.SENT, Status.REJECTED},
        Status.SENT: {Status.DONE, Status.FAILED},
        Status.FAILED: {Status.SENT, Status.REJECTED},
        Status.DONE: {Status.FAILED},  # a bank may send money back that we thought returned
        Status.REJECTED: set(),
    }
    TONES: ClassVar = {
        Status.REQUESTED: "warning",
        Status.SENT: "info",
        Status.DONE: "good",
        Status.FAILED: "danger",
    }
    # Counted against what may still be refunded.
    CLAIMS: ClassVar = (Status.REQUESTED, Status.APPROVED, Status.SENT, Status.DONE, Status.FAILED)

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)  # the idempotency key
    order = models.ForeignKey("Order", models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    # Set when the refund takes one line back; null when it is money alone (an overpayment).
    line = models.ForeignKey("OrderLine", models.PROTECT, null=True, related_name="refunds")
    # The treasurer's word: what was bought ends though part of its price stays here.
    ends_line = models.BooleanField(default=False)
    amount = WonField()
    reason = models.CharField(_("reason"), max_length=300)
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    reference = models.CharField(max_length=160, unique=True, null=True)
    # Counts sendings whose end is known: a provider replays its first answer to a key it knows.
    tries = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField(default=clock.now)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    # The bulk transfer by which it goes, or went.
    transfer = models.ForeignKey(
        "TransferFile", models.PROTECT, null=True, blank=True, related_name="refunds"
    )

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None) | Q(approved_at__isnull=False),
                name="refund_approval_paired",
            ),
            models.CheckConstraint(
                condition=Q(ends_line=False) | Q(line__isnull=False), name="refund_ends_a_line"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} -{self.amount}"

    def takes_back(self) -> bool:
        """Whether the thing bought ends with this refund: the treasurer said so, or with it the
        whole price of its line, or all that the order brought, has gone back."""
        if self.line is None:
            return False
        if self.ends_line or self.order.status == self.order.Status.REFUNDED:
            return True
        others = self.line.refunds.filter(status=self.Status.DONE).exclude(pk=self.pk)
        back = others.aggregate(sum=Sum("amount"))["sum"] or 0
        return back + self.amount >= self.line.amount


MOVES = ~Q(amount=0)


class LedgerEntryQuerySet(BranchScoped, AppendOnlyQuerySet):  # type: ignore[override]
    def between(self, first: date, last: date) -> "LedgerEntryQuerySet":
        """Booked on these days of Seoul, both included."""
        after = clock.start_of(last + timedelta(days=1))
        return self.filter(booked_at__gte=clock.start_of(first), booked_at__lt=after)

    def of_cause(self, cause: str) -> "LedgerEntryQuerySet":
        """``payment`` (what came, and what turned out to be another's), ``refund`` or ``line``."""
        return self.filter(**{f"{cause}__isnull": False})

    def with_causes(self) -> "LedgerEntryQuerySet":
        """Whatever ``kosna.payments.ledger`` says about an entry; a few statements for many."""
        return self.select_related(
            "branch", "payment", "refund", "line__account", "order"
        ).prefetch_related(
            "order__lines",
            models.Prefetch(
                "order__entries", LedgerEntry.objects.select_related("refund").order_by("pk")
            ),
            "payment__proofs__issues",
            "refund__payment__proofs__issues",
        )


class LedgerEntry(AppendOnly):
    """The books: what came in is positive, what went back is negative. One entry for each payment
    and one for each finished refund, so that their sums agree at every instant. A refund that
    bounces is answered by an entry of its own (``turn`` 2), its next success by another. The
    entries of a bank line (``turn`` 1, 2, …) sum to what of it is nobody's yet."""

    UNIDENTIFIED: ClassVar = "unidentified:bank"  # 미확인입금

    order = models.ForeignKey("Order", models.PROTECT, null=True, related_name="entries")
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="entry")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="entries")
    line = models.ForeignKey("BankLine", models.PROTECT, null=True, related_name="entries")
    turn = models.PositiveSmallIntegerField(default=1)
    account = models.CharField(max_length=40)  # "cash:stripe", "cash:bank", "unidentified:bank"
    amount = models.BigIntegerField()  # whole won, signed
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(default=clock.now)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=False, payment__isnull=False, refund=None, line=None)
                | (Q(order__isnull=False, payment=None, refund__isnull=False, line=None) & MOVES)
                | (Q(order=None, payment=None, refund=None, line__isnull=False) & MOVES),
                name="ledger_one_cause",
            ),
            models.UniqueConstraint(fields=["refund", "turn"], name="ledger_refund_turn_once"),
            models.UniqueConstraint(fields=["line", "turn"], name="ledger_line_turn_once"),
        ]
        indexes: ClassVar = [
            # Balances of all accounts by the index alone; a branch's pages.
            models.Index(fields=["booked_at", "account", "amount"]),
            models.Index(fields=["branch", "booked_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount:+}"
