"""Offices that open something, those that wait for a second person, and terms of officers."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.branches.models.branches import Branch, DatedQuerySet
from kosna.branches.models.scope import BranchScoped, Scope
from kosna.core import clock
from kosna.core.models import Stateful, localized
from kosna.core.prepared import Prepared


class Appointment(models.Model):
    """A person holds an office at a branch for some days; past terms stay on record."""

    class Role(models.TextChoices):
        BRANCH_PRESIDENT = "branch_president", _("Branch president")  # 지부장
        BRANCH_OFFICER = "branch_officer", _("Branch secretariat")  # 지부 사무국
        SECRETARIAT = "secretariat", _("Head-office secretariat")  # 본부 사무국
        REVIEWER = "reviewer", _("Reviewer")  # 심사
        TREASURER = "treasurer", _("Treasurer")  # 회계
        EDITOR = "editor", _("Research editor")  # 연구편집
        DOORKEEPER = "doorkeeper", _("Doorkeeper")  # 접수요원
        AUDITOR = "auditor", _("Auditor")  # 감사
        PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")  # 개인정보 보호책임자
        SYSTEM_ADMIN = "system_admin", _("System administrator")  # 시스템관리자

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="appointments")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    title_ko = models.CharField(max_length=60, blank=True)
    title_en = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    is_public = models.BooleanField(default=False)

    title = localized("title")
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="appointment_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["user", "branch", "role", "valid_from"], name="appointment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.branch}"


class TermQuerySet(DatedQuerySet):
    def current(self, day: date) -> "TermQuerySet":
        """In office on a day or elected for later."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day))

    def past(self, day: date) -> "TermQuerySet":
        return self.filter(valid_to__lt=day)

    def expiring(self, day: date) -> "TermQuerySet":
        """Ending within the days of notice, and not renewed (임기 만료 예정)."""
        renewed = Term.objects.filter(predecessor=OuterRef("pk"))
        return self.filter(
            ~Exists(renewed), valid_from__lte=day, valid_to__range=(day, day + Term.NOTICE)
        )

    def permitted(self, user: Any, verb: str) -> Any:
        return Scope.of(user, verb).narrow(self, "branch")


class Term(models.Model):
    """A term of an officer (임원), from when to when. An honour and a duty, not a key: what
    somebody may do here follows from appointments alone."""

    class Title(models.TextChoices):
        PRESIDENT = "president", _("President")  # 회장
        VICE_PRESIDENT = "vice_president", _("Vice president")  # 부회장
        DIRECTOR = "director", _("Director")  # 이사
        AUDITOR = "auditor", _("Statutory auditor")  # 감사
        COMMITTEE_CHAIR = "committee_chair", _("Committee chair")  # 분과위원장
        BRANCH_PRESIDENT = "branch_president", _("Branch president")  # 지부장
        BRANCH_VICE_PRESIDENT = "branch_vice_president", _("Branch vice president")  # 부지부장
        SECRETARY_GENERAL = "secretary_general", _("Secretary general")  # 사무국장

    # Only one person at a time holds these at a branch.
    SINGLE: ClassVar = (Title.PRESIDENT, Title.BRANCH_PRESIDENT, Title.SECRETARY_GENERAL)
    NOTICE = timedelta(days=60)

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="terms")
    title = models.CharField(_("title"), max_length=24, choices=Title)
    # 분과위원장 of what; empty for the others.
    field_ko = models.CharField(_("committee in Korean"), max_length=60, blank=True)
    field_en = models.CharField(_("committee in English"), max_length=60, blank=True)
    name_ko = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    affiliation = models.CharField(_("affiliation"), max_length=120, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=200)  # 의결 근거
    is_public = models.BooleanField(_("shown on the public page"), default=True)
    predecessor = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="successor"
    )
    end_reason = models.CharField(_("reason"), max_length=300, blank=True)  # where it ended early

    name = localized("name")
    field = localized("field")
    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term of office")
        verbose_name_plural = _("terms of office")
        ordering = ["valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="term_dates_in_order",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["branch", "valid_to"])]

    def __str__(self) -> str:
        return f"{self.name_ko} · {self.get_title_display()}"

    @property
    def label(self) -> str:
        """교육분과 분과위원장; 회장"""
        return " ".join(part for part in (self.field, self.get_title_display()) if part)

    @property
    def rank(self) -> int:
        """Order of precedence, as the titles are listed."""
        return list(self.Title.values).index(self.title)


class ProposalQuerySet(BranchScoped):
    def waiting(self) -> "ProposalQuerySet":
        return self.filter(status=Proposal.Status.PROPOSED)

    def in_status(self, status: str) -> "ProposalQuerySet":
        return self.filter(status=status) if status else self

    def matching(self, text: str) -> "ProposalQuerySet":
        """By the person's name or e-mail, or by the branch."""
        if not text:
            return self
        return self.filter(
            Q(user__name__icontains=text)
            | Q(user__email__istartswith=text)
            | Q(branch__name_ko__icontains=text)
            | Q(branch__name_en__icontains=text)
        )

    def for_decider(self, user: Any) -> "ProposalQuerySet":
        """Those that this person may decide: neither proposed by them nor about them."""
        return self.exclude(proposed_by=user).exclude(user=user)


class Proposal(Stateful):
    """An office that one person wants to give. It opens nothing: only when another person confirms
    it does it become an Appointment (the two-person rule of domain.md §2.7)."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("To be confirmed")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")

    TRANSITIONS: ClassVar = {
        Status.PROPOSED: {Status.CONFIRMED, Status.REFUSED},
        Status.CONFIRMED: set(),
        Status.REFUSED: set(),
    }
    TONES: ClassVar = {
        Status.PROPOSED: "warning",
        Status.CONFIRMED: "good",
        Status.REFUSED: "danger",
    }

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="proposals")
    role = models.CharField(_("role"), max_length=20, choices=Appointment.Role)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_at = models.DateTimeField(default=clock.now)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)  # of a refusal

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed office")
        verbose_name_plural = _("proposed offices")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="proposal_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_at=None, decided_by=None)
                | (~Q(status="proposed") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="proposal_decision_paired",
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("user"))
                & (
                    Q(decided_by=None)
                    | (~Q(decided_by=F("proposed_by")) & ~Q(decided_by=F("user")))
                ),
                name="proposal_by_two_others",
            ),
            models.UniqueConstraint(
                fields=["user", "branch", "role"],
                condition=Q(status="proposed"),
                name="proposal_one_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.branch}"

    def get_absolute_url(self) -> str:
        return reverse("branches_staff:proposal", args=[self.pk])


_offices: Prepared[Appointment] = Prepared(
    lambda user, day: Appointment.objects.filter(user=user).on(day).select_related("branch"),
    user=int,
    day=date,
)


def appointments_of(user: Any) -> list[Appointment]:
    """This person's offices today; asked once a request and kept on the user object."""
    today = clock.today()
    cached = getattr(user, "_appointments", None)
    if cached is None or cached[0] != today:
        user._appointments = cached = (today, _offices(user=user.pk, day=today))
    return cached[1]


def ask_appointments_of(users: Collection[Any]) -> None:
    """The same of many people at once, in one statement."""
    today = clock.today()
    offices: dict[int, list[Appointment]] = {user.pk: [] for user in users}
    for office in Appointment.objects.filter(user__in=offices).on(today).select_related("branch"):
        offices[office.user_id].append(office)
    for user in users:
        user._appointments = (today, offices[user.pk])
