"""Official statistics: a series, and every value that it ever had."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.core.korean import fold, initials, is_initials
from kosna.core.models import AppendOnly, AppendOnlyQuerySet, Stateful, localized
from members.access import AccessRule
from members.models import Right, Tier, Topic
from research.models.decimals import ExactDecimalField
from research.models.reports import AssociationWide
from research.statistics.periods import Frequency

MOST_PLACES = 6


@dataclass(frozen=True)
class Breakdown:
    """A way in which a series is divided: its name, and its categories by code. ``None`` as a code
    never occurs; the total over it is the empty code."""

    name: str
    categories: Mapping[str, str]

    def label(self, code: str) -> str:
        return self.categories.get(code, code)


class SeriesQuerySet(AssociationWide):
    def published(self) -> "SeriesQuerySet":
        return self.filter(status=Series.Status.PUBLISHED)

    def in_order(self) -> "SeriesQuerySet":
        return self.order_by("topic", "sort", "code")

    def with_access(self) -> "SeriesQuerySet":
        """With what ``access_rule`` reads, in one further query for any number of rows."""
        return self.prefetch_related("tiers")

    def narrowed(self, wanted: Mapping[str, Any]) -> "SeriesQuerySet":
        """By field, frequency, status and ``by`` (region or breakdown); nothing said narrows
        nothing."""
        fields = ("topic", "frequency", "status")
        found = self.filter(**{name: wanted[name] for name in fields if wanted.get(name)})
        if wanted.get("by") == "region":
            found = found.filter(by_region=True)
        elif wanted.get("by") == "breakdown":
            found = found.exclude(breakdowns=[])
        return found

    def search(self, query: str) -> "SeriesQuerySet":
        """With every word of the query; words of initial consonants alone in names."""
        found = self
        for word in query.split()[:8]:
            if is_initials(word):
                found = found.filter(search_initials__contains=initials(word))
            elif folded := fold(word):
                found = found.filter(search_text__contains=folded)
        return found


class Series(Stateful):
    """One statistic: what is counted, in which unit, how often, by what it is divided, and whose
    figure it is."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", pgettext_lazy("of a statistic", "Withdrawn")

    TRANSITIONS: ClassVar = {
        Status.DRAFT: {Status.PUBLISHED},
        Status.PUBLISHED: {Status.WITHDRAWN},
        Status.WITHDRAWN: {Status.PUBLISHED},
    }
    TONES: ClassVar = {Status.PUBLISHED: "good", Status.WITHDRAWN: "danger"}

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("Everything is open to everyone")
        DETAIL = "detail", _("The total is open; regions and breakdowns are for the tiers below")
        MEMBERS = "members", _("All values are for the tiers below")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    topic = models.CharField(_("field"), max_length=12, choices=Topic)
    name_ko = models.CharField(_("name in Korean"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    unit_ko = models.CharField(_("unit in Korean"), max_length=30)
    unit_en = models.CharField(_("unit in English"), max_length=30, blank=True)
    places = models.PositiveSmallIntegerField(
        _("decimal places"), default=0, validators=[MaxValueValidator(MOST_PLACES)]
    )
    frequency = models.CharField(_("frequency"), max_length=8, choices=Frequency)
    by_region = models.BooleanField(_("by region"), default=False)
    # At most two: [{"name_ko": …, "name_en": …, "categories": [[code, ko, en], …]}, …]
    breakdowns = models.JSONField(default=list, blank=True)
    # Whether the categories of the first breakdown (or the regions) add up to the total.
    adds_up = models.BooleanField(_("parts add up to the total"), default=False)
    source_ko = models.CharField(_("source in Korean"), max_length=200)
    source_en = models.CharField(_("source in English"), max_length=200, blank=True)
    method_ko = models.TextField(_("method in Korean"), blank=True)
    method_en = models.TextField(_("method in English"), blank=True)
    audience = models.CharField(
        _("who sees the values"), max_length=8, choices=Audience, default=Audience.EVERYONE
    )
    tiers = models.ManyToManyField(Tier, blank=True, related_name="+", verbose_name=_("tiers"))
    is_sample = models.BooleanField(
        _("sample data"), default=False, help_text=_("Labelled as sample wherever it is shown.")
    )
    is_key = models.BooleanField(_("key figure of its field"), default=False)
    sort = models.PositiveSmallIntegerField(_("place in its field"), default=0)
    version = models.PositiveIntegerField(default=1)  # grows with every change, of values too
    changed_at = models.DateTimeField(default=clock.now)
    search_text = models.TextField(blank=True, editable=False)
    search_initials = models.TextField(blank=True, editable=False)

    name = localized("name")
    unit = localized("unit")
    source = localized("source")
    method = localized("method")
    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("statistic")
        verbose_name_plural = _("statistics")
        constraints = [
            models.CheckConstraint(
                condition=Q(places__lte=MOST_PLACES), name="series_places_in_bounds"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["status", "topic", "sort", "code"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("research:series", args=[self.code])

    def access_rule(self) -> AccessRule:
        """Of the total."""
        return self._rule(self.audience != Series.Audience.MEMBERS)

    @property
    def detail(self) -> "Detail":
        """Regions and breakdowns, as a thing with a rule of its own."""
        return Detail(self._rule(self.audience == Series.Audience.EVERYONE))

    def _rule(self, is_public: bool) -> AccessRule:
        tiers = frozenset(tier.pk for tier in self.tiers.all())
        return AccessRule(is_public=is_public, tier_ids=tiers, right=Right.READ_REPORTS)

    @property
    def dimensions(self) -> list[Breakdown]:
        """The breakdowns in the reader's language."""
        is_english = get_language() == "en"
        return [
            Breakdown(
                (is_english and row["name_en"]) or row["name_ko"],
                {code: (is_english and en) or ko for code, ko, en in row["categories"]},
            )
            for row in self.breakdowns
        ]

    def fill_search(self) -> None:
        """The search columns, from everything that the public page shows."""
        names = [self.code, self.name_ko, self.name_en]
        told = [self.method_ko, self.method_en, self.source_ko, self.source_en]
        for row in self.breakdowns:
            told += [row["name_ko"], row["name_en"]]
            told += [name for _code, ko, en in row["categories"] for name in (ko, en)]
        self.search_text = fold("\n".join([*names, *told]))
        self.search_initials = initials("\n".join(names))


@dataclass(frozen=True)
class Detail:
    """What ``entitlement`` is asked about beside the series itself."""

    rule: AccessRule

    def access_rule(self) -> AccessRule:
        return self.rule


class ObservationQuerySet(AppendOnlyQuerySet):
    def known(self, at: datetime) -> "ObservationQuerySet":
        """The value of each cell as it was known at an instant: told by then, and by then not
        replaced."""
        return self.filter(Q(replaced_by=None) | Q(replaced_by__known_at__gt=at), known_at__lte=at)

    def other_figures(self) -> "ObservationQuerySet":
        """Changes of a figure, not of its mark alone."""
        both = Q(value__isnull=False, replaces__value__isnull=False)
        return self.exclude(replaces=None).filter(
            (both & ~Q(value=F("replaces__value")))
            | Q(value=None, replaces__value__isnull=False)
            | Q(value__isnull=False, replaces__value=None)
        )

    def totals(self) -> "ObservationQuerySet":
        return self.filter(region="", first="", second="")

    def in_order(self) -> "ObservationQuerySet":
        return self.order_by("period", "region", "first", "second", "pk")


class Observation(AppendOnly):
    """A value as it was told on a day. A changed one is another row that replaces it, with the
    reason: nothing that was ever published is lost. Each row is replaced once at most, so two who
    change the same value cannot both."""

    class Mark(models.TextChoices):
        FINAL = "", pgettext_lazy("of a value", "final")
        PROVISIONAL = "p", pgettext_lazy("of a value", "provisional")
        REVISED = "r", pgettext_lazy("of a value", "revised")

    series = models.ForeignKey(Series, models.PROTECT, related_name="observations")
    period = models.DateField()  # its first day
    region = models.CharField(max_length=20, blank=True)  # empty: the whole country
    first = models.CharField(max_length=40, blank=True)  # a category, empty: the total
    second = models.CharField(max_length=40, blank=True)
    value = ExactDecimalField(null=True, blank=True)  # none: not available, or withheld
    mark = models.CharField(max_length=1, choices=Mark, blank=True)
    known_at = models.DateTimeField(default=clock.now)
    reason_ko = models.CharField(max_length=300, blank=True)
    reason_en = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    reason = localized("reason")
    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("value")
        verbose_name_plural = _("values")
        constraints = [
            models.UniqueConstraint(
                fields=["series", "period", "region", "first", "second"],
                condition=Q(replaces=None),
                name="observation_begins_once",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaces=F("id")) & ~Q(reason_ko=""),
                name="observation_change_has_reason",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["series", "region", "first", "second", "period"])]

    def __str__(self) -> str:
        return f"{self.series_id} {self.period} {self.value}"

    @property
    def cell(self) -> "tuple[Any, str, str, str]":
        return self.period, self.region, self.first, self.second
