"""What part of dues goes to the branch: the rule in force for a tier and a branch on a day."""

from collections.abc import Iterable, Sequence
from datetime import date

from kosna.branches.models import Branch
from kosna.payments.payables import Share
from members.models import ShareRule, Tier
from members.models.charges import DUES

Reach = tuple[int | None, int | None]  # (tier, branch)


def in_force(
    rules: Iterable[ShareRule], tier: int | None, branch: int | None, on: date
) -> ShareRule | None:
    """Of rules, the one that holds for a tier and a branch on a day: the newest that names both,
    else the branch, else the tier, else neither; one that ended gives way to the wider."""
    newest: dict[Reach, ShareRule] = {}
    for rule in rules:
        known = newest.get(rule.reach)
        if rule.valid_from <= on and (known is None or known.valid_from < rule.valid_from):
            newest[rule.reach] = rule
    for reach in ((tier, branch), (None, branch), (tier, None), (None, None)):
        rule_of_reach = newest.get(reach)
        if rule_of_reach and rule_of_reach.percent is not None:
            return rule_of_reach
    return None


def gets_shares(branch: Branch) -> bool:
    """Branches in operation; while one is being set up the head office does its work."""
    return branch.status == Branch.Status.OPEN and not branch.is_head_office


def share_of(kind: str, tier: str, branch: Branch, on: date) -> Share | None:
    """The share of an order's line of a day, for ``payables``: of dues alone."""
    if kind != DUES or not gets_shares(branch):
        return None
    rules = list(ShareRule.objects.begun(on).reaching(tier, branch))
    named = next((rule.tier_id for rule in rules if rule.tier_id), None)
    rule = in_force(rules, named, branch.pk, on)
    return Share(rule.percent, rule.source) if rule and rule.percent is not None else None


def tier_names() -> dict[str, str]:
    return {tier.code: tier.name for tier in Tier.objects.all()}


def first_gap(rules: Sequence[ShareRule]) -> tuple[ShareRule, date] | None:
    """An ended rule after which, on some day, no wider one holds; and that day."""
    for ended in rules:
        if ended.percent is not None:
            continue
        for day in sorted({rule.valid_from for rule in rules}):
            if day >= ended.valid_from and in_force(rules, *ended.reach, day) is None:
                return ended, day
    return None


def with_ends(rules: Sequence[ShareRule]) -> list[tuple[ShareRule, date | None]]:
    """Each rule with the day on which a newer one of the same reach takes its place."""
    found = []
    for rule in rules:
        later = [
            other.valid_from
            for other in rules
            if other.reach == rule.reach and other.valid_from > rule.valid_from
        ]
        found.append((rule, min(later, default=None)))
    return found
