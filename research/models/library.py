"""What a report carries besides its text: authors, labels, editions, errata, sample pages."""

from itertools import chain, count
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.core.models import localized
from members.models import Topic
from research.models.reports import AssociationWide, Report


class Audience(models.TextChoices):
    """For whom the association writes (domain.md §1)."""

    BUSINESS = "business", _("Businesses")
    GOVERNMENT = "government", _("Government and public bodies")
    PUBLIC = "public", _("Individuals")


class Label(models.Model):
    """A report speaks of one of the seven social fields, or to an audience."""

    class Kind(models.TextChoices):
        FIELD = "field", _("Social field")
        AUDIENCE = "audience", _("Audience")

    VALUES: ClassVar = {Kind.FIELD: Topic, Kind.AUDIENCE: Audience}

    report = models.ForeignKey(Report, models.CASCADE, related_name="labels")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=12)

    class Meta:
        ordering: ClassVar = ["-kind", "value"]
        constraints = [
            models.UniqueConstraint(fields=["report", "kind", "value"], name="label_once")
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "value", "report"])]

    def __str__(self) -> str:
        return str(self.VALUES[self.Kind(self.kind)](self.value).label)


class AuthorQuerySet(AssociationWide):
    def search(self, query: str) -> "AuthorQuerySet":
        words = query.strip()
        return self.filter(Q(name_ko__icontains=words) | Q(name_en__icontains=words))

    def with_reports(self) -> "AuthorQuerySet":
        """Annotates ``reports``: how many, in whatever state."""
        return self.annotate(reports=Count("authorships"))


class Author(models.Model):
    """Somebody who writes reports, by the name on them. What pages say of an author is written at
    the desk; two of one name are told apart by what stands in brackets behind it."""

    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    name_ko = models.CharField(_("name in Korean"), max_length=120, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    affiliation_ko = models.CharField(_("affiliation in Korean"), max_length=120, blank=True)
    affiliation_en = models.CharField(_("affiliation in English"), max_length=120, blank=True)
    about_ko = models.CharField(_("about the author, in Korean"), max_length=1000, blank=True)
    about_en = models.CharField(_("about the author, in English"), max_length=1000, blank=True)

    name = localized("name")
    affiliation = localized("affiliation")
    about = localized("about")
    objects = AuthorQuerySet.as_manager()

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering: ClassVar = ["name_ko"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.slug = self.slug or self._free_slug()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("research:author", args=[self.slug])

    def _free_slug(self) -> str:
        """Of the name. Two may differ in signs alone, or have nothing else: no address holds
        them."""
        name = slugify(self.name_ko, allow_unicode=True)[:70] or "author"
        taken = set(Author.objects.filter(slug__startswith=name).values_list("slug", flat=True))
        numbered = (f"{name}-{number}" for number in count(2))
        return next(slug for slug in chain([name], numbered) if slug not in taken)


class Authorship(models.Model):
    """An author's place on the cover of a report."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="authorships")
    author = models.ForeignKey(Author, models.PROTECT, related_name="authorships")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["place"]
        constraints = [models.UniqueConstraint(fields=["report", "author"], name="authorship_once")]

    def __str__(self) -> str:
        return f"{self.author_id} of {self.report_id}"


class Edition(models.Model):
    """A file of a report that is not the one readers get now: being prepared, or followed by a
    newer one and kept, so that whoever cited it can still have it."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="editions")
    label = models.CharField(_("edition"), max_length=20)
    # In a prepared one itself; of one that was followed, in the one that followed it.
    note_ko = models.CharField(_("what is new, in Korean"), max_length=300, blank=True)
    note_en = models.CharField(_("what is new, in English"), max_length=300, blank=True)
    file = models.FileField(_("PDF"), upload_to="reports")
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    prepared_at = models.DateTimeField(default=clock.now)
    # When it came out, and when another one followed; neither: it waits for a second person.
    published_at = models.DateTimeField(null=True)
    followed_at = models.DateTimeField(null=True)

    note = localized("note")

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "label"], name="edition_label_once"),
            models.UniqueConstraint(
                fields=["report"],
                condition=Q(followed_at=None),
                name="edition_prepared_one",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, followed_at=None)
                | Q(published_at__isnull=False, followed_at__isnull=False),
                name="edition_prepared_or_followed",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Erratum(models.Model):
    """Something wrong in an edition, and what is right; public, with its day."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="errata")
    edition = models.CharField(_("edition"), max_length=20)
    place = models.CharField(_("where"), max_length=60)  # "p. 12, table 3"
    text_ko = models.CharField(_("correction in Korean"), max_length=500)
    text_en = models.CharField(_("correction in English"), max_length=500, blank=True)
    on = models.DateField(_("day"), default=clock.today)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    text = localized("text")

    class Meta:
        verbose_name = _("erratum")
        verbose_name_plural = _("errata")
        ordering: ClassVar = ["-on", "-pk"]

    def __str__(self) -> str:
        return self.text


class SamplePage(models.Model):
    """A page that everybody may see, as a picture."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="samples")
    number = models.PositiveSmallIntegerField()
    picture = models.FileField(upload_to="samples")
    width = models.PositiveSmallIntegerField()  # pixels
    height = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="sample_once")]

    def __str__(self) -> str:
        return f"{self.report_id} p. {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("research:sample", args=[self.report.slug, self.number])
