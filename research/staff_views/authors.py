"""The editors' desk: what pages say of those who write."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe
from research import actions
from research.forms.authors import AuthorFilter, AuthorForm
from research.models import Author, Report

VIEW, CHANGE = "research.view_report", "research.change_report"
EXPORT = ListExport(
    "research.export_authors",
    gettext_lazy("Authors"),
    [
        (gettext_lazy("Name"), lambda author: author.name),
        (gettext_lazy("Affiliation"), lambda author: author.affiliation),
        (gettext_lazy("Biography"), lambda author: author.about),
        (gettext_lazy("Reports"), lambda author: author.reports),
    ],
)


@staff_view(VIEW)
@require_safe
def authors(request: HttpRequest) -> TemplateResponse:
    form, found = _listed(request)
    return TemplateResponse(
        request,
        "staff/research/author_list.html",
        {
            "form": form,
            "page": page_of(request, found),
            "may_change": request.user.has_perm(CHANGE),
        },
    )


def _listed(request: HttpRequest) -> tuple[AuthorFilter, Any]:
    form = AuthorFilter(request.GET)
    form.is_valid()
    found = Author.objects.permitted(request.user, VIEW).search(form.cleaned_data.get("q", ""))
    return form, found.with_reports().order_by("name_ko", "pk")


@require_POST
@staff_view(VIEW)
def authors_export(request: HttpRequest) -> HttpResponseBase:
    _form, found = _listed(request)
    return EXPORT.answer(request, found)


@staff_view(CHANGE)
def author_edit(request: HttpRequest, pk: int) -> HttpResponse:
    author = get_object_or_404(Author.objects.permitted(request.user, CHANGE), pk=pk)
    form = AuthorForm(request.POST or None, instance=author)
    if request.method == "POST" and form.is_valid():
        actions.keep_author(form.save(commit=False), by=request.user)
        messages.success(request, _("The author's page was changed."))
        return redirect("research_staff:authors")
    is_shown = Report.objects.published().filter(authorships__author=author).exists()
    return TemplateResponse(
        request,
        "staff/research/author_form.html",
        {"form": form, "author": author, "is_shown": is_shown},
        status=422 if form.errors else 200,
    )
