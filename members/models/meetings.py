"""General meetings (총회): the call, the agenda, and what was decided."""

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import Stateful, localized
from kosna.documents.models import Document

User = settings.AUTH_USER_MODEL


class MeetingKind(models.TextChoices):
    REGULAR = "regular", _("Regular general meeting")  # 정기총회
    EXTRAORDINARY = "extraordinary", _("Extraordinary general meeting")  # 임시총회


class MeetingTerms(models.Model):
    """What the articles say of each kind of meeting: whole days between notice and meeting, and
    how many proxies one delegate may carry."""

    kind = models.CharField(_("kind"), max_length=14, choices=MeetingKind, unique=True)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), default=7)  # 민법 §71
    max_proxies = models.PositiveSmallIntegerField(_("proxies for each delegate"), default=3)
    allows_written = models.BooleanField(_("allows votes in writing"), default=True)  # 민법 §73②

    class Meta:
        verbose_name = _("terms of a meeting")
        verbose_name_plural = _("terms of meetings")

    def __str__(self) -> str:
        return self.get_kind_display()


class MeetingQuerySet(BranchScoped):
    def called(self) -> "MeetingQuerySet":
        """What members are told of."""
        return self.exclude(called_at=None)

    def to_freeze(self, day: date) -> "MeetingQuerySet":
        """Whose record date has ended, and whose roll is not there yet."""
        return self.filter(status=Meeting.Status.DRAFT, record_on__lt=day, roll_frozen_at=None)


