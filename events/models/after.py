"""What an event leaves behind: who sat in which session, its files, what people thought of it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from events.models.programme import Session
from events.models.registrations import Registration
from kosna.core import clock
from kosna.core.models import localized
from kosna.core.uploads import RandomPath
from members.access import AccessRule
from members.models import Right, Tier


class Attendance(models.Model):
    """A person sat in a session of a course. Taken back where the roll was wrong."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="attendances")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="attendances")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.UniqueConstraint(fields=["registration", "session"], name="attendance_once")
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} in {self.session_id}"


class Material(models.Model):
    """A file of an event. It is for everyone, or for those who came, for members of some tiers, or
    for both."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="materials")
    title_ko = models.CharField(_("title in Korean"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    is_public = models.BooleanField(_("open to everyone"), default=False)
    for_those_who_came = models.BooleanField(_("for those who came"), default=True)
    tiers = models.ManyToManyField(
        Tier, blank=True, related_name="+", verbose_name=_("members of these tiers")
    )
    file = models.FileField(_("file"), upload_to=RandomPath("materials"))
    file_name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    title = localized("title")

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:material", args=[self.event.slug, self.pk])

    def access_rule(self) -> AccessRule:
        """As everyone and every tier may read it; attendance is for ``events.materials`` to add."""
        return AccessRule(
            is_public=self.is_public,
            tier_ids=frozenset(tier.pk for tier in self.tiers.all()),
            right=Right.READ_REPORTS,
        )


class Question(models.Model):
    """A question of an event's survey."""

    class Kind(models.TextChoices):
        SCALE = "scale", _("Scale from 1 to 5")
        CHOICE = "choice", _("One of several")
        TEXT = "text", _("Words of one's own")

    event = models.ForeignKey(Event, models.PROTECT, related_name="questions")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind, default=Kind.SCALE)
    text_ko = models.CharField(_("question in Korean"), max_length=200)
    text_en = models.CharField(_("question in English"), max_length=200, blank=True)
    choices_ko = models.TextField(
        _("choices in Korean"), blank=True, help_text=_("One a line, two or more.")
    )
    choices_en = models.TextField(
        _("choices in English"), blank=True, help_text=_("In the same order.")
    )
    is_required = models.BooleanField(_("must be answered"), default=True)
    sort = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    text = localized("text")
    choices = localized("choices")

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar = ["sort", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def options(self) -> list[tuple[int, str]]:
        """What may be ticked: a number that is kept, and what the reader sees."""
        if self.kind == self.Kind.SCALE:
            return [(number, str(number)) for number in range(1, 6)]
        return [*enumerate(_lines(self.choices), start=1)]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class Tally(models.Model):
    """How often an answer was given. There is no row of one person's answers to be found."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="tallies")
    value = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "value"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.question_id} {self.value}: {self.count}"


class Remark(models.Model):
    """An answer in words. Its key is random and it has no time: nothing tells whose it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(Question, models.CASCADE, related_name="remarks")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text[:40]


class Answered(models.Model):
    """That a place has answered, so that it answers once; not what, and not when."""

    registration = models.OneToOneField(
        Registration, models.PROTECT, primary_key=True, related_name="answered"
    )

    def __str__(self) -> str:
        return f"{self.registration_id} answered"
