"""Another tier for a member (준→정, another size class): asked, decided, paid, in effect.

payments calls ``tier_change_paid``, ``tier_change_refunded`` and ``tier_change_expired`` with the
order's row locked.
"""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.uploads import Checked
from kosna.payments.actions import cancel_order, place_order, raise_task, settle_free
from kosna.payments.models import Order, Refund, Task
from members import dues, register, tier_quotes
from members.actions.exits import (
    locked_with_orders,
    not_about_oneself,
    orders_of,
    people_of,
    tell,
)
from members.actions.papers import issue_card, void_papers_of_tier
from members.actions.periods import enter_period, locked
from members.balances import recount
from members.dues import PAYMENT_TERM
from members.models import Member, Period, RegisterEntry, Tier, TierChange
from members.tier_quotes import Quote

TIER_PAYABLE = "members.tier_change"


@transaction.atomic
def request_tier_change(
    member: Member, *, to_tier: Tier, reason: str = "", proof: Checked | None = None, by: User
) -> TierChange:
    """The member asks for another tier, having seen what it costs.

    Raises Refused with every reason at once: a tier that is not offered, a missing proof, more
    seats taken than the new tier has, another change on its way.
    """
    member = locked(member.pk)
    _may_change(member, to_tier, has_proof=proof is not None)
    try:
        with transaction.atomic():
            change = TierChange.objects.create(
                member=member,
                from_tier=member.tier,
                to_tier=to_tier,
                reason=reason,
                requested_by=by,
            )
    except IntegrityError as error:
        raise Refused(_("A change of tier of this membership is on its way already.")) from error
    if proof:
        change.proof = proof.file()
        change.proof_name = proof.display_name
        change.proof_type = proof.content_type
        change.save(update_fields=["proof", "proof_name", "proof_type"])
    _record("members.request_tier_change", change, by=by, reason=reason)
    _tell("tier_change_requested", change)
    return change


def _may_change(member: Member, to_tier: Tier, *, has_proof: bool) -> Quote:
    reasons = []
    if member.status != Member.Status.ACTIVE:
        reasons.append(_("Only a running membership can change its tier."))
    if not tier_quotes.choices_for(member).filter(pk=to_tier.pk).exists():
        reasons.append(_("This tier is not offered to you."))
    if to_tier.needs_proof and not has_proof:
        reasons.append(_("Please attach the document that this tier asks for."))
    if taken := _seats_too_many(member, to_tier):
        reasons.append(
            _("The new tier has %(seats)s seats. Free %(taken)s seats first.")
            % {"seats": to_tier.seats, "taken": taken}
        )
    if dues.open_charges(member):
        reasons.append(_("Dues that are booked come first. Please pay them, then change the tier."))
    if reasons:
        raise Refused(*reasons)
    return tier_quotes.quote(member, to_tier, clock.today())


def _seats_too_many(member: Member, to_tier: Tier) -> int:
    if member.organisation_id is None:
        return 0
    allowed = to_tier.seats if member.seats_agreed is None else member.seats_agreed
    return max(member.seat_rows.filter(valid_to=None).count() - allowed, 0)


@transaction.atomic
def withdraw_tier_change(change: TierChange, *, by: User) -> None:
    """The member takes it back, until money has moved for it."""
    member = locked_with_orders(change.member_id)
    change = _current(change, member)
    if not change.may_be_withdrawn:
        raise Refused(_("This change can no longer be taken back."))
    change.move_to(TierChange.Status.WITHDRAWN)
    if change.order and change.order.status == Order.Status.PENDING:
        cancel_order(change.order, by=by, reason=_("Change of tier withdrawn"))
    _record("members.withdraw_tier_change", change, by=by)


@transaction.atomic
def reject_tier_change(change: TierChange, *, reason: str, basis: str = "", by: User) -> None:
    """반려, with the reason that the member is told."""
    member = locked(change.member_id)
    change = _current(change, member)
    _not_by_oneself(change, by)
    change.move_to(
        TierChange.Status.REJECTED,
        note=reason[:300],
        basis=basis,
        decided_at=clock.now(),
        decided_by=by,
    )
    _record("members.reject_tier_change", change, by=by, reason=reason, basis=basis)
    _tell("tier_change_rejected", change, reason=reason)


