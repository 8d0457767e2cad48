"""Another tier for a member (준→정, another size class): asked, decided, paid, in effect.

payments calls ``tier_change_paid``, ``tier_change_refunded`` and ``tier_change_expired`` with the
order's row locked.
"""

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.uploads import Checked
from kosna.payments.actions import cancel_order, place_order, settle_free
from kosna.payments.models import Order
from members import dues, tier_quotes
from members.actions.exits import (
    locked_with_orders,
    not_about_oneself,
    orders_of,
    people_of,
    tell,
)
from members.actions.periods import locked
from members.dues import PAYMENT_TERM
from members.models import Member, Period, Tier, TierChange
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
    record("members.request_tier_change", change, by=by, reason=reason)
    tell_member("tier_change_requested", change)
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
    change = current(change, member)
    if not change.may_be_withdrawn:
        raise Refused(_("This change can no longer be taken back."))
    change.move_to(TierChange.Status.WITHDRAWN)
    if change.order and change.order.status == Order.Status.PENDING:
        cancel_order(change.order, by=by, reason=_("Change of tier withdrawn"))
    record("members.withdraw_tier_change", change, by=by)


@transaction.atomic
def reject_tier_change(change: TierChange, *, reason: str, basis: str = "", by: User) -> None:
    """반려, with the reason that the member is told."""
    member = locked(change.member_id)
    change = current(change, member)
    _not_by_oneself(change, by)
    change.move_to(
        TierChange.Status.REJECTED,
        note=reason[:300],
        basis=basis,
        decided_at=clock.now(),
        decided_by=by,
    )
    record("members.reject_tier_change", change, by=by, reason=reason, basis=basis)
    tell_member("tier_change_rejected", change, reason=reason)


@transaction.atomic
def approve_tier_change(change: TierChange, *, basis: str, by: User) -> Order:
    """승인: freezes today's quote and issues the order over the difference; one of 0 won is settled
    at once. Renewals of the old tier that were not paid yet are cancelled."""
    member = locked_with_orders(change.member_id)
    change = current(change, member)
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
    record("members.approve_tier_change", change, by=by, basis=basis, order=order.code)
    if order.total:
        tell_member(
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


# ----------------------------------------------------------------------------------------------


def current(change: TierChange, member: Member) -> TierChange:
    """The case as it stands now, its member locked."""
    rows = TierChange.objects.select_related("from_tier", "to_tier", "order", "requested_by")
    row = rows.get(pk=change.pk)
    row.member = member
    return row


def _not_by_oneself(change: TierChange, by: User) -> None:
    not_about_oneself(change.member, by)
    if change.requested_by_id == by.pk:
        raise Refused(_("Nobody decides about their own application."))


def record(
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


def tell_member(template: str, change: TierChange, **facts: Any) -> None:
    tell(
        template,
        change.member,
        from_ko=change.from_tier.name_ko,
        from_en=change.from_tier.name_en,
        to_ko=change.to_tier.name_ko,
        to_en=change.to_tier.name_en,
        **facts,
    )
