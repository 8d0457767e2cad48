"""How people come to sit in a company's membership, and what the company asks to have changed."""

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import BranchScoped
from kosna.core import clock
from kosna.core.models import AppendOnly, AppendOnlyQuerySet, Stateful
from members.models.membership import Member, Seat


def paired(name: str, prefix: str) -> models.CheckConstraint:
    """``<prefix>_at`` and ``<prefix>_by`` are both there or both missing."""
    at, by = f"{prefix}_at", f"{prefix}_by"
    return models.CheckConstraint(
        condition=Q(**{at: None, by: None}) | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
        name=name,
    )


class OfCompany(BranchScoped):
    branch_field = "member__branch"


class InvitationQuerySet(OfCompany):
    def waiting(self) -> "InvitationQuerySet":
        """Neither answered nor withdrawn; one that has run out can be sent again."""
        return self.filter(status=Invitation.Status.WAITING)


class Invitation(Stateful):
    """A link that lets one person, by one e-mail address, take a seat or an office once."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined by the person")
        WITHDRAWN = "withdrawn", _("Invitation withdrawn")

    TRANSITIONS: ClassVar = {
        Status.WAITING: {Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN},
        Status.ACCEPTED: set(),
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
    }
    TONES: ClassVar = {
        Status.WAITING: "info",
        Status.ACCEPTED: "good",
        Status.DECLINED: "warning",
    }
    VALID_FOR = timedelta(days=7)

    member = models.ForeignKey(Member, models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=80)
    role = models.CharField(_("role"), max_length=14, choices=Seat.Role, default=Seat.Role.STAFF)
    # Whose office passes to the invited person; they keep an ordinary seat.
    replaces = models.ForeignKey(
        Seat, models.PROTECT, null=True, blank=True, related_name="succession"
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    # The token's fingerprint: the token itself stands in the mailed link alone.
    fingerprint = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField(default=clock.now)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat invitation")
        verbose_name_plural = _("seat invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "email"],
                condition=Q(status="waiting"),
                name="invitation_one_waiting",
            ),
            paired("invitation_close_paired", "closed"),
        ]
        indexes: ClassVar = [models.Index(fields=["member", "status"])]

    def __str__(self) -> str:
        return f"{self.name} → {self.member.name}"

    @property
    def has_expired(self) -> bool:
        return self.status == self.Status.WAITING and clock.now() >= self.expires_at


class CompanyDomainQuerySet(OfCompany):
    def current(self) -> "CompanyDomainQuerySet":
        return self.exclude(status=CompanyDomain.Status.ENDED)

    def offered_to(self, user: Any, addresses: set[str]) -> "CompanyDomainQuerySet":
        """Proven domains of running memberships at which this person has a verified address but
        no seat."""
        domains = {address.rpartition("@")[2] for address in addresses}
        return self.filter(
            status=CompanyDomain.Status.PROVEN,
            domain__in=domains,
            member__status__in=Member.RUNNING,
        ).exclude(member__in=Seat.objects.current().filter(user=user).values("member"))


class CompanyDomain(Stateful):
    """A company's own e-mail domain: who has a verified address there may ask for a seat."""

    class Status(models.TextChoices):
        PROVING = "proving", _("Waiting for the mailed code")
        PROVEN = "proven", _("Domain confirmed")
        ENDED = "ended", _("Removed")

    TRANSITIONS: ClassVar = {
        Status.PROVING: {Status.PROVEN, Status.ENDED},
        Status.PROVEN: {Status.ENDED},
        Status.ENDED: set(),
    }
    TONES: ClassVar = {Status.PROVING: "warning", Status.PROVEN: "good"}
    CODE_VALID_FOR = timedelta(hours=1)
    MAX_TRIES = 5

    member = models.ForeignKey(Member, models.PROTECT, related_name="domains")
    domain = models.CharField(_("domain"), max_length=190)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROVING)
    mailbox = models.EmailField(_("mailbox at the domain"), max_length=254)
    fingerprint = models.CharField(max_length=64)  # of the mailed code
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(default=clock.now)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()  # of the code
    proven_at = models.DateTimeField(null=True, blank=True)
    proven_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CompanyDomainQuerySet.as_manager()

    class Meta:
        verbose_name = _("company domain")
        verbose_name_plural = _("company domains")
        constraints = [
            models.UniqueConstraint(
                fields=["domain"], condition=Q(status="proven"), name="domain_of_one_company"
            ),
            models.UniqueConstraint(
                fields=["member", "domain"],
                condition=~Q(status="ended"),
                name="domain_once_a_company",
            ),
            paired("domain_proof_paired", "proven"),
        ]

    def __str__(self) -> str:
        return self.domain

    @property
    def has_expired(self) -> bool:
        return self.status == self.Status.PROVING and clock.now() >= self.expires_at


