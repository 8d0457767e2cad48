"""Who holds the key of a report (``members.keys``)."""

from django.utils.translation import gettext_lazy as _

from members.keys import Key
from research.models import Permit

BOUGHT = _("Open to you for good, because you bought it.")
LET_IN = _("Open to you for the reason that is on record.")


def held(user: int) -> list[Key]:
    """What was bought goes before what is open for a while."""
    rows = Permit.objects.filter(user=user, ended_at=None).exclude(since=None)
    return [
        Key(
            permit.report_id,
            "bought" if permit.is_bought else "let_in",
            BOUGHT if permit.is_bought else LET_IN,
            permit.since,
            permit.until,
        )
        for permit in sorted(rows, key=lambda permit: permit.is_bought)
    ]
