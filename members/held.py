"""What membership holds about a person, as it is told to them: what they applied with, what the
register says of them, their days, seats and votes. A company's own matters are not a person's."""

from django.utils.translation import gettext_lazy as _

from kosna.accounts.own_data import register
from members.models import (
    Application,
    ApplicationFile,
    Charge,
    Claim,
    DuesNotice,
    Exemption,
    Inspection,
    Member,
    Period,
    Proxy,
    RegisterEntry,
    Seat,
    SeatRequest,
    Suspension,
    TierChange,
    Transfer,
    Voter,
    WrittenVote,
)


def tell() -> None:
    _applying()
    _belonging()
    _owing()
    _changing()
    _companies()
    _meetings()


def _applying() -> None:
    register(
        "applications",
        _("Applications"),
        lambda user: Application.objects.filter(applicant=user),
        *("number", "status", "name", "name_en", "phone", "postcode", "address"),
        *("address_detail", "affiliation", "position", "topics", "organisation_name"),
        *("business_number", "representative", "size", "industry", "is_in_g_valley"),
        *("tax_email", "created_at", "submitted_at", "decided_at", "reason"),
        tier="tier__code",
        branch="branch__name_ko",
    )
    register(
        "application_files",
        _("Files of applications"),
        lambda user: ApplicationFile.objects.filter(application__applicant=user),
        *("kind", "name", "content_type", "size", "uploaded_at"),
        application="application__number",
    )
    register(
        "claims",
        _("Memberships that were brought in from lists"),
        lambda user: Claim.objects.filter(user=user),
        *("name", "email", "phone", "sent_at", "claimed_at"),
        member="member__number",
    )


def _belonging() -> None:
    register(
        "memberships",
        _("Memberships"),
        lambda user: Member.objects.filter(user=user),
        *("number", "name", "status", "joined_on", "ended_on", "address"),
        tier="tier__code",
        branch="branch__name_ko",
    )
    register(
        "periods",
        _("Paid days"),
        lambda user: Period.objects.filter(member__user=user),
        *("starts_on", "ends_on", "created_at", "voided_at"),
        member="member__number",
        tier="tier__code",
    )
    register(
        "register_entries",
        _("Register of members"),
        lambda user: RegisterEntry.objects.filter(member__user=user),
        *("kind", "on", "until", "at", "reason", "status", "number", "name", "address"),
        *("joined_on", "ended_on"),
        tier="tier__code",
        branch="branch__name_ko",
    )
    register(
        "suspensions",
        _("Suspensions"),
        lambda user: Suspension.objects.filter(member__user=user),
        *("starts_on", "ends_on", "reason", "decided_at", "restored_on", "restored_reason"),
        member="member__number",
    )


def _owing() -> None:
    register(
        "charges",
        _("Dues booked"),
        lambda user: Charge.objects.filter(member__user=user),
        *("year", "amount", "reason", "starts_on", "ends_on", "due_on", "booked_at"),
        member="member__number",
    )
    register(
        "exemptions",
        _("Exemptions from dues"),
        lambda user: Exemption.objects.filter(member__user=user),
        *("from_year", "until_year", "reason", "granted_at"),
        member="member__number",
    )
    register(
        "dues_notices",
        _("Notices of dues"),
        lambda user: DuesNotice.objects.filter(member__user=user),
        *("year", "occasion", "amount", "sent_at"),
        member="member__number",
    )


def _changing() -> None:
    register(
        "tier_changes",
        _("Changes of tier"),
        lambda user: TierChange.objects.filter(member__user=user),
        *("status", "reason", "proof_name", "requested_at", "decided_at"),
        *("effective_on", "ends_on"),
        member="member__number",
        from_tier="from_tier__code",
        to_tier="to_tier__code",
    )
    register(
        "transfers",
        _("Moves between branches"),
        lambda user: Transfer.objects.filter(member__user=user),
        *("status", "reason", "requested_at", "decided_at", "moves_on"),
        member="member__number",
        from_branch="from_branch__name_ko",
        to_branch="to_branch__name_ko",
    )


def _companies() -> None:
    register(
        "seats",
        _("Seats in companies"),
        lambda user: Seat.objects.filter(user=user),
        *("role", "valid_from", "valid_to"),
        company="member__name",
    )
    register(
        "seat_requests",
        _("Requests for seats"),
        lambda user: SeatRequest.objects.filter(user=user),
        *("email", "status", "asked_at", "decided_at"),
        company="member__name",
    )


def _meetings() -> None:
    register(
        "votes",
        _("Votes at general meetings"),
        lambda user: Voter.objects.filter(user=user),
        *("number", "name", "representative"),
        meeting="meeting__number",
        tier="tier__code",
        branch="branch__name_ko",
        came="presence__mode",
        came_at="presence__at",
    )
    register(
        "written_votes",
        _("Written votes"),
        lambda user: WrittenVote.objects.filter(voter__user=user),
        *("choice", "at"),
        meeting="voter__meeting__number",
        item="item__position",
    )
    register(
        "proxies",
        _("Proxies given"),
        lambda user: Proxy.objects.filter(voter__user=user),
        *("to_chair", "is_paper", "given_at", "revoked_at"),
        meeting="voter__meeting__number",
    )
    register(
        "inspections",
        _("Requests to inspect the register"),
        lambda user: Inspection.objects.filter(requester=user),
        *("number", "name", "email", "affiliation", "purpose", "status", "requested_at"),
        *("decided_at", "reason", "as_of", "expires_on"),
    )
