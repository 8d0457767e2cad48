"""The boards at the desk: what stands there, is being written, or was taken down."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Branch, BranchQuerySet, Scope
from kosna.core.deeds import carried_out
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members.community import actions
from members.community.forms import PostFilter, PostForm, PublishForm, ReasonForm, UploadForm
from members.community.models import Attachment, Board, Comment, Post
from members.community.models.boards import Boards
from members.community.views.boards import file_bytes

VIEW, WRITE, MODERATE = "community.view_post", "community.write_post", "community.moderate"
NAME = "community.name_contributor"
EXPORT = ListExport(
    "community.export_posts",
    gettext_lazy("Posts"),
    [
        (gettext_lazy("Title"), lambda post: post.title),
        (pgettext_lazy("of posts", "Board"), lambda post: post.get_board_display()),
        (gettext_lazy("Branch"), lambda post: post.branch.name),
        (pgettext_lazy("of a post", "Author"), lambda post: post.author.name),
        (gettext_lazy("From"), lambda post: post.published_at),
        (gettext_lazy("Until"), lambda post: post.until_on),
        (gettext_lazy("State"), lambda post: post.label),
    ],
    people=["author"],
)


@staff_view(VIEW)
def posts(request: HttpRequest) -> TemplateResponse:
    form, rows = _listed(request)
    return TemplateResponse(
        request,
        "staff/community/posts.html",
        {
            "form": form,
            "page": page_of(request, rows),
            "may_write": Scope.of(request.user, WRITE),
            "may_name": Scope.of(request.user, NAME).everywhere,
        },
    )


def _listed(request: HttpRequest) -> tuple[PostFilter, Any]:
    form = PostFilter(request.GET, branches=Branch.objects.permitted(request.user, VIEW))
    rows = form.narrow(Post.objects.permitted(request.user, VIEW))
    return form, rows.for_pages().newest()


@require_POST
@staff_view(VIEW)
def posts_export(request: HttpRequest) -> HttpResponseBase:
    form, rows = _listed(request)
    return EXPORT.answer(request, rows, branch=form.cleaned_data.get("branch"))


def _boards(request: HttpRequest) -> list[Board]:
    """Those on which this person may write."""
    everywhere = Scope.of(request.user, WRITE).everywhere
    return Boards.of_staff if everywhere else Boards.of_branches


def _branches(request: HttpRequest, board: Board) -> BranchQuerySet:
    rows = Branch.objects.shown().permitted(request.user, WRITE)
    return rows if board.takes_branches else rows.filter(is_head_office=True)


def _post(request: HttpRequest, pk: int, verb: str) -> Post:
    return get_object_or_404(Post.objects.permitted(request.user, verb).for_pages(), pk=pk)


def _own(request: HttpRequest, pk: int) -> Post:
    """One that this person may write: none of the exchange, and of a branch's its own."""
    rows = Post.objects.permitted(request.user, WRITE).exclude(board=Board.EXCHANGE)
    return get_object_or_404(rows.for_pages(), pk=pk)


@staff_view(WRITE)
def boards(request: HttpRequest) -> TemplateResponse:
    """Which board to write for."""
    return TemplateResponse(request, "staff/community/boards.html", {"boards": _boards(request)})


@staff_view(WRITE)
def post_new(request: HttpRequest, board: str) -> HttpResponse:
    if board not in _boards(request):
        raise Http404
    place = Board(board)
    form = PostForm(request.POST or None, board=place, branches=_branches(request, place))
    if saved := _saved(request, form):
        return redirect("community_staff:post", saved.pk)
    return TemplateResponse(
        request,
        "staff/community/post_new.html",
        {"form": form, "board": place},
        status=422 if form.errors else 200,
    )


def _saved(request: HttpRequest, form: PostForm) -> Post | None:
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        saved = actions.write_post(
            form.save(commit=False), fields=form.changed_data, by=request.user
        )
    except Refused as refusal:
        refusal.to_form(form)
        return None
    messages.success(request, _("Saved."))
    return saved


@staff_view(VIEW)
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """With its form for whoever may write it; a member's words can be read, and taken down."""
    if request.method != "POST":
        return _page(request, _post(request, pk, VIEW))
    row = _own(request, pk)
    form = _form(request, row, request.POST)
    if saved := _saved(request, form):
        return redirect("community_staff:post", saved.pk)
    return _page(request, _post(request, pk, VIEW), form=form)


def _form(request: HttpRequest, row: Post, data: Any = None) -> PostForm:
    branches = _branches(request, row.place)
    return PostForm(data, instance=row, board=row.place, branches=branches)


