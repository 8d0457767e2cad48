"""Who has asked for the weekly mail of what is new."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kosna.core import clock


class WeeklyMailQuerySet(models.QuerySet):
    def due(self, until: datetime) -> "WeeklyMailQuerySet":
        """Who has not been told of what came before an instant; blocked accounts are not."""
        return self.filter(told_until__lt=until, user__is_active=True)


class WeeklyMail(models.Model):
    """It is asked for, and goes when it is no longer wanted."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="weekly_mail"
    )
    asked_at = models.DateTimeField(default=clock.now)
    told_until = models.DateTimeField()

    objects = WeeklyMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly mail")
        verbose_name_plural = _("weekly mails")
        indexes: ClassVar = [models.Index(fields=["told_until"], name="weekly_mail_due")]

    def __str__(self) -> str:
        return str(self.user)
