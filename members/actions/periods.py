"""Paid days of membership: what happens when dues are paid, given back or not paid, and renewal.

payments calls ``dues_paid``, ``dues_refunded`` and ``dues_expired`` with the order's row locked.
"""

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
from kosna.core.numbering import next_number
from kosna.mail import post
from kosna.payments.actions import Line, cancel_order, place_order, raise_task, settle_free
from kosna.payments.models import Order, OrderLine, Refund, Task
from members import dues, register
from members.actions.papers import (
    issue_approval,
    issue_card,
    void_dues_certificates,
    void_papers_of,
)
from members.balances import recount
from members.dues import PAYABLE, PAYMENT_TERM
from members.models import (
    Application,
    Charge,
    Member,
    Period,
    RegisterEntry,
    Renewal,
    Tier,
    TierChange,
)
from members.models.charges import paid_elsewhere
from members.standing import FOR_LIFE, paid_until, standing_of


def lock(members: Any) -> Any:
    """Periods of a member are added one at a time."""
    return members.select_for_update(of=("self",))


def locked(member_id: int) -> Member:
    """The member as it stands now. Locked by itself and read afterwards: PostgreSQL would lose a
    row whose branch or tier another transaction changes meanwhile, were it joined to them."""
    lock(Member.objects).get(pk=member_id)
    rows = Member.objects.select_related("tier", "branch", "user", "organisation")
    return rows.get(pk=member_id)


def dues_paid(order: Order) -> None:
    """Opens the period that an order paid for; the first one makes the member a member. Where
    payment comes first, the money waits for the decision about its application.

    Raises Refused (the money stays recorded, staff are asked) when a newer order took this one's
    place, when application or membership has ended, or when the year was paid by another order.
    """
    application = _application_of(order)
    if application and application.member_id is None:
        _wait_for_decision(application, order)
        return
    renewal = Renewal.objects.filter(order=order).first()
    member_id = getattr(application or renewal, "member_id", None)
    if member_id is None:
        raise Refused(_("A newer order has taken the place of this one."))
    open_membership(locked(member_id), order, application)


def _application_of(order: Order) -> Application | None:
    """The application that an order is the first one of, locked after its order."""
    rows = Application.objects.select_related("applicant", "tier", "branch")
    return rows.select_for_update(of=("self",)).filter(order=order).first()


def _wait_for_decision(application: Application, order: Order) -> None:
    if not application.is_undecided:
        raise Refused(_("This application has ended."))
    audit.record("members.hold_dues", application, subjects=[order.user_id], order=order.code)
    post.send(
        "application_paid",
        [order.user.mailbox],
        language=order.user.language,
        key=f"application_paid:{order.code}",
        context={
            "name": application.name,
            "number": application.number,
            "total": order.total,
            "answer_by": str(application.answer_by),
            "url": settings.SITE_URL + application.get_absolute_url(),
        },
        user=order.user,
        branch=application.branch,
    )


def open_membership(member: Member, order: Order, application: Application | None) -> None:
    """The paid days, and for who was only admitted the number and the first line in the register;
    papers and mail. ``member`` is locked, ``order`` paid."""
    if member.status not in (Member.Status.ADMITTED, Member.Status.ACTIVE):
        raise Refused(_("This membership has ended."))
    opens_on = _opens_on(member, application)
    period = _open_periods(member, order, opens_on)
    recount([member.pk])
    if period is None:
        audit.record("members.pay_arrears", member, subjects=[order.user_id], order=order.code)
        return
    if member.status == Member.Status.ADMITTED:
        _activate(member, opens_on, basis=application.basis if application else "")
    audit.record(
        "members.open_period",
        member,
        subjects=[order.user_id],
        order=order.code,
        starts_on=period.starts_on.isoformat(),
        ends_on=period.ends_on and period.ends_on.isoformat(),
    )
    if not member.suspensions.on(clock.today()).exists():
        issue_card(member, period, holder=order.user)
    if application:
        issue_approval(application, member)
    with translation.override(order.user.language):
        sentence = standing_of(member, clock.today()).sentence
    post.send(
        "membership_started" if application else "membership_renewed",
        [order.user.mailbox],
        language=order.user.language,
        key=f"membership:{order.code}",
        context={
            "name": member.name,
            "number": member.number,
            "tier_ko": member.tier.name_ko,
            "tier_en": member.tier.name_en,
            "ends_on": period.ends_on and period.ends_on.isoformat(),
            "standing": sentence,
            "card_url": settings.SITE_URL + reverse("members:card"),
            "url": settings.SITE_URL + reverse("me:me"),
        },
        user=order.user,
        branch=member.branch,
    )


