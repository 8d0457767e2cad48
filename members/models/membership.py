"""Who belongs, and for which days they have paid."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, BranchScoped
from kosna.core import clock, korean
from kosna.core.models import Stateful
from kosna.payments.models import Order, OrderLine
from members.models.applications import Organisation
from members.models.terms import Tier


class MemberQuerySet(BranchScoped):
    def active(self) -> "MemberQuerySet":
        return self.filter(status=Member.Status.ACTIVE)

    def running(self) -> "MemberQuerySet":
        """Members, and those who become members when they pay."""
        return self.filter(status__in=[Member.Status.ADMITTED, Member.Status.ACTIVE])

    def belonging(self, day: date) -> "MemberQuerySet":
        """Who was, is or (as things stand) will be a member on a day, by dated facts."""
        return self.filter(
            Q(status=Member.Status.ACTIVE) | Q(status__in=Member.LEFT, ended_on__gt=day),
            joined_on__lte=day,
        )

    def of(self, user: Any, today: date | None = None) -> "MemberQuerySet":
        """Memberships that this person holds or sits in today."""
        return self._own_or_seated(user, Seat.objects.current(today).filter(user=user))

    def run_by(self, user: Any) -> "MemberQuerySet":
        """Memberships whose dues this person may order: one's own, or the organisation's that one
        represents or runs."""
        return self._own_or_seated(user, Seat.objects.current().running().filter(user=user))

    def _own_or_seated(self, user: Any, seats: models.QuerySet) -> "MemberQuerySet":
        # A UNION finds both by index; PostgreSQL reads every member for an OR with a subquery.
        own = Member.objects.filter(user=user).values("pk")
        return self.filter(pk__in=own.union(seats.values("member"), all=True))

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
    its periods and the day on which it is asked (``members.standing``), and is stored nowhere.

    ``paid_since`` and ``paid_to`` are the first and the last day of its last stretch of paid days
    without a gap (9999-12-31: for life; null: nothing is paid). The database itself keeps them
    (migration 0051) so that members can be found by them; nothing else may write them.
    """

    class Status(models.TextChoices):
        ADMITTED = "admitted", _("Approved, awaiting payment")  # 승인(납부대기)
        ACTIVE = "active", _("Member")
        WITHDRAWN = "withdrawn", _("Withdrawn")  # 탈퇴
        EXPELLED = "expelled", _("Expelled")  # 제명
        FORFEITED = "forfeited", _("Membership forfeited")  # 자격상실
        DECEASED = "deceased", _("Deceased or dissolved")  # 사망·해산
        VOIDED = "voided", _("Entered in error")  # 착오취소

    TRANSITIONS: ClassVar = {
        Status.ADMITTED: {Status.ACTIVE, Status.WITHDRAWN, Status.DECEASED, Status.VOIDED},
        Status.ACTIVE: {
            Status.WITHDRAWN,
            Status.EXPELLED,
            Status.FORFEITED,
            Status.DECEASED,
            Status.VOIDED,
        },
        Status.WITHDRAWN: set(),
        Status.EXPELLED: set(),
        Status.FORFEITED: set(),
        Status.DECEASED: set(),
        Status.VOIDED: set(),
    }
    RESTORES: ClassVar = {Status.ACTIVE: {Status.ADMITTED}}  # the first dues were another's
    TONES: ClassVar = {Status.ACTIVE: "good", Status.ADMITTED: "info", Status.EXPELLED: "danger"}
    # No longer a member, however it came about, from ``ended_on`` on.
    LEFT: ClassVar = (Status.WITHDRAWN, Status.EXPELLED, Status.FORFEITED, Status.DECEASED)
    ENDED: ClassVar = (*LEFT, Status.VOIDED)  # voided: never was one, by rights
    RUNNING: ClassVar = (Status.ADMITTED, Status.ACTIVE)

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
    # As the register of members prints it; an organisation's own row holds its parts.
    address = models.CharField(_("address"), max_length=330, blank=True)
    # Folded name, for search; frozen copies of what lists show, so that they need no join.
    name = models.CharField(max_length=120)
    search_text = models.CharField(max_length=300, blank=True)
    # Seats other than the tier's number, and why (null: as the tier says).
    seats_agreed = models.PositiveSmallIntegerField(_("seats agreed"), null=True, blank=True)
    seats_reason = models.CharField(_("reason for the seats agreed"), max_length=200, blank=True)
    paid_since = models.DateField(null=True, editable=False)
    paid_to = models.DateField(null=True, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.CheckConstraint(
                # A person who was imported without an e-mail address has no account yet.
                condition=Q(user=None) | Q(organisation=None),
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
            models.CheckConstraint(
                condition=Q(seats_agreed=None, seats_reason="")
                | (Q(seats_agreed__isnull=False) & ~Q(seats_reason="")),
                name="member_seats_agreed_for_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["branch", "status", "name"]),
            # What a branch's public page counts, read from the index alone.
            models.Index(fields=["branch", "status", "tier", "joined_on"]),
            # Who stands how on a day, counted from the index alone; and whom it does not tell.
            models.Index(
                fields=["status", "paid_to", "joined_on", "branch", "tier"], name="member_last_day"
            ),
            models.Index(fields=["paid_since"], name="member_paid_since"),
            models.Index(
                fields=["ended_on"],
                condition=Q(ended_on__isnull=False),
                name="member_ended_on",
            ),
            models.Index(fields=["user"], condition=Q(status="expelled"), name="member_expelled"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number or '-'})"

    def name_of(self, holder: Any) -> str:
        """As papers name one of its people: a member as admitted, whatever the account says now;
        somebody in a seat by the account, beside the organisation's name."""
        return self.name if self.user_id else holder.name or self.name

    @property
    def seat_limit(self) -> int:
        return self.tier.seats if self.seats_agreed is None else self.seats_agreed


class SuspensionQuerySet(BranchScoped):
    branch_field = "member__branch"

    def on(self, day: date) -> "SuspensionQuerySet":
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=day),
            Q(restored_on=None) | Q(restored_on__gt=day),
            starts_on__lte=day,
        )

    def open(self, day: date) -> "SuspensionQuerySet":
        """Those that hold on a day or will hold after it."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), restored_on=None)


class Suspension(models.Model):
    """Rights rest by decision (권리정지), from a day to a day or until they are restored."""

    member = models.ForeignKey("Member", models.PROTECT, related_name="suspensions")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)  # the last day; null: open
    reason = models.CharField(_("reason"), max_length=300)
    basis = models.CharField(_("basis"), max_length=200)
    decided_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    restored_on = models.DateField(null=True, blank=True)  # the first day with rights again
    restored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    restored_reason = models.CharField(max_length=300, blank=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="suspension_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(restored_on=None, restored_by=None)
                | Q(restored_on__isnull=False, restored_by__isnull=False),
                name="suspension_restoration_paired",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["member", "starts_on"])]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.starts_on} ~ {self.ends_on or ''}"

    def holds_on(self, day: date) -> bool:
        return (
            self.starts_on <= day
            and (self.ends_on is None or day <= self.ends_on)
            and (self.restored_on is None or day < self.restored_on)
        )


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

    def holds_on(self, day: date) -> bool:
        """As ``Period.objects.on``, of a row at hand."""
        return (
            self.voided_at is None
            and self.starts_on <= day
            and (self.ends_on is None or day <= self.ends_on)
        )


class SeatQuerySet(models.QuerySet):
    def current(self, today: date | None = None) -> "SeatQuerySet":
        """Held now. One that was taken away has ended at that instant, whatever its last day."""
        today = today or clock.today()
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gte=today), ended_at=None, valid_from__lte=today
        )

    def running(self) -> "SeatQuerySet":
        """Those who run the membership: contacts, and the representative, who always may."""
        return self.filter(role__in=Seat.RUNNING)


class Seat(models.Model):
    """A person's place in an organisation's membership."""

    class Role(models.TextChoices):
        REPRESENTATIVE = "representative", _("Representative")  # 대표자: votes
        CONTACT = "contact", _("Contact")  # 담당자: runs it
        STAFF = "staff", _("Seat")

    RUNNING: ClassVar = (Role.REPRESENTATIVE, Role.CONTACT)

    member = models.ForeignKey(Member, models.PROTECT, related_name="seat_rows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats")
    role = models.CharField(max_length=14, choices=Role, default=Role.STAFF)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    # The instant from which it opens nothing more: a day would last until midnight.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SeatQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False, valid_to__isnull=False),
                name="seat_end_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.member_id}"

    @property
    def is_current(self) -> bool:
        today = clock.today()
        lasts = self.valid_to is None or self.valid_to >= today
        return lasts and self.ended_at is None and self.valid_from <= today
