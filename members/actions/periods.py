"""Paid days of membership: what happens when dues are paid, given back or not paid, and renewal.

payments calls ``dues_paid``, ``dues_refunded`` and ``dues_expired`` with the order's row locked.
"""

from datetime import date, timedelta
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
from kosna.documents import actions as documents
from kosna.documents.models import Document
from kosna.mail import post
from kosna.payments.actions import place_order, settle_free
from kosna.payments.models import Order, Refund
from members import dues, register
from members.actions.applications import PAYABLE, PAYMENT_TERM
from members.models import Application, Member, Period, RegisterEntry, Renewal
from members.standing import FOR_LIFE, calendar_for, paid_until


def lock(members: Any) -> Any:
    """Periods of a member are added one at a time."""
    return members.select_for_update(of=("self",))


def locked(member_id: int) -> Member:
    rows = Member.objects.select_related("tier", "branch", "user", "organisation")
    return lock(rows).get(pk=member_id)


def dues_paid(order: Order) -> None:
    """Opens the period that an order paid for; the first one makes the member a member.

    Raises Refused (the money stays recorded, staff are asked) when a newer order took this one's
    place, when the membership has ended, or when the year was paid by another order.
    """
    application = Application.objects.filter(order=order).first()
    renewal = Renewal.objects.filter(order=order).first()
    member_id = getattr(application or renewal, "member_id", None)
    if member_id is None:
        raise Refused(_("A newer order has taken the place of this one."))
    member = locked(member_id)
    if member.status not in (Member.Status.ADMITTED, Member.Status.ACTIVE):
        raise Refused(_("This membership has ended."))
    period = _open_period(member, order)
    if member.status == Member.Status.ADMITTED:
        _activate(member, basis=application.basis if application else "")
    audit.record(
        "members.open_period",
        member,
        subjects=[order.user_id],
        order=order.code,
        starts_on=period.starts_on.isoformat(),
        ends_on=period.ends_on and period.ends_on.isoformat(),
    )
    issue_card(member, period, holder=order.user)
    if application:
        _issue_approval(application, member)
    post.send(
        "membership_started" if application else "membership_renewed",
        [order.user.email],
        language=order.user.language,
        key=f"membership:{order.code}",
        context={
            "name": member.name,
            "number": member.number,
            "tier_ko": member.tier.name_ko,
            "tier_en": member.tier.name_en,
            "ends_on": period.ends_on and period.ends_on.isoformat(),
            "card_url": settings.SITE_URL + reverse("members:card"),
            "url": settings.SITE_URL + reverse("me:me"),
        },
        user=order.user,
        branch=member.branch,
    )


def _open_period(member: Member, order: Order) -> Period:
    line = order.lines.get(kind=dues.DUES)
    today = clock.today()
    until = paid_until(member, today)
    ends_on = None
    if line.dues_year is not None:
        # Whoever pays late in the year, or after it, is given the year that a payment today buys.
        ends_on = date(max(line.dues_year, dues.covered_year(today)), 12, 31)
    latest = max((p.ends_on or FOR_LIFE for p in member.periods.valid()), default=None)
    if latest and latest >= (ends_on or FOR_LIFE):
        raise Refused(_("This year has been paid by another order."))
    starts_on = today if until is None or until < today else until + timedelta(days=1)
    return Period.objects.create(
        member=member, line=line, tier=member.tier, starts_on=starts_on, ends_on=ends_on
    )


def _activate(member: Member, *, basis: str) -> None:
    """Gives the member number, once and for good, and the first line in the register."""
    today = clock.today()
    member.move_to(
        Member.Status.ACTIVE,
        joined_on=today,
        number=f"{today:%y}-{next_number('member', today.year):05d}",
    )
    register.enter(member, RegisterEntry.Kind.JOINED, on=today, basis=basis)


