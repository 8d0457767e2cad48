"""The member directory and introductions."""

from tests.access.rows import (
    READ_DIRECTORY,
    RUN_DIRECTORY,
    SEE_DIRECTORY,
    Row,
    desk,
    own,
    signed_in,
)


def read(name: str, ok: int = 200, method: str = "get", **args: str) -> Row:
    """Whoever may not read is told why, and not what there is."""
    return Row(name, READ_DIRECTORY, args, ok=ok, method=method)


ROWS = [
    read("directory:directory"),
    read("directory:entry", pk="entry"),
    read("directory:ask", 422, "post", pk="entry"),
    read("directory:report", 422, "post", pk="entry"),
    signed_in("directory_me:own"),
    Row("directory_me:preview", {"regular", "company_rep"}, others=404),
    Row("directory_me:open", {"regular", "company_rep"}, method="post", ok=422, others=404),
    Row("directory_me:close", {"regular", "company_rep"}, method="post", ok=302, others=404),
    Row("directory_me:plead", {"regular", "company_rep"}, method="post", ok=422, others=404),
    own("directory_me:block-end", "regular", 302, "post", pk="block"),
    signed_in("directory_me:introductions"),
    Row(
        "directory_me:introduction",
        {"regular", "company_rep"},
        {"pk": "introduction"},
        others=404,
    ),
    own("directory_me:accept", "regular", 302, "post", pk="introduction"),
    own("directory_me:decline", "regular", 302, "post", pk="introduction"),
    own("directory_me:block", "regular", 303, "post", pk="introduction"),  # blocked already
    own("directory_me:report", "regular", 422, "post", pk="introduction"),
    own("directory_me:withdraw", "company_rep", 302, "post", pk="introduction"),
    desk("directory_staff:entries", SEE_DIRECTORY),
    desk("directory_staff:entries-export", SEE_DIRECTORY, 303, "post"),  # what for?
    desk("directory_staff:reports", SEE_DIRECTORY),
    desk("directory_staff:reports-export", SEE_DIRECTORY, 303, "post"),
    desk("directory_staff:entry", SEE_DIRECTORY, pk="entry"),
    desk("directory_staff:entry-hide", RUN_DIRECTORY, 422, "post", pk="entry"),
    desk("directory_staff:entry-show", RUN_DIRECTORY, 303, "post", pk="entry"),  # is shown
    desk("directory_staff:entry-keep-hidden", RUN_DIRECTORY, 422, "post", pk="entry"),
    desk("directory_staff:report-settle", RUN_DIRECTORY, 303, "post", pk="abuse_report"),  # shown
    desk("directory_staff:report-dismiss", RUN_DIRECTORY, 422, "post", pk="abuse_report"),
]
