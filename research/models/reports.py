"""What the association has published, and who may read it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.branches.models import Branch, Scope
from kosna.core import clock
from kosna.core.korean import fold, initials, is_initials
from kosna.core.models import Stateful, WonField, localized
from kosna.payments.models import OrderLine
from members.access import AccessRule, branches_with, tiers_with
from members.keys import keys_of
from members.models import Clock, Opening, Right, Tier

# Locks to which people hold keys (``members.keys``): a report's own, and events it is open after.
OWN, CAME = "research.report", "events.event"


class AssociationWide(models.QuerySet):
    """Rows of no branch: the library is one, so a desk verb counts only when held at the head
    office."""

    def permitted(self, user: Any, verb: str) -> Any:
        return self if Scope.of(user, verb).everywhere else self.none()


def _opened_to(tiers: Collection[int], branches: Collection[int], at: datetime) -> Q:
    through = Report.tiers.through.objects.filter(report=OuterRef("pk"), tier__in=tiers)
    at_home = Report.branches.through.objects.filter(report=OuterRef("pk"), branch__in=branches)
    openings = Opening.objects.filter(clock=OuterRef("clock"))
    begun = openings.filter(Q(tier=None) | Q(tier__in=tiers), opens_at__lte=at)
    is_member = Q(is_public=True) | Exists(through) | Exists(at_home)
    return is_member & (~Exists(openings) | Exists(begun))


class ReportQuerySet(AssociationWide):
    def published(self, at: datetime | None = None) -> "ReportQuerySet":
        return self.filter(status=Report.Status.PUBLISHED, published_at__lte=at or clock.now())

    def newest(self) -> "ReportQuerySet":
        return self.order_by("-published_at", "-pk")

    def readable_by(self, user: Any, at: datetime) -> "ReportQuerySet":
        """The published reports that ``entitlement`` would open; a test pins that they agree.

        A visitor is counted as a reader of what is public: the copy itself is stamped with a
        name, so taking it asks for a login.
        """
        tiers = tiers_with(user, Right.READ_REPORTS, at)
        branches = branches_with(user, Right.READ_REPORTS, at)
        came = Occasion.objects.filter(report=OuterRef("pk"), event__in=[*keys_of(user, CAME, at)])
        has_key = Q(pk__in=[*keys_of(user, OWN, at)]) | Exists(came)
        return self.published(at).filter(has_key | _opened_to(tiers, branches, at))

    def opened_to(
        self, tiers: Collection[int], branches: Collection[int], at: datetime
    ) -> "ReportQuerySet":
        """Those that the members of these tiers and branches may read, whether or not they have
        come out. Keys are left to ``readable_by``."""
        return self.filter(_opened_to(tiers, branches, at))

    def search(self, query: str) -> "ReportQuerySet":
        """Reports with every word of the query, two syllables or one letter as they come; words of
        initial consonants alone (ㅂㄷㅇㅌ) are looked up in titles, authors and keywords."""
        found = self
        for word in query.split()[:8]:
            if is_initials(word):
                found = found.filter(search_initials__contains=initials(word))
            elif folded := fold(word):
                found = found.filter(search_text__contains=folded)
        return found

    def in_state(self, status: str | None, topic: str | None) -> "ReportQuerySet":
        """Narrowed to a status (or ``scheduled``) and a topic; nothing said narrows nothing."""
        found = self.filter(topic=topic) if topic else self
        if status == "scheduled":
            return found.filter(status=Report.Status.PUBLISHED, published_at__gt=clock.now())
        if status == Report.Status.PUBLISHED:
            return found.published()
        return found.filter(status=status) if status else found

    def published_in(self, year: int) -> "ReportQuerySet":
        """By the Korean calendar year; 1 to 9998."""
        return self.filter(
            published_at__gte=datetime(year, 1, 1, tzinfo=clock.KST),
            published_at__lt=datetime(year + 1, 1, 1, tzinfo=clock.KST),
        )

    def with_access(self) -> "ReportQuerySet":
        """With what ``access_rule`` reads, in four further queries for any number of rows."""
        return self.select_related("clock").prefetch_related(
            "tiers", "branches", "occasions", "clock__openings"
        )

    def for_lists(self) -> "ReportQuerySet":
        """``with_access``, without the long texts that no list shows."""
        return self.with_access().defer(
            "contents_ko", "contents_en", "search_text", "search_initials"
        )

    def for_results(self) -> "ReportQuerySet":
        """``with_access``, with the texts that a search shows lines of."""
        return self.with_access().defer("search_text", "search_initials")

    def with_lock(self, at: datetime) -> "ReportQuerySet":
        """Annotates ``is_open``: what ``entitlement`` answers a visitor; a test pins that they
        agree."""
        openings = Opening.objects.filter(clock=OuterRef("clock"))
        begun = Exists(openings.filter(tier=None, opens_at__lte=at))
        is_open = Q(is_public=True) & (~Exists(openings) | begun)
        return self.annotate(is_open=ExpressionWrapper(is_open, output_field=models.BooleanField()))

    def with_next_opening(self, at: datetime) -> "ReportQuerySet":
        """Annotates ``next_opening``: when the tier clock next changes somebody's answer."""
        upcoming = Opening.objects.filter(clock=OuterRef("clock"), opens_at__gt=at)
        return self.annotate(
            next_opening=Subquery(upcoming.order_by("opens_at").values("opens_at")[:1])
        )


