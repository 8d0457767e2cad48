"""Who gives consulting, in which fields, and the rounds in which it is given to many at once."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, F, Prefetch, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock
from kosna.core.models import localized
from members.models import Member, Seat


class ConsultingField(models.TextChoices):
    """In what consulting is asked for and given."""

    MARKETING = "marketing", _("SNS marketing")
    CONTENT = "content", _("Content and channels")
    DATA = "data", _("Social data and public opinion")
    CRISIS = "crisis", _("Crisis management")
    COMMERCE = "commerce", _("Social commerce and sales")
    STARTUP = "startup", _("Founding and business support")
    POLICY = "policy", _("Public relations of policy")


class ConsultantQuerySet(BranchScoped):
    def active(self) -> "ConsultantQuerySet":
        return self.filter(retired_at=None)

    def for_lists(self) -> "ConsultantQuerySet":
        expertise = Expertise.objects.order_by("pk")
        return self.select_related("user", "branch").prefetch_related(
            Prefetch("expertise", expertise)
        )

    def filtered(self, *, field: str = "", state: str = "") -> "ConsultantQuerySet":
        rows = self.filter(expertise__field=field) if field else self
        if state == "retired":
            return rows.exclude(retired_at=None)
        return rows.active() if state else rows

    def apart_from(self, member: Member) -> "ConsultantQuerySet":
        """Nobody advises themselves, or the company that they sit in or name as theirs."""
        seated = Seat.objects.current().filter(member=member)
        rows = self.exclude(user__in=seated.values("user"))
        if member.user_id:
            rows = rows.exclude(user=member.user_id)
        if member.organisation:
            rows = rows.exclude(affiliation__iexact=member.organisation.name)
        return rows


class Consultant(models.Model):
    """A person of the pool. The branch that took them in keeps their entry; every branch may
    assign them. Who has left the pool stays on record with what they did."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="consultant")
    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="consultants", verbose_name=_("branch")
    )
    affiliation = models.CharField(_("affiliation"), max_length=120, blank=True)
    about = models.TextField(_("experience"), max_length=1000, blank=True)
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ConsultantQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultant")
        verbose_name_plural = _("consultants")
        constraints = [
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_by=None)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="consultant_retiring_paired",
            ),
        ]

    def __str__(self) -> str:
        return self.user.name

    @property
    def fields(self) -> list[str]:
        return [row.field for row in self.expertise.all()]

    @property
    def field_labels(self) -> list[str]:
        return [str(ConsultingField(field).label) for field in self.fields]


class Expertise(models.Model):
    """A field in which a consultant is at home."""

    consultant = models.ForeignKey(Consultant, models.CASCADE, related_name="expertise")
    field = models.CharField(_("field"), max_length=12, choices=ConsultingField)

    class Meta:
        verbose_name = _("expertise")
        verbose_name_plural = _("expertise")
        constraints = [
            models.UniqueConstraint(fields=["consultant", "field"], name="expertise_once")
        ]

    def __str__(self) -> str:
        return self.get_field_display()


class ConsultingRoundQuerySet(BranchScoped):
    def open_on(self, day: date) -> "ConsultingRoundQuerySet":
        return self.filter(opens_on__lte=day, closes_on__gte=day)

    def announced(self, day: date) -> "ConsultingRoundQuerySet":
        """Open, or still to open."""
        return self.filter(closes_on__gte=day).order_by("opens_on", "pk")

    def with_counts(self) -> "ConsultingRoundQuerySet":
        """``asked``: requests that were not withdrawn; ``taken``: those taken on."""
        from_round = "requests__status"
        return self.annotate(
            asked=Count("requests", filter=~Q(**{from_round: "withdrawn"})),
            taken=Count("requests", filter=Q(**{f"{from_round}__in": TAKEN})),
        )

    def newest(self) -> "ConsultingRoundQuerySet":
        return self.order_by("-opens_on", "-pk")


# The statuses of a request that fill a place of its round.
TAKEN = ("assigned", "scheduled", "reported", "closed")


class ConsultingRound(models.Model):
    """A call for requests between two days (KST, both count), of which so many are taken on; some
    are for tenants of G-Valley alone."""

    class State(models.TextChoices):
        """As it follows from the days."""

        COMING = "coming", _("Opens soon")
        OPEN = "open", _("Open for requests")
        OVER = "over", _("Closed for requests")

    TONES: ClassVar = {State.COMING: "info", State.OPEN: "good"}

    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="consulting_rounds", verbose_name=_("branch")
    )
    name_ko = models.CharField(_("name in Korean"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    about_ko = models.TextField(_("what it is about, in Korean"), max_length=1000)
    about_en = models.TextField(_("what it is about, in English"), max_length=1000, blank=True)
    opens_on = models.DateField(_("first day for requests"))
    closes_on = models.DateField(_("last day for requests"))
    places = models.PositiveSmallIntegerField(
        _("requests taken on"), validators=[MinValueValidator(1)]
    )
    is_for_g_valley = models.BooleanField(_("only for tenants of G-Valley"), default=False)
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    name = localized("name")
    about = localized("about")
    objects = ConsultingRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("consulting round")
        verbose_name_plural = _("consulting rounds")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="round_days_in_order"
            ),
            models.UniqueConstraint(
                fields=["branch", "name_ko"],
                name="round_once",
                violation_error_message=_("This branch has a round of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name_ko

    def state_on(self, day: date) -> "ConsultingRound.State":
        if day < self.opens_on:
            return self.State.COMING
        return self.State.OPEN if day <= self.closes_on else self.State.OVER

    @property
    def state(self) -> Any:
        return self.state_on(clock.today())

    @property
    def label(self) -> str | Promise:
        return self.state.label

    @property
    def tone(self) -> str:
        return self.TONES.get(self.state, "plain")
