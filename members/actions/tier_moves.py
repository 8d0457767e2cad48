"""A change of tier takes effect when its money came, and is undone when that went back."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.actions import raise_task
from kosna.payments.models import Order, Refund, Task
from members import register, tier_quotes
from members.actions.exits import people_of
from members.actions.papers import issue_card, void_papers_of_tier
from members.actions.periods import enter_period, locked
from members.actions.tier_changes import current, record, tell_member
from members.balances import recount
from members.models import Member, Period, RegisterEntry, Tier, TierChange


def tier_change_paid(order: Order) -> None:
    """The change takes effect today, or where it is deferred on its day.

    Raises Refused (the money stays recorded, staff are asked) when the case or the membership has
    ended, or when other days were paid since the quote.
    """
    change = _of(order)
    member = locked(change.member_id)
    change = current(change, member)
    if change.status != TierChange.Status.APPROVED:
        raise Refused(_("This change of tier has ended."))
    if member.status != Member.Status.ACTIVE or member.tier_id != change.from_tier_id:
        raise Refused(_("The membership has changed since this was approved."))
    today = clock.today()
    if change.effective_on and change.effective_on > today:
        change.move_to(TierChange.Status.PAID)
        record("members.settle_tier_change", change, by=None, order=order.code)
        tell_member("tier_change_settled", change, effective_on=change.effective_on.isoformat())
        return
    period = None if change.effective_on else _change_periods(change, member, order, today)
    change.move_to(TierChange.Status.EFFECTIVE, effective_on=today, credited=change.credited)
    _change_tier(change, member, change.to_tier, on=today)
    if period:
        issue_card(member, period, holder=order.user)
    record("members.take_tier", change, by=None, order=order.code)
    tell_member("tier_change_effective", change)


def _of(order: Order) -> TierChange:
    change = TierChange.objects.filter(order=order).first()
    if change is None:
        raise Refused(_("A newer order has taken the place of this one."))
    return change


def _change_periods(change: TierChange, member: Member, order: Order, today: date) -> Period:
    """Closes the credited days with yesterday and opens the new ones; they never overlap."""
    quoted = {row["period"]: row["ends_on"] for row in change.credited}
    rows = member.periods.valid().order_by("starts_on", "pk")
    ahead = {
        row.pk: row.ends_on and row.ends_on.isoformat()
        for row in rows
        if row.ends_on is None or row.ends_on >= today
    }
    if any(quoted.get(pk) != ends_on for pk, ends_on in ahead.items()):
        raise Refused(_("Other days were paid since this change was quoted."))
    if change.ends_on and change.ends_on < today:
        raise Refused(_("The days of this change are over. Please apply anew."))
    for row in rows:
        if row.pk not in ahead:
            continue
        void_papers_of_tier(row, reason=_("Change of tier"))
        if row.starts_on >= today:
            Period.objects.filter(pk=row.pk).update(voided_at=clock.now())
            next(one for one in change.credited if one["period"] == row.pk)["voided"] = True
        else:
            Period.objects.filter(pk=row.pk).update(ends_on=today - timedelta(days=1))
    line = order.lines.get(kind="dues")
    period = enter_period(member, line, change.to_tier, today, change.ends_on)
    recount([member.pk])
    return period


def _change_tier(change: TierChange, member: Member, tier: Tier, *, on: date) -> None:
    """From a day on another tier, with the size of organisations that it is for; or the old one
    again, with the size that there was."""
    is_back = tier.pk == change.from_tier_id
    if size := change.size_before if is_back else tier_quotes.new_size(member, tier):
        _change_size(change, member, size)
    Member.objects.filter(pk=member.pk).update(tier=tier)
    member.tier = tier
    latest = member.register_entries.order_by("-on", "-pk").first()
    register.enter(
        member,
        RegisterEntry.Kind.TIER,
        on=max(on, latest.on) if latest else on,
        by=change.decided_by,
        basis=change.basis,
        reason=change.reason,
    )


def _change_size(change: TierChange, member: Member, size: str) -> None:
    firm = member.organisation
    assert firm is not None  # only an organisation has a size
    before, firm.size = firm.size, size
    firm.save(update_fields=["size"])
    change.size_before = before
    change.save(update_fields=["size_before"])
    audit.record(
        "members.change_size",
        member,
        by=change.decided_by,
        subjects=people_of(member),
        basis=change.basis,
        before=before,
        after=size,
    )


def take_due() -> int:
    """Lets settled changes take effect whose day has come. Safe to run twice and in parallel."""
    taken = 0
    for change in TierChange.objects.due(clock.today()).order_by("effective_on", "pk"):
        try:
            _take(change)
        except Refused:
            continue  # another worker was faster, or the membership has ended
        taken += 1
    return taken


@transaction.atomic
def _take(change: TierChange) -> None:
    member = locked(change.member_id)
    change = current(change, member)
    change.move_to(TierChange.Status.EFFECTIVE)
    assert change.effective_on is not None
    _change_tier(change, member, change.to_tier, on=change.effective_on)
    record("members.take_tier", change, by=None)
    tell_member("tier_change_effective", change)


def tier_change_refunded(refund: Refund) -> None:
    """Its price given back takes the change with it: the old tier and the old paid days are there
    again exactly as they were. The difference of the admission fee alone takes nothing."""
    change = TierChange.objects.filter(order=refund.order_id).first()
    if change is None or not _takes_change_back(refund):
        return
    member = locked(change.member_id)
    change = current(change, member)
    if not change.may_move_to(TierChange.Status.REVERSED):
        return
    if change.status == TierChange.Status.EFFECTIVE and member.tier_id != change.to_tier_id:
        # Another change stands on this one: a person has to look.
        raise_task(Task.Kind.REFUSED, refund.order, None, f"tier change {change.pk}")
        return
    was_effective = change.status == TierChange.Status.EFFECTIVE
    change.move_to(TierChange.Status.REVERSED)
    if was_effective:
        undo(change, member)
    record(
        "members.reverse_tier_change",
        change,
        by=None,
        order=refund.order.code,
        reason=refund.reason,
    )
    if member.status == Member.Status.ACTIVE:
        tell_member("tier_change_reversed", change)


def _takes_change_back(refund: Refund) -> bool:
    if not refund.takes_back():
        return False
    assert refund.line is not None
    return (
        refund.line.kind != "admission_fee" or refund.order.status == refund.order.Status.REFUNDED
    )


def undo(change: TierChange, member: Member) -> None:
    """The paid days and the tier that the change had replaced are there again."""
    for period in member.periods.valid().filter(line__order=change.order_id):
        Period.objects.filter(pk=period.pk).update(voided_at=clock.now())
        void_papers_of_tier(period, reason=_("Change of tier"))
    if member.status != Member.Status.ACTIVE:
        return  # it ended meanwhile; nothing comes back
    for row in change.credited:
        Period.objects.filter(pk=row["period"]).update(
            ends_on=row["ends_on"], **({"voided_at": None} if row["voided"] else {})
        )
    recount([member.pk])
    _change_tier(change, member, change.from_tier, on=clock.today())


def tier_change_expired(order: Order) -> None:
    """The quote was one of its day: unpaid, the change lapses, and may be asked for again."""
    change = TierChange.objects.filter(order=order, status=TierChange.Status.APPROVED).first()
    if change:
        change.move_to(TierChange.Status.LAPSED)
