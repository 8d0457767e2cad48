"""What of a payment is to go back: claimed from the request on, and never more than it brought."""

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core.errors import Refused
from kosna.payments.actions import accounts
from kosna.payments.actions.settlement import locked
from kosna.payments.models import Order, OrderLine, Payment, Refund


def refundable(payment: Payment) -> int:
    """Won of a payment that no refund claims yet. Only true while the order's row is locked."""
    if not Payment.objects.standing().filter(pk=payment.pk).exists():
        return 0  # it was another order's
    return payment.amount - sum_of(payment.refunds.filter(status__in=Refund.CLAIMS))


def sum_of(refunds: QuerySet[Refund]) -> int:
    return refunds.aggregate(sum=Sum("amount"))["sum"] or 0


@transaction.atomic
def request_refund(
    *,
    order: Order,
    amount: int,
    reason: str,
    by: User | None,
    line: OrderLine | None = None,
    ends_line: bool = False,
    payment: Payment | None = None,
) -> Refund:
    """Claims ``amount`` won of what an order has paid; ``line`` when it is of the price of one
    thing, which ends with its whole price, or with a part of it where ``ends_line`` says so.

    All claims of a payment, from the request on, stay within what it brought. Raises Refused.
    """
    order = locked(order)
    payments = [payment] if payment else list(order.payments.standing().order_by("-amount", "pk"))
    chosen = next((each for each in payments if refundable(each) >= amount), None)
    if amount <= 0 or chosen is None:
        most = max((refundable(each) for each in payments), default=0)
        raise Refused(
            _("At most %(most)s won of this order can be refunded at once.")
            % {"most": f"{most:,}"},
            field="amount",
        )
    if ends_line and line is None:
        raise Refused(_("Choose the line that ends."), field="line")
    if line:
        left = line.amount - sum_of(line.refunds.filter(status__in=Refund.CLAIMS))
        if line.order_id != order.pk or amount > left:
            raise Refused(
                _("At most %(most)s won of this line can be refunded.") % {"most": f"{left:,}"},
                field="amount",
            )
    refund = Refund.objects.create(
        order=order,
        payment=chosen,
        line=line,
        ends_line=ends_line,
        amount=amount,
        reason=reason,
        requested_by=by,
    )
    audit.record(
        "payments.request_refund",
        order,
        by=by,
        reason=reason,
        subjects=[order.user_id],
        amount=amount,
        refund=refund.pk,
    )
    accounts.ask(refund)
    return refund


def unclaimed(line: OrderLine) -> int:
    """Won of a line's price that no refund has asked for yet."""
    return line.amount - sum_of(line.refunds.filter(status__in=Refund.CLAIMS))


@transaction.atomic
def request_line_refund(
    order: Order, line: OrderLine, *, amount: int, reason: str, by: User, ends_line: bool = False
) -> int:
    """Claims so much of a line's price, or what is left of it, however many payments brought it.
    Returns the won claimed; 0 when nothing was paid or all is claimed already."""
    order = locked(order)
    left = amount = min(amount, unclaimed(line))
    for payment in order.payments.standing().order_by("-amount", "pk"):
        if (piece := min(left, refundable(payment))) > 0:
            request_refund(
                order=order,
                amount=piece,
                reason=reason,
                by=by,
                line=line,
                ends_line=ends_line,
                payment=payment,
            )
            left -= piece
    return amount - left


@transaction.atomic
def request_full_refund(order: Order, *, reason: str, by: User) -> int:
    """Claims all that an order's lines have paid, each line for itself. Returns the won claimed."""
    return sum(
        request_line_refund(order, line, amount=line.amount, reason=reason, by=by)
        for line in order.lines.all()
    )
