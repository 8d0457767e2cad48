"""Who teaches a course: a person who calls its roll, and sees nothing else of it."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from kosna.branches.models import BranchScoped
from kosna.core import clock

# How long after a course its instructor can still mend the roll.
MENDS_FOR = timedelta(days=30)


class InstructorQuerySet(BranchScoped):
    branch_field = "event__branch"

    def current(self) -> "InstructorQuerySet":
        return self.filter(ended_at=None)

    def teaching(self, user: Any, at: datetime | None = None) -> "InstructorQuerySet":
        """The courses of this person whose roll they call: published, and not long over."""
        return self.current().filter(
            user=user,
            event__status=Event.Status.PUBLISHED,
            event__ends_at__gte=(at or clock.now()) - MENDS_FOR,
        )


class Instructor(models.Model):
    event = models.ForeignKey(Event, models.PROTECT, related_name="instructors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="teaches")
    appointed_at = models.DateTimeField(default=clock.now)
    appointed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = InstructorQuerySet.as_manager()

    class Meta:
        verbose_name = _("instructor")
        verbose_name_plural = _("instructors")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "user"], condition=Q(ended_at=None), name="instructor_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="instructor_ended_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} teaches {self.event_id}"
