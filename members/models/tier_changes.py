"""Another tier for a member: asked with a quote in sight, decided, paid and in effect."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.lists import WaitingFirst
from kosna.core.models import Stateful, WonField
from kosna.core.uploads import RandomPath
from kosna.payments.models import Order
from members.models.membership import Member
from members.models.terms import Tier


class TierChangeQuerySet(BranchScoped):
    branch_field = "member__branch"

    def open(self) -> "TierChangeQuerySet":
        return self.filter(status__in=TierChange.OPEN)

    def waiting(self) -> "TierChangeQuerySet":
        """What a reviewer has to decide."""
        return self.filter(status=TierChange.Status.REQUESTED)

    def due(self, day: Any) -> "TierChangeQuerySet":
        return self.filter(status=TierChange.Status.PAID, effective_on__lte=day)

    def waiting_first(self) -> WaitingFirst:
        """What somebody must decide, then the newest."""
        return WaitingFirst(self, Q(status=TierChange.Status.REQUESTED))


class TierChange(Stateful):
    class Status(models.TextChoices):
        REQUESTED = "requested", _("Being examined")
        APPROVED = "approved", _("Approved, awaiting payment")
        PAID = "paid", _("Settled, waits for its day")
        EFFECTIVE = "effective", _("In effect")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn by the member")
        LAPSED = "lapsed", _("Lapsed unpaid")
        REVERSED = "reversed", _("Undone by a refund")
        DROPPED = "dropped", _("Dropped")

    TRANSITIONS: ClassVar = {
        Status.REQUESTED: {Status.APPROVED, Status.REJECTED, Status.WITHDRAWN, Status.DROPPED},
        Status.APPROVED: {
            Status.PAID,
            Status.EFFECTIVE,
            Status.LAPSED,
            Status.WITHDRAWN,
            Status.DROPPED,
        },
        Status.PAID: {Status.EFFECTIVE, Status.REVERSED, Status.WITHDRAWN, Status.DROPPED},
        Status.EFFECTIVE: {Status.REVERSED},
        Status.REJECTED: set(),
        Status.WITHDRAWN: set(),
        Status.LAPSED: set(),
        Status.REVERSED: set(),
        Status.DROPPED: set(),
    }
    RESTORES: ClassVar = {
        Status.PAID: {Status.APPROVED, Status.LAPSED},
        Status.EFFECTIVE: {Status.APPROVED, Status.LAPSED},
    }
    TONES: ClassVar = {
        Status.REQUESTED: "warning",
        Status.APPROVED: "info",
        Status.PAID: "info",
        Status.EFFECTIVE: "good",
        Status.REJECTED: "danger",
        Status.REVERSED: "danger",
    }
    OPEN: ClassVar = (Status.REQUESTED, Status.APPROVED, Status.PAID)

    member = models.ForeignKey(Member, models.PROTECT, related_name="tier_changes")
    from_tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    to_tier = models.ForeignKey(Tier, models.PROTECT, related_name="+", verbose_name=_("new tier"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.REQUESTED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    proof = models.FileField(upload_to=RandomPath("tier-changes"), blank=True)
    proof_name = models.CharField(max_length=150, blank=True)
    proof_type = models.CharField(max_length=40, blank=True)
    requested_at = models.DateTimeField(default=clock.now)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)  # why rejected or dropped
    # The quote as it was approved, each won with its sentence in both languages.
    order = models.OneToOneField(
        Order, models.PROTECT, null=True, blank=True, related_name="tier_change"
    )
    quote = models.JSONField(default=list, blank=True)
    dues = WonField(default=0)  # of the new tier, before anything is credited
    credit = WonField(default=0)
    # What is credited: [{"period": id, "ends_on": day, "voided": whether it gave way whole}].
    credited = models.JSONField(default=list, blank=True)
    effective_on = models.DateField(_("takes effect on"), null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)  # last day of the new paid days
    # Of the organisation, where the change made it another one.
    size_before = models.CharField(max_length=10, blank=True)

    objects = TierChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of tier")
        verbose_name_plural = _("changes of tier")
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_tier=F("to_tier")), name="tier_change_to_another"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="tier_change_decision_paired",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")),
                name="tier_change_not_by_oneself",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["paid", "effective"]) | Q(effective_on__isnull=False),
                name="tier_change_has_its_day",
            ),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(status__in=["requested", "approved", "paid"]),
                name="tier_change_one_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "requested_at"]),
            models.Index(fields=["status", "effective_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.from_tier} → {self.to_tier}"

    @property
    def may_be_withdrawn(self) -> bool:
        """Until money has moved for it, and while it has not taken effect."""
        is_free = self.status == self.Status.PAID and self.order and not self.order.total
        return bool(is_free) or self.status in (self.Status.REQUESTED, self.Status.APPROVED)

    def get_absolute_url(self) -> str:
        return reverse("members_staff:tier-change", args=[self.pk])
