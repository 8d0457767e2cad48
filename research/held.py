"""What the library holds about a person, as it is told to them."""

from django.utils.translation import gettext_lazy as _

from kosna.accounts.own_data import register
from research.models import Download, Permit, SavedSearch


def tell() -> None:
    register(
        "downloads",
        _("Downloads"),
        lambda user: Download.objects.filter(user=user),
        *("serial", "at", "edition", "name", "member_number", "tier", "branch", "way"),
        report="report__title_ko",
    )
    register(
        "permits",
        _("Reports bought, or opened to me"),
        lambda user: Permit.objects.filter(user=user),
        *("reason", "made_at", "since", "until", "ended_at"),
        report="report__title_ko",
        order="line__order__code",
    )
    register(
        "saved_searches",
        _("Saved searches"),
        lambda user: SavedSearch.objects.filter(user=user),
        *("name", "query", "mails", "created_at"),
    )
