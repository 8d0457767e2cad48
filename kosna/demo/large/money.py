"""What was paid, with its books and papers."""

from django.conf import settings
from django.db.models import F

from kosna.core import clock
from kosna.core.models import Counter
from kosna.demo.large.filling import Filling
from kosna.documents.models import CODE_ALPHABET as PAPER_ALPHABET
from kosna.documents.models import Document
from kosna.payments.models import LedgerEntry, Order, Payment


def add_payments(filling: Filling, orders: list[Order]) -> None:
    payments = [
        Payment(
            order=order,
            provider=settings.PAYMENT_GATEWAY if order.total else "free",
            reference=f"{'seed' if order.total else 'free:'}{order.code}",
            method="kr_card" if order.total else "free",
            amount=order.total,
            received_at=order.paid_at,
            recorded_at=order.paid_at,
        )
        for order in orders
    ]
    Payment.objects.bulk_create(payments)
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            order=payment.order,
            payment=payment,
            account=f"cash:{payment.provider}",
            amount=payment.amount,
            branch_id=payment.order.branch_id,
            booked_at=payment.received_at,
        )
        for payment in payments
    )
    Document.objects.bulk_create(_receipts(filling, [order for order in orders if order.total]))


def _receipts(filling: Filling, orders: list[Order]) -> list[Document]:
    """Numbered in the year in which the rows are made, as papers are."""
    if not orders:
        return []
    kind, year = Document.Kind.RECEIPT, filling.today.year
    counter = filling.counter(f"document.{kind}", year)
    Counter.objects.filter(pk=counter.pk).update(value=F("value") + len(orders))
    return [
        Document(
            kind=kind,
            year=year,
            number=counter.value + position,
            code=filling.token(PAPER_ALPHABET, 26),
            key=f"receipt:{order.pk}:0",
            name=order.buyer_name,
            subject_id=order.user_id,
            branch_id=order.branch_id,
            language="ko",
            issued_at=filling.now,
            facts={
                "name": order.buyer_name,
                "order_code": order.code,
                "lines": [
                    {
                        "title": order.title_ko,
                        "quantity": 2,
                        "amount": order.total,
                        "vat": 0,
                    }
                ],
                "total": order.total,
                "refunded": 0,
                "vat": 0,
                "method": "국내 카드",
                "paid_on": clock.kst_date(order.paid_at).isoformat(),
                "purpose": order.title_ko,
            },
        )
        for position, order in enumerate(orders, 1)
    ]
