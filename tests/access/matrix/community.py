"""The boards, the exchange, what is reported there, and contributors."""

from tests.access.rows import (
    CALLED,
    HEAD_OFFICE,
    SIGNED_IN,
    WRITE_NOTICE,
    Row,
    desk,
    hall,
    own,
    public,
    signed_in,
)

READ, WRITE = WRITE_NOTICE | {"auditor"}, WRITE_NOTICE
# Whose tier and standing let them write in the exchange.
WRITERS = {"regular", "company_rep", "company_seat"}


def written(name: str, ok: int, method: str = "get", **args: str) -> Row:
    return Row(name, WRITERS, args, method=method, ok=ok)


ROWS = [
    public("community:index"),
    public("community:contributors"),
    public("community:board", board="board"),
    public("community:feed", board="board"),
    public("community:post", board="board", pk="notice_post"),
    public("community:attachment", board="board", pk="notice_post", file="notice_file"),
    signed_in("community:contributor-mine"),
    Row("community:contributor-leave", SIGNED_IN, method="post", ok=303),  # not named
    signed_in("community:weekly"),
    Row("community:weekly-ask", CALLED, method="post", ok=302, others=303),  # for members
    Row("community:weekly-end", SIGNED_IN, method="post", ok=302),
    public("community:weekly-stop", token="weekly_token"),
    written("community:post-new", 200),
    own("community:post-edit", "regular", pk="own_post"),
    own("community:post-remove", "regular", 302, "post", pk="own_post"),
    written("community:post-report", 200, pk="own_post"),
    written("community:comment-add", 422, "post", pk="own_post"),
    own("community:comment-edit", "regular", pk="own_comment"),
    own("community:comment-remove", "regular", 302, "post", pk="own_comment"),
    written("community:comment-report", 200, pk="own_comment"),
    own("community:attachment-remove", "regular", 302, "post", pk="own_post_file"),
    desk("community_staff:posts", READ),
    desk("community_staff:posts-export", READ, 303, "post"),  # what for?
    desk("community_staff:boards", WRITE),
    hall("community_staff:post-new", WRITE, board="staff_board"),
    desk("community_staff:post", READ, pk="call"),
    desk("community_staff:post-publish", WRITE, 302, "post", pk="draft_post"),
    desk("community_staff:post-take-down", WRITE, 422, "post", pk="call"),
    desk("community_staff:post-restore", WRITE, 422, "post", pk="call"),
    desk("community_staff:attachment-add", WRITE, 422, "post", pk="call"),
    desk("community_staff:attachment", READ, pk="call_file"),
    desk("community_staff:attachment-remove", WRITE, 302, "post", pk="call_file"),
    desk("community_staff:comment-take-down", WRITE, 422, "post", pk="other_comment"),
    desk("community_staff:reports", READ),
    desk("community_staff:reports-export", READ, 303, "post"),  # what for?
    desk("community_staff:report", READ, pk="abuse"),
    desk("community_staff:report-uphold", WRITE, 422, "post", pk="abuse"),
    desk("community_staff:report-dismiss", WRITE, 422, "post", pk="abuse"),
    desk("community_staff:contributors", HEAD_OFFICE),
    desk("community_staff:contributors-export", HEAD_OFFICE, 303, "post"),
    hall("community_staff:contributor-name", HEAD_OFFICE, 303, "post", pk="own_post"),  # is named
    hall("community_staff:contributor-end", HEAD_OFFICE, 303, "post", pk="contributor"),  # why?
]
