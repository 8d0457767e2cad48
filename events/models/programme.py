"""The programme of an event: where, in which track, by whom and when.

A ``Session`` is what readers see, what a roll is called for and what a refund counts. Staff edit
its ``DraftSession``; only publishing carries one into the other (docs/decisions/0031)."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from kosna.core import clock
from kosna.core.models import localized
from kosna.core.uploads import RandomPath


class Room(models.Model):
    event = models.ForeignKey(Event, models.CASCADE, related_name="rooms")
    name_ko = models.CharField(_("name in Korean"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    capacity = models.PositiveIntegerField(_("people it holds"), null=True, blank=True)
    sort = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    name = localized("name")

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering: ClassVar = ["sort", "pk"]

    def __str__(self) -> str:
        return self.name


class Track(models.Model):
    class Colour(models.TextChoices):
        """Each is a pair of tokens of static/css/tokens.css."""

        SKY = "sky", _("Sky blue")
        TEAL = "teal", _("Teal")
        VIOLET = "violet", _("Violet")
        ROSE = "rose", _("Rose")
        OLIVE = "olive", _("Olive")
        CLAY = "clay", _("Clay")

    event = models.ForeignKey(Event, models.CASCADE, related_name="tracks")
    name_ko = models.CharField(_("name in Korean"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour, default=Colour.SKY)
    sort = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    name = localized("name")

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering: ClassVar = ["sort", "pk"]

    def __str__(self) -> str:
        return self.name


class SpeakerQuerySet(models.QuerySet["Speaker"]):
    def shown(self) -> "SpeakerQuerySet":
        """Those whom readers see: whoever only stands in a draft is not announced yet."""
        return self.filter(sessions__isnull=False).distinct()


class Speaker(models.Model):
    """Somebody who speaks, with an account of the portal or without."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="speakers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="speaking"
    )
    name_ko = models.CharField(_("name in Korean"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    role_ko = models.CharField(_("role in Korean"), max_length=120, blank=True)
    role_en = models.CharField(_("role in English"), max_length=120, blank=True)
    about_ko = models.TextField(_("about them in Korean"), max_length=2000, blank=True)
    about_en = models.TextField(_("about them in English"), max_length=2000, blank=True)
    # Shown to staff only.
    email = models.EmailField(_("e-mail"), blank=True)
    photo = models.FileField(_("photo"), upload_to=RandomPath("speakers"), blank=True)

    name = localized("name")
    role = localized("role")
    about = localized("about")
    objects = SpeakerQuerySet.as_manager()

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where mail reaches them; empty where nobody knows."""
        return self.user.mailbox if self.user else self.email

    @property
    def photo_url(self) -> str:
        """Another photo has another address, so this one may be kept."""
        if not self.photo:
            return ""
        page = reverse("events:speaker-photo", args=[self.event.slug, self.pk])
        return f"{page}?v={str(self.photo.name)[-12:-4]}"


class Slot(models.Model):
    """A title at a time, in a room. ``FIELDS`` is what a draft and its session have in common."""

    FIELDS: ClassVar = (
        "starts_at", "ends_at", "room", "track", "title_ko", "title_en", "abstract_ko",
        "abstract_en", "is_break", "capacity",
    )  # fmt: skip

    starts_at: Any
    ends_at: Any
    title_ko = models.CharField(_("title in Korean"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    abstract_ko = models.TextField(_("abstract in Korean"), blank=True)
    abstract_en = models.TextField(_("abstract in English"), blank=True)
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("room")
    )
    track = models.ForeignKey(
        Track, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("track")
    )
    is_break = models.BooleanField(_("break"), default=False)
    capacity = models.PositiveIntegerField(
        _("places to sign up for"),
        null=True,
        blank=True,
        help_text=_("Left empty, nobody signs up: everyone may come."),
    )

    title = localized("title")
    abstract = localized("abstract")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def is_for_all(self) -> bool:
        """Whether everyone at the event is expected, and nobody signs up."""
        return self.capacity is None and not self.is_break

    @property
    def takes_sign_ups(self) -> bool:
        return self.capacity is not None and not self.is_break


class Session(Slot):
    """As published. ``taken`` counts who signed up; the database keeps it in bounds, and
    ``manage.py verify`` recounts it."""

    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    taken = models.PositiveIntegerField(default=0, editable=False)
    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions")
    speakers = models.ManyToManyField(Speaker, blank=True, related_name="sessions")

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering: ClassVar = ["starts_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(taken__lte=F("capacity")),
                name="session_never_overbooked",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("events:session", args=[self.event.slug, self.pk])

    @property
    def speaker_names(self) -> str:
        return ", ".join(speaker.name for speaker in self.speakers.all())

    @property
    def places_left(self) -> int:
        return max((self.capacity or 0) - self.taken, 0)


class DraftSessionQuerySet(models.QuerySet["DraftSession"]):
    def kept(self) -> "DraftSessionQuerySet":
        """Without those that the next version drops."""
        return self.filter(is_dropped=False)

    def placed(self) -> "DraftSessionQuerySet":
        return self.exclude(starts_at=None)

    def whole(self) -> "DraftSessionQuerySet":
        """With everything that a comparison with what is published asks, in four statements."""
        return self.select_related(
            "room", "track", "session__room", "session__track"
        ).prefetch_related("speakers__user", "session__speakers__user")


class DraftSession(Slot):
    """As staff would have it. ``session`` is what it is published as, if it is."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="drafts")
    # Both or neither: what has no time yet, as a proposal just accepted, is not published.
    starts_at = models.DateTimeField(_("starts at"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    session = models.OneToOneField(
        Session, models.CASCADE, null=True, blank=True, related_name="draft"
    )
    is_dropped = models.BooleanField(default=False)
    speakers = models.ManyToManyField(
        Speaker, blank=True, related_name="drafts", verbose_name=_("speakers")
    )
    objects = DraftSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session of the draft")
        verbose_name_plural = _("sessions of the draft")
        ordering: ClassVar = ["starts_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"))
                | Q(starts_at=None, ends_at=None, session=None),
                name="draft_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(is_dropped=False) | Q(session__isnull=False),
                name="draft_drops_what_is_published",
            ),
        ]

    def take_over(self, other: Slot) -> None:
        """The fields of a session, but for who speaks."""
        for name in self.FIELDS:
            setattr(self, name, getattr(other, name))


class ProgrammeVersion(models.Model):
    """A programme was published. ``changes`` is what differed from the one before, in the words of
    both languages (``events.programme.Change``)."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="programme_versions")
    number = models.PositiveIntegerField()
    note_ko = models.TextField(_("note in Korean"), max_length=1000, blank=True)
    note_en = models.TextField(_("note in English"), max_length=1000, blank=True)
    changes: Any = models.JSONField(default=list)
    # Whoever it concerns has had their mail: with the event, where nobody saw that yet.
    is_told = models.BooleanField(default=True)
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    note = localized("note")

    class Meta:
        verbose_name = _("version of a programme")
        verbose_name_plural = _("versions of programmes")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "number"], name="programme_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.event_id} · {self.number}"