class Report(Stateful):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("In review")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn from the library")

    TRANSITIONS: ClassVar = {
        Status.DRAFT: {Status.REVIEW},
        Status.REVIEW: {Status.PUBLISHED, Status.DRAFT},
        Status.PUBLISHED: {Status.WITHDRAWN, Status.DRAFT},
        Status.WITHDRAWN: {Status.REVIEW},
    }
    # What was approved ahead of its time was changed before it came out.
    RESTORES: ClassVar = {Status.PUBLISHED: {Status.REVIEW}}
    TONES: ClassVar = {
        Status.REVIEW: "info",
        Status.PUBLISHED: "good",
        Status.WITHDRAWN: "danger",
    }

    class Topic(models.TextChoices):
        TECHNOLOGY = "technology", _("Technology")  # 기술
        MARKET = "market", _("Market trends")  # 시장동향
        RESEARCH = "research", _("Research and analysis")  # 연구분석

    slug = models.SlugField(pgettext_lazy("of a page", "address"), max_length=80, unique=True)
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
    branches = models.ManyToManyField(
        Branch, blank=True, related_name="+", verbose_name=_("members of these branches")
    )
    clock = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")
    # What a non-member pays to read it for good; None: it is not sold.
    price = WonField(_("price for non-members"), null=True, blank=True)
    vat_class = models.CharField(
        _("VAT"), max_length=8, choices=OrderLine.VatClass, default=OrderLine.VatClass.TAXABLE
    )
    no_english = models.CharField(_("why there is no English abstract"), max_length=200, blank=True)
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

    @property
    def status_tone(self) -> str:
        return "accent" if self.is_scheduled(clock.now()) else super().status_tone

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """Its status, or that it is approved and waits for its instant."""
        if self.is_scheduled(clock.now()):
            return str(_("Scheduled"))
        return str(self.Status(self.status).label)

    def linked(self, name: str) -> Iterable[Any]:
        """Its ``tiers``, ``branches`` or ``occasions``. Of a row that was fetched ``with_access``
        they are there: a page of results would take longer to make managers for them."""
        fetched = self.__dict__.get("_prefetched_objects_cache", {})
        return fetched[name] if name in fetched else getattr(self, name).all()

    def access_rule(self) -> AccessRule:
        """Reading follows the right to read, and so does each tier's own opening time."""
        openings = self.clock.openings.all() if self.clock else []
        came = {(CAME, row.event) for row in self.linked("occasions")}
        return AccessRule(
            is_public=self.is_public,
            tier_ids=frozenset(tier.pk for tier in self.linked("tiers")),
            branch_ids=frozenset(branch.pk for branch in self.linked("branches")),
            right=Right.READ_REPORTS,
            openings={opening.tier_id: opening.opens_at for opening in openings},
            opening_right=Right.READ_REPORTS,
            keys=frozenset({(OWN, self.pk), *came}),
            single=self.price,
        )

    @property
    def has_readers(self) -> bool:
        """Whether anybody may read it by what is said of it."""
        named = (self.tiers, self.branches, self.occasions)
        return self.is_public or any(rows.exists() for rows in named)

    def is_out(self, at: datetime) -> bool:
        """Whether there is a page of it: ``published`` says the same of many rows."""
        return (
            self.status == self.Status.PUBLISHED
            and self.published_at is not None
            and self.published_at <= at
        )

    def is_scheduled(self, at: datetime) -> bool:
        """Approved, and its instant has not come; nothing has to happen then but the clock."""
        return self.status == self.Status.PUBLISHED and not self.is_out(at)

    def has_come_out(self, at: datetime) -> bool:
        """Whether readers have had it, though it may be withdrawn. An approval that is taken back
        before its instant leaves no instant."""
        return self.published_at is not None and self.published_at <= at

    def fill_search(self) -> None:
        """The search columns, from everything that the public page shows."""
        known = [
            self.title_ko,
            self.title_en,
            self.authors_ko,
            self.authors_en,
            self.keywords_ko,
            self.keywords_en,
        ]
        told = [self.abstract_ko, self.abstract_en, self.contents_ko, self.contents_en]
        self.search_text = fold("\n".join([*known, *told]))
        self.search_initials = initials("\n".join(known))


class Occasion(models.Model):
    """Who came to this event may read a report. The event is another room's row: its names come
    from there (``members.keys``)."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="occasions")
    event = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "event"], name="occasion_once")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.event}"