class SeatRequestQuerySet(OfCompany):
    def waiting(self) -> "SeatRequestQuerySet":
        return self.filter(status=SeatRequest.Status.WAITING)


class SeatRequest(Stateful):
    """Somebody with an address at a company's domain asks for a seat; its contact answers."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for the contact")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    TRANSITIONS: ClassVar = {
        Status.WAITING: {Status.APPROVED, Status.DECLINED, Status.WITHDRAWN},
        Status.APPROVED: set(),
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
    }
    TONES: ClassVar = {
        Status.WAITING: "info",
        Status.APPROVED: "good",
        Status.DECLINED: "warning",
    }

    member = models.ForeignKey(Member, models.PROTECT, related_name="seat_requests")
    domain = models.ForeignKey(CompanyDomain, models.PROTECT, related_name="requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="seat_requests")
    email = models.EmailField(max_length=254)  # the verified address at the domain
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    asked_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SeatRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat request")
        verbose_name_plural = _("seat requests")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "user"], condition=Q(status="waiting"), name="request_one_waiting"
            ),
            paired("request_decision_paired", "decided"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.member_id}"


class CompanyChangeQuerySet(OfCompany):
    def waiting(self) -> "CompanyChangeQuerySet":
        return self.filter(status=CompanyChange.Status.WAITING)


class CompanyChange(Stateful):
    """A company asks to have its legal facts changed; its branch checks the papers and confirms.
    With ``seat``, the one who sits there becomes the representative."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for the branch")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    TRANSITIONS: ClassVar = {
        Status.WAITING: {Status.CONFIRMED, Status.DECLINED, Status.WITHDRAWN},
        Status.CONFIRMED: set(),
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
    }
    TONES: ClassVar = {
        Status.WAITING: "info",
        Status.CONFIRMED: "good",
        Status.DECLINED: "warning",
    }

    member = models.ForeignKey(Member, models.PROTECT, related_name="company_changes")
    name = models.CharField(_("organisation name"), max_length=120)
    business_number = models.CharField(_("business registration number"), max_length=10)
    representative = models.CharField(_("representative"), max_length=80)
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("why, and since when"), max_length=300)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)  # of a refusal

    objects = CompanyChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a company's facts")
        verbose_name_plural = _("changes of companies' facts")
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(status="waiting"), name="change_one_waiting"
            ),
            paired("change_decision_paired", "decided"),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | ~Q(basis=""), name="change_confirmed_on_a_basis"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "asked_at"])]

    def __str__(self) -> str:
        return f"{self.member.name}: {self.name}"


class Handover(AppendOnly):
    """A seat ceased to be its company's representative on a day, though it may still be taken: who
    cast the vote on a day before is known by it."""

    former = models.ForeignKey(Seat, models.PROTECT, related_name="handovers")
    on = models.DateField(default=clock.today)  # KST; the first day of whoever came after

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover of a company")
        verbose_name_plural = _("handovers of companies")
        indexes: ClassVar = [models.Index(fields=["on"])]

    def __str__(self) -> str:
        return f"{self.former_id} until {self.on}"
