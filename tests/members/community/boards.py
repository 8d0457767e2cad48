"""What stands on the boards, as tests need it: what you name is what you get."""

import itertools
from typing import Any

from django.core.files.base import ContentFile

from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core import clock
from members.community.models import AbuseReport, Attachment, Board, Comment, Post
from tests import factories

_numbers = itertools.count(1)
OF_BOARDS: dict[str, dict[str, Any]] = {
    Board.FAQ: {"topic": "membership"},
    Board.PRESS: {
        "outlet_ko": "가상일보",
        "url": "https://news.example.test/1",
        "printed_on": clock.today(),
    },
}


def make_post(branch: Branch, *, by: User, board: str = Board.NOTICES, **fields: Any) -> Post:
    """On its page since now."""
    facts = {
        "title_ko": f"알림 {next(_numbers)}",
        "body_ko": "알려 드립니다.",
        "status": Post.Status.PUBLISHED,
        "published_at": clock.now(),
        **OF_BOARDS.get(board, {}),
        **fields,
    }
    post = Post(branch=branch, author=by, board=board, **facts)
    post.fill_search()
    post.save()
    return post


def make_exchange(branch: Branch, *, by: User, **fields: Any) -> Post:
    return make_post(branch, by=by, board=Board.EXCHANGE, **fields)


def make_comment(post: Post, *, by: User, **fields: Any) -> Comment:
    facts = {"body": f"답글 {next(_numbers)}", **fields}
    return Comment.objects.create(post=post, branch=post.branch, author=by, **facts)


def make_attachment(post: Post, *, by: User, name: str = "안내.pdf") -> Attachment:
    content = factories.make_pdf()
    row = Attachment(
        post=post,
        added_by=by,
        file_name=name,
        content_type="application/pdf",
        size=len(content),
    )
    row.file.save("x.pdf", ContentFile(content))
    return row


def make_abuse(post: Post, *, by: User, comment: Comment | None = None) -> AbuseReport:
    return AbuseReport.objects.create(post=post, comment=comment, kind="advert", reported_by=by)
