"""What becomes of a membership's papers when its person's account is closed. The register and what
its lines rest on stay (민법 §55 ②); files, and applications that came to nothing, go."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.accounts.models import User
from kosna.accounts.retention import (
    APPLICATION,
    AT_ONCE,
    CONTRACT,
    DISPUTE,
    NOBODY,
    PAYMENT,
    RECORD,
    REGISTER,
    Fate,
    Obstacle,
    destroys,
    on_closing,
    rule,
    settle_first,
)
from kosna.core import clock, korean
from kosna.core.uploads import discard
from members.actions import end_seat, withdraw_application, withdraw_inspection
from members.actions.offices import refresh_search
from members.models import (
    Application,
    ApplicationFile,
    Claim,
    Inspection,
    Invitation,
    Member,
    Seat,
    SeatRequest,
    TierChange,
)

CAME_TO_NOTHING = (Application.Status.REJECTED, Application.Status.WITHDRAWN)


def tell() -> None:
    rule(
        Fate.STAYS,
        REGISTER,
        *("memberships", "periods", "register_entries", "suspensions", "transfers", "seats"),
        *("votes", "written_votes", "proxies"),
    )
    rule(Fate.STAYS, PAYMENT, "charges", "exemptions", "dues_notices")
    rule(Fate.THINS, CONTRACT, "applications")
    rule(Fate.THINS, REGISTER, "tier_changes")
    rule(Fate.THINS, RECORD, "seat_requests")
    rule(Fate.STAYS, DISPUTE, "inspections")
    rule(Fate.GOES, AT_ONCE, "application_files", "claims")
    settle_first(_memberships)
    settle_first(_companies)
    settle_first(_applications)
    on_closing(_erase)
    destroys(
        "applications",
        gettext_lazy("Applications that were declined or withdrawn"),
        APPLICATION,
        _declined,
        _thin,
    )
    destroys(
        "admissions",
        gettext_lazy("Applications of memberships that have ended"),
        CONTRACT,
        _ended,
        _thin,
    )
    destroys(
        "inspections",
        gettext_lazy("Requests to inspect the register"),
        DISPUTE,
        _answered,
        _thin_inspections,
    )


# --- what comes first ---


def _memberships(user: User) -> Iterator[Obstacle]:
    for member in Member.objects.running().filter(user=user).select_related("tier"):
        yield Obstacle(
            _("Your membership runs: %(tier)s.") % {"tier": member.tier.name},
            reverse("members:leave", args=[member.pk]),
            _("End the membership"),
        )


def _companies(user: User) -> Iterator[Obstacle]:
    """A seat ends with the account; whoever speaks for a company, or alone runs it, hands it on."""
    seats = Seat.objects.current().running().filter(user=user, member__status__in=Member.RUNNING)
    for seat in seats.select_related("member").order_by("pk"):
        url = f"{reverse('company:company')}?of={seat.member_id}"
        if seat.role == Seat.Role.REPRESENTATIVE:
            yield Obstacle(
                _("You represent %(company)s. Hand the office on first.")
                % {"company": seat.member.name},
                url,
                _("To the company"),
            )
        elif not _others_who_run(seat).exists():
            yield Obstacle(
                _("You alone run the membership of %(company)s. Name another contact first.")
                % {"company": seat.member.name},
                url,
                _("To the company"),
            )


def _others_who_run(seat: Seat) -> QuerySet[Seat]:
    return Seat.objects.current().running().filter(member=seat.member_id).exclude(pk=seat.pk)


def _applications(user: User) -> Iterator[Obstacle]:
    undecided = (Application.Status.SUBMITTED, Application.Status.REVISION)
    for application in Application.objects.filter(applicant=user, status__in=undecided):
        yield Obstacle(
            _("Your application %(number)s is not decided yet.") % {"number": application.number},
            application.get_absolute_url(),
            _("Withdraw it"),
        )


# --- what goes at once ---


def _erase(user: User) -> None:
    for draft in Application.objects.filter(applicant=user, status=Application.Status.DRAFT):
        withdraw_application(draft, by=user)
    seats = Seat.objects.current().filter(user=user)
    for seat in seats.filter(member__status__in=Member.RUNNING):
        end_seat(seat, reason=_("The account was closed."), by=user)
    # Of companies that have left: nobody takes such an office over any more.
    seats.update(valid_to=clock.today(), ended_at=clock.now(), ended_by=user)
    own = Application.objects.filter(applicant=user)
    _thin(own.filter(status__in=CAME_TO_NOTHING).values_list("pk", flat=True))
    of_companies = own.filter(
        status=Application.Status.APPROVED, member__organisation__isnull=False
    )  # these go with the membership
    files = ApplicationFile.objects.filter(application__in=own)
    _discard_files(files.exclude(application__in=of_companies))
    _forget_proofs(TierChange.objects.filter(member__user=user).exclude(proof=""))
    _forget_ways_in(user)
    for member in Member.objects.filter(user=user):
        found_by = [korean.fold(member.name), korean.initials(member.name)]
        Member.objects.filter(pk=member.pk).update(search_text=" ".join(found_by)[:300])
    companies = Member.objects.filter(seat_rows__user=user).exclude(organisation=None)
    for member in companies.select_related("organisation").distinct():
        refresh_search(member)


def _forget_ways_in(user: User) -> None:
    """How the person was reached: invitations, seats asked for, a list that was brought in."""
    requests = SeatRequest.objects.filter(user=user)
    requests.waiting().update(
        status=SeatRequest.Status.WITHDRAWN, decided_at=clock.now(), decided_by=user
    )
    requests.update(email="")
    for inspection in Inspection.objects.visible_to(user).waiting():
        withdraw_inspection(inspection, by=user)
    Invitation.objects.filter(closed_by=user, email=user.email).update(name=NOBODY, email="")
    Claim.objects.filter(user=user).update(name=NOBODY, email="", phone="", token_hash="")


def _forget_proofs(changes: QuerySet[TierChange]) -> None:
    for change in changes:
        discard(change.proof)
    changes.update(proof="", proof_name="", proof_type="")


def _discard_files(files: QuerySet[ApplicationFile]) -> None:
    for row in files:
        discard(row.file)
    files.delete()


# --- what goes once its time has come ---


def _written() -> QuerySet[Application]:
    return Application.objects.exclude(name=NOBODY)


def _declined(at: datetime) -> QuerySet[Application]:
    ended = Coalesce("decided_at", "submitted_at", "created_at")
    rows = _written().filter(status__in=CAME_TO_NOTHING).alias(ended=ended)
    return rows.filter(ended__lt=APPLICATION.cutoff(at))


def _ended(at: datetime) -> QuerySet[Application]:
    left = clock.kst_date(CONTRACT.cutoff(at))
    return _written().filter(
        status=Application.Status.APPROVED,
        member__status__in=Member.ENDED,
        member__ended_on__lt=left,
    )


def _answered(at: datetime) -> QuerySet[Inspection]:
    cutoff = DISPUTE.cutoff(at)
    over = Q(expires_on=None) | Q(expires_on__lt=clock.kst_date(cutoff))
    ended = Coalesce("decided_at", "requested_at")  # one that was withdrawn has no decision
    rows = Inspection.objects.exclude(name=NOBODY).exclude(status=Inspection.Status.RECEIVED)
    return rows.alias(ended=ended).filter(over, ended__lt=cutoff)


def _thin(keys: Collection[int]) -> None:
    """Number, tier, branch, dates and the decision stay; whom it was about goes."""
    keys = list(keys)
    _discard_files(ApplicationFile.objects.filter(application__in=keys))
    Application.objects.filter(pk__in=keys).update(
        name=NOBODY,
        name_en="",
        phone="",
        postcode="",
        address="",
        address_detail="",
        affiliation="",
        position="",
        topics=[],
        organisation_name="",
        business_number="",
        representative="",
        size="",
        industry="",
        is_in_g_valley=False,
        tax_email="",
        reason="",
    )


def _thin_inspections(keys: Collection[int]) -> None:
    rows = Inspection.objects.filter(pk__in=keys)
    rows.update(name=NOBODY, email="", affiliation="", purpose=NOBODY, reason="")
