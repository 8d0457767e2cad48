"""Who reads the exchange and what is kept for members, and who writes there: by the rights of their
tier and standing (``members.access``), which always says why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kosna.core import clock
from members.access import AccessRule, Decision, entitlement, memberships_of, memberships_of_all
from members.community.models import Comment, Post
from members.models import Right, TierRight


@dataclass(frozen=True)
class Door:
    """What ``entitlement`` is asked about: a right, for whoever's tier includes it."""

    right: str

    def access_rule(self) -> AccessRule:
        tiers = TierRight.objects.filter(right=self.right).values_list("tier", flat=True)
        return AccessRule(is_public=False, tier_ids=frozenset(tiers), right=self.right)


READING, WRITING = Door(Right.DIRECTORY), Door(Right.EXCHANGE)


def may_read(user: Any, at: datetime) -> Decision:
    return entitlement(user, READING, at)


def may_write(user: Any, at: datetime) -> Decision:
    return entitlement(user, WRITING, at)


def may_see(post: Post, user: Any, at: datetime) -> Decision:
    """The text of a post, its files and what stands below it."""
    if post.place.is_members or post.for_members:
        return may_read(user, at)
    return Decision(True, "open", "")


def branch_of_writer(user: Any, at: datetime) -> int:
    """The key of the branch in whose membership somebody writes, who may."""
    return next(
        held.member.branch_id for held in memberships_of(user, at) if Right.EXCHANGE in held.rights
    )


@dataclass(frozen=True)
class Signed:
    """A post or a comment with whether its author still belongs to the association: who left is
    not named any more."""

    row: Any
    is_here: bool

    @property
    def name(self) -> str:
        return str(self.row.author.greeted_as)


def signed(rows: Iterable[Post | Comment]) -> list[Signed]:
    """In two statements, however many there are."""
    listed, now = list(rows), clock.now()
    here = memberships_of_all({row.author_id for row in listed}, now)
    return [Signed(row, row.author_id in here) for row in listed]
