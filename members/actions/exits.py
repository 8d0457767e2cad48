"""How a membership ends, whichever way: rights at the next request, the rest on record."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.payments.actions import cancel_order, request_full_refund
from kosna.payments.models import Order
from members import register
from members.actions.cases import drop_open_cases
from members.actions.papers import void_at_the_end
from members.actions.periods import locked, void_period
from members.models import Application, Member, Removal, Renewal, Seat, TierChange
from members.standing import standing_of


def locked_with_orders(member_id: int) -> Member:
    """A member to be changed and what is still to be paid for it; money locks the order first."""
    list(orders_of(member_id).filter(status=Order.Status.PENDING).select_for_update(of=("self",)))
    return locked(member_id)


def orders_of(member_id: int) -> Any:
    """Each kind found by its index: an OR over three joins reads every order there is."""
    links: list[Any] = [
        model.objects.filter(member=member_id).exclude(order=None).order_by().values("order")
        for model in (Application, Renewal, TierChange)
    ]
    return Order.objects.filter(pk__in=links[0].union(*links[1:])).order_by("pk")


@transaction.atomic
def withdraw(member: Member, *, reason: str = "", by: User) -> Member:
    """탈퇴: by the member, or by staff at the member's written request. Dues are not given back,
    the number is not used again."""
    member = locked_with_orders(member.pk)
    end(member, Member.Status.WITHDRAWN, on=clock.today(), reason=reason, by=by)
    return member


@transaction.atomic
def record_death(member: Member, *, on: date, reason: str, by: User) -> Member:
    """사망·해산, on a day until today. Refused for a day before the register's last entry."""
    member = locked_with_orders(member.pk)
    not_about_oneself(member, by)
    if on > clock.today():
        raise Refused(_("This day has not come yet."), field="on")
    end(member, Member.Status.DECEASED, on=on, reason=reason, by=by)
    return member


@transaction.atomic
def void_membership(member: Member, *, reason: str, by: User) -> Member:
    """착오취소: it should never have been entered. Paid days and papers are void, and whatever was
    paid is asked back whole."""
    member = locked_with_orders(member.pk)
    not_about_oneself(member, by)
    for period in member.periods.valid():
        void_period(period, reason=_("Entered in error"))
    refund = sum(
        request_full_refund(order, reason=_("Entered in error"), by=by)
        for order in orders_of(member.pk).filter(payments__isnull=False).distinct()
    )
    end(member, Member.Status.VOIDED, on=clock.today(), reason=reason, by=by, refund=refund)
    return member


VERBS = {
    Member.Status.WITHDRAWN: "members.withdraw",
    Member.Status.EXPELLED: "members.expel",
    Member.Status.FORFEITED: "members.forfeit",
    Member.Status.DECEASED: "members.record_death",
    Member.Status.VOIDED: "members.void_membership",
}


def end(
    member: Member,
    status: Member.Status,
    *,
    on: date,
    reason: str,
    basis: str = "",
    by: User,
    refund: int = 0,
) -> None:
    """What every end has in common: the day, the register, papers, what was still to be paid, the
    record and the mail. ``member`` is locked, its waiting orders before it; ``refund`` is the won
    that were asked back."""
    if member.joined_on and on < member.joined_on:
        raise Refused(_("The membership began on a later day."), field="on")
    member.move_to(status, ended_on=on)
    if member.number:
        register.enter(member, status, on=on, by=by, basis=basis, reason=reason)
    void_at_the_end(member, reason=_("Membership ended"))
    drop_open_cases(member, note=_("The membership has ended."), by=by)
    for order in orders_of(member.pk).filter(status=Order.Status.PENDING):
        cancel_order(order, by=by, reason=_("Membership ended"))
    for removal in member.removals.proposed():
        removal.move_to(
            Removal.Status.DROPPED,
            decided_at=clock.now(),
            decided_by=by,
            note=_("The membership ended otherwise."),
        )
    people = people_of(member)
    audit.record(
        VERBS[status],
        member,
        by=by,
        reason=reason,
        subjects=people,
        basis=basis,
        on=on.isoformat(),
        refund=refund,
    )
    tell("membership_ended", member, reason=reason, basis=basis, status=status, refund=refund)


def people_of(member: Member) -> list[User]:
    """Whom a membership concerns and who is written to: the person, or who represents and runs
    the organisation."""
    if member.user:
        return [member.user]
    seats = member.seat_rows.filter(valid_to=None).exclude(role=Seat.Role.STAFF)
    return [seat.user for seat in seats.select_related("user").order_by("pk")]


def not_about_oneself(member: Member, by: User) -> None:
    """Raises Refused when somebody decides about their own membership, or one they sit in."""
    seated = member.seat_rows.filter(valid_to=None, user=by.pk)
    if member.user_id == by.pk or seated.exists():
        raise Refused(_("Nobody decides about their own membership."))


def tell(template: str, member: Member, **facts: Any) -> None:
    """One mail to each person whom a membership concerns, with the standing in one sentence."""
    for user in people_of(member):
        with translation.override(user.language):
            sentence = standing_of(member, clock.today()).sentence
        post.send(
            template,
            [user.email],
            language=user.language,
            context={
                "name": member.name,
                "number": member.number or "",
                "tier_ko": member.tier.name_ko,
                "tier_en": member.tier.name_en,
                "standing": sentence,
                "url": settings.SITE_URL + reverse("me:me"),
                **facts,
            },
            user=user,
            branch=member.branch,
        )
