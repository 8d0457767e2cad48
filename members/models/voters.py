"""The roll of voters of a general meeting, and the proof that they were told of it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet
from kosna.mail.models import Message
from members.models.meetings import Meeting
from members.models.membership import Member
from members.models.register import named
from members.models.terms import Tier

User = settings.AUTH_USER_MODEL


class VoterQuerySet(AppendOnlyQuerySet):
    def search(self, query: str) -> "VoterQuerySet":
        """By number, name or representative as the roll says them."""
        return self.filter(named(query))

    def of(self, user: Any) -> "VoterQuerySet":
        return self.filter(user=user)


class Voter(AppendOnly):
    """One vote on the roll, as the register and the paid days stood at the end of the record date.
    Nothing that happens later changes it."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="voters")
    member = models.ForeignKey(Member, models.PROTECT, related_name="votes")
    # Who casts it: the member, or the organisation's 대표자 of that day where they have an account.
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="votes")
    number = models.CharField(_("member number"), max_length=12)
    name = models.CharField(_("name"), max_length=120)
    representative = models.CharField(_("representative"), max_length=80, blank=True)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+")

    objects = VoterQuerySet.as_manager()

    class Meta:
        verbose_name = _("voter")
        verbose_name_plural = _("voters")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="voter_once"),
            models.UniqueConstraint(fields=["meeting", "number"], name="voter_number_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "meeting"]),
            models.Index(
                fields=["meeting", "number", "name", "representative"], name="voter_search"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Notice(AppendOnly):
    """Proof that the call went out to a voter: the mail in the outbox, and when it was posted."""

    voter = models.OneToOneField(Voter, models.PROTECT, related_name="notice")
    message = models.OneToOneField(Message, models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return f"{self.voter_id} {self.posted_at:%Y-%m-%d %H:%M}"
