"""What the library's search reads: an inverted index of bitmaps, the same on both databases
(docs/decisions/0041), and the pages of text that only the snippet maker reads."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from research.models.reports import Report


class Catalogue(models.Model):
    """One row. Whoever writes to the index locks it; its stamp changes with what is listed."""

    stamp = models.CharField(max_length=32, blank=True)
    places = models.PositiveIntegerField(default=0)  # how many were given

    def __str__(self) -> str:
        return f"{self.places} places"


class Placed(models.Model):
    """A report's place in the bitmaps, and what of it was indexed: by that, its bits are found
    again when it changes."""

    report = models.OneToOneField(Report, models.CASCADE, primary_key=True, related_name="placed")
    place = models.PositiveIntegerField(unique=True)
    is_listed = models.BooleanField(default=False)
    since = models.BigIntegerField(default=0)  # when it comes out, in microseconds since 1970
    title = models.TextField(blank=True)
    known = models.TextField(blank=True)  # authors and keywords
    told = models.TextField(blank=True)  # abstract and contents
    facets = models.JSONField(default=list)
    # Of the file whose text is in the index; empty while none is.
    text_sha256 = models.CharField(max_length=64, blank=True)
    # When those who had asked for such reports were told of it.
    announced_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["since"],
                condition=Q(is_listed=True, announced_at=None),
                name="placed_unannounced",
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} at {self.place}"


class Posting(models.Model):
    """Where a token stands: of the reports whose places lie in a block, those with it in a field
    (``research.finding.bits`` says how they are packed)."""

    class Field(models.TextChoices):
        TITLE = "t"
        KNOWN = "k"
        TOLD = "a"
        TEXT = "x"
        FACET = "f"

    token = models.CharField(max_length=24)
    field = models.CharField(max_length=1, choices=Field)
    block = models.PositiveSmallIntegerField()
    bits = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "field", "block"], name="posting_once")
        ]

    def __str__(self) -> str:
        return f"{self.field}:{self.token} #{self.block}"


class TextPage(models.Model):
    """The text of a page of the file that readers get. No page of the portal shows it; the snippet
    maker reads it for who may read the report."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="text_pages")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="textpage_once")]

    def __str__(self) -> str:
        return f"{self.report_id} p. {self.number}"


class SavedSearchQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SavedSearchQuerySet":
        return self.filter(user=user) if user.is_authenticated else self.none()


class SavedSearch(models.Model):
    """A search that somebody wants to make again, and to be told of what newly fits. What people
    look for is theirs: it goes with their account and stands in no record."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches"
    )
    name = models.CharField(_("name"), max_length=80)
    # As ``research.finding.facets.query_of`` writes it: a syllable takes nine characters.
    query = models.CharField(max_length=2000)
    mails = models.BooleanField(_("mail me when a new report fits"), default=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering: ClassVar = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "query"], name="savedsearch_once")]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=Q(mails=True), name="savedsearch_mails")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return f"{reverse('research:reports')}?{self.query}"
