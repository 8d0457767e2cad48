"""The treasurer's desk: orders, deposits, refunds, proofs, and what the rules could not decide."""

from kosna.payments.staff_views.deposits import deposit, deposits
from kosna.payments.staff_views.orders import order, orders, refund_request, try_again
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
from kosna.payments.staff_views.refunds import (
    refund,
    refund_approve,
    refund_reject,
    refund_send,
    refund_wired,
    refunds,
)
from kosna.payments.staff_views.tasks import task, tasks

__all__ = [
    "deposit",
    "deposits",
    "order",
    "order_cash_receipt",
    "order_invoice",
    "order_papers",
    "orders",
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
    "refund",
    "refund_approve",
    "refund_reject",
    "refund_request",
    "refund_send",
    "refund_wired",
    "refunds",
    "task",
    "tasks",
    "try_again",
]
