"""What members write: posts, comments, and what they report of others'."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.deeds import carried_out
from kosna.core.methods import require_POST
from members.access import Decision
from members.community import actions
from members.community.access import may_read, may_write
from members.community.forms import AbuseForm, CommentForm, OwnPostForm
from members.community.models import Attachment, Board, Comment, Post
from members.community.views.boards import locked, post_or_404, post_page

EXCHANGE = Board.EXCHANGE


def _shut(request: HttpRequest, decision: Decision) -> HttpResponse | None:
    return None if decision.allowed else locked(request, EXCHANGE, decision)


def post_new(request: HttpRequest) -> HttpResponse:
    if shut := _shut(request, may_write(request.user, clock.now())):
        return shut
    form = OwnPostForm(request.POST or None, request.FILES or None)

    def write(**typed: Any) -> None:
        nonlocal written
        written = actions.post_in_exchange(**typed, by=request.user)

    written: Any = None
    if request.method == "POST" and carried_out(request, form, write, _("It is posted.")):
        return redirect(written)
    return _form_page(request, form, None)


def _form_page(request: HttpRequest, form: BaseForm, row: Post | None) -> HttpResponse:
    return TemplateResponse(
        request,
        "community/post_form.html",
        {
            "board": EXCHANGE,
            "form": form,
            "post": row,
            "attachments": row.attachments.all() if row else [],
            "most": actions.MOST_POSTS,
        },
        status=422 if form.errors else 200,
    )


def _own_post(request: HttpRequest, pk: int) -> Post:
    rows = Post.objects.on(EXCHANGE).filter(author=request.user, status=Post.Status.PUBLISHED)
    return get_object_or_404(rows, pk=pk)


def post_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own_post(request, pk)
    if shut := _shut(request, may_write(request.user, clock.now())):
        return shut
    if reason := actions.why_not_changed(row, clock.now()):
        messages.warning(request, reason)
        return redirect(row)
    typed = (request.POST, request.FILES) if request.method == "POST" else ()
    form = OwnPostForm(*typed, initial={"title": row.title_ko, "body": row.body_ko})

    def change(**typed: Any) -> None:
        actions.change_own_post(row, **typed, by=request.user)

    if request.method == "POST" and carried_out(request, form, change, _("Saved.")):
        return redirect(row)
    return _form_page(request, form, row)


@require_POST
def post_remove(request: HttpRequest, pk: int) -> HttpResponse:
    actions.remove_own_post(_own_post(request, pk), by=request.user)
    messages.success(request, _("Your post is removed."))
    return redirect(EXCHANGE.get_absolute_url())


@require_POST
def attachment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Of one's own post."""
    rows = Attachment.objects.filter(added_by=request.user, post__board=EXCHANGE)
    row = get_object_or_404(rows.select_related("post"), pk=pk)
    actions.remove_file(row, by=request.user)
    messages.success(request, _("The file is removed."))
    return redirect(row.post)


# Comments -----------------------------------------------------------------------------------------


@require_POST
def comment_add(request: HttpRequest, pk: int) -> HttpResponse:
    now = clock.now()
    for decision in (may_read(request.user, now), may_write(request.user, now)):
        if shut := _shut(request, decision):
            return shut
    row = post_or_404(EXCHANGE, pk)
    form = CommentForm(request.POST)

    def write(body: str) -> None:
        nonlocal written
        written = actions.write_comment(row, body=body, by=request.user)

    written: Any = None
    if carried_out(request, form, write, _("Your comment is posted.")):
        return redirect(written)
    return post_page(request, row, form)


def _own_comment(request: HttpRequest, pk: int) -> Comment:
    rows = Comment.objects.filter(author=request.user, status=Comment.Status.SHOWN)
    return get_object_or_404(rows.select_related("post"), pk=pk)


def comment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own_comment(request, pk)
    if shut := _shut(request, may_write(request.user, clock.now())):
        return shut
    if reason := actions.why_not_changed(row, clock.now()):
        messages.warning(request, reason)
        return redirect(row)
    form = CommentForm(request.POST or None, initial={"body": row.body})

    def change(body: str) -> None:
        actions.change_comment(row, body=body, by=request.user)

    if request.method == "POST" and carried_out(request, form, change, _("Saved.")):
        return redirect(row)
    return TemplateResponse(
        request,
        "community/comment_form.html",
        {"board": EXCHANGE, "form": form, "comment": row},
        status=422 if form.errors else 200,
    )


@require_POST
def comment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own_comment(request, pk)
    actions.remove_comment(row, by=request.user)
    messages.success(request, _("Your comment is removed."))
    return redirect(row.post)


# Reports of abuse ---------------------------------------------------------------------------------


def post_report(request: HttpRequest, pk: int) -> HttpResponse:
    if shut := _shut(request, may_read(request.user, clock.now())):
        return shut
    return _report_page(request, post_or_404(EXCHANGE, pk), None)


def comment_report(request: HttpRequest, pk: int) -> HttpResponse:
    if shut := _shut(request, may_read(request.user, clock.now())):
        return shut
    shown = Post.objects.shown(clock.now())
    rows = Comment.objects.filter(status=Comment.Status.SHOWN, post__in=shown)
    row = get_object_or_404(rows.select_related("post", "author"), pk=pk)
    return _report_page(request, row.post, row)


def _report_page(request: HttpRequest, post: Post, comment: Comment | None) -> HttpResponse:
    form = AbuseForm(request.POST or None)

    def report(**typed: Any) -> None:
        actions.report_abuse(post, comment, **typed, by=request.user)

    done = _("Thank you. The secretariat looks at it. Nobody else learns who reported it.")
    if request.method == "POST" and carried_out(request, form, report, done):
        return redirect(post)
    return TemplateResponse(
        request,
        "community/report.html",
        {"board": EXCHANGE, "form": form, "post": post, "comment": comment},
        status=422 if form.errors else 200,
    )
