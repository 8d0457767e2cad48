"""What a branch announces on its public page (공지), from a day to a day."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kosna.branches.models.branches import Branch
from kosna.branches.models.scope import BranchScoped
from kosna.core import clock
from kosna.core.models import localized


class BranchNoticeQuerySet(BranchScoped):
    def on(self, day: date) -> "BranchNoticeQuerySet":
        """Those that the page shows on a day."""
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day, withdrawn_at=None
        )

    def newest(self) -> "BranchNoticeQuerySet":
        return self.order_by("-valid_from", "-pk")

    def in_state(self, state: str, day: date) -> "BranchNoticeQuerySet":
        if state == BranchNotice.State.SHOWN:
            return self.on(day)
        if state == BranchNotice.State.PLANNED:
            return self.filter(valid_from__gt=day, withdrawn_at=None)
        if state == BranchNotice.State.OVER:
            return self.filter(valid_to__lt=day, withdrawn_at=None)
        if state == BranchNotice.State.WITHDRAWN:
            return self.exclude(withdrawn_at=None)
        return self


class BranchNotice(models.Model):
    """In Korean, and where there is one in English; withdrawn, it stays on record."""

    class State(models.TextChoices):
        """As it follows from its days."""

        SHOWN = "shown", _("On the page")
        PLANNED = "planned", _("Not yet")
        OVER = "over", _("No longer")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    TONES: ClassVar = {State.SHOWN: "good", State.PLANNED: "info", State.WITHDRAWN: "danger"}

    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="notices", verbose_name=_("branch")
    )
    title_ko = models.CharField(_("title in Korean"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    body_ko = models.TextField(_("text in Korean"), max_length=4000)
    body_en = models.TextField(_("text in English"), max_length=4000, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)  # the last day; null: open
    version = models.PositiveIntegerField(default=1)  # grows with every change
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    title = localized("title")
    body = localized("body")
    objects = BranchNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice of a branch")
        verbose_name_plural = _("notices of branches")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="branch_notice_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="branch_notice_withdrawal_paired",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["branch", "-valid_from"])]

    def __str__(self) -> str:
        return self.title_ko

    def state_on(self, day: date) -> "BranchNotice.State":
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        if self.valid_from > day:
            return self.State.PLANNED
        return self.State.OVER if self.valid_to and self.valid_to < day else self.State.SHOWN

    @property
    def state(self) -> "BranchNotice.State":
        return self.state_on(clock.today())

    @property
    def label(self) -> str | Promise:
        return self.state.label

    @property
    def tone(self) -> str:
        return self.TONES.get(self.state, "plain")
