"""Files of values: what each line would change, before anything is written."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.core import clock
from kosna.core.models import Batch, Stateful, localized
from kosna.core.uploads import RandomPath
from research.models.decimals import ExactDecimalField
from research.models.reports import AssociationWide
from research.models.series import Observation, Series


class SeriesImport(Stateful):
    """One file for one series."""

    class Status(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, nothing written yet")
        APPLYING = "applying", _("Being written")
        APPLIED = "applied", _("Applied")
        ABANDONED = "abandoned", _("Given up")

    TRANSITIONS: ClassVar = {
        Status.CHECKING: {Status.CHECKED, Status.ABANDONED},
        Status.CHECKED: {Status.APPLYING, Status.ABANDONED},
        Status.APPLYING: {Status.APPLIED, Status.CHECKED},
        Status.APPLIED: set(),
        Status.ABANDONED: set(),
    }
    TONES: ClassVar = {Status.CHECKED: "info", Status.APPLIED: "good"}

    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    series = models.ForeignKey(Series, models.PROTECT, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CHECKING)
    created_at = models.DateTimeField(default=clock.now)
    file = models.FileField(upload_to=RandomPath("series"), blank=True)
    file_name = models.CharField(_("file"), max_length=150)
    sha256 = models.CharField(max_length=64)
    shape = models.JSONField(default=dict)  # kosna.core.sheets.Shape
    # Of the changes that it makes.
    reason_ko = models.CharField(_("reason in Korean"), max_length=300)
    reason_en = models.CharField(_("reason in English"), max_length=300, blank=True)
    counts = models.JSONField(default=dict)  # {verdict: rows}
    checked_version = models.PositiveIntegerField(default=0)  # of the series, at the check
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)

    reason = localized("reason")
    objects = AssociationWide.as_manager()

    class Meta:
        verbose_name = _("import of values")
        verbose_name_plural = _("imports of values")

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("research_staff:series-import", args=[self.uuid])


class SeriesImportRow(models.Model):
    """A line of the file, and what it would become."""

    class Verdict(models.TextChoices):
        NEW = "new", pgettext_lazy("of a value", "New")
        CHANGED = "changed", pgettext_lazy("of a value", "Changed")
        SAME = "same", pgettext_lazy("of a value", "As before")
        WRONG = "wrong", pgettext_lazy("of a value", "Faulty")

    TONES: ClassVar = {
        Verdict.NEW: "good",
        Verdict.CHANGED: "warning",
        Verdict.SAME: "plain",
        Verdict.WRONG: "danger",
    }

    imported = models.ForeignKey(SeriesImport, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    verdict = models.CharField(max_length=7, choices=Verdict)
    typed = models.CharField(max_length=300, blank=True)  # the cells of a faulty line
    period = models.DateField(null=True)
    region = models.CharField(max_length=20, blank=True)
    first = models.CharField(max_length=40, blank=True)
    second = models.CharField(max_length=40, blank=True)
    value = ExactDecimalField(null=True)
    mark = models.CharField(max_length=1, choices=Observation.Mark, blank=True)
    reason_ko = models.CharField(max_length=300, blank=True)
    reason_en = models.CharField(max_length=300, blank=True)
    old = models.ForeignKey(Observation, models.PROTECT, null=True, related_name="+")
    remarks = models.JSONField(default=list)

    reason = localized("reason")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["imported", "line"], name="series_import_line_once")
        ]
        indexes: ClassVar = [models.Index(fields=["imported", "verdict", "line"])]

    def __str__(self) -> str:
        return f"{self.imported_id}:{self.line}"

    @property
    def tone(self) -> str:
        return self.TONES[self.Verdict(self.verdict)]
