"""Projects (추진사업·과제) of the association and its branches: who carries them, from when to
when, in figures with their source, and who may take part."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, F, Prefetch, Q, Value, When
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import Stateful, localized
from members.access import AccessRule
from members.models import Clock, Member
from members.programmes.models.consulting import paired_named
from members.programmes.models.partners import Partner


class ProjectQuerySet(BranchScoped):
    def public(self) -> "ProjectQuerySet":
        return self.filter(is_public=True)

    def in_state(self, state: str, day: date) -> "ProjectQuerySet":
        is_over = Q(ends_on__lt=day)
        if state == Project.State.PLANNED:
            return self.filter(starts_on__gt=day)
        if state == Project.State.RUNNING:
            return self.filter(starts_on__lte=day).exclude(is_over)
        return self.filter(is_over) if state == Project.State.DONE else self

    def filtered(self, *, area: str = "", branch: Branch | None = None) -> "ProjectQuerySet":
        """A filter that is empty filters nothing."""
        rows = self.filter(area=area) if area else self
        return rows.filter(branch=branch) if branch else rows

    def running_first(self, day: date) -> "ProjectQuerySet":
        is_over = Case(When(ends_on__lt=day, then=Value(1)), default=Value(0))
        return self.order_by(is_over, "-starts_on", "-pk")

    def for_lists(self) -> "ProjectQuerySet":
        return self.select_related("branch", "partner")

    def for_page(self) -> "ProjectQuerySet":
        return self.for_lists().prefetch_related(
            "call__openings", Prefetch("figures", ProjectFigure.objects.order_by("name_ko", "on"))
        )


class Project(models.Model):
    class Area(models.TextChoices):
        """The four fields of our MOU with a city (domain.md §1), and the industry itself."""

        EDUCATION = "education", _("Education")
        POLICY = "policy", _("Policy research")
        OPINION = "opinion", _("Public opinion")
        CULTURE = "culture", _("Culture")
        INDUSTRY = "industry", _("Industry and technology")

    class State(models.TextChoices):
        """As it follows from the days."""

        PLANNED = "planned", pgettext_lazy("project", "Planned")
        RUNNING = "running", pgettext_lazy("project", "Running")
        DONE = "done", pgettext_lazy("project", "Completed")

    TONES: ClassVar = {State.PLANNED: "info", State.RUNNING: "good"}

    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="projects", verbose_name=_("branch")
    )
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    area = models.CharField(_("field"), max_length=12, choices=Area)
    title_ko = models.CharField(_("title in Korean"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    text_ko = models.TextField(_("text in Korean"), max_length=4000)
    text_en = models.TextField(_("text in English"), max_length=4000, blank=True)
    lead_ko = models.CharField(_("led by, in Korean"), max_length=120)
    lead_en = models.CharField(_("led by, in English"), max_length=120, blank=True)
    # Organisations by name, one a line.
    others_ko = models.TextField(_("taking part, in Korean"), max_length=2000, blank=True)
    others_en = models.TextField(_("taking part, in English"), max_length=2000, blank=True)
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="projects",
        verbose_name=_("under the MOU with"),
    )  # fmt: skip
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)  # null: without an end
    link = models.URLField(_("page elsewhere"), blank=True)
    is_public = models.BooleanField(_("shown to everybody"), default=False)
    # The call for participants: from when for whom, until when, and how many are taken on.
    call = models.ForeignKey(Clock, models.PROTECT, null=True, blank=True, related_name="+")
    call_ends_on = models.DateField(_("last day for applications"), null=True, blank=True)
    places = models.PositiveSmallIntegerField(
        _("participants taken on"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    title = localized("title")
    text = localized("text")
    lead = localized("lead")
    others = localized("others")
    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="project_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(call=None, call_ends_on=None, places=None)
                | Q(call__isnull=False, call_ends_on__isnull=False, places__isnull=False),
                name="project_call_is_whole",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["branch", "-starts_on"])]

    def __str__(self) -> str:
        return self.title_ko

    def get_absolute_url(self) -> str:
        return reverse("programmes:project", args=[self.slug])

    def access_rule(self) -> AccessRule:
        """When its call opens to whom; who may apply at all is asked of the membership."""
        return AccessRule(is_public=True, openings=self.call.times if self.call else {})

    def state_on(self, day: date) -> "Project.State":
        if day < self.starts_on:
            return self.State.PLANNED
        return self.State.DONE if self.ends_on and self.ends_on < day else self.State.RUNNING

    @property
    def state(self) -> Any:
        return self.state_on(clock.today())

    @property
    def label(self) -> str | Promise:
        return self.state.label

    @property
    def tone(self) -> str:
        return self.TONES.get(self.state, "plain")

    @property
    def other_names(self) -> list[str]:
        return [line.strip() for line in self.others.splitlines() if line.strip()]

    @property
    def is_calling(self) -> bool:
        """Whether the last day for applications has not passed."""
        return self.call_ends_on is not None and clock.today() <= self.call_ends_on


class ProjectFigure(models.Model):
    """A value of a day with its source; rows of one name are a series."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="figures")
    name_ko = models.CharField(_("what is counted, in Korean"), max_length=80)
    name_en = models.CharField(_("what is counted, in English"), max_length=80, blank=True)
    value = models.PositiveBigIntegerField(_("value"))
    unit_ko = models.CharField(_("unit in Korean"), max_length=20, blank=True)
    unit_en = models.CharField(_("unit in English"), max_length=20, blank=True)
    on = models.DateField(_("as of"))
    source_ko = models.CharField(_("source in Korean"), max_length=200)
    source_en = models.CharField(_("source in English"), max_length=200, blank=True)

    source = localized("source")
    name = localized("name")
    unit = localized("unit")

    class Meta:
        verbose_name = _("figure of a project")
        verbose_name_plural = _("figures of projects")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name_ko", "on"],
                name="figure_once_a_day",
                violation_error_message=_("There is a value of this day already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name_ko} {self.on}"

    @property
    def amount(self) -> str:
        """With its unit, as one writes it in the reader's language."""
        gap = " " if get_language() == "en" and self.unit else ""
        return f"{self.value:,}{gap}{self.unit}"


class ProjectApplicationQuerySet(BranchScoped):
    branch_field = "project__branch"

    def waiting(self) -> "ProjectApplicationQuerySet":
        return self.filter(status=ProjectApplication.Status.RECEIVED)

    def accepted(self) -> "ProjectApplicationQuerySet":
        return self.filter(status=ProjectApplication.Status.ACCEPTED)

    def visible_to(self, user: Any) -> "ProjectApplicationQuerySet":
        """A person's own, and those of the companies that they represent or run."""
        return self.filter(member__in=Member.objects.run_by(user).values("pk"))

    def for_lists(self) -> "ProjectApplicationQuerySet":
        return self.select_related("project__branch", "member__tier", "applied_by")


class ProjectApplication(Stateful):
    """A member wants to take part in a project (참여 신청)."""

    class Status(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("project", "Received")  # 접수
        ACCEPTED = "accepted", pgettext_lazy("project", "Taken on")  # 선정
        DECLINED = "declined", pgettext_lazy("project", "Declined")  # 미선정
        WITHDRAWN = "withdrawn", pgettext_lazy("project", "Withdrawn")  # 취하

    TRANSITIONS: ClassVar = {
        Status.RECEIVED: {Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN},
        Status.ACCEPTED: set(),
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
    }
    TONES: ClassVar = {
        Status.RECEIVED: "warning",
        Status.ACCEPTED: "good",
        Status.DECLINED: "danger",
    }

    number = models.CharField(_("number"), max_length=12, unique=True)  # 2026-0001
    project = models.ForeignKey(Project, models.PROTECT, related_name="applications")
    member = models.ForeignKey(Member, models.PROTECT, related_name="project_applications")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.RECEIVED)
    plan = models.TextField(_("what you bring and want to do"), max_length=4000)
    was_early = models.BooleanField(default=False)  # before the call was open to everybody
    applied_at = models.DateTimeField(default=clock.now)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="project_applications"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ProjectApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application to a project")
        verbose_name_plural = _("applications to projects")
        constraints = [
            paired_named("project_decision_paired", "decided"),
            models.UniqueConstraint(
                fields=["project", "member"],
                condition=Q(status__in=["received", "accepted"]),
                name="project_application_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "applied_at"])]

    def __str__(self) -> str:
        return self.number
