"""Who belongs, on what terms, and for which days they have paid."""

import secrets
from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock, korean
from kosna.core.models import Stateful, WonField, localized
from kosna.core.uploads import RandomPath
from kosna.payments.models import Order, OrderLine


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


class Organisation(models.Model):
    class Size(models.TextChoices):
        SOLO = "solo", _("One-person creative business")
        MICRO = "micro", _("Micro business")
        SMALL = "small", _("Small or medium-sized")
        LARGE = "large", _("Mid-sized or large")
        PUBLIC = "public", _("Public body")

    name = models.CharField(_("organisation name"), max_length=120)
    name_en = models.CharField(_("organisation name in English"), max_length=120, blank=True)
    business_number = models.CharField(
        _("business registration number"), max_length=10, unique=True
    )
    corporate_number = models.CharField(max_length=13, blank=True)
    representative = models.CharField(_("representative"), max_length=80)
    size = models.CharField(_("size"), max_length=10, choices=Size)
    industry = models.CharField(_("line of business"), max_length=120, blank=True)
    is_in_g_valley = models.BooleanField(_("tenant of G-Valley"), default=False)
    homepage = models.URLField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    address = models.CharField(max_length=200, blank=True)
    address_detail = models.CharField(max_length=120, blank=True)
    tax_email = models.EmailField(blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


def draft_number() -> str:
    """Stands in the address of a draft until the application is received and gets its number."""
    return f"d-{secrets.token_hex(5)}"


class ApplicationQuerySet(BranchScoped):
    def visible_to(self, user: Any) -> "ApplicationQuerySet":
        return self.filter(applicant=user)

    def open(self) -> "ApplicationQuerySet":
        """On the way: still in somebody's hands."""
        return self.filter(
            status__in=[
                Application.Status.DRAFT,
                Application.Status.SUBMITTED,
                Application.Status.REVISION,
            ]
        )

    def received(self) -> "ApplicationQuerySet":
        """What the desk may see: a draft is still the applicant's own."""
        return self.exclude(status=Application.Status.DRAFT).exclude(submitted_at=None)

    def waiting(self) -> "ApplicationQuerySet":
        """What a reviewer has to look at now."""
        return self.filter(status=Application.Status.SUBMITTED)

    def search(self, query: str) -> "ApplicationQuerySet":
        """By number, name, organisation, business number or phone."""
        query = " ".join(query.split())
        if not query:
            return self
        matches = (
            Q(number__icontains=query)
            | Q(name__icontains=query)
            | Q(organisation_name__icontains=query)
        )
        if digits := "".join(c for c in query if c in "0123456789"):
            matches |= Q(business_number=digits)
            if len(digits) >= 4:
                matches |= Q(phone__endswith=digits.removeprefix("0"))
        return self.filter(matches)

    def similar_to(self, application: "Application") -> "ApplicationQuerySet":
        """Other applications that may be the same person or organisation."""
        same = Q(applicant=application.applicant_id) | Q(
            name=application.name, phone=application.phone
        )
        if application.business_number:
            same |= Q(business_number=application.business_number)
        return self.received().filter(same).exclude(pk=application.pk)


class Application(Stateful):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")  # 임시저장
        SUBMITTED = "submitted", _("Received")  # 접수
        REVISION = "revision", _("Revision requested")  # 보완요청
        APPROVED = "approved", _("Approved")  # 승인
        REJECTED = "rejected", _("Rejected")  # 반려
        WITHDRAWN = "withdrawn", _("Withdrawn by the applicant")  # 취하

    TRANSITIONS: ClassVar = {
        Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.SUBMITTED: {
            Status.REVISION,
            Status.APPROVED,
            Status.REJECTED,
            Status.WITHDRAWN,
        },
        Status.REVISION: {Status.SUBMITTED, Status.REJECTED, Status.WITHDRAWN},
        Status.APPROVED: set(),
        Status.REJECTED: set(),
        Status.WITHDRAWN: set(),
    }
    TONES: ClassVar = {
        Status.SUBMITTED: "info",
        Status.REVISION: "warning",
        Status.APPROVED: "good",
        Status.REJECTED: "danger",
    }

    # How many working days the association takes at most to answer (처리기한).
    ANSWER_DAYS = 7

    number = models.CharField(max_length=12, unique=True, default=draft_number)  # 2026-0001
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="applications"
    )
    tier = models.ForeignKey(Tier, models.PROTECT, verbose_name=_("tier"))
    branch = models.ForeignKey(Branch, models.PROTECT, verbose_name=_("branch"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    # The person: the applicant, or for an organisation its contact (담당자).
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    phone = models.CharField(_("mobile phone"), max_length=20)
    postcode = models.CharField(_("postcode"), max_length=5)
    address = models.CharField(_("road address"), max_length=200)
    address_detail = models.CharField(_("detailed address"), max_length=120, blank=True)
    affiliation = models.CharField(_("affiliation"), max_length=120, blank=True)
    position = models.CharField(_("position"), max_length=80, blank=True)
    topics = models.JSONField(_("fields of interest"), default=list, blank=True)
    # The organisation, as typed; it becomes an Organisation when approved.
    organisation_name = models.CharField(_("organisation name"), max_length=120, blank=True)
    business_number = models.CharField(_("business registration number"), max_length=10, blank=True)
    representative = models.CharField(_("representative"), max_length=80, blank=True)
    size = models.CharField(_("size"), max_length=10, choices=Organisation.Size, blank=True)
    industry = models.CharField(_("line of business"), max_length=120, blank=True)
    is_in_g_valley = models.BooleanField(_("tenant of G-Valley"), default=False)
    tax_email = models.EmailField(_("e-mail for tax invoices"), blank=True)

    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True)  # of a revision request or a rejection
    basis = models.CharField(
        _("basis"), max_length=200, blank=True
    )  # 의결 근거: meeting, date, number
    order = models.OneToOneField(
        Order, models.PROTECT, null=True, blank=True, related_name="application"
    )
    member = models.ForeignKey(
        "Member", models.PROTECT, null=True, blank=True, related_name="applications"
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership application")
        verbose_name_plural = _("membership applications")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="application_decision_paired",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("applicant")),
                name="application_not_by_oneself",
            ),
            models.UniqueConstraint(
                fields=["applicant"],
                condition=Q(status__in=["draft", "submitted", "revision"]),
                name="application_one_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["branch", "status", "-submitted_at"]),
            models.Index(fields=["submitted_at", "id"]),  # the desk's queue, oldest first
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def display_name(self) -> str:
        return self.organisation_name or self.name

    @property
    def is_editable(self) -> bool:
        return self.status in (self.Status.DRAFT, self.Status.REVISION)

    @property
    def answer_by(self) -> date | None:
        """The day by which the association answers; public holidays are not taken off."""
        if self.submitted_at is None:
            return None
        return working_days_after(clock.kst_date(self.submitted_at), self.ANSWER_DAYS)

    @property
    def topic_labels(self) -> list[str]:
        return [str(Topic(topic).label) for topic in self.topics if topic in Topic.values]

    def get_absolute_url(self) -> str:
        return reverse("members:application", args=[self.number])


def working_days_after(day: date, count: int) -> date:
    """The ``count``-th weekday after a day."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


class ApplicationFile(models.Model):
    class Kind(models.TextChoices):
        BUSINESS_REGISTRATION = "business", _("Business registration certificate")  # 사업자등록증
        STUDENT_CARD = "student", _("Proof of enrolment")

    application = models.ForeignKey(Application, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind)
    file = models.FileField(upload_to=RandomPath("applications"))
    name = models.CharField(max_length=150)  # as the applicant called it, for display only
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name


class MemberQuerySet(BranchScoped):
    def active(self) -> "MemberQuerySet":
        return self.filter(status=Member.Status.ACTIVE)

    def of(self, user: Any) -> "MemberQuerySet":
        """Memberships that this person holds or sits in today."""
        today = clock.today()
        seat = Seat.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=today), user=user, valid_from__lte=today
        )
        return self._own_or_seated(user, seat)

    def run_by(self, user: Any) -> "MemberQuerySet":
        """Memberships whose dues this person may order: one's own, or the organisation's that one
        represents or runs."""
        runs = Seat.objects.filter(
            user=user, valid_to=None, role__in=[Seat.Role.REPRESENTATIVE, Seat.Role.CONTACT]
        )
        return self._own_or_seated(user, runs)

    def _own_or_seated(self, user: Any, seats: models.QuerySet) -> "MemberQuerySet":
        # A UNION finds both by index; PostgreSQL reads every member for an OR with a subquery.
        own = Member.objects.filter(user=user).values("pk")
        return self.filter(pk__in=own.union(seats.values("member")))

    def paid_through(self, day: date, *, begun_by: date) -> "MemberQuerySet":
        """Those with a valid period that reaches a day and has begun by another."""
        periods = Period.objects.valid().filter(
            Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=begun_by
        )
        return self.filter(pk__in=periods.values("member"))

    def search(self, query: str) -> "MemberQuerySet":
        """By name (initials too), number, organisation, business number, e-mail or phone."""
        folded = korean.fold(query)
        if not folded:
            return self
        if korean.is_initials(query):
            return self.filter(search_text__contains=korean.initials(query))
        if not any(letter.isalpha() for letter in folded):
            # Numbers are stored as digits, but for the member number (26-00001).
            digits = "".join(letter for letter in folded if letter.isdigit())
            return self.filter(
                Q(search_text__contains=digits or folded) | Q(number__startswith=folded)
            )
        return self.filter(search_text__contains=folded)


class Member(Stateful):
    """A membership of one person or one organisation. Whether it is in good standing follows from
    its periods and today's date (``members.standing``), and is stored nowhere."""

    class Status(models.TextChoices):
        ADMITTED = "admitted", _("Approved, awaiting payment")  # 승인(납부대기)
        ACTIVE = "active", _("Member")
        WITHDRAWN = "withdrawn", _("Withdrawn")  # 탈퇴
        EXPELLED = "expelled", _("Expelled")  # 제명

    TRANSITIONS: ClassVar = {
        Status.ADMITTED: {Status.ACTIVE, Status.WITHDRAWN},
        Status.ACTIVE: {Status.WITHDRAWN, Status.EXPELLED},
        Status.WITHDRAWN: set(),
        Status.EXPELLED: set(),
    }

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    tier = models.ForeignKey(Tier, models.PROTECT)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="members")
    number = models.CharField(_("member number"), max_length=12, unique=True, null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ADMITTED)
    joined_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    # Folded name, for search; frozen copies of what lists show, so that they need no join.
    name = models.CharField(max_length=120)
    search_text = models.CharField(max_length=300, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, organisation__isnull=False)
                | Q(user__isnull=False, organisation=None),
                name="member_person_or_organisation",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(status__in=["admitted", "active"]),
                name="member_one_per_person",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(status__in=["admitted", "active"]),
                name="member_one_per_organisation",
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(number__isnull=False, joined_on__isnull=False),
                name="member_active_has_number",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["branch", "status", "name"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.number or '-'})"


