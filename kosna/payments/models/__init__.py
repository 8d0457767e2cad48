"""What is owed (Order), how somebody tries to pay (Attempt), what arrived (Payment), what went
back (Refund), and the books (LedgerEntry). Whole won throughout."""

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

__all__ = [
    "CODE_ALPHABET",
    "Attempt",
    "LedgerEntry",
    "Order",
    "OrderLine",
    "OrderQuerySet",
    "Payment",
    "ProviderEvent",
    "Refund",
    "RefundQuerySet",
    "Task",
    "ThroughOrderQuerySet",
    "new_order_code",
]
