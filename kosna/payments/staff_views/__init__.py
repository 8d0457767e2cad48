"""The treasurer's desk: orders, deposits, refunds, proofs, what the rules could not decide, and how
our books agree with the payment provider's."""

from kosna.payments.staff_views.bank_files import (
    bank_account,
    bank_accounts,
    bank_file,
    bank_file_abandon,
    bank_file_columns,
    bank_file_import,
    bank_files,
)
from kosna.payments.staff_views.deposits import (
    deposit_aside,
    deposit_line,
    deposit_match,
    deposit_return,
    deposit_row,
    deposit_split,
    deposit_take_up,
    deposits,
    deposits_match,
    match_undo,
)
from kosna.payments.staff_views.ledger import ledger_export, ledger_list
from kosna.payments.staff_views.orders import order, orders, refund_request, try_again
from kosna.payments.staff_views.outgoing import outgoing_lines, outgoing_match, outgoing_undo
from kosna.payments.staff_views.proofs import (
    order_cash_receipt,
    order_invoice,
    order_papers,
    proof,
    proof_cancel,
    proof_certificate,
    proof_correct,
    proof_issue,
    proof_take_back,
    proofs,
    proofs_export,
    proofs_results,
    proofs_unasked,
)
from kosna.payments.staff_views.provider_events import (
    provider_event,
    provider_event_apply,
    provider_event_ignore,
    provider_events,
)
from kosna.payments.staff_views.reconciliation import reconciliation, reconciliation_run
from kosna.payments.staff_views.refunds import (
    refund,
    refund_approve,
    refund_reject,
    refund_send,
    refund_wired,
    refunds,
)
from kosna.payments.staff_views.rules import money_rules
from kosna.payments.staff_views.tasks import task, tasks
from kosna.payments.staff_views.treasury import treasury_page
from kosna.payments.staff_views.typed import deposit, deposit_orders, deposit_retract

__all__ = [
    "bank_account",
    "bank_accounts",
    "bank_file",
    "bank_file_abandon",
    "bank_file_columns",
    "bank_file_import",
    "bank_files",
    "deposit",
    "deposit_aside",
    "deposit_line",
    "deposit_match",
    "deposit_orders",
    "deposit_retract",
    "deposit_return",
    "deposit_row",
    "deposit_split",
    "deposit_take_up",
    "deposits",
    "deposits_match",
    "ledger_export",
    "ledger_list",
    "match_undo",
    "money_rules",
    "order",
    "order_cash_receipt",
    "order_invoice",
    "order_papers",
    "orders",
    "outgoing_lines",
    "outgoing_match",
    "outgoing_undo",
    "proof",
    "proof_cancel",
    "proof_certificate",
    "proof_correct",
    "proof_issue",
    "proof_take_back",
    "proofs",
    "proofs_export",
    "proofs_results",
    "proofs_unasked",
    "provider_event",
    "provider_event_apply",
    "provider_event_ignore",
    "provider_events",
    "reconciliation",
    "reconciliation_run",
    "refund",
    "refund_approve",
    "refund_reject",
    "refund_request",
    "refund_send",
    "refund_wired",
    "refunds",
    "task",
    "tasks",
    "treasury_page",
    "try_again",
]
