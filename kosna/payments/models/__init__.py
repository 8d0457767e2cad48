"""What is owed (Order), how somebody tries to pay (Attempt), what arrived (Payment), what went
back (Refund), the books (LedgerEntry), what buyers prove it by (Proof). Whole won throughout."""

from kosna.payments.models.desk import ProviderEvent, Task
from kosna.payments.models.money import (
    Attempt,
    LedgerEntry,
    Payment,
    Refund,
    RefundQuerySet,
    ThroughOrderQuerySet,
)
from kosna.payments.models.orders import (
    CODE_ALPHABET,
    Order,
    OrderLine,
    OrderQuerySet,
    new_order_code,
)
from kosna.payments.models.proofs import (
    CASH_METHODS,
    Proof,
    ProofIssue,
    ProofQuerySet,
)

__all__ = [
    "CASH_METHODS",
    "CODE_ALPHABET",
    "Attempt",
    "LedgerEntry",
    "Order",
    "OrderLine",
    "OrderQuerySet",
    "Payment",
    "Proof",
    "ProofIssue",
    "ProofQuerySet",
    "ProviderEvent",
    "Refund",
    "RefundQuerySet",
    "Task",
    "ThroughOrderQuerySet",
    "new_order_code",
]
