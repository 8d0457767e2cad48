"""What happens to reports: they are kept, published, withdrawn, and copies of them are taken."""

from research.actions.copies import CopyError, stamp_lines, take_copy
from research.actions.reports import publish_report, save_report, withdraw_report

__all__ = [
    "CopyError",
    "publish_report",
    "save_report",
    "stamp_lines",
    "take_copy",
    "withdraw_report",
]
