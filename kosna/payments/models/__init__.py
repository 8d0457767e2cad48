"""What is owed (Order), how somebody tries to pay (Attempt), what arrived (Payment), what went
back (Refund), the books (LedgerEntry), what of it is the branches' (ShareEntry, gathered in a
Statement a month), and what a provider's books say otherwise (Disagreement). Whole won
throughout."""

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
from kosna.payments.models.shares import (
    Adjustment,
    AdjustmentQuerySet,
    Payout,
    ShareEntry,
    ShareEntryQuerySet,
    Statement,
    StatementQuerySet,
)
from kosna.payments.models.watch import Disagreement, Reconciliation

__all__ = [
    "CODE_ALPHABET",
    "Adjustment",
    "AdjustmentQuerySet",
    "Attempt",
    "Disagreement",
    "LedgerEntry",
    "MoneyRule",
    "Order",
    "OrderLine",
    "OrderQuerySet",
    "Payment",
    "Payout",
    "ProviderEvent",
    "Reconciliation",
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
