"""What members owe for a year, as it was booked; who is let off; who was reminded, and when."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet, Stateful
from kosna.payments.models import Order, OrderLine, Refund
from members.models.membership import Member, Period
from members.models.terms import Tier

DUES = "dues"  # the kind of an order's line that pays for a year
# How an order of dues hangs on its member: a renewal, or the application it is the first one of.
ORDER_OF_MEMBER = ("order__renewal__member", "order__application__member")


class ChargeQuerySet(BranchScoped, AppendOnlyQuerySet):  # type: ignore[override]
    branch_field = "member__branch"

    def standing(self) -> "ChargeQuerySet":
        """What is booked and was not reversed: at most one row of a member and year."""
        taken_back = Charge.objects.filter(reverses=OuterRef("pk"))
        return self.filter(~Exists(taken_back), reverses=None)

    def with_open(self) -> "ChargeQuerySet":
        """Annotates ``paid``, the won that came for this member and year, and ``open``, what is
        left to pay (negative: too much was paid). Days without an order that hold when the year
        ends were paid elsewhere, before the portal was: then nothing is left."""
        lines = OrderLine.objects.filter(
            kind=DUES, dues_year=OuterRef("year"), order__status=Order.Status.PAID
        )
        refunds = Refund.objects.filter(
            status=Refund.Status.DONE,
            line__kind=DUES,
            line__dues_year=OuterRef("year"),
            order__status=Order.Status.PAID,
        )
        renewal, first = ORDER_OF_MEMBER
        elsewhere = paid_elsewhere(OuterRef("ends_on")).filter(member=OuterRef("member"))
        came = _sum(lines, renewal) + _sum(lines, first)
        returned = _sum(refunds, renewal) + _sum(refunds, first)
        paid = models.Case(
            models.When(Exists(elsewhere), then=F("amount")),
            default=came - returned,
            output_field=models.BigIntegerField(),
        )
        open_ = models.ExpressionWrapper(
            F("amount") - F("paid"), output_field=models.BigIntegerField()
        )
        return self.annotate(paid=paid).annotate(open=open_)

    def unpaid(self) -> "ChargeQuerySet":
        """Of the standing ones, those with something left to pay."""
        return self.standing().with_open().filter(open__gt=0)


def paid_elsewhere(ends_on: "date | OuterRef") -> models.QuerySet[Period]:
    """Days without an order that hold when a member's year ends."""
    held = Period.objects.valid().filter(
        Q(ends_on=None) | Q(ends_on__gte=ends_on), starts_on__lte=ends_on
    )
    # Not "line IS NULL": for that SQLite reads, from the index of lines, every such period of
    # everybody, once for each charge.
    return held.exclude(line__isnull=False)


def _sum(rows: models.QuerySet, member: str) -> Coalesce:
    of_member = rows.filter(**{member: OuterRef("member")}).order_by().values("order__payable")
    return Coalesce(
        Subquery(of_member.annotate(sum=Sum("amount")).values("sum")[:1]),
        Value(0),
        output_field=models.BigIntegerField(),
    )


