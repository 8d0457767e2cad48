"""Where the association is, and who holds which office there, from when to when."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth import get_backends
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from kosna.core.models import Stateful, localized
from kosna.core.prepared import Prepared


class DatedQuerySet(models.QuerySet):
    def on(self, day: date) -> "DatedQuerySet":
        """Rows in force on a day; ``valid_to`` is the last day, null means open."""
        return self.lasting(day).filter(valid_from__lte=day)

    def lasting(self, day: date) -> "DatedQuerySet":
        """Rows in force on a day or from a later one on."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day))


class Region(models.Model):
    """A 시·도. The list is not fixed: provinces are renamed and merged, so each row has dates."""

    code = models.SlugField(_("code"), max_length=20)
    name_ko = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors"
    )

    name = localized("name")
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="region_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="region_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BranchQuerySet(models.QuerySet):
    def open(self) -> "BranchQuerySet":
        return self.filter(status=Branch.Status.OPEN)

    def shown(self) -> "BranchQuerySet":
        return self.exclude(status=Branch.Status.CLOSED)

    def in_status(self, status: str) -> "BranchQuerySet":
        return self.filter(status=status) if status else self

    def named(self, text: str) -> "BranchQuerySet":
        """By name in either language, or code."""
        if not text:
            return self
        return self.filter(
            Q(name_ko__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text)
        )

    def permitted(self, user: Any, verb: str) -> "BranchQuerySet":
        return Scope.of(user, verb).narrow(self, "pk")


class Branch(Stateful):
    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")  # 예정
        PREPARING = "preparing", _("In preparation")  # 준비
        OPEN = "open", _("Open")  # 운영
        CLOSED = "closed", _("Closed")  # 폐지

    TRANSITIONS: ClassVar = {
        Status.PLANNED: {Status.PREPARING, Status.CLOSED},
        Status.PREPARING: {Status.OPEN, Status.PLANNED, Status.CLOSED},
        Status.OPEN: {Status.CLOSED},
        Status.CLOSED: set(),
    }
    TONES: ClassVar = {Status.OPEN: "good", Status.PREPARING: "info"}

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name_ko = models.CharField(_("name in Korean"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED)
    regions = models.ManyToManyField(Region, related_name="branches")
    is_head_office = models.BooleanField(default=False)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    address_ko = models.CharField(max_length=200, blank=True)
    address_en = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    intro_ko = models.TextField(blank=True)
    intro_en = models.TextField(blank=True)

    name = localized("name")
    address = localized("address")
    intro = localized("intro")
    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        ordering = ["-is_head_office", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_head_office"],
                condition=Q(is_head_office=True),
                name="branch_one_head_office",
            )
        ]

    def __str__(self) -> str:
        return self.name


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


class Scope:
    """The branches in which a person holds a permission: all of them, or a set of ids."""

    def __init__(self, *, everywhere: bool = False, branch_ids: frozenset[int] = frozenset()):
        self.everywhere = everywhere
        self.branch_ids = branch_ids

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.branch_ids)

    def __contains__(self, branch: "Branch | int | None") -> bool:
        branch_id = getattr(branch, "pk", branch)
        return self.everywhere or branch_id in self.branch_ids

    @classmethod
    def of(cls, user: Any, verb: str) -> "Scope":
        """Asks the auth backend that reads the table of roles (``kosna/roles.py``)."""
        for backend in get_backends():
            if hasattr(backend, "scope"):
                return backend.scope(user, verb)
        return cls()

    @classmethod
    def union(cls, scopes: "Iterable[Scope]") -> "Scope":
        """Where any of several permissions reaches."""
        held = list(scopes)
        return cls(
            everywhere=any(scope.everywhere for scope in held),
            branch_ids=frozenset().union(*(scope.branch_ids for scope in held)),
        )

    def narrow(self, queryset: Any, field: str = "branch") -> Any:
        """Only the rows whose branch (``field``) lies in this scope."""
        if self.everywhere:
            return queryset
        if not self.branch_ids:
            return queryset.none()
        return queryset.filter(**{f"{field}__in": self.branch_ids})


class BranchScoped(models.QuerySet):
    """Querysets whose rows belong to a branch; ``branch_field`` is the path to it."""

    branch_field = "branch"

    def permitted(self, user: Any, verb: str) -> Any:
        return Scope.of(user, verb).narrow(self, self.branch_field)


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
