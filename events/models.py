"""What the association holds: events with their programme, tickets, registrations and the door."""

import secrets
import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import Stateful, WonField, localized
from kosna.payments.models import OrderLine
from members.access import AccessRule, Price
from members.models import Clock, Opening, Right, Tier

# Full refund until seven days before, half until three, nothing later (domain.md §3.3); counted
# in KST calendar days. A default for new events: each event carries its own.
DEFAULT_REFUND_POLICY = [[7, 100], [3, 50]]


def default_refund_policy() -> list[list[int]]:
    return [list(step) for step in DEFAULT_REFUND_POLICY]


def new_ticket_secret() -> str:
    """At least 128 bits: whoever holds the address holds the ticket."""
    return secrets.token_urlsafe(18)


DOOR_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_door_code() -> str:
    """What is typed at the door when no camera is there; unique within its event."""
    return "".join(secrets.choice(DOOR_ALPHABET) for _ in range(8))


def new_version() -> int:
    """Microseconds since 1970: never used twice, so a kept page cannot outlive its event."""
    return time.time_ns() // 1000


def percent_back(policy: list[list[int]], days_before: int) -> int:
    """The share that a ladder ``[[days before, percent], …]`` gives back so many KST days ahead."""
    return max((percent for days, percent in policy if days_before >= days), default=0)


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

    def in_status(self, status: str) -> "EventQuerySet":
        return self.filter(status=status) if status else self

    def with_numbers(self) -> "EventQuerySet":
        """Annotates ``seats``, ``taken`` and ``came``: what staff ask of every event first."""
        tickets = Ticket.objects.filter(event=OuterRef("pk")).order_by().values("event")
        came = CheckIn.objects.filter(registration__event=OuterRef("pk")).order_by()
        return self.annotate(
            seats=_sum_of(tickets.annotate(n=models.Sum("capacity"))),
            seats_taken=_sum_of(tickets.annotate(n=models.Sum("taken"))),
            came=_sum_of(came.values("registration__event").annotate(n=Count("pk"))),
        )

    def upcoming(self, at: datetime | None = None) -> "EventQuerySet":
        return self.filter(ends_at__gte=at or clock.now()).order_by("starts_at")

    def in_priority_window(self, at: datetime | None = None) -> "EventQuerySet":
        """Those whose clock has begun for somebody, and not yet for everyone."""
        begun = Opening.objects.filter(opens_at__lte=at or clock.now())
        return self.filter(clock__in=begun.values("clock")).exclude(
            clock__in=begun.filter(tier=None).values("clock")
        )

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
    date_note_ko = models.CharField(_("date note in Korean"), max_length=60, blank=True)
    date_note_en = models.CharField(_("date note in English"), max_length=60, blank=True)
    registration_ends_at = models.DateTimeField(_("registration ends at"), null=True, blank=True)
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")
    refund_policy = models.JSONField(_("refund policy"), default=default_refund_policy)
    gives_certificate = models.BooleanField(_("gives a certificate of attendance"), default=True)
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

    @property
    def registration_closes_at(self) -> datetime:
        return self.registration_ends_at or self.starts_at

    @property
    def openings(self) -> Mapping[int | None, datetime]:
        """The tier clock: tier id (None: everyone) to opening time. Empty is always open."""
        if self.clock is None:
            return {}
        return {row.tier_id: row.opens_at for row in self.clock.openings.all()}

    @property
    def first_day(self) -> date:
        """In Korea."""
        return clock.kst_date(self.starts_at)

    def days_until(self, day: date) -> int:
        """KST calendar days from a day to the first day of the event."""
        return (self.first_day - day).days


