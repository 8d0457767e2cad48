"""Why can this person have that, or not? What each kind of thing tells way by way, beside the one
answer of ``members.access``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from members.access import Decision, Held
from members.models import Right, Tier
from members.viewing import STANDINGS


@dataclass(frozen=True)
class Way:
    """One way to a thing, whether it opens it to this person, and because of what."""

    name: str
    opens: bool
    because: str


@dataclass(frozen=True)
class Explanation:
    decision: Decision
    ways: list[Way]


def to_everyone(is_public: bool) -> Way:
    return Way(_("Open to everyone"), is_public, _("yes") if is_public else _("no"))


def by_tier(tiers: Iterable[Tier], held: Sequence[Held]) -> Way:
    """Of a thing that is read by members of some tiers."""
    names = {tier.pk: tier.name for tier in tiers}
    mine = [row for row in held if row.tier.pk in names]
    opens = any(Right.READ_REPORTS in row.rights for row in mine)
    because = " · ".join(told(row) for row in mine or held) or _("no membership")
    if held and not mine:
        because = _("%(held)s; not for this tier") % {"held": because}
    return Way(_("Tier"), opens, because)


def told(held: Held) -> str:
    """What a membership gives its holder to read."""
    may = Right.READ_REPORTS in held.rights
    return _("%(tier)s, %(standing)s: %(right)s") % {
        "tier": held.tier.name,
        "standing": STANDINGS.get(held.standing, held.standing),
        "right": _("may read reports") if may else _("may not read reports"),
    }
