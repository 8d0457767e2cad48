"""Boards, what stands on them and below it, what is reported of it, and who contributes."""

from members.community.models.abuse import AbuseReport, AbuseReportQuerySet
from members.community.models.boards import Board
from members.community.models.comments import Comment, CommentQuerySet
from members.community.models.contributors import Contributor, ContributorQuerySet
from members.community.models.posts import Attachment, Post, PostQuerySet, Topic

__all__ = [
    "AbuseReport",
    "AbuseReportQuerySet",
    "Attachment",
    "Board",
    "Comment",
    "CommentQuerySet",
    "Contributor",
    "ContributorQuerySet",
    "Post",
    "PostQuerySet",
    "Topic",
]
