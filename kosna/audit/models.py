"""What happened, who did it, and whose personal data was seen. Written once, then sealed.

An entry commits with the change that it records. A seal follows within moments: it chains the
entry's hash to the one before. Entries are sealed by the worker rather than by the writer, so that
two sales of a ticket never wait for one another at the head of a chain (docs/decisions).
"""

import hashlib
import json
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from kosna.audit.words import words_of
from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet


class EntryQuerySet(BranchScoped, AppendOnlyQuerySet):  # type: ignore[override]
    def unsealed(self) -> "EntryQuerySet":
        return self.filter(seal=None)

    def written_by_now(self) -> "EntryQuerySet":
        """These, and none of those that are written before they are read."""
        return self.filter(pk__lte=self.aggregate(last=models.Max("pk"))["last"] or 0)


class Entry(AppendOnly):
    at = models.DateTimeField(default=clock.now)
    # Ids and labels, not foreign keys: the record outlives what it speaks of.
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120, blank=True)
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=40)
    target = models.CharField(max_length=200)
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    subjects = models.JSONField(default=list)  # ids of the people whose data this touches
    facts = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes: ClassVar = [
            models.Index(fields=["branch", "-at"]),
            models.Index(fields=["target_type", "target_id"]),
            models.Index(fields=["-at"]),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"

    @property
    def words(self) -> str:
        """The verb as people say it."""
        return str(words_of(self.verb))

    @property
    def seen(self) -> str:
        """What of somebody's data was seen: the thing that was opened, or the list that was taken
        along."""
        return self.shown_target if self.verb in ("privacy.view", "privacy.list") else self.words

    @property
    def shown_target(self) -> str:
        """What it was about: a row by its name then, many rows by what they are called."""
        if self.target_id:
            return self.target
        return str(apps.get_model(self.target_type)._meta.verbose_name_plural)

    def digest(self, previous: str) -> str:
        """SHA-256 over the previous hash and every field, in canonical JSON."""
        content: list[Any] = [
            previous,
            self.pk,
            self.at.isoformat(),
            self.actor_id,
            self.actor,
            self.verb,
            self.target_type,
            self.target_id,
            self.target,
            self.branch_id,
            self.reason,
            self.subjects,
            self.facts,
            self.ip,
        ]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Seal(AppendOnly):
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="seal")
    position = models.BigIntegerField(unique=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = AppendOnlyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.position}: {self.hash[:12]}"


class Look(AppendOnly):
    """One person whose data an entry of the access log says was seen: what lets people ask who
    opened theirs."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="looks")
    user_id = models.BigIntegerField(db_index=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")

    def __str__(self) -> str:
        return f"{self.entry_id} → {self.user_id}"
