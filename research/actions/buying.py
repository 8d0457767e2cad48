"""A non-member buys a report: an order like any other, and from its payment on the right to read,
for good."""

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.payments import actions as payments
from kosna.payments.models import Order, OrderLine, Refund
from members.access import entitlement
from research.models import Permit, PermitQuerySet, Report
from research.permits import ON_ITS_WAY, is_claimed_back

PAYABLE = "research.report"


def unpaid_order(report: Report, user: User) -> Order | None:
    """The order by which this person is buying the report already."""
    orders = Order.objects.filter(
        user=user, lines__permit__report=report, status=Order.Status.PENDING
    )
    return orders.first()


def buy_report(report: Report, *, by: User) -> Order:
    """An order for the right to read a report. One that waits to be paid is given again.

    Raises Refused when this person may read the report already, or it is not sold to them now.
    """
    at = clock.now()
    if order := unpaid_order(report, by):
        return order
    decision = entitlement(by, report, at)
    if decision.allowed:
        raise Refused(_("You can read this report already."))
    if is_claimed_back(report, by):
        raise Refused(str(ON_ITS_WAY))
    if decision.price is None:
        raise Refused(decision.reason)
    try:
        with transaction.atomic():
            return _place(report, decision.price, by)
    except IntegrityError:
        raise Refused(_("You are buying this report already. My page shows the order.")) from None


def _place(report: Report, price: int, by: User) -> Order:
    if not Report.objects.published().filter(pk=report.pk, version=report.version).exists():
        raise Refused(_("This report has just been changed. Please try again."))
    order = payments.place_order(
        payable=PAYABLE,
        user=by,
        branch=Branch.objects.get(is_head_office=True),
        buyer_name=by.name or by.email,
        title_ko=report.title_ko,
        title_en=report.title_en,
        lines=[
            payments.Line(
                kind="report",
                title_ko=f"연구자료 열람 · {report.title_ko}",
                title_en=f"Report · {report.title_en or report.title_ko}",
                amount=price,
                vat_class=OrderLine.VatClass(report.vat_class),
            )
        ],
        by=by,
    )
    Permit.objects.create(report=report, user=by, line=order.placed_lines[0])
    payments.settle_free(order, by=by)
    audit.record("research.buy_report", report, by=by, subjects=[by], order=order.code)
    return order


# --- the report is withdrawn ---


def end_sales(report: Report, *, reason: str, by: User) -> None:
    """Of a report that the association takes away (domain.md §3.3): who has not paid, does not have
    to; who paid and took no copy since gets the whole price back, once a treasurer approves it; who
    has a copy keeps it, and may ask the office. All of them are told, and each time what is still
    on its way back.

    A price that is claimed back closes the report to its buyer (``PermitQuerySet.claimed_back``),
    so that nobody takes a copy of a report that comes out again and the money as well. Should the
    treasurer reject the claim, it opens again."""
    permits = Permit.objects.bought().filter(report=report, ended_at=None)
    for permit in permits.select_related("line__order__user"):
        assert permit.line is not None
        order, back = permit.line.order, 0
        has_copy = _has_copy(permit)
        if order.status == Order.Status.PENDING:
            payments.cancel_order(order, by=by, reason=reason)
        elif not has_copy:
            payments.request_full_refund(order, reason=reason, by=by)
            claims = permit.line.refunds.on_their_way()
            back = claims.aggregate(sum=Sum("amount"))["sum"] or 0
        post.send(
            "report_withdrawn",
            [order.user.mailbox],
            language=order.user.language,
            key=f"report_withdrawn:{order.code}:{report.version}",
            context={
                **payments.mail_facts(order),
                "reason": reason,
                "back": back,
                "has_copy": has_copy,
                "was_paid": permit.since is not None,
            },
            user=order.user,
            branch=order.branch,
        )


def _has_copy(permit: Permit) -> bool:
    """Taken by what was bought: a copy from before, as somebody's guest, was not."""
    copies = permit.report.downloads.of(permit.user)
    return (copies.filter(at__gte=permit.since) if permit.since else copies).exists()


# --- what money does (``kosna.payments.payables``; the order's row is locked) ---


def _of(order: Order) -> PermitQuerySet:
    return Permit.objects.filter(line__order=order)


def on_paid(order: Order) -> None:
    """Opens the report. Paid late it opens as well, unless it was bought again meanwhile or is not
    in the library any more."""
    if _of(order).exclude(report__in=Report.objects.published()).exists():
        raise Refused(_("The report was withdrawn before the payment arrived."))
    try:
        with transaction.atomic():
            _of(order).update(since=clock.now(), ended_at=None)
    except IntegrityError:
        raise Refused(_("This reader has bought the report a second time.")) from None


def on_expired(order: Order) -> None:
    _of(order).filter(since=None, ended_at=None).update(ended_at=clock.now())


def on_unpaid(order: Order) -> None:
    """The money was another's: the report is closed again, and waits for its own money."""
    ended = None if order.status == Order.Status.PENDING else clock.now()
    _of(order).update(since=None, ended_at=ended)


def on_refunded(refund: Refund) -> None:
    if refund.takes_back():
        _of(refund.order).filter(line=refund.line_id, ended_at=None).update(ended_at=clock.now())
