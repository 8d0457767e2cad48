"""What is owed (Order), how somebody tries to pay (Attempt), what arrived (Payment), what went
back (Refund), the books (LedgerEntry), and what a provider's books say otherwise (Disagreement).
Whole won throughout."""

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
from kosna.payments.models.rules import MoneyRule
from kosna.payments.models.watch import Disagreement, Reconciliation

__all__ = [
    "CODE_ALPHABET",
    "Attempt",
    "Disagreement",
    "LedgerEntry",
    "MoneyRule",
    "Order",
    "OrderLine",
    "OrderQuerySet",
    "Payment",
    "ProviderEvent",
    "Reconciliation",
    "Refund",
    "RefundQuerySet",
    "Task",
    "ThroughOrderQuerySet",
    "new_order_code",
]
