"""What happens to reports: they are kept, published, withdrawn, and copies of them are taken."""

from research.actions.buying import (
    PAYABLE,
    buy_report,
    on_expired,
    on_paid,
    on_refunded,
    on_unpaid,
    unpaid_order,
)
from research.actions.copies import CopyError, stamp_lines, take_copy
from research.actions.letting_in import end_permit, let_in, read_for_a_reason
from research.actions.reports import save_report
from research.actions.reviewing import (
    approve_report,
    return_report,
    submit_report,
    withdraw_report,
    writers_of,
)

__all__ = [
    "PAYABLE",
    "CopyError",
    "approve_report",
    "buy_report",
    "end_permit",
    "let_in",
    "on_expired",
    "on_paid",
    "on_refunded",
    "on_unpaid",
    "read_for_a_reason",
    "return_report",
    "save_report",
    "stamp_lines",
    "submit_report",
    "take_copy",
    "unpaid_order",
    "withdraw_report",
    "writers_of",
]
