"""What members do in the exchange: write, answer, put their own words right for a while, and take
them back at any time. Each is asked whether their membership lets them, and writes so much a day.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.uploads import Checked
from members.community.access import branch_of_writer, may_write
from members.community.actions.files import attach_file, drop_file
from members.community.models import Board, Comment, Post

EDIT_FOR = timedelta(hours=24)
MOST_POSTS, MOST_COMMENTS = 5, 50  # a day in Seoul and person


@transaction.atomic
def post_in_exchange(*, title: str, body: str, upload: Checked | None = None, by: User) -> Post:
    """Raises Refused where the writer's membership does not let them, after so many a day, and for
    the same once more."""
    branch = _must_write(by)
    _take_turns(by)
    mine = Post.objects.on(Board.EXCHANGE).filter(author=by, written_at__gte=_midnight())
    _not_more(mine, MOST_POSTS, _("You have written %(n)s posts today. Please go on tomorrow."))
    if mine.filter(title_ko=title, body_ko=body).exists():
        raise Refused(_("You have posted this already."))
    now = clock.now()
    post = Post(
        board=Board.EXCHANGE,
        branch_id=branch,
        author=by,
        status=Post.Status.PUBLISHED,
        title_ko=title,
        body_ko=body,
        published_at=now,
        written_at=now,
    )
    post.fill_search()
    post.save()
    audit.record("community.post", post, by=by)
    if upload:
        attach_file(post, upload=upload, by=by)
    return post


@transaction.atomic
def change_own_post(
    post: Post, *, title: str, body: str, upload: Checked | None = None, by: User
) -> None:
    _must_write(by)
    row = Post.objects.select_for_update().get(pk=post.pk)
    _must_be_open(row, by, row.status == Post.Status.PUBLISHED)
    row.title_ko, row.body_ko, row.changed_at = title, body, clock.now()
    row.version += 1
    row.fill_search()
    row.save()
    audit.record("community.change_post", row, by=by)
    if upload:
        attach_file(row, upload=upload, by=by)


@transaction.atomic
def remove_own_post(post: Post, *, by: User) -> None:
    """At any time, member or not. What stands below it goes with it from the page; files for
    good."""
    row = Post.objects.select_for_update().get(pk=post.pk)
    if row.author_id != by.pk or not row.place.is_members:
        raise Refused(_("This is not yours to remove."))
    row.move_to(Post.Status.REMOVED, ended_at=clock.now(), ended_by=by, version=row.version + 1)
    for file in row.attachments.all():
        drop_file(file)
    audit.record("community.remove_post", row, by=by)


@transaction.atomic
def write_comment(post: Post, *, body: str, by: User) -> Comment:
    """Raises Refused as ``post_in_exchange`` does, and below what has left its page."""
    branch = _must_write(by)
    _take_turns(by)
    if not Post.objects.shown(clock.now()).on(Board.EXCHANGE).filter(pk=post.pk).exists():
        raise Refused(_("This post has left its page."))
    mine = Comment.objects.filter(author=by, written_at__gte=_midnight())
    _not_more(mine, MOST_COMMENTS, _("You have written %(n)s comments today."))
    if mine.filter(post=post, body=body, status=Comment.Status.SHOWN).exists():
        raise Refused(_("You have posted this already."))
    row = Comment.objects.create(
        post=post, branch_id=branch, author=by, body=body, written_at=clock.now()
    )
    audit.record("community.write_comment", row, by=by, branch=branch)
    return row


@transaction.atomic
def change_comment(comment: Comment, *, body: str, by: User) -> None:
    _must_write(by)
    row = Comment.objects.select_for_update().get(pk=comment.pk)
    _must_be_open(row, by, row.status == Comment.Status.SHOWN)
    row.body, row.changed_at = body, clock.now()
    row.save(update_fields=["body", "changed_at"])
    audit.record("community.change_comment", row, by=by, branch=row.branch_id)


@transaction.atomic
def remove_comment(comment: Comment, *, by: User) -> None:
    """At any time, member or not; its place in the thread says so."""
    row = Comment.objects.select_for_update().get(pk=comment.pk)
    if row.author_id != by.pk:
        raise Refused(_("This is not yours to remove."))
    row.move_to(Comment.Status.REMOVED, ended_at=clock.now(), ended_by=by)
    audit.record("community.remove_comment", row, by=by, branch=row.branch_id)


def why_not_changed(row: Post | Comment, at: datetime) -> str:
    """Empty while its author may still change it."""
    if at < row.written_at + EDIT_FOR:
        return ""
    return _("It can be changed for a day after it was written. You may still remove it.")


def _must_be_open(row: Post | Comment, by: User, stands: bool) -> None:
    if row.author_id != by.pk or not stands:
        raise Refused(_("This is not yours to change."))
    if reason := why_not_changed(row, clock.now()):
        raise Refused(reason)


def _must_write(by: User) -> int:
    """The branch of the writer's membership. Raises Refused with why they may not."""
    now = clock.now()
    decision = may_write(by, now)
    if not decision.allowed:
        raise Refused(decision.reason)
    return branch_of_writer(by, now)


def _take_turns(by: User) -> None:
    """One at a time: two clicks, or two browsers, pass no cap together."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)


def _midnight() -> datetime:
    return clock.start_of(clock.today())


def _not_more(rows: QuerySet, most: int, words: str) -> None:
    if rows.count() >= most:
        raise Refused(words % {"n": most})
