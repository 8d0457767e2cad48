"""Who asks to belong: organisations as they are, applications as they were typed."""

import secrets
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.holidays import working_days_after
from kosna.core.models import Stateful
from kosna.core.uploads import RandomPath
from kosna.payments.models import Order
from members.models.terms import Tier, Topic


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
        SUBMITTED = "submitted", pgettext_lazy("application status", "Received")  # 접수
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

    # What an applicant writes, and a revision request may name.
    WRITTEN: ClassVar = (
        "name",
        "name_en",
        "phone",
        "postcode",
        "address",
        "address_detail",
        "affiliation",
        "position",
        "topics",
        "organisation_name",
        "business_number",
        "representative",
        "size",
        "industry",
        "is_in_g_valley",
        "tax_email",
        "branch",
    )

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
    # The fields that a revision request names; the applicant changes these and no others.
    revise_fields = models.JSONField(default=list, blank=True)
    basis = models.CharField(
        _("basis"), max_length=200, blank=True
    )  # 의결 근거: meeting, date, number
    # What the decision says about an expulsion, where the applicant had been expelled.
    readmission = models.CharField(_("on the expulsion"), max_length=200, blank=True)
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
            # The desk's queue, oldest first: all of it, and what waits.
            models.Index(fields=["submitted_at", "id"]),
            models.Index(fields=["status", "submitted_at", "id"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def display_name(self) -> str:
        return self.organisation_name or self.name

    @property
    def one_line_address(self) -> str:
        """(08592) 서울특별시 금천구 …, 101동 1203호: large to small, as it is written in Korea."""
        parts = [self.address, self.address_detail]
        return f"({self.postcode}) " + ", ".join(part for part in parts if part)

    @property
    def is_editable(self) -> bool:
        return self.status in (self.Status.DRAFT, self.Status.REVISION)

    @property
    def is_undecided(self) -> bool:
        """Handed in, and not decided yet."""
        return self.status in (self.Status.SUBMITTED, self.Status.REVISION)

    @property
    def answer_by(self) -> date | None:
        """The day by which the association answers, in working days."""
        if self.submitted_at is None:
            return None
        return working_days_after(clock.kst_date(self.submitted_at), self.ANSWER_DAYS)

    @property
    def topic_labels(self) -> list[str]:
        return [str(Topic(topic).label) for topic in self.topics if topic in Topic.values]

    def get_absolute_url(self) -> str:
        return reverse("members:application", args=[self.number])


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
