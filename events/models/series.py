"""A recurring class: its rule, and the sessions that it made."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from events.models.programme import DraftSession, Room
from events.series import Rhythm
from kosna.core import clock
from kosna.core.models import localized


class ClassSeries(models.Model):
    """``events.series`` reckons its days. Its sessions stand in the draft of the programme, and are
    published with it."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="series")
    title_ko = models.CharField(_("title in Korean"), max_length=140)
    title_en = models.CharField(_("title in English"), max_length=140, blank=True)
    rhythm = models.CharField(
        _("rhythm"), max_length=8, choices=Rhythm, default=Rhythm.WEEK, db_default=Rhythm.WEEK
    )
    weekdays: Any = models.JSONField(_("weekdays"), default=list)  # Monday is 0
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("until"))
    starts = models.TimeField(_("begins at"))
    ends = models.TimeField(_("ends at"))
    # What each new session is given; those that stand keep what they have.
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("room")
    )
    capacity = models.PositiveIntegerField(_("places to sign up for"), null=True, blank=True)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    title = localized("title")

    class Meta:
        verbose_name = _("series of a class")
        verbose_name_plural = _("series of a class")
        ordering: ClassVar = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on"), ends__gt=F("starts")),
                name="series_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(rhythm__in=Rhythm.values), name="series_rhythm_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def weekday_names(self) -> str:
        return ", ".join(str(WEEKDAYS[number]) for number in self.weekdays)

    def coming(self) -> models.QuerySet[DraftSession]:
        """Its sessions in the draft that have not begun."""
        drafts = DraftSession.objects.kept().filter(series_date__series=self)
        return drafts.exclude(starts_at__lte=clock.now()).select_related("session", "event__branch")


class SeriesDate(models.Model):
    """A day that the rule named, and what it gave the session of that day: whatever else stands
    there was made by people. Without a draft, or with one that is dropped, people dropped it."""

    series = models.ForeignKey(ClassSeries, models.CASCADE, related_name="dates")
    draft = models.OneToOneField(
        DraftSession, models.SET_NULL, null=True, related_name="series_date"
    )
    day = models.DateField(_("day"))
    starts = models.TimeField(_("begins at"))
    ends = models.TimeField(_("ends at"))
    number = models.PositiveSmallIntegerField(_("number"))
    # Not any more: the rule itself dropped the session, and may bring it back.
    is_named = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("date of a series")
        verbose_name_plural = _("dates of a series")
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "day"], name="series_names_a_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.series_id}: {self.day}"
