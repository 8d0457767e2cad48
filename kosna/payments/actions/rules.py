"""What the association decides about money that nobody waits for."""

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core.errors import Refused
from kosna.payments.models import MoneyRule


@transaction.atomic
def decide_rule(*, late_money: str, reason: str, by: User) -> MoneyRule:
    """From now on; what has arrived before stays as it was treated. Raises Refused when it says
    nothing new."""
    if MoneyRule.objects.in_force().late_money == late_money:
        raise Refused(_("This is the rule already."), field="late_money")
    rule = MoneyRule.objects.create(late_money=late_money, reason=reason, decided_by=by)
    audit.record("payments.decide_rule", rule, by=by, reason=reason, late_money=late_money)
    return rule
