"""The library: what the association has published, and who took which copy."""

import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet, Stateful, localized
from members.models import Clock, Tier


def new_serial() -> str:
    """What a stamped copy carries; 16 letters that nobody confuses."""
    return "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(16))


class ReportQuerySet(models.QuerySet):
    def published(self, at: datetime | None = None) -> "ReportQuerySet":
        return self.filter(status=Report.Status.PUBLISHED, published_at__lte=at or clock.now())


class Report(Stateful):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn from the library")

    TRANSITIONS: ClassVar = {
        Status.DRAFT: {Status.PUBLISHED},
        Status.PUBLISHED: {Status.WITHDRAWN, Status.DRAFT},
        Status.WITHDRAWN: {Status.PUBLISHED},
    }
    TONES: ClassVar = {Status.PUBLISHED: "good", Status.WITHDRAWN: "danger"}

    class Topic(models.TextChoices):
        TECHNOLOGY = "technology", _("Technology")  # 기술
        MARKET = "market", _("Market trends")  # 시장동향
        RESEARCH = "research", _("Research and analysis")  # 연구분석

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    topic = models.CharField(_("topic"), max_length=12, choices=Topic)
    title_ko = models.CharField(_("title in Korean"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    abstract_ko = models.TextField(_("abstract in Korean"))
    abstract_en = models.TextField(_("abstract in English"), blank=True)
    contents_ko = models.TextField(_("table of contents in Korean"), blank=True)
    contents_en = models.TextField(_("table of contents in English"), blank=True)
    authors_ko = models.CharField(_("authors in Korean"), max_length=200)
    authors_en = models.CharField(_("authors in English"), max_length=200, blank=True)
    keywords_ko = models.CharField(_("keywords in Korean"), max_length=200, blank=True)
    keywords_en = models.CharField(_("keywords in English"), max_length=200, blank=True)
    edition = models.CharField(_("edition"), max_length=20, default="1.0")
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    pages = models.PositiveSmallIntegerField(default=0)
    # Who may read the whole: no tier means everyone. Even a public report is stamped and logged.
    is_public = models.BooleanField(_("open to everyone"), default=False)
    tiers = models.ManyToManyField(
        Tier, blank=True, related_name="reports", verbose_name=_("tiers")
    )
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")
    file = models.FileField(_("PDF"), upload_to="reports", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    # Folded by kosna.core.korean for search: all public text, and the initial consonants.
    search_text = models.TextField(blank=True, editable=False)
    search_initials = models.TextField(blank=True, editable=False)

    title = localized("title")
    abstract = localized("abstract")
    contents = localized("contents")
    authors = localized("authors")
    keywords = localized("keywords")
    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | (Q(published_at__isnull=False) & ~Q(file="")),
                name="report_published_has_file",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "-published_at"]),
            models.Index(fields=["topic", "status", "-published_at"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("research:report", args=[self.slug])


class DownloadQuerySet(AppendOnlyQuerySet, BranchScoped):
    def of(self, user: Any) -> "DownloadQuerySet":
        return self.filter(user=user)


class Download(AppendOnly):
    """A copy that left the house: which report, whose stamp, when."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="downloads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="downloads")
    serial = models.CharField(max_length=16, unique=True, default=new_serial)
    at = models.DateTimeField(default=clock.now)
    name = models.CharField(max_length=120)  # as stamped
    member_number = models.CharField(max_length=12, blank=True)
    tier = models.CharField(max_length=30, blank=True)
    original_sha256 = models.CharField(max_length=64)

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
