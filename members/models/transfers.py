"""A member moves to another branch: asked, cleared by the old one, accepted by the new one, and
done on one date."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, Scope
from kosna.core import clock
from kosna.core.lists import WaitingFirst
from kosna.core.models import Stateful
from members.models.membership import Member


class TransferQuerySet(models.QuerySet):
    def open(self) -> "TransferQuerySet":
        """On the way: still in somebody's hands, or waiting for its day."""
        return self.filter(status__in=Transfer.OPEN)

    def undecided(self) -> "TransferQuerySet":
        return self.filter(status__in=Transfer.UNDECIDED)

    def permitted(self, user: Any, verb: str) -> "TransferQuerySet":
        """The old branch sees a case until the member has moved, the new one from the day on which
        the old one cleared it."""
        scope = Scope.of(user, verb)
        if scope.everywhere:
            return self
        left = self.exclude(status=Transfer.Status.DONE)
        reached = self.exclude(cleared_at=None)
        return scope.narrow(left, "from_branch") | scope.narrow(reached, "to_branch")

    def waiting_for(self, user: Any, verb: str) -> "TransferQuerySet":
        """What this person's branches have to answer now: as the old branch, or as the new one."""
        scope = Scope.of(user, verb)
        old = scope.narrow(self.filter(status=Transfer.Status.REQUESTED), "from_branch")
        return old | scope.narrow(self.filter(status=Transfer.Status.CLEARED), "to_branch")

    def waiting_first(self) -> WaitingFirst:
        """What somebody must decide, then the newest."""
        return WaitingFirst(self, Q(status__in=Transfer.UNDECIDED))


class Transfer(Stateful):
    class Status(models.TextChoices):
        REQUESTED = "requested", _("With the old branch")
        CLEARED = "cleared", _("With the new branch")
        ACCEPTED = "accepted", _("Accepted, waits for its day")
        DONE = "done", _("Moved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn by the member")
        DROPPED = "dropped", _("Dropped")

    TRANSITIONS: ClassVar = {
        Status.REQUESTED: {Status.CLEARED, Status.REFUSED, Status.WITHDRAWN, Status.DROPPED},
        Status.CLEARED: {Status.ACCEPTED, Status.REFUSED, Status.WITHDRAWN, Status.DROPPED},
        Status.ACCEPTED: {Status.DONE, Status.DROPPED},
        Status.DONE: set(),
        Status.REFUSED: set(),
        Status.WITHDRAWN: set(),
        Status.DROPPED: set(),
    }
    TONES: ClassVar = {
        Status.REQUESTED: "warning",
        Status.CLEARED: "warning",
        Status.ACCEPTED: "info",
        Status.DONE: "good",
        Status.REFUSED: "danger",
    }
    UNDECIDED: ClassVar = (Status.REQUESTED, Status.CLEARED)
    OPEN: ClassVar = (Status.REQUESTED, Status.CLEARED, Status.ACCEPTED)

    member = models.ForeignKey(Member, models.PROTECT, related_name="transfers")
    from_branch = models.ForeignKey(Branch, models.PROTECT, related_name="transfers_out")
    to_branch = models.ForeignKey(Branch, models.PROTECT, related_name="transfers_in")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.REQUESTED)
    reason = models.CharField(_("reason"), max_length=300)
    requested_at = models.DateTimeField(default=clock.now)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # The old branch says that dues are paid, or the head office why they need not be.
    cleared_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    waiver = models.CharField(_("waived because"), max_length=300, blank=True)
    # The new branch accepts, or either of them refuses.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    moves_on = models.DateField(_("moves on"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=200, blank=True)  # of a branch that closes
    note = models.CharField(_("note"), max_length=300, blank=True)  # why refused or dropped

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_branch=F("to_branch")), name="transfer_to_another_branch"
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None, cleared_by=None)
                | Q(cleared_at__isnull=False, cleared_by__isnull=False),
                name="transfer_clearing_paired",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="transfer_decision_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["accepted", "done"]) | Q(moves_on__isnull=False),
                name="transfer_accepted_for_a_day",
            ),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(status__in=["requested", "cleared", "accepted"]),
                name="transfer_one_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["from_branch", "status"]),
            models.Index(fields=["to_branch", "status"]),
            models.Index(fields=["status", "moves_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.from_branch} → {self.to_branch}"

    @property
    def may_be_withdrawn(self) -> bool:
        return self.status in (self.Status.REQUESTED, self.Status.CLEARED)

    def get_absolute_url(self) -> str:
        return reverse("members_staff:transfer", args=[self.pk])
