"""Who took which copy."""

import re
import secrets
import unicodedata
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet
from research.models.reports import AssociationWide, Report

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
SERIAL = re.compile(rf"(?<![0-9A-Z])[{LETTERS}]{{16}}(?![0-9A-Z])")
FEWEST = 6  # of the letters at the beginning, which lead to one copy in hundreds of millions
_BEGINNING = re.compile(rf"[{LETTERS}]{{{FEWEST},15}}")
_JOINED = re.compile(r"[-.,_\u2010-\u2015\u00ad\u200b]")  # what stands between groups


def new_serial() -> str:
    """What a stamped copy carries; 16 letters that nobody confuses."""
    return "".join(secrets.choice(LETTERS) for _ in range(16))


def by_serial(typed: str) -> Q:
    """In whatever groups and letters it was typed; the rest of a line may stand around a whole one.
    Its first letters are enough, from ``FEWEST`` on."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    words = _JOINED.sub("", plain)
    joined = "".join(words.split())
    found = Q(serial__in={*SERIAL.findall(words), *SERIAL.findall(joined)})
    if _BEGINNING.fullmatch(joined):
        found |= Q(serial__startswith=joined)
    return found


class DownloadQuerySet(AssociationWide, AppendOnlyQuerySet):  # type: ignore[override]
    def of(self, user: Any) -> "DownloadQuerySet":
        return self.filter(user=user)

    def newest(self) -> "DownloadQuerySet":
        return self.order_by("-at", "-pk")

    def on_day(self, day: date) -> "DownloadQuerySet":
        """Of one day of Seoul."""
        return self.filter(at__gte=clock.start_of(day), at__lte=clock.end_of(day))

    def search(self, query: str) -> "DownloadQuerySet":
        """By the serial on a copy (as a reader would type it, or in the line that was copied off a
        page) or its first letters, by member number or name."""
        return self.filter(
            by_serial(query) | Q(member_number=query.strip()) | Q(name__contains=query.strip())
        )


class Download(AppendOnly):
    """A copy that left the house: which report, whose stamp, when."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="downloads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="downloads")
    serial = models.CharField(max_length=16, unique=True, default=new_serial)
    at = models.DateTimeField(default=clock.now)
    name = models.CharField(max_length=120)  # as stamped
    member_number = models.CharField(max_length=12, blank=True)
    tier = models.CharField(max_length=30, blank=True)
    branch = models.CharField(max_length=30, blank=True)  # code
    way = models.CharField(max_length=12, blank=True)  # the code of what opened it
    edition = models.CharField(max_length=20, blank=True)
    original_sha256 = models.CharField(max_length=64)
    stamped_sha256 = models.CharField(max_length=64, blank=True, db_index=True)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        indexes: ClassVar = [
            models.Index(fields=["report", "-at"]),
            models.Index(fields=["user", "-at"]),
        ]

    def __str__(self) -> str:
        return self.serial


class Resumption(models.Model):
    """How many parts were asked for of a copy that had left already. A part costs as much to stamp
    as the whole."""

    download = models.OneToOneField(Download, models.CASCADE, related_name="resumption")
    parts = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.download_id}: {self.parts}"
