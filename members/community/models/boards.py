"""The boards (정보광장), and who reads and writes each."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Board(models.TextChoices):
    """Their values are addresses, which stay. Everybody reads a board, but for the exchange, which
    is its readers' and writers' own (``members.community.access``)."""

    NOTICES = "notices", pgettext_lazy("of a branch", "Notices")  # 공지사항
    EXCHANGE = "exchange", pgettext_lazy("a board", "Exchange of information")  # 정보교류
    CALLS = "calls", pgettext_lazy("a board", "Calls for projects")  # 사업공고
    FILES = "files", pgettext_lazy("a board", "Resources")  # 자료실
    FAQ = "faq", pgettext_lazy("a board", "Questions and answers")  # FAQ
    PRESS = "press", pgettext_lazy("a board", "Press coverage")  # 언론보도

    @property
    def is_members(self) -> bool:
        """Members write here, and nobody else reads."""
        return self is Board.EXCHANGE

    @property
    def takes_branches(self) -> bool:
        """A branch writes here as well; what it announces stands on its own page."""
        return self in (Board.CALLS, Board.FILES)

    @property
    def may_lock(self) -> bool:
        """What stands here can be kept for members; its title is everybody's."""
        return self in (Board.CALLS, Board.FILES)

    @property
    def has_feed(self) -> bool:
        return not self.is_members

    @property
    def lead(self) -> str | Promise:
        return LEADS[self]

    def get_absolute_url(self) -> str:
        return reverse("community:board", args=[self.value])


LEADS: dict[Board, Promise] = {
    Board.NOTICES: _("What concerns all members. Each branch has notices of its own on its page."),
    Board.EXCHANGE: _("Members ask each other and tell what they have found out."),
    Board.CALLS: _("Projects and support to apply for, with their deadlines."),
    Board.FILES: _("Forms, handouts and guides to take along."),
    Board.FAQ: _("What we are asked most often."),
    Board.PRESS: _("What others report about the association, summarised in our own words."),
}


class Boards:
    """Choices of forms."""

    of_staff: ClassVar = [board for board in Board if not board.is_members]
    of_branches: ClassVar = [board for board in Board if board.takes_branches]
