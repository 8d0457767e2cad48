"""Who asks to inspect the register of members, what they were granted, and each look they took."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet, Stateful
from kosna.documents.models import new_code


class InspectionQuerySet(BranchScoped):
    def waiting(self) -> "InspectionQuerySet":
        return self.filter(status=Inspection.Status.RECEIVED)

    def visible_to(self, user: Any) -> "InspectionQuerySet":
        return self.filter(requester=user)


class Inspection(Stateful):
    """A request to inspect the register of members (사원명부 열람), and what came of it."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("Received")  # 접수
        GRANTED = "granted", _("Granted")  # 허용
        REFUSED = "refused", _("Refused")  # 거부
        WITHDRAWN = "withdrawn", _("Withdrawn")  # 취하
        ENDED = "ended", _("Ended early")  # 열람 종료

    TRANSITIONS: ClassVar = {
        Status.RECEIVED: {Status.GRANTED, Status.REFUSED, Status.WITHDRAWN},
        Status.GRANTED: {Status.ENDED},
        Status.REFUSED: set(),
        Status.WITHDRAWN: set(),
        Status.ENDED: set(),
    }
    TONES: ClassVar = {
        Status.RECEIVED: "info",
        Status.GRANTED: "good",
        Status.REFUSED: "danger",
        Status.ENDED: "warning",
    }

    class Field(models.TextChoices):
        NUMBER = "number", _("Member number")
        NAME = "name", _("Name")
        TIER = "tier", _("Tier")
        BRANCH = "branch", _("Branch")
        REPRESENTATIVE = "representative", _("Representative")
        ADDRESS = "address", _("Address")
        JOINED_ON = "joined_on", _("Joined on")

    number = models.CharField(max_length=12, unique=True)  # 2026-0001
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")  # where it is decided
    # A member asks on my page; for a stranger the desk enters what the letter says.
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="inspections"
    )
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"))
    affiliation = models.CharField(_("affiliation"), max_length=120, blank=True)
    purpose = models.TextField(_("purpose"), max_length=2000)
    language = models.CharField(max_length=2, default="ko")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.RECEIVED)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True)
    fields = models.JSONField(_("fields granted"), default=list)
    as_of = models.DateField(_("register as of"), null=True)
    expires_on = models.DateField(_("open until"), null=True)  # the last day
    secret = models.CharField(max_length=26, unique=True, default=new_code)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection request")
        verbose_name_plural = _("inspection requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="inspection_decision_paired",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(requester=None) | ~Q(decided_by=F("requester")),
                name="inspection_not_by_oneself",
            ),
            models.CheckConstraint(
                condition=~Q(status="granted")
                | Q(as_of__isnull=False, expires_on__isnull=False, decided_by__isnull=False),
                name="inspection_grant_has_limits",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "requested_at"])]

    def __str__(self) -> str:
        return self.number

    def is_open_on(self, day: date) -> bool:
        return (
            self.status == self.Status.GRANTED
            and self.expires_on is not None
            and day <= self.expires_on
        )

    @property
    def is_open(self) -> bool:
        return self.is_open_on(clock.today())

    @property
    def has_expired(self) -> bool:
        return self.status == self.Status.GRANTED and not self.is_open

    @property
    def field_labels(self) -> list[str]:
        return [str(self.Field(name).label) for name in self.Field.values if name in self.fields]

    @property
    def answer_by(self) -> date:
        """Ten days, as long as a request about one's own data may take."""
        return clock.kst_date(self.requested_at) + timedelta(days=10)

    def get_absolute_url(self) -> str:
        return reverse("members:inspection", args=[self.secret])


class InspectionLook(AppendOnly):
    """One look that a requester took at what was granted."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="looks")
    at = models.DateTimeField(default=clock.now)
    ip = models.GenericIPAddressField(null=True)
    page = models.PositiveIntegerField()
    query = models.CharField(max_length=100, blank=True)  # what was searched for

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at the register")
        verbose_name_plural = _("looks at the register")
        indexes: ClassVar = [models.Index(fields=["inspection", "-at"])]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.at:%Y-%m-%d %H:%M}"
