"""Who takes part in a single session that has so many places."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.programme import Session
from events.models.registrations import Registration
from kosna.core import clock


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def of_place(self, place: Registration) -> "SignUpQuerySet":
        return self.filter(registration=place)

    def at_the_time_of(self, session: Session) -> "SignUpQuerySet":
        """In other sessions that overlap with this one."""
        overlapping = self.filter(
            session__starts_at__lt=session.ends_at, session__ends_at__gt=session.starts_at
        )
        return overlapping.exclude(session=session)

    def of_other_days(self, day: date) -> "SignUpQuerySet":
        """Whose sessions are on another (KST) day."""
        start, end = clock.start_of(day), clock.start_of(day + timedelta(days=1))
        return self.exclude(session__starts_at__gte=start, session__starts_at__lt=end)

    def to_come(self, at: datetime | None = None) -> "SignUpQuerySet":
        return self.filter(session__ends_at__gte=at or clock.now())


class SignUp(models.Model):
    """A confirmed place at an event takes part in one of its sessions. Gone with either."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="sign_ups")
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="sign_ups")
    at = models.DateTimeField(default=clock.now)

    objects: Any = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up for a session")
        verbose_name_plural = _("sign-ups for sessions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["registration", "session"], name="sign_up_once")
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} in {self.session_id}"
