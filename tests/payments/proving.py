"""Paid orders and the proofs of their payments, for the tests."""

import pytest
from django.db import transaction

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions
from kosna.payments.actions import Business
from kosna.payments.models import Order, OrderLine, Payment, Proof, ProofIssue
from tests.payments import shop

Kind, Purpose, Status = Proof.Kind, Proof.Purpose, Proof.Status
VatClass = OrderLine.VatClass
DUES = {"kind": "dues", "vat_class": VatClass.NONE}
EXEMPT = {"vat_class": VatClass.EXEMPT}
BUSINESS = Business(
    identity="1234567891",
    company="㈜가온소셜랩",
    representative="오세린",
    address="서울특별시 금천구 가산디지털1로 1",
    email="tax@gaon.test",
)


def order_with(cast, *lines, method="bank_transfer", paid=None) -> Order:
    """An order over these lines, paid at once in these amounts (its total, unless told)."""
    order = actions.place_order(
        payable=shop.KIND,
        user=cast.account,
        branch=cast.busan,
        buyer_name=cast.account.name,
        title_ko="컨퍼런스",
        title_en="Conference",
        lines=lines or [shop.line(110_000)],
        by=cast.account,
    )
    for amount in paid or [order.total]:
        pay(order, amount, method)
    order.refresh_from_db()
    return order


def pay(order: Order, amount: int, method: str = "bank_transfer") -> Payment:
    return actions.record_payment(
        order=order,
        provider="bank" if method == "bank_transfer" else "stripe",
        reference=f"bank:{order.code}:{order.payments.count()}",
        method=method,
        amount=amount,
        received_at=clock.now(),
    )


def receipt_for(payment: Payment, **more) -> Proof:
    asked = {"purpose": Purpose.DEDUCTION, "identity": "+821000000101", "by": payment.order.user}
    return actions.request_cash_receipt(payment, **asked | more)


def invoice_for(payment: Payment, **more) -> Proof:
    asked = {"business": BUSINESS, "written_on": clock.today(), "by": payment.order.user}
    return actions.request_invoice(payment, **asked | more)


def number(serial: int = 1) -> str:
    return f"{clock.today():%Y%m%d}41000096{serial:08x}"


def issue(proof: Proof, cast, text: str = "") -> ProofIssue:
    return actions.issue_proof(
        proof, number=text or number(), issued_on=clock.today(), by=cast.treasurer
    )


def give_back(order: Order, amount: int, cast, *, line=None, payment=None) -> None:
    refund = actions.request_refund(
        order=order, amount=amount, reason="불참", line=line, payment=payment, by=cast.head_office
    )
    shop.account_for(refund)
    actions.approve_refund(refund, by=cast.treasurer)
    refund = actions.send_refund(refund, by=cast.treasurer)
    actions.complete_bank_refund(refund, reference=f"wire {refund.pk}", by=cast.treasurer)


def fresh(proof: Proof) -> Proof:
    return Proof.objects.with_grounds().get(pk=proof.pk)


def refusal_of(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused, transaction.atomic():
        call(*args, **kwargs)
    return str(refused.value)
