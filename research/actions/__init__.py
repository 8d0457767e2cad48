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
from research.actions.copies import (
    RESUMED_FOR,
    CopyError,
    TooManyParts,
    continue_copy,
    stamp_lines,
    take_copy,
)
from research.actions.indexing import (
    index_faults,
    keep_text,
    place_report,
    read_text,
    read_texts,
    rebuild_index,
)
from research.actions.letting_in import end_permit, let_in, read_for_a_reason
from research.actions.library import (
    add_erratum,
    choose_samples,
    drop_edition,
    keep_author,
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
from research.actions.searches import (
    STOP_LINK,
    announce,
    fits,
    save_search,
    stop_link,
    stop_search_mails,
    user_of_stop_link,
)
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
    "PAYABLE",
    "RESUMED_FOR",
    "STOP_LINK",
    "CopyError",
    "TooManyParts",
    "abandon_series_import",
    "add_erratum",
    "announce",
    "apply_series_import",
    "approve_report",
    "buy_report",
    "change_caps",
    "choose_samples",
    "continue_copy",
    "drop_edition",
    "end_permit",
    "fits",
    "index_faults",
    "keep_author",
    "keep_authors",
    "keep_labels",
    "keep_text",
    "let_in",
    "on_expired",
    "on_paid",
    "on_refunded",
    "on_unpaid",
    "place_report",
    "prepare_edition",
    "publish_series",
    "read_file",
    "read_for_a_reason",
    "read_text",
    "read_texts",
    "rebuild_index",
    "release_edition",
    "return_report",
    "save_report",
    "save_search",
    "save_series",
    "stamp_lines",
    "start_series_import",
    "stop_link",
    "stop_search_mails",
    "submit_report",
    "take_copy",
    "tell_values",
    "unpaid_order",
    "user_of_stop_link",
    "withdraw_report",
    "withdraw_series",
    "writers_of",
]
