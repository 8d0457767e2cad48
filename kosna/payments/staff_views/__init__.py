"""The treasurer's desk: orders, deposits, refunds, and what the rules could not decide."""

from kosna.payments.staff_views.deposits import deposit, deposits
from kosna.payments.staff_views.orders import order, orders, refund_request, try_again
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
    "orders",
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
