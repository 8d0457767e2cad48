"""What is new on the boards, for the weekly mail: to each what they may read."""

from collections.abc import Iterator
from datetime import datetime

from kosna.core import clock
from members.access import AccessRule, AsIf, entitlement
from members.community.access import READING
from members.community.models import Board, Post
from members.news import News, Shelf


class _Read:
    """``READING``, asked of the table of rights once."""

    def __init__(self) -> None:
        self._rule = READING.access_rule()

    def access_rule(self) -> AccessRule:
        return self._rule


def on_boards(since: datetime, until: datetime) -> Iterator[Shelf]:
    now, reading = clock.now(), _Read()
    rows = Post.objects.shown(now).filter(published_at__gt=since, published_at__lte=until)
    posts = list(rows.for_pages().newest())
    for board in Board:
        mine = [post for post in posts if post.board == board]
        news = [_news(post, reading, now) for post in mine]
        yield Shelf(board.label, board.get_absolute_url(), news)


def _news(post: Post, reading: _Read, now: datetime) -> News:
    def is_for(reader: AsIf) -> bool:
        kept = post.place.is_members or post.for_members
        return not kept or entitlement(reader, reading, now).allowed

    return News(post.title_ko, post.title_en, post.get_absolute_url(), is_for)
