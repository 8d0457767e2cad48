"""On what terms people belong: tiers, their rights, what they cost, and when they open."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.core.models import WonField, localized


def default_notice_days() -> list[int]:
    """Thirty and seven days before the due date, on it, and thirty days after."""
    return [-30, -7, 0, 30]


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

    class Joining(models.TextChoices):
        APPROVE_FIRST = "approve_first", _("Approval, then payment")
        PAY_FIRST = "pay_first", _("Payment, then approval")  # refunded when it is refused

    class Start(models.TextChoices):
        PAYMENT = "payment", _("Day of payment")  # never before the approval
        APPROVAL = "approval", _("Day of approval")

    class Basis(models.TextChoices):
        CALENDAR = "calendar", _("Calendar year")  # 회계연도 1.1–12.31
        ANNIVERSARY = "anniversary", _("A year from joining")  # 입회일+1년

    class FirstYear(models.TextChoices):
        FULL = "full", _("Full dues")  # 전액
        HALF = "half", _("Half in the second half of the year")  # 하반기 50 %
        MONTHLY = "monthly", _("By the months left")  # 월할

    code = models.SlugField(max_length=30, unique=True)
    name_ko = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    summary_ko = models.CharField(max_length=200, blank=True)
    summary_en = models.CharField(max_length=200, blank=True)
    holder = models.CharField(max_length=12, choices=Holder)
    rank = models.PositiveSmallIntegerField(unique=True)  # order of display, and of precedence
    seats = models.PositiveSmallIntegerField(default=1)
    # Sizes of organisations (Organisation.Size) that it is for; none: of any. One of another size
    # that changes to this tier has the first of them from that day on.
    sizes = models.JSONField(_("sizes of organisations"), default=list, blank=True)
    is_sawon = models.BooleanField(default=False)  # a 사원 in the sense of 민법 §55
    is_open = models.BooleanField(default=True)  # takes applications
    is_for_life = models.BooleanField(default=False)  # one payment, no years
    needs_proof = models.BooleanField(default=False)  # 사업자등록증 or 학생증 with the application
    joining = models.CharField(
        _("order of joining"), max_length=13, choices=Joining, default=Joining.APPROVE_FIRST
    )
    starts = models.CharField(
        _("membership begins on"), max_length=8, choices=Start, default=Start.PAYMENT
    )
    dues_basis = models.CharField(
        _("dues cover"), max_length=11, choices=Basis, default=Basis.CALENDAR
    )
    first_year = models.CharField(
        _("dues of the first year"), max_length=7, choices=FirstYear, default=FirstYear.FULL
    )
    # Of dues from anniversary to anniversary; those of calendar years follow the dues calendar.
    renew_days = models.PositiveSmallIntegerField(
        _("payable so many days before the end"), default=60
    )
    due_days = models.PositiveSmallIntegerField(_("due so many days after the end"), default=30)
    grace_days = models.PositiveSmallIntegerField(_("days of grace after the end"), default=90)
    # An expelled member may apply again after so many years.
    barred_years = models.PositiveSmallIntegerField(_("years barred after an expulsion"), default=2)

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
    EXCHANGE = "exchange", _("Writing in the exchange of information")
    DIRECTORY_ENTRY = "directory_entry", _("Own entry in the directory, introductions")
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
    # Paying from this month on also covers the next year; null: it never does.
    next_year_from_month = models.PositiveSmallIntegerField(default=11, null=True, blank=True)
    # For tiers whose first year is cheaper: from when it is half, and to what it is rounded down.
    half_from_month = models.PositiveSmallIntegerField(default=7)
    rounded_to = WonField(default=1_000)
    # From the grace of the so-many-th year without dues on, membership may be forfeited (자격상실);
    # null: never.
    forfeit_after_years = models.PositiveSmallIntegerField(default=2, null=True, blank=True)
    # When members are written to, in days from the due date; negative: before it.
    notice_days = models.JSONField(_("days of notices"), default=default_notice_days)

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

    def forfeited_before(self, day: date) -> date | None:
        """Whoever has paid only until a day before this one may forfeit membership on ``day``."""
        if self.forfeit_after_years is None:
            return None
        return date(self.grace_from(day).year - self.forfeit_after_years + 1, 1, 1)

    def forfeits_from(self, paid_until: date) -> date | None:
        """The first day on which who has paid until then may forfeit membership."""
        if self.forfeit_after_years is None:
            return None
        return self.grace_ends_on(paid_until.year + self.forfeit_after_years) + timedelta(days=1)


class Clock(models.Model):
    """The tier clock: one table of (tier, opens at) serves registrations and reports alike."""

    name = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("tier clock")
        verbose_name_plural = _("tier clocks")

    def __str__(self) -> str:
        return self.name

    @property
    def times(self) -> dict[int | None, datetime]:
        """Tier id (None: everyone) to opening time. Empty is always open."""
        return {row.tier_id: row.opens_at for row in self.openings.all()}


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
