"""What happens on the boards: written, published, answered, reported, taken down."""

from members.community.actions.abuse import (
    MOST_REPORTS,
    dismiss_report,
    report_abuse,
    uphold_report,
)
from members.community.actions.contributors import (
    join_contributors,
    leave_contributors,
    name_contributor,
    unname_contributor,
)
from members.community.actions.exchange import (
    EDIT_FOR,
    MOST_COMMENTS,
    MOST_POSTS,
    change_comment,
    change_own_post,
    post_in_exchange,
    remove_comment,
    remove_own_post,
    why_not_changed,
    write_comment,
)
from members.community.actions.files import MOST_FILES, attach_file, drop_file, remove_file
from members.community.actions.posts import (
    publish_post,
    restore_post,
    take_down_comment,
    take_down_post,
    write_post,
)
from members.community.actions.weekly import (
    STOP_LINK,
    ask_weekly,
    last_monday,
    send_weekly,
    stop_link,
    stop_weekly,
    user_of_stop_link,
)

__all__ = [
    "EDIT_FOR",
    "MOST_COMMENTS",
    "MOST_FILES",
    "MOST_POSTS",
    "MOST_REPORTS",
    "STOP_LINK",
    "ask_weekly",
    "attach_file",
    "change_comment",
    "change_own_post",
    "dismiss_report",
    "drop_file",
    "join_contributors",
    "last_monday",
    "leave_contributors",
    "name_contributor",
    "post_in_exchange",
    "publish_post",
    "remove_comment",
    "remove_file",
    "remove_own_post",
    "report_abuse",
    "restore_post",
    "send_weekly",
    "stop_link",
    "stop_weekly",
    "take_down_comment",
    "take_down_post",
    "unname_contributor",
    "uphold_report",
    "user_of_stop_link",
    "why_not_changed",
    "write_comment",
    "write_post",
]
