"""What is owed (Order), how somebody tries to pay (Attempt), what arrived (Payment), what went
back (Refund), the books (LedgerEntry), and what of it is the branches' (ShareEntry, gathered in a
Statement a month). Whole won throughout."""

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
from kosna.payments.models.shares import (
    Adjustment,
    AdjustmentQuerySet,
    Payout,
    ShareEntry,
    ShareEntryQuerySet,
    Statement,
    StatementQuerySet,
)

__all__ = [
    "CODE_ALPHABET",
    "Adjustment",
    "AdjustmentQuerySet",
    "Attempt",
    "LedgerEntry",
    "Order",
    "OrderLine",
    "OrderQuerySet",
    "Payment",
    "Payout",
    "ProviderEvent",
    "Refund",
    "RefundQuerySet",
    "ShareEntry",
    "ShareEntryQuerySet",
    "Statement",
    "StatementQuerySet",
    "Task",
    "ThroughOrderQuerySet",
    "new_order_code",
]