class Meeting(Stateful):
    Kind = MeetingKind

    class Status(models.TextChoices):
        DRAFT = "draft", _("In preparation")  # 준비
        CALLED = "called", _("Called")  # 소집
        OPEN = "open", _("In session")  # 개회
        CLOSED = "closed", _("Meeting closed")  # 폐회
        CANCELLED = "cancelled", _("Called off")  # 소집 취소

    TRANSITIONS: ClassVar = {
        Status.DRAFT: {Status.CALLED, Status.CANCELLED},
        Status.CALLED: {Status.OPEN, Status.CANCELLED},
        Status.OPEN: {Status.CLOSED},
        Status.CLOSED: set(),
        Status.CANCELLED: set(),
    }
    TONES: ClassVar = {
        Status.CALLED: "info",
        Status.OPEN: "warning",
        Status.CLOSED: "good",
        Status.CANCELLED: "danger",
    }

    number = models.CharField(max_length=12, unique=True)  # 2026-1
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=14, choices=MeetingKind)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    title_ko = models.CharField(_("title in Korean"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    place_ko = models.CharField(_("place in Korean"), max_length=200, blank=True)
    place_en = models.CharField(_("place in English"), max_length=200, blank=True)
    online_url = models.URLField(_("online address"), blank=True)
    record_on = models.DateField(_("record date"))  # 기준일, to the end of that day in Korea
    notice_days = models.PositiveSmallIntegerField(_("days of notice"))
    max_proxies = models.PositiveSmallIntegerField(_("proxies for each delegate"))
    allows_written = models.BooleanField(_("allows votes in writing"))
    created_at = models.DateTimeField(default=clock.now)

    roll_frozen_at = models.DateTimeField(null=True)
    roll_size = models.PositiveIntegerField(default=0)
    roll_sha256 = models.CharField(max_length=64, blank=True)
    called_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    late_reason = models.TextField(_("reason for the short notice"), blank=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cancel_reason = models.TextField(_("reason"), blank=True)
    chair = models.CharField(_("chair"), max_length=80, blank=True)
    signatories = models.TextField(_("signatories"), blank=True)  # a name a line
    course = models.TextField(_("course of the meeting"), blank=True)  # 의사의 경과 및 요령
    minutes = models.OneToOneField(Document, models.PROTECT, null=True, related_name="+")

    title = localized("title")
    place = localized("place")
    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("general meeting")
        verbose_name_plural = _("general meetings")
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{deed}_at": None, f"{deed}_by": None})
                    | Q(**{f"{deed}_at__isnull": False, f"{deed}_by__isnull": False}),
                    name=f"meeting_{deed}_paired",
                )
                for deed in ("called", "opened", "closed")
            ),
            models.CheckConstraint(
                condition=Q(called_at=None) | Q(roll_frozen_at__isnull=False),
                name="meeting_called_has_roll",
            ),
            models.CheckConstraint(
                condition=Q(status="closed") ^ Q(minutes=None), name="meeting_closed_has_minutes"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-starts_at"])]

    def __str__(self) -> str:
        return f"{self.number} {self.title_ko}"

    def get_absolute_url(self) -> str:
        return reverse("me:meeting", args=[self.number])

    @property
    def last_notice_on(self) -> date:
        """The last day on which a notice is in time: neither that day nor the day of the meeting
        counts among the days of notice (민법 §71, §157)."""
        return clock.kst_date(self.starts_at) - timedelta(days=self.notice_days + 1)

    @property
    def quorum(self) -> int:
        """More than half of the roll (민법 §75①)."""
        return self.roll_size // 2 + 1

    @property
    def takes_ballots(self) -> bool:
        """Proxies and votes in writing are given and taken back until the meeting opens."""
        return self.status == self.Status.CALLED


class AgendaItem(Stateful):
    class Status(models.TextChoices):
        PROPOSED = "proposed", _("On the agenda")
        DECIDED = "decided", _("Decided")
        WITHDRAWN = "withdrawn", _("Not put to the vote")

    TRANSITIONS: ClassVar = {
        Status.PROPOSED: {Status.DECIDED, Status.WITHDRAWN},
        Status.DECIDED: {Status.PROPOSED},  # counted again, while the meeting is open
        Status.WITHDRAWN: set(),
    }
    TONES: ClassVar = {Status.DECIDED: "good", Status.WITHDRAWN: "warning"}

    class Rule(models.TextChoices):
        """What a resolution needs, and of whom."""

        MAJORITY = "majority", _("More than half of those present")  # 민법 §75①
        TWO_THIRDS = "two_thirds", _("Two thirds of all voters (change of the articles)")  # §42
        THREE_QUARTERS = "three_quarters", _("Three quarters of all voters (dissolution)")  # §78
        REPORT = "report", _("For information, no vote")

    # Share of the votes counted: (numerator, denominator, of the whole roll, more than).
    SHARES: ClassVar[dict[str, tuple[int, int, bool, bool]]] = {
        Rule.MAJORITY: (1, 2, False, True),
        Rule.TWO_THIRDS: (2, 3, True, False),
        Rule.THREE_QUARTERS: (3, 4, True, False),
    }

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("number"))
    title_ko = models.CharField(_("title in Korean"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    text_ko = models.TextField(_("text in Korean"), blank=True)
    text_en = models.TextField(_("text in English"), blank=True)
    rule = models.CharField(_("rule"), max_length=14, choices=Rule, default=Rule.MAJORITY)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROPOSED)
    votes_for = models.PositiveIntegerField(_("for"), null=True, blank=True)
    votes_against = models.PositiveIntegerField(_("against"), null=True, blank=True)
    votes_abstain = models.PositiveIntegerField(_("abstentions"), null=True, blank=True)
    # As they stood when it was counted: votes present, and of them those without a say (민법 §74).
    present = models.PositiveIntegerField(null=True, blank=True)
    excluded = models.PositiveIntegerField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    counted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)  # why it was not put to the vote

    title = localized("title")
    text = localized("text")

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="agenda_item_once"),
            models.CheckConstraint(
                condition=Q(counted_at=None, counted_by=None)
                | Q(counted_at__isnull=False, counted_by__isnull=False),
                name="agenda_item_count_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status="decided")
                | Q(rule="report")
                | Q(
                    votes_for__lte=F("present")
                    - F("excluded")
                    - F("votes_against")
                    - F("votes_abstain")
                ),
                name="agenda_item_votes_within_present",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title_ko}"

    @property
    def is_resolution(self) -> bool:
        return self.rule != self.Rule.REPORT

    @property
    def votes_needed(self) -> int | None:
        """Votes for it that carry it, of what was counted; None before the count."""
        if self.present is None or self.excluded is None or not self.is_resolution:
            return None
        numerator, denominator, of_all, more_than = self.SHARES[self.rule]
        base = self.meeting.roll_size if of_all else self.present - self.excluded
        if more_than:
            return base * numerator // denominator + 1
        return -(-base * numerator // denominator)

    @property
    def is_passed(self) -> bool:
        needed = self.votes_needed
        return (
            self.status == self.Status.DECIDED
            and needed is not None
            and self.votes_for is not None
            and self.votes_for >= needed
        )
