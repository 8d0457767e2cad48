"""A request for consulting, from its question to the report and how it was liked (컨설팅 신청)."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.lists import WaitingFirst
from kosna.core.models import Stateful
from members.models import Member
from members.programmes.models.pool import TAKEN, Consultant, ConsultingField, ConsultingRound


class ConsultingRequestQuerySet(BranchScoped):
    def open(self) -> "ConsultingRequestQuerySet":
        return self.filter(status__in=ConsultingRequest.OPEN)

    def running(self) -> "ConsultingRequestQuerySet":
        """Open, or with a report that waits for an answer."""
        return self.filter(status__in=[*ConsultingRequest.OPEN, "reported"])

    def waiting(self) -> "ConsultingRequestQuerySet":
        """For a consultant, or a no."""
        return self.filter(status=ConsultingRequest.Status.RECEIVED)

    def taken(self) -> "ConsultingRequestQuerySet":
        return self.filter(status__in=TAKEN)

    def in_hand(self) -> "ConsultingRequestQuerySet":
        """With a consultant who has something to do."""
        return self.filter(status__in=ConsultingRequest.IN_HAND)

    def visible_to(self, user: Any) -> "ConsultingRequestQuerySet":
        """A person's own, and those of the companies that they represent or run."""
        return self.filter(member__in=Member.objects.run_by(user).values("pk"))

    def assigned_to(self, user: Any) -> "ConsultingRequestQuerySet":
        """What a consultant sees: the requests that they have or had a report to write for."""
        return self.filter(consultant__user=user).taken()

    def filtered(
        self,
        *,
        branch: Branch | None = None,
        field: str = "",
        status: str = "",
        within: ConsultingRound | None = None,
    ) -> "ConsultingRequestQuerySet":
        """A filter that is empty filters nothing."""
        rows = self.filter(branch=branch) if branch else self
        rows = rows.filter(field=field) if field else rows
        rows = rows.filter(round=within) if within else rows
        return rows.filter(status=status) if status else rows

    def waiting_first(self) -> WaitingFirst:
        return WaitingFirst(self, Q(status=ConsultingRequest.Status.RECEIVED))

    def for_lists(self) -> "ConsultingRequestQuerySet":
        return self.select_related("member", "branch", "round", "asked_by", "consultant__user")


def paired(prefix: str) -> models.CheckConstraint:
    return paired_named(f"consulting_{prefix}_paired", prefix)


def paired_named(name: str, prefix: str) -> models.CheckConstraint:
    """``<prefix>_at`` and ``<prefix>_by`` are both there or both missing."""
    at, by = f"{prefix}_at", f"{prefix}_by"
    return models.CheckConstraint(
        condition=Q(**{at: None, by: None}) | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
        name=name,
    )


def person(**more: Any) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", **more
    )


class ConsultingRequest(Stateful):
    class Status(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("consulting", "Received")  # 접수
        ASSIGNED = "assigned", _("Consultant assigned")  # 배정
        SCHEDULED = "scheduled", _("Time agreed")  # 일정 확정
        REPORTED = "reported", _("Report written")  # 보고
        CLOSED = "closed", pgettext_lazy("consulting", "Closed")  # 종료
        DECLINED = "declined", pgettext_lazy("consulting", "Declined")  # 미선정
        WITHDRAWN = "withdrawn", pgettext_lazy("consulting", "Withdrawn")  # 취하

    TRANSITIONS: ClassVar = {
        Status.RECEIVED: {Status.ASSIGNED, Status.DECLINED, Status.WITHDRAWN},
        # Back to be assigned anew, where its consultant cannot do it after all.
        Status.ASSIGNED: {Status.SCHEDULED, Status.RECEIVED, Status.WITHDRAWN},
        Status.SCHEDULED: {Status.REPORTED, Status.RECEIVED, Status.WITHDRAWN},
        Status.REPORTED: {Status.CLOSED},
        Status.CLOSED: set(),
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
    }
    TONES: ClassVar = {
        Status.RECEIVED: "warning",
        Status.ASSIGNED: "info",
        Status.SCHEDULED: "info",
        Status.REPORTED: "good",
        Status.CLOSED: "good",
        Status.DECLINED: "danger",
    }
    ENDED_EARLY: ClassVar = (Status.DECLINED, Status.WITHDRAWN)
    IN_HAND: ClassVar = (Status.ASSIGNED, Status.SCHEDULED)
    OPEN: ClassVar = (Status.RECEIVED, Status.ASSIGNED, Status.SCHEDULED)

    class Hours(models.TextChoices):
        ANY = "any", _("Any time of the day")
        MORNING = "morning", _("In the morning")
        AFTERNOON = "afternoon", _("In the afternoon")
        EVENING = "evening", _("In the evening")

    number = models.CharField(_("number"), max_length=12, unique=True)  # 2026-0001
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="consulting_requests")
    member = models.ForeignKey(Member, models.PROTECT, related_name="consulting_requests")
    round = models.ForeignKey(
        ConsultingRound, models.PROTECT, null=True, blank=True, related_name="requests",
        verbose_name=_("consulting round"),
    )  # fmt: skip
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.RECEIVED)
    field = models.CharField(_("field"), max_length=12, choices=ConsultingField)
    topic = models.CharField(_("topic"), max_length=120)
    question = models.TextField(_("question"), max_length=4000)
    first_on = models.DateField(_("preferred day"))
    second_on = models.DateField(_("another day that suits"), null=True, blank=True)
    hours = models.CharField(_("hours"), max_length=10, choices=Hours, default=Hours.ANY)
    is_in_g_valley = models.BooleanField(_("tenant of G-Valley"), default=False)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="consulting_requests"
    )

    consultant = models.ForeignKey(
        Consultant, models.PROTECT, null=True, blank=True, related_name="requests"
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    assigned_by = person()
    meets_at = models.DateTimeField(_("date and time"), null=True, blank=True)
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    scheduled_by = person()
    report = models.TextField(_("report"), max_length=20_000, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = person()
    # How it was liked: the office sees means of five and more, and what was said in words.
    rating = models.PositiveSmallIntegerField(
        _("satisfaction"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )
    words = models.TextField(_("in your words"), max_length=1000, blank=True)
    # Declined, withdrawn or closed, and why where somebody said so.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = person()
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ConsultingRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("consulting request")
        verbose_name_plural = _("consulting requests")
        constraints = [
            *map(paired, ("assigned", "scheduled", "reported", "ended")),
            models.CheckConstraint(
                condition=~Q(status__in=TAKEN) | Q(consultant__isnull=False),
                name="consulting_taken_has_consultant",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["scheduled", "reported", "closed"])
                | Q(meets_at__isnull=False),
                name="consulting_scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["reported", "closed"]) | ~Q(report=""),
                name="consulting_reported_has_report",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(1, 5), status="closed"),
                name="consulting_rated_one_to_five",
            ),
            models.UniqueConstraint(
                fields=["member", "field"],
                condition=Q(status__in=["received", "assigned", "scheduled"]),
                name="consulting_one_open_of_a_field",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["branch", "status"]),
            models.Index(fields=["status", "asked_at"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def may_be_withdrawn(self) -> bool:
        return self.status in self.OPEN

    @property
    def step(self) -> int:
        """Of received, consultant, time, report and answer (1 to 5) the one that comes next; 6: all
        are done, 0: it ended before."""
        if self.status in self.ENDED_EARLY:
            return 0
        way = [status for status in self.Status if status not in self.ENDED_EARLY]
        return way.index(self.Status(self.status)) + 2

    def get_absolute_url(self) -> str:
        return reverse("consulting:request", args=[self.number])
