"""What is owed (Order), how somebody tries to pay (Attempt), what arrived (Payment), what went
back (Refund), and the books (LedgerEntry). Whole won throughout."""

import secrets
import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Mod, Replace
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet, Stateful, WonField, localized

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_order_code() -> str:
    """Ten letters that nobody confuses on the phone. Not a secret: the owner must be logged in."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(10))


class OrderQuerySet(BranchScoped):
    def visible_to(self, user: object) -> "OrderQuerySet":
        return self.filter(user=user)

    def waiting(self) -> "OrderQuerySet":
        return self.filter(status=Order.Status.PENDING)

    def awaiting_deposit(self) -> "OrderQuerySet":
        return self.waiting().filter(method=Order.Method.BANK)

    def search(self, text: str) -> "OrderQuerySet":
        """By code, buyer, e-mail or title."""
        for word in text.split():
            self = self.filter(
                Q(code__istartswith=word)
                | Q(buyer_name__icontains=word)
                | Q(user__email__istartswith=word)
                | Q(title_ko__icontains=word)
                | Q(title_en__icontains=word)
            )
        return self

    def matching_deposit(self, text: str) -> "OrderQuerySet":
        """By what a bank's list shows: 김하늘4821, a name, a code, an amount (33,000원)."""
        text = "".join(text.split()).replace(",", "").removesuffix("원")
        if not text:
            return self
        digits = text[len(text.rstrip("0123456789")) :][-15:]
        name = text.removesuffix(digits)
        number = int(digits) if digits else None
        found = Q(code__istartswith=text)
        if name:
            by_name = Q(squeezed_name__icontains=name[:8])
            found |= by_name if number is None else by_name & Q(last_digits=number)
        elif number is not None:
            found |= Q(total=number) | Q(last_digits=number)
        return self.annotate(
            squeezed_name=Replace("buyer_name", Value(" "), Value("")),
            last_digits=Mod(F("pk"), 10_000),
        ).filter(found)

    def overdue(self, at: datetime) -> "OrderQuerySet":
        return self.waiting().filter(release_at__lte=at)

    def with_balance(self) -> "OrderQuerySet":
        """``paid`` and ``refunded`` as annotations; the row methods say the same."""
        paid = Payment.objects.filter(order=models.OuterRef("pk")).order_by().values("order")
        refunded = (
            Refund.objects.filter(order=models.OuterRef("pk"), status=Refund.Status.DONE)
            .order_by()
            .values("order")
        )
        zero = models.Value(0)
        return self.annotate(
            paid=models.functions.Coalesce(
                models.Subquery(paid.annotate(sum=Sum("amount")).values("sum")), zero
            ),
            refunded=models.functions.Coalesce(
                models.Subquery(refunded.annotate(sum=Sum("amount")).values("sum")), zero
            ),
        )


class Order(Stateful):
    class Status(models.TextChoices):
        PENDING = "pending", _("Awaiting payment")  # 결제대기
        PAID = "paid", _("Paid")  # 확정
        REFUNDED = "refunded", _("Refunded in full")
        EXPIRED = "expired", _("Expired")  # 만료
        CANCELLED = "cancelled", _("Cancelled")
        REVIEW = "review", _("Under review")  # 검토: money arrived that the rules refuse

    class Method(models.TextChoices):
        NONE = "", _("Not chosen yet")
        CARD = "card", _("Card or easy pay")
        BANK = "bank", _("Bank transfer")  # 무통장입금
        FREE = "free", _("Free of charge")

    TRANSITIONS: ClassVar = {
        Status.PENDING: {Status.PAID, Status.EXPIRED, Status.CANCELLED, Status.REVIEW},
        Status.PAID: {Status.REFUNDED},
        Status.EXPIRED: {Status.PAID, Status.REVIEW},
        Status.CANCELLED: {Status.REVIEW},
        Status.REVIEW: {Status.PAID, Status.REFUNDED},
        Status.REFUNDED: set(),
    }
    TONES: ClassVar = {
        Status.PENDING: "warning",
        Status.PAID: "good",
        Status.REVIEW: "danger",
        Status.REFUNDED: "info",
    }

    code = models.CharField(max_length=10, unique=True, default=new_order_code)
    payable = models.CharField(max_length=40)  # a kind of kosna.payments.payables
    title_ko = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="orders")
    buyer_name = models.CharField(max_length=120)  # frozen, as it stands on the receipt
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="orders")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    method = models.CharField(
        _("method"), max_length=4, choices=Method, default=Method.NONE, blank=True
    )
    total = WonField(_("amount"))
    created_at = models.DateTimeField(default=clock.now)
    # What the buyer is told, and when the seat is really given up: a session at the provider
    # outlives its page, and bank data lags a working day.
    expires_at = models.DateTimeField()
    release_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    terms_version = models.CharField(max_length=20, blank=True)

    title = localized("title")
    objects = OrderQuerySet.as_manager()
    placed_lines: "list[OrderLine]"  # set by place_order, in the order in which they were given

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_at__isnull=False), name="order_paid_has_time"
            ),
            models.CheckConstraint(
                condition=Q(release_at__gte=F("expires_at")), name="order_released_after_deadline"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["branch", "-created_at"]),
            models.Index(fields=["user", "-created_at"]),
            models.Index(
                fields=["release_at"], condition=Q(status="pending"), name="order_to_release"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("payments:order", args=[self.code])

    @property
    def depositor_name(self) -> str:
        """입금자명 that the bank file will show: the name and four digits of this order."""
        return f"{self.buyer_name.replace(' ', '')[:8]}{self.pk % 10_000:04d}"

    def change(self, **changes: object) -> None:
        """Writes some fields of this row, which the caller has locked; never its status."""
        type(self).objects.filter(pk=self.pk).update(**changes)
        for name, value in changes.items():
            setattr(self, name, value)

    def sum_paid(self) -> int:
        return self.payments.aggregate(sum=Sum("amount"))["sum"] or 0

    def sum_refunded(self) -> int:
        done = self.refunds.filter(status=Refund.Status.DONE)
        return done.aggregate(sum=Sum("amount"))["sum"] or 0


class OrderLine(models.Model):
    """One thing bought, with everything about its price frozen at the time of the order."""

    class VatClass(models.TextChoices):
        NONE = "none", _("Not subject to VAT")  # 비과세: dues
        EXEMPT = "exempt", _("VAT exempt")  # 면세
        TAXABLE = "taxable", _("VAT included")  # 과세

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=40)  # "admission_fee", "dues", "ticket"
    title_ko = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    amount = WonField()
    vat_class = models.CharField(max_length=8, choices=VatClass)
    vat = WonField(default=0)
    tier = models.CharField(max_length=30, blank=True)  # code and standing at the time
    standing = models.CharField(max_length=20, blank=True)
    dues_year = models.PositiveSmallIntegerField(null=True, blank=True)
    refund_policy = models.JSONField(default=list)  # [[days before, percent], …] by KST day

    title = localized("title")

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.title_ko} {self.amount}"


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
        Status.PROCESSING: {Status.SUCCEEDED, Status.FAILED, Status.EXPIRED},
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
    order = models.ForeignKey(Order, models.PROTECT, related_name="attempts")
    provider = models.CharField(max_length=20)
    session = models.CharField(max_length=120, unique=True, null=True)
    url = models.URLField(max_length=2000, blank=True)
    amount = WonField()
    language = models.CharField(max_length=2, default="ko")  # of the provider's page
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    error = models.CharField(max_length=500, blank=True)

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


