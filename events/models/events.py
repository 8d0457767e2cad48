"""What the association holds, for whom it is published and how much of it is taken."""

import time
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from events.ladders import BY_DAYS, BY_PROGRESS, Ladder, Policy, Stand, ladder_of
from events.models.quotas import Quota
from events.models.registrations import CheckIn
from events.models.tickets import Ticket
from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import Stateful, localized
from members.models import Clock, Meeting, Opening


def default_refund_policy() -> list[list[int]]:
    return [list(step) for step in BY_DAYS]


def new_version() -> int:
    """Microseconds since 1970: never used twice, so a kept page cannot outlive its event."""
    return time.time_ns() // 1000


class EventQuerySet(BranchScoped):
    def published(self) -> "EventQuerySet":
        """Everything that the public may see; cancelled events say that they are."""
        return self.exclude(status=Event.Status.DRAFT)

    def open_to_plans(self) -> "EventQuerySet":
        """What a calendar offers: published and not cancelled."""
        return self.filter(status=Event.Status.PUBLISHED)

    def filtered(self, *, kind: str = "", branch: str = "") -> "EventQuerySet":
        events = self.filter(kind=kind) if kind else self
        return events.filter(branch__code=branch) if branch else events

    def named(self, text: str) -> "EventQuerySet":
        """Events whose title holds a text, in either language."""
        if not text:
            return self
        return self.filter(Q(title_ko__icontains=text) | Q(title_en__icontains=text))

    def told(self, text: str) -> "EventQuerySet":
        """Events that speak of every word: in title or summary, by a session or by who speaks."""
        places = ("title", "summary", "sessions__title", "speakers__name")
        for word in text.split():
            said = Q()
            for place in places:
                said |= Q(**{f"{place}_ko__icontains": word})
                said |= Q(**{f"{place}_en__icontains": word})
            self = self.filter(pk__in=Event.objects.filter(said).values("pk"))
        return self

    def held_in(self, year: int | None) -> "EventQuerySet":
        """Events that began in a Korean calendar year."""
        if year is None:
            return self
        first, next_first = (clock.start_of(date(y, 1, 1)) for y in (year, year + 1))
        return self.filter(starts_at__gte=first, starts_at__lt=next_first)

    def in_status(self, status: str) -> "EventQuerySet":
        return self.filter(status=status) if status else self

    def with_numbers(self) -> "EventQuerySet":
        """Annotates ``seats_taken`` and ``came``, and ``seats`` (more than there are where tickets
        share some: ``shares_seats``): what staff ask of every event first."""
        tickets = Ticket.objects.filter(event=OuterRef("pk")).order_by().values("event")
        came = CheckIn.objects.filter(registration__event=OuterRef("pk")).order_by()
        return self.annotate(
            seats=_sum_of(tickets.annotate(n=models.Sum("capacity"))),
            shares_seats=Exists(Quota.objects.filter(event=OuterRef("pk"))),
            seats_taken=_sum_of(tickets.annotate(n=models.Sum("taken"))),
            came=_sum_of(came.values("registration__event").annotate(n=Count("pk"))),
        )

    def upcoming(self, at: datetime | None = None) -> "EventQuerySet":
        return self.filter(ends_at__gte=at or clock.now()).order_by("starts_at")

    def in_priority_window(self, at: datetime | None = None) -> "EventQuerySet":
        """Those with a ticket whose clock has begun for somebody, and not yet for everyone."""
        begun = Opening.objects.filter(opens_at__lte=at or clock.now())
        early = (
            Ticket.objects.filter(event=OuterRef("pk"))
            .alias(its_clock=Coalesce("clock", "event__clock"))
            .filter(its_clock__in=begun.values("clock"))
            .exclude(its_clock__in=begun.filter(tier=None).values("clock"))
        )
        return self.filter(Exists(early))

    def awaiting_decision(self) -> "EventQuerySet":
        """Those for whose places somebody has asked, and nobody has answered."""
        return self.filter(place_requests__status="asked").order_by("starts_at").distinct()

    def past(self, at: datetime | None = None) -> "EventQuerySet":
        return self.filter(ends_at__lt=at or clock.now()).order_by("-starts_at")


def _sum_of(numbers: QuerySet) -> Coalesce:
    return Coalesce(Subquery(numbers.values("n")), 0)


