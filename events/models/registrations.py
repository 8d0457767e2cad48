"""Who has a seat, and who came through the door."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models.bought import RELEASED_AS_STATUS_SAYS, Bought
from events.models.tickets import Ticket
from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.prepared import Prepared
from kosna.payments.models import OrderLine, Refund
from members.models import Member, Seat


def new_ticket_secret() -> str:
    """At least 128 bits: whoever holds the address holds the ticket."""
    return secrets.token_urlsafe(18)


DOOR_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_door_code() -> str:
    """What is typed at the door when no camera is there; unique within its event."""
    return "".join(secrets.choice(DOOR_ALPHABET) for _ in range(8))


class RegistrationQuerySet(BranchScoped):
    branch_field = "event__branch"

    def visible_to(self, user: Any) -> "RegistrationQuerySet":
        return self.filter(line__order__user=user)

    def bought_by(self, keys: Iterable[int]) -> "RegistrationQuerySet":
        """On orders of these people, by their keys: see ``OrderQuerySet.bought_by``."""
        return self.filter(line__order__user__in=[*keys])

    def unpaid_of(self, buyer: Any) -> "RegistrationQuerySet":
        """The places that this buyer's unpaid orders hold."""
        return self.filter(status=Registration.Status.HELD, line__order__user=buyer)

    def confirmed(self) -> "RegistrationQuerySet":
        return self.filter(status=Registration.Status.CONFIRMED)

    def of_attendee(self, user: Any) -> "RegistrationQuerySet":
        """The places in which this person is expected, whoever pays."""
        return self.filter(user=user, released_at=None)

    def of_attendees(self, keys: Iterable[int]) -> "RegistrationQuerySet":
        return self.filter(user__in=[*keys], released_at=None)

    def upcoming(self, at: datetime | None = None) -> "RegistrationQuerySet":
        return self.filter(event__ends_at__gte=at or clock.now()).order_by("event__starts_at")

    def in_state(self, state: str) -> "RegistrationQuerySet":
        """By status, ``came``, ``paid`` (whatever became of it) or ``refunded`` (some of it), both
        with the lines of changes to a dearer ticket, as ``events.numbers`` counts them."""
        if state == "came":
            return self.filter(check_in__isnull=False)
        if state == "paid":
            own = Q(line__order__paid_at__isnull=False, line__amount__gt=0)
            changed = Registration.objects.filter(changes__line__order__paid_at__isnull=False)
            return self.filter(own | Exists(changed.filter(pk=OuterRef("pk"))))
        if state == "refunded":
            done = Refund.objects.filter(status=Refund.Status.DONE)
            own = Q(line__in=done.exclude(line=None).values("line"))
            return self.filter(
                own | Exists(done.filter(line__ticket_change__registration=OuterRef("pk")))
            )
        return self.filter(status=state) if state else self

    def of_ticket(self, ticket: "Ticket | None") -> "RegistrationQuerySet":
        return self.filter(ticket=ticket) if ticket else self

    def of_tier(self, code: str) -> "RegistrationQuerySet":
        """On whose terms the place was taken when it was ordered; ``-`` is nobody's tier."""
        return self.filter(line__tier="" if code == "-" else code) if code else self

    def with_home(self) -> "RegistrationQuerySet":
        """Annotates ``home``: the branch in which the buyer's membership stands today, their own
        before that of their company; ``-`` where they belong to none."""
        own = Member.objects.filter(
            user=OuterRef("line__order__user"), status__in=Member.RUNNING
        ).order_by("pk")
        seat = (
            Seat.objects.current()
            .filter(user=OuterRef("line__order__user"), member__status__in=Member.RUNNING)
            .order_by("pk")
        )
        return self.annotate(
            home=Coalesce(
                Subquery(own.values("branch__code")[:1]),
                Subquery(seat.values("member__branch__code")[:1]),
                Value("-"),
            )
        )

    def of_home(self, code: str) -> "RegistrationQuerySet":
        return self.with_home().filter(home=code) if code else self

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

    def named(self) -> "RegistrationQuerySet":
        return self.exclude(name="")

    def nameless(self) -> "RegistrationQuerySet":
        """Bought without saying for whom: no ticket and no certificate before it is said."""
        return self.filter(name="")

    def holding_seats(self) -> "RegistrationQuerySet":
        return self.filter(released_at=None)


class Registration(Bought):
    """One seat for one person."""

    event = models.ForeignKey("Event", models.PROTECT, related_name="registrations")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="registrations")
    line = models.OneToOneField(OrderLine, models.PROTECT, related_name="registration")
    secret = models.CharField(max_length=40, unique=True, default=new_ticket_secret)
    code = models.CharField(_("door code"), max_length=8, default=new_door_code)
    name = models.CharField(_("name"), max_length=80, blank=True)  # empty: named later
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
    # The company's membership on which it was taken, whoever sits in that company later. Places
    # older than this column have none: ``certificates.of_company`` finds them by their buyer.
    member = models.ForeignKey(Member, models.PROTECT, null=True, editable=False, related_name="+")

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.CheckConstraint(
                condition=RELEASED_AS_STATUS_SAYS,
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
        return f"{self.shown_name} · {self.event_id}"

    def get_absolute_url(self) -> str:
        return reverse("tickets:ticket", args=[self.secret])

    @property
    def shown_name(self) -> str:
        """For lists and pages; what stands on papers is the name alone."""
        return self.name or gettext("No name yet")

    @property
    def is_ticket(self) -> bool:
        """Whether it lets somebody in."""
        return self.status == self.Status.CONFIRMED and bool(self.name)

    @property
    def door_code(self) -> str:
        return f"{self.code[:4]}-{self.code[4:]}"

    @property
    def has_come(self) -> bool:
        return hasattr(self, "check_in")

    def extra_names(self) -> list[str]:
        """What they have beside their place, in the reader's language."""
        return [extra.addon.name for extra in self.extras.standing().select_related("addon")]


class CheckIn(models.Model):
    """A person came through the door. One for each registration: a ticket admits once."""

    registration = models.OneToOneField(Registration, models.PROTECT, related_name="check_in")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Through which door, where it has a device of its own.
    door = models.CharField(max_length=40, blank=True)
    # Since when they are inside; empty while they are out. ``DoorScan`` has every going and coming.
    inside_since = models.DateTimeField(default=clock.now, null=True, blank=True)
    # No door has seen them: it stands on the marks of the roll, and goes with the last of them.
    is_from_roll = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")

    def __str__(self) -> str:
        return f"{self.registration_id} @ {self.at}"

    def is_inside(self, at: datetime) -> bool:
        """Nobody stays overnight: who did not scan out is outside on the next day."""
        since = self.inside_since
        return since is not None and clock.kst_date(since) == clock.kst_date(at)

    @property
    def is_inside_now(self) -> bool:
        return self.is_inside(clock.now())


_counted: Prepared[tuple[int, ...]] = Prepared(
    lambda event: (
        Registration.objects.filter(event=event)
        .values("event")
        .annotate(
            rows=Count("pk"),
            held=Count("pk", filter=Q(status=Registration.Status.HELD)),
            confirmed=Count("pk", filter=Q(status=Registration.Status.CONFIRMED)),
            came=Count("check_in"),
        )
        .values_list("rows", "held", "confirmed", "came")
    ),
    event=int,
)


def registration_numbers(event: Any) -> dict[str, int]:
    """How many registrations an event has, and how many of them are held, are confirmed and came,
    in one statement."""
    found = _counted(event=event.pk)
    return dict(
        zip(("all", "held", "confirmed", "came"), found[0] if found else (0,) * 4, strict=True)
    )
