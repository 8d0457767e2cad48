"""Tickets that are given on application: who asked for which places, and what was decided."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from events.models.asking import FormQuestion
from events.models.events import Event
from events.models.tickets import Ticket
from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.models import Stateful
from kosna.payments.models import Order


class PlaceRequestQuerySet(BranchScoped):
    branch_field = "event__branch"

    def visible_to(self, user: Any) -> "PlaceRequestQuerySet":
        return self.filter(user=user)

    def in_turn(self) -> "PlaceRequestQuerySet":
        """Those that wait for a decision first, the longest waiting on top; then the latest."""
        waits = Case(When(status=PlaceRequest.Status.ASKED, then=F("asked_at")))
        return self.order_by(waits.asc(nulls_last=True), "-pk")

    def undecided(self) -> "PlaceRequestQuerySet":
        return self.filter(status=PlaceRequest.Status.ASKED)

    def unended(self) -> "PlaceRequestQuerySet":
        """Undecided, or of guests whose address is not proven yet: nobody decides about these."""
        return self.filter(status__in=PlaceRequest.OPEN)

    def of_people(self, keys: Iterable[int]) -> "PlaceRequestQuerySet":
        """Of oneself, and of guests whose links one holds."""
        return self.filter(user__in=[*keys])


class PlaceRequest(Stateful):
    """Places asked for. They hold no seat before somebody approves them: then there is an order."""

    class Status(models.TextChoices):
        UNPROVEN = "unproven", _("E-mail address not confirmed")  # of a guest: nobody decides yet
        ASKED = "asked", _("Awaiting a decision")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    TRANSITIONS: ClassVar = {
        Status.UNPROVEN: {Status.ASKED, Status.DECLINED, Status.WITHDRAWN},
        Status.ASKED: {Status.APPROVED, Status.DECLINED, Status.WITHDRAWN},
        Status.APPROVED: set(),
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
    }
    OPEN: ClassVar = (Status.UNPROVEN, Status.ASKED)
    TONES: ClassVar = {Status.ASKED: "warning", Status.APPROVED: "good", Status.DECLINED: "danger"}

    event = models.ForeignKey(Event, models.PROTECT, related_name="place_requests")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="place_requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Who would come, as they were typed: name, email, affiliation, is_buyer, answers by question.
    places = models.JSONField(default=list)
    answers = models.JSONField(default=dict)  # of the order as a whole, by question
    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField(default=clock.now)
    # When its answers were taken away, as nothing asks to keep them any more.
    erased_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    order = models.OneToOneField(
        Order, models.PROTECT, null=True, blank=True, related_name="place_request"
    )

    objects = PlaceRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for places")
        verbose_name_plural = _("requests for places")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "user"],
                condition=Q(status__in=["unproven", "asked"]),
                name="place_request_one_undecided",
            ),
            models.CheckConstraint(
                condition=Q(status="approved", order__isnull=False)
                | (~Q(status="approved") & Q(order=None)),
                name="place_request_approved_has_order",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["unproven", "asked"], decided_at=None, decided_by=None)
                | (
                    ~Q(status__in=["unproven", "asked"])
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="place_request_decided_by_somebody",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["event", "status", "asked_at"])]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.event_id}"

    def get_absolute_url(self) -> str:
        return reverse("events:requested", args=[self.event.slug])

    def told(self, questions: Iterable[FormQuestion]) -> list[tuple[str, str]]:
        """Every question with what was answered to it, in the reader's words."""
        everything = [self.answers, *(place["answers"] for place in self.places)]
        return [
            (question.text, question.told(said[str(question.pk)]))
            for question in questions
            for said in everything
            if str(question.pk) in said
        ]

    @property
    def names(self) -> list[str]:
        return [place["name"] for place in self.places]
