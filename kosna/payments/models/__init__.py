"""What is owed (Order), how somebody tries to pay (Attempt), what arrived (Payment), what went
back (Refund), the books (LedgerEntry), what of it is the branches' (ShareEntry, gathered in a
Statement a month), what the bank says (BankLine) and which orders it was for (Match), what
waits for a second person (NotedDeposit), whose till money went through (Taking), what buyers
prove it by (Proof), and what a provider's books say otherwise (Disagreement). Whole won throughout.
"""

from kosna.payments.models.accounts import RefundAccount
from kosna.payments.models.bank import BankAccount, BankFile, BankLine, Deposit, new_deposits
from kosna.payments.models.desk import ProviderEvent, Task
from kosna.payments.models.matches import Alias, DepositReturn, Match, OutgoingMatch
from kosna.payments.models.money import (
    Attempt,
    LedgerEntry,
    LedgerEntryQuerySet,
    Payment,
    Refund,
    RefundQuerySet,
    ThroughOrderQuerySet,
)
from kosna.payments.models.noted import NotedDeposit, NotedDepositQuerySet
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
from kosna.payments.models.tills import Taking, Takings, Till, TillQuerySet
from kosna.payments.models.transfers import TransferFile
from kosna.payments.models.watch import Disagreement, Reconciliation

__all__ = [
    "CASH_METHODS",
    "CODE_ALPHABET",
    "Adjustment",
    "AdjustmentQuerySet",
    "Alias",
    "Attempt",
    "BankAccount",
    "BankFile",
    "BankLine",
    "Deposit",
    "DepositReturn",
    "Disagreement",
    "LedgerEntry",
    "LedgerEntryQuerySet",
    "Match",
    "MoneyRule",
    "NotedDeposit",
    "NotedDepositQuerySet",
    "Order",
    "OrderLine",
    "OrderQuerySet",
    "OutgoingMatch",
    "Payment",
    "Payout",
    "Proof",
    "ProofIssue",
    "ProofQuerySet",
    "ProviderEvent",
    "Reconciliation",
    "Refund",
    "RefundAccount",
    "RefundQuerySet",
    "ShareEntry",
    "ShareEntryQuerySet",
    "Statement",
    "StatementQuerySet",
    "Taking",
    "Takings",
    "Task",
    "ThroughOrderQuerySet",
    "Till",
    "TillQuerySet",
    "TransferFile",
    "new_deposits",
    "new_order_code",
]
