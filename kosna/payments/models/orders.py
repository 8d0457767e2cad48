"""What is owed: an order, and its lines with everything about their price frozen."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Mod, Replace
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import Stateful, WonField, localized
from kosna.payments.models.money import Payment, Refund

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_order_code() -> str:
    """Ten letters that nobody confuses on the phone. Not a secret: the owner must be logged in."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(10))


class OrderQuerySet(BranchScoped):
    def visible_to(self, user: object) -> "OrderQuerySet":
        return self.filter(user=user)

    def bought_by(self, keys: Iterable[int]) -> "OrderQuerySet":
        """Of these people, by their keys: of oneself, and of guests whose links one holds."""
        return self.filter(user__in=[*keys])

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
                | Q(user__guest__email__istartswith=word)
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

    def could_be_paid(self, since: datetime) -> "OrderQuerySet":
        """Those that wait for money, or that had not expired yet at an instant."""
        in_time = Q(status=Order.Status.EXPIRED, expires_at__gte=since)
        return self.filter(Q(status=Order.Status.PENDING) | in_time, total__gt=0)

    def lately(
        self, since: datetime, *, names: Iterable[str], suffixes: Iterable[int]
    ) -> "OrderQuerySet":
        """Those that wait, all that ended unpaid or in doubt since an instant, and of the others
        since then those of these buyers, or whose depositor name ends in these digits."""
        ended = [Order.Status.EXPIRED, Order.Status.CANCELLED, Order.Status.REVIEW]
        named = Q(buyer_name__in=[*names]) | Q(last_digits__in=[*suffixes])
        return self.annotate(last_digits=Mod(F("pk"), 10_000)).filter(
            Q(status=Order.Status.PENDING)
            | Q(created_at__gte=since, status__in=ended)
            | (Q(created_at__gte=since) & named),
            total__gt=0,
        )

    def overdue(self, at: datetime) -> "OrderQuerySet":
        """Those to be given up; not while money noted in time waits for a second person."""
        in_time = Q(noted__status="waiting", noted__received_at__lte=F("expires_at"))
        return (
            self.waiting()
            .filter(release_at__lte=at)
            .annotate(held=models.FilteredRelation("noted", condition=in_time))
            .filter(held=None)
        )

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
        VIRTUAL = "va", _("Virtual account")  # 가상계좌
        BANK = "bank", _("Bank transfer")  # 무통장입금
        FREE = "free", _("Free of charge")
        DOOR = "door", _("At the door")

    TRANSITIONS: ClassVar = {
        Status.PENDING: {Status.PAID, Status.EXPIRED, Status.CANCELLED, Status.REVIEW},
        Status.PAID: {Status.REFUNDED},
        Status.EXPIRED: {Status.PAID, Status.REVIEW},
        Status.CANCELLED: {Status.REVIEW},
        Status.REVIEW: {Status.PAID, Status.REFUNDED},
        Status.REFUNDED: set(),
    }
    # What money that covers the price does not leave standing.
    UNSETTLED: ClassVar = (Status.PENDING, Status.EXPIRED, Status.CANCELLED)
    RESTORES: ClassVar = {
        Status.PAID: {Status.PENDING, Status.EXPIRED, Status.CANCELLED},
        Status.REVIEW: {Status.PENDING, Status.EXPIRED, Status.CANCELLED},
    }
    HELD_BY_THE_MINUTE: ClassVar = (Method.NONE, Method.CARD)
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
    # Drawn with the form that ordered it: a form that is sent twice orders once.
    form_key = models.UUIDField(null=True, editable=False)

    title = localized("title")
    objects = OrderQuerySet.as_manager()
    placed_lines: "list[OrderLine]"  # set by place_order, in the order in which they were given

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "form_key"],
                condition=Q(form_key__isnull=False),
                name="order_once_per_form",
            ),
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
            models.Index(fields=["status", "created_at"]),
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
    # Won of the amount that are the branch's, and the rule that said so; null: it is not divided.
    branch_share = WonField(null=True, blank=True)
    share_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    share_rule = models.CharField(max_length=220, blank=True)
    refund_policy = models.JSONField(default=list)  # a ladder, in the seller's own words
    # What everyone paid at that time; null: there was no such price.
    list_price = WonField(null=True, default=None)

    title = localized("title")

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(vat=0) | Q(vat_class="taxable", vat__lt=F("amount")),
                name="line_vat_of_taxable_alone",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title_ko} {self.amount}"

    @property
    def supply(self) -> int:
        """공급가액: what the amount is without its VAT. Both are frozen, by a trigger too."""
        return self.amount - self.vat
