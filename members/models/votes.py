"""How votes are present at a general meeting, and what was voted ahead of it.

A voter is counted once, however present: in person, by proxy or in writing. ``Presence`` says how,
and its key is the voter.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from members.models.meetings import AgendaItem, Meeting
from members.models.voters import Voter

User = settings.AUTH_USER_MODEL


class ProxyQuerySet(models.QuerySet):
    def standing(self) -> "ProxyQuerySet":
        return self.filter(revoked_at=None)


class Proxy(models.Model):
    """위임장: one voter hands the vote to another voter, or to the chair."""

    voter = models.ForeignKey(Voter, models.PROTECT, related_name="proxies")
    delegate = models.ForeignKey(Voter, models.PROTECT, null=True, related_name="carried")
    to_chair = models.BooleanField(default=False)
    is_paper = models.BooleanField(default=False)
    given_at = models.DateTimeField(default=clock.now)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ProxyQuerySet.as_manager()

    class Meta:
        verbose_name = _("proxy")
        verbose_name_plural = _("proxies")
        constraints = [
            models.UniqueConstraint(
                fields=["voter"], condition=Q(revoked_at=None), name="proxy_one_each"
            ),
            models.CheckConstraint(
                condition=Q(to_chair=True, delegate=None)
                | Q(to_chair=False, delegate__isnull=False),
                name="proxy_to_one",
            ),
            models.CheckConstraint(
                condition=Q(delegate=None) | ~Q(delegate=F("voter")), name="proxy_not_to_oneself"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="proxy_revocation_paired",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["delegate"], condition=Q(revoked_at=None), name="proxy_carried")
        ]

    def __str__(self) -> str:
        return f"{self.voter_id} → {self.delegate_id or 'chair'}"

    @property
    def is_present(self) -> bool:
        """The chair always is; a delegate where they have come themselves."""
        return self.to_chair or getattr(getattr(self.delegate, "presence", None), "mode", "") == (
            Presence.Mode.PERSON
        )


class Presence(models.Model):
    """How a voter is present. One row a voter, so no vote is counted twice. ``meeting`` is the
    voter's: those of one meeting are counted from an index alone."""

    class Mode(models.TextChoices):
        PERSON = "person", _("In person")  # 출석
        PROXY = "proxy", _("By proxy")  # 위임
        WRITTEN = "written", _("In writing")  # 서면

    voter = models.OneToOneField(Voter, models.PROTECT, primary_key=True, related_name="presence")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="presences", editable=False, db_index=False
    )
    mode = models.CharField(max_length=8, choices=Mode)
    proxy = models.OneToOneField(Proxy, models.PROTECT, null=True, related_name="presence")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [
            models.CheckConstraint(
                condition=Q(mode="proxy", proxy__isnull=False) | (~Q(mode="proxy") & Q(proxy=None)),
                name="presence_by_proxy_names_it",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["meeting", "mode", "proxy"])]

    def __str__(self) -> str:
        return f"{self.voter_id} {self.mode}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.meeting_id = self.voter.meeting_id
        super().save(*args, **kwargs)


class WrittenVote(models.Model):
    """A vote cast ahead of the meeting, on one item (민법 §73②)."""

    class Choice(models.TextChoices):
        FOR = "for", _("For")
        AGAINST = "against", _("Against")
        ABSTAIN = "abstain", _("Abstain")

    voter = models.ForeignKey(Voter, models.PROTECT, related_name="written_votes")
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="written_votes")
    choice = models.CharField(max_length=8, choices=Choice)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("written vote")
        verbose_name_plural = _("written votes")
        constraints = [
            models.UniqueConstraint(fields=["voter", "item"], name="written_vote_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["item", "choice"])]

    def __str__(self) -> str:
        return f"{self.voter_id} {self.item_id}: {self.choice}"


class Exclusion(models.Model):
    """A voter without a say on one item, as it is about their own affair (민법 §74)."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="exclusions")
    voter = models.ForeignKey(Voter, models.PROTECT, related_name="exclusions")
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        constraints = [
            models.UniqueConstraint(fields=["item", "voter"], name="exclusion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.voter_id}"
