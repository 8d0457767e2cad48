"""The organisation for which somebody buys, as an invoice names it (``kosna.payments.buyers``)."""

from typing import Any

from kosna.accounts.models import User
from members.models import Member


def business_of(user: User) -> dict[str, Any]:
    """Of the membership that this person runs for an organisation; empty where there is none."""
    runs = Member.objects.run_by(user).exclude(organisation=None).select_related("organisation")
    member = runs.order_by("-pk").first()
    if member is None or member.organisation is None:
        return {}
    firm = member.organisation
    return {
        "identity": firm.business_number,
        "company": firm.name[:70],
        "representative": firm.representative[:30],
        "business_item": firm.industry[:40],
        "address": f"{firm.address} {firm.address_detail}".strip()[:150],
        "email": firm.tax_email or user.email,
    }