def _opens_on(member: Member, application: Application | None) -> date:
    """The day on which paid days begin for who has none: today, when approval and payment are both
    there, or where the tier says so the day of the approval."""
    if application and application.decided_at and member.tier.starts == Tier.Start.APPROVAL:
        return clock.kst_date(application.decided_at)
    return clock.today()


def _open_periods(member: Member, order: Order, opens_on: date) -> Period | None:
    """The days that the lines of an order buy; the last period, or None where all of them pay for
    years that are over."""
    period = None
    for line in order.lines.filter(kind=dues.DUES).order_by("dues_year", "pk"):
        charge = _charge_of(member, line)
        if charge is None:
            period = _open_period(member, line, opens_on)
        else:
            period = _settle(member, charge, line, opens_on) or period
    return period


def _charge_of(member: Member, line: OrderLine) -> Charge | None:
    """What is booked for the year of a line, with the order of this line counted as paid."""
    charges = member.charges.standing().filter(year=line.dues_year)
    return charges.with_open().select_related("tier").first()


def _settle(member: Member, charge: Charge, line: OrderLine, opens_on: date) -> Period | None:
    """Raises Refused when a charge had been paid otherwise."""
    elsewhere = paid_elsewhere(charge.ends_on).filter(member=member)
    if charge.open < 0 or elsewhere.exists():
        raise Refused(_("This year has been paid by another order."))
    days = dues.charge_buys(
        charge,
        opens_on=opens_on,
        paid_until=paid_until(member, charge.ends_on),
        today=clock.today(),
    )
    if charge.open or days is None:
        return None
    return enter_period(member, line, member.tier, *days)


def _open_period(member: Member, line: OrderLine, opens_on: date) -> Period:
    today = clock.today()
    tier = _tier_paid_for(line, member)
    starts_on, ends_on = dues.days_bought(
        tier,
        line,
        opens_on=opens_on,
        paid_until=paid_until(member, today),
        today=today,
    )
    latest = _last_paid_day(member)
    if latest and latest >= (ends_on or FOR_LIFE):
        raise Refused(_("This year has been paid by another order."))
    return enter_period(member, line, tier, starts_on, ends_on)


def enter_period(
    member: Member, line: OrderLine, tier: Tier, starts_on: date, ends_on: date | None
) -> Period:
    """The days of a line. Where money that was another's had bought some before, they are void, and
    their row is written anew."""
    days = {"tier": tier, "starts_on": starts_on, "ends_on": ends_on}
    void = Period.objects.filter(line=line).exclude(voided_at=None)
    if void.update(voided_at=None, **days):
        return Period.objects.select_related("tier").get(line=line)
    return Period.objects.create(member=member, line=line, **days)


def _tier_paid_for(line: OrderLine, member: Member) -> Tier:
    """The member's, or the one that they change to with these days."""
    if line.tier == member.tier.code:
        return member.tier
    return Tier.objects.filter(code=line.tier).first() or member.tier


def _last_paid_day(member: Member) -> date | None:
    valid = (period for period in member.periods.all() if period.voided_at is None)
    return max((period.ends_on or FOR_LIFE for period in valid), default=None)


def _activate(member: Member, joined_on: date, *, basis: str) -> None:
    """Gives the member number, once and for good, and the first line in the register."""
    today = clock.today()
    member.move_to(
        Member.Status.ACTIVE,
        joined_on=joined_on,
        number=member.number or f"{today:%y}-{next_number('member', today.year):05d}",
    )
    latest = member.register_entries.order_by("-on", "-pk").first()
    on = max(joined_on, latest.on) if latest else joined_on  # a line says so if it was in error
    register.enter(member, RegisterEntry.Kind.JOINED, on=on, basis=basis)


def dues_refunded(refund: Refund) -> None:
    """Dues given back take their days and papers with them; a part of them, or money alone, takes
    nothing unless the treasurer says so."""
    _take_back(refund)
    for row in (Renewal.objects, Application.objects.exclude(member=None)):
        recount(row.filter(order=refund.order_id).values_list("member", flat=True))