class Speaker(models.Model):
    event = models.ForeignKey(Event, models.CASCADE, related_name="speakers")
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    role_ko = models.CharField(_("role in Korean"), max_length=120, blank=True)
    role_en = models.CharField(_("role in English"), max_length=120, blank=True)

    name = localized("name")
    role = localized("role")

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    title_ko = models.CharField(_("title in Korean"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    abstract_ko = models.TextField(_("abstract in Korean"), blank=True)
    abstract_en = models.TextField(_("abstract in English"), blank=True)
    room_ko = models.CharField(_("room in Korean"), max_length=60, blank=True)
    room_en = models.CharField(_("room in English"), max_length=60, blank=True)
    track_ko = models.CharField(_("track in Korean"), max_length=60, blank=True)
    track_en = models.CharField(_("track in English"), max_length=60, blank=True)
    is_break = models.BooleanField(_("break"), default=False)
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
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    note_ko = models.CharField(_("note in Korean"), max_length=200, blank=True)
    note_en = models.CharField(_("note in English"), max_length=200, blank=True)
    capacity = models.PositiveIntegerField(_("capacity"))
    taken = models.PositiveIntegerField(default=0, editable=False)
    # On this row, because the UPDATE that takes a seat must see it change.
    is_on_sale = models.BooleanField(_("on sale"), default=True)
    # For the same reason: false from the unpublishing of its event to the next publishing.
    is_shown = models.BooleanField(default=True, editable=False)
    max_per_order = models.PositiveSmallIntegerField(_("most in one order"), default=5)
    vat_class = models.CharField(
        _("VAT"), max_length=8, choices=OrderLine.VatClass, default=OrderLine.VatClass.EXEMPT
    )
    sort = models.PositiveSmallIntegerField(_("place in the list"), default=0)

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

    def access_rule(self) -> AccessRule:
        """A ticket that has a price for everyone is for everyone; otherwise for its tiers."""
        prices = tuple(Price(row.tier_id, row.amount, row.until) for row in self.prices.all())
        return AccessRule(
            is_public=any(price.tier_id is None for price in prices),
            tier_ids=frozenset(price.tier_id for price in prices if price.tier_id is not None),
            right=Right.MEMBER_PRICE,
            openings=self.event.openings,
            prices=prices,
        )


class TicketPrice(models.Model):
    """What a ticket costs: for a tier or for everyone (no tier), until an instant or for good.
    A buyer is offered the lowest price that they are entitled to at that moment."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="prices")
    tier = models.ForeignKey(Tier, models.PROTECT, null=True, blank=True, verbose_name=_("tier"))
    amount = WonField(_("price in won"))
    until = models.DateTimeField(_("until"), null=True, blank=True)  # early bird

    class Meta:
        verbose_name = _("ticket price")
        verbose_name_plural = _("ticket prices")

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.tier_id}: {self.amount}"


class RegistrationQuerySet(BranchScoped):
    branch_field = "event__branch"

    def visible_to(self, user: Any) -> "RegistrationQuerySet":
        return self.filter(line__order__user=user)

    def unpaid_of(self, buyer: Any) -> "RegistrationQuerySet":
        """The places that this buyer's unpaid orders hold."""
        return self.filter(status=Registration.Status.HELD, line__order__user=buyer)

    def confirmed(self) -> "RegistrationQuerySet":
        return self.filter(status=Registration.Status.CONFIRMED)

    def of_attendee(self, user: Any) -> "RegistrationQuerySet":
        """The places in which this person is expected, whoever pays."""
        return self.filter(user=user, released_at=None)

    def upcoming(self, at: datetime | None = None) -> "RegistrationQuerySet":
        return self.filter(event__ends_at__gte=at or clock.now()).order_by("event__starts_at")

    def in_state(self, state: str) -> "RegistrationQuerySet":
        """By status, or ``came``."""
        if state == "came":
            return self.filter(check_in__isnull=False)
        return self.filter(status=state) if state else self

    def of_ticket(self, ticket: "Ticket | None") -> "RegistrationQuerySet":
        return self.filter(ticket=ticket) if ticket else self

    def numbers(self) -> dict[str, int]:
        """How many there are, are held, confirmed and came, in one statement."""
        return self.aggregate(
            all=Count("pk"),
            held=Count("pk", filter=Q(status=Registration.Status.HELD)),
            confirmed=Count("pk", filter=Q(status=Registration.Status.CONFIRMED)),
            came=Count("check_in"),
        )

    def with_event(self) -> "RegistrationQuerySet":
        return self.select_related("event__branch", "ticket", "line__order", "check_in")

    def matching(self, text: str) -> "RegistrationQuerySet":
        """By name, affiliation, e-mail address or door code, as typed at a desk."""
        if not text:
            return self
        return self.filter(
            Q(name__icontains=text)
            | Q(affiliation__icontains=text)
            | Q(email__iexact=text)
            | Q(code=text.replace("-", "").upper())
        )

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
    RESTORES: ClassVar = {Status.CONFIRMED: {Status.HELD, Status.EXPIRED}}
    TONES: ClassVar = {Status.HELD: "warning", Status.CONFIRMED: "good"}

    event = models.ForeignKey(Event, models.PROTECT, related_name="registrations")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="registrations")
    line = models.OneToOneField(OrderLine, models.PROTECT, related_name="registration")
    secret = models.CharField(max_length=40, unique=True, default=new_ticket_secret)
    code = models.CharField(_("door code"), max_length=8, default=new_door_code)
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True)
    affiliation = models.CharField(_("affiliation"), max_length=120, blank=True)
    # The attendee's own account where there is one: their certificate is theirs.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
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
            ),
            models.UniqueConstraint(fields=["event", "code"], name="registration_code_once"),
            # One seat a person: a form that is sent twice buys once.
            models.UniqueConstraint(
                fields=["event", "user"],
                condition=Q(released_at=None),
                name="registration_one_per_person",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["event", "status", "name"]),
            models.Index(fields=["event", "name", "id"]),  # the desk's list
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.event_id}"

    def get_absolute_url(self) -> str:
        return reverse("tickets:ticket", args=[self.secret])

    @property
    def door_code(self) -> str:
        return f"{self.code[:4]}-{self.code[4:]}"

    @property
    def has_come(self) -> bool:
        return hasattr(self, "check_in")

    def refund_quote(self, day: date) -> int:
        """What comes back, in won, when this place is given up on a KST day: the ladder that was
        frozen in the order, rounded down to a whole won."""
        line = self.line
        return line.amount * percent_back(line.refund_policy, self.event.days_until(day)) // 100


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