class Event(Stateful):
    class Kind(models.TextChoices):
        CONFERENCE = "conference", _("Conference")
        SEMINAR = "seminar", _("Seminar")
        EXHIBITION = "exhibition", _("Exhibition")
        COURSE = "course", _("Course")
        CLASS = "class", _("Citizen class")
        MEETING = "meeting", _("Members' meeting")

    class Mode(models.TextChoices):
        ONSITE = "onsite", _("On site")
        ONLINE = "online", _("Online")
        MIXED = "mixed", _("On site and online")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        CANCELLED = "cancelled", _("Cancelled")

    TRANSITIONS: ClassVar = {
        Status.DRAFT: {Status.PUBLISHED},
        Status.PUBLISHED: {Status.DRAFT, Status.CANCELLED},
        Status.CANCELLED: set(),
    }
    TONES: ClassVar = {Status.PUBLISHED: "good", Status.CANCELLED: "danger"}

    slug = models.SlugField(pgettext_lazy("of a page", "address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    # Its link is kept apart (``OnlineRoom``): whatever shows an event cannot show that.
    mode = models.CharField(_("how it is held"), max_length=6, choices=Mode, default=Mode.ONSITE)
    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="events", verbose_name=_("branch")
    )
    # Of a members' meeting: the roll, proxies, votes and who is present are that one's to keep.
    meeting = models.OneToOneField(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="event",
        verbose_name=_("general meeting"),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    title_ko = models.CharField(_("title in Korean"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    summary_ko = models.CharField(_("summary in Korean"), max_length=300, blank=True)
    summary_en = models.CharField(_("summary in English"), max_length=300, blank=True)
    description_ko = models.TextField(_("description in Korean"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    venue_ko = models.CharField(_("venue in Korean"), max_length=160, blank=True)
    venue_en = models.CharField(_("venue in English"), max_length=160, blank=True)
    address_ko = models.CharField(_("venue address in Korean"), max_length=200, blank=True)
    address_en = models.CharField(_("venue address in English"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    # Shown instead of the day where only this much is known ("2011년 하반기").
    date_note_ko = models.CharField(_("date note in Korean"), max_length=60, blank=True)
    date_note_en = models.CharField(_("date note in English"), max_length=60, blank=True)
    registration_ends_at = models.DateTimeField(_("registration ends at"), null=True, blank=True)
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")
    refund_policy = models.JSONField(_("refund policy"), default=default_refund_policy)
    # How long an offer to somebody who waited holds its seats (domain.md §2.8: 24 hours).
    offer_hours = models.PositiveSmallIntegerField(
        _("hours that an offer from the waiting list holds its seats"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(14 * 24)],
    )
    gives_certificate = models.BooleanField(_("gives a certificate of attendance"), default=True)
    # Its rule: 0 is "came once", 80 "sat in four of five sessions".
    attendance_percent = models.PositiveSmallIntegerField(
        _("sessions to attend for a certificate, in per cent"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("0: whoever came gets one. Left empty: 80 for a course, 0 for other kinds."),
    )
    # Another one after every change that the page shows; kept pages and quoted prices carry it.
    version = models.PositiveBigIntegerField(default=new_version, editable=False)

    title = localized("title")
    summary = localized("summary")
    description = localized("description")
    venue = localized("venue")
    address = localized("address")
    date_note = localized("date_note")
    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(attendance_percent__lte=100), name="event_attendance_in_percent"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "starts_at"]),
            models.Index(fields=["branch", "-starts_at"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:event", args=[self.slug])

    @property
    def is_online(self) -> bool:
        """Whether one can take part from elsewhere."""
        return self.mode != self.Mode.ONSITE

    @property
    def registration_closes_at(self) -> datetime:
        return self.registration_ends_at or self.starts_at

    @property
    def openings(self) -> Mapping[int | None, datetime]:
        """The tier clock of whatever here has none of its own; see ``Clock.times``."""
        return self.clock.times if self.clock else {}

    @property
    def first_day(self) -> date:
        """In Korea."""
        return clock.kst_date(self.starts_at)

    def days_until(self, day: date) -> int:
        """KST calendar days from a day to the first day of the event."""
        return (self.first_day - day).days

    @property
    def is_taught(self) -> bool:
        """Whether one learns here over some time: at a course, or at a class of several days."""
        if self.kind == self.Kind.CLASS:
            return clock.kst_date(self.ends_at) > self.first_day
        return self.kind == self.Kind.COURSE

    @property
    def refund_terms(self) -> Policy:
        """The ladder that an order freezes: the event's own; where one learns, it is the law's."""
        return BY_PROGRESS if self.is_taught else self.refund_policy

    @property
    def ladder(self) -> Ladder:
        return ladder_of(self.refund_terms)

    def stand(self, at: datetime, ladder: Ladder, day: date | None = None) -> Stand:
        """How far the event is at an instant, as a ladder counts it; with ``day``, how far the part
        of it that a ticket of that day alone admits to."""
        days = self.days_until(clock.kst_date(at))
        if not ladder.by_progress or at < self.starts_at:
            words = (
                gettext("%(days_left)s calendar days are left until the event.")
                % {"days_left": days}
                if days > 0
                else gettext("It is the day of the event, or later.")
            )
            return Stand(days, Fraction(0), words)
        return self._progress(at, days, day)

    def _progress(self, at: datetime, days: int, day: date | None) -> Stand:
        """By the sessions of the programme that have begun, today's among them; where it names
        none, by KST calendar days, today among them."""
        sessions = [
            session
            for session in self.sessions.all()
            if not session.is_break and day in (None, clock.kst_date(session.starts_at))
        ]
        if sessions:
            begun = sum(session.starts_at <= at for session in sessions)
            words = gettext("%(n)s of %(all)s sessions have begun.")
            return Stand(
                days,
                Fraction(begun, len(sessions)),
                words % {"n": begun, "all": len(sessions)},
            )
        first, last = day or self.first_day, day or clock.kst_date(self.ends_at)
        whole = (last - first).days + 1
        gone = min(max((clock.kst_date(at) - first).days + 1, 0), whole)
        words = gettext("It is day %(n)s of %(all)s.") % {"n": gone, "all": whole}
        return Stand(days, Fraction(gone, whole), words)
