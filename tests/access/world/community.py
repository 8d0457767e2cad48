"""One of everything on the boards, of Busan where a branch can have it."""

from typing import Any

from django.core import signing

from kosna.core import clock
from members.community.actions import STOP_LINK
from members.community.models import Board, Contributor
from tests.conftest import Cast
from tests.members.community.boards import (
    make_abuse,
    make_attachment,
    make_comment,
    make_exchange,
    make_post,
)


def community(cast: Cast) -> dict[str, Any]:
    notice = make_post(cast.hq, by=cast.head_office)
    call = make_post(cast.busan, by=cast.officer, board=Board.CALLS)
    draft = make_post(
        cast.busan, by=cast.officer, board=Board.CALLS, status="draft", published_at=None
    )
    own = make_exchange(cast.busan, by=cast.regular)
    other = make_exchange(cast.busan, by=cast.company_seat)
    comment = make_comment(own, by=cast.regular)
    return {
        "board": Board.NOTICES.value,
        "weekly_token": signing.dumps(cast.regular.pk, salt=STOP_LINK),
        "staff_board": Board.CALLS.value,
        "notice_post": notice.pk,
        "notice_file": make_attachment(notice, by=cast.head_office).pk,
        "call": call.pk,
        "call_file": make_attachment(call, by=cast.officer).pk,
        "draft_post": draft.pk,
        "own_post": own.pk,
        "own_post_file": make_attachment(own, by=cast.regular).pk,
        "own_comment": comment.pk,
        "other_post": other.pk,
        "other_comment": make_comment(other, by=cast.company_seat).pk,
        "abuse": make_abuse(other, by=cast.regular).pk,
        "contributor": Contributor.objects.create(
            user=cast.regular, named_at=clock.now(), named_by=cast.head_office
        ).pk,
    }