@transaction.atomic
def approve_tier_change(change: TierChange, *, basis: str, by: User) -> Order:
    """승인: freezes today's quote and issues the order over the difference; one of 0 won is settled
    at once. Renewals of the old tier that were not paid yet are cancelled."""
    member = locked_with_orders(change.member_id)
    change = _current(change, member)
    _not_by_oneself(change, by)
    if member.tier_id != change.from_tier_id:
        raise Refused(_("The tier has changed since this was asked for."))
    today = clock.today()
    quote = _may_change(member, change.to_tier, has_proof=bool(change.proof))
    for pending in orders_of(member.pk).filter(status=Order.Status.PENDING):
        cancel_order(pending, by=by, reason=_("Change of tier"))
    order = _place_order(change, member, quote, by=by)
    change.move_to(
        TierChange.Status.APPROVED,
        basis=basis,
        decided_at=clock.now(),
        decided_by=by,
        order=order,
        quote=tier_quotes.frozen(member, change.to_tier, today),
        dues=quote.dues,
        credit=0 if quote.is_deferred else quote.credit,
        credited=[] if quote.is_deferred else [_as_it_is(c.period) for c in quote.credits],
        effective_on=quote.effective_on if quote.is_deferred else None,
        ends_on=quote.ends_on,
    )
    _record("members.approve_tier_change", change, by=by, basis=basis, order=order.code)
    if order.total:
        _tell(
            "tier_change_approved",
            change,
            total=order.total,
            order_url=settings.SITE_URL + order.get_absolute_url(),
            pay_by=clock.kst_date(order.expires_at).isoformat(),
        )
    else:
        settle_free(order, by=by)
    return order


def _place_order(change: TierChange, member: Member, quote: Quote, *, by: User) -> Order:
    last = clock.today() + PAYMENT_TERM
    if quote.ends_on:
        last = min(last, quote.ends_on)  # nobody pays for days that are over
    return place_order(
        payable=TIER_PAYABLE,
        user=change.requested_by,
        branch=member.branch,
        buyer_name=member.name,
        title_ko=f"{quote.from_tier.name_ko} → {quote.to_tier.name_ko} 변경",
        title_en=f"From {quote.from_tier.name_en} to {quote.to_tier.name_en}",
        lines=tier_quotes.lines(quote),
        expires_at=clock.end_of(last),
        by=by,
    )


def _as_it_is(period: Period) -> dict[str, Any]:
    return {
        "period": period.pk,
        "ends_on": period.ends_on and period.ends_on.isoformat(),
        "voided": False,
    }


# When money moves -----------------------------------------------------------------------------


def tier_change_paid(order: Order) -> None:
    """The change takes effect today, or where it is deferred on its day.

    Raises Refused (the money stays recorded, staff are asked) when the case or the membership has
    ended, or when other days were paid since the quote.
    """
    change = _of(order)
    member = locked(change.member_id)
    change = _current(change, member)
    if change.status != TierChange.Status.APPROVED:
        raise Refused(_("This change of tier has ended."))
    if member.status != Member.Status.ACTIVE or member.tier_id != change.from_tier_id:
        raise Refused(_("The membership has changed since this was approved."))
    today = clock.today()
    if change.effective_on and change.effective_on > today:
        change.move_to(TierChange.Status.PAID)
        _record("members.settle_tier_change", change, by=None, order=order.code)
        _tell("tier_change_settled", change, effective_on=change.effective_on.isoformat())
        return
    period = None if change.effective_on else _change_periods(change, member, order, today)
    change.move_to(TierChange.Status.EFFECTIVE, effective_on=today, credited=change.credited)
    _change_tier(change, member, change.to_tier, on=today)
    if period:
        issue_card(member, period, holder=order.user)
    _record("members.take_tier", change, by=None, order=order.code)
    _tell("tier_change_effective", change)


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
    change = _current(change, member)
    change.move_to(TierChange.Status.EFFECTIVE)
    assert change.effective_on is not None
    _change_tier(change, member, change.to_tier, on=change.effective_on)
    _record("members.take_tier", change, by=None)
    _tell("tier_change_effective", change)


def tier_change_refunded(refund: Refund) -> None:
    """Its price given back takes the change with it: the old tier and the old paid days are there
    again exactly as they were. The difference of the admission fee alone takes nothing."""
    change = TierChange.objects.filter(order=refund.order_id).first()
    if change is None or not _takes_change_back(refund):
        return
    member = locked(change.member_id)
    change = _current(change, member)
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
    _record(
        "members.reverse_tier_change",
        change,
        by=None,
        order=refund.order.code,
        reason=refund.reason,
    )
    if member.status == Member.Status.ACTIVE:
        _tell("tier_change_reversed", change)


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


# ----------------------------------------------------------------------------------------------


def _current(change: TierChange, member: Member) -> TierChange:
    """The case as it stands now, its member locked."""
    rows = TierChange.objects.select_related("from_tier", "to_tier", "order", "requested_by")
    row = rows.get(pk=change.pk)
    row.member = member
    return row


def _not_by_oneself(change: TierChange, by: User) -> None:
    not_about_oneself(change.member, by)
    if change.requested_by_id == by.pk:
        raise Refused(_("Nobody decides about their own application."))


def _record(
    verb: str, change: TierChange, *, by: User | None, reason: str = "", **more: Any
) -> None:
    audit.record(
        verb,
        change.member,
        by=by,
        reason=reason,
        subjects=people_of(change.member),
        change=change.pk,
        from_tier=change.from_tier.code,
        to_tier=change.to_tier.code,
        **more,
    )


def _tell(template: str, change: TierChange, **facts: Any) -> None:
    tell(
        template,
        change.member,
        from_ko=change.from_tier.name_ko,
        from_en=change.from_tier.name_en,
        to_ko=change.to_tier.name_ko,
        to_en=change.to_tier.name_en,
        **facts,
    )
