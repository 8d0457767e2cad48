"""The door of an event: the devices that stand there, and every scan that was made."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kosna.core import clock


class Direction(models.TextChoices):
    IN = "in", _("Coming in")
    OUT = "out", _("Going out")


class Outcome(models.TextChoices):
    """What a scan came to. The first four let a person through by the rules."""

    ADMITTED = "admitted", gettext_lazy("Welcome")
    RETURNED = "returned", gettext_lazy("Welcome back")
    LEFT = "left", gettext_lazy("Goodbye")
    # Was let in on another device while inside already: seen when the two records meet.
    TWICE = "twice", gettext_lazy("Admitted twice")
    ALREADY = "already", gettext_lazy("Already checked in")
    OUTSIDE = "outside", gettext_lazy("Not inside")
    UNPAID = "unpaid", gettext_lazy("Not paid")
    CANCELLED = "cancelled", gettext_lazy("Cancelled ticket")
    NAMELESS = "nameless", gettext_lazy("Not named yet")
    WRONG_DAY = "day", gettext_lazy("Ticket of another day")
    # Nobody has come before the first day but by a second, deliberate word of the desk.
    EARLY = "early", gettext_lazy("The event has not begun")
    REPLACED = "replaced", gettext_lazy("Ticket was handed over")
    OTHER_EVENT = "other", gettext_lazy("Ticket of another event")
    UNKNOWN = "unknown", gettext_lazy("Unknown code")


# One walk through the door each: what tells who is inside.
PASSAGES = frozenset({Outcome.ADMITTED, Outcome.RETURNED, Outcome.LEFT, Outcome.TWICE,
                      Outcome.OUTSIDE})  # fmt: skip
# Whoever is told so stands inside: what they have beside their place is given to them.
INSIDE = frozenset({Outcome.ADMITTED, Outcome.RETURNED, Outcome.TWICE, Outcome.ALREADY})
TONES = {
    Outcome.ADMITTED: "good",
    Outcome.RETURNED: "good",
    Outcome.LEFT: "info",
    Outcome.ALREADY: "warning",
    Outcome.TWICE: "warning",
    Outcome.OUTSIDE: "warning",
    Outcome.EARLY: "warning",
}


ICONS = {
    Outcome.ADMITTED: "check-circle",
    Outcome.RETURNED: "login",
    Outcome.LEFT: "logout",
    Outcome.TWICE: "users",
    Outcome.ALREADY: "history",
    Outcome.OUTSIDE: "external",
    Outcome.UNPAID: "won",
    Outcome.CANCELLED: "x-circle",
    Outcome.NAMELESS: "user",
    Outcome.WRONG_DAY: "calendar",
    Outcome.EARLY: "calendar",
    Outcome.REPLACED: "refund",
    Outcome.OTHER_EVENT: "ticket",
    Outcome.UNKNOWN: "search",
}
# What whoever stands at the door does next.
HINTS = {
    Outcome.TWICE: _("Somebody came in with this ticket before. Ask who it belongs to."),
    Outcome.ALREADY: _("Somebody is inside with this ticket. Ask who it belongs to."),
    Outcome.OUTSIDE: _("This person is outside already, or has not come in yet."),
    Outcome.UNPAID: _(
        "The payment has not arrived. Please send this person to the information desk."
    ),
    Outcome.CANCELLED: _(
        "This place was given up. Please send this person to the information desk."
    ),
    Outcome.NAMELESS: _(
        "The buyer has not said yet who comes with this ticket. "
        "Please send this person to the information desk."
    ),
    Outcome.WRONG_DAY: _("This ticket is valid on another day of the event."),
    Outcome.EARLY: _(
        "Nobody is let in before the first day by a device. "
        "The page of the door at the desk can let this person in all the same."
    ),
    Outcome.REPLACED: _("The new holder has a new code. Ask for the newest mail."),
    Outcome.OTHER_EVENT: _("This ticket is valid at another event."),
    Outcome.UNKNOWN: _("No ticket has this code. Check the typing, or search by name."),
}


class DeviceQuerySet(models.QuerySet):
    def active(self) -> "DeviceQuerySet":
        return self.filter(revoked_at=None)

    def with_scans(self) -> "DeviceQuerySet":
        return self.annotate(scanned=models.Count("scans"))


class DoorDevice(models.Model):
    """A phone, tablet or kiosk at a door of one event. Its token is all that it has: it opens the
    door of this event and nothing else, until somebody revokes it."""

    class Kind(models.TextChoices):
        DOOR = "door", _("At a door, with a doorkeeper")
        KIOSK = "kiosk", _("Kiosk: guests check themselves in")

    # A device that was off overnight still hands in what it has; a roster ends sooner.
    ROSTER_LIVES: ClassVar = timedelta(hours=6)
    TOKEN_LIVES: ClassVar = timedelta(days=14)

    event = models.ForeignKey("Event", models.PROTECT, related_name="devices")
    kind = models.CharField(_("use"), max_length=5, choices=Kind, default=Kind.DOOR)
    label = models.CharField(_("name of the device"), max_length=60)
    door = models.CharField(pgettext_lazy("of a building", "door"), max_length=40)
    # The token follows from the seed, which is kept only until the device has shown its token.
    seed = models.CharField(max_length=40, blank=True)
    fingerprint = models.CharField(max_length=64, unique=True)
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Who answers for the money that is taken on it; nobody: it sells nothing.
    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who takes money on it"),
    )
    seen_at = models.DateTimeField(null=True, blank=True)
    roster_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("door device")
        verbose_name_plural = _("door devices")
        ordering = ["revoked_at", "door", "label", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="door_device_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} · {self.door}"

    @property
    def is_kiosk(self) -> bool:
        return self.kind == self.Kind.KIOSK

    @property
    def may_sell(self) -> bool:
        """While its cashier holds that office; asked anew with every sale."""
        cashier = self.cashier
        return cashier is not None and cashier.has_perm("payments.take_money", self.event.branch_id)

    @property
    def roster_ends_at(self) -> datetime:
        return self.event.ends_at + self.ROSTER_LIVES

    @property
    def token_ends_at(self) -> datetime:
        return self.event.ends_at + self.TOKEN_LIVES

    @property
    def status_tone(self) -> str:
        if self.revoked_at:
            return "danger"
        return "good" if self.seen_at else "warning"

    def get_status_display(self) -> str:
        if self.revoked_at:
            return str(_("Revoked"))
        return str(_("Paired")) if self.seen_at else str(_("Waits for its device"))


class ScanQuerySet(models.QuerySet):
    def passages(self) -> "ScanQuerySet":
        """Walks through the door, in the order in which they were made."""
        return self.filter(passed=True, outcome__in=PASSAGES).order_by("at", "pk")

    def with_place(self) -> "ScanQuerySet":
        return self.select_related("registration__ticket", "device", "by")

    def in_state(self, state: str) -> "ScanQuerySet":
        """By outcome; ``wrongly`` is whoever was let in though the ticket says no."""
        if state == "wrongly":
            return self.filter(passed=True).exclude(outcome__in=PASSAGES)
        if state and state not in PASSAGES:
            return self.filter(outcome=state, passed=False)
        return self.filter(outcome=state) if state else self

    def at_door(self, door: str) -> "ScanQuerySet":
        return self.filter(door=door) if door else self


class DoorScan(models.Model):
    """One scan, as its device made it. The device makes the uuid, so a scan that is sent twice is
    kept once. ``outcome`` is what it comes to beside the other scans of this ticket: the earliest
    admits, so it may change when a device that had no network hands in an earlier one."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    event = models.ForeignKey("Event", models.PROTECT, related_name="scans")
    registration = models.ForeignKey(
        "Registration", models.PROTECT, null=True, blank=True, related_name="scans"
    )
    # None: on the page of the desk, by ``by``.
    device = models.ForeignKey(
        DoorDevice, models.PROTECT, null=True, blank=True, related_name="scans"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    door = models.CharField(pgettext_lazy("of a building", "door"), max_length=40, blank=True)
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.IN)
    at = models.DateTimeField()  # by the device's clock, put right by ours
    received_at = models.DateTimeField(default=clock.now)
    # What the device said by itself; empty where it asked.
    told = models.CharField(max_length=10, choices=Outcome, blank=True)
    passed = models.BooleanField(default=False)  # the person went through
    outcome = models.CharField(max_length=10, choices=Outcome)

    objects = ScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("scan at the door")
        verbose_name_plural = _("scans at the door")
        indexes: ClassVar = [
            models.Index(fields=["event", "-at"]),
            models.Index(fields=["event", "outcome", "-at"]),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.outcome} @ {self.at}"

    @property
    def tone(self) -> str:
        return TONES.get(Outcome(self.outcome), "danger")

    @property
    def was_wrongly_let_in(self) -> bool:
        return self.passed and self.outcome not in PASSAGES
