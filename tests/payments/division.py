"""Dues to sell of which the branch has a part, and months that pass, for the tests of shares."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.payments import actions, payables
from kosna.payments.models import Order, OrderLine, Refund, ShareEntry, Statement
from tests.payments import shop

KIND = "test.dues"
PERCENT = 30


def rule(kind: str, tier: str, branch: Branch, on: object) -> payables.Share | None:
    if kind != "dues" or branch.is_head_office:
        return None
    return payables.Share(PERCENT, "2026-01-01 · 제1차 이사회")


payables.register(
    KIND,
    on_paid=shop.on_paid,
    on_refunded=shop.on_refunded,
    on_expired=shop.on_expired,
    on_unpaid=shop.on_unpaid,
    sharing=payables.Sharing(rule=rule, tier_names=lambda: {"gold": "골드회원"}),
)


def at(text: str) -> AbstractContextManager[None]:
    """Standing at an instant of Seoul: ``at("2027-03-31 23:59")``."""
    return clock.standing_at(datetime.fromisoformat(text).replace(tzinfo=clock.KST))


def order_of(user: User, branch: Branch, *amounts: int, fee: int = 0, title: str = "회비") -> Order:
    """Dues over ``amounts`` won, a line each, and an admission fee, which is nobody's share."""
    lines = [
        shop.line(won, kind="dues", tier="gold", vat_class=OrderLine.VatClass.NONE)
        for won in amounts or (100_000,)
    ]
    if fee:
        lines.append(shop.line(fee, kind="admission_fee", vat_class=OrderLine.VatClass.NONE))
    return actions.place_order(
        payable=KIND,
        user=user,
        branch=branch,
        buyer_name=user.name,
        title_ko=title,
        title_en="Dues",
        lines=lines,
        by=user,
    )


def pay(order: Order, amount: int | None = None, reference: str = "") -> Order:
    actions.record_payment(
        order=order,
        provider="bank",
        reference=reference or f"bank:{order.code}:{order.payments.count()}",
        method="bank_transfer",
        amount=order.total if amount is None else amount,
        received_at=clock.now(),
    )
    return Order.objects.get(pk=order.pk)


def paid(user: User, branch: Branch, *amounts: int, **more: Any) -> Order:
    return pay(order_of(user, branch, *amounts, **more))


def give_back(order: Order, amount: int, *, by: User, line: OrderLine | None = None) -> Refund:
    """A refund that is asked for, approved, wired and done, all at once."""
    refund = actions.request_refund(order=order, amount=amount, reason="x", by=None, line=line)
    shop.account_for(refund)
    actions.approve_refund(refund, by=by)
    actions.send_refund(refund, by=by)
    actions.complete_bank_refund(refund, reference=f"back:{refund.pk}", by=by)
    refund.refresh_from_db()
    return refund


def bounce(refund: Refund) -> None:
    actions.refunds._fail(Refund.objects.get(pk=refund.pk), "account closed")


def share_of(order: Order) -> int:
    """Won that are booked for the branch of an order."""
    return sum(ShareEntry.objects.filter(line__order=order).values_list("amount", flat=True))


def closed(statement: Statement, *, by: User, approver: User, locks: bool = True) -> Statement:
    actions.prepare_statement(statement, by=by)
    actions.approve_statement(statement, by=approver)
    if locks:
        actions.lock_statement(statement, by=by)
    return Statement.objects.get(pk=statement.pk)
