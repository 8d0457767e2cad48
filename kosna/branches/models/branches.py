"""Where the association is, and who holds which office there, from when to when."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kosna.branches.models.scope import Scope
from kosna.core import clock
from kosna.core.models import Stateful, localized


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

    def with_regions(self) -> "BranchQuerySet":
        """With the regions that they cover today, for the map."""
        today = Region.objects.on(clock.today())
        return self.prefetch_related(models.Prefetch("regions", today))

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
