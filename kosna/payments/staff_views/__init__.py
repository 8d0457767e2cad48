"""The treasurer's desk: orders, deposits, refunds, what the rules could not decide, and how our
books agree with the payment provider's."""

from kosna.payments.staff_views.deposits import deposit, deposits
from kosna.payments.staff_views.orders import order, orders, refund_request, try_again
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

__all__ = [
    "deposit",
    "deposits",
    "money_rules",
    "order",
    "orders",
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
    "try_again",
]