class Payment(AppendOnly):
    """Money that arrived. Written first, before any rule has its say, and never changed."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="payments")
    attempt = models.ForeignKey(Attempt, models.PROTECT, null=True, related_name="payments")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=160)  # the provider's id of the charge
    method = models.CharField(max_length=30)
    amount = WonField()
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            # What makes every webhook, success page and reconciliation idempotent.
            models.UniqueConstraint(fields=["provider", "reference"], name="payment_reference_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"


class ThroughOrderQuerySet(BranchScoped):
    branch_field = "order__branch"


class RefundQuerySet(ThroughOrderQuerySet):
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
        Status.APPROVED: {Status.SENT},
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
    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    # Set when the refund takes one line back; null when it is money alone (an overpayment).
    line = models.ForeignKey(OrderLine, models.PROTECT, null=True, related_name="refunds")
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
        ]

    def __str__(self) -> str:
        return f"{self.order_id} -{self.amount}"


class LedgerEntry(AppendOnly):
    """The books: what came in is positive, what went back is negative. One entry for each payment
    and one for each finished refund, so that their sums agree at every instant. A refund that
    bounces is answered by an entry of its own (``turn`` 2), its next success by another."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="entries")
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="entry")
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="entries")
    turn = models.PositiveSmallIntegerField(default=1)
    account = models.CharField(max_length=40)  # "cash:stripe", "cash:bank", "cash:free"
    amount = models.BigIntegerField()  # whole won, signed
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.CheckConstraint(
                condition=Q(payment__isnull=False, refund=None, amount__gte=0)
                | (Q(payment=None, refund__isnull=False) & ~Q(amount=0)),
                name="ledger_one_cause",
            ),
            models.UniqueConstraint(fields=["refund", "turn"], name="ledger_refund_turn_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount:+}"


class ProviderEvent(models.Model):
    """A delivery that a provider signed. Its id is unique, so a replay changes nothing."""

    class Outcome(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("notice of a provider", "Received")
        APPLIED = "applied", _("Applied")
        IGNORED = "ignored", _("Nothing to do")
        QUARANTINED = "quarantined", _("Quarantined")  # another account, mode, amount or currency

    provider = models.CharField(max_length=20)
    event = models.CharField(max_length=120)
    type = models.CharField(max_length=80)
    payload = models.JSONField()
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.RECEIVED)
    note = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("provider event")
        verbose_name_plural = _("provider events")
        constraints = [
            models.UniqueConstraint(fields=["provider", "event"], name="provider_event_once")
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.type}"


class Task(Stateful):
    """Something about money that a person must decide: the rules refused what arrived."""

    class Kind(models.TextChoices):
        PAID_AFTER_EXPIRY = "late", _("Paid after the deadline")
        OVERPAID = "overpaid", _("Paid twice or too much")
        AMOUNT_DIFFERS = "amount", _("Another amount than owed")
        REFUSED = "refused", _("Paid, but the rules refuse it")
        REFUND_FAILED = "refund", _("Refund failed")
        DISPUTE = "dispute", _("Disputed by the payer")

    class Status(models.TextChoices):
        OPEN = "open", _("To be decided")
        DONE = "done", _("Done")

    TRANSITIONS: ClassVar = {Status.OPEN: {Status.DONE}, Status.DONE: set()}
    TONES: ClassVar = {Status.OPEN: "danger", Status.DONE: "good"}

    kind = models.CharField(max_length=10, choices=Kind)
    order = models.ForeignKey(Order, models.PROTECT, related_name="tasks")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="tasks")
    note = models.CharField(max_length=500)
    key = models.CharField(max_length=120, unique=True)
    status = models.CharField(max_length=4, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    resolution = models.CharField(max_length=300, blank=True)

    objects = ThroughOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("money task")
        verbose_name_plural = _("money tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="task_done_paired",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.order_id}"
