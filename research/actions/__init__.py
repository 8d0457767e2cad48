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
from research.actions.caps import change_caps
from research.actions.copies import CopyError, continue_copy, stamp_lines, take_copy
from research.actions.letting_in import end_permit, let_in, read_for_a_reason
from research.actions.library import (
    add_erratum,
    choose_samples,
    drop_edition,
    keep_authors,
    keep_labels,
    prepare_edition,
    read_file,
    release_edition,
)
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
    "add_erratum",
    "approve_report",
    "buy_report",
    "change_caps",
    "choose_samples",
    "continue_copy",
    "drop_edition",
    "end_permit",
    "keep_authors",
    "keep_labels",
    "let_in",
    "on_expired",
    "on_paid",
    "on_refunded",
    "on_unpaid",
    "prepare_edition",
    "read_file",
    "read_for_a_reason",
    "release_edition",
    "return_report",
    "save_report",
    "stamp_lines",
    "submit_report",
    "take_copy",
    "unpaid_order",
    "withdraw_report",
    "writers_of",
]
