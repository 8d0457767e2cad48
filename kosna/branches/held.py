"""What branches hold about a person, as it is told to them: their offices."""

from django.utils.translation import gettext_lazy as _

from kosna.accounts.own_data import register
from kosna.branches.models import Appointment, Proposal


def tell() -> None:
    register(
        "offices",
        _("Offices"),
        lambda user: Appointment.objects.filter(user=user),
        *("role", "title_ko", "title_en", "valid_from", "valid_to", "is_public"),
        branch="branch__name_ko",
    )
    register(
        "proposed_offices",
        _("Offices proposed"),
        lambda user: Proposal.objects.filter(user=user),
        *("role", "status", "valid_from", "valid_to", "proposed_at", "decided_at"),
        branch="branch__name_ko",
    )
