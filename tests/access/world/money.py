"""Orders, a payment with what may follow it, the bank and the month of a branch."""

from datetime import timedelta
from typing import Any

from kosna.core import clock
from kosna.documents.models import Document
from kosna.payments.models import (
    Adjustment,
    BankAccount,
    BankFile,
    BankLine,
    Deposit,
    Match,
    NotedDeposit,
    Order,
    OrderLine,
    OutgoingMatch,
    Payment,
    Proof,
    ProviderEvent,
    Refund,
    Statement,
    Task,
    Till,
    TransferFile,
    new_deposits,
)
from tests import factories
from tests.conftest import Cast


def orders(cast: Cast) -> tuple[Order, Order, OrderLine]:
    """One that waits, and one that is paid, with its line."""
    now = clock.now()
    pending, paid = (
        Order.objects.create(
            payable="events.registration",
            title_ko="세미나",
            user=cast.regular,
            buyer_name="regular",
            branch=cast.busan,
            total=55_000,
            expires_at=now + timedelta(hours=1),
            release_at=now + timedelta(hours=2),
            status=status,
            paid_at=now if status == Order.Status.PAID else None,
        )
        for status in (Order.Status.PENDING, Order.Status.PAID)
    )
    line = OrderLine.objects.create(
        order=paid, kind="ticket", title_ko="입장권", amount=55_000, vat_class="exempt"
    )
    return pending, paid, line


def money(cast: Cast, pending: Order, paid: Order) -> dict[str, Any]:
    now = clock.now()
    payment = Payment.objects.create(
        order=paid,
        provider="bank",
        reference="matrix",
        method="bank_transfer",
        amount=55_000,
        received_at=now,
    )
    factories.book(payment)
    refund = Refund.objects.create(order=paid, payment=payment, amount=1_000, reason="x")
    transfer_file = TransferFile.objects.create(number=1, total=1_000, created_by=cast.treasurer)
    proof = Proof.objects.create(
        payment=payment,
        method=payment.method,
        kind=Proof.Kind.INVOICE,
        identity="1234567891",
        written_on=clock.today(),
        due_on=clock.today(),
        requested_by=cast.regular,
        certificate_name="card.pdf",
        certificate_type="application/pdf",
    )
    proof.certificate.save("card.pdf", factories.ContentFile(b"%PDF-1.7\n"))
    task = Task.objects.create(order=paid, kind=Task.Kind.OVERPAID, note="x", key="matrix")
    event_told = ProviderEvent.objects.create(
        provider="stripe", event="evt_matrix", type="x", payload={}, outcome="quarantined"
    )
    return bank(cast, pending, refund) | {
        "order": pending.code,
        "paid_order": paid.code,
        "payment": payment.pk,
        "refund": refund.pk,
        "transfer_file": transfer_file.uuid,
        "proof": proof.pk,
        "task": task.pk,
        "provider_event": event_told.pk,
        "gateway": "gateway",
        "till": Till.objects.create(
            branch=cast.busan,
            occasion="x",
            title_ko="x",
            day=clock.today(),
            keeper=cast.officer,
        ).pk,
    }


def bank(cast: Cast, order: Order, refund: Refund) -> dict[str, Any]:
    """An account of Busan, a file of it that waits, a deposit that is open, a match, and a deposit
    that was noted; an outgoing line that shows nothing, and one that shows a refund."""
    account = BankAccount.objects.create(branch=cast.busan, name="x", bank="국민은행", number="1")
    file = BankFile.objects.create(
        account=account,
        by=cast.treasurer,
        file_name="거래내역.csv",
        sha256="0" * 64,
        shape={},
        heading_line=1,
        headings=["입금액"],
        samples=[{"first": [], "values": []}],
        mapping=["incoming"],
        status=BankFile.Status.CHECKED,
    )
    lines = [
        BankLine.objects.create(
            account=account,
            file=file,
            line=number,
            fingerprint=str(number),
            at=clock.now(),
            incoming=1_000,
            balance=number,
            payer="regular",
        )
        for number in (1, 2)
    ]
    out = [
        BankLine.objects.create(
            account=account,
            file=file,
            line=number,
            fingerprint=str(number),
            at=clock.now(),
            outgoing=1_000,
            balance=number,
            payer="regular",
        )
        for number in (3, 4)
    ]
    deposits = Deposit.objects.bulk_create(new_deposits(lines))
    payment = Payment.objects.create(
        order=order,
        provider="bank",
        reference="matched",
        method="bank",
        amount=1_000,
        received_at=clock.now(),
    )
    deposits[1].take(1_000)
    match = Match.objects.create(
        deposit=deposits[1], order=order, payment=payment, number=1, amount=1_000
    )
    return {
        "bank_account": account.pk,
        "bank_file": file.uuid,
        "bank_deposit": deposits[0].pk,
        "bank_match": match.pk,
        "outgoing_line": out[0].pk,
        "outgoing_match": OutgoingMatch.objects.create(
            line=out[1], refund=refund, matched_by=cast.treasurer
        ).pk,
        "noted_deposit": NotedDeposit.objects.create(
            order=order,
            amount=1_000,
            received_at=clock.now(),
            depositor="regular",
            nonce="noted",
            noted_by=cast.treasurer,
        ).pk,
    }


def settlements(cast: Cast) -> dict[str, Any]:
    """Busan's month that runs, one that is locked, with its paper, and a booked adjustment."""
    now = clock.now()
    month = clock.month_of(now)
    figures = ("opening", "earned", "adjusted", "paid_out", "closing", "entry_count")
    locked = Statement.objects.create(
        branch=cast.busan,
        month=clock.month_of(clock.start_of(month) - timedelta(days=1)),
        status=Statement.Status.LOCKED,
        prepared_at=now,
        prepared_by=cast.treasurer,
        approved_at=now,
        approved_by=cast.head_office,
        locked_at=now,
        locked_by=cast.treasurer,
        **dict.fromkeys(figures, 0),
    )
    paper = Document(
        kind=Document.Kind.SETTLEMENT,
        year=now.year,
        number=1,
        key=f"settlement:{locked.pk}",
        branch=cast.busan,
        language="ko",
        facts={},
    )
    paper.file.save("statement.pdf", factories.ContentFile(b"%PDF-1.7\n"))
    adjustment = Adjustment.objects.create(
        branch=cast.busan,
        amount=1,
        reason="x",
        basis="x",
        status=Adjustment.Status.BOOKED,
        proposed_by=cast.treasurer,
        decided_at=now,
        decided_by=cast.treasurer,
    )
    statement = Statement.objects.create(branch=cast.busan, month=month)
    return {"statement": statement.pk, "locked": locked.pk, "adjustment": adjustment.pk}
