"""Contributors at the desk: who agreed, and whom the head office has asked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit.list_exports import ListExport
from kosna.branches.access import whole_view
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from members.community import actions
from members.community.forms import ReasonForm
from members.community.models import Board, Contributor, Post

NAME = "community.name_contributor"
EXPORT = ListExport(
    "community.export_contributors",
    gettext_lazy("Contributors"),
    [
        (gettext_lazy("Name"), lambda row: row.user.name),
        (gettext_lazy("Posts"), lambda row: row.posts),
        (gettext_lazy("Agreed on"), lambda row: row.agreed_at and clock.kst_date(row.agreed_at)),
        (
            gettext_lazy("Named on"),
            lambda row: row.named_at and clock.kst_date(row.named_at),
        ),
    ],
    people=["user"],
)


@whole_view(NAME)
def contributors(request: HttpRequest) -> TemplateResponse:
    page = page_of(request, _rows())
    return TemplateResponse(request, "staff/community/contributors.html", {"page": page})


def _rows() -> Any:
    return Contributor.objects.with_posts().select_related("user").order_by("-pk")


@require_POST
@whole_view(NAME)
def contributors_export(request: HttpRequest) -> HttpResponseBase:
    return EXPORT.answer(request, _rows())


@require_POST
@whole_view(NAME)
def name(request: HttpRequest, pk: int) -> HttpResponse:
    """The author of a post of the exchange."""
    rows = Post.objects.on(Board.EXCHANGE).select_related("author")
    row = get_object_or_404(rows, pk=pk)
    actions.name_contributor(row.author, by=request.user)
    messages.success(request, _("The member is asked by mail. Nothing is shown before they agree."))
    return redirect("community_staff:post", pk)


@require_POST
@whole_view(NAME)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Contributor, pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused(*form.errors["reason"])
    actions.unname_contributor(row, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The member is not named by the association any more."))
    return redirect("community_staff:contributors")
