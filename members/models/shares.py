"""What part of dues goes to the branch, from which day on."""

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch
from kosna.core import clock
from members.models.terms import Tier


class ShareRuleQuerySet(models.QuerySet):
    def begun(self, day: date) -> "ShareRuleQuerySet":
        return self.filter(valid_from__lte=day)

    def of_tier(self, tier: Tier) -> "ShareRuleQuerySet":
        rows = self.filter(Q(tier=tier) | Q(tier=None))
        return rows.select_related("tier", "branch", "entered_by")

    def reaching(self, tier: str, branch: Branch) -> "ShareRuleQuerySet":
        """Those that could say what a branch gets of a tier, by its code."""
        return self.filter(Q(tier__code=tier) | Q(tier=None), Q(branch=branch) | Q(branch=None))


class ShareRule(models.Model):
    """How many percent of dues go to the member's branch from a day on (domain.md §2.4). The
    newest rule that names branch and tier holds, else the newest that names the branch, else the
    tier, else neither. Admission fees stay with the head office.

    Rules are added, never changed: what has begun stands for good. One that has not begun may be
    taken back.
    """

    tier = models.ForeignKey(
        Tier, models.CASCADE, null=True, blank=True, related_name="share_rules"
    )
    branch = models.ForeignKey(
        Branch, models.CASCADE, null=True, blank=True, related_name="share_rules"
    )
    # Null: from this day on the wider rule holds again.
    percent = models.PositiveSmallIntegerField(
        _("percent to the branch"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    valid_from = models.DateField(_("from"))
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    entered_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ShareRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("branch share")
        verbose_name_plural = _("branch shares")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__lte=100), name="share_at_most_all"),
            models.CheckConstraint(
                condition=Q(percent__isnull=False)
                | Q(tier__isnull=False)
                | Q(branch__isnull=False),
                name="share_widest_never_ends",
            ),
            models.CheckConstraint(
                condition=Q(entered_at=None, entered_by=None)
                | Q(entered_at__isnull=False, entered_by__isnull=False),
                name="share_rule_entry_paired",
            ),
            models.UniqueConstraint(
                fields=["tier", "branch", "valid_from"], name="share_rule_once"
            ),
            models.UniqueConstraint(
                fields=["branch", "valid_from"],
                condition=Q(tier=None),
                name="share_rule_once_for_a_branch",
            ),
            models.UniqueConstraint(
                fields=["tier", "valid_from"],
                condition=Q(branch=None),
                name="share_rule_once_for_a_tier",
            ),
            models.UniqueConstraint(
                fields=["valid_from"],
                condition=Q(tier=None, branch=None),
                name="share_rule_once_for_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier_id} {self.branch_id} {self.valid_from}: {self.percent} %"

    @property
    def reach(self) -> tuple[int | None, int | None]:
        """(tier, branch) that it names; a newer rule of the same reach takes its place."""
        return self.tier_id, self.branch_id

    @property
    def has_begun(self) -> bool:
        return self.valid_from <= clock.today()

    @property
    def source(self) -> str:
        """As lines freeze it and statements print it: 2026-01-01 · 제12차 이사회 …"""
        return " · ".join(part for part in (self.valid_from.isoformat(), self.basis) if part)
