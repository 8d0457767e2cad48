"""What members and staff do in the directory: ``entries`` are written, opened, closed and hidden ·
``introductions`` asked for and answered · ``abuse`` reported and decided."""

from members.directory.actions.abuse import dismiss_report, report_abuse, settle_report
from members.directory.actions.entries import (
    close_entry,
    hide_entry,
    keep_hidden,
    open_entry,
    plead,
    refold,
    show_entry,
    write_entry,
)
from members.directory.actions.introductions import (
    DAILY_CAP,
    accept,
    ask,
    block,
    decline,
    expire_due,
    unblock,
    why_not_ask,
    withdraw,
)

__all__ = [
    "DAILY_CAP",
    "accept",
    "ask",
    "block",
    "close_entry",
    "decline",
    "dismiss_report",
    "expire_due",
    "hide_entry",
    "keep_hidden",
    "open_entry",
    "plead",
    "refold",
    "report_abuse",
    "settle_report",
    "show_entry",
    "unblock",
    "why_not_ask",
    "withdraw",
    "write_entry",
]