def issue_card(member: Member, period: Period, *, holder: User) -> Document:
    """회원증 of one person for one paid period: the member's own, or a seat's."""
    with translation.override(holder.language):
        facts = {
            "name": holder.name or member.name,
            "organisation": member.organisation.name if member.organisation else "",
            "tier": period.tier.name,
            "member_number": member.number,
            "branch": member.branch.name,
            "valid_until": period.ends_on and period.ends_on.isoformat(),
        }
    return documents.issue(
        Document.Kind.MEMBERSHIP_CARD,
        key=f"card:{period.pk}:{holder.pk}",
        subject=holder,
        facts=facts,
        language=holder.language,
        branch=member.branch,
        valid_until=period.ends_on,
    )


def _issue_approval(application: Application, member: Member) -> Document:
    """입회승인서, on the day when the membership begins."""
    user = application.applicant
    with translation.override(user.language):
        facts = {
            "name": "" if member.organisation else member.name,
            "organisation": member.organisation.name if member.organisation else "",
            "application_number": application.number,
            "member_number": member.number,
            "tier": application.tier.name,
            "branch": application.branch.name,
            "approved_on": clock.kst_date(application.decided_at or clock.now()).isoformat(),
            "issued_on": clock.today().isoformat(),
            "basis": application.basis,
        }
    return documents.issue(
        Document.Kind.APPROVAL,
        key=f"approval:{application.pk}",
        subject=user,
        facts=facts,
        language=user.language,
        branch=application.branch,
    )


def dues_refunded(refund: Refund) -> None:
    """Dues given back take their days and papers with them; a part of them, or money alone, takes
    nothing unless the treasurer says so."""
    if not refund.takes_back():
        return
    period = Period.objects.valid().filter(line=refund.line_id).first()
    if period is None:
        return
    member = locked(period.member_id)
    Period.objects.filter(pk=period.pk).update(voided_at=clock.now())
    papers = Document.objects.filter(key__startswith=f"card:{period.pk}:")
    application = Application.objects.filter(order=refund.order_id).first()
    if application:
        papers |= Document.objects.filter(key=f"approval:{application.pk}")
    for paper in papers:
        documents.void(paper, reason=f"환불 {refund.order.code}")
    audit.record(
        "members.void_period",
        member,
        reason=refund.reason,
        subjects=[refund.order.user_id],
        order=refund.order.code,
        period=period.pk,
    )


def dues_expired(order: Order) -> None:
    """Nothing: an approval outlives its order. payments tells the buyer that it lapsed, and the
    application's page offers another (``reissue_order``)."""


@transaction.atomic
def renew(member: Member, *, by: User) -> Order:
    """The order for the year that a payment today pays for; a waiting one is returned as it is.

    Raises Refused when the membership has ended, never began, or is paid already.
    """
    member = locked(member.pk)
    if member.status != Member.Status.ACTIVE:
        raise Refused(_("Only a running membership can be renewed."))
    today = clock.today()
    refuse_if_paid(member, today)
    year = dues.covered_year(today)
    waiting = member.renewals.filter(dues_year=year, order__status=Order.Status.PENDING).first()
    if waiting:
        return waiting.order
    order = place_order(
        payable=PAYABLE,
        user=by,
        branch=member.branch,
        buyer_name=member.name,
        title_ko=f"{year}년 연회비",
        title_en=f"Annual dues {year}",
        lines=dues.quote(member.tier, today, first=False),
        expires_at=clock.end_of(today + PAYMENT_TERM),
        by=by,
    )
    Renewal.objects.create(member=member, order=order, dues_year=year)
    audit.record("members.renew", member, by=by, subjects=[by], order=order.code, year=year)
    if not order.total:
        settle_free(order, by=by)
    return order


def refuse_if_paid(member: Member, today: date) -> None:
    """Raises Refused, saying from when the next year can be paid."""
    until = max((p.ends_on or FOR_LIFE for p in member.periods.valid()), default=None)
    if until == FOR_LIFE:
        raise Refused(_("This membership is for life; there is nothing to renew."))
    if until and until.year >= dues.covered_year(today):
        month = calendar_for(until.year).next_year_from_month
        opens = date(until.year, month, 1)
        raise Refused(
            _("Dues are paid until %(until)s. The next year can be paid from %(opens)s.")
            % {"until": until.isoformat(), "opens": opens.isoformat()}
        )
