"""What people offer to speak about, and what reviewers think of it."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Avg, Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.events import Event
from events.models.programme import DraftSession, Track
from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.models import Stateful, localized

LOWEST, HIGHEST = 1, 5


class Call(models.Model):
    """An event asks for proposals, from an instant to another."""

    event = models.OneToOneField(Event, models.CASCADE, related_name="call")
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"))
    text_ko = models.TextField(_("what is asked for, in Korean"), max_length=4000)
    text_en = models.TextField(_("what is asked for, in English"), max_length=4000, blank=True)
    reviewers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")

    text = localized("text")

    class Meta:
        verbose_name = _("call for proposals")
        verbose_name_plural = _("calls for proposals")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="call_closes_after_opening"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.opens_at} – {self.closes_at}"

    @property
    def is_open(self) -> bool:
        return self.opens_at <= clock.now() < self.closes_at

    @property
    def is_over(self) -> bool:
        return clock.now() >= self.closes_at


class ProposalQuerySet(BranchScoped):
    branch_field = "call__event__branch"

    def visible_to(self, user: Any) -> "ProposalQuerySet":
        return self.filter(user=user)

    def in_status(self, status: str) -> "ProposalQuerySet":
        return self.filter(status=status) if status else self

    def to_review_by(self, reviewer: Any) -> "ProposalQuerySet":
        """What waits for a decision; never one's own."""
        waiting = self.filter(status=Proposal.Status.SUBMITTED, call__reviewers=reviewer)
        return waiting.exclude(user=reviewer)

    def unread_by(self, reviewer: Any) -> "ProposalQuerySet":
        """What they have no opinion of yet."""
        return self.to_review_by(reviewer).exclude(reviews__reviewer=reviewer)

    def ranked(self) -> "ProposalQuerySet":
        """Annotates ``score``, the mean, and ``opinions``, how many; the best first, and what
        nobody has read last."""
        scored = self.annotate(score=Avg("reviews__score"), opinions=Count("reviews"))
        return scored.order_by(F("score").desc(nulls_last=True), "-opinions", "submitted_at", "pk")


class Proposal(Stateful):
    class Status(models.TextChoices):
        SUBMITTED = "submitted", pgettext_lazy("a proposal", "Under review")
        ACCEPTED = "accepted", pgettext_lazy("a proposal", "Accepted")
        DECLINED = "declined", pgettext_lazy("a proposal", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("a proposal", "Withdrawn")

    TRANSITIONS: ClassVar = {
        Status.SUBMITTED: {Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN},
        Status.ACCEPTED: set(),
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
    }
    TONES: ClassVar = {
        Status.SUBMITTED: "info",
        Status.ACCEPTED: "good",
        Status.DECLINED: "warning",
    }

    call = models.ForeignKey(Call, models.PROTECT, related_name="proposals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposals")
    status = models.CharField(max_length=10, choices=Status, default=Status.SUBMITTED)
    title_ko = models.CharField(_("title in Korean"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    abstract_ko = models.TextField(_("abstract in Korean"), max_length=4000)
    abstract_en = models.TextField(_("abstract in English"), max_length=4000, blank=True)
    track = models.ForeignKey(
        Track, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("track")
    )
    minutes = models.PositiveSmallIntegerField(
        _("length in minutes"),
        default=40,
        validators=[MinValueValidator(5), MaxValueValidator(480)],
    )
    role = models.CharField(_("affiliation and role"), max_length=120, blank=True)
    submitted_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What the proposer was told with the decision.
    answer = models.TextField(blank=True)
    draft = models.OneToOneField(
        DraftSession, models.SET_NULL, null=True, blank=True, related_name="proposal"
    )
    # Drawn with the form: one that is sent twice hands in once.
    form_key = models.UUIDField(null=True, editable=False)

    title = localized("title")
    abstract = localized("abstract")
    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering: ClassVar = ["submitted_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "form_key"],
                condition=Q(form_key__isnull=False),
                name="proposal_once_per_form",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["accepted", "declined"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                )
                | Q(
                    status__in=["submitted", "withdrawn"],
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                ),
                name="proposal_is_decided_by_somebody",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["call", "status"], name="proposals_of_a_call")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:proposal", args=[self.call.event.slug, self.pk])

    @property
    def can_change(self) -> bool:
        """Until the call closes, by whoever made it."""
        return self.status == self.Status.SUBMITTED and self.call.is_open

    @property
    def can_withdraw(self) -> bool:
        return self.status == self.Status.SUBMITTED


class Review(models.Model):
    """What one reviewer thinks of a proposal; they may think again until it is decided."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposal_reviews"
    )
    score = models.PositiveSmallIntegerField(
        _("score"), validators=[MinValueValidator(LOWEST), MaxValueValidator(HIGHEST)]
    )
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("review of a proposal")
        verbose_name_plural = _("reviews of proposals")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "reviewer"], name="review_once"),
            models.CheckConstraint(
                condition=Q(score__gte=LOWEST, score__lte=HIGHEST), name="review_score_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.score}"
