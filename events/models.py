"""What the association holds: events with their programme, tickets, registrations and the door."""

import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import Stateful, WonField, localized
from kosna.payments.models import OrderLine
from members.models import Clock, Tier

# Full refund until seven days before, half until three, nothing later (domain.md §3.3); counted
# in KST calendar days. A default for new events: each event carries its own.
DEFAULT_REFUND_POLICY = [[7, 100], [3, 50]]


def default_refund_policy() -> list[list[int]]:
    return [list(step) for step in DEFAULT_REFUND_POLICY]


def new_ticket_secret() -> str:
    """At least 128 bits: whoever holds the address holds the ticket."""
    return secrets.token_urlsafe(18)


class EventQuerySet(BranchScoped):
    def published(self) -> "EventQuerySet":
        return self.exclude(status=Event.Status.DRAFT)

    def upcoming(self, at: datetime | None = None) -> "EventQuerySet":
        return self.filter(ends_at__gte=at or clock.now()).order_by("starts_at")

    def past(self, at: datetime | None = None) -> "EventQuerySet":
        return self.filter(ends_at__lt=at or clock.now()).order_by("-starts_at")


class Event(Stateful):
    class Kind(models.TextChoices):
        CONFERENCE = "conference", _("Conference")
        SEMINAR = "seminar", _("Seminar")
        EXHIBITION = "exhibition", _("Exhibition")
        COURSE = "course", _("Course")
        CLASS = "class", _("Citizen class")
        MEETING = "meeting", _("Members' meeting")

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

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="events", verbose_name=_("branch")
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
    date_note_ko = models.CharField(max_length=60, blank=True)
    date_note_en = models.CharField(max_length=60, blank=True)
    registration_ends_at = models.DateTimeField(_("registration ends at"), null=True, blank=True)
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")
    refund_policy = models.JSONField(default=default_refund_policy)
    gives_certificate = models.BooleanField(_("gives a certificate of attendance"), default=True)
    # Goes up with every change that the page shows; cached pages carry it.
    version = models.PositiveIntegerField(default=1)

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
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "starts_at"]),
            models.Index(fields=["branch", "-starts_at"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:event", args=[self.slug])


class Speaker(models.Model):
    event = models.ForeignKey(Event, models.CASCADE, related_name="speakers")
    name_ko = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    role_ko = models.CharField(max_length=120, blank=True)
    role_en = models.CharField(max_length=120, blank=True)

    name = localized("name")
    role = localized("role")

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    title_ko = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160, blank=True)
    abstract_ko = models.TextField(blank=True)
    abstract_en = models.TextField(blank=True)
    room_ko = models.CharField(max_length=60, blank=True)
    room_en = models.CharField(max_length=60, blank=True)
    track_ko = models.CharField(max_length=60, blank=True)
    track_en = models.CharField(max_length=60, blank=True)
    is_break = models.BooleanField(default=False)
    speakers = models.ManyToManyField(Speaker, blank=True, related_name="sessions")

    title = localized("title")
    abstract = localized("abstract")
    room = localized("room")
    track = localized("track")

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Ticket(models.Model):
    """A kind of ticket. ``taken`` counts seats held or sold; the database keeps it in bounds, and
    ``manage.py verify`` recounts it."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="tickets")
    name_ko = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    note_ko = models.CharField(max_length=200, blank=True)
    note_en = models.CharField(max_length=200, blank=True)
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0, editable=False)
    max_per_order = models.PositiveSmallIntegerField(default=5)
    vat_class = models.CharField(
        max_length=8, choices=OrderLine.VatClass, default=OrderLine.VatClass.EXEMPT
    )
    sort = models.PositiveSmallIntegerField(default=0)

    name = localized("name")
    note = localized("note")

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["sort", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")), name="ticket_never_oversold"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def seats_left(self) -> int:
        return self.capacity - self.taken


class TicketPrice(models.Model):
    """What a ticket costs: for a tier or for everyone (no tier), until an instant or for good.
    A buyer is offered the lowest price that they are entitled to at that moment."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="prices")
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True)
    amount = WonField()
    until = models.DateTimeField(null=True, blank=True)  # early bird

    class Meta:
        verbose_name = _("ticket price")
        verbose_name_plural = _("ticket prices")

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.tier_id}: {self.amount}"


class RegistrationQuerySet(BranchScoped):
    branch_field = "event__branch"

    def visible_to(self, user: Any) -> "RegistrationQuerySet":
        return self.filter(line__order__user=user)

    def confirmed(self) -> "RegistrationQuerySet":
        return self.filter(status=Registration.Status.CONFIRMED)

    def holding_seats(self) -> "RegistrationQuerySet":
        return self.filter(released_at=None)


class Registration(Stateful):
    """One seat for one person."""

    class Status(models.TextChoices):
        HELD = "held", _("Awaiting payment")
        CONFIRMED = "confirmed", _("Confirmed")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    TRANSITIONS: ClassVar = {
        Status.HELD: {Status.CONFIRMED, Status.EXPIRED, Status.CANCELLED},
        Status.CONFIRMED: {Status.CANCELLED},
        Status.EXPIRED: {Status.CONFIRMED},  # paid late, and the seat was still free
        Status.CANCELLED: set(),
    }
    TONES: ClassVar = {Status.HELD: "warning", Status.CONFIRMED: "good"}

    event = models.ForeignKey(Event, models.PROTECT, related_name="registrations")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="registrations")
    line = models.OneToOneField(OrderLine, models.PROTECT, related_name="registration")
    secret = models.CharField(max_length=40, unique=True, default=new_ticket_secret)
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True)
    affiliation = models.CharField(_("affiliation"), max_length=120, blank=True)
    # The attendee's own account where there is one: their certificate is theirs.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="registrations"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.HELD)
    created_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # Set once, when the seat goes back: a second cancellation cannot return it twice.
    released_at = models.DateTimeField(null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["held", "confirmed"], released_at=None)
                | Q(status__in=["cancelled", "expired"], released_at__isnull=False),
                name="registration_seat_matches_status",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["event", "status", "name"])]

    def __str__(self) -> str:
        return f"{self.name} · {self.event_id}"


class CheckIn(models.Model):
    """A person came through the door. One for each registration: a ticket admits once."""

    registration = models.OneToOneField(Registration, models.PROTECT, related_name="check_in")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")

    def __str__(self) -> str:
        return f"{self.registration_id} @ {self.at}"
