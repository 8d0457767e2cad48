"""What is owed (Order), how somebody tries to pay (Attempt), what arrived (Payment), what went
back (Refund), the books (LedgerEntry); what the bank says (BankLine), and which orders it was for
(Match). Whole won throughout."""

from kosna.payments.models.bank import BankAccount, BankFile, BankLine, Deposit, new_deposits
from kosna.payments.models.desk import ProviderEvent, Task
from kosna.payments.models.matches import Alias, DepositReturn, Match
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
    "Alias",
    "Attempt",
    "BankAccount",
    "BankFile",
    "BankLine",
    "Deposit",
    "DepositReturn",
    "LedgerEntry",
    "Match",
    "Order",
    "OrderLine",
    "OrderQuerySet",
    "Payment",
    "ProviderEvent",
    "Refund",
    "RefundQuerySet",
    "Task",
    "ThroughOrderQuerySet",
    "new_deposits",
    "new_order_code",
]
