"""Who holds the key of a report (``members.keys``), and where its buyer finds it."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kosna.accounts.models import User
from kosna.payments.models import Order
from members.keys import Key
from research.models import Permit, Report

BOUGHT = _("Open to you for good, because you bought it.")
LET_IN = _("Open to you for the reason that is on record.")
ON_ITS_WAY = _("What you paid for this report is on its way back; after that you can buy it again.")


def held(user: int) -> list[Key]:
    """What was bought goes before what is open for a while; what is claimed back opens nothing."""
    rows = Permit.objects.standing().filter(user=user).exclude(since=None)
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


def is_claimed_back(report: Report, user: User) -> bool:
    """Whether what this person paid for it is to go back: it is neither open nor sold."""
    return Permit.objects.bought().filter(report=report, user=user).claimed_back().exists()


def opens(order: Order) -> tuple[str, str]:
    """Where the buyer of an order finds what was bought."""
    return gettext("To what I bought"), reverse("me:downloads")
