"""Who waits for a seat that becomes free. One list an event, in the order of ``waiting_rank``."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from events.models.registrations import Registration
from events.models.tickets import Ticket
from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.models import Stateful


class WaitlistQuerySet(BranchScoped):
    branch_field = "event__branch"

    def visible_to(self, user: Any) -> "WaitlistQuerySet":
        return self.filter(user=user)

    def waiting(self) -> "WaitlistQuerySet":
        return self.filter(status=WaitlistEntry.Status.WAITING)

    def unproven(self) -> "WaitlistQuerySet":
        """Of guests who have not confirmed their place: they keep nothing back and have no rank."""
        return self.filter(status=WaitlistEntry.Status.UNPROVEN)

    def open_to(self, user: Any) -> "WaitlistQuerySet":
        """What this person waits for, or has been offered and not answered yet."""
        return self.visible_to(user).unanswered()

    def of_people(self, keys: Iterable[int]) -> "WaitlistQuerySet":
        """Of oneself, and of guests whose links one holds."""
        return self.filter(user__in=[*keys])

    def unanswered(self) -> "WaitlistQuerySet":
        """What waits, or was offered and not answered yet."""
        offered = WaitingPlace.objects.offered().filter(entry=OuterRef("pk"))
        return self.filter(Exists(offered) | Q(status__in=WaitlistEntry.OPEN))

    def rests(self) -> "WaitlistQuerySet":
        """Of which some was offered."""
        offered = WaitingPlace.objects.filter(entry=OuterRef("pk")).exclude(registration=None)
        return self.filter(Exists(offered)).select_related("ticket", "user")

    def with_wants(self) -> "WaitlistQuerySet":
        """Annotates ``wants``: how many places an entry waits for."""
        return self.annotate(wants=Count("places", filter=Q(places__registration=None)))


class WaitlistEntry(Stateful):
    """One person waits for places of one kind of ticket. Their rank is stored nowhere."""

    class Status(models.TextChoices):
        UNPROVEN = "unproven", _("E-mail address not confirmed")  # of a guest: keeps nothing back
        WAITING = "waiting", _("Waiting")
        SERVED = "served", _("Everything was offered")
        LEFT = "left", _("Left the list")
        REMOVED = "removed", _("Taken off the list")
        CLOSED = "closed", _("The list was closed")
        ENDED = "ended", _("Too few for an order")  # the rest of a group that was not paid
        COMING = "coming", _("Has a seat already")  # bought, or taken over, elsewhere in the event

    TRANSITIONS: ClassVar = {
        Status.UNPROVEN: {Status.WAITING, Status.LEFT, Status.CLOSED},
        Status.WAITING: {
            Status.SERVED,
            Status.LEFT,
            Status.REMOVED,
            Status.CLOSED,
            Status.ENDED,
            Status.COMING,
        },
        Status.SERVED: set(),
        Status.LEFT: set(),
        Status.REMOVED: set(),
        Status.CLOSED: set(),
        Status.ENDED: set(),
        Status.COMING: set(),
    }
    OPEN: ClassVar = (Status.UNPROVEN, Status.WAITING)
    TONES: ClassVar = {Status.WAITING: "info", Status.SERVED: "good"}

    event = models.ForeignKey("Event", models.PROTECT, related_name="waitlist")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="waitlist")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="waitlist")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    joined_at = models.DateTimeField(default=clock.now)
    # Staff have put them before everybody who was not; the first of these comes first.
    moved_up_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)  # of the order as a whole, by question

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiting list entry")
        verbose_name_plural = _("waiting list entries")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["unproven", "waiting"], ended_at=None)
                | (~Q(status__in=["unproven", "waiting"]) & Q(ended_at__isnull=False)),
                name="waiting_ends_once",
            ),
            models.UniqueConstraint(
                fields=["event", "user"],
                condition=Q(status__in=["unproven", "waiting"]),
                name="waiting_once_per_person",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["event", "status"], name="waiting_by_event")]

    def __str__(self) -> str:
        return f"{self.user.name} · {self.event_id}"

    def get_absolute_url(self) -> str:
        return reverse("events:waiting", args=[self.event.slug])


class WaitingPlaceQuerySet(models.QuerySet["WaitingPlace"]):
    def waiting(self) -> "WaitingPlaceQuerySet":
        return self.filter(registration=None, entry__status=WaitlistEntry.Status.WAITING)

    def offered(self) -> "WaitingPlaceQuerySet":
        return self.filter(registration__status=Registration.Status.HELD)

    def of_order(self, order: Any) -> "WaitingPlaceQuerySet":
        return self.filter(registration__line__order=order)


class WaitingPlace(models.Model):
    """A seat that is waited for, and who would sit there. Once it is offered there is a
    registration, whose status says what became of it."""

    entry = models.ForeignKey(WaitlistEntry, models.CASCADE, related_name="places")
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True)
    affiliation = models.CharField(_("affiliation"), max_length=120, blank=True)
    is_buyer = models.BooleanField(default=False)
    answers = models.JSONField(default=dict, blank=True)  # by question
    registration = models.OneToOneField(
        Registration, models.PROTECT, null=True, blank=True, related_name="waited"
    )

    objects = WaitingPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place waited for")
        verbose_name_plural = _("places waited for")
        ordering = ["-is_buyer", "pk"]

    def __str__(self) -> str:
        return f"{self.name} · {self.entry_id}"
