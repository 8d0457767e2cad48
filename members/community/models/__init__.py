"""Boards, what stands on them and below it, what is reported of it, who contributes,
and who is told of them by mail."""

from members.community.models.abuse import AbuseReport, AbuseReportQuerySet
from members.community.models.boards import Board
from members.community.models.comments import Comment, CommentQuerySet
from members.community.models.contributors import Contributor, ContributorQuerySet
from members.community.models.posts import Attachment, Post, PostQuerySet, Topic
from members.community.models.weekly import WeeklyMail, WeeklyMailQuerySet

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
    "WeeklyMail",
    "WeeklyMailQuerySet",
]
