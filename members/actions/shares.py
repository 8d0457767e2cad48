"""What the secretariat decides about the branches' part of dues. Rules are added for days to come;
what has begun is never changed."""

from collections.abc import Iterable
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdate
from members import shares
from members.models import ShareRule


def refusals(rule: ShareRule, others: Iterable[ShareRule]) -> dict[str, str]:
    """{field: why not} of a rule to be entered beside others."""
    rules = list(others)
    tomorrow = clock.today() + timedelta(days=1)
    if rule.valid_from < tomorrow:
        return {
            "valid_from": _(
                "A rule begins tomorrow (%(day)s) at the earliest: what was ordered until then is"
                " divided by the rule of its day."
            )
            % {"day": kdate(tomorrow)}
        }
    if any((other.reach, other.valid_from) == (rule.reach, rule.valid_from) for other in rules):
        return {"valid_from": _("There is a rule from this day already. Take that one back first.")}
    before = shares.in_force(rules, *rule.reach, rule.valid_from)
    if rule.percent is None:
        return _refusals_of_an_end(rule, rules)
    if before is None and rule.valid_from > tomorrow:
        return {
            "valid_from": _(
                "Until then no rule would hold. Let the first one begin on %(day)s; it may say"
                " 0 %%."
            )
            % {"day": kdate(tomorrow)}
        }
    if before and (before.reach, before.percent) == (rule.reach, rule.percent):
        return {
            "percent": _("%(percent)s %% hold already, from %(day)s.")
            % {"percent": before.percent, "day": kdate(before.valid_from)}
        }
    return {}


def _refusals_of_an_end(rule: ShareRule, rules: list[ShareRule]) -> dict[str, str]:
    own = [other for other in rules if other.reach == rule.reach]
    begun = [other for other in own if other.valid_from < rule.valid_from]
    newest = max(begun, key=attrgetter("valid_from"), default=None)
    if newest is None or newest.percent is None:
        return {"ends": _("There is no rule of its own that could end then.")}
    if gap := shares.first_gap([*rules, rule]):
        return {
            "ends": _("No wider rule holds on %(day)s: there would be a gap.")
            % {"day": kdate(gap[1])}
        }
    return {}


@transaction.atomic
def enter_share_rule(rule: ShareRule, *, by: User) -> ShareRule:
    """Adds a rule that begins tomorrow or later. Raises Refused where it cannot stand beside the
    others, naming the field."""
    for field, reason in refusals(rule, ShareRule.objects.all()).items():
        raise Refused(reason, field=field)
    rule.entered_at, rule.entered_by = clock.now(), by
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError as error:  # somebody entered one of that day in this moment
        raise Refused(_("There is a rule from this day already."), field="valid_from") from error
    audit.record("members.enter_share_rule", rule, by=by, branch=rule.branch_id, **_facts(rule))
    return rule


@transaction.atomic
def withdraw_share_rule(rule: ShareRule, *, by: User) -> None:
    """Takes back a rule that has not begun. Raises Refused for one that has, and where it would
    leave a gap behind."""
    row = ShareRule.objects.select_for_update().filter(pk=rule.pk).first()
    if row is None:
        return
    if row.has_begun:
        raise Refused(_("This rule has begun and stands. Enter a new one from a later day."))
    if gap := shares.first_gap([other for other in ShareRule.objects.all() if other.pk != row.pk]):
        raise Refused(
            _("Without it no rule would hold on %(day)s for what another rule has ended.")
            % {"day": kdate(gap[1])}
        )
    audit.record("members.withdraw_share_rule", row, by=by, branch=row.branch_id, **_facts(row))
    row.delete()


def _facts(rule: ShareRule) -> dict[str, Any]:
    return {
        "tier": rule.tier.code if rule.tier else "",
        "percent": rule.percent,
        "valid_from": rule.valid_from.isoformat(),
        "basis": rule.basis,
    }
