"""Partners: who has signed an MOU (업무협약) with the association or one of its branches."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import localized
from members.models import Member


class PartnerQuerySet(BranchScoped):
    def current(self, day: date) -> "PartnerQuerySet":
        """Those whose MOU is in force on a day; its last day counts."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day))

    def past(self, day: date) -> "PartnerQuerySet":
        return self.filter(ended_on__lt=day)

    def in_state(self, state: str, day: date) -> "PartnerQuerySet":
        if state == Partner.State.CURRENT:
            return self.current(day)
        return self.past(day) if state == Partner.State.PAST else self

    def filtered(self, *, kind: str = "", branch: Branch | None = None) -> "PartnerQuerySet":
        """A filter that is empty filters nothing."""
        rows = self.filter(kind=kind) if kind else self
        return rows.filter(branch=branch) if branch else rows

    def same_as(self, partner: "Partner") -> "PartnerQuerySet":
        """Another row for the same MOU."""
        rows = self.filter(
            branch=partner.branch_id, name_ko=partner.name_ko, signed_on=partner.signed_on
        )
        return rows.exclude(pk=partner.pk) if partner.pk else rows

    def newest(self) -> "PartnerQuerySet":
        return self.order_by("-signed_on", "-pk")

    def current_first(self, day: date) -> "PartnerQuerySet":
        is_past = Case(When(ended_on__lt=day, then=Value(1)), default=Value(0))
        return self.order_by(is_past, "-signed_on", "-pk")


class Partner(models.Model):
    """One MOU and the party to it. Signed anew, it is another row; ended, it stays on record."""

    class Kind(models.TextChoices):
        CITY = "city", _("City or province")
        PUBLIC = "public", _("Public body")
        COMPANY = "company", _("Company")
        ASSOCIATION = "association", _("Association or school")

    class State(models.TextChoices):
        """As it follows from the days."""

        CURRENT = "current", _("MOU in force")
        PAST = "past", _("MOU ended")

    TONES: ClassVar = {State.CURRENT: "good"}

    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="partners", verbose_name=_("branch")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name_ko = models.CharField(_("name in Korean"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    about_ko = models.TextField(_("what it is about, in Korean"), max_length=600)
    about_en = models.TextField(_("what it is about, in English"), max_length=600, blank=True)
    signed_on = models.DateField(_("signed on"))
    ended_on = models.DateField(_("last day"), null=True, blank=True)  # null: open
    # Where the party is a member: the MOU opens consulting to it, which its tier may not include.
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="mous",
        verbose_name=_("membership of the party"),
    )  # fmt: skip
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Counts up with every change: kept pages show one version.
    version = models.PositiveIntegerField(default=1)

    name = localized("name")
    about = localized("about")
    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("signed_on")),
                name="partner_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["branch", "name_ko", "signed_on"],
                name="partner_once",
                violation_error_message=_("This MOU has been entered already."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["branch", "-signed_on"])]

    def __str__(self) -> str:
        return self.name_ko

    def state_on(self, day: date) -> "Partner.State":
        return self.State.PAST if self.ended_on and self.ended_on < day else self.State.CURRENT

    @property
    def state(self) -> "Partner.State":
        return self.state_on(clock.today())

    @property
    def label(self) -> str | Promise:
        return self.state.label

    @property
    def tone(self) -> str:
        return self.TONES.get(self.state, "plain")
