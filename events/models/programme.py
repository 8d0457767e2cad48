"""Who speaks at an event, and when."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from kosna.core.models import localized


class Speaker(models.Model):
    event = models.ForeignKey(Event, models.CASCADE, related_name="speakers")
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    role_ko = models.CharField(_("role in Korean"), max_length=120, blank=True)
    role_en = models.CharField(_("role in English"), max_length=120, blank=True)

    name = localized("name")
    role = localized("role")

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    title_ko = models.CharField(_("title in Korean"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    abstract_ko = models.TextField(_("abstract in Korean"), blank=True)
    abstract_en = models.TextField(_("abstract in English"), blank=True)
    room_ko = models.CharField(_("room in Korean"), max_length=60, blank=True)
    room_en = models.CharField(_("room in English"), max_length=60, blank=True)
    track_ko = models.CharField(_("track in Korean"), max_length=60, blank=True)
    track_en = models.CharField(_("track in English"), max_length=60, blank=True)
    is_break = models.BooleanField(_("break"), default=False)
    speakers = models.ManyToManyField(Speaker, blank=True, related_name="sessions")

    title = localized("title")
    abstract = localized("abstract")
    room = localized("room")
    track = localized("track")

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.title
