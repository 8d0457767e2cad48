"""What the staff do: write for a board, publish, take down whoever wrote it, and put back."""

from collections.abc import Collection
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Scope
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post as mail
from members.community.models import Comment, Post

WRITE = "community.write_post"
SEARCHED = ("search_text", "search_initials")
Status = Post.Status


@transaction.atomic
def write_post(post: Post, *, fields: Collection[str], by: User) -> Post:
    """Keeps a new draft, or those ``fields`` of a post that changed. Raises Refused where members
    write, where a branch writes what is the head office's, and for what is off its page."""
    _must_be_their_board(post, by)
    post.fill_search()
    if post.pk is None:
        post.author = by
        post.save()
    else:
        stored = _locked(post)
        if stored.status not in (Status.DRAFT, Status.PUBLISHED):
            raise Refused(_("This post is off its page. Put it back first."))
        post.version = stored.version + 1
        changed = [*fields, *SEARCHED, "version"]
        if stored.status == Status.PUBLISHED:
            post.changed_at = clock.now()
            changed.append("changed_at")
        post.save(update_fields=changed)
    audit.record("community.write_post", post, by=by, board=post.board, changed=sorted(fields))
    return post


def _must_be_their_board(post: Post, by: User) -> None:
    if post.place.is_members:
        raise Refused(_("Members write in the exchange themselves."), field="board")
    scope = Scope.of(by, WRITE)
    if post.branch not in scope:
        raise Refused(_("This branch is not yours to write for."), field="branch")
    if not post.place.takes_branches and not (scope.everywhere and post.branch.is_head_office):
        raise Refused(_("The head office alone writes on this board."), field="board")


@transaction.atomic
def publish_post(post: Post, *, on: date | None, by: User) -> None:
    """At once, or at the beginning of a day that lies ahead. Raises Refused where its last day lies
    before that."""
    row = _locked(post)
    now = clock.now()
    starts = now if on is None or on <= clock.kst_date(now) else clock.start_of(on)
    if row.until_on and row.until_on < clock.kst_date(starts):
        raise Refused(_("Its last day lies before that."), field="on")
    row.move_to(Status.PUBLISHED, published_at=starts, version=row.version + 1)
    audit.record("community.publish_post", row, by=by, board=row.board, at=starts.isoformat())


@transaction.atomic
def take_down_post(post: Post, *, reason: str, by: User) -> None:
    """It leaves its page at once and stays on record. Who wrote it in the exchange is told why."""
    row = _locked(post)
    row.move_to(
        Status.TAKEN_DOWN,
        ended_at=clock.now(),
        ended_by=by,
        end_reason=reason,
        version=row.version + 1,
    )
    audit.record("community.take_down_post", row, by=by, reason=reason, subjects=_whose(row))
    if row.place.is_members:
        _tell(row.author, row.title_ko, reason, key=f"community-post:{row.pk}:{row.version}")


@transaction.atomic
def restore_post(post: Post, *, reason: str, by: User) -> None:
    """Back where it stood. Raises Refused for what its author removed, and to its author."""
    row = _locked(post)
    if row.place.is_members and row.author_id == by.pk:
        raise Refused(_("This concerns yourself: a colleague decides it."))
    row.move_to(
        Status.PUBLISHED,
        published_at=row.published_at or clock.now(),
        ended_at=None,
        ended_by=None,
        end_reason="",
        version=row.version + 1,
    )
    audit.record("community.restore_post", row, by=by, reason=reason, subjects=_whose(row))


@transaction.atomic
def take_down_comment(comment: Comment, *, reason: str, by: User) -> None:
    """Its place in the thread stays; its author is told why."""
    row = Comment.objects.select_for_update(of=("self",)).select_related("author", "post")
    found = row.get(pk=comment.pk)
    found.move_to(Comment.Status.TAKEN_DOWN, ended_at=clock.now(), ended_by=by, end_reason=reason)
    audit.record(
        "community.take_down_comment",
        found,
        by=by,
        branch=found.post.branch_id,
        reason=reason,
        subjects=[found.author_id],
    )
    title = found.post.title_ko
    _tell(found.author, title, reason, key=f"community-comment:{found.pk}", is_comment=True)


def _locked(post: Post) -> Post:
    rows = Post.objects.select_for_update(of=("self",)).select_related("author", "branch")
    return rows.get(pk=post.pk)


def _whose(post: Post) -> list[int]:
    return [post.author_id] if post.place.is_members else []


def _tell(author: User, title: str, reason: str, *, key: str, is_comment: bool = False) -> None:
    if not author.is_active:
        return
    mail.send(
        "post_taken_down",
        [author.email],
        language=author.language,
        key=key,
        context={
            "name": author.name,
            "title": title,
            "reason": reason,
            "is_comment": is_comment,
            "url": f"{settings.SITE_URL}/community/exchange/",
        },
        user=author,
    )
