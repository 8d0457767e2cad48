"""To whom a letter about dues goes, and what it says that leads back to the right membership."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from members.models import Member, Seat

LINK_DAYS = 120  # that a link lives
_signer = signing.TimestampSigner(salt="members.dues")


def token_for(member: Member) -> str:
    """What a link in a notice says: whose dues, signed, for this purpose alone. It opens nothing
    by itself: the page asks for the right person."""
    return _signer.sign(str(member.pk))


def member_of(token: str) -> int | None:
    """Whose dues a link was sent for; None when it was never ours or is too old."""
    try:
        return int(_signer.unsign(token, max_age=timedelta(days=LINK_DAYS)))
    except signing.BadSignature:
        return None


def link_for(member: Member) -> str:
    return settings.SITE_URL + reverse("dues", args=[token_for(member)])


def depositor_name(member: Member) -> str:
    """입금자명 by which a transfer is found: the name and the last digits of the member number."""
    return member.name.replace(" ", "")[:8] + (member.number or "")[-4:]


def addressees(member: Member) -> list[User]:
    """The person; of an organisation who runs it (담당자), or else who represents it."""
    if member.user:
        return [member.user]
    seats = [seat for seat in member.seat_rows.all() if seat.valid_to is None]
    seats.sort(key=lambda seat: seat.pk)
    for role in (Seat.Role.CONTACT, Seat.Role.REPRESENTATIVE):
        if people := [seat.user for seat in seats if seat.role == role]:
            return people
    return []


def addresses_of(member: Member) -> list[tuple[str, str, User | None]]:
    """Where a letter about dues goes by mail: address, language and, where it is somebody's own,
    the account. An organisation's address for invoices is written to as well."""
    found: list[tuple[str, str, User | None]] = [
        (user.email, user.language, user) for user in addressees(member) if user.email
    ]
    tax_email = member.organisation.tax_email if member.organisation else ""
    if tax_email and tax_email not in {email for email, _language, _user in found}:
        found.append((tax_email, "ko", None))
    return found


def occasion_label(occasion: str) -> str:
    """D-30, D-day, D+30 for the calendar's occasions; what was sent by hand says so."""
    if not occasion.lstrip("-").isdecimal():
        return _("sent by hand")
    days = int(occasion)
    return "D-day" if days == 0 else f"D{days:+d}"
