"""Money for a membership turned out to be another's: what it had bought goes back to what it was.

payments calls ``dues_unpaid`` and ``tier_change_unpaid`` with the order's row locked and its status
as it was before the money. Both raise Refused where something else stands on it by now.
"""

from django.utils.translation import gettext as _

from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.models import Order
from members import register
from members.actions.periods import locked, void_period
from members.actions.tier_moves import undo
from members.balances import recount
from members.models import Application, Member, Period, RegisterEntry, Renewal, TierChange


def dues_unpaid(order: Order) -> None:
    """Paid days and their papers are void. Whom this money had made a member waits for it again;
    the number stays theirs, and the register says that they were entered in error."""
    application = Application.objects.filter(order=order).first()
    renewal = Renewal.objects.filter(order=order).first()
    member_id = getattr(application or renewal, "member_id", None)
    if member_id is None:
        return  # the money waited for the decision about the application
    member = locked(member_id)
    reason = _("The deposit of order %(code)s was another's.") % {"code": order.code}
    for period in Period.objects.valid().filter(line__order=order):
        _refuse_if_credited(member, period)
        void_period(period, reason=reason)
        audit.record(
            "members.void_period",
            member,
            reason=reason,
            subjects=[order.user_id],
            order=order.code,
            period=period.pk,
        )
    recount([member.pk])
    is_first = application is not None and member.status == Member.Status.ACTIVE
    if is_first and not member.periods.valid().exists():
        _admitted_again(member, reason)


def _refuse_if_credited(member: Member, period: Period) -> None:
    """Days that a change of tier took into account cannot be taken from under it."""
    standing = member.tier_changes.filter(
        status__in=[TierChange.Status.EFFECTIVE, TierChange.Status.PAID]
    )
    if any(row["period"] == period.pk for change in standing for row in change.credited):
        raise Refused(_("A change of tier stands on these paid days. Undo that first."))


def _admitted_again(member: Member, reason: str) -> None:
    latest = member.register_entries.order_by("-on", "-pk").first()
    today = clock.today()
    member.restore_to(Member.Status.ADMITTED)
    register.enter(
        member,
        RegisterEntry.Kind.VOIDED,
        on=max(today, latest.on) if latest else today,
        reason=reason,
    )
    Member.objects.filter(pk=member.pk).update(joined_on=None)


def tier_change_unpaid(order: Order) -> None:
    """The change waits for its payment again, or has lapsed where the order had; the old tier and
    the old paid days are there again."""
    change = TierChange.objects.filter(order=order).first()
    if change is None or change.status not in TierChange.RESTORES:
        return
    member = locked(change.member_id)
    change = TierChange.objects.select_related("from_tier", "to_tier", "order").get(pk=change.pk)
    change.member = member
    waits = order.status == Order.Status.PENDING
    was_effective = change.status == TierChange.Status.EFFECTIVE
    if was_effective and member.tier_id != change.to_tier_id:
        raise Refused(_("Another change of tier stands on this one. Undo that first."))
    # A change without a day of its own took effect when it was paid.
    took_days = Period.objects.valid().filter(line__order=order).exists()
    again = {"effective_on": None} if was_effective and took_days else {}
    change.restore_to(TierChange.Status.APPROVED if waits else TierChange.Status.LAPSED, **again)
    if was_effective:
        undo(change, member)
    audit.record(
        "members.reverse_tier_change",
        member,
        subjects=[order.user_id],
        change=change.pk,
        order=order.code,
    )
