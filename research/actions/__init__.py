"""What happens to reports: they are kept, published, withdrawn, and copies of them are taken."""

from research.actions.copies import CopyError, stamp_lines, take_copy
from research.actions.reports import publish_report, save_report, withdraw_report
from research.actions.series_imports import (
    abandon_series_import,
    apply_series_import,
    start_series_import,
)
from research.actions.statistics import (
    publish_series,
    save_series,
    tell_values,
    withdraw_series,
)

__all__ = [
    "CopyError",
    "abandon_series_import",
    "apply_series_import",
    "publish_report",
    "publish_series",
    "save_report",
    "save_series",
    "stamp_lines",
    "start_series_import",
    "take_copy",
    "tell_values",
    "withdraw_report",
    "withdraw_series",
]
