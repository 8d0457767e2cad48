"""What is read: the boards, what stands on them, its files, and the feeds of those open to all."""

import re
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import get_language

from kosna.core import clock
from kosna.core.downloads import as_download
from kosna.core.lists import page_of
from kosna.core.methods import require_safe
from members.access import Decision
from members.community.access import may_read, may_see, may_write, signed
from members.community.actions import EDIT_FOR
from members.community.forms import BoardFilter, CommentForm
from members.community.models import Attachment, Board, Comment, Post
from members.viewing import reader_of, why_nothing_leaves

OF_EACH, FEED_SHOWN = 4, 30
UNHELD_IN_XML = re.compile("[\0-\b\v\f\x0e-\x1f\ufffe\uffff]")


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest of every board that this reader may read."""
    now = clock.now()
    reading = may_read(reader_of(request), now)
    rows = Post.objects.shown(now)
    if not reading.allowed:
        rows = rows.exclude(board=Board.EXCHANGE)
    newest: dict[str, list[Post]] = {board: [] for board in Board.values}
    for row in rows.for_pages().newest_of_each_board(OF_EACH):
        newest[row.board].append(row)
    return TemplateResponse(
        request,
        "community/index.html",
        {
            "boards": [(board, newest[board]) for board in Board],
            "reading": reading,
        },
    )


def board_or_404(board: str) -> Board:
    if board not in Board.values:
        raise Http404
    return Board(board)


def locked(
    request: HttpRequest, board: Board, decision: Decision, status: int = 403
) -> TemplateResponse:
    """Why a reader does not come in, and what to do about it; the same whatever is there."""
    return TemplateResponse(
        request, "community/locked.html", {"board": board, "decision": decision}, status=status
    )


@login_not_required
@require_safe
def board(request: HttpRequest, board: str) -> HttpResponse:
    place, now, reader = board_or_404(board), clock.now(), reader_of(request)
    reading = None
    if place.is_members or place.may_lock:
        reading = may_read(reader, now)
    if place.is_members and reading and not reading.allowed:
        return locked(request, place, reading, status=200)
    form = BoardFilter(request.GET, board=place)
    reads_locked = reading is None or reading.allowed
    rows = form.narrow(Post.objects.shown(now).on(place), reads_locked=reads_locked).for_pages()
    rows = rows.by_topic() if place is Board.FAQ else rows.pinned_first()
    page = page_of(request, rows.with_comments() if place.is_members else rows)
    page.object_list = signed(page.object_list)
    return TemplateResponse(
        request,
        "community/faq.html" if place is Board.FAQ else "community/board.html",
        {
            "board": place,
            "form": form,
            "page": page,
            "reading": reading,
            "writing": may_write(reader, now) if place.is_members else None,
        },
    )


@login_not_required
@require_safe
def post(request: HttpRequest, board: str, pk: int) -> HttpResponse:
    place = board_or_404(board)
    if place.is_members:
        reading = may_read(reader_of(request), clock.now())
        if not reading.allowed:
            return locked(request, place, reading)
    return post_page(request, post_or_404(place, pk))


def post_or_404(board: Board, pk: int) -> Post:
    rows = Post.objects.shown(clock.now()).on(board).for_pages()
    return get_object_or_404(rows, pk=pk)


def post_page(
    request: HttpRequest, row: Post, comment_form: CommentForm | None = None
) -> TemplateResponse:
    now, reader = clock.now(), reader_of(request)
    seeing = may_see(row, reader, now)
    comments: list[Comment] = []
    if row.place.is_members:
        comments = list(row.comments.in_order().select_related("author", "branch"))
    first, *rest = signed([row, *comments])
    mine = row.place.is_members and row.author_id == reader.pk
    return TemplateResponse(
        request,
        "community/post.html",
        {
            "post": row,
            "board": row.place,
            "signed": first,
            "seeing": seeing,
            "attachments": row.attachments.all() if seeing.allowed else [],
            "comments": rest,
            "writing": may_write(reader, now) if row.place.is_members else None,
            "comment_form": comment_form or CommentForm(),
            "is_mine": mine,
            "changes_from": now - EDIT_FOR,
        },
        status=422 if comment_form else 200,
    )


@login_not_required
@require_safe
def attachment(request: HttpRequest, board: str, pk: int, file: int) -> HttpResponseBase:
    """Its bytes, for whoever may read the post now."""
    place = board_or_404(board)
    if place.is_members:
        reading = may_read(request.user, clock.now())
        if not reading.allowed:
            return locked(request, place, reading)
    post = post_or_404(place, pk)
    row = get_object_or_404(Attachment, pk=file, post=post)
    if looking := why_nothing_leaves(request):
        return locked(request, place, Decision(False, "others", looking))
    seeing = may_see(post, request.user, clock.now())
    return file_bytes(row) if seeing.allowed else locked(request, place, seeing)


def file_bytes(row: Attachment) -> HttpResponseBase:
    return as_download(row.file, name=row.file_name, content_type=row.content_type)


def _in_xml(text: str) -> str:
    return UNHELD_IN_XML.sub(" ", text)


@login_not_required
@require_safe
def feed(request: HttpRequest, board: str) -> HttpResponse:
    """The newest of a board that is everybody's, as Atom; the same for everybody, whoever is signed
    in. Of what is kept for members it says nothing."""
    place = board_or_404(board)
    if not place.has_feed:
        raise Http404
    address = f"{settings.SITE_URL}{place.get_absolute_url()}"
    atom = Atom1Feed(
        title=str(place.label),
        link=address,
        description="",
        language=get_language(),
        feed_url=f"{settings.SITE_URL}{request.path}",
        author_name=settings.ASSOCIATION["name_en" if get_language() == "en" else "name_ko"],
    )
    rows: Any = Post.objects.shown(clock.now()).on(place).filter(for_members=False)
    for row in rows.for_pages().newest()[:FEED_SHOWN]:
        atom.add_item(
            title=_in_xml(row.title),
            link=f"{settings.SITE_URL}{row.get_absolute_url()}",
            description=linebreaks(_in_xml(row.body), autoescape=True),
            author_name=_in_xml(row.branch.name),
            pubdate=row.published_at,
            updateddate=row.changed_at or row.published_at,
            unique_id=f"{address}{row.pk}/",
        )
    return HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)
