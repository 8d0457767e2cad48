"""A thing to sell that belongs to no room, and a shop assistant's hands for the tests."""

from typing import Any

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.audit.models import Entry
from kosna.branches.models import Branch
from kosna.core.errors import Refused
from kosna.payments import actions, payables
from kosna.payments.actions import Line, place_order
from kosna.payments.models import Order, OrderLine, Refund

KIND = "test.thing"
SOLD_OUT = "품절"


def on_paid(order: Order) -> None:
    if order.title_ko == SOLD_OUT:
        raise Refused(SOLD_OUT)
    audit.record("test.delivered", order)


def on_refunded(refund: Refund) -> None:
    audit.record("test.taken_back", refund.order)


def on_expired(order: Order) -> None:
    audit.record("test.released", order)


def on_unpaid(order: Order) -> None:
    audit.record("test.undelivered", order, status=order.status)


payables.register(
    KIND,
    on_paid=on_paid,
    on_refunded=on_refunded,
    on_expired=on_expired,
    on_unpaid=on_unpaid,
)


def line(amount: int = 33_000, **changes: Any) -> Line:
    facts = {
        "kind": "thing",
        "title_ko": "참가비",
        "title_en": "Fee",
        "amount": amount,
        "vat_class": OrderLine.VatClass.TAXABLE,
    }
    return Line(**facts | changes)


def order_of(
    user: User, branch: Branch, *amounts: int, title: str = "컨퍼런스", **more: Any
) -> Order:
    return place_order(
        payable=KIND,
        user=user,
        branch=branch,
        buyer_name=user.name,
        title_ko=title,
        title_en="Conference",
        lines=[line(amount) for amount in amounts or (33_000,)],
        by=user,
        **more,
    )


def account_for(refund: Refund) -> Refund:
    """The buyer names the account for a refund that needs one."""
    if actions.needs_account(refund.payment):
        actions.name_account(
            refund.order,
            refund=refund,
            bank="088",
            number="110123456789",
            holder="박서준",
            by=refund.order.user,
        )
    return refund


def happened(verb: str, order: Order) -> int:
    return Entry.objects.filter(verb=f"test.{verb}", target_id=str(order.pk)).count()
