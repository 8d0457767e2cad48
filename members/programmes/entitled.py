"""Who may ask for consulting and business support, through which membership, and if not, why
(domain.md §2.6)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kosna.core import clock
from members import standing
from members.access import AccessRule, Held, entitlement, memberships_of
from members.models import Member, Right, Tier
from members.programmes.models import Partner


class Consulting:
    """Consulting as a thing that tiers include."""

    def access_rule(self) -> AccessRule:
        tiers = Tier.objects.filter(rights__right=Right.CONSULTING)
        return AccessRule(
            is_public=False,
            tier_ids=frozenset(tiers.values_list("pk", flat=True)),
            right=Right.CONSULTING,
        )


def members_asking(user: Any, at: datetime) -> list[Member]:
    """The memberships through which this person may ask now: their own, and those of the companies
    that they represent or run, whose tier includes it or whose MOU is in force."""
    held = memberships_of(user, at)
    if not held:
        return []
    with_mou = _with_mou((one.member.pk for one in held), at)
    entitled = [one.member.pk for one in held if may_ask(one, with_mou)]
    rows = Member.objects.active().run_by(user).filter(pk__in=entitled)
    return list(rows.select_related("tier", "branch", "organisation", "user").order_by("pk"))


def may_ask(held: Held, with_mou: set[int]) -> bool:
    """``with_mou``: the keys of members with an MOU in force; of those a tier that lacks the right
    does not keep the request from being read, unpaid dues do."""
    if Right.CONSULTING in held.rights:
        return True
    return held.standing in PAYING and held.member.pk in with_mou


def _with_mou(members: Iterable[int], at: datetime) -> set[int]:
    rows = Partner.objects.current(clock.kst_date(at)).filter(member__in=list(members))
    return {pk for pk in rows.values_list("member", flat=True) if pk}


def why_not(user: Any, at: datetime) -> str:
    """For somebody who may not ask: what would have to be otherwise."""
    held = memberships_of(user, at)
    with_mou = _with_mou((one.member.pk for one in held), at) if held else set()
    if any(may_ask(one, with_mou) for one in held):
        return _("For your company its representative or contact person asks.")
    return entitlement(user, Consulting(), at).reason


def members_applying(user: Any, at: datetime) -> list[Member]:
    """The memberships through which this person may apply to a project: their own, and those of
    the companies that they represent or run, of any tier, while dues are paid or in grace."""
    held = [one for one in memberships_of(user, at) if one.standing in PAYING]
    if not held:
        return []
    rows = Member.objects.active().run_by(user).filter(pk__in=[one.member.pk for one in held])
    return list(rows.select_related("tier", "branch", "organisation", "user").order_by("pk"))


PAYING = (standing.GOOD, standing.GRACE)


def is_paid(member: Member, at: datetime) -> bool:
    """Whoever is selected has paid: in grace one may ask, and is taken on once the dues are
    there."""
    return standing.standing_of(member, clock.kst_date(at)).code == standing.GOOD