def _may_write(request: HttpRequest, row: Post) -> bool:
    """What a branch may not write, it reads."""
    return row.place in _boards(request) and row.branch in Scope.of(request.user, WRITE)


def _page(request: HttpRequest, row: Post, **bound: forms.BaseForm) -> TemplateResponse:
    comments = list(row.comments.in_order().select_related("author", "branch"))
    if row.place.is_members:
        people = {row.author_id, *(comment.author_id for comment in comments)}
        audit.viewed(request, row, subjects=people)
    is_open = row.status in (Post.Status.DRAFT, Post.Status.PUBLISHED)
    may_write = is_open and _may_write(request, row)
    return TemplateResponse(
        request,
        "staff/community/post.html",
        {
            "post": row,
            "comments": comments,
            "attachments": row.attachments.all(),
            "may_write": may_write,
            "may_moderate": row.branch in Scope.of(request.user, MODERATE),
            "may_name": row.place.is_members and Scope.of(request.user, NAME).everywhere,
            "form": bound.get("form") or (_form(request, row) if may_write else None),
            "publish_form": bound.get("publish") or PublishForm(),
            "upload_form": bound.get("upload") or UploadForm(),
            "reason_form": bound.get("reason") or ReasonForm(),
        },
        status=422 if bound else 200,
    )


@require_POST
@staff_view(WRITE)
def post_publish(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _own(request, pk), PublishForm(request.POST)
    if not _may_write(request, row):
        raise Http404

    def publish(on: Any) -> None:
        actions.publish_post(row, on=on, by=request.user)

    if carried_out(request, form, publish, _("It is published.")):
        return redirect("community_staff:post", pk)
    return _page(request, _post(request, pk, VIEW), publish=form)


def _moderated(
    request: HttpRequest, row: Post, deed: Callable[..., object], done: str
) -> HttpResponse:
    form = ReasonForm(request.POST)
    if carried_out(request, form, deed, done):
        return redirect("community_staff:post", row.pk)
    return _page(request, _post(request, row.pk, VIEW), reason=form)


@require_POST
@staff_view(MODERATE)
def post_take_down(request: HttpRequest, pk: int) -> HttpResponse:
    row = _post(request, pk, MODERATE)

    def take_down(reason: str) -> None:
        actions.take_down_post(row, reason=reason, by=request.user)

    return _moderated(request, row, take_down, _("It is off its page."))


@require_POST
@staff_view(MODERATE)
def post_restore(request: HttpRequest, pk: int) -> HttpResponse:
    row = _post(request, pk, MODERATE)

    def restore(reason: str) -> None:
        actions.restore_post(row, reason=reason, by=request.user)

    return _moderated(request, row, restore, _("It is back on its page."))


@require_POST
@staff_view(MODERATE)
def comment_take_down(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Post.objects.permitted(request.user, MODERATE)
    row = get_object_or_404(Comment.objects.filter(post__in=mine), pk=pk)

    def take_down(reason: str) -> None:
        actions.take_down_comment(row, reason=reason, by=request.user)

    post = _post(request, row.post_id, MODERATE)
    return _moderated(request, post, take_down, _("The comment is off its page."))


# Files --------------------------------------------------------------------------------------------


@require_POST
@staff_view(WRITE)
def attachment_add(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _own(request, pk), UploadForm(request.POST, request.FILES)
    if not _may_write(request, row):
        raise Http404

    def attach(upload: Any) -> None:
        actions.attach_file(row, upload=upload, by=request.user)

    if carried_out(request, form, attach, _("The file is added.")):
        return redirect("community_staff:post", pk)
    return _page(request, _post(request, pk, VIEW), upload=form)


def _attachment(request: HttpRequest, pk: int, verb: str) -> Attachment:
    rows = Attachment.objects.filter(post__in=Post.objects.permitted(request.user, verb))
    return get_object_or_404(rows.select_related("post__branch", "post__author"), pk=pk)


@staff_view(VIEW)
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = _attachment(request, pk, VIEW)
    if row.post.place.is_members:
        audit.viewed(request, row.post, subjects=[row.added_by_id], file=row.file_name)
    return file_bytes(row)


@require_POST
@staff_view(WRITE)
def attachment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Of what the staff wrote; a member's file goes with their post."""
    row = _attachment(request, pk, WRITE)
    if not _may_write(request, row.post):
        raise Http404
    actions.remove_file(row, by=request.user)
    messages.success(request, _("The file is removed."))
    return redirect("community_staff:post", row.post_id)
