"""On what terms people belong: tiers, their rights, what they cost, and when they open."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.core.models import WonField, localized


class Topic(models.TextChoices):
    """The seven social fields of the association's charter."""

    MANAGEMENT = "management", _("Social management")
    GAMES = "games", _("Social games")
    COMPUTING = "computing", _("Social computing")
    ART = "art", _("Social art")
    WORK = "work", _("Social work")
    FUND = "fund", _("Social funding")
    SPORTS = "sports", _("Social sports")


class TierQuerySet(models.QuerySet):
    def open(self) -> "TierQuerySet":
        """Tiers that take applications."""
        return self.filter(is_open=True)


class Tier(models.Model):
    """A kind of membership. Names, amounts, seats and rights are rows, not code."""

    class Holder(models.TextChoices):
        PERSON = "person", _("Individual")
        ORGANISATION = "organisation", _("Organisation")

    code = models.SlugField(max_length=30, unique=True)
    name_ko = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    summary_ko = models.CharField(max_length=200, blank=True)
    summary_en = models.CharField(max_length=200, blank=True)
    holder = models.CharField(max_length=12, choices=Holder)
    rank = models.PositiveSmallIntegerField(unique=True)  # order of display, and of precedence
    seats = models.PositiveSmallIntegerField(default=1)
    is_sawon = models.BooleanField(default=False)  # a 사원 in the sense of 민법 §55
    is_open = models.BooleanField(default=True)  # takes applications
    is_for_life = models.BooleanField(default=False)  # one payment, no years
    needs_proof = models.BooleanField(default=False)  # 사업자등록증 or 학생증 with the application

    name = localized("name")
    summary = localized("summary")
    objects = TierQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["rank"]

    def __str__(self) -> str:
        return self.name


class Right(models.TextChoices):
    READ_REPORTS = "read_reports", _("Full research reports")
    MEMBER_PRICE = "member_price", _("Member price at events")
    PRIORITY = "priority", _("Priority registration")
    CONSULTING = "consulting", _("Consulting and business support")
    DIRECTORY = "directory", _("Member directory and exchange")
    VOTE = "vote", _("Voting right at the general meeting")


class TierRight(models.Model):
    """What a tier is entitled to, by standing (the table of domain.md §2.6, as data)."""

    tier = models.ForeignKey(Tier, models.CASCADE, related_name="rights")
    right = models.CharField(max_length=20, choices=Right)
    in_good = models.BooleanField(_("in good standing"), default=True)
    in_grace = models.BooleanField(_("in grace"), default=False)
    in_arrears = models.BooleanField(_("in arrears"), default=False)

    class Meta:
        verbose_name = _("right")
        verbose_name_plural = _("rights")
        constraints = [models.UniqueConstraint(fields=["tier", "right"], name="tier_right_once")]

    def __str__(self) -> str:
        return f"{self.tier_id} {self.right}"


class DuesRate(models.Model):
    """What a tier costs from a year on; the newest row that has begun holds."""

    tier = models.ForeignKey(Tier, models.CASCADE, related_name="rates")
    from_year = models.PositiveSmallIntegerField()
    admission_fee = WonField(_("admission fee"), default=0)
    annual_dues = WonField(_("annual dues"), default=0)

    class Meta:
        verbose_name = _("dues rate")
        verbose_name_plural = _("dues rates")
        ordering = ["tier", "-from_year"]
        constraints = [models.UniqueConstraint(fields=["tier", "from_year"], name="rate_once")]

    def __str__(self) -> str:
        return f"{self.tier_id} {self.from_year}: {self.annual_dues}"


class DuesCalendar(models.Model):
    """When dues of a year fall due and how long members keep their rights without paying.

    The dates are month and day, so one row serves until the general meeting decides otherwise.
    """

    from_year = models.PositiveSmallIntegerField(unique=True)
    due_month = models.PositiveSmallIntegerField(default=3)
    due_day = models.PositiveSmallIntegerField(default=31)
    grace_month = models.PositiveSmallIntegerField(default=6)
    grace_day = models.PositiveSmallIntegerField(default=30)
    # Joining from this month on also covers the next year.
    next_year_from_month = models.PositiveSmallIntegerField(default=11)

    class Meta:
        verbose_name = _("dues calendar")
        verbose_name_plural = _("dues calendars")
        ordering = ["-from_year"]

    def __str__(self) -> str:
        return str(self.from_year)

    def due_on(self, year: int) -> date:
        return date(year, self.due_month, self.due_day)

    def grace_ends_on(self, year: int) -> date:
        return date(year, self.grace_month, self.grace_day)

    def grace_from(self, day: date) -> date:
        """Whoever has paid until this day or later is at least in grace on ``day``."""
        return date(day.year - (day <= self.grace_ends_on(day.year)), 1, 1)


class Clock(models.Model):
    """The tier clock: one table of (tier, opens at) serves registrations and reports alike."""

    name = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("tier clock")
        verbose_name_plural = _("tier clocks")

    def __str__(self) -> str:
        return self.name


class Opening(models.Model):
    """From when a clock is open to a tier; no tier means everyone."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="openings")
    tier = models.ForeignKey(Tier, models.CASCADE, null=True, blank=True)
    opens_at = models.DateTimeField()

    class Meta:
        verbose_name = _("opening time")
        verbose_name_plural = _("opening times")
        constraints = [
            models.UniqueConstraint(fields=["clock", "tier"], name="opening_once"),
            models.UniqueConstraint(
                fields=["clock"], condition=Q(tier=None), name="opening_once_for_everyone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier_id}: {self.opens_at}"
