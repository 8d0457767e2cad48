"""What a badge tells of whoever wears it."""

from events.actions.badges import badge_of
from members.models import Tier
from tests import factories


def test_a_badge_tells_the_tier_of_a_member_and_not_of_who_comes_along(cast):
    ticket = factories.make_ticket(factories.make_event("doors"))
    tiers = {tier.code: tier for tier in Tier.objects.all()}

    def told(code: str, buyer, user=None) -> str:
        place = factories.make_place(ticket, user, buyer=buyer, tier=code)
        return badge_of(place, tiers, "en")["tier"]

    assert told("regular", cast.regular, cast.regular) == cast.regular_tier.name_en
    assert told("regular", cast.regular) == ""
    assert told("company", cast.company_rep) == cast.company_tier.name_en
    assert told("", cast.account, cast.account) == ""