def _take_back(refund: Refund) -> None:
    period = refund.line_id and Period.objects.valid().filter(line=refund.line_id).first()
    if not period:
        return
    if not refund.takes_back():
        void_dues_certificates(period, reason=f"환불 {refund.order.code}")
        return
    member = locked(period.member_id)
    void_period(period, reason=f"환불 {refund.order.code}")
    audit.record(
        "members.void_period",
        member,
        reason=refund.reason,
        subjects=[refund.order.user_id],
        order=refund.order.code,
        period=period.pk,
    )
    for change in member.tier_changes.filter(status=TierChange.Status.EFFECTIVE):
        if change.order and any(row["period"] == period.pk for row in change.credited):
            # What was credited there has gone back here: a person has to look.
            raise_task(Task.Kind.REFUSED, change.order, None, f"{refund.order.code} refunded")


def void_period(period: Period, *, reason: str) -> None:
    """Takes paid days back, with the papers that stand on them."""
    Period.objects.filter(pk=period.pk).update(voided_at=clock.now())
    recount([period.member_id])
    void_papers_of(period, reason=reason)


def dues_expired(order: Order) -> None:
    """Nothing: an approval outlives its order. payments tells the buyer that it lapsed, and the
    application's page offers another (``reissue_order``)."""


@transaction.atomic
def renew(member: Member, *, payer: User | None = None, by: User) -> Order:
    """The order for what is booked and open, or else for the year that a payment today pays for; a
    waiting one that asks for just this is returned as it is, another one is given up. ``payer`` is
    whose order it is, when staff place it.

    Raises Refused when the membership has ended, never began, or is paid already.
    """
    pending = Order.objects.filter(renewal__member=member.pk, status=Order.Status.PENDING)
    list(pending.order_by("pk").select_for_update(of=("self",)))  # money locks the order first
    member = locked(member.pk)
    waiting = list(pending.order_by("pk"))  # with what somebody placed while we waited
    if member.status != Member.Status.ACTIVE:
        raise Refused(_("Only a running membership can be renewed."))
    lines = [priced.line for priced in renewal_lines(member)]
    for order in waiting:
        if asks_for(order, lines):
            return order
    for order in waiting:
        if order.payments.standing().exists():
            raise Refused(
                _("A part of order %(code)s has been paid. Please pay the rest of it first.")
                % {"code": order.code}
            )
        cancel_order(order, by=by, reason=_("A newer order takes its place"))
    payer, today, year = payer or by, clock.today(), lines[-1].dues_year
    assert year is not None  # what is for life is paid already
    order = place_order(
        payable=PAYABLE,
        user=payer,
        branch=member.branch,
        buyer_name=member.name,
        title_ko=lines[-1].title_ko,
        title_en=lines[-1].title_en,
        lines=lines,
        expires_at=clock.end_of(today + PAYMENT_TERM),
        by=by,
    )
    Renewal.objects.create(member=member, order=order, dues_year=year)
    audit.record("members.renew", member, by=by, subjects=[payer], order=order.code, year=year)
    if not order.total:
        settle_free(order, by=by)
    return order


def renewal_lines(member: Member) -> list[dues.Priced]:
    """What a renewal today would ask for, and why. Raises Refused where nothing is to be paid."""
    tier = tier_to_renew(member)
    return dues.renewal(member, tier, clock.today(), paid_until=_last_paid_day(member))


def asks_for(order: Order, lines: list[Line]) -> bool:
    """Whether an order asks for these years and amounts and nothing else."""
    asked = [(line.dues_year, line.amount) for line in order.lines.order_by("dues_year", "pk")]
    return asked == sorted((line.dues_year, line.amount) for line in lines)


def tier_to_renew(member: Member) -> Tier:
    """The tier whose dues the next days cost: another one where a change of tier takes effect with
    them. Raises Refused while a change waits for its payment."""
    change = member.tier_changes.open().select_related("to_tier").first()
    if change is None or change.status == TierChange.Status.REQUESTED:
        return member.tier
    if change.status == TierChange.Status.APPROVED:
        raise Refused(_("Your change of tier waits for its payment. Pay it or take it back first."))
    return change.to_tier


def may_renew(member: Member) -> bool:
    """Whether there is a year to pay now."""
    try:
        renewal_lines(member)
    except Refused:
        return False
    return True