class Renewal(models.Model):
    """An order for another year of a membership; paid, it opens a period. The first year's order
    hangs on its application."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="renewals")
    order = models.OneToOneField(Order, models.PROTECT, related_name="renewal")
    dues_year = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("renewal")
        verbose_name_plural = _("renewals")
        indexes: ClassVar = [models.Index(fields=["member", "dues_year"])]

    def __str__(self) -> str:
        return f"{self.member_id} {self.dues_year}"


class PeriodQuerySet(models.QuerySet):
    def valid(self) -> "PeriodQuerySet":
        return self.filter(voided_at=None)

    def on(self, day: date) -> "PeriodQuerySet":
        return self.valid().filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Period(models.Model):
    """Days of membership that were paid for. One line of one order pays for one period."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="periods")
    line = models.OneToOneField(OrderLine, models.PROTECT, null=True, related_name="period")
    tier = models.ForeignKey(Tier, models.PROTECT)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # null: for life
    created_at = models.DateTimeField(default=clock.now)
    voided_at = models.DateTimeField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership period")
        verbose_name_plural = _("membership periods")
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="period_dates_in_order",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["member", "ends_on"])]

    def __str__(self) -> str:
        return f"{self.starts_on} ~ {self.ends_on or ''}"


class Seat(models.Model):
    """A person's place in an organisation's membership."""

    class Role(models.TextChoices):
        REPRESENTATIVE = "representative", _("Representative")  # 대표자: votes
        CONTACT = "contact", _("Contact")  # 담당자: runs it
        STAFF = "staff", _("Seat")

    member = models.ForeignKey(Member, models.PROTECT, related_name="seat_rows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats")
    role = models.CharField(max_length=14, choices=Role, default=Role.STAFF)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "user"], condition=Q(valid_to=None), name="seat_once"
            ),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(valid_to=None, role="representative"),
                name="seat_one_representative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.member_id}"
