"""Shapes that every room shares: states that move, rows that never change, money in whole won."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.errors import Refused


def localized(field: str) -> property:
    """A read-only property that follows the reader's language and falls back to Korean."""

    def read(self: models.Model) -> str:
        english = get_language() == "en" and getattr(self, f"{field}_en")
        return english or getattr(self, f"{field}_ko")

    return property(read)


class WonField(models.PositiveBigIntegerField):
    """An amount in whole won, never negative. The won has no minor unit; nothing is ever x 100."""

    description = "Whole won"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("validators", [MaxValueValidator(100_000_000_000)])
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, path, args, kwargs


class Stateful(models.Model):
    """A model whose ``status`` moves only along the arrows drawn in ``TRANSITIONS``."""

    Status: ClassVar[type[models.TextChoices]]
    TRANSITIONS: ClassVar[Mapping[str, set[str]]]
    # Which of the four hues (info, good, warning, danger) or "plain" a status wears.
    TONES: ClassVar[Mapping[str, str]] = {}
    # The way back when what led here turns out to have been another's. Apart from TRANSITIONS, so
    # that no deadline and no decision can ever go it.
    RESTORES: ClassVar[Mapping[str, set[str]]] = {}

    status: Any

    class Meta:
        abstract = True

    @property
    def status_tone(self) -> str:
        return self.TONES.get(self.status, "plain")

    def may_move_to(self, new: str) -> bool:
        return new in self.TRANSITIONS[self.status]

    def move_to(self, new: str, **changes: Any) -> None:
        """Compare-and-swap: moves this row if it still stands where the reader saw it.

        Raises Refused when the arrow is not drawn, or when somebody else was faster.
        """
        if not self.may_move_to(new):
            raise Refused(self._why_not(new))
        self._swap(new, changes)

    def restore_to(self, old: str, **changes: Any) -> None:
        """Takes this row back along ``RESTORES``; raises Refused as ``move_to`` does."""
        if old not in self.RESTORES.get(self.status, ()):
            raise Refused(self._why_not(old))
        self._swap(old, changes)

    def _why_not(self, new: str) -> str:
        """Pages offer only what is drawn: whoever asks for what a status before this one leads to
        has a page from before somebody else moved the row."""
        labels = {"now": type(self).Status(self.status).label, "new": type(self).Status(new).label}
        if new == self.status:
            return _("Somebody else was faster: this is “%(now)s” already.") % labels
        if any(new in self.TRANSITIONS[before] for before in self._passed()):
            return (
                _("Somebody else was faster: this is “%(now)s” now and cannot become “%(new)s”.")
                % labels
            )
        return _("“%(now)s” cannot become “%(new)s”.") % labels

    def _passed(self) -> set[str]:
        """Every status from which the arrows lead to this one."""
        passed: set[str] = set()
        reached = {self.status}
        while reached:
            reached = {old for old, new in self.TRANSITIONS.items() if new & reached} - passed
            passed |= reached
        return passed

    def _swap(self, new: str, changes: dict[str, Any]) -> None:
        row: Any = type(self)._base_manager.filter(pk=self.pk)
        if not row.filter(status=self.status).update(status=new, **changes):
            now = row.values_list("status", flat=True).first()
            raise Refused(
                _("Somebody else was faster: this is “%(now)s” now. Reload the page.")
                % {"now": type(self).Status(now).label}
                if now
                else _("Somebody else has just changed this. Reload the page and look again.")
            )
        self.status = new
        for name, value in changes.items():
            setattr(self, name, value)


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs: Any) -> int:
        raise TypeError(f"{self.model.__name__} rows are never changed")

    def delete(self) -> Any:
        raise TypeError(f"{self.model.__name__} rows are never deleted")


class AppendOnly(models.Model):
    """Rows that are written once. A correction is another row. Triggers say the same in the
    database (``kosna.core.triggers``)."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"{type(self).__name__} rows are never deleted")


class Counter(models.Model):
    """The last number given for a kind and a year; locked while the next one is taken."""

    kind = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="counter_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.value}"


class JobRun(models.Model):
    """One run of a scheduled job in one slot of time; unique, so two workers cannot both run it."""

    name = models.CharField(max_length=60)
    slot = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "slot"], name="jobrun_once")]

    def __str__(self) -> str:
        return f"{self.name} @ {self.slot:%Y-%m-%d %H:%M}"


class Holiday(models.Model):
    """A public holiday that no rule foretells: lunar, a substitute, an election. Those of the solar
    calendar are known for every year (``kosna.core.holidays``)."""

    day = models.DateField(gettext_lazy("day"), unique=True)
    name_ko = models.CharField(gettext_lazy("name in Korean"), max_length=60)
    name_en = models.CharField(gettext_lazy("name in English"), max_length=60, blank=True)

    name = localized("name")

    class Meta:
        verbose_name = gettext_lazy("public holiday")
        verbose_name_plural = gettext_lazy("public holidays")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name_ko}"


class Batch(Stateful):
    """Long work that somebody asked for and may leave: an import, a thousand papers. The worker
    does it (``kosna.core.batches``); its page shows how far it is."""

    class Status(models.TextChoices):
        QUEUED = "queued", gettext_lazy("Waiting to start")
        RUNNING = "running", gettext_lazy("Running")
        DONE = "done", gettext_lazy("Done")
        FAILED = "failed", gettext_lazy("Failed")
        CANCELLED = "cancelled", gettext_lazy("Stopped")

    TRANSITIONS: ClassVar = {
        Status.QUEUED: {Status.RUNNING, Status.FAILED, Status.CANCELLED},
        # Back to the queue when its worker died.
        Status.RUNNING: {Status.DONE, Status.FAILED, Status.CANCELLED, Status.QUEUED},
        Status.DONE: set(),
        Status.FAILED: {Status.QUEUED},
        Status.CANCELLED: set(),
    }
    TONES: ClassVar = {
        Status.RUNNING: "info",
        Status.DONE: "good",
        Status.FAILED: "danger",
        Status.CANCELLED: "warning",
    }

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    kind = models.CharField(max_length=60)  # of kosna.core.batches
    title = models.CharField(max_length=200)  # in the words and language of who asked
    params = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="batches")
    # The offices that they held when they asked: what was made at the desk is theirs as long as
    # they hold them all.
    offices = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    total = models.PositiveIntegerField(default=0)  # 0: not known yet
    done = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)  # what it is at now, or how it ended
    result = models.JSONField(default=dict)
    file = models.FileField(upload_to="batches", blank=True)
    file_name = models.CharField(max_length=150, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    beat_at = models.DateTimeField(null=True)  # the last sign of life
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = gettext_lazy("long work")
        verbose_name_plural = gettext_lazy("long works")
        indexes: ClassVar = [
            models.Index(fields=["by", "-created_at"]),
            models.Index(
                fields=["created_at"],
                condition=models.Q(status__in=["queued", "running"]),
                name="batch_to_do",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return not self.TRANSITIONS[self.status] or self.status == self.Status.FAILED