class Charge(AppendOnly):
    """Dues of a member for a year, booked by an assessment. What turns out wrong is taken back by
    a row with the opposite amount, and booked anew."""

    class Reason(models.TextChoices):
        ANNUAL = "annual", _("Annual dues")
        FIRST_YEAR = "first_year", _("Dues of the first year")
        ORDERED = "ordered", _("As ordered on joining")
        KEPT = "kept", _("Paid before it fell away")  # what was paid stays charged
        REVERSED = "reversed", _("Reversed")

    member = models.ForeignKey(Member, models.PROTECT, related_name="charges")
    year = models.PositiveSmallIntegerField(_("year"))  # in which the paid year begins
    turn = models.PositiveSmallIntegerField(default=1)  # of this member and year, reversals apart
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"))  # whole won; a reversal's is negative
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    # The year that these dues are for, and by when they are to be paid.
    starts_on = models.DateField()
    ends_on = models.DateField()
    due_on = models.DateField(_("due on"))
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal")
    booked_at = models.DateTimeField(default=clock.now)
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ChargeQuerySet.as_manager()
    # Set by with_open, in won.
    paid: int
    open: int

    class Meta:
        verbose_name = _("charge of dues")
        verbose_name_plural = _("charges of dues")
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0)
                | Q(reverses__isnull=False, amount__lt=0, reason="reversed"),
                name="charge_sign",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="charge_dates_in_order"
            ),
            # Two assessments at once cannot both book the same turn.
            models.UniqueConstraint(
                fields=["member", "year", "turn"],
                condition=Q(reverses=None),
                name="charge_once_a_turn",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["year", "member"]),
            models.Index(fields=["due_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.year}: {self.amount:+}"


class ExemptionQuerySet(BranchScoped):
    branch_field = "member__branch"

    def of_year(self, year: int) -> "ExemptionQuerySet":
        return self.filter(Q(until_year=None) | Q(until_year__gte=year), from_year__lte=year)


class Exemption(models.Model):
    """A member whom somebody let off the dues of some years, and why (면제: over 65, honoured …).
    ``period`` holds the days of good standing that come with it."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="exemptions")
    from_year = models.PositiveSmallIntegerField(_("from year"))
    until_year = models.PositiveSmallIntegerField(_("until year"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    period = models.OneToOneField(Period, models.PROTECT, null=True, related_name="exemption")
    granted_at = models.DateTimeField(default=clock.now)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        ordering = ["from_year", "pk"]
        constraints = [
            # An exemption that was ended before it began covers no year: until the year before.
            models.CheckConstraint(
                condition=Q(until_year=None) | Q(until_year__gte=F("from_year") - 1),
                name="exemption_years_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.from_year}~{self.until_year or ''}: {self.reason}"


class Assessment(Stateful):
    """One comparison of what should be due with what is booked: first shown, then booked."""

    class Status(models.TextChoices):
        PREPARING = "preparing", _("Being worked out")
        READY = "ready", _("Preview")
        BOOKED = "booked", _("Booked")

    TRANSITIONS: ClassVar = {
        Status.PREPARING: {Status.READY},
        Status.READY: {Status.PREPARING, Status.BOOKED},
        Status.BOOKED: set(),
    }
    TONES: ClassVar = {Status.READY: "warning", Status.BOOKED: "good", Status.PREPARING: "info"}

    year = models.PositiveSmallIntegerField(_("year"))
    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, verbose_name=_("branch")
    )
    status = models.CharField(max_length=9, choices=Status, default=Status.PREPARING)
    started_at = models.DateTimeField(default=clock.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(null=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # Of the preview, and once it is booked of what was really booked.
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    reversed = models.PositiveIntegerField(default=0)
    total = models.BigIntegerField(default=0)  # won by which the books change

    class Meta:
        verbose_name = _("assessment of dues")
        verbose_name_plural = _("assessments of dues")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(booked_at=None, booked_by=None)
                | Q(booked_at__isnull=False, booked_by__isnull=False),
                name="assessment_booking_paired",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.branch.name if self.branch else ''}".strip()

    def get_absolute_url(self) -> str:
        return reverse("members_staff:assessment", args=[self.pk])


class AssessmentItem(models.Model):
    """One member of a preview whose charge would be added, changed or reversed."""

    class Kind(models.TextChoices):
        ADDED = "added", _("New")
        CHANGED = "changed", _("Changed")
        REVERSED = "reversed", _("Reversed")

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="items")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    kind = models.CharField(_("change"), max_length=8, choices=Kind)
    before = models.BigIntegerField(default=0)
    after = models.BigIntegerField(default=0)
    due_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("item of an assessment")
        verbose_name_plural = _("items of an assessment")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "member"], name="assessment_item_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.before} → {self.after}"


class DuesNoticeQuerySet(BranchScoped):
    branch_field = "member__branch"


class DuesNotice(models.Model):
    """A member was written to about the dues of a year, once on each occasion: a day of the
    calendar ("-30", "0", "30"), or the batch in which somebody sent it again."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="dues_notices")
    year = models.PositiveSmallIntegerField()
    occasion = models.CharField(max_length=40)
    amount = models.BigIntegerField()  # won that were open
    sent_at = models.DateTimeField(default=clock.now)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )  # null: the portal, by the calendar

    objects = DuesNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice of dues")
        verbose_name_plural = _("notices of dues")
        constraints = [
            models.UniqueConstraint(fields=["member", "year", "occasion"], name="dues_notice_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["year", "member"]),
            models.Index(fields=["year", "occasion", "member"], name="dues_notice_occasion"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.year} {self.occasion}"
